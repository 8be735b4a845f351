/** Assignments, updates and destructuring: everything that writes to something that exists, and binding patterns. */
import { ts } from 'ts-morph';
import { exportsVariable, global } from './access.js';
import type { Body } from './body.js';
import type { Span, Val } from './ir.js';
import { Store, type Binding } from './scope.js';
import * as S from './syntax.js';

/** Something that can be assigned, its base and key evaluated once. */
type Target =
  | { readonly k: 'variable'; readonly v: Binding; readonly span: Span }
  | { readonly k: 'exports'; readonly v: Binding; readonly base: Val; readonly key: string; readonly span: Span }
  | { readonly k: 'property'; readonly base: Val; readonly key: string; readonly span: Span }
  | { readonly k: 'element'; readonly base: Val; readonly key: Val; readonly span: Span }
  | { readonly k: 'nothing' };

function targetOf(b: Body, node: ts.Expression): Target {
  node = S.bare(node);
  const span = S.spanOf(b.text, node);
  if (b.file.cut.has(node)) return { k: 'nothing' };
  switch (node.kind) {
    case S.IDENTIFIER: {
      const slot = S.slotOf(node);
      if (slot > 0) {
        const v = b.file.bindings[slot]!;
        return v.target >= 0 ? { k: 'nothing' } : { k: 'variable', v, span };
      }
      const name = S.nameText(node as ts.Identifier);
      return { k: 'property', base: global(b, 'globalThis', span), key: name, span };
    }
    case S.PROPERTY_ACCESS: {
      const { expression, name } = node as ts.PropertyAccessExpression;
      const key = S.nameText(name as ts.Identifier);
      const v = exportsVariable(b, node as ts.Expression);
      if (v !== null) {
        const whole = exportsVariable(b, expression); // `module.exports.x = …` after `module.exports = f`
        return whole === null ? { k: 'variable', v, span } : { k: 'exports', v, base: b.read(whole, span), key, span };
      }
      return { k: 'property', base: expression.kind === S.SUPER ? b.self() : b.expr(expression), key, span };
    }
    case S.ELEMENT_ACCESS: {
      const { expression, argumentExpression } = node as ts.ElementAccessExpression;
      const base = expression.kind === S.SUPER ? b.self() : b.expr(expression);
      const key = S.constantKey(argumentExpression);
      if (key !== null) return { k: 'property', base, key, span };
      return { k: 'element', base, key: b.expr(argumentExpression), span };
    }
    default:
      b.expr(node);
      return { k: 'nothing' };
  }
}

function readTarget(b: Body, target: Target): Val {
  switch (target.k) {
    case 'variable':
    case 'exports':
      return b.read(target.v, target.span);
    case 'property':
      return b.load(target.base, target.key, target.span);
    case 'element': {
      const d = b.newVal();
      b.emit({ op: 'loadx', d, b: target.base, key: target.key, span: target.span });
      return d;
    }
    case 'nothing':
      return b.undef();
  }
}

function writeTarget(b: Body, target: Target, v: Val): void {
  switch (target.k) {
    case 'variable':
      b.assign(target.v, v, target.span);
      return;
    case 'exports':
      b.assign(target.v, v, target.span);
      b.emit({ op: 'store', b: target.base, k: target.key, v, span: target.span });
      return;
    case 'property':
      b.emit({ op: 'store', b: target.base, k: target.key, v, span: target.span });
      return;
    case 'element':
      b.emit({ op: 'storex', b: target.base, key: target.key, v, span: target.span });
      return;
    case 'nothing':
      return;
  }
}

const LOGICAL = new Map<ts.SyntaxKind, '&&' | '||' | '??'>([
  [S.AND_AND_EQUALS, '&&'],
  [S.BAR_BAR_EQUALS, '||'],
  [S.NULLISH_EQUALS, '??'],
]);

