/** Types as the code writes them, unresolved. */
import { ts } from 'ts-morph';
import type { TypeMember, TypeRef } from './ir.js';
import * as S from './syntax.js';

const K = ts.SyntaxKind;
const MAX_TYPE_DEPTH = 60;
const UNKNOWN: TypeRef = { k: 'prim', name: 'unknown' };

const PRIMITIVES = new Map<ts.SyntaxKind, TypeRef>(
  (
    [
      [K.StringKeyword, 'string'],
      [K.NumberKeyword, 'number'],
      [K.BooleanKeyword, 'boolean'],
      [K.AnyKeyword, 'any'],
      [K.UnknownKeyword, 'unknown'],
      [K.VoidKeyword, 'void'],
      [K.UndefinedKeyword, 'undefined'],
      [K.NullKeyword, 'null'],
      [K.NeverKeyword, 'never'],
      [K.ObjectKeyword, 'object'],
      [K.BigIntKeyword, 'bigint'],
      [K.SymbolKeyword, 'symbol'],
      [K.JSDocAllType, 'any'],
      [K.JSDocUnknownType, 'unknown'],
    ] as const
  ).map(([kind, name]) => [kind, { k: 'prim', name }]),
);

/** A type annotation, or null if there is none. */
export function typeRefOrNull(text: string, node: ts.TypeNode | undefined): TypeRef | null {
  return node === undefined ? null : typeRef(text, node, 0);
}

export function typeArguments(text: string, nodes: readonly ts.TypeNode[] | undefined): readonly TypeRef[] | null {
  return nodes === undefined ? null : nodes.map((n) => typeRef(text, n, 0));
}

export function typeParameters(nodes: readonly ts.TypeParameterDeclaration[] | undefined): readonly string[] {
  return nodes === undefined ? [] : nodes.map((n) => S.nameText(n.name));
}

/** `T extends Bound`: the bounds by parameter, or undefined if there is none. */
export function typeBounds(
  text: string,
  nodes: readonly ts.TypeParameterDeclaration[] | undefined,
): readonly (TypeRef | null)[] | undefined {
  if (nodes === undefined || !nodes.some((n) => n.constraint !== undefined)) return undefined;
  return nodes.map((n) => typeRefOrNull(text, n.constraint));
}

/** `Base<T>` in `extends` and `implements`. */
export function heritageType(text: string, node: ts.ExpressionWithTypeArguments): TypeRef {
  const base = S.bare(node.expression);
  const name = S.dottedName(base);
  if (name === null) return mixinType(base);
  return reference(text, name, node.typeArguments, 0);
}

/** `extends Mixin(Base)`: the base inside is the best that a type can say. */
function mixinType(node: ts.Expression): TypeRef {
  let depth = 0;
  while (node.kind === S.CALL && depth++ < 20) {
    const first = (node as ts.CallExpression).arguments[0];
    if (first === undefined) break;
    node = first;
  }
  const name = S.dottedName(node);
  return name === null ? UNKNOWN : { k: 'ref', name };
}

function reference(text: string, name: string, args: readonly ts.TypeNode[] | undefined, depth: number): TypeRef {
  if (args === undefined || args.length === 0) return { k: 'ref', name };
  return { k: 'ref', name, args: args.map((a) => typeRef(text, a, depth + 1)) };
}

