/**
 * Abstract interpretation of one function body: facts in, summary out. Blocks in reverse postorder with per-block
 * states; a body with loops is walked again until its states are stable (bounded).
 */
import type { Block, Instr, Span } from '../facts/ir.js';
import {
  assignMember,
  callUnreached,
  evalCall,
  evalJsx,
  iterate,
  readProperty,
  runGetter,
  runSetter,
  toText,
} from './call.js';
import { awaitsCaller } from './cleaned.js';
import { choicesOf } from './choice.js';
import { closeOver } from './closure.js';
import type { Engine } from './engine.js';
import { Frame, THIS } from './frame.js';
import { joinMarks } from './marks.js';
import { asResource, declaredAs, narrowed, questionOn } from './narrow.js';
import { predicateOf } from './predicates.js';
import { bindingValue, CALLERS_KEY, extValue, fnValue, select, typed } from './select.js';
import { GLOBAL_OBJECT, type FnEntry } from './program.js';
import type { Summary } from './summary.js';
import { withStep } from './substitute.js';
import { asTagged, asWritten, taggedType, underTypeName } from './tagged.js';
import type { TypeTest } from './types/type.js';
import { placeByName } from './use-shape.js';
import {
  sym,
  carries,
  commonGuard,
  constant,
  constants,
  equal,
  FALSY,
  guarded,
  guardMinus,
  join,
  KEYS,
  mapData,
  marked,
  marksIn,
  mergeGuards,
  NOTHING,
  OPAQUE,
  rejection,
  settled,
  spread,
  text,
  truthiness,
  UNDEFINED,
  update,
  updateAll,
  updateAny,
  value,
  without,
  type Atom,
  type Guard,
  type Mark,
  type SymAtom,
  type Tag,
  type Test,
  type Value,
} from './value.js';

const MAX_PASSES = 3;
/** Arguments that `arguments` gives beyond the declared parameters. */
const UNDECLARED = 4;

export function interpret(e: Engine, fn: FnEntry, moduleFrame?: (f: Frame) => void): Summary {
  const frame = new Frame(e, fn, sym('this'));
  moduleFrame?.(frame);
  const blocks = fn.facts.blocks;
  const loops = blocks.some((b, i) => b.preds.some((p) => p >= i));
  const outs: (Map<number, Value> | undefined)[] = new Array(blocks.length);
  const guards: (Guard | undefined)[] = new Array(blocks.length);
  const dead = new Set<string>();
  let exit: Map<number, Value> | null = null;
  for (let pass = 0; pass < (loops ? MAX_PASSES : 1); pass++) {
    let changed = false;
    frame.egress = new Map();
    frame.cleaned = new Map();
    frame.deferred = new Map();
    frame.configs = [];
    frame.cells = new Map();
    frame.ret = NOTHING;
    frame.yields = NOTHING;
    frame.escaped = NOTHING;
    exit = null;
    for (let i = 0; i < blocks.length; i++) {
      const b = blocks[i]!;
      const live = b.preds.filter((p) => outs[p] !== undefined && !dead.has(`${p}>${i}`));
      if (i > 0 && b.preds.length > 0 && live.length === 0) continue;
      const before = outs[i];
      frame.block = i;
      frame.handler = b.handler;
      frame.state = mergeStates(
        frame,
        live.map((p) => leaving(frame, blocks, outs, p, i)),
        live.length === 0 ? handlerStates(blocks, outs, i) : [],
      );
      const edgeGuards = live.map((p) => edgeGuard(frame, blocks, guards, p, i, outs[p]!));
      frame.guard = live.length === 0 ? [] : commonGuard(edgeGuards);
      guards[i] = frame.guard;
      if (live.length === 1) narrowBlock(frame, blocks[live[0]!]!, i);
      for (const instr of b.instrs) {
        if (instr.op === 'phi') {
          let v = NOTHING;
          // A handler is entered from anywhere in the region that it protects: all its inputs count.
          if (b.preds.length === 0) for (const x of instr.ins) v = join(v, frame.get(x));
          b.preds.forEach((p, n) => {
            const at = live.indexOf(p);
            if (at < 0) return;
            const input = narrowedInput(frame, blocks, p, i, instr.ins[n]!, outs[p]!);
            v = join(v, guarded(input, guardMinus(edgeGuards[at]!, frame.guard)));
          });
          if (loops && pass > 0 && !equal(v, frame.vals[instr.d]!)) changed = true;
          frame.vals[instr.d] = v;
        } else step(frame, instr, fn);
      }
      const term = b.term;
      switch (term.t) {
        case 'branch': {
          const t = truthiness(frame.get(term.cond));
          if (t === true) dead.add(`${i}>${term.else}`);
          else if (t === false) dead.add(`${i}>${term.then}`);
          else {
            dead.delete(`${i}>${term.else}`);
            dead.delete(`${i}>${term.then}`);
          }
          break;
        }
        case 'return': {
          let v = frame.get(term.value);
          if (fn.facts.returnType && v !== NOTHING) v = typed(e, v, returned(e, fn), { fn: fn.id, span: term.span });
          frame.ret = join(frame.ret, guarded(v, frame.guard));
          exit = exit === null ? new Map(frame.state) : mergeStates(frame, [exit, frame.state], []);
          break;
        }
        case 'throw':
          frame.throws(frame.get(term.value));
          break;
        default:
          break;
      }
      outs[i] = frame.state;
      if (before === undefined ? pass > 0 : !sameState(before, frame.state)) changed = true;
    }
    if (pass > 0 && !changed) break;
  }
  frame.state = exit ?? outs[blocks.length - 1] ?? new Map();
  for (const d of frame.defs)
    if (d?.op === 'fn' && e.program.unmentioned.has(fn.file.fnBase + d.f)) lookInto(frame, fn.file.fnBase + d.f);
  return finish(frame, fn);
}

