import { ts } from 'ts-morph';
import type { CommentFact } from './ir.js';
import * as S from './syntax.js';

const ADDRESS = 'phitrace-';

/** Comments that address the tool. Most files hold none, and cost one text search. */
export function addressedComments(source: ts.SourceFile, text: string): CommentFact[] {
  const found: CommentFact[] = [];
  let from = 0;
  for (let at = text.indexOf(ADDRESS); at >= 0; at = text.indexOf(ADDRESS, from)) {
    from = at + ADDRESS.length;
    const start = commentStart(source, text, at);
    if (start < 0) continue;
    const block = text.charCodeAt(start + 1) === 42;
    let end = block ? text.indexOf('*/', at) : text.slice(at).search(/[\r\n\u2028\u2029]/);
    if (block) end = end < 0 ? text.length : end + 2;
    else end = end < 0 ? text.length : at + end;
    const body = text.slice(start + 2, block ? Math.max(start + 2, end - 2) : end);
    found.push({ text: body.trim(), span: [start, end] });
    from = end;
  }
  return found;
}

/** Start of the comment that holds this position, or -1 where it is part of a literal or of code. */
function commentStart(source: ts.SourceFile, text: string, at: number): number {
  if (inLiteral(source, text, at)) return -1;
  const open = text.lastIndexOf('/*', at);
  if (open >= 0 && text.indexOf('*/', open + 2) >= at && !inLiteral(source, text, open)) return open;
  const line = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at)) + 1;
  for (let slash = text.indexOf('//', line); slash >= 0 && slash < at; slash = text.indexOf('//', slash + 1))
    if (!inLiteral(source, text, slash)) return slash;
  return -1;
}

/** Whether a position lies in a string, template text, regular expression or JSX text. */
function inLiteral(source: ts.SourceFile, text: string, at: number): boolean {
  let node: ts.Node | undefined = source;
  while (node !== undefined) {
    const parent: ts.Node = node;
    node = ts.forEachChild(parent, (child) => (child.pos <= at && at < child.end ? child : undefined));
    if (node === undefined) return LITERALS.has(parent.kind) && S.startOf(text, parent) <= at;
  }
  return false;
}

const K = ts.SyntaxKind;
const LITERALS: ReadonlySet<ts.SyntaxKind> = new Set([
  K.StringLiteral,
  K.NoSubstitutionTemplateLiteral,
  K.TemplateHead,
  K.TemplateMiddle,
  K.TemplateTail,
  K.RegularExpressionLiteral,
  K.JsxText,
]);
