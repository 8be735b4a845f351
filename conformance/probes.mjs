/**
 * The calls that prove an entry. For each entry some candidates (routes, overloads, ways to write the argument); for
 * each candidate one statement that must compile and its changes, which must not:
 *
 *   client.chat.completions.create({ messages: brand(), model: hole });      compiles
 *   client.chat.completions.create_({ messages: brand(), model: hole });     the method is changed
 *   client.chat.completions.create({ messages_: brand(), model: hole });     the option is changed
 *   client.chat.completions.create(hole, { messages: brand(), model: hole }) the position is changed
 *
 * `brand()` has the type that is asked for at its place, and a mark; `hole` is of any type.
 */
import { constructible, exportsNamed, follow, holes, property } from './routes.mjs';

const MOST_CANDIDATES = 16;
const CHANGED = '_';
const BRAND = 'brand()';
const ALIEN = 'alien';

/** What stands at the head of every probe program. */
export const PRELUDE = [
  'declare const hole: any;',
  'declare const mark: unique symbol;',
  'interface Marked { readonly [mark]: true }',
  'declare const alien: typeof mark;',
  'declare function brand<T>(): T & Marked;',
  'type Having<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? T : never) : never;',
  'declare function having<T, K extends PropertyKey>(value: T, name: K): Having<NonNullable<T>, K>;',
  'type Callable = (...all: any) => any;',
  'type CallbackParameter<F, I extends number, J extends number> = F extends (...all: infer A extends any[]) => any',
  '  ? (Extract<A[I], Callable> extends (...all: infer B extends any[]) => any ? B[J] : never) : never;',
  'declare function given<F, const I extends number, const J extends number>(f: F, i: I, j: J): CallbackParameter<F, I, J>;',
  'type At<A extends any[], I extends number> = any[] extends A ? never : NonNullable<A[I]>;',
  'type Argument<F, I extends number> = F extends { new (...a: infer A extends any[]): any; new (...b: infer B extends any[]): any; new (...c: infer C extends any[]): any }',
  '  ? At<A, I> | At<B, I> | At<C, I>',
  '  : F extends { (...a: infer A extends any[]): any; (...b: infer B extends any[]): any; (...c: infer C extends any[]): any; (...d: infer D extends any[]): any }',
  '  ? At<A, I> | At<B, I> | At<C, I> | At<D, I> : never;',
  'declare function every<F>(f: F): F extends (...all: infer A) => any ? A : never;',
  'declare function concrete<A extends any[], R>(type: abstract new (...all: A) => R): new (...all: A) => R;',
  'type Overloads<F> = F extends { new (...a: infer A extends any[]): any; new (...b: infer B extends any[]): any; new (...c: infer C extends any[]): any }',
  '  ? [A, B, C]',
  '  : F extends { (...a: infer A extends any[]): any; (...b: infer B extends any[]): any; (...c: infer C extends any[]): any; (...d: infer D extends any[]): any }',
  '  ? [A, B, C, D] : never;',
  'type Results<F> = F extends { (...a: any): infer A; (...b: any): infer B; (...c: any): infer C; (...d: any): infer D } ? [A, B, C, D] : never;',
  'declare function outcome<F, const N extends number>(f: F, n: N): Results<F>[N];',
  'type Within<T, K extends PropertyKey[]> = K extends [infer H extends PropertyKey, ...infer R extends PropertyKey[]]',
  '  ? Within<NonNullable<T> extends infer U ? (U extends unknown ? (H extends keyof U ? (unknown extends U[H] ? never : U[H]) : never) : never) : never, R> : T;',
  'declare function overload<F, const N extends number, const I extends number>(f: F, n: N, i: I): At<Overloads<F>[N], I> & Marked;',
  'declare function inside<F, const I extends number, const K extends PropertyKey[]>(f: F, i: I, ...keys: K): NonNullable<Within<Argument<F, I>, K>> & Marked;',
  'declare function marked<F, const I extends number>(f: F, i: I): Argument<F, I> & Marked;',
  'declare function fit<F, const I extends number>(f: F, i: I): (value: Argument<F, I>) => void;',
];

/**
 * @typedef {object} Candidate
 * @property {string} good
 * @property {readonly { change: 'method' | 'option' | 'position' | 'result', text: string }[]} bad
 */

/** Candidates of one entry, best first, and whether its place was found at all. */
export function candidatesOf(entry, { shapes, store, roots, routes }) {
  const places =
    entry.path === null ? constructions(entry, routes, store) : placesOf(entry, { shapes, store, roots, routes });
  const lines = places.flatMap((place) => [...statements(shapes, entry, place)]);
  const different = [...new Map(lines.map((line) => [line.good, line])).values()];
  return { reached: places.length > 0, candidates: different.slice(0, MOST_CANDIDATES) };
}

