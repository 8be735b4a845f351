/** Statements, by kind of syntax. */
import { ts } from 'ts-morph';
import type { Body } from './body.js';
import { lowerClass } from './classes.js';
import { leaveFunction, lowerBreak, lowerContinue, lowerFinally, lowerTry } from './exceptions.js';
import { NO_VAL } from './ir.js';
import { lowerDo, lowerFor, lowerForOf, lowerSwitch, lowerWhile } from './loops.js';
import { lowerEnum, lowerNamespace } from './namespaces.js';
import { lowerCondition } from './operators.js';
import type { ExportedObject } from './scope.js';
import * as S from './syntax.js';
import { hoistFunction, hoistFunctions, lowerAmbient, lowerVariables } from './variables.js';

const K = ts.SyntaxKind;
const LOWER: ((b: Body, node: never) => void)[] = [];

/** Lowers a statement where the body stands; types and empty statements do nothing. */
export function lowerStatement(b: Body, node: ts.Statement): void {
  const lower = LOWER[node.kind];
  if (lower === undefined || (b.file.cut.size > 0 && b.file.cut.has(node))) return;
  lower(b, node as never);
}

export function lowerStatements(b: Body, nodes: readonly ts.Statement[]): void {
  hoistFunctions(b, nodes);
  lowerFrom(b, nodes, 0);
}

function lowerFrom(b: Body, nodes: readonly ts.Statement[], from: number): void {
  for (let i = from; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (!b.alive) return;
    lowerStatement(b, node);
    const disposed = disposedNames(node);
    if (disposed.length === 0) continue;
    // What `using` declares is disposed of on every way out of the statements that follow.
    const rest = (): void => {
      lowerFrom(b, nodes, i + 1);
    };
    lowerFinally(b, S.spanOf(b.text, node), rest, () => {
      for (const name of disposed) dispose(b, node, name);
    });
    return;
  }
}

/** The variables of a `using` or `await using` declaration, the last one first. */
function disposedNames(node: ts.Statement): readonly ts.Identifier[] {
  if (node.kind !== K.VariableStatement) return [];
  const list = (node as ts.VariableStatement).declarationList;
  if ((list.flags & ts.NodeFlags.Using) !== ts.NodeFlags.Using) return [];
  return list.declarations.flatMap((d) => (ts.isIdentifier(d.name) ? [d.name] : [])).reverse();
}

