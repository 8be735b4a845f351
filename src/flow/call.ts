/** Calls: who is called, and what the callee's summary (or model) does here. */
import type { Instr, Span, TypeRef } from '../facts/ir.js';
import { answerOf } from './answers.js';
import { callApplied } from './applied.js';
import { channelValue, storeInChannel } from './channels.js';
import { awaitsCaller } from './cleaned.js';
import type { ResolvedMember } from '../knowledge/index.js';
import { bodyFromCallers } from './conventions.js';
import { compose } from './compose.js';
import { parseFlow } from './flow-rules.js';
import { NAMED_ENTRY, type Frame } from './frame.js';
import { withMessage } from './error-values.js';
import { calledAsDeclared } from './declared-call.js';
import { callHeld } from './held-calls.js';
import {
  assignExternal,
  callBuiltin,
  callComponent,
  callExternal,
  callUnmodelled,
  constructExternal,
} from './library.js';
import { runFlow } from './run-flow.js';
import { describesData, parsedByName } from './schemas.js';
import { CALLERS_KEY, label, select, typedDefault } from './select.js';
import type { Deferred, Spot } from './summary.js';
import type { Type, TypeSystem } from './types/type.js';
import {
  sym,
  carries,
  constants,
  join,
  joinAll,
  guarded,
  KEYS,
  mapData,
  marked,
  marksIn,
  mergeGuards,
  NOTHING,
  OPAQUE,
  text,
  update,
  value,
  type Atom,
  type Env,
  type FnAtom,
  type ResolverAtom,
  type SymAtom,
  type Value,
  type XInstAtom,
} from './value.js';

type CallInstr = Extract<Instr, { op: 'call' }>;

/** One call as the frame sees it: where it stands, and which of its values may be changed by the callee. */
export interface CallSite {
  readonly frame: Frame;
  readonly spot: Spot;
  readonly argSpans: readonly Span[];
  /** Single-assignment numbers of arguments and receiver (-1: none), for mutations. */
  readonly argSsa: readonly number[];
  readonly selfSsa: number;
  /** Depth of calls resolved on behalf of callees. */
  readonly depth: number;
  /** The frame stands for the outside that calls an entry point: hand-overs happen in the entry itself. */
  readonly entry: boolean;
  /** Who is called is guessed by the name of the method. */
  readonly guess?: boolean;
  /** A library calls: a function written right there is entered where it stands, not where the library was called. */
  readonly library?: boolean;
  /** Type arguments as written, in the function `typesIn` (the one of `spot` unless said). */
  readonly typeArgs?: readonly TypeRef[] | null;
  readonly typesIn?: number;
  /** Functions that are being applied on behalf of callees, innermost first: a function value may call itself. */
  readonly chain?: Chain;
}

/** A call that nobody wrote with arguments: an accessor, an iterator. */
function bareSite(frame: Frame, span: Span, selfSsa: number): CallSite {
  return { frame, spot: { fn: frame.fn.id, span }, argSpans: [], argSsa: [], selfSsa, depth: 0, entry: false };
}

export interface Chain {
  readonly fn: number;
  readonly env: Env | null;
  readonly up: Chain | undefined;
}

const MAX_DEPTH = 16;
/** How often a function may be entered by itself on behalf of callees: with its own variables, with any (wrappers of wrappers). */
const MAX_ROUNDS = { same: 2, any: 4 };
/** How often, over all that one call sets off. */
const MOST_ROUNDS = 24;
const BY_NAME = 3;

/** Names of built-in methods that projects give to their own as well. */
const AMBIGUOUS = new Set([
  'find',
  'get',
  'set',
  'add',
  'search',
  'match',
  'test',
  'append',
  'next',
  'exec',
  'encode',
  'decode',
  'fill',
  'values',
  'delete',
  'has',
  'clear',
  'json',
  'text',
  'normalize',
]);

export function evalCall(frame: Frame, i: CallInstr): Value {
  const e = frame.e;
  const args: Value[] = [];
  const ssa: number[] = [];
  for (const a of i.args) {
    const v = frame.get(a.v);
    if (!a.spread) {
      args.push(v);
      ssa.push(a.v);
      continue;
    }
    let n = 0;
    while (v.fields?.has(String(n)) && n < 32) {
      args.push(v.fields.get(String(n++))!);
      ssa.push(-1);
    }
    if (n === 0 || v.fields?.has('*') || v.atoms.some((x) => x.k !== 'built')) {
      const el = select(e, v, '*');
      for (let k = 0; k < 3; k++) {
        args.push(el);
        ssa.push(-1);
      }
    }
  }
  const site: CallSite = {
    frame,
    spot: { fn: frame.fn.id, span: i.span },
    argSpans: i.argSpans,
    argSsa: ssa,
    selfSsa: i.self,
    depth: 0,
    entry: false,
    typeArgs: i.typeArgs,
  };
  frame.serial = 0;
  frame.rounds.clear();
  if (i.kind === 'super') return superCall(site, args);
  const def = frame.defs[i.f];
  if (i.self !== -1 && def && i.kind === 'call') {
    if (def.op === 'load') {
      const out = callMethod(site, frame.get(i.self), def.k, args, i);
      return NAMED_ENTRY.has(def.k) ? namedEntry(frame, i, args, out) : out;
    }
    if (def.op === 'superload') return callValue(site, frame.get(i.f), frame.get(i.self), args, 'call', i);
  }
  return callValue(
    site,
    frame.get(i.f),
    i.self === -1 ? null : frame.get(i.self),
    args,
    i.kind === 'new' ? 'new' : 'call',
    i,
  );
}

