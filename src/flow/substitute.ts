/** Composition: putting a caller's values in the place of a summary's symbols. */
import type { Engine } from './engine.js';
import { joinMarks, onlyData } from './marks.js';
import { ofShape } from './shape.js';
import { asked, decided, narrowed, narrowedElements, saidToBe, typeTest } from './narrow.js';
import { CALLERS_KEY, label, select, selectPath, typed } from './select.js';
import { isSettled } from './settled.js';
import {
  addAtoms,
  KeptAtoms,
  NOTHING,
  value,
  type AltAtom,
  type Atom,
  type Env,
  type Guard,
  type Mark,
  type SameAs,
  type SymAtom,
  type Test,
  type Value,
  type XInstAtom,
} from './value.js';
import { constants, text, transform, truthiness } from './contents.js';
import { guarded } from './guards.js';
import { join, Joined } from './join.js';
import { extend, type Step } from './trail.js';
import type { Spot } from './summary.js';
import { mapData } from './contents.js';

/** Values by root; null: the root is not ours to resolve and stays. */
export interface Substitution {
  /** Closures that share an activation go on sharing it; without it, one that holds itself would nest for ever. */
  readonly envs: Map<Env, Env>;
  /** Variables around the callee: functions that were written beside it work on them, too. */
  readonly around?: Env | null;
  /** What values and symbols became, as long as no root gets another value: summaries say the same thing many times. */
  readonly values?: Map<Value, Value>;
  readonly symbols?: Map<SymAtom, Value | null>;
  /** Answers to tests on roots that are known: those do not change. */
  readonly tests?: Map<Test, Test | boolean | null>;
  /**
   * Results of calls of what the callee has of its own (`get()` of a captured `get`, `this.store.load(id)`): no caller hands
   * them over, but for what such a call was given itself: data that began in these functions.
   */
  readonly own?: Map<string, ReadonlySet<number>>;
  get(root: string): Value | null;
}

const MAX_NEST = 40;
let nest = 0;

export function substitute(e: Engine, v: Value, s: Substitution): Value {
  if (!v.open) return v;
  const known = s.values?.get(v);
  if (known !== undefined) return known;
  const out = substituted(e, v, s);
  s.values?.set(v, out);
  return out;
}

function substituted(e: Engine, v: Value, s: Substitution): Value {
  if (nest > MAX_NEST) {
    e.gap('nested values beyond bound');
    return NOTHING;
  }
  nest++;
  try {
    const kept = new KeptAtoms(v.atoms);
    const given = new Joined();
    for (const a of v.atoms) {
      if (a.k === 'alt') {
        const guard = evaluate(e, a.guard, s);
        if (guard === null) continue;
        const inner = substitute(e, a.v, s);
        if (guard.length === 0) given.add(inner);
        else kept.add(guard === a.guard && inner === a.v ? a : { ...a, v: inner, guard });
        continue;
      }
      if (a.k === 'sym') {
        const r = symbol(e, a, s);
        if (r === null) kept.add(a);
        else given.add(r);
        continue;
      }
      let of: Exclude<Atom, SymAtom | AltAtom> = a;
      if (a.k !== 'label' && a.guard) {
        const guard = evaluate(e, a.guard, s);
        if (guard === null) continue;
        if (guard !== a.guard) of = { ...a, guard: guard.length > 0 ? guard : null };
      }
      for (const x of atom(e, of, s)) kept.add(x);
    }
    const extra = given.done();
    let fields: Map<string, Value> | null = null;
    v.fields?.forEach((f, k) => {
      const next = f.open ? substitute(e, f, s) : f;
      if (next !== f) (fields ??= new Map(v.fields)).set(k, next);
    });
    const atoms = kept.done();
    const marks = v.marks === null ? null : cameThrough(e, v.marks, s);
    const base =
      atoms === v.atoms && fields === null && marks === v.marks ? v : value(atoms, fields ?? v.fields, marks);
    if (extra === NOTHING) return base;
    if (v.fields) {
      // Fields written over a symbolic whole win over what the whole brings along (its transform says so already).
      return overlay(extra, base);
    }
    return join(base, extra);
  } finally {
    nest--;
  }
}

/** `over`'s fields are certain where `over` stands for the same object as `under`. */
function overlay(under: Value, over: Value): Value {
  const fields = new Map(under.fields ?? []);
  for (const [k, f] of over.fields ?? []) {
    const old = fields.get(k);
    fields.set(k, old ? join(old, f) : f);
  }
  return value(addAtoms(under.atoms, over.atoms), fields, joinMarks(under.marks, over.marks));
}

