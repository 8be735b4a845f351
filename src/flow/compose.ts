/** Putting a callee's summary to work at a call: results, mutations, stores, exceptions, and what goes out. */
import type { CallSite } from './call-site.js';
import { holdsFunctions, storeInChannel } from './channels.js';
import { applyDeidentifier } from './deidentify.js';
import { awaitsCaller, composeCleaned } from './cleaned.js';
import { emitOrKeep } from './egress.js';
import type { Engine } from './engine.js';
import { declaredAs } from './narrow.js';
import { answered } from './predicates.js';
import { Handed, written } from './handed.js';
import type { FnEntry } from './program.js';
import { typed } from './select.js';
import { evaluate, substitute, withStep, type Substitution } from './substitute.js';
import { asOpaqueParam } from './params.js';
import type { Spot } from './summary.js';
import type { Type } from './types/type.js';
import { carries, data } from './contents.js';
import { guarded } from './guards.js';
import { join } from './join.js';
import {
  NOTHING,
  onlyHeld,
  OPAQUE,
  UNDEFINED,
  value,
  type Atom,
  type FnAtom,
  type Value,
  type XInstAtom,
} from './value.js';
import { rejectedWith, RETURNED } from './fields.js';

export interface Callbacks {
  callMethod(site: CallSite, recv: Value, name: string, args: readonly Value[]): Value;
  callValue(site: CallSite, f: Value, self: Value | null, args: readonly Value[], kind: 'call' | 'new'): Value;
}

