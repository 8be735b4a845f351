/**
 * The state of one abstract activation: values of single-assignment names, what has been written to them since
 * (flow-sensitively, per block), shared variables, and what the summary will say.
 *
 * There is no heap. Identity is that of the single-assignment value: a write to a property makes a new version of the
 * value, and is carried back to the object and property that it was read from.
 */
import type { Instr, Span } from '../facts/ir.js';
import type { Engine } from './engine.js';
import type { FnEntry } from './program.js';
import type { Cleaned, ConfigEffect, Deferred, Egress } from './summary.js';
import { equal, join } from './join.js';
import { NOTHING, oneOfEach, type Env, type Guard, type Value } from './value.js';
import { update } from './fields.js';

export const THIS = -2;
const FIRST_PSEUDO = -10;

/** Methods that give an entry by its name. */
export const NAMED_ENTRY: ReadonlySet<string> = new Set(['get', 'getAll']);

type CallInstr = Extract<Instr, { op: 'call' }>;

export class Frame {
  readonly vals: Value[];
  readonly defs: (Instr | undefined)[];
  /** Versions written since, by canonical number. */
  state = new Map<number, Value>();
  /** `this` and captured variables of enclosing functions share one number each. */
  private readonly pseudo = new Map<string, number>();
  private readonly pseudoRoots = new Map<number, string>();
  private readonly pseudoInit = new Map<number, Value>();
  private readonly canon = new Map<number, number>();
  private readonly builders = new Set<Span>();
  /** Single-assignment number of a shared variable that is assigned once. */
  readonly varSsa = new Map<string, number>();
  /** All that a shared variable of this function was ever given. */
  readonly varAll = new Map<string, Value>();
  readonly stores = new Map<string, Value>();
  readonly thrown = new Map<number, Value>();
  escaped: Value = NOTHING;
  ret: Value = NOTHING;
  yields: Value = NOTHING;
  egress = new Map<string, Egress>();
  /** What goes out after a de-identification step that left nothing in it. */
  cleaned = new Map<string, Cleaned>();
  deferred = new Map<string, Deferred>();
  configs: ConfigEffect[] = [];
  cells = new Map<string, Value>();
  block = 0;
  handler = -1;
  guard: Guard = [];
  /** Captured variables of finished activations, as calls made here have left them. */
  readonly envState = new Map<Env, Map<string, Value>>();
  /** A call that was put off at this very place with the same callee and arguments. */
  deferredAt(span: Span, d: Pick<Deferred, 'callee' | 'method' | 'self' | 'args' | 'kind'>): Deferred | null {
    const same = (a: Value | null, b: Value | null): boolean => a === b || (a !== null && b !== null && equal(a, b));
    for (const o of this.deferred.values()) {
      if (o.spot.span[0] !== span[0] || o.spot.span[1] !== span[1]) continue;
      if (o.method !== d.method || o.kind !== d.kind || o.args.length !== d.args.length) continue;
      if (o.guard !== null && o.guard !== this.guard) continue;
      if (same(o.callee, d.callee) && same(o.self, d.self) && o.args.every((a, i) => same(a, d.args[i]!))) return o;
    }
    return null;
  }

  /** Numbers calls made on behalf of one instruction, for names of deferred calls. */
  serial = 0;
  /** How often functions were entered by themselves on behalf of one instruction. */
  readonly rounds = new Map<number, number>();

  /** The function to whose account outbound calls go. */
  by: number;

  constructor(
    readonly e: Engine,
    readonly fn: FnEntry,
    /** Value of `this` at entry (a symbol, usually). */
    thisValue: Value,
  ) {
    this.by = fn.id;
    this.vals = new Array<Value>(fn.facts.valueCount).fill(NOTHING);
    this.defs = new Array<Instr | undefined>(fn.facts.valueCount);
    this.pseudoInit.set(THIS, thisValue);
    this.pseudoRoots.set(THIS, 'this');
    for (const b of fn.facts.blocks) for (const i of b.instrs) if ('d' in i) this.defs[i.d] = i;
  }

  /** Number of a captured variable (root `cap:…`) or of a shared variable of this function (`var:name`). */
  slot(root: string, init: () => Value): number {
    let n = this.pseudo.get(root);
    if (n === undefined) {
      n = FIRST_PSEUDO - this.pseudo.size;
      this.pseudo.set(root, n);
      this.pseudoRoots.set(n, root);
      this.pseudoInit.set(n, init());
    }
    return n;
  }

