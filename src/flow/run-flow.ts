/** Runs the data movement that rules/ declare for one call (`Member.flow`, `Member.callbacks`). */
import type { Member } from '../knowledge/model.js';
import { callValue } from './call.js';
import type { CallSite } from './call-site.js';
import { applied, atLibrary } from './applied.js';
import { chosen } from './choice.js';
import { channelKey, channelValue, setter, storeInChannel } from './channels.js';
import type { Engine } from './engine.js';
import {
  forEach,
  parseCallback,
  parseFlow,
  segments,
  type CallbackRef,
  type FlowRule,
  type FlowTerm,
} from './flow-rules.js';
import { at, select } from './select.js';
import type { Type } from './types/type.js';
import { withEach } from './alternatives.js';
import { asJson, madeOf, rejectedWith, rejection, settled, spread, update, updateAny, without } from './fields.js';
import { carries, constants, data, mapData, marksIn, text } from './contents.js';
import { constant, NOTHING, OPAQUE, value, type Atom, type FnAtom, type Value, type XInstAtom } from './value.js';
import { guarded } from './guards.js';
import { join, joinAll } from './join.js';

/** One callback of the call: the functions, what they are given, what came of it. */
interface Called {
  readonly fns: Value;
  readonly params: Value[];
  /** Parameters as the callback left them. */
  after: readonly Value[];
  result: Value;
  thrown: Value;
  /** Called once for each element of a list of which all are known, one after the other. */
  stepwise?: true;
}

interface Run {
  readonly site: CallSite;
  /** What the members of the receiver are read from, and the receiver as it is. */
  readonly self: Value;
  readonly args: readonly Value[];
  readonly called: Map<string, Called>;
}

export function runFlow(
  site: CallSite,
  m: Member,
  recv: Value | null,
  args: readonly Value[],
  receiver: Value | null,
): Value {
  const run: Run = { site, self: receiver ?? recv ?? NOTHING, args, called: new Map() };
  const listed = forEach(m.flow ?? [], (where) => [...(argument(run, where).fields?.keys() ?? [])]);
  const rules = parseFlow(listed).filter((r) => r.when === null || isGiven(run, r.when.path) === r.when.given);
  for (const [key, type] of Object.entries(m.callbacks ?? {})) {
    const cb = parseCallback(key);
    const [param, ...path] = cb?.rest.split('.') ?? [];
    const x: XInstAtom = {
      k: 'xinst',
      type,
      sym: type,
      args: null,
      path: '',
      fn: site.spot.fn,
      span: site.spot.span,
      from: null,
      via: [],
      wraps: [],
    };
    if (cb) give(run, cb.ref, Number(param), put(site, NOTHING, path, value([x])));
  }
  for (const r of rules)
    if (r.to.k === 'cb' && r.from.k !== 'cbret')
      give(run, r.to.cb, r.to.param, put(site, NOTHING, r.to.path, evaluate(run, r.from)));
  for (const r of rules) {
    if (r.from.k === 'cbret' || r.from.k === 'cbthrow' || r.from.k === 'cb') callback(run, r.from.cb);
    if (r.to.k === 'cb') callback(run, r.to.cb);
  }
  callAll(run, rules);
  let out: Value = NOTHING;
  for (const r of rules) {
    if (r.to.k === 'cb') continue;
    if (r.to.k === 'return' && r.to.path.length === 0 && isBeginning(run, rules, r)) continue;
    const v = evaluate(run, r.from);
    if (v !== NOTHING) out = deliver(run, r.to, v, out);
  }
  return out;
}

/** The value at an argument path; `this.0` is an argument of the call that made the receiver. */
function argument(run: Run, where: string): Value {
  const { e } = run.site.frame;
  if (!where.startsWith('this.')) return at(e, run.args, where);
  const made = run.self.atoms.find((a): a is XInstAtom => a.k === 'xinst');
  return at(e, made?.args ?? [], where.slice(5));
}

/** Whether an argument is there, as far as the call shows. */
function isGiven(run: Run, where: string): boolean {
  // `0.length`: what has parameters, a function.
  if (where.endsWith('.length'))
    return argument(run, where.slice(0, -'.length'.length)).atoms.some((a) => a.k === 'fn');
  // `0.{any}`: an object, or a list, of which the code names what is in it.
  if (where.endsWith('.{any}'))
    return [...(argument(run, where.slice(0, -'.{any}'.length)).fields?.keys() ?? [])].some((k) => k !== '*');
  const v = argument(run, where);
  return v.fields !== null || v.atoms.some((a) => a.k !== 'const' || a.v !== undefined);
}

