/**
 * Summaries on demand, one a function. A recursion is cut at the function that is already being computed: its last
 * approximation is used, and the head of the cycle is computed again until it is stable (Tarjan's components, found
 * while evaluating). Within one round of a head every function of its component is computed once. Bounded: beyond it,
 * the last approximation stands, and that is counted.
 */
import type { FnEntry } from './program.js';
import { EMPTY_SUMMARY, type Summary } from './summary.js';
import { equal } from './join.js';

/** Rounds of one head. Three suffice for what is monotone and of bounded depth; the last one confirms. */
const MAX_ROUNDS = 5;
/** Evaluations of one function over all heads around it. */
const MAX_EVALUATIONS = 60;
const MAX_STACK = 300;

interface Active {
  readonly fn: number;
  /** Lowest place on the stack that this evaluation has asked for while it was being computed. */
  low: number;
  used: boolean;
  /** Number of the round, unique over the run. */
  round: number;
}

/** A result that rests on the approximation of a function that is still being computed. */
interface Provisional {
  readonly summary: Summary;
  readonly low: number;
  readonly round: number;
}

export class Summaries {
  private readonly done = new Map<number, Summary>();
  /** Last approximation of functions that are being computed. */
  private readonly current = new Map<number, Summary>();
  private readonly provisional = new Map<number, Provisional>();
  private readonly stack: Active[] = [];
  private readonly at = new Map<number, number>();
  private readonly evaluations = new Map<number, number>();
  private rounds = 0;

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
      this.dependOn(active);
      return this.current.get(fn) ?? EMPTY_SUMMARY;
    }
    const earlier = this.provisional.get(fn);
    if (earlier) {
      if (this.stack[earlier.low]?.round === earlier.round) {
        this.dependOn(earlier.low);
        return earlier.summary;
      }
      this.provisional.delete(fn);
    }
    return this.evaluate(fn);
  }

  /** Everything above that place on the stack rests on what is being computed there. */
  private dependOn(place: number): void {
    this.stack[place]!.used = true;
    for (let i = this.stack.length - 1; i > place; i--) {
      if (this.stack[i]!.low <= place) break;
      this.stack[i]!.low = place;
    }
  }

  private evaluate(fn: number): Summary {
    const entry = this.fns[fn]!;
    const depth = this.stack.length;
    if (depth >= MAX_STACK) {
      this.gap('call chains beyond bound', entry);
      return this.current.get(fn) ?? EMPTY_SUMMARY;
    }
    if ((this.evaluations.get(fn) ?? 0) >= MAX_EVALUATIONS) {
      const last = this.current.get(fn) ?? EMPTY_SUMMARY;
      this.finish(fn, last);
      this.gap('recursion beyond bound', entry);
      return last;
    }
    const me: Active = { fn, low: depth, used: false, round: 0 };
    this.stack.push(me);
    this.at.set(fn, depth);
    let result: Summary = EMPTY_SUMMARY;
    try {
      for (let i = 0; i < MAX_ROUNDS; i++) {
        this.evaluations.set(fn, (this.evaluations.get(fn) ?? 0) + 1);
        me.used = false;
        me.round = ++this.rounds;
        const before = this.current.get(fn) ?? EMPTY_SUMMARY;
        result = this.compute(entry);
        this.current.set(fn, result);
        if (!me.used || sameSummary(before, result)) break;
        // Part of a larger cycle: its head goes on.
        if (me.low < depth) break;
      }
    } finally {
      // Also where the machine's own stack ends: whoever catches that goes on with what is below.
      this.stack.length = depth;
      this.at.delete(fn);
    }
    if (me.low < depth) {
      const head = this.stack[me.low]!;
      this.provisional.set(fn, { summary: result, low: me.low, round: head.round });
      return result;
    }
    // The head is stable: so is all that was computed in its last round.
    for (const [other, p] of this.provisional) {
      if (p.low !== depth) continue;
      this.provisional.delete(other);
      if (p.round === me.round) this.finish(other, p.summary);
    }
    this.finish(fn, result);
    return result;
  }

  private finish(fn: number, summary: Summary): void {
    this.done.set(fn, summary);
    this.current.delete(fn);
    this.settled(this.fns[fn]!);
  }
}

function sameSummary(a: Summary, b: Summary): boolean {
  if (a.egress.length !== b.egress.length || a.deferred.length !== b.deferred.length || a.outs.size !== b.outs.size)
    return false;
  if (!equal(a.ret, b.ret) || !equal(a.yields, b.yields) || !equal(a.throws, b.throws)) return false;
  for (const [k, v] of b.outs) {
    const o = a.outs.get(k);
    if (!o || !equal(o, v)) return false;
  }
  return a.egress.every((g, i) => g.atoms.length === b.egress[i]!.atoms.length);
}
