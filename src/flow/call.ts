/** Calls: who is called, and what the callee's summary (or model) does here. */
import type { Instr, Span } from '../facts/ir.js';
import type { ResolvedMember } from '../knowledge/index.js';
import { answerOf } from './answers.js';
import { callApplied } from './applied.js';
import type { CallInstr, CallSite } from './call-site.js';
import { channelValue, identity, storeInChannel } from './channels.js';
import { awaitsCaller } from './cleaned.js';
import { compose } from './compose.js';
import { superCall, construct, constructClass } from './construct.js';
import { carries } from './contents.js';
import { beside, defer } from './defer.js';
import { type Frame, NAMED_ENTRY } from './frame.js';
import { mergeGuards, guarded } from './guards.js';
import { join } from './join.js';
import { constructExternal, callBuiltin, callExternal, assignExternal } from './library.js';
import { callUnmodelled } from './unmodelled.js';
import { decorate } from './kept-members.js';
import { callMethod } from './method-call.js';
import { select, typedDefault } from './select.js';
import type { Spot } from './summary.js';
import { typeOf } from './symbol-type.js';
import { namedEntry } from './told-by-use.js';
import { rejectedWith } from './fields.js';
import {
  type Value,
  type ExtAtom,
  type FnAtom,
  type XInstAtom,
  NOTHING,
  value,
  type ResolverAtom,
  OPAQUE,
} from './value.js';

const MAX_DEPTH = 16;

/** How often a function may be entered by itself on behalf of callees: with its own variables, with any (wrappers of wrappers). */
const MAX_ROUNDS = { same: 2, any: 4 };

/** How often, over all that one call sets off. */
const MOST_ROUNDS = 24;