/** The steps behind which, for this caller, anything went in. */
function cameThrough(e: Engine, marks: readonly Mark[], s: Substitution): readonly Mark[] | null {
  if (marks.every((m) => m.guard === null && !m.of.open)) return marks;
  let out: readonly Mark[] | null = null;
  for (const m of marks) {
    const guard = m.guard === null ? null : evaluate(e, m.guard, s);
    if (m.guard !== null && guard === null) continue;
    const of = m.of.open ? onlyData(text(substitute(e, m.of, s))) : m.of;
    if (of.atoms.length === 0) continue;
    out = joinMarks(out, [{ ...m, of, guard: guard !== null && guard.length > 0 ? guard : null }]);
  }
  return out;
}

function symbol(e: Engine, a: SymAtom, s: Substitution): Value | null {
  const known = s.symbols?.get(a);
  if (known !== undefined) return known;
  const out = resolved(e, a, s);
  s.symbols?.set(a, out);
  return out;
}

function resolved(e: Engine, a: SymAtom, s: Substitution): Value | null {
  const base = s.get(a.root);
  if (base === null) return null;
  let guard: Guard | null = a.guard;
  if (guard) {
    guard = evaluate(e, guard, s);
    if (guard === null) return NOTHING;
  }
  const path = a.path.some(isKey) ? a.path.map((k) => keyOf(e, k, s)) : a.path;
  const open = a.guard === null ? NO_QUESTIONS : questions(e, a, a.guard, path, s);
  let out = open.length === 0 && a.as === null ? selectPath(e, base, path) : selectTested(e, base, a, path, open);
  const where = a.declaredAt ?? lastSpot(a);
  if (a.dflt && out.atoms.length > 0) out = typed(e, out, a.dflt, where);
  if (a.declared && a.dflt?.k !== 'obj' && (a.byUse ? isFromOutside(out) : isUnknown(e, out))) {
    const place = a.declared;
    const told = label(e, place, 'phi', where, `reads ${place.via}`);
    out = join(out, value([a.byUse ? { ...told, ev: 2 } : told]));
  } else if (a.declared && a.dflt?.k !== 'obj' && out.symbolic) out = passedOn(out, a);
  out = transform(out, a);
  return guard && guard.length > 0 ? guarded(out, guard) : out;
}

function isKey(key: string): boolean {
  return key.startsWith(CALLERS_KEY);
}

/** A property whose name the caller decides: that name, where he says a constant; any property where nobody does. */
function keyOf(e: Engine, key: string, s: Substitution): string {
  if (!isKey(key)) return key;
  const [root, ...path] = key.slice(1).split('\n');
  const base = s.get(root!);
  if (base === null) return key;
  const v = selectPath(e, base, path);
  const c = constants(v);
  if (c?.length === 1 && (typeof c[0] === 'string' || typeof c[0] === 'number')) return String(c[0]);
  const only = v.atoms.length === 1 && !v.fields ? v.atoms[0]! : null;
  if (only?.k !== 'sym' || only.t.text || only.path.length > 1 || !/^(?:p\d|cap:)/.test(only.root)) return '*';
  return [CALLERS_KEY + only.root, ...only.path].join('\n');
}

/** A question that a test asks of what lies on the way to a symbol's value. */
type Question = NonNullable<ReturnType<typeof typeTest>> & { readonly holds: boolean };

const NO_QUESTIONS: readonly Question[] = [];

/** What the symbol's own tests ask of its root on the way along a path. */
function questions(e: Engine, a: SymAtom, guard: Guard, path: readonly string[], s: Substitution): readonly Question[] {
  let out: Question[] | null = null;
  for (const t of guard) {
    const known = t.root === a.root ? compared(e, t, s) : null;
    const q = known && typeTest(known);
    if (q && leadsTo(q.path, path)) (out ??= []).push({ ...q, holds: !t.negated });
  }
  return out ?? NO_QUESTIONS;
}

/** What a symbol stands for, without the alternatives that its own tests and declarations exclude on the way there. */
function selectTested(e: Engine, base: Value, a: SymAtom, path: readonly string[], open: readonly Question[]): Value {
  let out = base;
  for (let i = 0; ; i++) {
    for (const said of a.as ?? []) if (said.at === i) out = saidToBe(e, out, said.types, said.tested, said.tag);
    for (const q of open)
      if (q.path.length === i) out = stillOpen(e, narrowed(e, out, q.test, q.holds), q);
      else if (i === path.length && q.path.length > i) out = narrowedElements(e, out, q.test, q.holds);
    if (i === path.length || out === NOTHING) return out;
    out = select(e, out, path[i]!);
  }
}

/** Of several alternatives, those that the caller does not know yet keep the question; one alone keeps it as its test. */
function stillOpen(e: Engine, v: Value, q: Question): Value {
  return v.symbolic && (v.atoms.length > 1 || v.fields) ? asked(e, v, q.test, q.holds) : v;
}