/** Calls the callbacks: those that are given another one's result after that one. */
function callAll(run: Run, rules: readonly FlowRule[]): void {
  const { site, args } = run;
  const e = site.frame.e;
  const listed = new Set<number>();
  for (const c of run.called.values()) for (const a of c.fns.atoms) if (a.k === 'fn') listed.add(a.fn);
  args.forEach((a, i) => {
    const rest = a.atoms.filter((x): x is FnAtom => x.k === 'fn' && !listed.has(x.fn));
    if (rest.length === 0) return;
    for (const fn of rest) e.escapes(fn.fn);
    if (!run.called.has(`${i}`))
      run.called.set(`${i}`, { fns: value(rest), params: [], after: [], result: NOTHING, thrown: NOTHING });
  });
  const feeds = (key: string): FlowRule[] =>
    rules.filter(
      (r) => r.from.k === 'cbret' && r.to.k === 'cb' && nameOf(r.to.cb) === key && nameOf(r.from.cb) !== key,
    );
  const order = [...run.called.keys()].sort((a, b) => feeds(a).length - feeds(b).length);
  for (const key of order) {
    const c = run.called.get(key)!;
    for (const r of feeds(key))
      if (r.to.k === 'cb')
        c.params[r.to.param] = join(
          c.params[r.to.param] ?? NOTHING,
          put(site, NOTHING, r.to.path, evaluate(run, r.from)),
        );
    for (let n = 0; n < c.params.length; n++) c.params[n] ??= OPAQUE;
    const caught = rules.some((r) => r.from.k === 'cbthrow' && nameOf(r.from.cb) === key);
    if (callStepwise(run, rules, key, c, caught)) continue;
    call(run, c, caught);
    // What one round gives may be what the next one gets (reduce).
    const again = rules.filter(
      (r) => r.from.k === 'cbret' && r.to.k === 'cb' && nameOf(r.from.cb) === key && nameOf(r.to.cb) === key,
    );
    if (again.length === 0 || !carries(c.result)) continue;
    const first = c.result;
    for (const r of again) if (r.to.k === 'cb') c.params[r.to.param] = join(c.params[r.to.param] ?? NOTHING, first);
    call(run, c, caught);
    c.result = join(first, c.result);
  }
}

/** Rounds of a list that is written out: what each step makes of the last one's result is known in order. */
const MOST_STEPS = 12;

/** Whether a rule gives what a callback begins with, which is nothing that comes out once it was called. */
function isBeginning(run: Run, rules: readonly FlowRule[], rule: FlowRule): boolean {
  const { from } = rule;
  if (from.k !== 'args') return false;
  return rules.some((r) => {
    if (r.to.k !== 'cb' || r.from.k !== 'args' || r.from.path !== from.path) return false;
    return run.called.get(nameOf(r.to.cb))?.stepwise === true;
  });
}

/** `steps.reduce((value, step) => step(value), first)` over a list of which every element is known. */
function callStepwise(run: Run, rules: readonly FlowRule[], key: string, c: Called, caught: boolean): boolean {
  const at = (r: FlowRule): number => (r.to.k === 'cb' && nameOf(r.to.cb) === key ? r.to.param : -1);
  const again = rules.find((r) => at(r) >= 0 && r.from.k === 'cbret' && nameOf(r.from.cb) === key);
  if (again === undefined) return false;
  const each = rules.filter((r) => at(r) >= 0 && at(r) !== at(again) && r.from.k === 'this' && r.from.path[0] === '*');
  const { self, site } = run;
  const list = elements(site.frame.e, self);
  const known = self.atoms.length > 0 && self.atoms.every((a) => a.k === 'built') && self.fields?.size === list.length;
  if (each.length !== 1 || !known || list.length === 0 || list.length > MOST_STEPS) return false;
  let last = c.params[at(again)] ?? NOTHING;
  const begins = rules.some((r) => at(r) === at(again) && r.from.k === 'args' && isGiven(run, r.from.path));
  for (const [n, element] of list.entries()) {
    if (n === 0 && !begins) {
      last = element;
      continue;
    }
    c.params[at(again)] = last;
    c.params[at(each[0]!)] = element;
    call(run, c, caught);
    last = c.result;
  }
  c.result = last;
  c.stepwise = true;
  return true;
}

