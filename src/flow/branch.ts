/** What a branch says of the values that it asked about, on the edge that is taken. */
import type { Block, Span, Instr } from '../facts/ir.js';
import { choicesOf } from './choice.js';
import { failedMethods, readBefore, withoutBody } from './failed-request.js';
import { Frame } from './frame.js';
import { asked, narrowed } from './narrow.js';
import { predicateOf } from './predicates.js';
import type { FnEntry } from './program.js';
import { taggedType, asTagged } from './tagged.js';
import { namedShape } from './types/shapes.js';
import type { TypeTest } from './types/type.js';
import { type Guard, OPAQUE, type Value, type Test, value, type Tag } from './value.js';
import { mergeGuards } from './guards.js';
import { FALSY, constants, carries } from './contents.js';

/** Tests that hold on the edge from block `p` to block `i`. */
export function edgeGuard(
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
export function narrowedInput(
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

/** A list or text of length 0 says nothing of its elements: `if (lines.length === 0) throw new Error(`no lines: ${lines}`)`. */
function narrowEmpty(frame: Frame, load: Extract<Instr, { op: 'load' }>): void {
  if (load.k !== 'length' && load.k !== 'size') return;
  const v = frame.get(load.b);
  const list = v.atoms.some((a) => a.k === 'built' && a.array);
  if (!v.atoms.some((a) => a.k === 'label') && !(list && v.fields)) return;
  const fields = list && v.fields ? new Map([...v.fields].filter(([k]) => k !== '*' && !/^\d+$/.test(k))) : v.fields;
  const left = value(
    v.atoms.filter((a) => a.k !== 'label'),
    fields,
    v.marks,
  );
  frame.state.set(frame.canonical(load.b), left);
  frame.narrowProperty(load.b, v, left);
}

function falsy(v: Value): Value {
  const atoms = v.atoms.filter((a) =>
    a.k === 'const' ? !a.v : a.k === 'opaque' || a.k === 'env' || (a.k === 'sym' && !a.t.text),
  );
  return value(atoms.map((a) => (a.k === 'sym' ? { ...a, path: [...a.path, FALSY] } : a)));
}

/** Inside a branch, what its condition says about a value: its class, its discriminant, that it is empty. */
export function narrowBlock(frame: Frame, from: Block, to: number): void {
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
      const shape = load?.op === 'op' && load.o === 'typeof' ? namedShape(c) : null;
      if (load?.op === 'op' && shape !== null) return narrowBy(frame, load.a, { shape }, equal);
      // What is null here says nothing: `if (input == null) throw new Error(`no input: ${input}`)`.
      if (equal && ssa >= 0 && (c === null || c === undefined)) narrowFalsy(frame, ssa, to);
      if (equal && c === 0 && load?.op === 'load') narrowEmpty(frame, load);
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
  if (def?.op === 'load') narrowBy(frame, def.b, { truthy: def.k }, sense);
  if (def?.op === 'load' && !sense) narrowEmpty(frame, def);
  if (!sense && cond >= 0) narrowFalsy(frame, cond, to);
}

/**
 * What is null or false says nothing; a property neither when it is read again before anything is called or written that
 * could fill it: `if (!found.patient) report({ patient: found.patient })`.
 */
function narrowFalsy(frame: Frame, ssa: number, to: number): void {
  const v = frame.get(ssa);
  if (!carries(v)) return;
  const left = falsy(v);
  frame.state.set(frame.canonical(ssa), left);
  const block = frame.fn.facts.blocks[to];
  const asked = frame.defs[ssa];
  if (asked?.op !== 'load' || block?.preds.length !== 1) return;
  for (const i of block.instrs) {
    if (i.op === 'call' || i.op === 'await' || i.op === 'yield' || i.op === 'storex') return;
    if (i.op === 'store' && i.k === asked.k) return;
    if (i.op === 'load' && frame.readsSame(i.d, ssa)) frame.nothingThere(i.d, left);
  }
}

/** Whether an arrow function uses the `this` of the function around it. */
export function takesThis(fn: FnEntry): boolean {
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
  const failed = failedMethods(v, test, holds);
  if (failed) {
    left = withoutBody(left, failed);
    for (const read of readBefore(frame, ssa, failed)) frame.state.set(frame.canonical(read), OPAQUE);
  }
  if (type && tag) left = asTagged(e, left, [type], tag);
  if (left === v) return;
  frame.state.set(frame.canonical(ssa), left);
  frame.narrowProperty(ssa, v, left);
}

function spanOf(frame: Frame, ssa: number): Span {
  const def = frame.defs[ssa];
  return (def && 'span' in def ? def.span : undefined) ?? frame.fn.facts.span;
}

/** The argument that a predicate of the code's own (`x is T`) speaks of. */
function narrowByPredicate(frame: Frame, call: Extract<Instr, { op: 'call' }>, holds: boolean): void {
  for (const a of frame.get(call.f).atoms) {
    const [first] = call.args;
    if (a.k === 'ext' && a.mod === '' && a.path === 'Array.isArray' && first && !first.spread)
      narrowBy(frame, first.v, { shape: 'array' }, holds);
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