/** `v.key` as an expression: accessors run. */
export function readProperty(frame: Frame, base: number, key: string, span: Span): Value {
  const e = frame.e;
  const v = frame.get(base);
  for (const a of v.atoms) {
    if (a.k !== 'inst' && a.k !== 'class') continue;
    const g = e.program.member(a.cls, key, 'getter', a.k === 'class');
    if (g && 'fn' in g) {
      const site = bareSite(frame, span, base);
      return apply(site, fnAtom(frame, g.fn), v, []);
    }
  }
  for (const a of v.atoms) {
    const read = a.k === 'xinst' && a.type !== null ? e.knowledge.member(a.type, under(a.path, key))?.member.get : null;
    if (read) return runFlow(bareSite(frame, span, base), { flow: read }, v, [], v);
  }
  const t = v.atoms.length === 1 && v.atoms[0]!.k === 'sym' ? typeOf(frame, v.atoms[0]) : null;
  if (t) {
    for (const c of e.types.classes(t)) {
      const file = e.program.file(c.file);
      const g = file ? e.program.member(file.clsBase + c.cls, key, 'getter') : null;
      if (g && 'fn' in g) {
        const site = bareSite(frame, span, base);
        return apply(site, fnAtom(frame, g.fn), v, []);
      }
    }
  }
  const out = select(e, v, key);
  if (out.atoms.some((a) => a.k === 'opaque' && (a.type === null || a.type.k === 'any')) || out === NOTHING) {
    // What is known of it beats what its name says.
    const used = out.atoms.some((a) => a.k === 'label') ? null : inferredFromUse(frame, base, key, v, span);
    if (used) return join(out, used);
  }
  return out.atoms.some(isUntold) ? toldByUse(frame, base, key, out, span) : out;
}

/** A symbol of which no declaration says what it is. */
function isUntold(a: Atom): boolean {
  return a.k === 'sym' && !a.declared && !a.t.text && (a.dflt === null || a.dflt.k === 'any' || a.dflt.k === 'prim');
}

/** What the caller hands in may come from outside; then the names that are taken out of it say what it is. */
function toldByUse(frame: Frame, base: number, key: string, out: Value, span: Span): Value {
  const { types } = frame.e;
  const place = types.inferred(frame.receiverName(base) ?? 'request', frame.fieldsTakenFrom(base));
  const declared = place && types.select(place, key);
  if (!declared) return out;
  const declaredAt = { fn: frame.fn.id, span };
  return value(
    out.atoms.map((a) => (a.k === 'sym' && isUntold(a) ? { ...a, declared, declaredAt, byUse: true } : a)),
    out.fields,
    out.marks,
  );
}

/** `form.get('dateOfBirth')`: an entry of what came from outside is what its constant name says. */
function namedEntry(frame: Frame, i: CallInstr, args: readonly Value[], out: Value): Value {
  const key = constants(args[0] ?? NOTHING);
  if (key?.length !== 1 || typeof key[0] !== 'string' || out.atoms.some((a) => a.k === 'label')) return out;
  if (out.atoms.some((a) => a.k === 'opaque' && a.request)) {
    const used = inferredFromUse(frame, i.self, key[0], value([{ k: 'opaque', request: true, type: null }]), i.span);
    return used ? join(out, used) : out;
  }
  return out.atoms.some(isUntold) ? toldByUse(frame, i.self, key[0], out, i.span) : out;
}

const under = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Untyped objects from outside are shaped by what the code takes out of them. */
function inferredFromUse(frame: Frame, base: number, key: string, v: Value, span: Span): Value | null {
  // An object of entries that came from outside (`Object.fromEntries(form)`) is from outside as well.
  const entries = v.fields?.size === 1 || v.fields?.has(KEYS) ? (v.fields.get('*')?.atoms ?? []) : [];
  const request = [...v.atoms, ...entries].some((a) => a.k === 'opaque' && a.request);
  const anyOpaque = request || v.atoms.some((a) => a.k === 'opaque' && (a.type === null || a.type.k === 'any'));
  if (!anyOpaque) return null;
  const e = frame.e;
  const row = v.atoms.find((a) => a.k === 'opaque' && a.rowOf !== undefined);
  const place = frame.e.types.inferred(
    row?.k === 'opaque' ? row.rowOf! : (frame.receiverName(base) ?? (request ? 'request' : null)),
    frame.fieldsTakenFrom(base),
  );
  if (!place) return null;
  const p = e.types.select(place, key);
  if (!p) return null;
  return value([{ ...label(e, p, 'phi', { fn: frame.fn.id, span }, `reads ${p.via}`), ev: request ? 2 : 1 }]);
}

/** What a loop or a spread takes out of a value: its elements, or what its own iterator yields. */
export function iterate(frame: Frame, ssa: number, span: Span): Value {
  const e = frame.e;
  const v = frame.get(ssa);
  let out = NOTHING;
  let own = false;
  for (const a of v.atoms) {
    if (a.k !== 'inst') continue;
    for (const name of ['@@iterator', '@@asyncIterator']) {
      const m = e.program.member(a.cls, name, 'method');
      if (!m || !('fn' in m)) continue;
      own = true;
      const site = bareSite(frame, span, ssa);
      out = join(out, select(e, apply(site, fnAtom(frame, m.fn), v, []), '*'));
    }
  }
  if (own) return out;
  // A map is a list of pairs.
  const keys = v.fields?.get(KEYS);
  return keys
    ? value(
        [{ k: 'built', array: true, fn: frame.fn.id, span: null }],
        new Map([
          ['0', keys],
          ['1', select(e, v, '*')],
        ]),
      )
    : select(e, v, '*');
}

