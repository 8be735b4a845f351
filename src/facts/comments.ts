import { ts } from 'ts-morph';
import type { CommentFact, Span } from './ir.js';
import * as S from './syntax.js';

const ADDRESS = 'phitrace-';

/** Comments that address the tool. Most files hold none, and cost one text search. */
export function addressedComments(source: ts.SourceFile, text: string): CommentFact[] {
  const found: CommentFact[] = [];
  let at = text.indexOf(ADDRESS);
  if (at < 0) return found;
  const literals = literalSpans(source, text);
  while (at >= 0) {
    const start = commentStart(text, at, literals);
    let end = at + ADDRESS.length;
    if (start >= 0) {
      const isBlock = text.charCodeAt(start + 1) === 42;
      const close = isBlock ? text.indexOf('*/', at) : lineEnd(text, at);
      const inner = close < 0 ? text.length : close;
      end = isBlock && close >= 0 ? close + 2 : inner;
      found.push({ text: text.slice(start + 2, inner).trim(), span: [start, end] });
    }
    at = text.indexOf(ADDRESS, end);
  }
  return found;
}

/** Start of the comment that holds this position, or -1 where it is part of a literal or of code. */
function commentStart(text: string, at: number, literals: readonly Span[]): number {
  if (inLiteral(literals, at)) return -1;
  const open = text.lastIndexOf('/*', at);
  if (open >= 0 && !inLiteral(literals, open)) {
    const close = text.indexOf('*/', open + 2);
    if (close < 0 || close >= at) return open;
  }
  const line = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at)) + 1;
  for (let slash = text.indexOf('//', line); slash >= 0 && slash < at; slash = text.indexOf('//', slash + 1))
    if (!inLiteral(literals, slash)) return slash;
  return -1;
}

function lineEnd(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13 || c === 0x2028 || c === 0x2029) return i;
  }
  return text.length;
}

function inLiteral(literals: readonly Span[], at: number): boolean {
  let low = 0;
  let high = literals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (literals[middle]![1] <= at) low = middle + 1;
    else high = middle;
  }
  return low < literals.length && literals[low]![0] <= at;
}

/** Where slashes are no comments: strings, template text, regular expressions, JSX text; in order of position. */
function literalSpans(source: ts.SourceFile, text: string): Span[] {
  const spans: Span[] = [];
  const stack: ts.Node[] = [source];
  const push = (child: ts.Node): void => {
    stack.push(child);
  };
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (LITERALS.has(node.kind)) spans.push(S.spanOf(text, node));
    else ts.forEachChild(node, push);
  }
  return spans.sort((a, b) => a[0] - b[0]);
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
