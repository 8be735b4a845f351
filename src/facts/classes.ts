/** Classes: the value of a class where it is evaluated, its facts, and its synthetic initialisers. */
import { ts } from 'ts-morph';
import type { Body } from './body.js';
import { decoratorsOf } from './decorators.js';
import { docType } from './jsdoc.js';
import { NO_VAL, type ClassFacts, type ClassMember, type TypeMember, type TypeRef, type Val } from './ir.js';
import type { BoundFile, ClassInfo } from './scope.js';
import * as S from './syntax.js';
import { functionType, heritageType, typeBounds, typeParameters, typeRefOrNull } from './types.js';

/** Evaluates a class: its base, its decorators' expressions and its computed keys run here. */
export function lowerClass(b: Body, node: S.ClassNode): Val {
  const info = b.file.classes[S.slotOf(node) - 1];
  if (info === undefined) return b.undef();
  lowerDecorators(b, node);
  const decorated: { readonly node: ts.ClassElement; readonly by: readonly Val[] }[] = [];
  const base = S.extendsClause(node);
  if (base !== undefined) info.extendsVal = b.expr(base.expression);
  for (const m of node.members) {
    const by = lowerDecorators(b, m);
    if (by.length > 0 && m.kind === S.METHOD && S.slotOf(m) > 0) decorated.push({ node: m, by });
    if (m.name?.kind === S.COMPUTED_NAME && S.propertyKey(m.name) === null && !S.isInitialised(m))
      b.expr((m.name as ts.ComputedPropertyName).expression);
  }
  const d = b.newVal();
  b.emit({ op: 'class', d, c: info.index, span: S.spanOf(b.text, node) });
  if (b.fn.kind === 'module') for (const m of decorated) decorate(b, info.name, m.node, m.by);
  return d;
}

/** The values of a node's decorators, in the order in which they are written. */
function lowerDecorators(b: Body, node: ts.Node): readonly Val[] {
  const { modifiers } = node as { modifiers?: readonly ts.Node[] };
  if (modifiers === undefined) return NO_VALUES;
  return modifiers.filter((m) => m.kind === S.DECORATOR).map((m) => b.expr((m as ts.Decorator).expression));
}

/** The last one that is written is the first to see the method; each other sees what the one below it made. */
function decorate(b: Body, cls: string, node: ts.ClassElement, by: readonly Val[]): void {
  const name = node.name === undefined ? null : S.propertyKey(node.name);
  if (name === null) return;
  const span = S.spanOf(b.text, node);
  let v = b.newVal();
  b.emit({ op: 'fn', d: v, f: S.slotOf(node), span });
  for (let n = by.length - 1; n >= 0; n--) {
    const d = b.newVal();
    const args = [{ v }, { v: b.constant(name, span) }];
    b.emit({
      op: 'call',
      d,
      f: by[n]!,
      self: NO_VAL,
      args,
      kind: 'decorate',
      typeArgs: null,
      span,
      argSpans: [span, span],
    });
    v = d;
  }
  b.keepMember(cls, name, v, span);
}

const NO_VALUES: readonly Val[] = [];

/** `constructor(private x: T)` stores its parameters on `this`. */
export function storeParameterProperties(b: Body, node: S.FunctionNode, values: readonly Val[]): void {
  let i = 0;
  for (const p of node.parameters) {
    if (S.isThisParameter(p)) continue;
    const v = values[i++]!;
    if (!S.isParameterProperty(p) || p.name.kind !== S.IDENTIFIER) continue;
    b.emit({ op: 'store', b: b.self(), k: S.nameText(p.name as ts.Identifier), v, span: S.spanOf(b.text, p) });
  }
}

/** Runs the instance fields' initialisers (or the static ones and static blocks) in order. */
export function lowerInitialisers(
  b: Body,
  node: S.ClassNode,
  statics: boolean,
  block: (b: Body, statements: readonly ts.Statement[]) => void,
): void {
  for (const m of node.members) {
    if (m.kind === S.STATIC_BLOCK) {
      if (statics) block(b, (m as ts.ClassStaticBlockDeclaration).body.statements);
      continue;
    }
    if (m.kind !== S.PROPERTY_DECLARATION || S.hasModifier(m, S.STATIC) !== statics) continue;
    const { name, initializer, type } = m as ts.PropertyDeclaration;
    if (initializer === undefined) continue;
    const span = S.spanOf(b.text, m);
    const written = typeRefOrNull(b.text, type) ?? (b.file.isJs ? docType(b.text, m) : null);
    const v = b.typed(b.expr(initializer), written, 'annotation', span);
    const key = S.propertyKey(name);
    if (key !== null) b.emit({ op: 'store', b: b.self(), k: key, v, span });
    else {
      const computed = b.expr((name as ts.ComputedPropertyName).expression);
      b.emit({ op: 'storex', b: b.self(), key: computed, v, span });
    }
  }
}