/** A local function that nobody calls: what it would send, if somebody did. It counts as code that no entry point leads to. */
function lookInto(frame: Frame, fn: number): void {
  const f = fnValue(frame.e, fn, null).atoms[0]!;
  if (f.k === 'fn') callUnreached(frame.scratch(fn), f);
}

function returned(e: Engine, fn: FnEntry) {
  const t = e.types.resolve(fn.file.path, fn.index, fn.facts.returnType!);
  return fn.facts.isAsync ? e.types.awaited(t) : t;
}

/** States at the points of the protected region, for handlers whose predecessors are not listed. */
function handlerStates(
  blocks: readonly Block[],
  outs: readonly (Map<number, Value> | undefined)[],
  i: number,
): Map<number, Value>[] {
  const out: Map<number, Value>[] = [];
  blocks.forEach((b, n) => {
    if (b.handler === i && outs[n]) out.push(outs[n]);
  });
  return out;
}

/** The state on the way from `p` to `i`: what leaves a loop over a list that is not empty has been through it. */
function leaving(
  frame: Frame,
  blocks: readonly Block[],
  outs: readonly (Map<number, Value> | undefined)[],
  p: number,
  i: number,
): Map<number, Value> {
  const { term, preds } = blocks[p]!;
  const more = term.t === 'branch' && term.else === i && term.cond >= 0 ? frame.defs[term.cond] : undefined;
  if (more?.op !== 'op' || more.o !== 'more') return outs[p]!;
  const list = frame.getIn(more.a, outs[p]!);
  if (!list.fields?.has('0') || !list.atoms.every((a) => a.k === 'built')) return outs[p]!;
  const back = preds.flatMap((q) => (q >= p && outs[q] ? [outs[q]] : []));
  return back.length > 0 ? mergeStates(frame, back, []) : outs[p]!;
}

function sameState(a: ReadonlyMap<number, Value>, b: ReadonlyMap<number, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [k, v] of b) {
    const o = a.get(k);
    if (o === undefined || !equal(o, v)) return false;
  }
  return true;
}

function mergeStates(
  frame: Frame,
  preds: readonly Map<number, Value>[],
  handlers: readonly Map<number, Value>[],
): Map<number, Value> {
  const all = preds.length > 0 ? preds : handlers;
  if (all.length === 0) return new Map();
  if (all.length === 1) return new Map(all[0]);
  const keys = new Set<number>();
  for (const s of all) for (const k of s.keys()) keys.add(k);
  const out = new Map<number, Value>();
  for (const k of keys) {
    let v = NOTHING;
    for (const s of all) v = join(v, frame.read(k, s));
    out.set(k, v);
  }
  return out;
}

/** Tests that hold on the edge from block `p` to block `i`. */
function edgeGuard(
  frame: Frame,
  blocks: readonly Block[],
  guards: readonly (Guard | undefined)[],
  p: number,
  i: number,
  state: ReadonlyMap<number, Value>,
): Guard {
  const base = guards[p] ?? [];
  const term = blocks[p]!.term;
  if (term.t !== 'branch' || term.then === term.else) return base;
  const test = asTest(frame.getIn(term.cond, state));
  if (!test) return base;
  const t: Test = term.then === i ? test : { ...test, negated: !test.negated };
  return mergeGuards(base, [t]) ?? [];
}

