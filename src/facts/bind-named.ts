/**
 * Functions, classes and what holds them: binding numbers them and names them after what they are assigned to, so that
 * people and fingerprints can tell them apart.
 */
import { ts } from 'ts-morph';
import type { Binder } from './binder.js';
import { declarePattern, enterStatements } from './declare.js';
import { expectOfResult, expectType } from './expected.js';
import type { FunctionKind } from './ir.js';
import { jsDocTypedefs } from './jsdoc.js';
import { Scope, Store, type ClassInfo } from './scope.js';
import * as S from './syntax.js';

export function visitStatements(b: Binder, statements: readonly ts.Statement[]): void {
  for (const s of statements) {
    if (b.file.isJs) jsDocTypedefs(b, s);
    b.visit(s);
  }
}

function functionKind(node: S.FunctionNode): FunctionKind {
  switch (node.kind) {
    case S.ARROW:
      return 'arrow';
    case S.METHOD:
      return 'method';
    case S.CONSTRUCTOR:
      return 'constructor';
    case S.GETTER:
      return 'getter';
    case S.SETTER:
      return 'setter';
    default:
      return 'function';
  }
}

export function bindFunction(
  b: Binder,
  node: S.FunctionNode,
  name: string,
  cls: number,
  isStatic: boolean,
  doc: ts.Node | null,
): void {
  for (const p of node.parameters) if (p.modifiers !== undefined) b.visitDecorators(p);
  const info = b.newFunction(name, functionKind(node), node, cls, isStatic);
  info.doc = doc;
  S.setSlot(node, info.index);
  const outer = b.scope;
  if (node.kind === S.FUNCTION_EXPRESSION && node.name !== undefined) {
    b.scope = new Scope(outer, b.fn);
    const self = b.declare(node.name as ts.Identifier, 1);
    self.store = Store.SelfFunction;
    self.target = info.index;
  }
  b.inFunction(info, () => {
    for (const p of node.parameters) declarePattern(b, p.name, 1);
    for (const p of node.parameters) {
      visitPattern(b, p.name);
      if (p.initializer === undefined) continue;
      expectType(b.file, p.initializer, p.type);
      visitNamed(b, p.initializer, p.name.kind === S.IDENTIFIER ? S.nameText(p.name as ts.Identifier) : '');
    }
    const body = node.body as ts.ConciseBody | undefined;
    if (body === undefined) return;
    if (body.kind === S.BLOCK) {
      enterStatements(b, (body as ts.Block).statements, true);
      visitStatements(b, (body as ts.Block).statements);
    } else {
      expectOfResult(b.file, node, body as ts.Expression);
      b.visit(body);
    }
  });
  b.scope = outer;
}

export function bindCallback(b: Binder, node: S.FunctionNode): void {
  const own = node.name === undefined ? `<callback ${++b.fn.callbacks}>` : S.nameText(node.name as ts.Identifier);
  bindFunction(b, node, b.prefix + own, -1, false, null);
}

/** Visits an initialiser: a function, class or object literal in it takes the name of what it is assigned to. */
export function visitNamed(
  b: Binder,
  node: ts.Expression,
  name: string,
  doc: ts.Node | null = null,
  prefix: string = b.prefix,
): void {
  const value = S.bare(node);
  switch (name === '' ? -1 : value.kind) {
    case S.ARROW:
    case S.FUNCTION_EXPRESSION:
      if (!b.enter(value)) return;
      bindFunction(b, value as S.FunctionNode, prefix + name, -1, false, doc);
      b.leave();
      return;
    case S.CLASS_EXPRESSION:
      if (!b.enter(value)) return;
      bindClass(b, value as S.ClassNode, name);
      b.leave();
      return;
    case S.OBJECT:
      if (!b.enter(value)) return;
      bindObject(b, value as ts.ObjectLiteralExpression, `${prefix}${name}.`);
      b.leave();
      return;
    default:
      b.visit(node);
  }
}

export function bindObject(b: Binder, node: ts.ObjectLiteralExpression, prefix: string): void {
  for (const p of node.properties) {
    const key = (p.name === undefined ? null : S.propertyKey(p.name)) ?? '<computed>';
    if (p.name?.kind === S.COMPUTED_NAME) b.visit((p.name as ts.ComputedPropertyName).expression);
    switch (p.kind) {
      case S.PROPERTY_ASSIGNMENT:
        visitNamed(b, (p as ts.PropertyAssignment).initializer, key, p, prefix);
        break;
      case S.SHORTHAND:
        b.reference((p as ts.ShorthandPropertyAssignment).name);
        break;
      case S.SPREAD_ASSIGNMENT:
        b.visit((p as ts.SpreadAssignment).expression);
        break;
      default:
        bindFunction(b, p as S.FunctionNode, prefix + key, -1, false, null);
    }
  }
}

