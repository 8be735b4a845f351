/** The variables' values where edges meet: merged, compared, and what a block leaves behind. */
import type { Block } from '../facts/ir.js';
import { Frame } from './frame.js';
import { type Value, NOTHING } from './value.js';
import { equal, join } from './join.js';

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

export function mergeStates(
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