/** A getter of an object literal, run where the object is made. */
export function runGetter(frame: Frame, fn: number, self: Value, span: Span): Value {
  const site = bareSite(frame, span, -1);
  const f = frame.e.program.fns[fn]!.facts;
  return apply(
    site,
    { k: 'fn', fn, closure: f.captures.some((c) => c.fn !== 0), env: null, self: null, bound: [] },
    self,
    [],
  );
}

/** `object.key = v` where the class of the object has a setter; whether it has one. */
export function runSetter(frame: Frame, base: number, key: string, v: Value, span: Span): boolean {
  const self = frame.get(base);
  let found = false;
  for (const a of self.atoms) {
    const m = a.k === 'inst' || a.k === 'class' ? frame.e.program.member(a.cls, key, 'setter', a.k === 'class') : null;
    if (!m || !('fn' in m)) continue;
    apply(bareSite(frame, span, base), fnAtom(frame, m.fn), self, [v]);
    found = true;
  }
  return found;
}

/** An object of the code base's own as text: what its `toString` gives. */
export function toText(frame: Frame, ssa: number, span: Span): Value {
  const v = frame.get(ssa);
  return v.atoms.some((a) => a.k === 'inst') ? converted(bareSite(frame, span, ssa), v, 'toString') : v;
}

/** What a method of the object's own class (`toString`, `toJSON`) gives in its place; the object itself if it has none. */
export function converted(site: CallSite, v: Value, method: string): Value {
  const { e } = site.frame;
  if (!v.atoms.some((a) => a.k === 'inst')) return v;
  let out = NOTHING;
  const others: Atom[] = [];
  for (const a of v.atoms) {
    const m = a.k === 'inst' ? e.program.member(a.cls, method, 'method') : null;
    if (m && 'fn' in m && m.fn >= 0) out = join(out, apply(site, fnAtom(site.frame, m.fn), v, []));
    else if (a.k === 'inst' || a.k === 'built') return v;
    else others.push(a);
  }
  // What is not known to be such an object has none of its properties.
  return others.length > 0 ? join(out, value(others)) : out;
}

function fnAtom(frame: Frame, fn: number): FnAtom {
  const f = frame.e.program.fns[fn]!.facts;
  return { k: 'fn', fn, closure: f.captures.some((c) => c.fn !== 0), env: null, self: null, bound: [] };
}

/** The declared type of a symbolic value, followed along its path. */
export function typeOf(frame: Frame, a: SymAtom): Type | null {
  const e = frame.e;
  if (a.dflt) return a.dflt;
  const fn = frame.fn;
  let t: Type | null = null;
  if (a.root === 'this') {
    const cls = e.program.classOf(fn.file, fn.index);
    if (cls < 0 || fn.facts.isStatic) return null;
    const c = e.program.classes[cls]!;
    t = e.types.classType(c.file.path, c.index);
  } else if (a.root.startsWith('cap:')) {
    const m = /^cap:(\d+)#(.*)$/.exec(a.root);
    const owner = m ? e.program.fns[Number(m[1])] : undefined;
    const shared = owner?.facts.shared.find((s) => s.name === m![2]);
    if (owner && shared?.type) t = e.types.resolve(owner.file.path, owner.index, shared.type);
    const p = owner?.facts.params.find((x) => x.name === m![2]);
    if (!t && owner && p?.type) t = e.types.resolve(owner.file.path, owner.index, p.type);
  }
  for (const k of a.path) {
    if (!t) return null;
    t = k === '*' || k.startsWith(CALLERS_KEY) || /^\d+$/.test(k) ? e.types.element(t) : e.types.member(t, k);
  }
  return t;
}

