/**
 * Summaries on demand, one a function. A recursion is cut at the function that is already being computed: its last
 * approximation is used, and the head of the cycle is computed again until it is stable (Tarjan's components, found
 * while evaluating). Bounded: beyond it, the last approximation stands, and that is counted.
 */
import type { FnEntry } from './program.js';
import { EMPTY_SUMMARY, type Egress, type Summary } from './summary.js';
import { addAtoms, equal, join, NOTHING, value, widen, type DataAtom, type Value } from './value.js';

/** Rounds of exact approximations; after them what grows with each round is cut to a bound, so that it comes to rest. */
const EXACT_ROUNDS = 2;
const MAX_ITERATIONS = 8;
const MAX_STACK = 300;

interface Active {
  readonly fn: number;
  low: number;
  used: boolean;
}

/** A member of a cycle, computed in this round of its head. */
interface Provisional {
  readonly summary: Summary;
  /** How deep it was computed, and the outermost activation that it rests on. */
  readonly depth: number;
  low: number;
}

export class Summaries {
  private readonly done = new Map<number, Summary>();
  private readonly current = new Map<number, Summary>();
  private readonly round = new Map<number, Provisional>();
  private readonly stack: Active[] = [];
  private readonly at = new Map<number, number>();
  /** Number of times that a function was found to differ from its last approximation. */
  private moved = 0;
  private rounds = 0;
  /** Higher-order calls that a function had before any recursion came back to it. */
  private readonly first = new Map<number, ReadonlySet<string>>();

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
      this.restsOn(active);
      return this.current.get(fn) ?? EMPTY_SUMMARY;
    }
    const known = this.round.get(fn);
    if (known) {
      this.stack[known.low]!.used = true;
      this.restsOn(known.low);
      return known.summary;
    }
    const entry = this.fns[fn]!;
    const depth = this.stack.length;
    if (depth >= MAX_STACK) {
      this.gap('call chains beyond bound', entry);
      return this.current.get(fn) ?? EMPTY_SUMMARY;
    }
    const me: Active = { fn, low: depth, used: false };
    this.stack.push(me);
    this.at.set(fn, depth);
    let result: Summary = EMPTY_SUMMARY;
    const outer = this.rounds;
    for (let i = 0; ; i++) {
      this.rounds = i;
      me.used = false;
      this.forget(depth);
      const before = this.current.get(fn);
      const moved = this.moved;
      result = this.compute(entry);
      if (me.used || me.low < depth) result = this.bounded(fn, result, Math.max(i, outer));
      this.current.set(fn, result);
      // Of what nobody has used yet, the first approximation is as good as any.
      if ((before || me.used) && !sameSummary(before ?? EMPTY_SUMMARY, result)) this.moved++;
      if (!me.used || me.low < depth || this.moved === moved) break;
      if (i + 1 >= MAX_ITERATIONS) {
        this.gap('recursion beyond bound', entry);
        break;
      }
    }
    this.rounds = outer;
    this.stack.pop();
    this.at.delete(fn);
    if (me.low < depth) {
      for (const p of this.round.values()) if (p.low >= depth) p.low = me.low;
      this.round.set(fn, { summary: result, depth, low: me.low });
    } else {
      this.done.set(fn, result);
      this.settled(entry);
      for (const [member, p] of this.round) {
        if (p.depth <= depth) continue;
        this.round.delete(member);
        this.done.set(member, p.summary);
        this.settled(this.fns[member]!);
      }
    }
    return result;
  }

  /** What a recursion makes longer with each round is cut: nested structure, paths, calls of calls. */
  private bounded(fn: number, s: Summary, round: number): Summary {
    const first = this.first.get(fn);
    if (!first) {
      this.first.set(fn, new Set(s.deferred.map((d) => d.id)));
      return s;
    }
    if (round < EXACT_ROUNDS) return s;
    const last = this.current.get(fn) ?? EMPTY_SUMMARY;
    // What was true in the last round stays true: approximations only grow, else they may swing.
    const grown = (old: Value, v: Value): Value => join(old, widen(v));
    const each = (old: ReadonlyMap<string, Value>, m: ReadonlyMap<string, Value>): Map<string, Value> => {
      const out = new Map(old);
      for (const [k, v] of m) out.set(k, grown(old.get(k) ?? NOTHING, v));
      return out;
    };
    const known = new Map(last.egress.map((g) => [egressKey(g), g]));
    for (const g of s.egress) {
      const key = egressKey(g);
      const old = known.get(key);
      known.set(key, { ...g, atoms: addAtoms(old?.atoms ?? [], widen(value(g.atoms)).atoms) as DataAtom[] });
    }
    const calls = new Map(last.deferred.map((d) => [d.id, d]));
    for (const d of s.deferred) if (first.has(d.id)) calls.set(d.id, { ...d, self: d.self ? widen(d.self) : null, args: d.args.map((a) => widen(a)) });
    return {
      ...s,
      ret: grown(last.ret, s.ret),
      yields: grown(last.yields, s.yields),
      throws: grown(last.throws, s.throws),
      outs: each(last.outs, s.outs),
      stores: each(last.stores, s.stores),
      cells: s.cells.map(([k, v]) => [k, widen(v)] as const),
      egress: [...known.values()],
      deferred: [...calls.values()].filter((d) => first.has(d.id)),
    };
  }

  /** All that is being computed above an activation rests on its approximation. */
  private restsOn(depth: number): void {
    for (let i = depth + 1; i < this.stack.length; i++) this.stack[i]!.low = Math.min(this.stack[i]!.low, depth);
  }

  /** A new round of the head at this depth: its members are computed again. */
  private forget(depth: number): void {
    for (const [member, p] of this.round) if (p.depth > depth) this.round.delete(member);
  }
}

function egressKey(g: Egress): string {
  return `${g.out.fn}:${g.out.span[0]}:${g.member}:${g.place.fn}:${g.place.span[0]}:${g.place.span[1]}:${g.inUrl ? 1 : 0}`;
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