/** Whether a test on what is at `path` speaks of what lies on the way to `to`, or of the elements of what is there. */
function leadsTo(path: readonly string[], to: readonly string[]): boolean {
  if (path.length > to.length && (path.length !== to.length + 1 || path[to.length] !== '*')) return false;
  return path.every((k, i) => i === to.length || k === to[i]);
}

/** A comparison with another symbol as one with the constant that a caller hands in; null while that is not known. */
function compared(e: Engine, t: Test, s: Substitution): Test | null {
  if (typeof t.equals !== 'object' || !('same' in t.equals)) return t;
  const other = s.get(t.equals.same);
  const cs = other && constants(selectPath(e, other, t.equals.at));
  return cs?.length === 1 ? { ...t, equals: { c: cs[0] } } : null;
}

/** Whether it came from somewhere and nothing more is known of it. */
function isUnknown(e: Engine, v: Value): boolean {
  return (
    v.fields === null &&
    v.atoms.length > 0 &&
    v.atoms.every((x) =>
      x.k === 'opaque'
        ? x.type === null || x.type.k === 'any'
        : x.k === 'xinst' && (x.type === null || e.knowledge.type(x.type) === null),
    )
  );
}

/** What the callee's use of it says waits on for a caller who knows where it comes from. */
function passedOn(v: Value, a: SymAtom): Value {
  const { declared, declaredAt, byUse } = a;
  const atoms = v.atoms.map((x) =>
    x.k === 'sym' && !x.declared && !x.t.text && x.dflt === null ? { ...x, declared, declaredAt, byUse } : x,
  );
  return value(atoms, v.fields, v.marks);
}

/** Whether a request brought it of which own code says nothing. */
function isFromOutside(v: Value): boolean {
  return v.atoms.some((x) => x.k === 'opaque' && x.request) && !v.atoms.some((x) => x.k === 'label');
}

function lastStep(a: SymAtom): Step | null {
  let t = a.trail;
  while (t && 'left' in t) t = t.right;
  return t && 'step' in t ? t.step : null;
}
const lastSpot = (a: SymAtom): Spot => {
  const step = lastStep(a);
  return { fn: step?.fn ?? 0, span: step?.span ?? [0, 0] };
};

function xinst(e: Engine, a: XInstAtom, s: Substitution): XInstAtom {
  const args = a.args?.map((x) => substitute(e, x, s)) ?? null;
  const via = a.via.length === 0 ? a.via : a.via.map((x) => substitute(e, x, s));
  const from = a.from ? xinst(e, a.from, s) : null;
  const same = via === a.via && from === a.from && (args === null || args.every((x, i) => x === a.args![i]));
  return same ? a : { ...a, args, via, from };
}

function atom(e: Engine, a: Exclude<Atom, SymAtom | AltAtom>, s: Substitution): Atom[] {
  switch (a.k) {
    case 'fn': {
      if ((!a.closure && a.self === null && a.bound.length === 0) || isSettled(e, a)) return [a];
      return [
        {
          ...a,
          env: a.env ? substitutedEnv(e, a.env, s) : a.closure ? (s.around ?? null) : null,
          self: a.self ? substitute(e, a.self, s) : null,
          bound: a.bound.map((b) => substitute(e, b, s)),
        },
      ];
    }
    case 'class':
      return a.env ? [{ ...a, env: substitutedEnv(e, a.env, s) }] : [a];
    case 'xinst':
      return [xinst(e, a, s)];
    case 'str':
      return a.parts.some((p) => p.open) ? [{ ...a, parts: a.parts.map((p) => substitute(e, p, s)) }] : [a];
    case 'label': {
      if (!a.guard) return [a];
      const guard = evaluate(e, a.guard, s);
      if (guard === null) return [];
      return [guard === a.guard ? a : { ...a, guard: guard.length > 0 ? guard : null }];
    }
    case 'resolver':
      return [a.reducer ? { ...a, reducer: substitute(e, a.reducer, s) } : a];
    case 'test': {
      const r = evaluateTest(e, a.test, s);
      if (r === true || r === false) return [{ k: 'const', v: r }];
      return r === null ? [] : [{ k: 'test', test: r }];
    }
    default:
      return [a];
  }
}

function substitutedEnv(e: Engine, env: Env, s: Substitution): Env {
  let out = s.envs.get(env);
  if (!out) {
    out = new Substituted(e, env, s);
    s.envs.set(env, out);
  }
  return out;
}

