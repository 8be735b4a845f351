import { ts } from 'ts-morph';
import type { FunctionKind } from './ir.js';
import { Binding, FunctionInfo, Scope, type BoundFile } from './scope.js';
import * as S from './syntax.js';

/** Deeper syntax than this is not looked at: it would exhaust the stack. */
export const MAX_DEPTH = 500;

/** What to do for a kind of node, by kind; the children of other kinds are visited. */
export type VisitTable = ((b: Binder, node: never) => void)[];

/** What `exports`, `module.exports` and `require` mean to the walk. */
export interface CommonJsNames {
  used(node: ts.PropertyAccessExpression): void;
  assigned(node: ts.Expression, value: ts.Expression | null): void;
  isWhole(node: ts.Expression): boolean;
  isPreamble(node: ts.Expression): boolean;
  statement(node: ts.Expression): void;
  requireSpecifier(node: ts.Node): string | null;
  declaration(node: ts.VariableDeclaration): boolean;
  finish(): void;
}

/**
 * The state of binding: the current function and scope, and the file's growing tables. Every name that is
 * resolved keeps its binding's number in its slot.
 */
export class Binder {
  readonly file: BoundFile;
  fn: FunctionInfo;
  scope: Scope;
  /** Qualifies the types declared in a namespace. */
  namespace = '';
  readonly namespaceScopes = new Map<Binding, Scope>();
  commonJs!: CommonJsNames;
  /** `export default name` of a name that no variable has. */
  defaultName: string | null = null;
  /** What `export default x` names, and the entry of `exports` for it. */
  defaultOf: { readonly binding: Binding; readonly at: number } | null = null;
  /** Names in `export { … }` lists, which may be those of types. */
  readonly exportedTypes = new Set<string>();
  readonly hasVar: boolean;
  readonly visit: (node: ts.Node) => void;
  private depth = 0;

  constructor(source: ts.SourceFile, text: string, isJs: boolean, table: VisitTable) {
    this.fn = new FunctionInfo(0, '<module>', 'module', source, null, -1);
    this.scope = new Scope(null, this.fn);
    this.file = {
      text,
      source,
      isJs,
      bindings: [new Binding('', this.fn)],
      functions: [this.fn],
      classes: [],
      types: [],
      expected: new Map(),
      imports: [],
      exports: [],
      defaultExport: null,
      exportEquals: null,
      requires: new Set(),
      exportedObjects: new Map(),
      cut: new Set(),
      skipped: [],
    };
    this.hasVar = /\bvar\b/.test(text);
    this.visit = (node) => {
      const kind = node.kind;
      if (kind < S.FIRST_NODE || (kind >= S.FIRST_TYPE && kind <= S.LAST_TYPE)) {
        if (kind === S.IDENTIFIER) this.reference(node as ts.Identifier);
        return;
      }
      if (!this.enter(node)) return;
      const handler = table[kind];
      if (handler !== undefined) handler(this, node as never);
      else ts.forEachChild(node, this.visit);
      this.leave();
    };
  }

  /** Qualifies what is declared here. */
  get prefix(): string {
    return this.fn.prefix + this.namespace;
  }

  /** Counts one level of nesting; false where the bound is hit: lowering will see an unknown value there. */
  enter(node: ts.Node): boolean {
    if (this.depth >= MAX_DEPTH) {
      if (!this.file.cut.has(node)) {
        this.file.cut.add(node);
        this.file.skipped.push({ span: S.spanOf(this.file.text, node), reason: 'nested too deeply' });
      }
      return false;
    }
    this.depth++;
    return true;
  }

  leave(): void {
    this.depth--;
  }

  visitAll(nodes: readonly ts.Node[] | undefined): void {
    if (nodes !== undefined) for (const node of nodes) this.visit(node);
  }

  /** Declares a name in a scope; a second declaration of the same name is the same variable. */
  declare(name: ts.Identifier, defs: number, scope: Scope = this.scope): Binding {
    const text = S.nameText(name);
    let binding = scope.own(text);
    if (binding === undefined) {
      binding = this.newBinding(text, scope.fn);
      binding.plain = !scope.loose;
      scope.add(binding);
    }
    binding.defs += defs;
    S.setSlot(name, binding.id);
    return binding;
  }

  newBinding(name: string, fn: FunctionInfo): Binding {
    const binding = new Binding(name, fn);
    binding.id = this.file.bindings.length;
    this.file.bindings.push(binding);
    fn.locals.push(binding);
    return binding;
  }

  /** A use of a name: fills its slot and, across functions, marks the capture. */
  reference(node: ts.Identifier): Binding | undefined {
    const text = S.nameText(node);
    const binding = this.scope.find(text);
    if (binding === undefined) {
      if (text === 'arguments') this.useArguments();
      return undefined;
    }
    S.setSlot(node, binding.id);
    if (binding.fn !== this.fn && binding.target < 0) this.capture(binding);
    return binding;
  }

  capture(binding: Binding): void {
    binding.captured = true;
    let fn: FunctionInfo | null = this.fn;
    while (fn !== null && fn !== binding.fn && !fn.captures.has(binding)) {
      fn.captures.add(binding);
      fn = fn.parent;
    }
  }

  written(binding: Binding): void {
    binding.writes++;
    if (binding.fn !== this.fn) binding.writtenInside = true;
  }

  private useArguments(): void {
    let fn: FunctionInfo | null = this.fn;
    while (fn !== null) {
      fn.usesArguments = true;
      if (fn.kind !== 'arrow') return;
      fn = fn.parent;
    }
  }

  newFunction(
    name: string,
    kind: FunctionKind,
    node: S.FunctionNode | S.ClassNode,
    cls: number,
    isStatic: boolean,
  ): FunctionInfo {
    const info = new FunctionInfo(this.file.functions.length, name, kind, node, this.fn, cls);
    info.isStatic = isStatic;
    this.file.functions.push(info);
    return info;
  }

  inFunction(info: FunctionInfo, body: () => void): void {
    const { fn, scope, namespace } = this;
    this.fn = info;
    this.namespace = '';
    this.scope = new Scope(scope, info);
    body();
    this.fn = fn;
    this.scope = scope;
    this.namespace = namespace;
  }

  inScope(loose: boolean, body: () => void): void {
    const { scope } = this;
    this.scope = new Scope(scope, this.fn, loose);
    body();
    this.scope = scope;
  }

  /** Whether the current scope is the module's own. */
  get atTop(): boolean {
    return this.scope.parent === null;
  }

  visitDecorators(node: ts.Node): void {
    const list = (node as { modifiers?: readonly ts.Node[] }).modifiers;
    if (list === undefined) return;
    for (const m of list) if (m.kind === S.DECORATOR) this.visit((m as ts.Decorator).expression);
  }

  addImport(
    specifier: string,
    imported: string,
    how: 'import' | 'require' | 'dynamic' | 'reexport',
    typeOnly: boolean,
    local: string,
    node: ts.Node,
  ): number {
    this.file.imports.push({ specifier, imported, how, typeOnly, local, span: S.spanOf(this.file.text, node) });
    return this.file.imports.length - 1;
  }
}
