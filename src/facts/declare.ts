/** Which names a list of statements declares, before any of it is visited (hoisting). */
import { ts } from 'ts-morph';
import type { Binder } from './binder.js';
import { Store, type Binding } from './scope.js';
import * as S from './syntax.js';

const MAX_HOIST_DEPTH = 500;

/** Opens a statement list; `hoist` when the list is a function's body, so that nested `var`s belong to it. */
export function enterStatements(b: Binder, statements: readonly ts.Statement[], hoist: boolean): void {
  if (hoist && b.hasVar) for (const s of statements) hoistVariables(b, s, 0);
  for (const statement of statements) declareStatement(b, statement);
}

/** Declares what a binding pattern or name binds. */
export function declarePattern(b: Binder, name: ts.BindingName, defs: number, visit?: (v: Binding) => void): void {
  if (name.kind === S.IDENTIFIER) {
    const binding = b.declare(name as ts.Identifier, defs);
    if (visit !== undefined) visit(binding);
    return;
  }
  if (!b.enter(name)) return;
  for (const el of (name as ts.BindingPattern).elements)
    if (el.kind !== S.OMITTED) declarePattern(b, (el as ts.BindingElement).name, 1, visit);
  b.leave();
}

/** `var`s of a function, wherever they stand in it. Only those directly in its body surely run before later code. */
export function hoistVariables(b: Binder, s: ts.Statement | undefined, depth: number): void {
  while (s !== undefined && depth < MAX_HOIST_DEPTH) {
    switch (s.kind) {
      case S.VARIABLE_STATEMENT:
        if (!S.isDeclare(s)) hoistList(b, (s as ts.VariableStatement).declarationList, depth > 0, 0);
        return;
      case S.IF:
        hoistVariables(b, (s as ts.IfStatement).thenStatement, depth + 1);
        s = (s as ts.IfStatement).elseStatement;
        depth = Math.max(depth, 1);
        continue;
      case S.FOR: {
        const { initializer } = s as ts.ForStatement;
        if (initializer?.kind === S.VARIABLE_LIST) hoistList(b, initializer as ts.VariableDeclarationList, true, 0);
        break;
      }
      case S.FOR_IN:
      case S.FOR_OF: {
        const { initializer } = s as ts.ForOfStatement;
        if (initializer.kind === S.VARIABLE_LIST) hoistList(b, initializer as ts.VariableDeclarationList, true, 1);
        break;
      }
      case S.BLOCK:
        for (const inner of (s as ts.Block).statements) hoistVariables(b, inner, depth + 1);
        return;
      case S.SWITCH:
        for (const clause of (s as ts.SwitchStatement).caseBlock.clauses)
          for (const inner of clause.statements) hoistVariables(b, inner, depth + 1);
        return;
      case S.TRY: {
        const { tryBlock, catchClause, finallyBlock } = s as ts.TryStatement;
        hoistVariables(b, tryBlock, depth + 1);
        if (catchClause !== undefined) hoistVariables(b, catchClause.block, depth + 1);
        s = finallyBlock;
        depth++;
        continue;
      }
      case S.WHILE:
      case S.DO:
      case S.LABELED:
      case S.WITH:
        break;
      default:
        return;
    }
    s = (s as ts.WhileStatement).statement;
    depth++;
  }
}

function hoistList(b: Binder, list: ts.VariableDeclarationList, nested: boolean, defs: number): void {
  if ((list.flags & ts.NodeFlags.BlockScoped) !== 0) return;
  for (const d of list.declarations)
    declarePattern(b, d.name, d.initializer !== undefined ? 1 : defs, (binding) => {
      if (nested) binding.plain = false;
    });
}

