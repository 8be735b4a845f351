/**
 * Builds the control-flow graph of one function and puts its variables into single-assignment form on the way
 * (Braun et al., "Simple and Efficient Construction of Static Single Assignment Form", 2013).
 *
 * Exceptions: a handler block has no listed predecessors. What a variable may be there is the join of its value
 * before the protected region and of every value that the region assigns to it (`ProtectedRegion.writes`).
 */
import type { ts } from 'ts-morph';
import { keptMember, type Instr, type Span, type Terminator, type TypeRef, type Val } from './ir.js';
import { Binding, Store, type BoundFile, type FunctionInfo } from './scope.js';

/** Instructions of one function; beyond it the function is left out. */
export const MAX_INSTRUCTIONS = 200_000;

export class BoundExceeded extends Error {}

/** The instructions while they are built: the same shapes, writable. */
export type Mutable<T> = { -readonly [P in keyof T]: T[P] };
export interface Phi {
  op: 'phi';
  d: Val;
  ins: Val[];
}

/** Terminators point to blocks until the blocks get their numbers. */
export type Draft =
  | { t: 'jump'; to: BlockDraft }
  | { t: 'branch'; cond: Val; then: BlockDraft; else: BlockDraft }
  | Extract<Terminator, { t: 'return' | 'throw' | 'stop' }>;

export class BlockDraft {
  readonly preds: BlockDraft[] = [];
  readonly instrs: Instr[] = [];
  phis: Phi[] | null = null;
  term: Draft | null = null;
  handler: BlockDraft | null = null;
  /** Set on handler blocks. */
  region: ProtectedRegion | null = null;
  sealed = false;
  defs: Map<Binding, Val> | null = null;
  incomplete: { readonly v: Binding; readonly phi: Phi }[] | null = null;
  index = -1;
}

export interface ProtectedRegion {
  readonly handler: BlockDraft;
  readonly entry: BlockDraft;
  readonly writes: Map<Binding, Val[]>;
  readonly outer: ProtectedRegion | null;
}

/** Where `break`, `continue` and `return` go, innermost last. */
export type Control =
  | {
      readonly kind: 'target';
      readonly labels: readonly string[];
      readonly breakTo: BlockDraft;
      /** Null for `switch` and labelled blocks. */
      readonly continueTo: BlockDraft | null;
      /** A bare `break` goes here. */
      readonly unlabelled: boolean;
    }
  | FinallyControl;

export interface FinallyControl {
  readonly kind: 'finally';
  /** One copy of the `finally` block for each way out through it; null is the end of the function. */
  readonly exits: { readonly to: BlockDraft | null; readonly block: BlockDraft; readonly span: Span }[];
}

interface PendingPhi {
  readonly phi: Phi;
  readonly v: Binding;
  readonly block: BlockDraft;
}

/** Hands the kinds of syntax to each other without their modules importing in circles. */
export interface Lowerers {
  expression(body: Body, node: ts.Expression): Val;
  statement(body: Body, node: ts.Statement): void;
  statements(body: Body, nodes: readonly ts.Statement[]): void;
}

export class Body {
  /** Parameters, `this`, undefined: values that every block can use. */
  readonly prologue: Instr[] = [];
  readonly entry: BlockDraft;
  readonly text: string;
  readonly controls: Control[] = [];
  region: ProtectedRegion | null = null;
  valueCount = 0;
  phiCount = 0;
  finallyDepth = 0;
  /** Labels of the loop, switch or block that comes next. */
  labels: readonly string[] = [];
  /** Parameter properties are stored once `super()` has returned. */
  afterSuper: (() => void) | null = null;
  /** Methods that the module body puts in the place of a class's own. */
  readonly keptMembers = new Set<string>();
  /** The base of the member access lowered last: the receiver, if a call follows. */
  receiver: Val = -1;
  private block: BlockDraft | null;
  private instructions = 0;
  private undefinedVal: Val = -1;
  private thisVal: Val = -1;
  private returnVariable: Binding | null = null;
  private readonly pending: PendingPhi[] = [];

  constructor(
    readonly file: BoundFile,
    readonly fn: FunctionInfo,
    private readonly lowerers: Lowerers,
  ) {
    this.text = file.text;
    this.entry = new BlockDraft();
    this.entry.sealed = true;
    this.block = this.entry;
  }

  /** Value of an expression, evaluated here. */
  expr(node: ts.Expression): Val {
    return this.lowerers.expression(this, node);
  }

