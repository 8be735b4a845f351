/**
 * How a program comes to hold a value of each type that rules/ describes: `new P.OpenAI()`, then `.webhooks(hole)` of
 * that, and so on, breadth first from what a package exports.
 *
 * A route is an expression of the probe program together with the type that the checker gives it.
 */
const MOST_ROUTES = 5;
const MOST_ORIGINS = 12;
const MOST_VALUES = 600;
const DEEPEST = 6;
/** The overloads that a conditional type of the prelude tells apart. */
const OVERLOADS = 4;

/**
 * @typedef {object} Route
 * @property {string} text     an expression
 * @property {object} type     its TypeScript type
 * @property {string | null} made   type of rules/ that the value is of
 * @property {readonly object[]} calls   calls that made it, the last one first: { callee, type, use }
 */

/** A member of a value, as text and type; null if the type has no such member. */
export function follow(shapes, text, type, dotted) {
  let at = { text, type };
  for (const name of dotted.split('.')) {
    if (name === '()') continue;
    const found = shapes.member(at.type, name);
    if (found === null) return null;
    const base = found.everywhere ? `${at.text}!` : `having(${at.text}, ${JSON.stringify(name)})`;
    at = { text: `${base}${property(name)}`, type: found.type };
  }
  return at;
}

export function property(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** `hole, hole, hole` */
export function holes(count) {
  return Array.from({ length: count }, () => 'hole').join(', ');
}

/**
 * Places where an export of a package may stand. `roots` are the ways to import it: as a namespace, by default and by
 * `require`, each with text and type.
 */
export function exportsNamed(shapes, roots, name) {
  const [head, ...rest] = name.split('.');
  const whole = head === 'default' || head === '*';
  const starts = whole ? roots.filter(({ kind }) => kind !== 'namespace') : roots;
  const path = whole ? rest.join('.') : name;
  const places = starts.flatMap((root) => {
    if (path === '') return [{ text: root.text, type: root.type }];
    const found = follow(shapes, root.text, root.type, path);
    return found === null ? [] : [found];
  });
  return whole ? places : places.slice(0, 1);
}

/** All values that a package's exports lead to, by type of rules/ (`package#Type`). */
export function routesFrom(shapes, store, named) {
  const byType = new Map();
  let queue = [];
  let count = 0;
  const add = (typeId, route) => {
    const known = byType.get(typeId) ?? [];
    if (count >= MOST_VALUES || known.some(({ text }) => text === route.text)) return;
    // Beyond a few, only what is built by other calls (`createOpenAI()('m')` besides `openai('m')`).
    const seen = new Set(known.flatMap(({ calls }) => calls.map(({ callee }) => callee)));
    const isNew = route.calls.some(({ callee }) => /^\W*\w+(\W+\w+)?\W*$/.test(callee) && !seen.has(callee));
    if (route.same === true && known.some(({ type }) => type === route.type)) return;
    if (known.length >= (isNew || route.same === true ? MOST_ORIGINS : MOST_ROUTES)) return;
    count++;
    byType.set(typeId, [...known, { ...route, made: typeId }]);
    queue.push({ ...route, made: typeId });
  };
  // First what is made, then what is ready: the options of a factory (`createOpenAI({ baseURL })`) are claims, too.
  const isMade = ({ member }) => Number(member.new !== undefined || member.returns !== undefined);
  for (const { member, places } of [...named].sort((a, b) => isMade(b) - isMade(a)))
    for (const place of places) for (const made of valuesOf(shapes, member, place, null)) add(made.typeId, made);
  for (let depth = 0; depth < DEEPEST && queue.length > 0; depth++) {
    const now = queue;
    queue = [];
    for (const value of now)
      for (const [path, { member }] of membersOf(store, value.made)) {
        const place = follow(shapes, value.text, value.type, path);
        if (place === null) continue;
        for (const made of valuesOf(shapes, member, place, value)) add(made.typeId, made);
      }
  }
  return byType;
}

/** What `new` can be said of. */
export function constructible(shapes, { text, type }) {
  return shapes.isAbstract(type) ? `concrete(${text})` : text;
}

/** Members of a type of rules/, inherited ones included. */
export function* membersOf(store, typeId) {
  const seen = new Set();
  for (let at = typeId; at !== null && !seen.has(at);) {
    seen.add(at);
    const [pkg, name] = splitType(at);
    const type = store.packages.get(pkg)?.types.get(name);
    if (type === undefined) return;
    yield* type.members;
    at = type.parent;
  }
}

export function splitType(typeId) {
  const hash = typeId.indexOf('#');
  return [typeId.slice(0, hash), typeId.slice(hash + 1)];
}

/** The values that a member gives: what it constructs, returns, is, or hands to a callback. */
function* valuesOf(shapes, member, place, receiver) {
  const before = receiver?.calls ?? [];
  const { text, type } = place;
  if (member.type !== undefined) yield { typeId: member.type, text, type, calls: before };
  if (member.new !== undefined) yield* made(shapes, member.new, place, before);
  if (member.returns !== undefined) {
    const typeId = member.returns === 'same' ? receiver?.made : member.returns;
    if (typeId !== undefined && typeId !== null && member.returns !== 'same')
      yield* made(shapes, typeId, place, before);
  }
  for (const [at, typeId] of Object.entries(member.callbacks ?? {})) {
    const [, argument, parameter] = /^cb(\d+)\.(\d+)$/.exec(at) ?? [];
    if (argument === undefined) continue;
    const given = callbackParameter(shapes, type, Number(argument), Number(parameter));
    if (given === null) continue;
    yield { typeId, text: `given(${text}, ${argument}, ${parameter})`, type: given, calls: before };
  }
}

function* made(shapes, typeId, { text, type }, before) {
  for (const use of ['new', 'call'])
    for (const { least, signature } of shapes.arities(type, use)) {
      const result = shapes.result(signature);
      const value = shapes.awaited(result);
      const call =
        use === 'new' ? `new (${constructible(shapes, { text, type })})(${holes(least)})` : `${text}(${holes(least)})`;
      const calls = [{ callee: text, type, use }, ...before];
      // A query that can be awaited is a query all the same; a promise is nothing but what it gives.
      if (!shapes.isPromise(result)) yield { typeId, text: `(${call})`, type: result, calls };
      if (value !== result) yield { typeId, text: `(await ${call})`, type: value, calls };
    }
  // What further overloads of as many arguments give (`drive('v3')` besides `drive('v2')`).
  const all = shapes.signatures(type, 'call').slice(-OVERLOADS);
  const seen = new Set();
  for (const [n, signature] of all.entries()) {
    const value = shapes.awaited(shapes.result(signature));
    if (seen.has(value) || shapes.isAny(value)) continue;
    if (seen.add(value).size === 1) continue;
    const given = `(await outcome(${text}, ${OVERLOADS - all.length + n}))`;
    yield { typeId, text: given, type: value, calls: [{ callee: text, type, use: 'call' }, ...before] };
  }
}

function callbackParameter(shapes, type, argument, parameter) {
  for (const signature of shapes.signatures(type)) {
    const callback = shapes.argument(signature, argument);
    if (callback === null) continue;
    for (const inner of shapes.signatures(callback)) {
      const found = shapes.argument(inner, parameter);
      if (found !== null) return found;
    }
  }
  return null;
}