export function lowerAssignment(b: Body, node: ts.BinaryExpression): Val {
  const { left, right, operatorToken } = node;
  const kind = operatorToken.kind;
  const target = S.bare(left);
  if (kind === S.EQUALS) {
    if (target.kind === S.OBJECT || target.kind === S.ARRAY) {
      const value = b.expr(right);
      assignTo(b, target, value);
      return value;
    }
    const to = targetOf(b, target);
    const value = b.expr(right);
    writeTarget(b, to, value);
    keepPrototype(b, target, value);
    return value;
  }
  const to = targetOf(b, target);
  const old = readTarget(b, to);
  const logical = LOGICAL.get(kind);
  if (logical !== undefined) return assignLogical(b, to, old, right, logical);
  const value = b.expr(right);
  const d = b.newVal();
  if (kind === S.PLUS_EQUALS) b.emit({ op: 'concat', d, parts: [old, value], span: S.spanOf(b.text, node) });
  else b.emit({ op: 'op', d, o: (ts.tokenToString(kind) ?? '?=').slice(0, -1), a: old, b: value });
  writeTarget(b, to, d);
  return d;
}

/** `Reader.prototype.read = …` at the top of a module: a method of the class, or constructor function, of that name. */
function keepPrototype(b: Body, target: ts.Expression, v: Val): void {
  if (b.fn.kind !== 'module' || target.kind !== S.PROPERTY_ACCESS) return;
  const { expression, name } = target as ts.PropertyAccessExpression;
  if (expression.kind !== S.PROPERTY_ACCESS) return;
  const { expression: owner, name: prototype } = expression as ts.PropertyAccessExpression;
  if (S.nameText(prototype as ts.Identifier) !== 'prototype' || owner.kind !== S.IDENTIFIER) return;
  const binding = b.file.bindings[S.slotOf(owner)];
  if (S.slotOf(owner) === 0 || binding === undefined || binding.target >= 0) return;
  b.keepMember(binding.name, S.nameText(name as ts.Identifier), v, S.spanOf(b.text, target));
}

/** `a ??= b`: the right side and the write happen on one branch only. */
function assignLogical(b: Body, to: Target, old: Val, right: ts.Expression, o: '&&' | '||' | '??'): Val {
  const write = b.newBlock();
  const join = b.newBlock();
  if (o === '&&') b.branch(old, write, join);
  else if (o === '||') b.branch(old, join, write);
  else b.branch(b.op('==', old, b.constant(null)), write, join);
  b.start(write);
  const value = b.expr(right);
  writeTarget(b, to, value);
  b.jump(join);
  b.start(join);
  return b.phi(join, [old, value]);
}

export function lowerUpdate(b: Body, operand: ts.Expression, operator: ts.SyntaxKind, prefix: boolean): Val {
  const to = targetOf(b, operand);
  const old = readTarget(b, to);
  const d = b.op(operator === S.PLUS_PLUS ? '+' : '-', old, b.constant(1));
  writeTarget(b, to, d);
  return prefix ? d : old;
}

export function lowerDelete(b: Body, node: ts.DeleteExpression): Val {
  const to = targetOf(b, node.expression);
  const span = S.spanOf(b.text, node);
  if (to.k === 'property') b.emit({ op: 'delete', b: to.base, k: to.key, span });
  else if (to.k === 'element') b.emit({ op: 'deletex', b: to.base, key: to.key, span });
  return b.constant(true);
}

/* ------------------------------------------------------------ destructuring */

/** `x = init`: the initialiser runs when the value is undefined. */
export function withDefault(b: Body, value: Val, init: ts.Expression | undefined): Val {
  if (init === undefined) return value;
  const absent = b.newBlock();
  const join = b.newBlock();
  b.branch(b.op('===', value, b.constant(undefined)), absent, join);
  b.start(absent);
  const initial = b.expr(init);
  b.jump(join);
  b.start(join);
  return b.phi(join, [value, initial]);
}