export function typeRef(text: string, node: ts.TypeNode, depth: number): TypeRef {
  if (depth > MAX_TYPE_DEPTH) return UNKNOWN;
  const inner = (n: ts.TypeNode): TypeRef => typeRef(text, n, depth + 1);
  const primitive = PRIMITIVES.get(node.kind);
  if (primitive !== undefined) return primitive;
  switch (node.kind) {
    case K.TypeReference: {
      const { typeName, typeArguments: args } = node as ts.TypeReferenceNode;
      return reference(text, S.dottedName(typeName) ?? 'unknown', args, depth);
    }
    case K.ExpressionWithTypeArguments:
      return heritageType(text, node as ts.ExpressionWithTypeArguments);
    case K.ImportType: {
      const { argument, qualifier, typeArguments: args, isTypeOf } = node as ts.ImportTypeNode;
      const literal = argument.kind === K.LiteralType ? (argument as ts.LiteralTypeNode).literal : null;
      if (literal === null || !S.isStringLike(literal)) return UNKNOWN;
      const name = qualifier === undefined ? '*' : (S.dottedName(qualifier) ?? '*');
      const spec = literal.text;
      if (isTypeOf) return { k: 'index', obj: { k: 'import', spec, name: '*' }, key: { k: 'lit', value: name } };
      return args === undefined ? { k: 'import', spec, name } : { k: 'import', spec, name, args: args.map(inner) };
    }
    case K.LiteralType:
      return literalType((node as ts.LiteralTypeNode).literal);
    case K.TypeLiteral:
      return objectType(text, (node as ts.TypeLiteralNode).members, depth);
    case K.UnionType:
      return { k: 'union', of: (node as ts.UnionTypeNode).types.map(inner) };
    case K.IntersectionType:
      return { k: 'inter', of: (node as ts.IntersectionTypeNode).types.map(inner) };
    case K.ArrayType:
      return { k: 'array', of: inner((node as ts.ArrayTypeNode).elementType) };
    case K.TupleType:
      return { k: 'tuple', of: (node as ts.TupleTypeNode).elements.map(inner) };
    case K.RestType:
      return inner((node as ts.RestTypeNode).type);
    case K.JSDocVariadicType:
      return { k: 'array', of: inner((node as ts.JSDocVariadicType).type) };
    case K.NamedTupleMember:
    case K.ParenthesizedType:
    case K.OptionalType:
    case K.TypeOperator:
    case K.JSDocTypeExpression:
    case K.JSDocNonNullableType:
    case K.JSDocOptionalType: {
      if (node.kind === K.TypeOperator && (node as ts.TypeOperatorNode).operator === K.KeyOfKeyword)
        return { k: 'keyof', of: inner((node as ts.TypeOperatorNode).type) };
      return inner((node as ts.ParenthesizedTypeNode).type);
    }
    case K.JSDocNullableType:
      return { k: 'union', of: [inner((node as ts.JSDocNullableType).type), { k: 'prim', name: 'null' }] };
    case K.JSDocTypeLiteral:
      return jsDocLiteral(text, node as ts.JSDocTypeLiteral, depth);
    case K.FunctionType:
    case K.ConstructorType:
    case K.JSDocFunctionType:
      return functionType(text, node as ts.FunctionTypeNode, depth);
    case K.TypeQuery:
      return { k: 'typeof', name: S.dottedName((node as ts.TypeQueryNode).exprName) ?? 'unknown' };
    case K.IndexedAccessType: {
      const { objectType: obj, indexType } = node as ts.IndexedAccessTypeNode;
      return { k: 'index', obj: inner(obj), key: inner(indexType) };
    }
    case K.MappedType: {
      const { typeParameter, type } = node as ts.MappedTypeNode;
      const over = typeParameter.constraint === undefined ? UNKNOWN : inner(typeParameter.constraint);
      const value = type === undefined ? UNKNOWN : inner(type);
      return { k: 'mapped', param: S.nameText(typeParameter.name), over, value };
    }
    case K.ConditionalType: {
      const { trueType, falseType } = node as ts.ConditionalTypeNode;
      return { k: 'cond', then: inner(trueType), else: inner(falseType) };
    }
    case K.TypePredicate: {
      const { parameterName, type } = node as ts.TypePredicateNode;
      const param = parameterName.kind === S.IDENTIFIER ? S.nameText(parameterName as ts.Identifier) : 'this';
      return { k: 'guard', param, type: type === undefined ? null : inner(type) };
    }
    case K.ThisType:
      return { k: 'ref', name: 'this' };
    case K.InferType:
      return { k: 'ref', name: S.nameText((node as ts.InferTypeNode).typeParameter.name) };
    case K.TemplateLiteralType:
      return { k: 'prim', name: 'string' };
    default:
      return UNKNOWN;
  }
}