/** A condition as a test on a symbol. A constant default beside the symbol decides what leaving it out means. */
function asTest(v: Value): Test | null {
  if (v.fields || v.atoms.length === 0) return null;
  const rest = v.atoms.filter((x) => x.k !== 'const');
  const defaults = v.atoms.filter((x) => x.k === 'const');
  if (rest.length !== 1) return null;
  const a = rest[0]!;
  if (defaults.length > 0) {
    const d = defaults[0]!;
    if (a.k !== 'sym' || a.root.startsWith('def:') || a.root.startsWith('cell:') || d.k !== 'const') return null;
    if (defaults.some((x) => x.k === 'const' && Boolean(x.v) !== Boolean(d.v) && x.v !== undefined)) return null;
    return { root: a.root, path: a.path, equals: d.v ? 'not-off' : 'truthy', negated: false };
  }
  if (a.k === 'test') return a.test;
  if (a.k === 'sym' && !a.root.startsWith('def:') && !a.root.startsWith('cell:'))
    return { root: a.root, path: a.path, equals: 'truthy', negated: false };
  return null;
}

/** What is false carries nothing: `a && b` gives `a` only where `a` is empty. */
function narrowedInput(
  frame: Frame,
  blocks: readonly Block[],
  p: number,
  i: number,
  ssa: number,
  state: ReadonlyMap<number, Value>,
): Value {
  const v = frame.getIn(ssa, state);
  const term = blocks[p]!.term;
  if (term.t !== 'branch' || term.then === term.else || term.else !== i || term.cond !== ssa) return v;
  return falsy(v);
}

function falsy(v: Value): Value {
  const atoms = v.atoms.filter((a) =>
    a.k === 'const' ? !a.v : a.k === 'opaque' || a.k === 'env' || (a.k === 'sym' && !a.t.text),
  );
  return value(atoms.map((a) => (a.k === 'sym' ? { ...a, path: [...a.path, FALSY] } : a)));
}

/** Inside a branch, what its condition says about a value: its class, its discriminant, that it is empty. */
function narrowBlock(frame: Frame, from: Block, to: number): void {
  const term = from.term;
  if (term.t !== 'branch' || term.then === term.else) return;
  const holds = term.then === to;
  let cond = term.cond;
  let sense = holds;
  let def = cond >= 0 ? frame.defs[cond] : undefined;
  for (let n = 0; def?.op === 'op' && def.o === '!' && n < 4; n++) {
    cond = def.a;
    sense = !sense;
    def = cond >= 0 ? frame.defs[cond] : undefined;
  }
  if (def?.op === 'op') {
    if (def.o === 'instanceof') return narrowClass(frame, def.a, frame.get(def.b), sense);
    if (def.o === '===' || def.o === '==' || def.o === '!==' || def.o === '!=') {
      const equal = (def.o[0] === '=') === sense;
      const right = constants(frame.get(def.b));
      const left = constants(frame.get(def.a));
      const [ssa, c] =
        right?.length === 1 ? [def.a, right[0]] : left?.length === 1 ? [def.b, left[0]] : [-1, undefined];
      const load = ssa >= 0 ? frame.defs[ssa] : undefined;
      // What is null here says nothing: `if (input == null) throw new Error(`no input: ${input}`)`.
      if (equal && ssa >= 0 && (c === null || c === undefined)) {
        const v = frame.get(ssa);
        if (carries(v)) frame.state.set(frame.canonical(ssa), falsy(v));
      }
      if (load?.op === 'load' && c !== null && c !== undefined)
        narrowBy(frame, load.b, { field: load.k, value: c }, equal);
    }
    if (def.o === 'in') {
      const key = constants(frame.get(def.a));
      if (key?.length === 1) narrowBy(frame, def.b, { has: String(key[0]) }, sense);
    }
    return;
  }
  if (def?.op === 'call') narrowByPredicate(frame, def, sense);
  // A tag that is a flag: `if (result.ok)`.
  if (def?.op === 'load') narrowBy(frame, def.b, { field: def.k, value: true }, sense);
  if (!sense && cond >= 0) {
    const v = frame.get(cond);
    if (carries(v)) frame.state.set(frame.canonical(cond), falsy(v));
  }
}

/** Whether an arrow function uses the `this` of the function around it. */
function takesThis(fn: FnEntry): boolean {
  return (
    fn.facts.kind === 'arrow' &&
    fn.file.facts.functions.some((f, i) => isOrIn(fn, i) && f.blocks.some((b) => b.instrs.some((x) => x.op === 'this')))
  );
}

/** Whether function `i` of a file is the arrow function, or an arrow function inside of it. */
function isOrIn(fn: FnEntry, i: number): boolean {
  const { functions } = fn.file.facts;
  for (let at = i; at > 0 && functions[at]!.kind === 'arrow'; at = functions[at]!.parent)
    if (at === fn.index) return true;
  return false;
}