export function callMethod(
  site: CallSite,
  recv: Value,
  name: string,
  args: readonly Value[],
  i: CallInstr | null,
): Value {
  const { frame } = site;
  const e = frame.e;
  let out = NOTHING;
  let builtin = false;
  let asDeclaredOnly = false;
  const own = recv.fields?.get(name);
  let handled = false;
  if (own) {
    out = join(out, callValue(site, own, recv, args, 'call', i));
    handled = true;
  }
  for (const a of recv.atoms) {
    if (a.k === 'alt') {
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(out, guarded(callMethod({ ...site, selfSsa: -1 }, a.v, name, args, i), a.guard));
      frame.guard = before;
      handled = true;
      continue;
    }
    if (a.guard && a.k !== 'sym' && a.k !== 'label' && recv.atoms.length > 1) {
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(
        out,
        guarded(
          callMethod(
            site,
            value([{ ...a, guard: null }], a.k === 'inst' || a.k === 'built' ? recv.fields : null),
            name,
            args,
            i,
          ),
          a.guard,
        ),
      );
      frame.guard = before;
      handled = true;
      continue;
    }
    switch (a.k) {
      case 'inst': {
        if (own && a.exact) break;
        const classes = a.exact ? [a.cls] : e.program.withSubclasses(a.cls);
        const done = new Set<number>();
        for (const c of classes) {
          const m = e.program.member(c, name, 'method');
          if (m && 'fn' in m && m.fn >= 0) {
            if (done.has(m.fn)) continue;
            done.add(m.fn);
            out = join(out, asDeclared(site, apply(site, fnAtom(frame, m.fn), recv, args), recv, c, name));
            handled = true;
          } else if (m && 'base' in m) {
            out = join(out, callExternal(site, { ...clientOfType(m.base, site.spot), path: name }, recv, args));
            handled = true;
          }
        }
        if (done.size === 0 && !own) {
          const f = select(e, recv, name);
          if (f.atoms.some((x) => x.k === 'fn' || x.k === 'sym' || (x.k === 'opaque' && x.type?.k === 'fn'))) {
            out = join(out, callValue(site, f, recv, args, 'call', i));
            handled = true;
          } else builtin = true;
        }
        break;
      }
      case 'class': {
        const m = e.program.member(a.cls, name, 'method', true);
        if (m && 'fn' in m && m.fn >= 0) out = join(out, apply(site, fnAtom(frame, m.fn), recv, args));
        else if (m && 'base' in m && e.knowledge.member(m.base, name)) {
          const x = { ...clientOfType(m.base, site.spot), path: name };
          out = join(out, callExternal(site, x, value([a]), args));
        } else out = join(out, callValue(site, select(e, recv, name), recv, args, 'call', i));
        handled = true;
        break;
      }
      case 'module':
        out = join(out, callValue(site, select(e, value([a]), name), null, args, 'call', i));
        handled = true;
        break;
      case 'ext': {
        const path = a.path === '' ? name : `${a.path}.${name}`;
        out = join(out, callExternal(site, { ...a, path }, recv, args));
        handled = true;
        break;
      }
      case 'xinst': {
        const path = a.path === '' ? name : `${a.path}.${name}`;
        const modelled = a.type !== null && e.knowledge.member(a.type, path) !== null;
        // A query that is what it will give as well: the library's own methods take the data along, others are the data's.
        const labels = recv.atoms.filter((x) => x.k === 'label' || (modelled && x.k === 'sym'));
        const data = recv.fields !== null || labels.length > 0;
        if (data && !modelled && a.type !== null && e.knowledge.method(name)) {
          builtin = true;
          break;
        }
        // What was put into it goes along: a bundle's entries into `unbundle()`.
        const self = value(data && modelled ? [a, ...labels] : [a], recv.fields, recv.marks);
        out = join(out, callExternal(site, { ...a, path }, self, args));
        handled = true;
        break;
      }
      case 'fn':
        if (name === 'call' || name === 'apply' || name === 'bind') {
          out = join(out, functionMethod(site, a, name, args));
          handled = true;
        } else builtin = true;
        break;
      case 'sym':
        out = join(out, symbolicMethod(site, a, recv, name, args, i));
        handled = true;
        break;
      case 'opaque': {
        const declared = a.type && !own && !handled ? calledAsDeclared(site, a.type, name, args) : null;
        if (declared === null) builtin = true;
        else {
          out = join(out, declared);
          handled = true;
          asDeclaredOnly = true;
        }
        break;
      }
      case 'label':
      case 'str':
      case 'const':
      case 'env':
      case 'built':
        builtin = true;
        break;
      case 'test':
      case 'resolver':
        break;
    }
  }
  if (builtin && !own && !asDeclaredOnly) {
    const known = e.knowledge.method(name);
    if (known) out = join(out, callBuiltin(site, known, recv, args));
    else if (!handled) {
      const only = recv.atoms.every((a) => a.k === 'opaque');
      const ids = only ? e.program.methodsByName.get(name) : undefined;
      if (ids && ids.length <= BY_NAME && name.length > 3) {
        for (const fn of ids) out = join(out, weaken(apply({ ...site, guess: true }, fnAtom(frame, fn), recv, args)));
      } else out = join(out, parsedByName(e, name, args, site.spot) ?? callUnmodelled(site, recv, args));
      // What a method of something from outside gives (`snapshot.data()`) is from outside.
      for (const a of recv.atoms) if (a.k === 'opaque' && a.request) out = join(out, value([a]));
    }
  }
  if (recv.atoms.length === 0 && !own) {
    const known = e.knowledge.method(name);
    out = known
      ? callBuiltin(site, known, recv, args)
      : (parsedByName(e, name, args, site.spot) ?? callUnmodelled(site, recv, args));
  }
  return out;
}

/** A method's result of which its body says nothing, as the receiver's class declares it: `class Patients extends Store<Patient>`. */
function asDeclared(site: CallSite, out: Value, recv: Value, cls: number, name: string): Value {
  const { program, types } = site.frame.e;
  if (!isBlank(types, out)) return out;
  const c = program.classes[cls]!;
  const said = recv.atoms.find((a) => a.k === 'opaque' && a.type !== null && types.classes(a.type).length > 0);
  const t = said?.k === 'opaque' && said.type !== null ? said.type : types.classType(c.file.path, c.index);
  return promised(site, out, t, name);
}

function promised(site: CallSite, out: Value, t: Type, name: string): Value {
  const { e } = site.frame;
  if (!isBlank(e.types, out)) return out;
  const method = e.types.member(t, name);
  const gives = method && e.types.returns(method);
  const one = gives && e.types.awaited(gives);
  return one && one.k !== 'any' && one.k !== 'prim' && one.k !== 'lit'
    ? join(out, typedDefault(e, one, site.spot))
    : out;
}