/** One step into an object; notes the key for a later rest element. */
function step(b: Body, base: Val, name: ts.PropertyName | ts.BindingName, span: Span, taken: string[]): Val {
  const key = S.propertyKey(name);
  taken.push(key ?? '*');
  if (key !== null) return b.load(base, key, span);
  const computed = b.expr((name as ts.ComputedPropertyName).expression);
  const d = b.newVal();
  b.emit({ op: 'loadx', d, b: base, key: computed, span });
  return d;
}

function restOf(b: Body, v: Val, minus: readonly string[], span: Span): Val {
  const d = b.newVal();
  b.emit({ op: 'rest', d, v, minus, span });
  return d;
}

function sliceOf(b: Body, v: Val, from: number, span: Span): Val {
  const d = b.newVal();
  b.emit({ op: 'slice', d, v, from, span });
  return d;
}

/** Declares the variables of a name or pattern, taking them out of a value. */
export function bindPattern(b: Body, name: ts.BindingName, value: Val): void {
  if (name.kind === S.IDENTIFIER) {
    const v = b.file.bindings[S.slotOf(name)]!;
    if (v.id > 0 && v.store !== Store.Import) b.define(v, value, S.spanOf(b.text, name));
    return;
  }
  if (b.file.cut.has(name)) {
    b.file.cut.add(name);
    return;
  }
  const { elements } = name as ts.BindingPattern;
  const taken: string[] = [];
  for (let i = 0; i < elements.length; i++) {
    if (elements[i]!.kind === S.OMITTED) continue;
    const el = elements[i] as ts.BindingElement;
    const span = S.spanOf(b.text, el);
    let part: Val;
    if (name.kind === S.OBJECT_PATTERN)
      part =
        el.dotDotDotToken !== undefined
          ? restOf(b, value, taken, span)
          : step(b, value, el.propertyName ?? el.name, span, taken);
    else part = el.dotDotDotToken !== undefined ? sliceOf(b, value, i, span) : b.load(value, String(i), span);
    bindPattern(b, el.name, withDefault(b, part, el.initializer));
  }
}

/** Assigns a value to a name, a property, or a destructuring pattern of them. */
export function assignTo(b: Body, node: ts.Expression, value: Val): void {
  node = S.bare(node);
  if (b.file.cut.has(node)) return;
  if (node.kind === S.ARRAY) {
    const { elements } = node as ts.ArrayLiteralExpression;
    for (let i = 0; i < elements.length; i++) {
      const el = elements[i]!;
      const span = S.spanOf(b.text, el);
      if (el.kind === S.OMITTED) continue;
      if (el.kind === S.SPREAD) assignTo(b, (el as ts.SpreadElement).expression, sliceOf(b, value, i, span));
      else assignElement(b, el, b.load(value, String(i), span));
    }
    return;
  }
  if (node.kind === S.OBJECT) {
    const taken: string[] = [];
    for (const p of (node as ts.ObjectLiteralExpression).properties) {
      const span = S.spanOf(b.text, p);
      if (p.kind === S.SPREAD_ASSIGNMENT)
        assignTo(b, (p as ts.SpreadAssignment).expression, restOf(b, value, taken, span));
      else if (p.kind === S.SHORTHAND) {
        const { name, objectAssignmentInitializer } = p as ts.ShorthandPropertyAssignment;
        const part = step(b, value, name, span, taken);
        writeTarget(b, targetOf(b, name), withDefault(b, part, objectAssignmentInitializer));
      } else if (p.kind === S.PROPERTY_ASSIGNMENT) {
        const { name, initializer } = p as ts.PropertyAssignment;
        assignElement(b, initializer, step(b, value, name, span, taken));
      }
    }
    return;
  }
  writeTarget(b, targetOf(b, node), value);
}

function assignElement(b: Body, node: ts.Expression, value: Val): void {
  if (node.kind === S.BINARY && (node as ts.BinaryExpression).operatorToken.kind === S.EQUALS) {
    const { left, right } = node as ts.BinaryExpression;
    assignTo(b, left, withDefault(b, value, right));
  } else assignTo(b, node, value);
}