function narrowClass(frame: Frame, ssa: number, cls: Value, is: boolean): void {
  const e = frame.e;
  const classes = cls.atoms.flatMap((a) => (a.k === 'class' ? e.program.withSubclasses(a.cls) : []));
  if (classes.length === 0 || ssa < 0) return;
  const v = frame.get(ssa);
  const insts = v.atoms.filter((a) => a.k === 'inst');
  if (insts.length === 0) return;
  const left = v.atoms.filter((a) => a.k !== 'inst' || classes.includes(a.cls) === is || (!is && !a.exact));
  if (left.length === v.atoms.length) return;
  const any = left.some((a) => a.k === 'inst');
  frame.state.set(frame.canonical(ssa), value(left, any ? v.fields : null, v.marks));
}

/** Of what may be either, only what the test leaves: `resource.resourceType === 'Patient'`, `'dose' in order`, `isPatient(x)`. */
function narrowBy(frame: Frame, ssa: number, test: TypeTest, holds: boolean): void {
  if (ssa < 0) return;
  const v = frame.get(ssa);
  const { e, fn } = frame;
  const type = holds ? taggedType(e, test, fn.file) : null;
  const tag: Tag | undefined = type ? { fn: fn.id, span: spanOf(frame, ssa), list: false } : undefined;
  let left = asked(e, narrowed(e, v, test, holds), test, holds, tag);
  if (type && tag) left = asTagged(e, left, [type], tag);
  if (left === v) return;
  frame.state.set(frame.canonical(ssa), left);
  frame.narrowProperty(ssa, v, left);
}

function spanOf(frame: Frame, ssa: number): Span {
  const def = frame.defs[ssa];
  return (def && 'span' in def ? def.span : undefined) ?? frame.fn.facts.span;
}

/** What a caller hands in is decided when it is known: until then it keeps the question. */
function asked(e: Engine, v: Value, test: TypeTest, holds: boolean, tag: Tag | undefined): Value {
  const atoms = v.atoms.map((a) => {
    if (a.k !== 'sym' || a.t.text) return a;
    const resource = holds ? asResource(e, a, [], test, tag) : null;
    if (resource !== null || a.root.startsWith('cell:')) return resource ?? a;
    const on = questionOn(a, test, !holds);
    const guard = on && mergeGuards(a.guard, [on]);
    return guard === null || guard === a.guard ? a : { ...a, guard };
  });
  return atoms.every((a, i) => a === v.atoms[i]) ? v : value(atoms, v.fields, v.marks);
}

/** The argument that a predicate of the code's own (`x is T`) speaks of. */
function narrowByPredicate(frame: Frame, call: Extract<Instr, { op: 'call' }>, holds: boolean): void {
  for (const a of frame.get(call.f).atoms) {
    const asked = a.k === 'fn' ? predicateOf(frame.e, frame.e.program.fns[a.fn]!) : null;
    const arg = asked && call.args[asked.param];
    if (asked && arg && !arg.spread) narrowBy(frame, arg.v, asked.test, holds);
    else if (a.k === 'fn' && !asked) narrowByAnswer(frame, a.fn, call, holds);
  }
}

/** The answer of a function that asks its first argument for its tag: `const isPatient = (r) => r.resourceType === 'Patient'`. */
function narrowByAnswer(frame: Frame, fn: number, call: Extract<Instr, { op: 'call' }>, holds: boolean): void {
  const [first] = call.args;
  if (!first || first.spread) return;
  for (const c of choicesOf(frame.e, frame.e.program.fns[fn]!, holds)) {
    if (c.path.length > 0 || !('field' in c.test) || c.test.field !== 'resourceType' || !('c' in c.test.to)) continue;
    narrowBy(frame, first.v, { field: c.test.field, value: c.test.to.c }, c.holds);
  }
}