/** Whether nothing is known of it, a list of such included. */
function isBlank(types: TypeSystem, v: Value): boolean {
  const blank = (t: Type | null): boolean =>
    t === null || t.k === 'any' || (t.k === 'array' && blank(types.element(t)));
  return v.fields === null && v.atoms.every((a) => a.k === 'opaque' && blank(a.type));
}

/** An object of a package's type of which no more is known. */
function clientOfType(type: string, spot: Spot): XInstAtom {
  const { fn, span } = spot;
  return { k: 'xinst', type, sym: type, args: null, path: '', fn, span, from: null, via: [], wraps: [] };
}

function weaken(v: Value): Value {
  return mapData(v, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a));
}

function functionMethod(site: CallSite, f: FnAtom, name: string, args: readonly Value[]): Value {
  const [self, ...rest] = args;
  if (name === 'call') return apply(site, f, self ?? null, rest);
  if (name === 'apply') {
    const list = rest[0] ?? NOTHING;
    const params = site.frame.e.program.fns[f.fn]!.facts.params.map((_, n) => select(site.frame.e, list, String(n)));
    return apply(site, f, self ?? null, params);
  }
  return value([{ ...f, self: self ?? f.self, bound: [...f.bound, ...rest] }]);
}

/** A method of a caller's value: by its declared type now, or when the caller is known. */
function symbolicMethod(
  site: CallSite,
  a: SymAtom,
  recv: Value,
  name: string,
  args: readonly Value[],
  i: CallInstr | null,
): Value {
  const { frame } = site;
  const e = frame.e;
  const self = value([a]);
  const whole = recv.atoms.length === 1 ? recv : self;
  const t = typeOf(frame, a);
  if (t) {
    const targets = new Set<number>();
    for (const c of e.types.classes(t)) {
      const file = e.program.file(c.file);
      const m = file ? e.program.member(file.clsBase + c.cls, name, 'method') : null;
      if (m && 'fn' in m && m.fn >= 0) targets.add(m.fn);
    }
    if (targets.size === 1) return promised(site, apply(site, fnAtom(frame, [...targets][0]!), whole, args), t, name);
    // Several overrides: which one runs is the caller's to say.
    if (targets.size > 1) return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' }, i);
  }
  // A client that the caller hands in: the longest path prefix whose declared type a model describes.
  for (let n = a.path.length; n >= 0; n--) {
    const prefix: SymAtom = { ...a, path: a.path.slice(0, n), dflt: n === a.path.length ? a.dflt : null };
    const pt = n === a.path.length ? t : typeOf(frame, prefix);
    const ext = pt ? e.types.external(pt) : null;
    if (!ext) continue;
    const path = [...a.path.slice(n), name].join('.');
    if (!e.knowledge.member(ext, path)) {
      if (e.knowledge.type(ext)) break;
      continue;
    }
    // What the object keeps is told apart by where it was made: only the caller can say.
    const member = e.knowledge.member(ext, path)?.member;
    if (member?.flow?.some((r) => r.includes('{this')) && !a.root.startsWith('cell:'))
      return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' }, i);
    const x = { ...clientOfType(ext, site.spot), path, types: e.types.args(pt!) };
    const sent = bodyFromCallers(frame.fn, a, name);
    return join(callExternal(site, x, value([prefix]), args), sent);
  }
  if (t && e.types.classes(t).length === 0) {
    // An object of a package of which nothing is known: no caller could say more of what its methods do.
    const ext = e.types.external(t);
    if (ext !== null && e.knowledge.type(ext) === null && !describesData(ext)) return callUnmodelled(site, whole, args);
  }
  const known = e.knowledge.method(name);
  const sure =
    !AMBIGUOUS.has(name) ||
    a.t.text ||
    (known !== null && takesCallback(known, args)) ||
    (t !== null &&
      (t.k === 'array' || t.k === 'map' || t.k === 'promise' || t.k === 'prim' || t.k === 'lit' || t.k === 'fhir'));
  // Steps that a caller writes out are taken one after the other, where it is known which they are.
  if (known && isFolding(known) && isWrittenOut(frame, a, t))
    return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' }, i);
  if (known && sure && !(t && e.types.classes(t).length > 0)) return callBuiltin(site, known, whole, args);
  // Text has no methods of the caller's: whatever the caller hands in, nothing more could be said of this call.
  if (a.t.text) return callUnmodelled(site, whole, args);
  // Nobody hands in what a channel holds; what is known of it stands beside this symbol.
  if (a.root.startsWith('cell:'))
    return known ? callBuiltin(site, known, whole, args) : beside(site, recv, a, name, args, 'call');
  return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' }, i);
}

/** Whether an object of a package only holds what is called (`ref.current.send(…)`): its model has no such member. */
function isHolder(site: CallSite, a: XInstAtom, method: string | null): boolean {
  const { knowledge } = site.frame.e;
  if (method === null || a.type === null || a.path === '' || knowledge.type(a.type) === null) return false;
  return knowledge.member(a.type, `${a.path}.${method}`) === null;
}

/** A call of what came out of a channel: made when the channel is known, unless another alternative says who is called. */
function beside(
  site: CallSite,
  recv: Value,
  a: SymAtom,
  method: string | null,
  args: readonly Value[],
  kind: 'call' | 'new',
): Value {
  const better = recv.atoms.some((x) => x.k === 'inst' || (x.k === 'xinst' && !isHolder(site, x, method)));
  const known = recv.atoms.some((x) => x.k === 'fn' || x.k === 'class');
  // A variable of a module that other functions assign holds the functions that they put there, besides its first one.
  if (better || (known && (method !== null || !a.root.startsWith('cell:var:')))) return NOTHING;
  if (a.t.text) return callUnmodelled(site, value([a]), args);
  return callHeld(site, a, method, args, kind, known);
}

