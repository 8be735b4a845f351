/**
 * One walk before lowering: opens the scopes, numbers functions and classes, resolves every name and learns which
 * variables are reassigned and which are captured. `bindFile` is the entry; the rest are the kinds of syntax.
 */
import { ts } from 'ts-morph';
import { Binder, type VisitTable } from './binder.js';
import { bindBinary, bindChain, bindTarget, bindUpdate } from './bind-chains.js';
import { bindEnum, bindNamespace, bindType, exportDeclaration, exportHere } from './bind-declarations.js';
import {
  bindCallback,
  bindClass,
  bindFunction,
  bindObject,
  bindVariables,
  visitNamed,
  visitPattern,
  visitStatements,
} from './bind-named.js';
import { CommonJs } from './commonjs.js';
import { declareList, declarePattern, enterStatements } from './declare.js';
import { expectOfArguments, expectOfResult } from './expected.js';
import { jsDocTypedefs } from './jsdoc.js';
import { bindExport, bindExportAssignment, exportDefaultType, exportDefaultValue } from './modules.js';
import { Store, type Binding, type BoundFile } from './scope.js';
import * as S from './syntax.js';

/** Binds a whole file; the parser's nodes carry the result in their slots. */
export function bindFile(source: ts.SourceFile, text: string, isJs: boolean): BoundFile {
  const b = new Binder(source, text, isJs, VISIT);
  b.commonJs = new CommonJs(b);
  enterStatements(b, source.statements, true);
  for (const local of b.fn.locals) local.top = true;
  visitStatements(b, source.statements);
  if (isJs) jsDocTypedefs(b, source.endOfFileToken);
  b.commonJs.finish();
  exportDefaultValue(b);
  exportDefaultType(b);
  for (const type of b.file.types) if (type.scope === 0 && b.exportedTypes.has(type.name)) type.exported = true;
  for (const binding of b.file.bindings) place(binding);
  nameShared(b.file);
  return b.file;
}

/** Decides how each variable is stored, now that all its uses are known. */
function place(v: Binding): void {
  if (v.store !== Store.Direct) return;
  v.shared = v.captured || v.top;
  if (v.single && v.plain) return;
  v.store = v.writtenInside ? Store.Cell : Store.Ssa;
}

/** Shared variables of one function have unlike names: the second `x` is `x#2`. */
function nameShared(file: BoundFile): void {
  for (const fn of file.functions) {
    const seen = new Map<string, number>();
    for (const v of fn.locals) {
      if (!v.shared) continue;
      const n = (seen.get(v.name) ?? 0) + 1;
      seen.set(v.name, n);
      if (n > 1) v.unique = `${v.name}#${n}`;
    }
  }
}

const VISIT: VisitTable = [];

function on<N extends ts.Node>(kind: ts.SyntaxKind, handler: (b: Binder, node: N) => void): void {
  VISIT[kind] = handler as (b: Binder, node: never) => void;
}

const nothing = (): void => undefined;
for (const kind of [S.BREAK, S.CONTINUE, S.META_PROPERTY, S.IMPORT, S.JSX_CLOSING, S.JSX_NAMESPACED]) on(kind, nothing);

on<ts.BinaryExpression>(S.BINARY, (b, node) => {
  bindBinary(b, node, null);
});
for (const kind of [S.PROPERTY_ACCESS, S.ELEMENT_ACCESS, S.CALL, S.NON_NULL, S.TAGGED_TEMPLATE])
  on<ts.Expression>(kind, bindChain);