export function compose(site: CallSite, f: FnAtom, self: Value | null, args: readonly Value[], call: Callbacks): Value {
  const { frame } = site;
  const e = frame.e;
  const s = e.summary(f.fn);
  const callee = e.program.fns[f.fn]!;
  const name = callee.facts.name;
  const params = new Map<string, Value>();
  const passed = { fn: site.spot.fn, span: site.spot.span, text: `passed to ${name}`, source: false };
  const sub: Substitution = {
    envs: new Map(),
    around: f.env,
    own: new Map(),
    values: new Map(),
    symbols: new Map(),
    tests: new Map(),
    get(root) {
      const hit = params.get(root);
      if (hit !== undefined) return hit;
      const v = find(root);
      if (v === null) return null;
      params.set(root, v);
      return v;
    },
  };
  const find = (root: string): Value | null => {
    if (root[0] === 'p') {
      const i = Number(root.slice(1));
      const p = callee.facts.params[i];
      let v: Value;
      if (p?.rest) {
        const fields = new Map<string, Value>();
        args.slice(i).forEach((a, n) => fields.set(String(n), a));
        v = value([{ k: 'built', array: true, fn: site.spot.fn, span: null }], fields);
      } else v = args[i] ?? UNDEFINED;
      if (p?.type) {
        const t = e.types.resolve(callee.file.path, callee.index, p.type);
        // What a library hands to a callback is what the callback's parameter declares, if it declares more.
        const given =
          v.atoms.some((a) => a.k === 'xinst') &&
          v.atoms.every(
            (a) => a.k === 'built' || (a.k === 'xinst' && a.args === null && a.path === '' && a.from === null),
          ) &&
          t.k !== 'any';
        v = given
          ? declaredBy(e, v, t, { fn: callee.id, span: p.span })
          : typed(e, asOpaqueParam(v), t, { fn: callee.id, span: p.span });
      }
      return carries(v) || v.marks !== null ? withStep(v, passed) : v;
    }
    if (root === 'this') {
      if (callee.facts.kind === 'arrow') {
        const env = f.env?.get('this');
        if (env) return env;
        if (f.self) return f.self;
        return ancestor(frame.fn, callee) ? frame.read(-2, frame.state) : null;
      }
      return self ?? UNDEFINED;
    }
    if (root.startsWith('cap:')) {
      const changed = f.env ? frame.envState.get(f.env)?.get(root) : undefined;
      if (changed) return changed;
      const env = f.env?.get(root);
      if (env) return env;
      const prefix = `cap:${frame.fn.id}#`;
      // A sibling works on the same variables: what was written to one before the call is what the callee finds.
      return root.startsWith(prefix) ? frame.variable(root.slice(prefix.length)) : frame.writtenTo(root);
    }
    return null;
  };
  const below: CallSite = {
    ...site,
    argSsa: [],
    selfSsa: -1,
    depth: site.depth + 1,
    typeArgs: null,
    library: false,
    guess: false,
    chain: { fn: f.fn, env: f.env, up: site.chain },
  };

  const inline = site.library === true && ancestor(frame.fn, callee);
  // What wraps a handler hands on what the framework gave it: the handler is called from outside as well.
  const outside = site.entry || inline;
  const changed = new Set<string>();
  for (const d of s.deferred) {
    const guard = d.guard ? evaluate(e, d.guard, sub) : [];
    if (guard === null) {
      params.set(`def:${d.id}`, NOTHING);
      sub.values?.clear();
      sub.symbols?.clear();
      continue;
    }
    const a = d.args.map((x) => substitute(e, x, sub));
    const me = d.self ? substitute(e, d.self, sub) : null;
    const handed = new Handed(site, d.args.length);
    d.args.forEach((x, n) => handed.hold(n, x, a[n]!));
    if (d.self && me) handed.hold(d.args.length, d.self, me);
    const types = { typeArgs: d.typeArgs, typesIn: d.typesIn, argSsa: handed.args, selfSsa: handed.self };
    const given = (d.callee ?? d.self)?.atoms.every(isCallees) ? handedOver(e, d.args, sub) : null;
    const inner =
      outside || (given?.size === 0 && d.args.some(carries))
        ? { ...below, ...types, spot: d.spot, argSpans: d.argSpans, entry: outside && d.args.every(isGivenOn) }
        : { ...below, ...types };
    const result =
      d.method !== null
        ? call.callMethod(inner, me ?? NOTHING, d.method, a)
        : call.callValue(inner, substitute(e, d.callee!, sub), me, a, d.kind);
    for (const [at, now] of handed.changes()) {
      const old = sub.get(at.root) ?? NOTHING;
      const next = written(e, old, at.path, now);
      params.set(at.root, guard.length > 0 ? join(old, next) : next);
      changed.add(at.root);
      sub.tests?.clear();
    }
    params.set(`def:${d.id}`, result);
    if (given) sub.own?.set(`def:${d.id}`, given);
    sub.values?.clear();
    sub.symbols?.clear();
  }

  for (const g of s.egress) emitOrKeep(site, g, sub, inline);
  for (const g of s.cleaned) composeCleaned(site, g, sub);
  for (const c of s.configs) {
    const a = c.args.map((x) => substitute(e, x, sub));
    const next = { ...c, args: a };
    if (a.some((x) => x.symbolic)) frame.configs.push(next);
    else e.emitConfig(next);
  }
  for (const [key, v] of s.cells) {
    const x = substitute(e, v, sub);
    if ((x.symbolic && !onlyHeld(x)) || awaitsCaller(x)) frame.stored(key, x);
    if (carries(x) || x.marks !== null || holdsFunctions(x)) e.cell(key, x);
  }
  const after = new Map([...changed].map((root) => [root, sub.get(root) ?? NOTHING]));
  for (const [root, v] of s.outs) after.set(root, substitute(e, v, sub));
  for (const [root, next] of after) {
    if (root[0] === 'p') {
      const i = Number(root.slice(1)) - f.bound.length;
      if (i >= 0 && site.argSsa[i] !== undefined && site.argSsa[i] !== -1) frame.mutate(site.argSsa[i]!, next);
    } else if (root === 'this') {
      if (callee.facts.kind === 'arrow' && ancestor(frame.fn, callee)) frame.state.set(-2, next);
      else if (site.selfSsa !== -1) frame.mutate(site.selfSsa, next);
    } else if (root.startsWith('cap:')) setCaptured(site, f, root, next, false);
  }
  for (const [root, v] of s.stores) setCaptured(site, f, root, substitute(e, v, sub), true);

  let ret = substitute(e, s.ret, sub);
  if (callee.facts.returnType?.k === 'guard') ret = answered(e, callee, args, ret);
  const cleaned = e.deidentifier(f.fn);
  if (cleaned) {
    const how = { spot: site.spot, by: name, given: args };
    ret = applyDeidentifier(ret, cleaned, how);
    if (cleaned.mutates !== null && site.argSsa[cleaned.mutates] !== undefined) {
      const ssa = site.argSsa[cleaned.mutates]!;
      if (ssa !== -1)
        frame.mutate(ssa, applyDeidentifier(frame.get(ssa), { ...cleaned, output: null }, { ...how, given: [] }));
    }
  }
  ret = asAskedFor(e, site, callee, ret);
  const thrown = substitute(e, s.throws, sub);
  if (callee.facts.isGenerator) {
    const items = substitute(e, s.yields, sub);
    const made = { k: 'built', array: true, fn: site.spot.fn, span: null, generator: callee.id } as const;
    // What it returns is what `yield*` of it gives.
    const fields = new Map([['*', items]]);
    if (carries(ret)) fields.set(RETURNED, ret);
    ret = value([made], fields);
  }
  if (thrown !== NOTHING) {
    if (callee.facts.isAsync) ret = rejectedWith(ret, thrown);
    else frame.throws(guarded(thrown, frame.guard));
  }
  if (carries(ret) || ret.marks !== null)
    ret = withStep(ret, { fn: site.spot.fn, span: site.spot.span, text: `returned by ${name}`, source: false });
  return ret;
}