/** Whether a method gives what its callback made of one element to it with the next: `reduce`. */
function isFolding(method: ResolvedMember): boolean {
  return parseFlow(method.member.flow ?? []).some((r) => r.from.k === 'cbret' && r.to.k === 'cb');
}

/** Whether it is a list of functions, or a rest parameter, of which callers know all elements. */
function isWrittenOut(frame: Frame, a: SymAtom, t: Type | null): boolean {
  const { program, types } = frame.e;
  if (a.t.text || a.path.length > 0 || a.root.startsWith('cell:')) return false;
  if (t && types.element(t)?.k === 'fn') return true;
  const captured = /^cap:(\d+)#(.*)$/.exec(a.root);
  const params = captured ? program.fns[Number(captured[1])]?.facts.params : frame.fn.facts.params;
  const p = captured ? params?.find((x) => x.name === captured[2]) : params?.[Number(a.root.slice(1))];
  return p?.rest === true;
}

/** Whether a function is given where the built-in method takes one: `items.find((x) => …)`. */
function takesCallback(method: ResolvedMember, args: readonly Value[]): boolean {
  return parseFlow(method.member.flow ?? []).some(
    (r) => r.to.k === 'cb' && args[Number(r.to.cb.at)]?.atoms.some((a) => a.k === 'fn') === true,
  );
}

/** Remembers a call until its callee is known. */
export function defer(
  site: CallSite,
  d: Pick<Deferred, 'callee' | 'method' | 'self' | 'args' | 'kind'>,
  _i: CallInstr | null = null,
): Value {
  const { frame } = site;
  const earlier = frame.deferredAt(site.spot.span, d);
  if (earlier !== null) return sym(`def:${earlier.id}`);
  const id = `${frame.fn.id}:${site.spot.span[0]}:${site.spot.span[1]}:${frame.serial++}`;
  if (frame.deferred.size >= 48 || (d.self?.depth ?? 0) > 5) {
    frame.e.gap('higher-order calls beyond bound');
    return callUnmodelled(site, d.self ?? NOTHING, d.args);
  }
  frame.deferred.set(id, {
    id,
    ...d,
    spot: site.spot,
    argSpans: site.argSpans,
    typeArgs: site.typeArgs ?? null,
    typesIn: site.typesIn ?? site.spot.fn,
    guard: frame.guard.length > 0 ? frame.guard : null,
  });
  return sym(`def:${id}`);
}

export function callValue(
  site: CallSite,
  f: Value,
  self: Value | null,
  args: readonly Value[],
  kind: 'call' | 'new',
  i: CallInstr | null,
): Value {
  const { frame } = site;
  const e = frame.e;
  let out = NOTHING;
  let unknown = f.atoms.length === 0;
  for (const a of f.atoms) {
    if (a.k === 'alt') {
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(out, guarded(callValue(site, a.v, self, args, kind, i), a.guard));
      frame.guard = before;
      continue;
    }
    if (a.guard && a.k !== 'sym' && a.k !== 'label') {
      // Called under a condition: so is all that it does.
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(out, guarded(callValue(site, value([{ ...a, guard: null }]), self, args, kind, i), a.guard));
      frame.guard = before;
      continue;
    }
    switch (a.k) {
      case 'fn':
        out = join(out, kind === 'new' ? construct(site, a, args) : apply(site, a, self, args));
        break;
      case 'class':
        out = join(out, kind === 'new' ? constructClass(site, a.cls, args) : NOTHING);
        break;
      case 'ext':
        out = join(out, kind === 'new' ? constructExternal(site, a, args) : callExternal(site, a, null, args));
        break;
      case 'xinst':
        out = join(out, callExternal(site, a.path === '' ? { ...a, path: '()' } : a, value([a]), args));
        break;
      case 'sym': {
        const t = typeOf(frame, a);
        const wrapped = t && t.k === 'typeof-class' ? e.types.classes(t) : [];
        if (kind === 'new' && wrapped.length > 0) {
          for (const c of wrapped) {
            const file = e.program.file(c.file);
            if (file) out = join(out, constructClass(site, file.clsBase + c.cls, args));
          }
        } else if (a.t.text) out = join(out, callUnmodelled(site, value([a]), args));
        else if (a.root.startsWith('cell:')) out = join(out, beside(site, f, a, null, args, kind));
        else out = join(out, defer(site, { callee: value([a]), method: null, self, args, kind }, i));
        break;
      }
      case 'resolver':
        if (a.how === 'compose' || a.how === 'partial' || a.how === 'promisify')
          out = join(out, callApplied(site, a, args));
        else if (a.how === 'answer') out = join(out, answerOf(site, a, args));
        else if (a.how === 'gives') out = join(out, declaredAnswer(site) ?? a.reducer ?? NOTHING);
        else if (a.how !== 'store') out = join(out, useChannel(site, a, args));
        else if (a.cell.startsWith('cell:')) {
          const v = args[0] ?? NOTHING;
          if (v.symbolic || awaitsCaller(v)) frame.stored(a.cell, v);
          if (carries(v) || v.marks !== null) e.cell(a.cell, v);
        } else frame.setVariable(a.cell, join(args[0] ?? NOTHING, frame.variable(a.cell) ?? NOTHING));
        break;
      case 'module': {
        const d = select(e, value([a]), 'default');
        if (d !== NOTHING && !d.atoms.some((x) => x.k === 'module'))
          out = join(out, callValue(site, d, self, args, kind, i));
        break;
      }
      case 'opaque': {
        // A function of which only the declaration is known gives what that says.
        const gives = a.type && kind === 'call' ? e.types.returns(a.type) : null;
        if (gives && gives.k !== 'any') out = join(out, typedDefault(e, e.types.awaited(gives), site.spot));
        unknown = true;
        break;
      }
      case 'label':
      case 'built':
      case 'inst':
        unknown = true;
        break;
      default:
        break;
    }
  }
  if (unknown && f.atoms.every((a) => a.k === 'opaque' || a.k === 'label' || a.k === 'built' || a.k === 'inst'))
    out = join(out, callUnmodelled(site, NOTHING, args));
  return out;
}