/** `name[Symbol.dispose]()`. */
function dispose(b: Body, node: ts.Statement, name: ts.Identifier): void {
  const binding = b.file.bindings[S.slotOf(name)]!;
  if (binding.id === 0) return;
  const span = S.spanOf(b.text, node);
  const isAsync =
    ((node as ts.VariableStatement).declarationList.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing;
  const self = b.read(binding, span);
  const f = b.load(self, isAsync ? '@@asyncDispose' : '@@dispose', span);
  const d = b.newVal();
  b.emit({ op: 'call', d, f, self, args: [], kind: 'call', typeArgs: null, span, argSpans: [] });
}

function on<N extends ts.Node>(kind: ts.SyntaxKind, lower: (b: Body, node: N) => void): void {
  LOWER[kind] = lower as (b: Body, node: never) => void;
}

on<ts.VariableStatement>(K.VariableStatement, (b, n) => {
  if (S.isDeclare(n)) lowerAmbient(b, n.declarationList);
  else lowerVariables(b, n.declarationList, b.file.isJs ? n : null);
});
on<ts.ExpressionStatement>(K.ExpressionStatement, (b, n) => {
  const exported = b.file.exportedObjects.get(n.expression);
  if (exported !== undefined) lowerExported(b, exported);
  else if (!b.file.requires.has(n)) b.expr(n.expression);
});
on<ts.Block>(K.Block, (b, n) => {
  b.stmts(n.statements);
});
on<ts.IfStatement>(K.IfStatement, lowerIf);
on<ts.ReturnStatement>(K.ReturnStatement, (b, n) => {
  const value = n.expression === undefined ? NO_VAL : b.expr(n.expression);
  leaveFunction(b, value, S.spanOf(b.text, n));
});
on<ts.ThrowStatement>(K.ThrowStatement, (b, n) => {
  b.end({ t: 'throw', value: b.expr(n.expression), span: S.spanOf(b.text, n) });
});
on<ts.BreakStatement>(K.BreakStatement, lowerBreak);
on<ts.ContinueStatement>(K.ContinueStatement, lowerContinue);
on<ts.WhileStatement>(K.WhileStatement, lowerWhile);
on<ts.DoStatement>(K.DoStatement, lowerDo);
on<ts.ForStatement>(K.ForStatement, lowerFor);
on<ts.ForOfStatement>(K.ForOfStatement, lowerForOf);
on<ts.ForInStatement>(K.ForInStatement, lowerForOf);
on<ts.SwitchStatement>(K.SwitchStatement, lowerSwitch);
on<ts.TryStatement>(K.TryStatement, lowerTry);
on<ts.WithStatement>(K.WithStatement, (b, n) => {
  b.expr(n.expression);
  b.stmt(n.statement);
});
on<ts.LabeledStatement>(K.LabeledStatement, (b, n) => {
  const labels = [...b.labels, S.nameText(n.label)];
  const takes = TAKES_LABELS.has(n.statement.kind);
  b.labels = takes ? labels : [];
  if (takes) b.stmt(n.statement);
  else lowerLabelledBlock(b, labels, n.statement);
  b.labels = [];
});
on<ts.ClassDeclaration>(K.ClassDeclaration, (b, n) => {
  if (S.isDeclare(n) && S.slotOf(n) === 0) return;
  const value = lowerClass(b, n);
  const binding = n.name === undefined ? b.file.defaultExport : b.file.bindings[S.slotOf(n.name)]!;
  if (binding !== null && binding.id > 0) b.define(binding, value, S.spanOf(b.text, n.name ?? n));
});
on<ts.EnumDeclaration>(K.EnumDeclaration, lowerEnum);
on<ts.ModuleDeclaration>(K.ModuleDeclaration, lowerNamespace);
on<ts.ImportEqualsDeclaration>(K.ImportEqualsDeclaration, lowerAlias);
on<ts.ExportAssignment>(K.ExportAssignment, (b, n) => {
  const binding = n.isExportEquals === true ? b.file.exportEquals : b.file.defaultExport;
  if (binding === null) return;
  b.define(binding, b.expr(n.expression), S.spanOf(b.text, n));
});

function lowerExported(b: Body, exported: readonly ExportedObject[]): void {
  for (const { object, members } of exported) {
    const v = b.expr(object);
    const span = S.spanOf(b.text, object);
    for (const { key, binding } of members) b.assign(binding, b.load(v, key, span), span);
  }
}

const TAKES_LABELS: ReadonlySet<ts.SyntaxKind> = new Set([
  K.WhileStatement,
  K.DoStatement,
  K.ForStatement,
  K.ForOfStatement,
  K.ForInStatement,
  K.SwitchStatement,
  K.LabeledStatement,
]);

/** `label: { … break label; … }` */
function lowerLabelledBlock(b: Body, labels: readonly string[], node: ts.Statement): void {
  const exit = b.newBlock();
  b.labels = [];
  b.controls.push({ kind: 'target', labels, breakTo: exit, continueTo: null, unlabelled: false });
  embedded(b, node);
  b.controls.pop();
  b.jump(exit);
  b.start(exit);
}

/** The single statement of a branch; `if (c) function f() {}` is allowed in old code. */
function embedded(b: Body, node: ts.Statement): void {
  if (node.kind === S.FUNCTION_DECLARATION) hoistFunction(b, node as ts.FunctionDeclaration);
  else b.stmt(node);
}

/** Chains of `else if` are as long as the author likes: no recursion. */
function lowerIf(b: Body, node: ts.IfStatement): void {
  const join = b.newBlock();
  for (let rest: ts.Statement = node; ;) {
    const { expression, thenStatement, elseStatement } = rest as ts.IfStatement;
    const then = b.newBlock();
    const otherwise = elseStatement === undefined ? join : b.newBlock();
    lowerCondition(b, expression, then, otherwise);
    b.start(then);
    if (b.alive) embedded(b, thenStatement);
    b.jump(join);
    if (elseStatement === undefined) break;
    b.start(otherwise);
    if (!b.alive) break;
    if (elseStatement.kind === S.IF && !b.file.cut.has(elseStatement)) {
      rest = elseStatement;
      continue;
    }
    embedded(b, elseStatement);
    b.jump(join);
    break;
  }
  b.start(join);
}

/** `import A = B.C` */
function lowerAlias(b: Body, node: ts.ImportEqualsDeclaration): void {
  if (node.moduleReference.kind === S.EXTERNAL_MODULE || node.isTypeOnly) return;
  const names: ts.Identifier[] = [];
  let rest: ts.Node = node.moduleReference;
  while (rest.kind === K.QualifiedName) {
    names.push((rest as ts.QualifiedName).right);
    rest = (rest as ts.QualifiedName).left;
  }
  const span = S.spanOf(b.text, node);
  let value = b.expr(rest as ts.Identifier);
  for (let i = names.length - 1; i >= 0; i--) value = b.load(value, S.nameText(names[i]!), span);
  const binding = b.file.bindings[S.slotOf(node.name)]!;
  if (binding.id > 0) b.define(binding, value, S.spanOf(b.text, node.name));
}