/** The calls that made values of the entry's type or of one that extends it; of derived values also the earlier ones. */
function constructions(entry, routes, store) {
  return routesTo(entry, routes, store)
    .flatMap(({ calls }) => calls)
    .map(({ callee, type, use }) => ({ text: callee, type, use, name: null }));
}

function placesOf(entry, { shapes, store, roots, routes }) {
  if (entry.type === null)
    return exportsNamed(shapes, roots, entry.path.replace(/=$/, '')).map((place) => ({
      ...place,
      use: entry.path.endsWith('=') ? 'set' : entry.use,
      name: nameIn(entry.path),
    }));
  return routesTo(entry, routes, store).flatMap((route) => {
    const place = follow(shapes, route.text, route.type, entry.path.replace(/=$/, ''));
    const use = entry.path.endsWith('=') ? 'set' : entry.use;
    return place === null ? [] : [{ ...place, use, name: nameIn(entry.path) }];
  });
}

/** Routes to the entry's type, then to types that inherit from it. */
function routesTo(entry, routes, store) {
  const own = `${entry.pkg}#${entry.type}`;
  const heirs = [...routes.keys()].filter((id) => id !== own && store !== undefined && inherits(store, id, own));
  return [own, ...heirs].flatMap((id) => routes.get(id) ?? []);
}

function inherits(store, id, ancestor) {
  const seen = new Set();
  for (let at = id; at !== null && at !== undefined && !seen.has(at);) {
    if (at === ancestor) return true;
    seen.add(at);
    const hash = at.indexOf('#');
    at = store.packages.get(at.slice(0, hash))?.types.get(at.slice(hash + 1))?.parent ?? null;
  }
  return false;
}

/** The word that can be misspelled, or null where there is none (default exports, calling the value itself). */
function nameIn(path) {
  const last = path.replace(/=$/, '').split('.').at(-1);
  return ['default', '*', '()'].includes(last) ? null : last;
}

function* statements(shapes, entry, found) {
  const place = found.use === 'new' ? { ...found, text: constructible(shapes, found) } : found;
  if (place.use === 'set') {
    yield { good: `${place.text} = ${BRAND};`, bad: [renamed(place, (text) => `${text} = ${BRAND};`)].flat() };
    return;
  }
  if (place.use === 'read') yield* reads(shapes, place);
  const called = useOf(shapes, place);
  if (entry.arg === null)
    for (const { least, signature } of shapes.arities(place.type, called))
      yield* plainCalls(place, called, least, signature, shapes);
  else
    for (const { least, signature } of shapes.taking(place.type, called, Number(entry.arg[0]), entry.arg[1]))
      yield* callsWith(shapes, place, called, least, signature, entry);
}

/** What is said of a constructor holds for a function in its place, and the other way round (`new Integrations.Http(…)`). */
function useOf(shapes, { use, type }) {
  const wanted = use === 'new' ? 'new' : 'call';
  const other = wanted === 'new' ? 'call' : 'new';
  const isOther = shapes.signatures(type, wanted).length === 0 && shapes.signatures(type, other).length > 0;
  return isOther ? other : wanted;
}

function* reads(shapes, place) {
  if (shapes.signatures(place.type).length > 0) return;
  yield { good: `void ${place.text};`, bad: renamed(place, (text) => `void ${text};`) };
}

function* plainCalls(place, use, least, signature, shapes) {
  const write = (text, args) => call(use, text, args);
  const bad = renamed(place, (text) => write(text, holes(least)));
  if (bad.length === 0) {
    if (!shapes.takesAnyNumber(signature))
      bad.push({ change: 'position', text: write(place.text, holes(signature.parameters.length + 1)) });
    else
      bad.push({
        change: 'result',
        text: `(${value(use, place.text, holes(least))})${property(`phitrace${CHANGED}`)};`,
      });
  }
  yield { good: write(place.text, holes(least)), bad };
}