  stmt(node: ts.Statement): void {
    if (this.block !== null) this.lowerers.statement(this, node);
  }

  /** A statement list with its hoisted functions; what cannot be reached is left out. */
  stmts(nodes: readonly ts.Statement[]): void {
    if (this.block !== null) this.lowerers.statements(this, nodes);
  }

  /* ---------------------------------------------------------- blocks */

  /** False after `return`, `throw` and the like: nothing more runs here. */
  get alive(): boolean {
    return this.block !== null;
  }

  get current(): BlockDraft {
    return this.block!;
  }

  newBlock(): BlockDraft {
    return new BlockDraft();
  }

  /** Continues in a block, unless nothing leads there. A loop's head is sealed later. */
  start(block: BlockDraft, seal = true): void {
    if (seal) this.seal(block);
    if (seal && block.preds.length === 0 && block.region === null) {
      this.block = null;
      return;
    }
    block.handler = this.region === null ? null : this.region.handler;
    this.block = block;
  }

  jump(to: BlockDraft): void {
    const from = this.block;
    if (from === null) return;
    from.term = { t: 'jump', to };
    to.preds.push(from);
    this.block = null;
  }

  branch(cond: Val, then: BlockDraft, otherwise: BlockDraft): void {
    const from = this.block!;
    from.term = { t: 'branch', cond, then, else: otherwise };
    then.preds.push(from);
    otherwise.preds.push(from);
    this.block = null;
  }

  end(term: Extract<Terminator, { t: 'return' | 'throw' | 'stop' }>): void {
    if (this.block === null) return;
    this.block.term = term;
    this.block = null;
  }

  /** All predecessors are known. */
  seal(block: BlockDraft): void {
    if (block.sealed) return;
    block.sealed = true;
    const { incomplete } = block;
    if (incomplete === null) return;
    for (const { v, phi } of incomplete) this.pending.push({ phi, v, block });
    block.incomplete = null;
    this.drain();
  }

  /** Opens a protected region: exceptions go to a new handler block. */
  protect(): ProtectedRegion {
    const handler = new BlockDraft();
    handler.sealed = true;
    const region = { handler, entry: this.block!, writes: new Map<Binding, Val[]>(), outer: this.region };
    handler.region = region;
    this.region = region;
    return region;
  }

  /** Closes it; what it assigned, the region around it has assigned. */
  unprotect(region: ProtectedRegion): void {
    this.region = region.outer;
    if (region.outer === null) return;
    for (const [v, values] of region.writes) for (const value of values) record(region.outer, v, value);
  }

  /* ---------------------------------------------------------- values */

  newVal(): Val {
    return this.valueCount++;
  }

  emit(instr: Instr): void {
    if (++this.instructions > MAX_INSTRUCTIONS) throw new BoundExceeded();
    this.block!.instrs.push(instr);
  }

  /** An instruction before everything else. */
  emitFirst(instr: Instr): void {
    this.prologue.push(instr);
  }

  undef(): Val {
    if (this.undefinedVal < 0) {
      this.undefinedVal = this.newVal();
      this.prologue.push({ op: 'const', d: this.undefinedVal, v: undefined });
    }
    return this.undefinedVal;
  }

  self(): Val {
    if (this.thisVal < 0) {
      this.thisVal = this.newVal();
      this.prologue.push({ op: 'this', d: this.thisVal });
    }
    return this.thisVal;
  }

  /** Holds the value of a `return` while `finally` blocks run. */
  get returnSlot(): Binding {
    if (this.returnVariable === null) {
      this.returnVariable = new Binding('return', this.fn);
      this.returnVariable.store = Store.Ssa;
    }
    return this.returnVariable;
  }

  constant(v: string | number | boolean | null | undefined, span?: Span): Val {
    const d = this.newVal();
    this.emit(span === undefined ? { op: 'const', d, v } : { op: 'const', d, v, span });
    return d;
  }

  op(o: string, a: Val, b: Val): Val {
    const d = this.newVal();
    this.emit({ op: 'op', d, o, a, b });
    return d;
  }

  load(base: Val, k: string, span: Span): Val {
    const d = this.newVal();
    this.emit({ op: 'load', d, b: base, k, span });
    return d;
  }

  typed(v: Val, type: TypeRef | null, how: 'annotation' | 'as' | 'satisfies', span: Span): Val {
    if (type === null) return v;
    const d = this.newVal();
    this.emit({ op: 'typed', d, v, type, how, span });
    return d;
  }

