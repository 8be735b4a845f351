import { ts } from 'ts-morph';
import { bindFile } from './bind.js';
import { classFacts, classType } from './classes.js';
import { addressedComments } from './comments.js';
import { functionFacts } from './functions.js';
import { FACTS_VERSION, type FileFacts, type Span, type TypeDecl, type TypeRef, type Variant } from './ir.js';
import { directivesOf, parse, syntaxErrors } from './parse.js';
import type { BoundFile, TypeInfo } from './scope.js';
import * as S from './syntax.js';
import { heritageType, jsDocLiteral, objectType, typeParameters, typeRef } from './types.js';

/**
 * Lowers the text of one file to facts. Pure: the same text and variant give the same facts, whatever the file is called
 * and whatever surrounds it. Never throws: what cannot be understood is listed in `skipped` and `syntaxErrors`.
 */
export function lowerFile(text: string, variant: Variant): FileFacts {
  try {
    const source = parse(text, variant);
    const file = bindFile(source, text, variant === 'js' || variant === 'jsx');
    return {
      version: FACTS_VERSION,
      variant,
      lineStarts: source.getLineStarts(),
      length: text.length,
      functions: file.functions.map((info) => functionFacts(file, info)),
      classes: file.classes.map((info) => classFacts(file, info)),
      types: file.types.map((info) => typeDecl(file, info)),
      imports: file.imports,
      exports: file.exports,
      directives: directivesOf(source.statements),
      syntaxErrors: syntaxErrors(source),
      skipped: file.skipped,
      comments: addressedComments(source, text),
    };
  } catch (error) {
    const reason =
      error instanceof RangeError
        ? 'nested too deeply for the parser'
        : `internal error: ${error instanceof Error ? error.message : String(error)}`;
    return nothing(text, variant, reason);
  }
}

/** Facts of a file that could not be read. */
function nothing(text: string, variant: Variant, reason: string): FileFacts {
  const span: Span = [0, text.length];
  const file = bindFile(parse('', variant), '', false);
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return {
    version: FACTS_VERSION,
    variant,
    lineStarts,
    length: text.length,
    functions: file.functions.map((info) => functionFacts(file, info)),
    classes: [],
    types: [],
    imports: [],
    exports: [],
    directives: [],
    syntaxErrors: [],
    skipped: [{ span, reason }],
    comments: [],
  };
}

const NO_TYPES: readonly TypeRef[] = [];
const NO_NAMES: readonly string[] = [];

function typeDecl(file: BoundFile, info: TypeInfo): TypeDecl {
  const { text } = file;
  const { node, name, scope, exported, cls } = info;
  const base = { name, scope, exported, cls, span: S.spanOf(text, node) };
  switch (node.kind) {
    case S.INTERFACE: {
      const { typeParameters: params, heritageClauses, members } = node as ts.InterfaceDeclaration;
      const bases = (heritageClauses ?? []).flatMap((h) => h.types.map((t) => heritageType(text, t)));
      const type = objectType(text, members, 0);
      return { ...base, kind: 'interface', params: typeParameters(params), extends: bases, type };
    }
    case S.TYPE_ALIAS: {
      const { typeParameters: params, type } = node as ts.TypeAliasDeclaration;
      return {
        ...base,
        kind: 'alias',
        params: typeParameters(params),
        extends: NO_TYPES,
        type: typeRef(text, type, 0),
      };
    }
    case S.ENUM:
      return { ...base, kind: 'enum', params: NO_NAMES, extends: NO_TYPES, type: enumType(text, node as never) };
    case S.CLASS_DECLARATION:
    case S.CLASS_EXPRESSION: {
      const extended = S.extendsClause(node as S.ClassNode);
      return {
        ...base,
        kind: 'class',
        params: typeParameters((node as S.ClassNode).typeParameters),
        extends: extended === undefined ? NO_TYPES : [heritageType(text, extended)],
        type: classType(text, node as S.ClassNode),
      };
    }
    default: {
      const { typeExpression } = node as ts.JSDocTypedefTag;
      let type: TypeRef = { k: 'prim', name: 'unknown' };
      if (typeExpression !== undefined)
        type =
          typeExpression.kind === ts.SyntaxKind.JSDocTypeLiteral
            ? jsDocLiteral(text, typeExpression as ts.JSDocTypeLiteral, 0)
            : typeRef(text, typeExpression as ts.TypeNode, 0);
      return { ...base, kind: 'alias', params: NO_NAMES, extends: NO_TYPES, type };
    }
  }
}

function enumType(text: string, node: ts.EnumDeclaration): TypeRef {
  let next: number | null = 0;
  const members = node.members.map((m) => {
    let type: TypeRef = next === null ? { k: 'prim', name: 'unknown' } : { k: 'lit', value: next };
    if (m.initializer === undefined) next = next === null ? null : next + 1;
    else {
      const literal = S.constantKey(m.initializer);
      const isString = S.isStringLike(S.bare(m.initializer));
      const value = literal === null || isString ? NaN : Number(literal);
      next = Number.isNaN(value) ? null : value + 1;
      if (isString) type = { k: 'lit', value: literal! };
      else type = Number.isNaN(value) ? { k: 'prim', name: 'unknown' } : { k: 'lit', value };
    }
    return { name: S.propertyKey(m.name) ?? '', type, optional: false, span: S.spanOf(text, m) };
  });
  return { k: 'obj', members, index: null };
}