/** `ofKind<Slot>(resources)`: of several that a generic function may give, those that the call names. */
function asAskedFor(e: Engine, site: CallSite, callee: FnEntry, ret: Value): Value {
  const { typeParams, returnType } = callee.facts;
  if (!site.typeArgs || site.typeArgs.length === 0 || typeParams.length === 0 || !returnType || !carries(ret))
    return ret;
  const within = e.program.fns[site.typesIn ?? site.spot.fn]!;
  const env = new Map<string, Type>();
  typeParams.forEach((name, i) => {
    const ref = site.typeArgs?.[i];
    if (ref) env.set(name, e.types.resolve(within.file.path, within.index, ref));
  });
  return declaredAs(e, ret, e.types.resolve(callee.file.path, callee.index, returnType, env));
}

/** Something that the function has of its own: a captured variable, a field of its object. */
function isCallees(a: Atom): boolean {
  return a.k === 'sym' && (a.root.startsWith('cap:') || (a.root === 'this' && a.path.length > 0));
}

/** The functions in which that data of values began which callers hand over. */
function handedOver(e: Engine, args: readonly Value[], sub: Substitution): ReadonlySet<number> {
  const out = new Set<number>();
  for (const arg of args) {
    for (const s of data(arg)) {
      if (s.k === 'label' || s.root === 'this' || s.root.startsWith('cell:')) continue;
      const given = sub.own?.get(s.root);
      for (const a of data(substitute(e, value([s]), sub))) {
        // The result of a call that is put off once more: whose it is shows when it is made.
        if (given && a.k === 'sym' && a.root.startsWith('def:')) continue;
        const fn = a.k === 'label' ? a.srcFn : NOWHERE;
        if (given === undefined || given.has(fn)) out.add(fn);
      }
    }
  }
  return out;
}

/** Stands for the function in which data begins that only a caller's caller knows. */
const NOWHERE = -1;

/** What a library hands in, with the callback's own declaration of it: the same object, said in more detail. */
function declaredBy(e: Engine, v: Value, t: Type, spot: Spot): Value {
  const given = v.atoms.find((a): a is XInstAtom => a.k === 'xinst')!;
  const out = typed(e, OPAQUE, t, spot);
  return value(
    out.atoms.map((a) => (a.k === 'xinst' ? { ...a, fn: given.fn, span: given.span } : a)),
    v.fields ?? out.fields,
    v.marks,
  );
}

function ancestor(
  outer: { file: unknown; index: number },
  inner: { file: unknown; index: number; facts: { parent: number } },
): boolean {
  return outer.file === inner.file && (inner.facts.parent === outer.index || isAbove(outer, inner));
}

function isAbove(
  outer: { file: unknown; index: number },
  inner: { file: unknown; facts: { parent: number } },
): boolean {
  const functions = (inner.file as { facts: { functions: readonly { parent: number }[] } }).facts.functions;
  for (let i = inner.facts.parent, n = 0; i >= 0 && n < 64; i = functions[i]!.parent, n++)
    if (i === outer.index) return true;
  return false;
}

/** A parameter as it came in, whole. */
function isGivenOn(v: Value): boolean {
  return v.fields === null && v.atoms.every((a) => a.k === 'sym' && a.path.length === 0 && a.root[0] === 'p');
}

/** A captured variable that the callee changed: ours, or one of a function around us. */
function setCaptured(site: CallSite, f: FnAtom, root: string, v: Value, assigned: boolean): void {
  const { frame } = site;
  if (f.env && f.env.get(root) !== null) {
    // The variables of an activation that is over: shared by the functions that it gave out.
    const known = frame.envState.get(f.env) ?? new Map<string, Value>();
    known.set(root, assigned ? join(known.get(root) ?? NOTHING, v) : v);
    frame.envState.set(f.env, known);
    return;
  }
  const prefix = `cap:${frame.fn.id}#`;
  if (root.startsWith(prefix)) {
    const name = root.slice(prefix.length);
    const ssa = frame.varSsa.get(name);
    if (ssa !== undefined) frame.mutate(ssa, v);
    else {
      const slot = frame.slot(`var:${name}`, () => NOTHING);
      const old = frame.read(slot, frame.state);
      frame.state.set(slot, assigned ? join(old, v) : v);
      frame.setVariable(name, v);
    }
    return;
  }
  const m = /^cap:(\d+)#(.*)$/.exec(root);
  const owner = m ? frame.e.program.fns[Number(m[1])] : undefined;
  if (owner?.index === 0) {
    storeInChannel(site, `cell:var:${owner.file.index}#${m![2]}`, v);
    return;
  }
  const slot = frame.slot(root, () => NOTHING);
  frame.state.set(slot, join(frame.read(slot, frame.state), v));
  if (assigned) frame.stores.set(root, join(frame.stores.get(root) ?? NOTHING, v));
}