/** What the code says that the answer of a request is: `response.json<Patient>()`. */
function declaredAnswer(site: CallSite): Value | null {
  const ref = site.typeArgs?.[0];
  if (!ref) return null;
  const { e } = site.frame;
  const fn = e.program.fns[site.typesIn ?? site.spot.fn]!;
  const t = e.types.resolve(fn.file.path, fn.index, ref);
  return t.k === 'any' || t.k === 'prim' ? null : typedDefault(e, t, site.spot);
}

/** Calls a function that a library gave out for something it keeps: its setter, or its getter. */
function useChannel(site: CallSite, a: ResolverAtom, args: readonly Value[]): Value {
  const held = channelValue(a.cell);
  if (a.how === 'read') return select(site.frame.e, held, '!json');
  const call = (f: Value, params: readonly Value[]): Value =>
    callValue({ ...site, argSsa: [], selfSsa: -1, library: true }, f, null, params, 'call', null);
  if (a.how === 'nodeback') {
    storeInChannel(site, `${a.cell}!`, args[0] ?? NOTHING);
    storeInChannel(site, a.cell, args[1] ?? NOTHING);
    return OPAQUE;
  }
  if (a.how === 'through') {
    const result = a.reducer ? call(a.reducer, args) : NOTHING;
    storeInChannel(site, a.cell, result);
    return result;
  }
  const given = args[0] ?? NOTHING;
  const functions = value(given.atoms.filter((x) => x.k === 'fn'));
  let next = a.reducer
    ? call(a.reducer, [held, given])
    : value(
        given.atoms.filter((x) => x.k !== 'fn'),
        given.fields,
        given.marks,
      );
  if (!a.reducer && functions.atoms.length > 0) next = join(next, call(functions, [held]));
  storeInChannel(site, a.cell, next);
  return OPAQUE;
}

/** Makes an instance: field initialisers and constructors along the base classes. */
export function constructClass(site: CallSite, cls: number, args: readonly Value[]): Value {
  const instance = value([{ k: 'inst', cls, exact: true }]);
  return initialise(site, cls, instance, args);
}

function initialise(site: CallSite, cls: number, instance: Value, args: readonly Value[]): Value {
  const { frame } = site;
  const e = frame.e;
  const c = e.program.classes[cls]!;
  let self = instance;
  const base = e.program.superclass(c);
  const run = (fn: number, a: readonly Value[]): void => {
    const id = c.file.fnBase + fn;
    self = applyWithSelf(site, fnAtom(frame, id), self, a);
  };
  if (c.facts.constructorFn < 0) {
    if (base && typeof base !== 'string') self = initialise(site, base.id, self, args);
    else if (typeof base === 'string') self = externalBase(site, base, self, args);
    if (c.facts.fieldInit >= 0) run(c.facts.fieldInit, []);
    return self;
  }
  if (c.facts.fieldInit >= 0) run(c.facts.fieldInit, []);
  run(c.facts.constructorFn, args);
  return self;
}

/** `super(...)`: the base constructor works on this very object. */
function superCall(site: CallSite, args: readonly Value[]): Value {
  const { frame } = site;
  const cls = frame.e.program.classOf(frame.fn.file, frame.fn.index);
  if (cls < 0) return NOTHING;
  const base = frame.e.program.superclass(frame.e.program.classes[cls]!);
  const self = frame.read(-2, frame.state);
  let next = self;
  if (base && typeof base !== 'string') next = initialise(site, base.id, self, args);
  else if (typeof base === 'string') next = externalBase(site, base, self, args);
  if (next !== self) frame.state.set(-2, next);
  return NOTHING;
}

/** Errors keep message and cause; of other packages' bases we only know that they were given the arguments. */
function externalBase(site: CallSite, base: string, self: Value, args: readonly Value[]): Value {
  if (/^#?(\w*Error|Exception)$|#(\w*Error|\w*Exception)$/.test(base)) {
    let out = withMessage(self, args[0]);
    const cause = args[1] ? select(site.frame.e, args[1], 'cause') : NOTHING;
    if (carries(cause)) out = update(out, 'cause', cause);
    return out;
  }
  const data = joinAll(args);
  return carries(data) ? update(self, '!base', text(data)) : self;
}

/** `new f()` of an old-style constructor function. */
function construct(site: CallSite, f: FnAtom, args: readonly Value[]): Value {
  return applyWithSelf(site, f, value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }]), args);
}