/** The facts of a class, once everything is lowered. */
export function classFacts(file: BoundFile, info: ClassInfo): ClassFacts {
  const { node } = info;
  const { text } = file;
  const base = S.extendsClause(node);
  const implemented = node.heritageClauses?.find((h) => h.token === ts.SyntaxKind.ImplementsKeyword);
  const bounds = typeBounds(text, node.typeParameters);
  let constructorFn = -1;
  for (const m of node.members) if (m.kind === S.CONSTRUCTOR && S.slotOf(m) > 0) constructorFn = S.slotOf(m);
  return {
    name: info.name,
    span: S.spanOf(text, node),
    extends: base === undefined ? null : heritageType(text, base),
    extendsVal: info.extendsVal,
    owner: info.owner.index,
    implements: implemented === undefined ? [] : implemented.types.map((t) => heritageType(text, t)),
    typeParams: typeParameters(node.typeParameters),
    ...(bounds === undefined ? null : { typeBounds: bounds }),
    constructorFn,
    fieldInit: info.fieldInit === null ? NO_VAL : info.fieldInit.index,
    staticInit: info.staticInit === null ? NO_VAL : info.staticInit.index,
    members: classMembers(file, node),
    decorators: decoratorsOf(file, node),
    abstract: S.hasModifier(node, S.ABSTRACT),
  };
}

function classMembers(file: BoundFile, node: S.ClassNode): ClassMember[] {
  const { text } = file;
  const members: ClassMember[] = [];
  for (const m of node.members) {
    if (m.kind === S.CONSTRUCTOR) {
      for (const p of (m as ts.ConstructorDeclaration).parameters)
        if (S.isParameterProperty(p) && p.name.kind === S.IDENTIFIER)
          members.push({
            name: S.nameText(p.name as ts.Identifier),
            kind: 'field',
            isStatic: false,
            fn: -1,
            type: typeRefOrNull(text, p.type),
            decorators: decoratorsOf(file, p),
            span: S.spanOf(text, p),
          });
      continue;
    }
    const kind = MEMBER_KINDS.get(m.kind);
    const name = m.name === undefined ? null : S.propertyKey(m.name);
    if (kind === undefined || name === null) continue;
    const declared = typeRefOrNull(text, (m as ts.PropertyDeclaration).type);
    members.push({
      name,
      kind,
      isStatic: S.hasModifier(m, S.STATIC),
      fn: kind === 'field' || S.slotOf(m) === 0 ? -1 : S.slotOf(m),
      type: kind === 'field' ? (declared ?? (file.isJs ? docType(text, m) : null)) : null,
      decorators: decoratorsOf(file, m),
      span: S.spanOf(text, m),
    });
  }
  return members;
}

const MEMBER_KINDS = new Map<ts.SyntaxKind, ClassMember['kind']>([
  [S.METHOD, 'method'],
  [S.GETTER, 'getter'],
  [S.SETTER, 'setter'],
  [S.PROPERTY_DECLARATION, 'field'],
]);

/** The instance side of a class as a type. */
export function classType(text: string, node: S.ClassNode): TypeRef {
  const members: TypeMember[] = [];
  const unknown: TypeRef = { k: 'prim', name: 'unknown' };
  for (const m of node.members) {
    if (S.hasModifier(m, S.STATIC)) continue;
    const span = S.spanOf(text, m);
    if (m.kind === S.CONSTRUCTOR) {
      for (const p of (m as ts.ConstructorDeclaration).parameters)
        if (S.isParameterProperty(p) && p.name.kind === S.IDENTIFIER) {
          const type = typeRefOrNull(text, p.type) ?? unknown;
          const optional = p.questionToken !== undefined;
          members.push({ name: S.nameText(p.name as ts.Identifier), type, optional, span: S.spanOf(text, p) });
        }
      continue;
    }
    const name = m.name === undefined ? null : S.propertyKey(m.name);
    if (name === null) continue;
    const optional = (m as ts.PropertyDeclaration).questionToken !== undefined;
    if (m.kind === S.METHOD)
      members.push({ name, type: functionType(text, m as ts.MethodDeclaration, 0), optional, span });
    else if (m.kind === S.PROPERTY_DECLARATION || m.kind === S.GETTER)
      members.push({ name, type: typeRefOrNull(text, (m as ts.PropertyDeclaration).type) ?? unknown, optional, span });
  }
  return { k: 'obj', members, index: null };
}