/** `caught`: the library catches what the callback throws; else it goes to the caller. */
function call(run: Run, c: Called, caught: boolean): void {
  const { site } = run;
  const { frame } = site;
  // Parameters live in variables of their own for as long as the callback runs: it may write to them.
  const slots = c.params.map((p) => {
    const s = frame.slot(`var:!cb${frame.serial++}:${site.spot.span[0]}`, () => p);
    frame.state.set(s, p);
    return s;
  });
  const run1 = (): void =>
    void (c.result = callValue({ ...site, argSsa: slots, selfSsa: -1, library: true }, c.fns, null, c.params, 'call'));
  if (caught) c.thrown = join(frame.trap(run1), rejection(c.result));
  else run1();
  c.after = slots.map((s) => frame.read(s, frame.state));
  for (const s of slots) frame.state.delete(s);
}

const nameOf = (ref: CallbackRef): string => (ref.arity === null ? ref.at : `${ref.at}/${ref.arity}`);

/** The functions that a callback's place names; null if there are none. */
function callback(run: Run, ref: CallbackRef): Called | null {
  const key = nameOf(ref);
  const known = run.called.get(key);
  if (known) return known;
  const { program } = run.site.frame.e;
  const all = value(argument(run, ref.at).atoms.filter(callable));
  const arity = (fn: number): number => program.fns[fn]!.facts.params.length;
  const fns = ref.arity === null ? all : value(all.atoms.filter((a) => a.k === 'fn' && arity(a.fn) === ref.arity));
  if (fns.atoms.length === 0) return null;
  const made: Called = { fns, params: [], after: [], result: NOTHING, thrown: NOTHING };
  run.called.set(key, made);
  return made;
}

/** Whether it may be a function: where an argument may be a value or a function, the value is not called. */
function callable(a: Atom): boolean {
  if (a.k === 'sym') return !a.t.text && (a.dflt === null || ['fn', 'any', 'union', 'ext', 'obj'].includes(a.dflt.k));
  return (
    a.k === 'fn' ||
    a.k === 'class' ||
    a.k === 'resolver' ||
    a.k === 'alt' ||
    a.k === 'ext' ||
    a.k === 'xinst' ||
    a.k === 'module'
  );
}

function give(run: Run, ref: CallbackRef, param: number, v: Value): void {
  const c = callback(run, ref);
  if (c) c.params[param] = join(c.params[param] ?? NOTHING, v);
}

/** Takes a value to where a rule says; gives the call's result as it is then. */
function deliver(run: Run, to: FlowTerm, v: Value, out: Value): Value {
  const { site, args } = run;
  switch (to.k) {
    case 'return':
      return put(site, out, keyed(run, to.path), v);
    case 'error':
      return rejectedWith(out, v);
    case 'this':
      write(site, site.selfSsa, keyed(run, to.path), v);
      return out;
    case 'arg': {
      write(site, site.argSsa[to.arg] ?? -1, keyed(run, to.path), v);
      return out;
    }
    case 'instead': {
      const ssa = to.of < 0 ? site.selfSsa : (site.argSsa[to.of] ?? -1);
      // Of what nobody knows what is in it, nothing is known to be gone.
      if (ssa !== -1 && (site.frame.get(ssa).fields !== null || carries(v))) site.frame.mutate(ssa, v);
      return out;
    }
    case 'throw':
      site.frame.throws(v);
      return out;
    case 'channel': {
      const key = channelKey(site, to.name, run.self, args);
      if (key !== null) storeInChannel(site, key, put(site, NOTHING, to.path, v));
      return out;
    }
    default:
      return out;
  }
}

function write(site: CallSite, ssa: number, path: readonly string[], v: Value): void {
  if (ssa === -1) return;
  const now = site.frame.get(ssa);
  site.frame.mutate(
    ssa,
    path.length === 0
      ? join(now, v)
      : path[0] === '*'
        ? updateAny(now, v)
        : update(
            now,
            path[0]!,
            path.length === 1 ? v : put(site, select(site.frame.e, now, path[0]!), path.slice(1), v),
          ),
  );
}

/** Writes a result at a path, making the containers on the way. */
export function put(site: CallSite, into: Value, path: readonly string[], v: Value): Value {
  if (path.length === 0) return join(into, v);
  const [head, ...rest] = path;
  const base =
    into.atoms.length > 0
      ? into
      : value([{ k: 'built', array: head === '*', fn: site.spot.fn, span: null }], into.fields);
  const next = put(site, base.fields?.get(head!) ?? NOTHING, rest, v);
  return value(base.atoms, new Map([...(base.fields ?? []), [head!, next]]), into.marks);
}

function path(e: Engine, v: Value, keys: readonly string[]): Value {
  let out = v;
  for (const k of keys) out = select(e, out, k);
  return out;
}

