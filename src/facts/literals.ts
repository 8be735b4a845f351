/** Object and array literals, regular expressions. */
import type { ts } from 'ts-morph';
import { lowerElement, lowerIdentifier } from './access.js';
import type { Body } from './body.js';
import type { ObjectPart, Span, Val } from './ir.js';
import * as S from './syntax.js';

export function lowerFunctionValue(b: Body, node: S.FunctionNode): Val {
  const d = b.newVal();
  b.emit({ op: 'fn', d, f: S.slotOf(node), span: S.spanOf(b.text, node) });
  return d;
}

export function lowerObject(b: Body, node: ts.ObjectLiteralExpression): Val {
  const parts: ObjectPart[] = [];
  const spans: Span[] = [];
  for (const p of node.properties) {
    const part = objectPart(b, p);
    if (part === null) continue;
    parts.push(part);
    spans.push(S.spanOf(b.text, p));
  }
  const d = b.newVal();
  b.emit({ op: 'object', d, parts, span: S.spanOf(b.text, node), spans });
  return d;
}

function objectPart(b: Body, p: ts.ObjectLiteralElementLike): ObjectPart | null {
  if (p.kind === S.SPREAD_ASSIGNMENT) return { spread: b.expr((p as ts.SpreadAssignment).expression) };
  if (p.kind === S.SHORTHAND) {
    const { name } = p as ts.ShorthandPropertyAssignment;
    return { k: S.nameText(name), v: lowerIdentifier(b, name) };
  }
  const name = p.name as ts.PropertyName;
  const key = S.propertyKey(name);
  const computed = key === null ? b.expr((name as ts.ComputedPropertyName).expression) : -1;
  if (p.kind === S.GETTER || p.kind === S.SETTER) {
    if (key === null || S.slotOf(p) === 0) return null;
    return p.kind === S.GETTER ? { k: key, get: S.slotOf(p) } : { k: key, set: S.slotOf(p) };
  }
  const v =
    p.kind === S.PROPERTY_ASSIGNMENT
      ? b.expr((p as ts.PropertyAssignment).initializer)
      : S.slotOf(p) > 0
        ? lowerFunctionValue(b, p as S.FunctionNode)
        : b.undef();
  return key === null ? { kx: computed, v } : { k: key, v };
}

export function lowerArray(b: Body, node: ts.ArrayLiteralExpression): Val {
  const els = node.elements.map((el) => lowerElement(b, el));
  const d = b.newVal();
  b.emit({ op: 'array', d, els, span: S.spanOf(b.text, node) });
  return d;
}

/** A regular expression keeps its slashes and flags. */
export function lowerRegExp(b: Body, node: ts.RegularExpressionLiteral): Val {
  const d = b.newVal();
  b.emit({ op: 'const', d, v: { re: node.text }, span: S.spanOf(b.text, node) });
  return d;
}