  /** Properties by the way to them (`3.resource`) of which a test said more than their object does. */
  private readonly tested = new Set<string>();

  /** The way to a property from the object that it is first taken out of; null if it is not a plain one. */
  private wayTo(ssa: number): string | null {
    let way = '';
    let at = ssa;
    for (let n = 0; n < 6; n++) {
      const def = at >= 0 ? this.defs[at] : undefined;
      if (def?.op === 'typed') at = def.v;
      else if (def?.op === 'load') {
        way = `.${def.k}${way}`;
        at = def.b;
      } else return way === '' ? null : `${this.canonical(at)}${way}`;
    }
    return null;
  }

  /** Remembers what a test left of a property: it is the same when it is read again. */
  narrowProperty(ssa: number, was: Value, now: Value): void {
    const way = this.wayTo(ssa);
    if (way === null || this.tested.has(`!${way}`)) return;
    this.tested.add(way);
    this.state.set(
      this.slot(`global:way ${way}`, () => was),
      now,
    );
  }

  /** Whether two instructions read the same property of the same object, if nothing is written in between. */
  readsSame(a: number, b: number): boolean {
    const way = this.wayTo(a);
    return way !== null && way === this.wayTo(b);
  }

  private readonly empty = new Map<number, Value>();

  /** A test has shown that what this instruction reads is null or false. */
  nothingThere(ssa: number, left: Value): void {
    this.empty.set(ssa, left);
  }

  /** What a test left of the property that an instruction reads; null if none did. */
  narrowedProperty(ssa: number): Value | null {
    const nothing = this.empty.get(ssa);
    if (nothing !== undefined) return nothing;
    if (this.tested.size === 0) return null;
    const way = this.wayTo(ssa);
    if (way === null || !this.tested.has(way) || this.tested.has(`!${way}`)) return null;
    return this.state.get(this.slot(`global:way ${way}`, () => NOTHING)) ?? null;
  }

  /** A property of this name was written to: what a test said of such a one may hold no longer. */
  private forget(key: string): void {
    for (const way of [...this.tested])
      if (way[0] !== '!' && (`${way}.`.includes(`.${key}.`) || key === '*')) this.tested.add(`!${way}`);
  }

  alias(ssa: number, slot: number): void {
    this.canon.set(ssa, slot);
  }

  canonical(ssa: number): number {
    return this.canon.get(ssa) ?? ssa;
  }

  get(ssa: number): Value {
    if (ssa === -1) return NOTHING;
    return this.read(this.canonical(ssa), this.state);
  }

  read(c: number, state: ReadonlyMap<number, Value>): Value {
    const written = state.get(c);
    if (written !== undefined) return written;
    return c >= 0 ? (this.vals[c] ?? NOTHING) : (this.pseudoInit.get(c) ?? NOTHING);
  }

  getIn(ssa: number, state: ReadonlyMap<number, Value>): Value {
    return ssa === -1 ? NOTHING : this.read(this.canonical(ssa), state);
  }

  /** Replaces the current version of a value, one property (`*`: any) of which was written, and the property that it was read from. */
  mutateAt(ssa: number, key: string, v: Value): void {
    if (this.tested.size > 0) this.forget(key);
    this.mutate(ssa, v);
  }

  /** Replaces the current version of a value, and the property that it was read from. */
  mutate(ssa: number, v: Value, depth = 0): void {
    if (ssa === -1 || depth > 8) return;
    const c = this.canonical(ssa);
    if (this.read(c, this.state) === v) return;
    this.state.set(c, v);
    if (c < 0) return;
    const def = this.defs[c];
    if (!def) return;
    switch (def.op) {
      case 'load':
        if (this.tested.size > 0) this.forget(def.k);
        this.mutate(def.b, update(this.get(def.b), def.k, v), depth + 1);
        break;
      case 'typed':
      case 'await':
        this.mutate(def.v, v, depth + 1);
        break;
      case 'call':
        if (this.builders.has(def.span)) this.mutate(def.self, v, depth + 1);
        break;
      default:
        break;
    }
  }

  /** The call there gives back the very object that it was called on (`message.to(a).text(b)`). */
  givesItself(call: Span): void {
    this.builders.add(call);
  }

  /** Current value of a shared variable of this function, for closures called now. */
  variable(name: string): Value | null {
    const ssa = this.varSsa.get(name);
    if (ssa !== undefined) return this.get(ssa);
    const n = this.pseudo.get(`var:${name}`);
    if (n !== undefined) {
      const now = this.read(n, this.state);
      return now === NOTHING ? (this.varAll.get(name) ?? NOTHING) : now;
    }
    return this.varAll.get(name) ?? null;
  }

