/**
 * Abstract interpretation of one function body: facts in, summary out. Blocks in reverse postorder with per-block
 * states; a body with loops is walked again until its states are stable (bounded).
 */
import type { Block } from '../facts/ir.js';
import { edgeGuard, narrowBlock, narrowedInput } from './branch.js';
import { callUnreached } from './call.js';
import { closeOver } from './closure.js';
import type { Engine } from './engine.js';
import { Frame } from './frame.js';
import type { FnEntry } from './program.js';
import { typed, fnValue } from './select.js';
import { mergeStates, leaving, handlerStates, sameState } from './states.js';
import { step } from './step.js';
import type { Summary } from './summary.js';
import { sym, type Value, type Guard, NOTHING, type Atom, value } from './value.js';
import { commonGuard, guarded, guardMinus } from './guards.js';
import { join, equal } from './join.js';
import { truthiness, FALSY } from './contents.js';

const MAX_PASSES = 3;

/** Arguments that `arguments` gives beyond the declared parameters. */
export const UNDECLARED = 4;

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
      const edgeGuards = live.map((p) => edgeGuard(frame, blocks, guards, p, i, outs[p]!));
      frame.guard = live.length === 0 ? [] : commonGuard(edgeGuards);
      frame.state = mergeStates(
        frame,
        live.map((p) => told(frame, blocks, p, i, leaving(frame, blocks, outs, p, i), live.length > 1)),
        live.length === 0 ? handlerStates(blocks, outs, i) : [],
        edgeGuards.map((g) => guardMinus(g, frame.guard)),
      );
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
/** The state on an edge that meets others, with what its own branch says of it: `if (list == null || list.length === 0)`. */
function told(
  frame: Frame,
  blocks: readonly Block[],
  p: number,
  i: number,
  state: Map<number, Value>,
  meets: boolean,
): Map<number, Value> {
  const from = blocks[p]!;
  if (!meets || from.term.t !== 'branch' || from.term.then === from.term.else) return state;
  frame.state = new Map(state);
  narrowBlock(frame, from, i);
  return frame.state;
}

function lookInto(frame: Frame, fn: number): void {
  const f = fnValue(frame.e, fn, null).atoms[0]!;
  if (f.k === 'fn') callUnreached(frame.scratch(fn), f);
}

function returned(e: Engine, fn: FnEntry) {
  const t = e.types.resolve(fn.file.path, fn.index, fn.facts.returnType!);
  return fn.facts.isAsync ? e.types.awaited(t) : t;
}

/** What was written into a value; null if it was only looked at. That a test found it falsy is the function's own business. */
export function written(now: Value, was: Value): Value | null {
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