function step(frame: Frame, i: Instr, fn: FnEntry): void {
  const e = frame.e;
  switch (i.op) {
    case 'const':
      frame.vals[i.d] = typeof i.v === 'object' && i.v !== null ? NOTHING : constant(i.v);
      return;
    case 'param': {
      const p = fn.facts.params[i.i];
      let v = sym(`p${i.i}`);
      if (p?.type) {
        const t = e.types.resolve(fn.file.path, fn.index, p.type);
        v = mapData(v, (a) => (a.k === 'sym' ? { ...a, dflt: t, declaredAt: { fn: fn.id, span: p.span } } : a));
        v = declaredAs(e, v, t);
      }
      const declared = placeByName(e, fn, i.i);
      if (declared) {
        const told = { declared, declaredAt: { fn: fn.id, span: p!.span }, byUse: true };
        v = mapData(v, (a) => (a.k === 'sym' ? { ...a, ...told } : a));
      }
      frame.vals[i.d] = v;
      return;
    }
    case 'arguments': {
      const fields = new Map<string, Value>();
      // What is passed beyond the declared parameters is there as well.
      for (let n = 0; n < fn.facts.params.length + UNDECLARED; n++) fields.set(String(n), sym(`p${n}`));
      frame.vals[i.d] = value([{ k: 'built', array: true, fn: fn.id, span: null }], fields);
      return;
    }
    case 'this':
      frame.alias(i.d, THIS);
      return;
    case 'global':
      // One object for the whole function: what is written to it is there at the next mention.
      frame.alias(
        i.d,
        frame.slot(`global:${i.name}`, () =>
          i.name === 'undefined'
            ? UNDEFINED
            : i.name === 'process'
              ? value([{ k: 'ext', mod: '', path: 'process' }])
              : extValue(e, '', i.name),
        ),
      );
      return;
    case 'import': {
      const b = e.program.importBinding(fn.file, i.i);
      // An object of another module that is written to from here: what is written counts as written there.
      if (b.k === 'var' && e.program.isFilled(b.file, b.name)) {
        const root = `cap:${e.program.files[b.file]!.fnBase}#${b.name}`;
        frame.alias(
          i.d,
          frame.slot(root, () => bindingValue(e, b)),
        );
      } else frame.vals[i.d] = bindingValue(e, b);
      return;
    }
    case 'getvar':
      frame.alias(
        i.d,
        frame.slot(`var:${i.name}`, () => NOTHING),
      );
      return;
    case 'setvar': {
      const single = fn.facts.shared.find((s) => s.name === i.name)?.single ?? false;
      const v = frame.get(i.v);
      if (single) frame.varSsa.set(i.name, i.v);
      else
        frame.state.set(
          frame.slot(`var:${i.name}`, () => NOTHING),
          v,
        );
      frame.setVariable(i.name, v);
      return;
    }
    case 'getcap': {
      const owner = fn.file.fnBase + i.fn;
      const root = `cap:${owner}#${i.name}`;
      const slot = frame.slot(root, () => {
        if (i.fn === 0) return e.moduleVar(fn.file.index, i.name);
        // A function that was written there works on the same variables: it is called as what it is.
        const known = e.program.innerFn(owner, i.name);
        if (known < 0 || (fn.facts.kind !== 'arrow' && takesThis(e.program.fns[known]!))) return sym(root);
        return fnValue(e, known, null);
      });
      frame.alias(i.d, slot);
      return;
    }
    case 'setcap': {
      const owner = fn.file.fnBase + i.fn;
      const root = `cap:${owner}#${i.name}`;
      const v = frame.get(i.v);
      const slot = frame.slot(root, () => NOTHING);
      frame.state.set(slot, v);
      frame.stores.set(root, join(frame.stores.get(root) ?? NOTHING, v));
      if (i.fn === 0 && (v.symbolic || awaitsCaller(v))) frame.stored(`cell:var:${fn.file.index}#${i.name}`, v);
      return;
    }
    case 'load': {
      const spot = { fn: fn.id, span: i.span };
      frame.vals[i.d] =
        frame.narrowedProperty(i.d) ?? underTypeName(frame, i.b, i.k, readProperty(frame, i.b, i.k, i.span), spot);
      return;
    }
    case 'loadx': {
      const key = constants(frame.get(i.key));
      if (key && key.length <= 4 && key.every((k) => typeof k === 'string' || typeof k === 'number')) {
        let v = NOTHING;
        for (const k of key) v = join(v, readProperty(frame, i.b, String(k), i.span));
        frame.vals[i.d] = v;
      } else frame.vals[i.d] = lookUp(frame, frame.get(i.b), frame.get(i.key));
      return;
    }
    case 'store':
      store(frame, i.b, i.k, frame.get(i.v), i.span);
      return;
    case 'storex': {
      const key = constants(frame.get(i.key));
      if (key?.length === 1 && (typeof key[0] === 'string' || typeof key[0] === 'number'))
        store(frame, i.b, String(key[0]), frame.get(i.v), i.span);
      else frame.mutateAt(i.b, '*', keyed(updateAny(frame.get(i.b), frame.get(i.v)), frame.get(i.key)));
      return;
    }
    case 'delete':
      frame.mutateAt(i.b, i.k, update(frame.get(i.b), i.k, UNDEFINED));
      return;
    case 'deletex':
      for (const name of namesOf(frame, i.key)) frame.mutate(i.b, update(frame.get(i.b), name, UNDEFINED));
      return;
    case 'superload': {
      const cls = e.program.classOf(fn.file, fn.index);
      frame.vals[i.d] = NOTHING;
      if (cls < 0) return;
      const base = e.program.superclass(e.program.classes[cls]!);
      if (base && typeof base !== 'string') {
        const m = e.program.member(base.id, i.k, 'method', fn.facts.isStatic);
        if (m && 'fn' in m) frame.vals[i.d] = fnValue(e, m.fn, null);
      }
      return;
    }
    case 'call':
      frame.vals[i.d] = evalCall(frame, i);
      return;
    case 'jsx':
      frame.vals[i.d] = evalJsx(frame, i);
      return;
    case 'concat': {
      frame.vals[i.d] = concatenate(
        frame,
        i.parts.map((p) => toText(frame, p, i.span)),
        i.span,
      );
      return;
    }
    case 'object': {
      let v: Value = value([{ k: 'built', array: false, fn: fn.id, span: i.span }]);
      // Named properties that stand in a row are written at once: one by one, each would copy those before it.
      let row = new Map<string, Value>();
      const written = (): Value => {
        v = updateAll(v, row);
        row = new Map();
        return v;
      };
      for (const p of i.parts) {
        if ('spread' in p) v = spread(written(), frame.get(p.spread));
        else if ('kx' in p) {
          const key = constants(frame.get(p.kx));
          if (key?.length === 1 && typeof key[0] === 'string') row.set(key[0], frame.get(p.v));
          else v = keyed(updateAny(written(), frame.get(p.v)), frame.get(p.kx));
        } else if ('v' in p) row.set(p.k, frame.get(p.v));
        else if (p.get !== undefined) {
          const got = runGetter(frame, fn.file.fnBase + p.get, written(), i.span);
          row.set(p.k, got);
        }
      }
      frame.vals[i.d] = asWritten(frame, written(), { fn: fn.id, span: i.span });
      return;
    }
    case 'array': {
      const fields = new Map<string, Value>();
      let exact = i.els.length <= 16;
      i.els.forEach((el, n) => {
        const v = frame.get(el.v);
        if (el.spread) {
          exact = false;
          fields.set('*', join(fields.get('*') ?? NOTHING, iterate(frame, el.v, i.span)));
        } else if (exact) fields.set(String(n), v);
        else fields.set('*', join(fields.get('*') ?? NOTHING, v));
      });
      frame.vals[i.d] = value([{ k: 'built', array: true, fn: fn.id, span: i.span }], fields);
      return;
    }
    case 'phi':
      return;
    case 'fn':
      frame.vals[i.d] = fnValue(e, fn.file.fnBase + i.f, null);
      return;
    case 'class':
      frame.vals[i.d] = value([{ k: 'class', cls: fn.file.clsBase + i.c, env: null }]);
      return;
    case 'await': {
      const v = frame.get(i.v);
      frame.throws(rejection(v));
      frame.vals[i.d] = v.fields?.has('!throw') ? settled(v) : v;
      return;
    }
    case 'yield': {
      const v = frame.get(i.v);
      frame.yields = join(frame.yields, i.star ? select(e, v, '*') : v);
      frame.vals[i.d] = OPAQUE;
      return;
    }
    case 'op':
      frame.vals[i.d] = operate(i.o, frame.get(i.a), i.b === -1 ? NOTHING : frame.get(i.b));
      return;
    case 'typed': {
      const t = e.types.resolve(fn.file.path, fn.index, i.type);
      frame.vals[i.d] = typed(e, frame.get(i.v), t, { fn: fn.id, span: i.span });
      return;
    }
    case 'iter':
      frame.vals[i.d] = i.how === 'in' ? NOTHING : iterate(frame, i.v, i.span);
      return;
    case 'rest':
      frame.vals[i.d] = without(frame.get(i.v), i.minus);
      return;
    case 'slice': {
      const v = frame.get(i.v);
      frame.vals[i.d] = value(
        [{ k: 'built', array: true, fn: fn.id, span: null }],
        new Map([['*', sliceFrom(e, v, i.from)]]),
      );
      return;
    }
    case 'catch':
      frame.vals[i.d] = join(frame.thrown.get(frame.block) ?? NOTHING, OPAQUE);
      return;
  }
}

