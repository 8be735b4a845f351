/**
 * Whether every way to a call, or every way on from it, passes a waypoint (an audit record, a review). Asked of one
 * function at a time over its control-flow graph, then of its callers, up to where outside code comes in.
 */
import type { FnKey } from '../../flow/result.js';
import type { Span } from '../../facts/ir.js';
import { successors, type CallInstr, type Listed, type Listing, type PlacedCall } from './listing.js';

/** What a call does for the question at hand. */
export interface Waypoints {
  /** Whether the call itself is a waypoint, by what is called, and whether it must be waited for. */
  kind(fn: Listed, call: CallInstr): 'none' | 'plain' | 'promise';
}

/** What is still missing when a function ends. */
export interface Missing {
  /** Some way to a normal end passes no waypoint. */
  readonly normal: boolean;
  /** Some way to an exception passes none. */
  readonly failure: boolean;
}

/** A way from outside to the call on which something is missing. */
export interface Gap extends Missing {
  /** The function that outside code calls. */
  readonly entry: FnKey;
  /** A waypoint stands on some way, this one or another: the call is not simply forgotten. */
  readonly partly: boolean;
  /** A waypoint is there, but nobody waits for it. */
  readonly unawaited: boolean;
  /** It is missing only where the call has failed. */
  readonly failureOnly: boolean;
}

const NOTHING: Missing = { normal: false, failure: false };
const MAX_VISITS = 400;

/** Calls within calls that are looked into for a waypoint: a record is not kept hundreds of calls away. */
const DEEPEST = 100;

export class Passage {
  private readonly passes = new Map<FnKey, boolean>();
  private readonly open = new Set<FnKey>();

  constructor(
    private readonly code: Listing,
    private readonly points: Waypoints,
    /** Whether waypoints after the call count as well (a record does, a review does not). */
    private readonly after: boolean,
  ) {}

