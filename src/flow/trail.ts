/**
 * Witnesses: how a value came to be where it is. A trail is a rope of steps, shared between values and joined in
 * constant time when a summary is composed; it is laid out flat only for the flows that are reported.
 */
import type { Span } from '../facts/ir.js';

/** One step: where (function id, span), and what happened. */
export interface Step {
  readonly fn: number;
  readonly span: Span;
  readonly text: string;
  readonly source: boolean;
  /** Name of the de-identifier that is called here. */
  readonly by?: string;
}

export type Trail =
  | { readonly len: number; readonly step: Step; readonly prev: Trail | null }
  | { readonly len: number; readonly left: Trail; readonly right: Trail };

/** Longer trails are cut in the middle when shown; beyond this many steps none are added. */
const MAX_STEPS = 200;

/** Adds a step after a trail. */
export function extend(trail: Trail | null, step: Step): Trail {
  if (trail !== null && trail.len >= MAX_STEPS) return trail;
  return { len: (trail?.len ?? 0) + 1, step, prev: trail };
}

/** `left`, then `right`: the caller's part before the callee's. */
export function concat(left: Trail | null, right: Trail | null): Trail | null {
  if (left === null) return right;
  if (right === null) return left;
  if (left.len >= MAX_STEPS) return left;
  return { len: left.len + right.len, left, right };
}

/** The steps in order, from the source on. Iterative: trails can be deep. */
export function steps(trail: Trail | null): Step[] {
  const out: Step[] = [];
  const stack: (Trail | Step)[] = [];
  if (trail) stack.push(trail);
  while (stack.length > 0) {
    const top = stack.pop()!;
    if ('text' in top) out.push(top);
    else if ('left' in top) stack.push(top.right, top.left);
    else {
      stack.push(top.step);
      if (top.prev) stack.push(top.prev);
    }
  }
  return out;
}

/** Total order of witnesses: shorter first. Ties keep the one that was there, which is fixed by the order of analysis. */
export function better(a: Trail | null, b: Trail | null): Trail | null {
  return (b?.len ?? 0) < (a?.len ?? 0) ? b : a;
}
