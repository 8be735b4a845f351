/** Channels: what was stored somewhere (module state, fields, events, queues) meets what is sent from there. */
import { isRoute, sameChannel } from './channels.js';
import { inAddress, isBased } from './egress.js';
import type { Engine } from './engine.js';
import { runHeldCall, type HeldCall } from './held-calls.js';
import { settleKnown } from './cleaned.js';
import { joinMarks } from './marks.js';
import { substitute, type Substitution } from './substitute.js';
import type { Cleaned, Egress } from './summary.js';
import { FROM_OUTSIDE } from './use-shape.js';
import { carries, data, mapData, marksIn } from './contents.js';
import { equal, join } from './join.js';
import { NOTHING, OPAQUE, value, widen, type Mark, type Value } from './value.js';

/** Channels that are fed from channels that are fed from channels. */
const MAX_ROUNDS = 6;
/** Calls of what a channel holds that give what a channel holds that is called. */
const CALL_ROUNDS = 4;

interface Waiting {
  readonly g: Egress;
  readonly fn: number;
}

/** Closes the channels flow-insensitively, makes the calls of what they hold, then emits what is sent out of them. */
export function closing(
  e: Engine,
  waiting: () => readonly Waiting[],
  cleaned: () => readonly { readonly g: Cleaned; readonly fn: number }[],
  cells: ReadonlyMap<string, Value>,
  calls: ReadonlyMap<string, HeldCall>,
): void {
  const channels = new Channels(e, cells);
  channels.settle();
  const sent: Waiting[] = [];
  const made = new Map<string, readonly Value[]>();
  for (let round = 0; round < CALL_ROUNDS; round++) {
    let changed = false;
    for (const c of [...calls.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
      const now = channels.of(c);
      const before = made.get(c.key);
      if (before && now.every((v, i) => equal(v, before[i]!))) continue;
      made.set(c.key, now);
      changed = true;
      const [callee, ...args] = now;
      runHeldCall(e, c, callee!, args, (g, fn) => sent.push({ g, fn }));
    }
    if (!changed) break;
    channels.settle();
  }
  for (const { g, fn } of [...waiting(), ...sent]) {
    const to = g.to ? channels.in(g.to) : null;
    const address = g.inUrl && !isBased(to);
    let through: readonly Mark[] | null = null;
    const atoms = g.atoms
      .flatMap((a) => {
        if (a.k === 'label') return [a];
        const v = weaken(channels.in(value([a])));
        through = joinMarks(through, marksIn(v));
        return address && !a.t.text ? inAddress(v) : data(v);
      })
      .filter((a) => a.k === 'label');
    const next = { ...g, to, args: g.args.map((a) => channels.in(a)) };
    e.use(next, fn);
    if (atoms.length > 0) e.emit({ ...next, atoms }, fn);
    settleKnown(e, { ...next, atoms: [] }, through, fn);
  }
  for (const { g, fn } of cleaned()) {
    const marks = marksIn(channels.in(value([], null, g.marks)));
    settleKnown(e, { ...g, to: g.to ? channels.in(g.to) : null, args: g.args.map((a) => channels.in(a)) }, marks, fn);
  }
}

/**
 * What each channel holds of its own accord, then what it holds of others: values without symbols, so that a channel that
 * is fed from itself does not nest.
 */
class Channels {
  private readonly held = new Map<string, Value>();
  /** What was last seen of each cell. */
  private readonly taken = new Map<string, Value>();
  private readonly routes = new Map<string, Value>();
  private readonly meant = new Map<string, readonly string[]>();
  /** Channels that have grown since the cells fed from them were looked at. */
  private fresh = new Set<string>();
  private readonly feeding = new Map<Value, readonly string[]>();
  /** While cells are taken in, others count as empty; variables of functions are asked for later. */
  private taking = false;
  private readonly sub: Pick<Substitution, 'get'> = {
    get: (root) => {
      if (this.taking || !root.startsWith('cell:')) return NOTHING;
      if (!isRoute(root)) return this.held.get(root) ?? NOTHING;
      const held = this.route(root);
      if (held !== NOTHING) return held;
      // What a service or a caller beyond this code base says is whatever the code declares it to be, or takes out of it.
      return root.startsWith('cell:route-answer:') ? OPAQUE : FROM_OUTSIDE;
    },
  };

  constructor(
    private readonly e: Engine,
    private readonly cells: ReadonlyMap<string, Value>,
  ) {}

  private route(root: string): Value {
    let v = this.routes.get(root);
    if (v === undefined) {
      v = NOTHING;
      for (const key of this.routesMeant(root)) v = join(v, this.held.get(key)!);
      this.routes.set(root, v);
    }
    return v;
  }

  /** Keys of the held routes that are one channel with this one. */
  private routesMeant(root: string): readonly string[] {
    let keys = this.meant.get(root);
    if (keys === undefined) {
      keys = [...this.held.keys()].filter((key) => isRoute(key) && sameChannel(key, root));
      this.meant.set(root, keys);
    }
    return keys;
  }

  /** A value with what the channels hold in the place of their symbols. */
  in(v: Value): Value {
    return substitute(this.e, v, { ...this.sub, envs: new Map() });
  }

  /** What a call is made on, and what with. */
  of(c: HeldCall): readonly Value[] {
    return [this.in(c.callee), ...c.args.map((a) => this.in(a))];
  }

  settle(): void {
    this.take();
    const open = [...this.cells]
      .filter(([, v]) => v.symbolic || (v.marks !== null && v.open))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    for (let round = 0; round < MAX_ROUNDS && this.fresh.size > 0; round++) {
      const fresh = this.fresh;
      this.fresh = new Set();
      for (const [key, v] of open) {
        if (!this.feeders(v).some((root) => fresh.has(isRoute(root) ? ROUTES : root) || this.fresh.has(root))) continue;
        const old = this.held.get(key) ?? NOTHING;
        const next = widen(join(old, this.in(v)));
        if (said(next) <= said(old) && functions(next) <= functions(old)) continue;
        this.hold(key, next);
      }
    }
  }

  private hold(key: string, v: Value): void {
    if (isRoute(key) && !this.held.has(key)) this.meant.clear();
    this.held.set(key, v);
    this.fresh.add(key);
    if (!isRoute(key)) return;
    this.fresh.add(ROUTES);
    this.routes.clear();
  }

  /** The channels that a value is made of. */
  private feeders(v: Value): readonly string[] {
    let known = this.feeding.get(v);
    if (known === undefined) {
      const found = new Set<string>();
      feedersOf(v, found);
      this.feeding.set(v, (known = [...found]));
    }
    return known;
  }

  private take(): void {
    this.taking = true;
    for (const [key, v] of this.cells) {
      if (this.taken.get(key) === v) continue;
      this.taken.set(key, v);
      this.hold(key, join(this.held.get(key) ?? NOTHING, v.symbolic || (v.marks !== null && v.open) ? this.in(v) : v));
      // What came in new is asked for all that it is made of.
      for (const root of this.feeders(v)) this.fresh.add(isRoute(root) ? ROUTES : root);
    }
    this.taking = false;
  }
}

/** Stands for all routes: which of them is meant by a request is decided anew each time. */
const ROUTES = 'route';

function feedersOf(v: Value, into: Set<string>): void {
  if (!v.open) return;
  for (const a of v.atoms) {
    if (a.k === 'sym') into.add(a.root);
    else if (a.k === 'alt') feedersOf(a.v, into);
    else if (a.k === 'str') for (const p of a.parts) feedersOf(p, into);
    else if (a.k === 'xinst') for (const x of [...(a.args ?? []), ...a.via]) feedersOf(x, into);
    else if (a.k === 'resolver' && a.reducer) feedersOf(a.reducer, into);
  }
  for (const m of v.marks ?? []) feedersOf(m.of, into);
  for (const f of v.fields?.values() ?? []) feedersOf(f, into);
}

/** How much is known of a value: its data, and the steps that it came clean out of. */
function said(v: Value): number {
  return data(v).length + (marksIn(v)?.reduce((n, m) => n + 1 + m.of.atoms.length, 0) ?? 0);
}

/** How many functions stand in a value and its properties. */
function functions(v: Value): number {
  let n = 0;
  for (const a of v.atoms) if (a.k === 'fn') n++;
  for (const f of v.fields?.values() ?? []) n += functions(f);
  return n;
}

/** What went through a channel is at most of medium confidence. */
function weaken(v: Value): Value {
  return carries(v) ? mapData(v, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a)) : v;
}
