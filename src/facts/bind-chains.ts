/** Binding of assignments and of chains, which are as long as the author likes: no recursion along them. */
import { ts } from 'ts-morph';
import type { Binder } from './binder.js';
import { visitNamed } from './bind-named.js';
import { expectOfArguments, expectOfTarget } from './expected.js';
import * as S from './syntax.js';

/** An assignment to an existing variable, property or pattern. */
export function bindTarget(b: Binder, target: ts.Expression, value: ts.Expression | null): void {
  const node = S.bare(target);
  switch (node.kind) {
    case S.IDENTIFIER: {
      const binding = b.reference(node as ts.Identifier);
      if (binding !== undefined) b.written(binding);
      return;
    }
    case S.ARRAY:
      if (!b.enter(node)) return;
      for (const el of (node as ts.ArrayLiteralExpression).elements) assignElement(b, el);
      b.leave();
      return;
    case S.OBJECT:
      if (!b.enter(node)) return;
      for (const p of (node as ts.ObjectLiteralExpression).properties) {
        if (p.kind === S.PROPERTY_ASSIGNMENT) {
          const { name, initializer } = p as ts.PropertyAssignment;
          if (name.kind === S.COMPUTED_NAME) b.visit((name as ts.ComputedPropertyName).expression);
          assignElement(b, initializer);
        } else if (p.kind === S.SHORTHAND) {
          const { name, objectAssignmentInitializer } = p as ts.ShorthandPropertyAssignment;
          bindTarget(b, name, null);
          if (objectAssignmentInitializer !== undefined) b.visit(objectAssignmentInitializer);
        } else if (p.kind === S.SPREAD_ASSIGNMENT) bindTarget(b, (p as ts.SpreadAssignment).expression, null);
      }
      b.leave();
      return;
    default:
      b.visit(node);
      b.commonJs.assigned(node, value);
  }
}

function assignElement(b: Binder, node: ts.Expression): void {
  if (node.kind === S.SPREAD) node = (node as ts.SpreadElement).expression;
  if (node.kind === S.OMITTED) return;
  if (node.kind === S.BINARY && (node as ts.BinaryExpression).operatorToken.kind === S.EQUALS) {
    bindTarget(b, (node as ts.BinaryExpression).left, null);
    b.visit((node as ts.BinaryExpression).right);
  } else bindTarget(b, node, null);
}

/** Left-deep chains of operators are as long as the author likes: no recursion on the left. */
export function bindBinary(b: Binder, node: ts.BinaryExpression, doc: ts.Node | null): void {
  const rights: ts.Expression[] = [];
  let first: ts.Expression = node;
  while (first.kind === S.BINARY) {
    const { left, operatorToken, right } = first as ts.BinaryExpression;
    if (operatorToken.kind >= S.FIRST_ASSIGNMENT && operatorToken.kind <= S.LAST_ASSIGNMENT) break;
    rights.push(right);
    first = left;
  }
  if (first.kind === S.BINARY) bindAssignment(b, first as ts.BinaryExpression, doc);
  else b.visit(first);
  for (let i = rights.length - 1; i >= 0; i--) b.visit(rights[i]!);
}

function bindAssignment(b: Binder, node: ts.BinaryExpression, doc: ts.Node | null): void {
  const { left, right, operatorToken } = node;
  bindTarget(b, left, operatorToken.kind === S.EQUALS ? right : null);
  expectOfTarget(b.file, left, right);
  if (S.bare(right).kind === S.OBJECT && b.commonJs.isWhole(left)) {
    b.visit(right); // the methods of a module's object are functions of the module
    return;
  }
  const name = S.dottedName(left);
  visitNamed(b, right, name === null ? '' : name.replace(/^(?:module\.exports|exports|this)\./, ''), doc);
}

/** A chain of calls and accesses, from its first link on. */
export function bindChain(b: Binder, node: ts.Expression): void {
  const links: ts.Expression[] = [];
  let first = node;
  while (S.isLink(first)) {
    links.push(first);
    first = S.linkBase(first);
  }
  b.visit(first);
  for (let i = links.length - 1; i >= 0; i--) {
    const link = links[i]!;
    switch (link.kind) {
      case S.PROPERTY_ACCESS:
        b.commonJs.used(link as ts.PropertyAccessExpression);
        break;
      case S.ELEMENT_ACCESS:
        b.visit((link as ts.ElementAccessExpression).argumentExpression);
        break;
      case S.CALL:
        bindRequest(b, link as ts.CallExpression);
        expectOfArguments(b.file, link as ts.CallExpression);
        b.visitAll((link as ts.CallExpression).arguments);
        break;
      case S.TAGGED_TEMPLATE:
        b.visit((link as ts.TaggedTemplateExpression).template);
        break;
    }
  }
}

/** `import('x')` and `require('x')` with a constant name. */
function bindRequest(b: Binder, node: ts.CallExpression): void {
  const first = node.arguments[0];
  if (node.expression.kind === S.IMPORT_KEYWORD && first !== undefined && S.isStringLike(first))
    S.setSlot(node, b.addImport(first.text, '*', 'dynamic', false, '', node) + 1);
  else {
    const specifier = b.commonJs.requireSpecifier(node);
    if (specifier !== null) S.setSlot(node, b.addImport(specifier, '*', 'require', false, '', node) + 1);
  }
}

export function bindUpdate(b: Binder, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  const { operator, operand } = node;
  if (operator === S.PLUS_PLUS || operator === ts.SyntaxKind.MinusMinusToken) bindTarget(b, operand, null);
  else b.visit(operand);
}