function literalType(node: ts.Node): TypeRef {
  switch (node.kind) {
    case K.NullKeyword:
      return { k: 'prim', name: 'null' };
    case K.TrueKeyword:
      return { k: 'lit', value: true };
    case K.FalseKeyword:
      return { k: 'lit', value: false };
    case S.NUMBER:
      return { k: 'lit', value: Number((node as ts.NumericLiteral).text) };
    case S.PREFIX: {
      const { operand } = node as ts.PrefixUnaryExpression;
      return operand.kind === S.NUMBER ? { k: 'lit', value: -Number((operand as ts.NumericLiteral).text) } : UNKNOWN;
    }
    case S.BIGINT:
      return { k: 'prim', name: 'bigint' };
    default:
      return S.isStringLike(node) ? { k: 'lit', value: node.text } : UNKNOWN;
  }
}

/** Parameter and result types of anything with a signature; `this` is no parameter. */
export function functionType(text: string, node: ts.SignatureDeclaration, depth: number): TypeRef {
  const params: TypeRef[] = [];
  for (const p of node.parameters) {
    // JSDoc's `function(T)` has parameters without names.
    const name = p.name as ts.BindingName | undefined;
    if (name?.kind === S.IDENTIFIER && (name as ts.Identifier).escapedText === 'this') continue;
    params.push(p.type === undefined ? UNKNOWN : typeRef(text, p.type, depth + 1));
  }
  return { k: 'fn', params, ret: node.type === undefined ? UNKNOWN : typeRef(text, node.type, depth + 1) };
}

/**
 * Members of an interface or a type literal. A call signature is the member `()`, a construct signature `new()`; a
 * literal that is nothing but a call signature is a function type.
 */
export function objectType(text: string, nodes: readonly ts.TypeElement[], depth: number): TypeRef {
  const members: TypeMember[] = [];
  let index: TypeRef | null = null;
  for (const m of nodes) {
    const span = S.spanOf(text, m);
    switch (m.kind) {
      case K.PropertySignature: {
        const { type, name, questionToken } = m as ts.PropertySignature;
        const key = S.propertyKey(name);
        if (key === null) break;
        const of = type === undefined ? UNKNOWN : typeRef(text, type, depth + 1);
        members.push({ name: key, type: of, optional: questionToken !== undefined, span });
        break;
      }
      case K.GetAccessor: {
        const { type, name } = m as ts.GetAccessorDeclaration;
        const key = S.propertyKey(name);
        const of = type === undefined ? UNKNOWN : typeRef(text, type, depth + 1);
        if (key !== null) members.push({ name: key, type: of, optional: false, span });
        break;
      }
      case K.MethodSignature:
      case K.CallSignature:
      case K.ConstructSignature: {
        const key =
          m.kind === K.MethodSignature
            ? S.propertyKey((m as ts.MethodSignature).name)
            : m.kind === K.CallSignature
              ? '()'
              : 'new()';
        if (key === null) break;
        const optional = m.questionToken !== undefined;
        members.push({ name: key, type: functionType(text, m as ts.MethodSignature, depth + 1), optional, span });
        break;
      }
      case K.IndexSignature: {
        const { type } = m as ts.IndexSignatureDeclaration;
        index = typeRef(text, type, depth + 1);
        break;
      }
    }
  }
  return { k: 'obj', members, index };
}

/** `@typedef {Object} T` with its `@property` tags. */
export function jsDocLiteral(text: string, node: ts.JSDocTypeLiteral, depth: number): TypeRef {
  const members: TypeMember[] = [];
  for (const tag of node.jsDocPropertyTags ?? []) {
    const { name, typeExpression, isBracketed } = tag as ts.JSDocPropertyTag;
    const dotted = S.dottedName(name) ?? '';
    if (dotted === '') continue;
    const type = typeExpression === undefined ? UNKNOWN : typeRef(text, typeExpression, depth + 1);
    const last = dotted.slice(dotted.lastIndexOf('.') + 1);
    members.push({ name: last, type, optional: isBracketed, span: [tag.pos, tag.end] });
  }
  const of: TypeRef = { k: 'obj', members, index: null };
  return node.isArrayType ? { k: 'array', of } : of;
}