/** `{0}` in a path is the path of keys that the argument names (`'a.b'`, `['a', 'b']`); any key if it is not constant. */
function keyed(run: Run, keys: readonly string[]): readonly string[] {
  return keys.flatMap((k) => {
    const m = /^\{(lower:)?(\d+)\}$/.exec(k);
    if (!m) return [k];
    const given = run.args[Number(m[2])] ?? NOTHING;
    const list = elements(run.site.frame.e, given);
    const named = (list.length > 0 ? list : [given]).map((v) => constants(v));
    if (named.some((c) => c?.length !== 1 || (typeof c[0] !== 'string' && typeof c[0] !== 'number'))) return ['*'];
    return named.flatMap((c) =>
      m[1]
        ? [String(c![0]).toLowerCase()]
        : String(c![0])
            .split(/[.[\]]+/)
            .filter((x) => x !== ''),
    );
  });
}

function evaluate(run: Run, t: FlowTerm): Value {
  const { site, self, args } = run;
  const e = site.frame.e;
  switch (t.k) {
    case 'this':
      return t.settled ? settled(self) : as(t, path(e, self, keyed(run, t.path)));
    case 'args': {
      const [head, ...keys] = t.path.includes('{') ? segments(t.path) : [];
      if (head !== undefined) return as(t, path(e, args[Number(head)] ?? NOTHING, keyed(run, keys)));
      return as(t, t.path === '*[]' ? joinAll(args.map((a) => select(e, a, '*'))) : at(e, args, t.path));
    }
    case 'error':
      return rejection(evaluate(run, t.of));
    case 'cbret': {
      const v = path(e, run.called.get(nameOf(t.cb))?.result ?? NOTHING, t.path);
      return t.text ? text(v) : v;
    }
    case 'cbthrow':
      return run.called.get(nameOf(t.cb))?.thrown ?? NOTHING;
    case 'cb': {
      const c = run.called.get(nameOf(t.cb));
      return path(e, c?.after[t.param] ?? NOTHING, t.path);
    }
    case 'spread': {
      let out = args[0] ?? NOTHING;
      for (let n = 1; n < args.length; n++) {
        const into = out;
        const ssa = site.argSsa[n] ?? -1;
        out =
          ssa >= 0 && site.frame.get(ssa) === args[n]
            ? withEach(site.frame, ssa, (one) => spread(into, one))
            : spread(into, args[n]!);
      }
      return out;
    }
    case 'emptied':
      return value(self.atoms.filter((a) => a.k !== 'label'));
    case 'project':
      return project(e, t.of === 'this' ? self : at(e, args, t.of), at(e, args, t.keys), t.keep);
    case 'bind': {
      const list = /^(\d+)\.\.$/.exec(t.given);
      const given = list ? args.slice(Number(list[1])) : elements(e, at(e, args, t.given.replace('[]', '')));
      return value(
        at(e, args, t.of).atoms.flatMap((a) => (a.k === 'fn' ? [{ ...a, bound: [...a.bound, ...given] }] : [])),
      );
    }
    case 'channel': {
      const key = channelKey(site, t.name, self, args);
      return key === null ? NOTHING : channelValue(key, t.path, declaredType(site, t.typeArg), site.spot);
    }
    case 'setter': {
      const key = channelKey(site, t.name, self, args);
      const by = t.by === null ? null : at(e, args, t.by);
      return key === null ? NOTHING : setter(key, t.how, by);
    }
    case 'getter': {
      const key = channelKey(site, t.name, self, args);
      return key === null ? NOTHING : setter(key, 'read');
    }
    case 'json': {
      const v = evaluate(run, t.of);
      return t.back ? madeOf(v) : asJson(v);
    }
    case 'chosen': {
      const v = evaluate(run, t.of);
      const one =
        'path' in t.of && /(\[\]|\*)$/.test(typeof t.of.path === 'string' ? t.of.path : (t.of.path.at(-1) ?? ''));
      return chosen(site.frame, v, argument(run, t.by.at), !one, t.truthy);
    }
    case 'flat': {
      const v = evaluate(run, t.of);
      return flattened(site, t.of.k === 'cbret' ? put(site, NOTHING, ['*'], v) : v);
    }
    case 'guess':
      return mapData(evaluate(run, t.of), (a) => (a.ev > 1 ? { ...a, ev: 1 } : a));
    case 'piped': {
      const fns = functionsAt(run, t.by);
      return fns.reduce((v, f) => callValue(atLibrary(site), f, null, [v], 'call'), evaluate(run, t.of));
    }
    case 'compose': {
      const fns = functionsAt(run, t.of);
      return applied(site.spot, 'compose', t.reversed ? fns.reverse() : fns);
    }
    case 'made':
      return argument(run, `this.${t.path}`);
    case 'data': {
      const v = evaluate(run, t.of);
      return text(value(data(v), null, marksIn(v)));
    }
    case 'whole': {
      const v = evaluate(run, t.of);
      return text(value(v.atoms, null, v.marks));
    }
    case 'promisified':
      return applied(site.spot, 'promisify', [at(e, args, t.of)]);
    case 'const':
      return constant(t.value);
    case 'unknown':
      return OPAQUE;
    default:
      return NOTHING;
  }
}

