/**
 * Summaries on demand, one a function. A recursion is cut at the function that is already being computed: its last
 * approximation is used, and the head of the cycle is computed again until it is stable (Tarjan's components, found
 * while evaluating). Bounded: beyond it, the last approximation stands, and that is counted.
 */
import type { FnEntry } from './program.js';
import { EMPTY_SUMMARY, type Summary } from './summary.js';
import { equal } from './value.js';

const MAX_ITERATIONS = 4;
const MAX_EVALUATIONS = 8;
const MAX_STACK = 300;

interface Active {
  readonly fn: number;
  low: number;
  used: boolean;
}

export class Summaries {
  private readonly done = new Map<number, Summary>();
  private readonly current = new Map<number, Summary>();
  private readonly stack: Active[] = [];
  private readonly at = new Map<number, number>();
  private readonly evaluations = new Map<number, number>();

  constructor(
    private readonly fns: readonly FnEntry[],
    private readonly compute: (fn: FnEntry) => Summary,
    private readonly gap: (reason: string, fn: FnEntry) => void,
    private readonly settled: (fn: FnEntry) => void,
  ) {}

  get(fn: number): Summary {
    const hit = this.done.get(fn);
    if (hit) return hit;
    const active = this.at.get(fn);
    if (active !== undefined) {
      this.stack[active]!.used = true;
      for (let i = active + 1; i < this.stack.length; i++) this.stack[i]!.low = Math.min(this.stack[i]!.low, active);
      return this.current.get(fn) ?? EMPTY_SUMMARY;
    }
    const entry = this.fns[fn]!;
    const count = this.evaluations.get(fn) ?? 0;
    if (this.stack.length >= MAX_STACK) {
      this.gap('call chains beyond bound', entry);
      return this.current.get(fn) ?? EMPTY_SUMMARY;
    }
    if (count >= MAX_EVALUATIONS) {
      const last = this.current.get(fn) ?? EMPTY_SUMMARY;
      this.done.set(fn, last);
      this.gap('recursion beyond bound', entry);
      return last;
    }
    const depth = this.stack.length;
    const me: Active = { fn, low: depth, used: false };
    this.stack.push(me);
    this.at.set(fn, depth);
    let result: Summary = EMPTY_SUMMARY;
    for (let i = 0; i < MAX_ITERATIONS; i++) {
      this.evaluations.set(fn, (this.evaluations.get(fn) ?? 0) + 1);
      me.used = false;
      const before = this.current.get(fn) ?? EMPTY_SUMMARY;
      result = this.compute(entry);
      this.current.set(fn, result);
      if (!me.used || me.low < depth || sameSummary(before, result)) break;
    }
    this.stack.pop();
    this.at.delete(fn);
    if (me.low >= depth) {
      this.done.set(fn, result);
      this.settled(entry);
    }
    return result;
  }
}

function sameSummary(a: Summary, b: Summary): boolean {
  if (a.egress.length !== b.egress.length || a.deferred.length !== b.deferred.length || a.outs.size !== b.outs.size) return false;
  if (!equal(a.ret, b.ret) || !equal(a.yields, b.yields) || !equal(a.throws, b.throws)) return false;
  for (const [k, v] of b.outs) {
    const o = a.outs.get(k);
    if (!o || !equal(o, v)) return false;
  }
  return a.egress.every((g, i) => g.atoms.length === b.egress[i]!.atoms.length);
}