  /** The gaps on the ways to and from a call, one for each entry; empty: every way passes a waypoint. */
  gaps(within: FnKey, span: Span): readonly Gap[] {
    const found = new Map<FnKey, Gap>();
    const seen = new Set<string>();
    let covered = false;
    const work: (Omit<Gap, 'entry' | keyof Missing> & { fn: FnKey; span: Span; need: Missing })[] = [
      {
        ...{ fn: within, span, need: { normal: true, failure: true } },
        ...{ partly: false, unawaited: false, failureOnly: false },
      },
    ];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const key = `${next.fn}:${next.span.join('-')}:${String(next.need.normal)}:${String(next.need.failure)}`;
      if (seen.has(key) || seen.size > MAX_VISITS) continue;
      seen.add(key);
      const listed = this.code.fn(next.fn);
      if (listed === null) continue;
      const at = listed.calls.find(({ call }) => call.span[0] === next.span[0] && call.span[1] === next.span[1]);
      const state = at === undefined ? null : this.within(listed, at, next.need);
      const missing = state?.missing ?? next.need;
      if (!missing.normal && !missing.failure) {
        covered = true;
        continue;
      }
      const partly = next.partly || state?.seen === true;
      const unawaited = next.unawaited || state?.unawaited === true;
      const failureOnly = next.failureOnly || state?.failureOnly === true;
      const callers = this.code.callers(next.fn).filter(({ from }) => from !== next.fn);
      if (this.code.isEntry(next.fn) || callers.length === 0) {
        const old = found.get(next.fn);
        found.set(next.fn, {
          entry: next.fn,
          normal: missing.normal || old?.normal === true,
          failure: missing.failure || old?.failure === true,
          partly: partly || old?.partly === true,
          unawaited: unawaited || old?.unawaited === true,
          failureOnly: failureOnly && old?.failureOnly !== false,
        });
      }
      for (const { from, span: where } of callers) {
        const need = this.through(from, where, next.fn, missing);
        if (need.normal || need.failure) work.push({ fn: from, span: where, need, partly, unawaited, failureOnly });
      }
    }
    return [...found.values()]
      .map((gap) => ({ ...gap, partly: gap.partly || covered }))
      .sort((a, b) => (a.entry < b.entry ? -1 : 1));
  }

  /** Whether every normal end of a function passes a waypoint. */
  always(key: FnKey): boolean {
    const known = this.passes.get(key);
    if (known !== undefined) return known;
    if (this.open.has(key) || this.open.size >= DEEPEST) return false;
    this.open.add(key);
    const listed = this.code.fn(key);
    const result = listed !== null && this.everyEnd(listed);
    this.open.delete(key);
    this.passes.set(key, result);
    return result;
  }

  private everyEnd(fn: Listed): boolean {
    if (!fn.calls.some(({ call }) => this.counts(fn, call) === 'yes')) return false;
    return !this.explore(fn, [{ block: 0, index: 0 }], null).missing.normal;
  }

  /** What one function still leaves open for one of its calls. */
  private within(
    fn: Listed,
    at: PlacedCall,
    need: Missing,
  ): {
    readonly missing: Missing;
    readonly seen: boolean;
    readonly unawaited: boolean;
    readonly failureOnly: boolean;
  } {
    const kinds = fn.calls.map(({ call }) => this.counts(fn, call));
    const seen = kinds.includes('yes');
    const unawaited = kinds.includes('unawaited');
    if (this.before(fn, at)) return { missing: NOTHING, seen, unawaited, failureOnly: false };
    if (!this.after) return { missing: need, seen, unawaited, failureOnly: false };
    const settled = this.settle(fn, at.call);
    const normal = need.normal && !settled.normal;
    const failure = need.failure && !settled.failure;
    const handler = fn.facts.blocks[at.block]?.handler ?? -1;
    let missing: Missing = NOTHING;
    if (normal) missing = union(missing, this.explore(fn, [{ block: at.block, index: at.index + 1 }], null).missing);
    const failureOnly = need.normal && !missing.normal && !missing.failure;
    if (failure)
      missing =
        handler < 0
          ? union(missing, { normal: false, failure: true })
          : union(missing, this.explore(fn, [{ block: handler, index: 0 }], at).missing);
    return { missing, seen: seen || settled.normal || settled.failure, unawaited, failureOnly };
  }

  /** Must-analysis forwards: a waypoint on every way to the call. */
  private before(fn: Listed, at: PlacedCall): boolean {
    const { blocks } = fn.facts;
    const within = (block: number, until: number): boolean =>
      fn.calls.some((one) => one.block === block && one.index < until && this.counts(fn, one.call) === 'yes');
    if (within(at.block, at.index)) return true;
    // Backwards without meeting a waypoint: whoever reaches the entry so, has a way around.
    const seen = new Set<number>([at.block]);
    const work = [at.block];
    for (let block = work.pop(); block !== undefined; block = work.pop()) {
      if (block === 0) return false;
      const before = [
        ...(blocks[block]?.preds ?? []),
        ...blocks.flatMap((one, index) => (one.handler === block ? [-1 - index] : [])),
      ];
      if (before.length === 0) return false;
      for (const pred of before) {
        // What raises may do so before its block's waypoint.
        const index = pred < 0 ? -1 - pred : pred;
        if (pred >= 0 && within(index, Number.POSITIVE_INFINITY)) continue;
        if (seen.has(index)) continue;
        seen.add(index);
        work.push(index);
      }
    }
    return true;
  }

  /** Ways on from some points that meet no waypoint, and how they end. `retried`: meeting this call again is an end. */
  private explore(
    fn: Listed,
    from: readonly { readonly block: number; readonly index: number }[],
    retried: PlacedCall | null,
  ): { readonly missing: Missing } {
    const { blocks } = fn.facts;
    let normal = false;
    let failure = false;
    const seen = new Set<number>();
    const work = [...from];
    const raise = (handler: number): void => {
      if (handler < 0) return;
      work.push({ block: handler, index: 0 });
    };
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const { block: at, index } = next;
      if (index === 0 && seen.has(at)) continue;
      if (index === 0) seen.add(at);
      const block = blocks[at];
      if (block === undefined) continue;
      const calls = fn.calls.filter((one) => one.block === at && one.index >= index);
      let met = false;
      for (const one of calls) {
        if (this.counts(fn, one.call) === 'yes') {
          met = true;
          break;
        }
        if (retried !== null && one.call === retried.call) {
          failure = true;
          met = true;
          break;
        }
        raise(block.handler);
      }
      if (met) continue;
      const { term } = block;
      if (term.t === 'return') normal = true;
      else if (term.t === 'throw') {
        if (block.handler < 0) failure = true;
        else raise(block.handler);
      } else for (const to of successors(block)) work.push({ block: to, index: 0 });
    }
    return { missing: { normal, failure } };
  }

  /** What `.then`, `.catch` and `.finally` on the call's own result, and its own callbacks, take care of. */
  private settle(fn: Listed, call: CallInstr): Missing {
    let normal = this.code.targets(fn.key, call.span).some((to) => this.always(to));
    let failure = false;
    let result = call.d;
    for (let steps = 0; steps < 8; steps++) {
      const method = fn.uses(result).find((one) => one.op === 'load' && PROMISE.has(one.k));
      const next = method?.op === 'load' ? fn.uses(method.d).find((one) => one.op === 'call') : undefined;
      if (method?.op !== 'load' || next?.op !== 'call') break;
      const passes = next.args.map((arg) => this.callbackPasses(fn, arg.v));
      if (method.k === 'finally' && passes[0] === true) return { normal: true, failure: true };
      if (method.k === 'then') {
        normal ||= passes[0] === true;
        failure ||= passes[1] === true;
      }
      if (method.k === 'catch') failure ||= passes[0] === true;
      result = next.d;
    }
    return { normal, failure };
  }

  private callbackPasses(fn: Listed, v: number): boolean {
    const def = fn.def(v);
    return def?.op === 'fn' && this.always(`${fn.file}#${String(def.f)}`);
  }

  /** A function handed to another that calls its parameter: what that one leaves open around it. */
  private through(from: FnKey, span: Span, callee: FnKey, missing: Missing): Missing {
    const others = this.code.targets(from, span).filter((to) => to !== callee);
    for (const other of others) {
      const listed = this.code.fn(other);
      const inner = listed?.calls.find(({ call }) => listed !== null && isParameter(listed, call.f));
      if (listed === undefined || listed === null || inner === undefined) continue;
      const around = this.within(listed, inner, missing).missing;
      if (!around.normal || !around.failure) return around;
    }
    return missing;
  }

  /** Async, or it gives back the promise of what it calls. */
  private givesPromise(fn: Listed, depth: number): boolean {
    if (fn.facts.isAsync) return true;
    return fn.facts.blocks.some(({ term }) => {
      const call = term.t === 'return' ? fn.def(term.value) : null;
      if (call?.op !== 'call' || depth > 4) return false;
      if (this.points.kind(fn, call) === 'promise') return true;
      return this.code.targets(fn.key, call.span).some((to) => {
        const target = this.code.fn(to);
        return target !== null && this.givesPromise(target, depth + 1);
      });
    });
  }

  /** A waypoint that nobody waits for may never be reached: the program may end before. */
  counts(fn: Listed, call: CallInstr): 'yes' | 'unawaited' | 'no' {
    const targets = this.code.targets(fn.key, call.span);
    const kind = this.points.kind(fn, call);
    if (kind === 'none' && !targets.some((to) => this.always(to))) return 'no';
    const own = targets.map((to) => this.code.fn(to)).filter((one) => one !== null);
    const mayPromise = own.length === 0 ? kind === 'promise' : own.some((one) => this.givesPromise(one, 0));
    return !mayPromise || isAwaited(fn, call.d) ? 'yes' : 'unawaited';
  }
}

