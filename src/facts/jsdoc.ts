/** Types that JavaScript states in JSDoc: `@param {T} x`, `@returns {T}`, `@type {T}`, `@typedef`. */
import { ts } from 'ts-morph';
import type { Binder } from './binder.js';
import type { TypeRef } from './ir.js';
import * as S from './syntax.js';
import { typeRef } from './types.js';

const K = ts.SyntaxKind;

function tagsOf(node: ts.Node | null): readonly ts.JSDocTag[] {
  const docs = (node as { jsDoc?: readonly ts.JSDoc[] } | null)?.jsDoc;
  if (docs === undefined || docs.length === 0) return NO_TAGS;
  return docs[docs.length - 1]!.tags ?? NO_TAGS;
}

const NO_TAGS: readonly ts.JSDocTag[] = [];

/** The comment of a function: its own, or that of the variable or property that holds it. */
export function functionTags(node: ts.Node, holder: ts.Node | null): readonly ts.JSDocTag[] {
  const own = tagsOf(node);
  return own.length > 0 ? own : tagsOf(holder);
}

export function docParameter(
  text: string,
  tags: readonly ts.JSDocTag[],
  name: string,
  position: number,
): { readonly type: TypeRef | null; readonly optional: boolean } {
  let at = 0;
  for (const tag of tags) {
    if (tag.kind !== K.JSDocParameterTag) continue;
    const { name: tagName, typeExpression, isBracketed } = tag as ts.JSDocParameterTag;
    const written = S.dottedName(tagName);
    if (written === name || (name === '' && at === position)) {
      const type = typeExpression === undefined ? null : typeRef(text, typeExpression, 0);
      return { type, optional: isBracketed || typeExpression?.type.kind === K.JSDocOptionalType };
    }
    at++;
  }
  return { type: null, optional: false };
}

export function docReturn(text: string, tags: readonly ts.JSDocTag[]): TypeRef | null {
  for (const tag of tags) {
    const { typeExpression } = tag as ts.JSDocReturnTag;
    if (tag.kind === K.JSDocReturnTag && typeExpression !== undefined) return typeRef(text, typeExpression, 0);
  }
  return null;
}

export function docType(text: string, node: ts.Node | null): TypeRef | null {
  for (const tag of tagsOf(node))
    if (tag.kind === K.JSDocTypeTag) return typeRef(text, (tag as ts.JSDocTypeTag).typeExpression, 0);
  return null;
}

/** `@template T` */
export function docTypeParameters(tags: readonly ts.JSDocTag[]): readonly string[] {
  const names: string[] = [];
  for (const tag of tags)
    if (tag.kind === K.JSDocTemplateTag)
      for (const p of (tag as ts.JSDocTemplateTag).typeParameters) names.push(S.nameText(p.name));
  return names;
}

/** Collects `@typedef` and `@callback` before a statement; JavaScript exports them all. */
export function jsDocTypedefs(b: Binder, node: ts.Node): void {
  const docs = (node as { jsDoc?: readonly ts.JSDoc[] }).jsDoc;
  if (docs === undefined) return;
  for (const doc of docs)
    for (const tag of doc.tags ?? NO_TAGS) {
      if (tag.kind !== K.JSDocTypedefTag && tag.kind !== K.JSDocCallbackTag) continue;
      const name = (tag as ts.JSDocTypedefTag).name;
      if (name === undefined) continue;
      b.file.types.push({ node: tag, name: S.nameText(name), scope: b.fn.index, exported: b.atTop, cls: -1 });
    }
}