/** Functions that stand in a list of arguments, in order. */
function functionsAt(run: Run, where: string): Value[] {
  const rest = /^(\d+)\.\.$/.exec(where);
  return rest
    ? [...run.args.slice(Number(rest[1]))]
    : elements(run.site.frame.e, argument(run, where.replace('[]', '')));
}

/** The type argument of a call, for what nothing else is known of. */
function declaredType(site: CallSite, index: number | null): Type | null {
  const ref = index === null ? undefined : site.typeArgs?.[index];
  const fn = site.frame.e.program.fns[site.typesIn ?? site.spot.fn]!;
  const t = ref ? site.frame.e.types.resolve(fn.file.path, fn.index, ref) : null;
  return t && t.k !== 'any' && t.k !== 'prim' && t.k !== 'lit' ? t : null;
}

/** The elements of an array literal, in order. */
function elements(e: Engine, v: Value): Value[] {
  const out: Value[] = [];
  while (out.length < 16 && v.fields?.has(String(out.length))) out.push(select(e, v, String(out.length)));
  return out;
}

/** A list whose elements that are lists have been put in their places. */
function flattened(site: CallSite, v: Value): Value {
  const { e } = site.frame;
  const lists = v.atoms.filter((a) => !isList(a));
  const own = [...(v.fields ?? [])].flatMap(([key, f]) => (key.startsWith('!') ? [] : takenApart(f)));
  // What a caller hands in, and records: a list of them is known by what is in it.
  const given = value(lists.filter((a) => a.k === 'sym' || a.k === 'label'));
  const out = join(value(lists), select(e, given, '*'));
  const elements = joinAll(own);
  if (elements === NOTHING && out !== NOTHING) return out;
  return join(out, put(site, NOTHING, ['*'], elements));
}

function isList(a: Atom): boolean {
  return a.k === 'built' && a.array;
}

/** The elements of a list, under the conditions of its alternatives; what is no list is itself. */
function takenApart(v: Value): readonly Value[] {
  const whole: Atom[] = [];
  const out: Value[] = [];
  for (const a of v.atoms)
    if (a.k === 'alt') out.push(...takenApart(a.v).map((x) => guarded(x, a.guard)));
    else whole.push(a);
  if (!v.fields || !whole.some(isList)) return [value(whole, v.fields, v.marks), ...out];
  // Of what may be a list or an object, the numbered elements are the list's and the named properties the object's.
  const objects = whole.filter((a) => !isList(a));
  const named = new Map<string, Value>();
  const inner: Value[] = [];
  for (const [key, f] of v.fields)
    if (key === '*' || /^\d+$/.test(key) || (objects.length === 0 && !key.startsWith('!'))) inner.push(f);
    else if (!key.startsWith('!')) named.set(key, f);
  return [value(objects, named.size > 0 ? named : null), ...inner, ...out];
}

/** Keeps or takes out the properties that constants name; all stays where the names are not known. */
function project(e: Engine, v: Value, keys: Value, keep: boolean): Value {
  const names: string[] = [];
  const collect = (k: Value): boolean => {
    for (const a of k.atoms) {
      if (a.k === 'const' && typeof a.v === 'string') names.push(a.v);
      else if (a.k !== 'built') return false;
    }
    for (const f of k.fields?.values() ?? []) if (!collect(f)) return false;
    return true;
  };
  if (!collect(keys) || names.length === 0) return v;
  if (!keep) return without(v, names);
  const fields = new Map(names.map((n) => [n, select(e, v, n)] as const));
  return value([{ k: 'built', array: false, fn: 0, span: null }], fields);
}

export function as(t: { readonly text: boolean; readonly year: boolean }, v: Value): Value {
  const out = t.text ? text(v) : v;
  return t.year ? mapData(out, (a) => ({ ...a, t: { ...a.t, year: true } })) : out;
}