export function evalCall(frame: Frame, i: CallInstr): Value {
  const args: Value[] = [];
  const ssa: number[] = [];
  for (const a of i.args) {
    const v = frame.get(a.v);
    if (!a.spread) {
      args.push(v);
      ssa.push(a.v);
      continue;
    }
    for (const one of spreadOut(frame, v)) {
      args.push(one);
      ssa.push(-1);
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
  if (i.kind === 'decorate') return decorate(site, frame.get(i.f), args[0] ?? NOTHING, args[1] ?? NOTHING);
  const def = frame.defs[i.f];
  if (i.self !== -1 && def && i.kind === 'call') {
    if (def.op === 'load') {
      const lent = lentMethod(frame, def);
      if (lent !== null) {
        const given = def.k === 'call' ? args.slice(1) : spreadOut(frame, args[1] ?? NOTHING);
        const on = { ...site, selfSsa: ssa[0] ?? -1, argSsa: def.k === 'call' ? ssa.slice(1) : [] };
        return callBuiltin(on, lent, args[0] ?? NOTHING, given);
      }
      const out = callMethod(site, frame.get(i.self), def.k, args);
      return NAMED_ENTRY.has(def.k) ? namedEntry(frame, i, args, out) : out;
    }
    if (def.op === 'superload') return callValue(site, frame.get(i.f), frame.get(i.self), args, 'call');
  }
  return callValue(
    site,
    frame.get(i.f),
    i.self === -1 ? null : frame.get(i.self),
    args,
    i.kind === 'new' ? 'new' : 'call',
  );
}

/** The arguments that `...list` stands for: those that are known one by one, else some of its elements. */
function spreadOut(frame: Frame, list: Value): Value[] {
  const out: Value[] = [];
  while (list.fields?.has(String(out.length)) && out.length < 32) out.push(list.fields.get(String(out.length))!);
  if (out.length === 0 || list.fields?.has('*') || list.atoms.some((x) => x.k !== 'built')) {
    const element = select(frame.e, list, '*');
    out.push(element, element, element);
  }
  return out;
}

/** `Array.prototype.push.apply(list, more)`, `[].slice.call(list)`: a built-in method called on what it is handed. */
function lentMethod(frame: Frame, load: Extract<Instr, { op: 'load' }>): ResolvedMember | null {
  const method = load.k === 'call' || load.k === 'apply' ? frame.defs[load.b] : undefined;
  if (method?.op !== 'load') return null;
  const of = frame.defs[method.b];
  const owner = of?.op === 'load' && of.k === 'prototype' ? frame.defs[of.b] : undefined;
  const builtIn = owner?.op === 'global' ? BUILT_IN.has(owner.name) : of?.op === 'array' || isList(frame.get(method.b));
  return builtIn ? frame.e.knowledge.method(method.k) : null;
}

function isList(v: Value): boolean {
  return v.atoms.length > 0 && v.atoms.every((a) => a.k === 'built' && a.array);
}

const BUILT_IN = new Set(['Array', 'String', 'Map', 'Set', 'Promise']);

export const under = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

export function fnAtom(frame: Frame, fn: number): FnAtom {
  const f = frame.e.program.fns[fn]!.facts;
  return { k: 'fn', fn, closure: f.captures.some((c) => c.fn !== 0), env: null, self: null, bound: [] };
}

/** An object of a package's type of which no more is known. */
export function clientOfType(type: string, spot: Spot): XInstAtom {
  const { fn, span } = spot;
  return { k: 'xinst', type, sym: type, args: null, path: '', fn, span, from: null, via: [], wraps: [] };
}

export function callValue(
  site: CallSite,
  f: Value,
  self: Value | null,
  args: readonly Value[],
  kind: 'call' | 'new',
): Value {
  const { frame } = site;
  const e = frame.e;
  let out = NOTHING;
  let unknown = f.atoms.length === 0;
  for (const a of f.atoms) {
    if (a.k === 'alt') {
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(out, guarded(callValue(site, a.v, self, args, kind), a.guard));
      frame.guard = before;
      continue;
    }
    if (a.guard && a.k !== 'sym' && a.k !== 'label') {
      // Called under a condition: so is all that it does.
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(out, guarded(callValue(site, value([{ ...a, guard: null }]), self, args, kind), a.guard));
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
        out = join(out, callExternal(site, a.path === '' ? { ...a, path: '()' } : a, withWhatItHolds(f, a), args));
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
        else out = join(out, defer(site, { callee: value([a]), method: null, self, args, kind }));
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
          out = join(out, callValue(site, d, self, args, kind));
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

/** A package's object that is called (a task that is run), with the data that it stands for. */
function withWhatItHolds(f: Value, a: XInstAtom): Value {
  const data = a.path === '' ? f.atoms.filter((x) => x.k === 'label') : [];
  return data.length === 0 ? value([a]) : value([a, ...data], f.fields, f.marks);
}

/** Calls a function that a library gave out for something it keeps: its setter, or its getter. */
function useChannel(site: CallSite, a: ResolverAtom, args: readonly Value[]): Value {
  const held = channelValue(a.cell);
  if (a.how === 'readOf' || a.how === 'writeOf') {
    const made = identity(args[0]);
    if (made === null) return OPAQUE;
    if (a.how === 'readOf') return channelValue(`${a.cell}:${made}`);
    storeInChannel(site, `${a.cell}:${made}`, args[1] ?? NOTHING);
    return OPAQUE;
  }
  if (a.how === 'thrower') return rejectedWith(OPAQUE, held);
  if (a.how === 'read') return select(site.frame.e, held, '!json');
  const call = (f: Value, params: readonly Value[]): Value =>
    callValue({ ...site, argSsa: [], selfSsa: -1, library: true }, f, null, params, 'call');
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
  if (!a.reducer && functions.atoms.length > 0) {
    // A function that is given a draft changes that, and gives nothing.
    const { frame } = site;
    const draft = frame.slot(`var:!draft${frame.serial++}:${site.spot.span[0]}`, () => held);
    frame.state.set(draft, held);
    const inside = { ...site, argSsa: [draft], selfSsa: -1, library: true };
    next = join(next, callValue(inside, functions, null, [held], 'call'));
    const changed = frame.read(draft, frame.state);
    if (changed.fields !== null) next = join(next, value([], changed.fields));
    frame.state.delete(draft);
  }
  storeInChannel(site, a.cell, next);
  return OPAQUE;
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
    callMethod: (s, recv, name, a) => callMethod(s, recv, name, a),
    callValue: (s, callee, me, a, kind) => callValue(s, callee, me, a, kind),
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
      callMethod: (s, recv, name, a) => callMethod(s, recv, name, a),
      callValue: (s, callee, me, a, kind) => callValue(s, callee, me, a, kind),
    },
  );
}

/** `object.key = v` on an object of a package. */
export function assignMember(frame: Frame, a: ExtAtom | XInstAtom, key: string, v: Value, span: Span): void {
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