/** A closure's variables, substituted when they are asked for. */
class Substituted implements Env {
  private readonly memo = new Map<string, Value | null>();
  constructor(
    private readonly e: Engine,
    private readonly inner: Env,
    private readonly s: Substitution,
  ) {}
  get(root: string): Value | null {
    const hit = this.memo.get(root);
    if (hit !== undefined) return hit;
    this.memo.set(root, NOTHING);
    const v = this.inner.get(root);
    const out = v === null ? this.s.get(root) : substitute(this.e, v, this.s);
    this.memo.set(root, out);
    return out;
  }
}

/** Null: the guard is false. Tests that cannot be decided are dropped, those on symbols that stay are kept. */
export function evaluate(e: Engine, guard: Guard, s: Substitution): Guard | null {
  let out: Test[] | null = null;
  for (let i = 0; i < guard.length; i++) {
    const r = evaluateTest(e, guard[i]!, s);
    if (r === false) return null;
    if (r === guard[i]) {
      if (out) out.push(r);
      continue;
    }
    out ??= guard.slice(0, i);
    if (r !== true && r !== null) out.push(r);
  }
  return out ?? guard;
}

/** true/false: decided; a test: over the caller's symbols; null: unknown. */
function evaluateTest(e: Engine, t: Test, s: Substitution): Test | boolean | null {
  const base = s.get(t.root);
  if (base === null) return t;
  if (typeof t.equals === 'object' && 'same' in t.equals) {
    const known = compared(e, t, s);
    return known ? evaluateTest(e, known, s) : passedOnTest(e, t, t.equals, base, s);
  }
  const answered = s.tests?.get(t);
  if (answered !== undefined) return answered;
  const out = answerTo(e, t, base);
  s.tests?.set(t, out);
  return out;
}

/** The same for the value of the root that the test speaks of; a comparison of two symbols is none of its business. */
function answerTo(e: Engine, t: Test, base: Value): Test | boolean | null {
  if (typeof t.equals === 'object' && 'same' in t.equals) return null;
  const v = selectPath(e, base, t.path);
  let r: boolean | null;
  if (typeof t.equals === 'object' && 'is' in t.equals) r = decided(e, v, t.equals);
  else if (typeof t.equals === 'object' && 'shape' in t.equals) r = ofShape(e, v, t.equals.shape);
  else if (t.equals === 'truthy') r = truthiness(v) ?? byType(e, base, t);
  else if (t.equals === 'not-off') {
    // Of what was left out, everything was left out.
    const cs = constants(v) ?? (v === NOTHING ? constants(base) : null);
    r = cs && cs.every((c) => c === undefined) ? true : truthiness(v);
  } else if (t.equals === 'defined') {
    const cs = constants(v);
    r = cs
      ? cs.every((c) => c !== undefined && c !== null)
        ? true
        : cs.every((c) => c === undefined || c === null)
          ? false
          : null
      : isThere(v)
        ? true
        : null;
  } else {
    const want = t.equals.c;
    const cs = constants(v);
    r = cs ? (cs.every((c) => c === want) ? true : cs.every((c) => c !== want) ? false : null) : null;
    if (r === null && (want === undefined || want === null) && isThere(v)) r = false;
    r ??= byType(e, base, t);
  }
  if (r !== null) return t.negated ? !r : r;
  const only = onlySymbol(v);
  return only && { ...t, root: only.root, path: only.path };
}

/** A comparison of two symbols that both stand for symbols of the caller's. */
function passedOnTest(e: Engine, t: Test, equals: SameAs, base: Value, s: Substitution): Test | null {
  const other = s.get(equals.same);
  const left = onlySymbol(selectPath(e, base, t.path));
  const right = other && onlySymbol(selectPath(e, other, equals.at));
  if (!left || !right) return null;
  return { root: left.root, path: left.path, equals: { same: right.root, at: right.path }, negated: t.negated };
}

function onlySymbol(v: Value): SymAtom | null {
  const only = v.atoms.length === 1 && !v.fields ? v.atoms[0]! : null;
  return only?.k === 'sym' && !only.t.text && only.t.minus.length === 0 ? only : null;
}

/** What the declared types of the tested value say: the tag of a discriminated union, a field that it does not have. */
function byType(e: Engine, base: Value, t: Test): boolean | null {
  const asked = typeTest(t);
  return asked && decided(e, selectPath(e, base, asked.path), asked.test);
}

/** Whether it is certainly neither null nor undefined: `(client = new OpenAI())` of a caller that hands one in. */
function isThere(v: Value): boolean {
  if (truthiness(v) === true) return true;
  return v.atoms.length > 0 && v.atoms.every((a) => a.k === 'xinst' && a.type !== null && a.path === '');
}

/** Adds a step to the witness of all data inside. */
export function withStep(v: Value, step: Step): Value {
  return mapData(
    v,
    (a) => ({ ...a, trail: extend(a.trail, step) }),
    (m) => ({ ...m, trail: extend(m.trail, step) }),
  );
}