/** Applies a function to an object under construction; gives the object as it is afterwards. */
function applyWithSelf(site: CallSite, f: FnAtom, self: Value, args: readonly Value[]): Value {
  const { frame } = site;
  const s = frame.slot(`var:!self${frame.serial++}:${site.spot.span[0]}`, () => self);
  frame.state.set(s, self);
  apply({ ...site, selfSsa: s }, f, self, args);
  const out = frame.read(s, frame.state);
  frame.state.delete(s);
  return out;
}

/** Applies a function of the code base by substituting into its summary. */
export function apply(site: CallSite, f: FnAtom, self: Value | null, args: readonly Value[]): Value {
  const { frame } = site;
  const e = frame.e;
  e.calls(frame.fn.id, f.fn, site.spot, site.guess === true);
  if (site.depth > MAX_DEPTH) {
    e.gap('calls through values beyond bound');
    return callUnmodelled(site, self ?? NOTHING, args);
  }
  let any = 0;
  let same = 0;
  for (let c = site.chain; c; c = c.up) {
    if (c.fn !== f.fn) continue;
    any++;
    if (c.env === f.env) same++;
  }
  if (any > 0) {
    // Each round may start several others: what all of them add is bounded by what the callee can tell apart.
    const rounds = (frame.rounds.get(f.fn) ?? 0) + 1;
    frame.rounds.set(f.fn, rounds);
    if (rounds > MOST_ROUNDS) return NOTHING;
  }
  if (same >= MAX_ROUNDS.same || any >= MAX_ROUNDS.any) return NOTHING; // one more round adds what the last one added
  const all = f.bound.length > 0 ? [...f.bound, ...args] : args;
  return compose(site, f, f.self ?? self, all, {
    callMethod: (s, recv, name, a) => callMethod(s, recv, name, a, null),
    callValue: (s, callee, me, a, kind) => callValue(s, callee, me, a, kind, null),
  });
}

/** Looks into a function that nobody calls, with nothing known of its parameters. */
export function callUnreached(frame: Frame, f: FnAtom): void {
  const entry = frame.e.program.fns[f.fn]!;
  const site: CallSite = {
    frame,
    spot: { fn: entry.id, span: entry.facts.span },
    argSpans: [],
    argSsa: [],
    selfSsa: -1,
    depth: 0,
    entry: true,
  };
  compose(
    site,
    f,
    OPAQUE,
    entry.facts.params.map(() => OPAQUE),
    {
      callMethod: (s, recv, name, a) => callMethod(s, recv, name, a, null),
      callValue: (s, callee, me, a, kind) => callValue(s, callee, me, a, kind, null),
    },
  );
}

/** `object.key = v` on an object of a package. */
export function assignMember(frame: Frame, a: XInstAtom, key: string, v: Value, span: Span): void {
  const site: CallSite = {
    frame,
    spot: { fn: frame.fn.id, span },
    argSpans: [],
    argSsa: [-1],
    selfSsa: -1,
    depth: 0,
    entry: false,
  };
  assignExternal(site, a, key, v);
}

/** A component is a function of its properties; what it renders is made of them. */
export function evalJsx(frame: Frame, i: Extract<Instr, { op: 'jsx' }>): Value {
  const props = frame.get(i.props);
  const site: CallSite = {
    frame,
    spot: { fn: frame.fn.id, span: i.span },
    argSpans: [],
    argSsa: [-1],
    selfSsa: -1,
    depth: 0,
    entry: false,
  };
  let out = text(props);
  // Whoever renders this will call the handlers that stand in its properties.
  const handlers = (args: readonly Value[]): void => {
    for (const fn of functionsIn(props)) {
      apply({ ...site, library: true }, fn, null, args);
      frame.e.escapes(fn.fn);
    }
  };
  if (i.f !== -1) {
    const f = frame.get(i.f);
    const callable = f.atoms.filter((a) => a.k === 'fn');
    const classes = f.atoms.filter((a) => a.k === 'class');
    for (const a of callable) if (a.k === 'fn') out = join(out, apply(site, a, null, [props]));
    for (const a of classes) {
      if (a.k !== 'class') continue;
      const inst = update(constructClass(site, a.cls, [props]), 'props', props);
      out = join(out, text(callMethod(site, inst, 'render', [], null)));
    }
    for (const a of f.atoms) {
      if (a.k !== 'xinst' && a.k !== 'ext') continue;
      const modelled = callComponent(site, a, props);
      if (modelled) out = join(out, text(modelled));
    }
    if (callable.length === 0 && classes.length === 0) handlers([OPAQUE, OPAQUE]);
  } else handlers([OPAQUE]);
  return carries(out) ? out : marked(OPAQUE, marksIn(out));
}

/** Tables of handlers: `{ Mutation: { addNote(…) {} } }`. */
const DEEPEST_TABLE = 3;
const MOST_HANDLERS = 32;

/** Functions that stand in an object's properties (event handlers), and in those of the objects in it. */
export function functionsIn(v: Value): FnAtom[] {
  const out: FnAtom[] = [];
  gatherFunctions(v, 0, out);
  return out;
}

function gatherFunctions(v: Value, depth: number, out: FnAtom[]): void {
  for (const a of v.atoms) if (a.k === 'fn' && out.length < MOST_HANDLERS) out.push(a);
  if (depth >= DEEPEST_TABLE) return;
  for (const [key, f] of v.fields ?? [])
    if (!key.startsWith('#') && !key.startsWith('!')) gatherFunctions(f, depth + 1, out);
}