on<ts.NewExpression>(S.NEW, (b, node) => {
  b.visit(node.expression);
  expectOfArguments(b.file, node);
  b.visitAll(node.arguments);
});
on<ts.PrefixUnaryExpression>(S.PREFIX, bindUpdate);
on<ts.PostfixUnaryExpression>(S.POSTFIX, bindUpdate);
on<ts.ExpressionWithTypeArguments>(S.WITH_TYPE_ARGS, (b, node) => {
  b.visit(node.expression);
});
on<S.FunctionNode>(S.ARROW, bindCallback);
on<S.FunctionNode>(S.FUNCTION_EXPRESSION, bindCallback);
on<ts.FunctionDeclaration>(S.FUNCTION_DECLARATION, (b, node) => {
  if (node.body === undefined) return;
  exportDeclaration(b, node);
  if (node.name !== undefined && S.slotOf(node.name) === 0) b.declare(node.name, 1); // `if (c) function f() {}`
  const name = node.name === undefined ? 'default' : S.nameText(node.name);
  bindFunction(b, node, b.prefix + name, -1, false, null);
});
on<ts.ClassDeclaration>(S.CLASS_DECLARATION, (b, node) => {
  exportDeclaration(b, node);
  bindClass(b, node, S.isDefault(node) ? 'default' : '');
});
on<S.ClassNode>(S.CLASS_EXPRESSION, (b, node) => {
  bindClass(b, node, '');
});
on<ts.ObjectLiteralExpression>(S.OBJECT, (b, node) => {
  bindObject(b, node, b.prefix);
});
on<ts.VariableStatement>(S.VARIABLE_STATEMENT, (b, node) => {
  for (const d of node.declarationList.declarations) exportHere(b, node, S.namesOf(d.name, []));
  if (!S.isDeclare(node)) bindVariables(b, node.declarationList, b.file.isJs ? node : null);
});
on<ts.ExpressionStatement>(S.EXPRESSION_STATEMENT, (b, node) => {
  if (b.commonJs.isPreamble(node.expression)) b.file.requires.add(node);
  else {
    if (b.file.isJs && node.expression.kind === S.BINARY) bindBinary(b, node.expression as ts.BinaryExpression, node);
    else b.visit(node.expression);
    if (b.atTop) b.commonJs.statement(node.expression);
  }
});
on<ts.Block>(S.BLOCK, (b, node) => {
  b.inScope(false, () => {
    enterStatements(b, node.statements, false);
    visitStatements(b, node.statements);
  });
});
on<ts.CatchClause>(S.CATCH, (b, node) => {
  b.inScope(false, () => {
    if (node.variableDeclaration !== undefined) {
      declarePattern(b, node.variableDeclaration.name, 1);
      visitPattern(b, node.variableDeclaration.name);
    }
    b.visit(node.block);
  });
});
on<ts.ForStatement>(S.FOR, (b, node) => {
  b.inScope(false, () => {
    const init = node.initializer;
    if (init?.kind === S.VARIABLE_LIST) {
      declareList(b, init as ts.VariableDeclarationList);
      bindVariables(b, init as ts.VariableDeclarationList, null);
    } else if (init !== undefined) b.visit(init);
    if (node.condition !== undefined) b.visit(node.condition);
    b.visit(node.statement);
    if (node.incrementor !== undefined) b.visit(node.incrementor);
  });
});
function bindForOf(b: Binder, node: ts.ForOfStatement | ts.ForInStatement): void {
  b.inScope(false, () => {
    const init = node.initializer;
    if (init.kind === S.VARIABLE_LIST) {
      declareList(b, init as ts.VariableDeclarationList, 1);
      bindVariables(b, init as ts.VariableDeclarationList, null);
    } else bindTarget(b, init as ts.Expression, null);
    b.visit(node.expression);
    b.visit(node.statement);
  });
}
on<ts.ForOfStatement>(S.FOR_OF, bindForOf);
on<ts.ForInStatement>(S.FOR_IN, bindForOf);
on<ts.SwitchStatement>(S.SWITCH, (b, node) => {
  b.visit(node.expression);
  b.inScope(true, () => {
    for (const clause of node.caseBlock.clauses) enterStatements(b, clause.statements, false);
    for (const clause of node.caseBlock.clauses) {
      if (clause.kind === S.CASE) b.visit((clause as ts.CaseClause).expression);
      visitStatements(b, clause.statements);
    }
  });
});
on<ts.ReturnStatement>(S.RETURN, (b, node) => {
  if (node.expression === undefined) return;
  expectOfResult(b.file, b.fn.node, node.expression);
  b.visit(node.expression);
});
on<ts.LabeledStatement>(S.LABELED, (b, node) => {
  b.visit(node.statement);
});
on<ts.IfStatement>(S.IF, (b, node) => {
  for (let s: ts.IfStatement = node; ; s = s.elseStatement as ts.IfStatement) {
    b.visit(s.expression);
    b.visit(s.thenStatement);
    if (s.elseStatement === undefined) return;
    if (s.elseStatement.kind !== S.IF) {
      b.visit(s.elseStatement);
      return;
    }
  }
});
on<ts.EnumDeclaration>(S.ENUM, bindEnum);
on<ts.ModuleDeclaration>(S.MODULE, bindNamespace);
on<ts.InterfaceDeclaration>(S.INTERFACE, bindType);
on<ts.TypeAliasDeclaration>(S.TYPE_ALIAS, bindType);
on<ts.ImportEqualsDeclaration>(S.IMPORT_EQUALS, (b, node) => {
  exportHere(b, node, [node.name]);
  const root = node.moduleReference.kind === S.EXTERNAL_MODULE ? null : rootName(node.moduleReference);
  if (root !== null) b.reference(root);
});
on<ts.ExportDeclaration>(S.EXPORT, (b, node) => {
  bindExport(b, node);
});
on<ts.ExportAssignment>(S.EXPORT_ASSIGNMENT, (b, node) => {
  if (b.atTop) bindExportAssignment(b, node);
  visitNamed(b, node.expression, node.isExportEquals === true ? 'export=' : 'default', node);
});

function rootName(node: ts.Node): ts.Identifier | null {
  while (node.kind === ts.SyntaxKind.QualifiedName) node = (node as ts.QualifiedName).left;
  return node.kind === S.IDENTIFIER ? (node as ts.Identifier) : null;
}

function bindTag(b: Binder, node: ts.JsxOpeningLikeElement): void {
  const tag = node.tagName;
  if (tag.kind !== S.IDENTIFIER) b.visit(tag);
  else if (!S.isIntrinsicTag(tag as ts.Identifier)) b.reference(tag as ts.Identifier);
  b.visit(node.attributes);
}
on<ts.JsxOpeningElement>(S.JSX_OPENING, bindTag);
on<ts.JsxSelfClosingElement>(S.JSX_SELF_CLOSING, bindTag);
on<ts.JsxAttribute>(S.JSX_ATTRIBUTE, (b, node) => {
  if (node.initializer !== undefined) b.visit(node.initializer);
});
