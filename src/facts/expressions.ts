/** The value of an expression, by kind of syntax. */
import { ts } from 'ts-morph';
import { global, lowerChain, lowerIdentifier, lowerNew } from './access.js';
import { lowerDelete, lowerUpdate } from './assign.js';
import type { Body } from './body.js';
import { wrapped, type Wrapper } from './casts.js';
import { lowerClass } from './classes.js';
import { NO_VAL, type Val } from './ir.js';
import { lowerJsxElement, lowerJsxFragment, lowerJsxSelfClosing } from './jsx.js';
import { lowerArray, lowerFunctionValue, lowerObject, lowerRegExp } from './literals.js';
import { lowerBinary, lowerConditional, lowerPrefix, lowerTemplate } from './operators.js';
import * as S from './syntax.js';

const K = ts.SyntaxKind;
const LOWER: ((b: Body, node: never) => Val)[] = [];

/** Lowers an expression where the body stands. What was nested too deeply is an unknown value. */
export function lowerExpression(b: Body, node: ts.Expression): Val {
  const { cut } = b.file;
  if (cut.size > 0 && cut.has(node)) return b.constant(undefined);
  const lower = LOWER[node.kind];
  return lower === undefined ? b.constant(undefined) : lower(b, node as never);
}

function on<N extends ts.Node>(kind: ts.SyntaxKind, lower: (b: Body, node: N) => Val): void {
  LOWER[kind] = lower as (b: Body, node: never) => Val;
}

on<ts.Identifier>(K.Identifier, lowerIdentifier);
for (const kind of [S.PROPERTY_ACCESS, S.ELEMENT_ACCESS, S.CALL, S.NON_NULL, S.TAGGED_TEMPLATE])
  on<ts.Expression>(kind, lowerChain);
on<ts.StringLiteral>(K.StringLiteral, (b, n) => b.constant(n.text, S.spanOf(b.text, n)));
on<ts.StringLiteral>(K.NoSubstitutionTemplateLiteral, (b, n) => b.constant(n.text, S.spanOf(b.text, n)));
on<ts.NumericLiteral>(K.NumericLiteral, (b, n) => {
  const span = S.spanOf(b.text, n);
  const value = Number(n.text);
  return Number.isFinite(value) ? b.constant(value, span) : global(b, 'Infinity', span); // JSON has no Infinity
});
on<ts.BigIntLiteral>(K.BigIntLiteral, (b, n) => b.constant(n.text, S.spanOf(b.text, n)));
on<ts.RegularExpressionLiteral>(K.RegularExpressionLiteral, lowerRegExp);
on<ts.Expression>(K.TrueKeyword, (b, n) => b.constant(true, S.spanOf(b.text, n)));
on<ts.Expression>(K.FalseKeyword, (b, n) => b.constant(false, S.spanOf(b.text, n)));
on<ts.Expression>(K.NullKeyword, (b, n) => b.constant(null, S.spanOf(b.text, n)));
on<ts.TemplateExpression>(K.TemplateExpression, lowerTemplate);
on<ts.ThisExpression>(K.ThisKeyword, (b) => b.self());
for (const kind of [S.PAREN, S.AS, S.TYPE_ASSERTION, S.SATISFIES])
  on<Wrapper>(kind, (b, n) => wrapped(b, n, b.expr(n.expression)));
on<ts.ExpressionWithTypeArguments>(K.ExpressionWithTypeArguments, (b, n) => b.expr(n.expression));
on<ts.BinaryExpression>(K.BinaryExpression, lowerBinary);
on<ts.ConditionalExpression>(K.ConditionalExpression, lowerConditional);
on<ts.PrefixUnaryExpression>(K.PrefixUnaryExpression, (b, n) =>
  n.operator === K.PlusPlusToken || n.operator === K.MinusMinusToken
    ? lowerUpdate(b, n.operand, n.operator, true)
    : lowerPrefix(b, n),
);
on<ts.PostfixUnaryExpression>(K.PostfixUnaryExpression, (b, n) => lowerUpdate(b, n.operand, n.operator, false));
on<ts.TypeOfExpression>(K.TypeOfExpression, (b, n) => b.op('typeof', b.expr(n.expression), NO_VAL));
on<ts.VoidExpression>(K.VoidExpression, (b, n) => {
  if (n.expression.kind !== S.NUMBER) return b.op('void', b.expr(n.expression), NO_VAL);
  return b.constant(undefined, S.spanOf(b.text, n));
});
on<ts.DeleteExpression>(K.DeleteExpression, lowerDelete);
on<ts.NewExpression>(K.NewExpression, lowerNew);
on<ts.ObjectLiteralExpression>(K.ObjectLiteralExpression, lowerObject);
on<ts.ArrayLiteralExpression>(K.ArrayLiteralExpression, lowerArray);
on<S.FunctionNode>(K.ArrowFunction, lowerFunctionValue);
on<S.FunctionNode>(K.FunctionExpression, lowerFunctionValue);
on<S.ClassNode>(K.ClassExpression, lowerClass);
on<ts.AwaitExpression>(K.AwaitExpression, (b, n) => {
  const v = b.expr(n.expression);
  const d = b.newVal();
  b.emit({ op: 'await', d, v, span: S.spanOf(b.text, n) });
  return d;
});
on<ts.YieldExpression>(K.YieldExpression, (b, n) => {
  const v = n.expression === undefined ? b.undef() : b.expr(n.expression);
  const d = b.newVal();
  b.emit({ op: 'yield', d, v, star: n.asteriskToken !== undefined, span: S.spanOf(b.text, n) });
  return d;
});
on<ts.MetaProperty>(K.MetaProperty, (b, n) => {
  const span = S.spanOf(b.text, n);
  return global(b, n.keywordToken === K.NewKeyword ? 'new.target' : 'import.meta', span);
});
on<ts.JsxElement>(K.JsxElement, lowerJsxElement);
on<ts.JsxSelfClosingElement>(K.JsxSelfClosingElement, lowerJsxSelfClosing);
on<ts.JsxFragment>(K.JsxFragment, lowerJsxFragment);
on<ts.JsxExpression>(K.JsxExpression, (b, n) => (n.expression === undefined ? b.undef() : b.expr(n.expression)));