function* callsWith(shapes, place, use, least, signature, { arg, anywhere }) {
  const index = Number(arg[0]);
  if (anywhere && use === 'call') {
    const all = (text) => call(use, text, `...every(${place.text})`);
    const bad = renamed(place, all);
    if (bad.length > 0) yield { good: all(place.text), bad };
  }
  const type = shapes.argument(signature, index);
  if (type === null) return;
  const keys = arg.slice(1);
  const args = (text, at = index) => {
    const count = Math.max(least, at + 1);
    return Array.from({ length: count }, (_, i) => (i === at ? text : 'hole')).join(', ');
  };
  const most = Math.max(...shapes.signatures(place.type, use).map(({ parameters }) => parameters.length));
  for (const { literal, changed } of literals(shapes, type, keys)) {
    const elsewhere = renamed(place, (text) => call(use, text, args(literal)));
    if (!anywhere && !shapes.signatures(place.type, use).some(shapes.takesAnyNumber)) {
      const shift = (at) => call(use, place.text, args(literal, at));
      elsewhere.push({ change: 'position', text: shift(index + 1), or: shift(most) });
    }
    // Where any key is taken, a declared one still refuses a value of another type.
    const alien = swap(literal, ALIEN);
    const option = (write) => changed.map((text) => ({ change: 'option', text: write(text), or: write(alien) }));
    const inline = (text) => call(use, place.text, args(text));
    yield { good: inline(literal), bad: [...elsewhere, ...option(inline)] };
    if (keys.length === 0) {
      // Where a generic parameter lets nothing be inferred, a value of its bound.
      const bound = `marked(${place.text}, ${index})`;
      const far = elsewhere.map((each) => ({
        ...each,
        text: swap(each.text, bound),
        or: each.or && swap(each.or, bound),
      }));
      yield { good: inline(bound), bad: far };
      // Where overloads differ, a value that one of them asks for.
      const most = use === 'new' ? 3 : 4;
      const count = Math.min(shapes.signatures(place.type, use).length, most);
      for (let n = most - count; count > 1 && n < most; n++) {
        const one = `overload(${place.text}, ${n}, ${index})`;
        const away = elsewhere.map((each) => ({
          ...each,
          text: swap(each.text, one),
          or: each.or && swap(each.or, one),
        }));
        yield { good: inline(one), bad: away };
      }
      continue;
    }
    // Where a type parameter takes any object, the same of an argument that has the parameter's own type.
    const fitted = (text) => `fit(${place.text}, ${index})(${text}); ${call(use, place.text, args('hole'))}`;
    yield { good: fitted(literal), bad: [...elsewhere, ...option(fitted)] };
    // Where a union of objects lets nothing be inferred, a value of what the property may be.
    if (keys.includes('[]') || shapes.variants(type).length < 2) continue;
    const typed = `inside(${place.text}, ${index}, ${keys.map((key) => JSON.stringify(key)).join(', ')})`;
    const put = (text) => swap(text, typed);
    yield {
      good: put(inline(literal)),
      bad: [
        ...elsewhere.map((each) => ({ ...each, text: put(each.text), or: each.or && put(each.or) })),
        ...changed.map((text) => ({ change: 'option', text: put(inline(text)), or: inline(alien) })),
      ],
    };
  }
}

/** Ways to write an argument that holds the brand at `keys`, each with the same where one key is changed. */
function literals(shapes, type, keys) {
  if (keys.length === 0) return [{ literal: BRAND, changed: [] }];
  const [key, ...rest] = keys;
  if (key === '[]') {
    const inside = shapes.element(type);
    const lists = inside === null ? [] : literals(shapes, inside, rest).map(wrapped((text) => `[${text}]`));
    return lists.length > 0 ? lists : literals(shapes, type, rest).map(wrapped((text) => `[${text}]`));
  }
  const forms = shapes.formsWith(type, key);
  const found = forms.length > 0 ? forms : [{ type: null, needed: [] }];
  return found.flatMap(({ type: inner, needed }) => {
    const others = needed.map((name) => `, ${quoted(name)}: hole`).join('');
    const write = (name, text) => `{ ${quoted(name)}: ${text}${others} }`;
    const below = inner === null ? [{ literal: BRAND, changed: [] }] : literals(shapes, inner, rest);
    return below.map(({ literal, changed }) => ({
      literal: write(key, literal),
      changed: [write(`${key}${CHANGED}`, literal), ...changed.map((text) => write(key, text))],
    }));
  });
}

function swap(statement, value) {
  return statement.replace(BRAND, () => value);
}

function wrapped(write) {
  return ({ literal, changed }) => ({ literal: write(literal), changed: changed.map(write) });
}

function quoted(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** The statement with the last name of its place misspelled; nothing where there is no name. */
function renamed(place, write) {
  if (place.name === null) return [];
  const [, before, inner, after] = /^(concrete\()?(.*?)(\)?)$/.exec(place.text);
  const tail = property(place.name);
  const whole = before === undefined ? inner + after : inner;
  if (!whole.endsWith(tail)) return [];
  const changed = whole.slice(0, -tail.length) + property(`${place.name}${CHANGED}`);
  const text = before === undefined ? changed : `concrete(${changed})`;
  return [{ change: 'method', text: write(text) }];
}

function call(use, text, args) {
  return `${value(use, text, args)};`;
}

function value(use, text, args) {
  return use === 'new' ? `new (${text})(${args})` : `${text}!(${args})`;
}