/** Defaults and computed keys of a binding pattern; its names are declared already. */
export function visitPattern(b: Binder, name: ts.BindingName): void {
  if (name.kind === S.IDENTIFIER || !b.enter(name)) return;
  for (const el of (name as ts.BindingPattern).elements) {
    if (el.kind === S.OMITTED) continue;
    const element = el as ts.BindingElement;
    if (element.propertyName?.kind === S.COMPUTED_NAME) b.visit(element.propertyName.expression);
    visitPattern(b, element.name);
    if (element.initializer !== undefined)
      visitNamed(b, element.initializer, ts.isIdentifier(element.name) ? S.nameText(element.name) : '');
  }
  b.leave();
}

export function bindVariables(b: Binder, list: ts.VariableDeclarationList, doc: ts.Node | null): void {
  for (const d of list.declarations) {
    visitPattern(b, d.name);
    if (d.initializer === undefined || (b.atTop && b.commonJs.declaration(d))) continue;
    expectType(b.file, d.initializer, d.type);
    visitNamed(b, d.initializer, d.name.kind === S.IDENTIFIER ? S.nameText(d.name as ts.Identifier) : '', doc);
  }
}

/* ------------------------------------------------------------ classes */

export function bindClass(b: Binder, node: S.ClassNode, hint: string): void {
  const name = node.name !== undefined ? S.nameText(node.name) : hint === '' ? '<class>' : hint;
  const { file } = b;
  const qualified = b.prefix + name;
  const cls = file.classes.length;
  const info: ClassInfo = {
    index: cls,
    name: qualified,
    node,
    owner: b.fn,
    fieldInit: null,
    staticInit: null,
    extendsVal: -1,
  };
  file.classes.push(info);
  S.setSlot(node, cls + 1);
  const exported = S.isExported(node);
  if (name !== '<class>') file.types.push({ node, name: b.namespace + name, scope: b.fn.index, exported, cls });
  b.visitDecorators(node);
  const outer = b.scope;
  if (node.kind === S.CLASS_EXPRESSION && node.name !== undefined) {
    b.scope = new Scope(outer, b.fn);
    const self = b.declare(node.name, 1);
    self.store = Store.SelfClass;
    self.target = cls;
  }
  const base = S.extendsClause(node);
  if (base !== undefined) b.visit(base.expression);
  for (const m of node.members) {
    if (m.name?.kind === S.COMPUTED_NAME && !S.isInitialised(m))
      b.visit((m.name as ts.ComputedPropertyName).expression);
    b.visitDecorators(m);
    bindMember(b, info, m, qualified);
  }
  b.scope = outer;
}

function bindMember(b: Binder, info: ClassInfo, m: ts.ClassElement, qualified: string): void {
  const isStatic = S.hasModifier(m, S.STATIC);
  switch (m.kind) {
    case S.STATIC_BLOCK: {
      info.staticInit ??= b.newFunction(`${qualified}.<static>`, 'static-init', info.node, info.index, true);
      const { statements } = (m as ts.ClassStaticBlockDeclaration).body;
      b.inFunction(info.staticInit, () => {
        enterStatements(b, statements, true);
        visitStatements(b, statements);
      });
      return;
    }
    case S.PROPERTY_DECLARATION: {
      const { initializer, name } = m as ts.PropertyDeclaration;
      if (initializer === undefined) return;
      const init = isStatic
        ? (info.staticInit ??= b.newFunction(`${qualified}.<static>`, 'static-init', info.node, info.index, true))
        : (info.fieldInit ??= b.newFunction(`${qualified}.<fields>`, 'field-init', info.node, info.index, false));
      const key = S.propertyKey(name) ?? '<computed>';
      b.inFunction(init, () => {
        if (name.kind === S.COMPUTED_NAME) b.visit((name as ts.ComputedPropertyName).expression);
        expectType(b.file, initializer, (m as ts.PropertyDeclaration).type);
        visitNamed(b, initializer, key, m, `${qualified}.`);
      });
      return;
    }
    case S.METHOD:
    case S.CONSTRUCTOR:
    case S.GETTER:
    case S.SETTER: {
      const node = m as S.FunctionNode;
      if (node.body === undefined) return; // overloads and abstract members have no body
      const key = node.kind === S.CONSTRUCTOR ? 'constructor' : (S.propertyKey(m.name!) ?? '<computed>');
      bindFunction(b, node, `${qualified}.${key}`, info.index, isStatic, null);
    }
  }
}