const PROMISE = new Set(['then', 'catch', 'finally']);

/** The value is waited for, given back, or kept for somebody who may. */
function isAwaited(fn: Listed, v: number, depth = 0): boolean {
  if (depth > 6) return true;
  const returned = fn.facts.blocks.some((block) => block.term.t === 'return' && block.term.value === v);
  // An arrow function without braces gives back what it calls, and whoever called it may wait.
  if (returned) return true;
  return fn.uses(v).some((one) => {
    if (one.op === 'await') return true;
    if (one.op === 'phi' || one.op === 'typed') return isAwaited(fn, one.d, depth + 1);
    if (one.op === 'load' && PROMISE.has(one.k)) {
      const next = fn.uses(one.d).find((user) => user.op === 'call');
      return next?.op === 'call' && isAwaited(fn, next.d, depth + 1);
    }
    // `void promise` is a comparison of nothing: it says that nobody waits.
    return one.op !== 'op' && one.op !== 'load';
  });
}

/** A call of what the function was handed. */
function isParameter(fn: Listed, v: number): boolean {
  const def = fn.def(v);
  if (def?.op === 'param') return true;
  return def?.op === 'load' && isParameter(fn, def.b);
}

function union(a: Missing, b: Missing): Missing {
  return { normal: a.normal || b.normal, failure: a.failure || b.failure };
}
