/** The variables' values where edges meet: merged, compared, and what a block leaves behind. */
import type { Block } from '../facts/ir.js';
import { Frame } from './frame.js';
import { carries } from './contents.js';
import { guarded } from './guards.js';
import { equal, joinAll } from './join.js';
import { type Guard, type Value } from './value.js';

/** States at the points of the protected region, for handlers whose predecessors are not listed. */
export function handlerStates(
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
export function leaving(
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

export function sameState(a: ReadonlyMap<number, Value>, b: ReadonlyMap<number, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [k, v] of b) {
    const o = a.get(k);
    if (o === undefined || !equal(o, v)) return false;
  }
  return true;
}

/**
 * What each variable may hold where edges meet. `guards`: by predecessor, what is true of it and not of all; a property that
 * was deleted on one of the edges is gone under that condition.
 */
export function mergeStates(
  frame: Frame,
  preds: readonly Map<number, Value>[],
  handlers: readonly Map<number, Value>[],
  guards: readonly Guard[] = [],
): Map<number, Value> {
  const all = preds.length > 0 ? preds : handlers;
  if (all.length === 0) return new Map();
  if (all.length === 1) return new Map(all[0]);
  const keys = new Set<number>();
  for (const s of all) for (const k of s.keys()) keys.add(k);
  const conditional = guards.length === all.length && guards.some((g) => g.length > 0);
  const out = new Map<number, Value>();
  for (const k of keys) {
    let values = all.map((s) => frame.read(k, s));
    if (conditional && values.some((v) => v !== values[0])) values = deletedUnder(values, guards) ?? values;
    out.set(k, joinAll(values));
  }
  return out;
}

/** Where a property was deleted, or overwritten with a constant, on some of the edges, each value is there under its edge's condition. */
function deletedUnder(values: readonly Value[], guards: readonly Guard[]): Value[] | null {
  const clean = new Set<string>();
  for (const v of values) for (const [k, f] of v.fields ?? []) if (isConstant(f)) clean.add(k);
  const lost = [...clean].some((k) => values.some((v) => holds(v, k)));
  return lost ? values.map((v, n) => guarded(v, guards[n]!)) : null;
}

function isConstant(v: Value): boolean {
  return v.fields === null && v.atoms.length === 1 && v.atoms[0]!.k === 'const';
}

/** Whether a property of a value may hold data. */
function holds(v: Value, key: string): boolean {
  const own = v.fields?.get(key);
  return own ? carries(own) : v.atoms.some((a) => a.k === 'label' || (a.k === 'sym' && !a.t.text));
}