/** Names that a key takes one after the other: one constant, or each of a list of constants that a loop runs through. */
function namesOf(frame: Frame, key: number): readonly string[] {
  const def = key >= 0 ? frame.defs[key] : undefined;
  const list = def?.op === 'iter' && def.how === 'of' ? frame.get(def.v) : null;
  const given = list?.fields && !list.fields.has('*') ? [...list.fields.values()] : list ? [] : [frame.get(key)];
  const names = given.map((v) => constants(v));
  return names.every((c) => c?.length === 1) ? names.map((c) => String(c![0])) : [];
}

/** An object with a property whose name is data. */
function keyed(v: Value, key: Value): Value {
  return carries(key) ? update(v, KEYS, join(v.fields?.get(KEYS) ?? NOTHING, text(key))) : v;
}

/** `table[key]` with a key that a caller decides: each entry under the condition that the key names it. */
function lookUp(frame: Frame, base: Value, key: Value): Value {
  const e = frame.e;
  const k = key.atoms.length === 1 && !key.fields ? key.atoms[0]! : null;
  if (
    k?.k !== 'sym' ||
    k.t.text ||
    !base.fields ||
    base.fields.size > 16 ||
    base.fields.has('*') ||
    !base.atoms.every((a) => a.k === 'built')
  ) {
    const literals = k?.k === 'sym' && k.dflt ? e.types.literals(k.dflt) : [];
    if (literals.length > 0 && literals.length <= 16)
      return literals.map((l) => select(e, base, l)).reduce(join, NOTHING);
    if (k?.k === 'sym' && isTheCallers(k) && !base.fields && base.atoms.length === 1 && base.atoms[0]!.k === 'sym')
      return select(e, base, [CALLERS_KEY + k.root, ...k.path].join('\n'));
    return select(e, base, '*');
  }
  let out = NOTHING;
  for (const [name, v] of base.fields)
    out = join(out, guarded(v, [{ root: k.root, path: k.path, equals: { c: name }, negated: false }]));
  return out;
}

