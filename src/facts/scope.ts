/**
 * What binding finds out about a file before anything is lowered: its functions and classes with their indices, and
 * for every variable where it lives. Most variables never change after a declaration that dominates every use; they
 * need no join at all, which is what makes lowering cheap.
 */
import type { ts } from 'ts-morph';
import type { ExportFact, FunctionKind, ImportFact, Span, TypeRef, Val } from './ir.js';
import type { ClassNode, FunctionNode } from './syntax.js';

/** How a variable is read and written in the function that declares it. */
export enum Store {
  /** One definition that dominates every use: its value is `Binding.val`. */
  Direct,
  /** Reassigned by its own function only: single-assignment form. */
  Ssa,
  /** Assigned by an inner function: a cell that is read with `getvar`. */
  Cell,
  /** An entry of `imports`. */
  Import,
  /** The own name of a function or class expression. */
  SelfFunction,
  SelfClass,
  /** `exports.x` that nothing in the file assigns: an ordinary property. */
  None,
}

export class Binding {
  /** Unique among the shared variables of its function. */
  unique: string;
  /** Index in `BoundFile.bindings`; the slot of every name that means this variable. */
  id = 0;
  /** Definitions by declarations, and assignments after them. */
  defs = 0;
  writes = 0;
  captured = false;
  writtenInside = false;
  /** Belongs to the module's top scope. */
  top = false;
  /** The declaration dominates all uses (false in a `switch` and for nested `var`). */
  plain = true;
  /** Index into `imports`, or of the function or class whose own name this is. */
  target = -1;
  store: Store = Store.Direct;
  shared = false;
  type: TypeRef | null = null;
  /** While its function is lowered: the value of a `Direct` binding. */
  val: Val = -1;
  /** `declare const x`: the value is the global of that name. */
  ambient = false;

  constructor(
    readonly name: string,
    readonly fn: FunctionInfo,
  ) {
    this.unique = name;
  }

  get single(): boolean {
    return this.writes === 0 && this.defs <= 1;
  }
}

export class FunctionInfo {
  readonly captures = new Set<Binding>();
  readonly locals: Binding[] = [];
  usesArguments = false;
  callbacks = 0;
  isStatic = false;
  /** Carries the JSDoc of a function expression (its variable or property). */
  doc: ts.Node | null = null;

  constructor(
    readonly index: number,
    readonly name: string,
    readonly kind: FunctionKind,
    readonly node: FunctionNode | ts.SourceFile | ClassNode,
    readonly parent: FunctionInfo | null,
    readonly cls: number,
  ) {}

  /** Qualifies the names of the functions inside. */
  get prefix(): string {
    return this.index === 0 ? '' : `${this.name}.`;
  }
}

export interface ClassInfo {
  readonly index: number;
  readonly name: string;
  readonly node: ClassNode;
  readonly owner: FunctionInfo;
  fieldInit: FunctionInfo | null;
  staticInit: FunctionInfo | null;
  extendsVal: Val;
}

export interface TypeInfo {
  readonly node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.EnumDeclaration | ClassNode | ts.Node;
  readonly name: string;
  readonly scope: number;
  exported: boolean;
  readonly cls: number;
}

export class Scope {
  private readonly names = new Map<string, Binding>();

  constructor(
    readonly parent: Scope | null,
    readonly fn: FunctionInfo,
    /** Declarations in here need not dominate their uses. */
    readonly loose = false,
  ) {}

  own(name: string): Binding | undefined {
    return this.names.get(name);
  }

  add(binding: Binding): void {
    this.names.set(binding.name, binding);
  }

  find(name: string): Binding | undefined {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    let scope: Scope | null = this;
    while (scope !== null) {
      const found = scope.names.get(name);
      if (found !== undefined) return found;
      scope = scope.parent;
    }
    return undefined;
  }
}

export interface ExportedObject {
  readonly object: ts.Expression;
  readonly members: readonly { readonly key: string; readonly binding: Binding }[];
}

/** Everything that lowering needs to know about the file besides the tree. */
export interface BoundFile {
  readonly text: string;
  readonly source: ts.SourceFile;
  readonly isJs: boolean;
  readonly bindings: Binding[];
  readonly functions: FunctionInfo[];
  readonly classes: ClassInfo[];
  readonly types: TypeInfo[];
  readonly imports: ImportFact[];
  readonly exports: ExportFact[];
  /** The variable behind `export default <expression>`, and the one behind `export =`. */
  defaultExport: Binding | null;
  exportEquals: Binding | null;
  /** `const x = require('y')` at the top: imports, nothing to run. */
  readonly requires: Set<ts.Node>;
  /** `Object.assign(exports, { a: 1 })`: by call, its object literals and the exports that their members become. */
  readonly exportedObjects: Map<ts.Node, readonly ExportedObject[]>;
  /** Types that the code around a function expression expects of it. */
  readonly expected: Map<ts.Node, TypeRef>;
  /** Nodes below which nothing was bound, because they are nested too deeply. */
  readonly cut: Set<ts.Node>;
  readonly skipped: { readonly span: Span; readonly reason: string }[];
}
