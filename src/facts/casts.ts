/** What stands around an expression without changing what runs, and what it says of the value: casts and parentheses. */
import type { ts } from 'ts-morph';
import type { Body } from './body.js';
import type { Val } from './ir.js';
import { docType } from './jsdoc.js';
import * as S from './syntax.js';
import { typeRefOrNull } from './types.js';

export type Wrapper =
  ts.ParenthesizedExpression | ts.NonNullExpression | ts.AsExpression | ts.TypeAssertion | ts.SatisfiesExpression;

/** The value of what is inside, as the cast around it says; in JavaScript a comment before a parenthesis is one. */
export function wrapped(b: Body, node: Wrapper, value: Val): Val {
  const span = S.spanOf(b.text, node);
  if (node.kind === S.NON_NULL) return value;
  if (node.kind === S.PAREN) return b.file.isJs ? b.typed(value, docType(b.text, node), 'as', span) : value;
  const { type: written } = node as ts.AsExpression;
  const type = typeRefOrNull(b.text, written);
  // `as const` says nothing about the value's type that the value does not.
  if (type?.k === 'ref' && type.name === 'const') return value;
  return b.typed(value, type, node.kind === S.SATISFIES ? 'satisfies' : 'as', span);
}

/** The same for all that stands around `inner`, from the inside out. */
export function wrappedUpTo(b: Body, outer: ts.Expression, inner: ts.Expression, value: Val): Val {
  const around: Wrapper[] = [];
  for (let node = outer; node !== inner; node = (node as Wrapper).expression) around.push(node as Wrapper);
  return around.reduceRight((v, node) => wrapped(b, node, v), value);
}