/** Whether a symbol is text of the caller's, as it was handed in. */
function isTheCallers(a: SymAtom): boolean {
  return !a.t.text && /^(?:p\d|cap:)/.test(a.root) && a.path.length < 2;
}

function sliceFrom(e: Engine, v: Value, from: number): Value {
  if (!v.fields || v.atoms.some((a) => a.k !== 'built')) return select(e, v, '*');
  let out = NOTHING;
  for (const [k, f] of v.fields) if (k === '*' || Number(k) >= from) out = join(out, f);
  return out;
}

function store(frame: Frame, base: number, key: string, v: Value, span: Span): void {
  if (runSetter(frame, base, key, v, span)) return;
  const old = frame.get(base);
  for (const a of old.atoms) {
    if (a.k === 'xinst') assignMember(frame, a, key, v, span);
    if (a.k === 'inst' && !v.symbolic && (carries(v) || v.marks !== null))
      frame.e.cell(`cell:field:${a.cls}#${key}`, v);
    if (a.k === 'ext' && a.mod === '' && GLOBAL_OBJECT.has(a.path) && (carries(v) || v.marks !== null)) {
      if (v.symbolic || awaitsCaller(v)) frame.stored(`cell:global:${key}`, v);
      frame.e.cell(`cell:global:${key}`, v);
    }
    if (a.k === 'ext' && a.mod === '' && GLOBAL_OBJECT.has(a.path))
      frame.state.set(
        frame.slot(`global:${key}`, () => extValue(frame.e, '', key)),
        v,
      );
    if (a.k === 'class') {
      const cell = `cell:static:${a.cls}#${key}`;
      if (v.symbolic) frame.stored(cell, v);
      frame.e.cell(cell, v);
    }
  }
  frame.mutateAt(base, key, update(old, key, v));
}

/** Text from parts; keeps the parts apart where they may make a URL. */
export function concatenate(frame: Frame, parts: readonly Value[], span: readonly [number, number]): Value {
  const cs = parts.map((p) => constants(p));
  if (cs.every((c) => c !== null && c.length === 1))
    return marked(
      constant(
        cs
          .map((c) => String(c![0]))
          .join('')
          .slice(0, 4096),
      ),
      parts.reduce<readonly Mark[] | null>((marks, p) => joinMarks(marks, marksIn(p)), null),
    );
  const first = cs[0];
  const lead = first?.length === 1 && typeof first[0] === 'string' ? first[0] : null;
  const next = cs[1]?.length === 1 && typeof cs[1][0] === 'string' ? cs[1][0] : null;
  const url =
    lead !== null
      ? /^(https?:|wss?:|\/)/.test(lead.trimStart()) || (lead === '' && next !== null && next.startsWith('/'))
      : next !== null && /^[/:?.]/.test(next);
  const step = (v: Value): Value =>
    carries(v) || v.marks !== null ? withStep(v, { fn: frame.fn.id, span, text: 'built into text', source: false }) : v;
  if (url && parts.length <= 24) return step(value([{ k: 'str', parts: parts.map((p) => (p.fields ? text(p) : p)) }]));
  let out = NOTHING;
  for (const p of parts) out = join(out, text(p));
  const atoms: Atom[] = out.atoms.filter((a) => a.k === 'label' || a.k === 'sym' || a.k === 'env');
  return step(atoms.length === 0 && out.marks === null ? NOTHING : value(atoms, null, out.marks));
}

