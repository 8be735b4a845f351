/** JSX: an element is a component's value, or a host element's name, with one object of properties. */
import { ts } from 'ts-morph';
import { lowerIdentifier } from './access.js';
import type { Body } from './body.js';
import { NO_VAL, type Arg, type ObjectPart, type Span, type Val } from './ir.js';
import * as S from './syntax.js';

export function lowerJsxElement(b: Body, node: ts.JsxElement): Val {
  return element(b, node, node.openingElement, node.children);
}

export function lowerJsxSelfClosing(b: Body, node: ts.JsxSelfClosingElement): Val {
  return element(b, node, node, []);
}

/** A fragment is a host element without a name. */
export function lowerJsxFragment(b: Body, node: ts.JsxFragment): Val {
  const parts: ObjectPart[] = [];
  const spans: Span[] = [];
  addChildren(b, node.children, parts, spans);
  return emitElement(b, node, NO_VAL, '', parts, spans);
}

function element(b: Body, node: ts.Node, opening: ts.JsxOpeningLikeElement, children: readonly ts.JsxChild[]): Val {
  const { tagName } = opening;
  let f: Val = NO_VAL;
  let tag: string;
  if (tagName.kind === S.JSX_NAMESPACED) {
    const { namespace, name } = tagName as ts.JsxNamespacedName;
    tag = `${S.nameText(namespace)}:${S.nameText(name)}`;
  } else {
    tag = S.dottedName(tagName) ?? 'this';
    if (tagName.kind !== S.IDENTIFIER) f = b.expr(tagName);
    else if (!S.isIntrinsicTag(tagName as ts.Identifier)) f = lowerIdentifier(b, tagName as ts.Identifier);
  }
  const parts: ObjectPart[] = [];
  const spans: Span[] = [];
  for (const attribute of opening.attributes.properties) {
    parts.push(attributePart(b, attribute));
    spans.push(S.spanOf(b.text, attribute));
  }
  addChildren(b, children, parts, spans);
  return emitElement(b, node, f, tag, parts, spans);
}

function emitElement(
  b: Body,
  node: ts.Node,
  f: Val,
  tag: string,
  parts: readonly ObjectPart[],
  spans: readonly Span[],
): Val {
  const span = S.spanOf(b.text, node);
  const props = b.newVal();
  b.emit({ op: 'object', d: props, parts, span, spans });
  const d = b.newVal();
  b.emit({ op: 'jsx', d, f, tag, props, span });
  return d;
}

function attributePart(b: Body, node: ts.JsxAttributeLike): ObjectPart {
  if (node.kind === S.JSX_SPREAD) return { spread: b.expr((node as ts.JsxSpreadAttribute).expression) };
  const { name, initializer } = node as ts.JsxAttribute;
  const k =
    name.kind === S.IDENTIFIER
      ? S.nameText(name as ts.Identifier)
      : `${S.nameText((name as ts.JsxNamespacedName).namespace)}:${S.nameText((name as ts.JsxNamespacedName).name)}`;
  if (initializer === undefined) return { k, v: b.constant(true, S.spanOf(b.text, node)) };
  if (initializer.kind !== S.JSX_EXPRESSION) return { k, v: b.expr(initializer as ts.Expression) };
  const { expression } = initializer as ts.JsxExpression;
  return { k, v: expression === undefined ? b.undef() : b.expr(expression) };
}

function addChildren(b: Body, children: readonly ts.JsxChild[], parts: ObjectPart[], spans: Span[]): void {
  const values: Arg[] = [];
  for (const child of children) {
    if (child.kind === S.JSX_TEXT) {
      const text = (child as ts.JsxText).text.trim();
      if (text !== '') values.push({ v: b.constant(text, [child.pos, child.end]) });
    } else if (child.kind === S.JSX_EXPRESSION) {
      const { expression, dotDotDotToken } = child as ts.JsxExpression;
      if (expression === undefined) continue;
      const v = b.expr(expression);
      values.push(dotDotDotToken === undefined ? { v } : { v, spread: true });
    } else values.push({ v: b.expr(child as ts.Expression) });
  }
  if (values.length === 0) return;
  const span: Span = [children[0]!.pos, children[children.length - 1]!.end];
  let v = values[0]!.v;
  if (values.length > 1 || values[0]!.spread === true) {
    v = b.newVal();
    b.emit({ op: 'array', d: v, els: values, span });
  }
  parts.push({ k: 'children', v });
  spans.push(span);
}