export function declareStatement(b: Binder, s: ts.Statement): void {
  switch (s.kind) {
    case S.VARIABLE_STATEMENT: {
      const list = (s as ts.VariableStatement).declarationList;
      if (S.isDeclare(s)) {
        for (const d of list.declarations)
          declarePattern(b, d.name, 1, (binding) => {
            binding.ambient = true;
          });
      } else declareList(b, list);
      return;
    }
    case S.FUNCTION_DECLARATION: {
      const { name, body } = s as ts.FunctionDeclaration;
      if (name !== undefined && body !== undefined) b.declare(name, 1);
      return;
    }
    case S.CLASS_DECLARATION: {
      const { name } = s as ts.ClassDeclaration;
      if (name !== undefined) b.declare(name, 1);
      return;
    }
    case S.ENUM:
      declareMerged(b, (s as ts.EnumDeclaration).name);
      return;
    case S.MODULE: {
      const module = s as ts.ModuleDeclaration;
      if (module.name.kind === S.IDENTIFIER && !S.isDeclare(s) && hasValues(module)) declareMerged(b, module.name);
      return;
    }
    case S.IMPORT:
      declareImport(b, s as ts.ImportDeclaration);
      return;
    case S.IMPORT_EQUALS:
      declareImportEquals(b, s as ts.ImportEqualsDeclaration);
      return;
  }
}

/** `let`, `const` and `using` of a statement or a loop head. */
export function declareList(b: Binder, list: ts.VariableDeclarationList, defs = 0): void {
  if ((list.flags & ts.NodeFlags.BlockScoped) === 0) return;
  for (const d of list.declarations) declarePattern(b, d.name, d.initializer !== undefined ? 1 : defs);
}

/** Enums and namespaces add to a class, function, enum or namespace of the same name. */
function declareMerged(b: Binder, name: ts.Identifier): void {
  const binding = b.declare(name, 0);
  if (binding.defs === 0) binding.defs = 1;
}

/** A namespace that holds types only does not exist at run time. */
export function hasValues(module: ts.ModuleDeclaration): boolean {
  let body = module.body;
  while (body !== undefined && body.kind === S.MODULE) body = (body as ts.ModuleDeclaration).body;
  if (body === undefined || body.kind !== S.MODULE_BLOCK) return false;
  return (body as ts.ModuleBlock).statements.some(
    (s) =>
      s.kind !== S.INTERFACE &&
      s.kind !== S.TYPE_ALIAS &&
      (s.kind !== S.MODULE || (!S.isDeclare(s) && hasValues(s as ts.ModuleDeclaration))),
  );
}

function declareImport(b: Binder, node: ts.ImportDeclaration): void {
  const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
  const clause = node.importClause;
  if (clause === undefined) {
    b.addImport(specifier, '', 'import', false, '', node);
    return;
  }
  const typeOnly = clause.isTypeOnly;
  const bind = (name: ts.Identifier, imported: string, types: boolean, at: ts.Node): void => {
    const local = S.nameText(name);
    const binding = b.declare(name, 1);
    binding.store = Store.Import;
    binding.target = b.addImport(specifier, imported, 'import', types, local, at);
  };
  if (clause.name !== undefined) bind(clause.name, 'default', typeOnly, clause.name);
  const named = clause.namedBindings;
  if (named === undefined) return;
  if (named.kind === S.NAMESPACE_IMPORT) bind((named as ts.NamespaceImport).name, '*', typeOnly, named);
  else {
    const { elements } = named as ts.NamedImports;
    for (const el of elements) bind(el.name, (el.propertyName ?? el.name).text, typeOnly || el.isTypeOnly, el);
    if (elements.length === 0 && clause.name === undefined) b.addImport(specifier, '', 'import', typeOnly, '', node);
  }
}

/** `import x = require('y')` is an import; `import A = B.C` is a constant. */
function declareImportEquals(b: Binder, node: ts.ImportEqualsDeclaration): void {
  const binding = b.declare(node.name, 1);
  if (node.moduleReference.kind !== S.EXTERNAL_MODULE) return;
  const { expression } = node.moduleReference as ts.ExternalModuleReference;
  if (!S.isStringLike(expression)) return;
  binding.store = Store.Import;
  binding.target = b.addImport(expression.text, '*', 'require', node.isTypeOnly, binding.name, node);
}