function operate(o: string, a: Value, b: Value): Value {
  switch (o) {
    case '===':
    case '==':
    case '!==':
    case '!=': {
      const negated = o[0] === '!';
      const x = constants(a);
      const y = constants(b);
      const loose = o.length === 2;
      if (x?.length === 1 && y?.length === 1) {
        const same = loose ? x[0] == y[0] : x[0] === y[0];
        return constant(negated ? !same : same);
      }
      const [s, c] = y?.length === 1 ? [a, y] : x?.length === 1 ? [b, x] : [null, null];
      if (!s || !c) return NOTHING;
      if ((c[0] === undefined || c[0] === null) && truthiness(s) === true) return constant(negated);
      // Constants beside the symbol (defaults) that differ decide nothing.
      const others = s.atoms.filter((x) => x.k !== 'const' || x.v === c[0]);
      const only = others.length === 1 && !s.fields ? others[0]! : null;
      if (only?.k !== 'sym') return NOTHING;
      const test: Test =
        loose && (c[0] === null || c[0] === undefined)
          ? { root: only.root, path: only.path, equals: 'defined', negated: !negated }
          : { root: only.root, path: only.path, equals: { c: c[0] }, negated };
      return value([{ k: 'test', test }]);
    }
    case '!': {
      const t = truthiness(a);
      if (t !== null) return constant(!t);
      const only = a.atoms.length === 1 && !a.fields ? a.atoms[0]! : null;
      if (only?.k === 'test') return value([{ k: 'test', test: { ...only.test, negated: !only.test.negated } }]);
      if (only?.k === 'sym')
        return value([{ k: 'test', test: { root: only.root, path: only.path, equals: 'truthy', negated: true } }]);
      return NOTHING;
    }
    case 'in': {
      const key = constants(a);
      const only = b.atoms.length === 1 && !b.fields ? b.atoms[0]! : null;
      if (key?.length !== 1 || only?.k !== 'sym' || only.t.text) return NOTHING;
      const test: Test = { root: only.root, path: [...only.path, String(key[0])], equals: 'defined', negated: false };
      return value([{ k: 'test', test }]);
    }
    case 'void':
      return UNDEFINED;
    case '+':
    case '-':
    case '|':
    case '&':
    case '^':
    case '~':
    case '<<':
    case '>>':
    case '>>>':
    case '*':
    case '/':
    case '%':
    case '**': {
      const both = join(text(a), text(b));
      return carries(both) || both.marks !== null
        ? mapData(
            value(
              both.atoms.filter((x) => x.k === 'label' || x.k === 'sym'),
              null,
              both.marks,
            ),
            (x) => ({
              ...x,
              t: { ...x.t, year: true },
            }),
          )
        : NOTHING;
    }
    default:
      return NOTHING;
  }
}

/** What was written into a value; null if it was only looked at. That a test found it falsy is the function's own business. */
function written(now: Value, was: Value): Value | null {
  const isCase = (a: Atom): boolean =>
    a.k === 'sym' &&
    a.path[a.path.length - 1] === FALSY &&
    now.atoms.some((b) => b.k === 'sym' && b.root === a.root && b.path.length === a.path.length - 1);
  const out = now.atoms.some(isCase)
    ? value(
        now.atoms.filter((a) => !isCase(a)),
        now.fields,
        now.marks,
      )
    : now;
  return equal(out, was) ? null : out;
}

function finish(frame: Frame, fn: FnEntry): Summary {
  const close = closeOver(frame);
  const outs = new Map<string, Value>();
  fn.facts.blocks[0]?.instrs.forEach((i) => {
    if (i.op !== 'param') return;
    const now = frame.state.get(i.d);
    const was = frame.vals[i.d]!;
    const out = now === undefined || now === was ? null : written(now, was);
    if (out) outs.set(`p${i.i}`, close(out));
  });
  for (const [root, now, was] of frame.mutatedRoots()) {
    const out = written(now, was);
    if (out) outs.set(root, close(out));
  }
  const stores = new Map<string, Value>();
  for (const [root, v] of frame.stores) stores.set(root, close(v));
  return {
    ret: close(frame.ret),
    yields: close(frame.yields),
    throws: close(frame.escaped),
    outs,
    stores,
    egress: [...frame.egress.values()].map((g) => ({ ...g, to: g.to ? close(g.to) : null })),
    cleaned: [...frame.cleaned.values()].map((g) => ({ ...g, to: g.to ? close(g.to) : null })),
    deferred: [...frame.deferred.values()].map((d) => ({
      ...d,
      callee: d.callee ? close(d.callee) : null,
      self: d.self ? close(d.self) : null,
      args: d.args.map(close),
    })),
    configs: frame.configs.map((c) => ({ ...c, args: c.args.map(close) })),
    cells: [...frame.cells].map(([k, v]) => [k, close(v)] as const),
  };
}