  /** What this function has put into a variable of a function around it so far; null: nothing. */
  writtenTo(root: string): Value | null {
    const n = this.pseudo.get(root);
    return n === undefined ? null : (this.state.get(n) ?? null);
  }

  setVariable(name: string, v: Value): void {
    const all = this.varAll.get(name);
    this.varAll.set(name, all ? join(all, v) : v);
  }

  /** A copy to try something out on: what happens there does not happen here. */
  scratch(by: number): Frame {
    const fresh = {
      by,
      state: new Map(this.state),
      varAll: new Map(this.varAll),
      envState: new Map(this.envState),
      stores: new Map(),
      thrown: new Map(),
      egress: new Map(),
      cleaned: new Map(),
      deferred: new Map(),
      configs: [],
      cells: new Map(),
      guard: [],
      handler: -1,
      escaped: NOTHING,
    };
    return Object.assign(Object.create(Frame.prototype) as Frame, this, fresh);
  }

  private readonly traps: Value[] = [];

  /** Runs calls whose exceptions go no further than this; gives what they threw. */
  trap(run: () => void): Value {
    this.traps.push(NOTHING);
    run();
    return this.traps.pop() ?? NOTHING;
  }

  /** Something symbolic that was stored into a channel. */
  stored(channel: string, v: Value): void {
    const old = this.cells.get(channel);
    this.cells.set(channel, old ? oneOfEach(join(old, v)) : v);
  }

  throws(v: Value): void {
    if (v === NOTHING) return;
    const last = this.traps.length - 1;
    if (last >= 0) {
      this.traps[last] = join(this.traps[last]!, v);
      return;
    }
    if (this.handler >= 0) this.thrown.set(this.handler, join(this.thrown.get(this.handler) ?? NOTHING, v));
    else this.escaped = join(this.escaped, v);
  }

  /** The value that annotations and `await` leave the same thing. */
  private object(ssa: number): number {
    let n = ssa;
    for (let i = 0; i < 8; i++) {
      const def = this.defs[n];
      if (def?.op !== 'typed' && def?.op !== 'await') break;
      n = def.v;
    }
    return this.canonical(n);
  }

  private taken: Map<number, string[]> | null = null;

  /** Names of the properties and entries that this function reads off an object: its shape, as far as it is used. */
  fieldsTakenFrom(ssa: number): readonly string[] {
    if (!this.taken) {
      this.taken = new Map();
      for (const d of this.defs) {
        const name = d?.op === 'load' ? d.k : d?.op === 'call' ? this.entryName(d) : null;
        if (name === null) continue;
        const key = this.object(d?.op === 'load' ? d.b : (d as CallInstr).self);
        const list = this.taken.get(key);
        if (!list) this.taken.set(key, [name]);
        else if (!list.includes(name)) list.push(name);
      }
    }
    return this.taken.get(this.object(ssa)) ?? [];
  }

  /** `form.get('name')`: the constant name of the entry; null if the call is no such thing. */
  private entryName(i: CallInstr): string | null {
    const callee = i.self === -1 ? undefined : this.defs[i.f];
    const arg = i.args.length === 1 ? this.defs[i.args[0]!.v] : undefined;
    if (callee?.op !== 'load' || !NAMED_ENTRY.has(callee.k) || arg?.op !== 'const') return null;
    return typeof arg.v === 'string' ? arg.v : null;
  }

  /** What the code calls the object: a parameter, a property or a shared variable; null if it has no name here. */
  receiverName(ssa: number): string | null {
    const n = this.object(ssa);
    const def = n >= 0 ? this.defs[n] : undefined;
    if (def?.op === 'param') return this.fn.facts.params[def.i]?.name || null;
    if (def?.op === 'load') return def.k;
    const root = this.pseudoRoots.get(n);
    if (root && root.includes('#')) return root.slice(root.indexOf('#') + 1);
    for (const [name, v] of this.varSsa) if (v === n) return name;
    return null;
  }

  /** Roots whose value at the end differs from what it was: mutated parameters, `this`, captured variables. */
  *mutatedRoots(): Iterable<[root: string, now: Value, was: Value]> {
    for (const [c, root] of this.pseudoRoots) {
      if (root.startsWith('var:') || root.startsWith('global:')) continue;
      const now = this.state.get(c);
      const was = this.pseudoInit.get(c) ?? NOTHING;
      if (now !== undefined && now !== was) yield [root, now, was];
    }
  }
}