  /** Join at the start of a block, one value for each predecessor in order. */
  phi(block: BlockDraft, ins: Val[]): Val {
    const { phi } = this.newPhi(block);
    phi.ins = ins;
    return phi.d;
  }

  private newPhi(block: BlockDraft): { readonly phi: Phi } {
    if (++this.instructions > MAX_INSTRUCTIONS) throw new BoundExceeded();
    const phi: Phi = { op: 'phi', d: this.newVal(), ins: [] };
    this.phiCount++;
    (block.phis ??= []).push(phi);
    return { phi };
  }

  /* ---------------------------------------------------------- variables */

  /** A variable comes to be, with this value. */
  define(v: Binding, value: Val, span: Span): void {
    if (v.store === Store.Direct) v.val = value;
    else if (v.store === Store.Ssa) this.writeLocal(v, value);
    if (v.shared) this.emit({ op: 'setvar', name: v.unique, v: value, span });
  }

  /** From here on the class's method is this. */
  keepMember(cls: string, name: string, v: Val, span: Span): void {
    const kept = keptMember(cls, name);
    this.keptMembers.add(kept);
    this.emit({ op: 'setvar', name: kept, v, span });
  }

  assign(v: Binding, value: Val, span: Span): void {
    if (v.type !== null) value = this.typed(value, v.type, 'annotation', span);
    if (v.fn !== this.fn) {
      this.emit({ op: 'setcap', fn: v.fn.index, name: v.unique, v: value, span });
      return;
    }
    this.define(v, value, span);
  }

  read(v: Binding, span: Span): Val {
    switch (v.store) {
      case Store.Import: {
        const d = this.newVal();
        this.emit({ op: 'import', d, i: v.target, span });
        return d;
      }
      case Store.SelfFunction: {
        const d = this.newVal();
        this.emit({ op: 'fn', d, f: v.target, span });
        return d;
      }
      case Store.SelfClass: {
        const d = this.newVal();
        this.emit({ op: 'class', d, c: v.target, span });
        return d;
      }
    }
    if (v.fn !== this.fn) {
      const d = this.newVal();
      this.emit({ op: 'getcap', d, fn: v.fn.index, name: v.unique, span });
      return d;
    }
    if (v.store === Store.Direct) return v.val < 0 ? this.undef() : v.val;
    if (v.store === Store.Ssa) return this.readLocal(v);
    const d = this.newVal();
    this.emit({ op: 'getvar', d, name: v.unique });
    return d;
  }

  writeLocal(v: Binding, value: Val): void {
    (this.block!.defs ??= new Map()).set(v, value);
    if (this.region !== null) record(this.region, v, value);
  }

  readLocal(v: Binding): Val {
    const value = this.readAt(v, this.block!);
    this.drain();
    return value;
  }

  /** Walks up single predecessors without recursion; joins are queued. */
  private readAt(v: Binding, start: BlockDraft): Val {
    let block = start;
    const trail: BlockDraft[] = [];
    let value: Val;
    for (;;) {
      const known = block.defs?.get(v);
      if (known !== undefined) {
        value = known;
        break;
      }
      trail.push(block);
      const { region } = block;
      if (region !== null) {
        if (region.writes.has(v)) {
          value = this.queuePhi(v, block);
          break;
        }
        block = region.entry;
      } else if (!block.sealed) {
        const { phi } = this.newPhi(block);
        (block.incomplete ??= []).push({ v, phi });
        value = phi.d;
        break;
      } else if (block.preds.length === 1) block = block.preds[0]!;
      else if (block.preds.length === 0) {
        value = this.undef();
        break;
      } else {
        value = this.queuePhi(v, block);
        break;
      }
    }
    for (const passed of trail) (passed.defs ??= new Map()).set(v, value);
    return value;
  }

  private queuePhi(v: Binding, block: BlockDraft): Val {
    const { phi } = this.newPhi(block);
    this.pending.push({ phi, v, block });
    return phi.d;
  }

  private drain(): void {
    for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop()) {
      const { phi, v, block } = next;
      if (block.region !== null) {
        const before = this.readAt(v, block.region.entry);
        for (const value of new Set([before, ...block.region.writes.get(v)!])) phi.ins.push(value);
      } else for (const pred of block.preds) phi.ins.push(this.readAt(v, pred));
    }
  }
}

function record(region: ProtectedRegion, v: Binding, value: Val): void {
  const values = region.writes.get(v);
  if (values === undefined) region.writes.set(v, [value]);
  else values.push(value);
}
