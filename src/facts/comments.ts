import { ts } from 'ts-morph';
import type { CommentFact, Span } from './ir.js';
import * as S from './syntax.js';

const ADDRESS = 'phitrace-';

/** Comments that address the tool. Most files hold none, and cost one text search. */
export function addressedComments(source: ts.SourceFile, text: string): CommentFact[] {
  if (!text.includes(ADDRESS)) return [];
  return commentSpans(text, literalSpans(source, text)).flatMap(([start, end]): CommentFact[] => {
    const closed = text.startsWith('/*', start) && text.endsWith('*/', end) ? end - 2 : end;
    const inner = text.slice(start + 2, closed).trim();
    return inner.includes(ADDRESS) ? [{ text: inner, span: [start, end] }] : [];
  });
}

/** All comments in order: what looks like the start of one inside of another is none (`// src/*`). */
function commentSpans(text: string, literals: readonly Span[]): Span[] {
  const spans: Span[] = [];
  const opening = /\/[/*]/g;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const start = found.index;
    if (inLiteral(literals, start)) {
      opening.lastIndex = start + 1;
      continue;
    }
    const close = found[0] === '/*' ? text.indexOf('*/', start + 2) : lineEnd(text, start);
    const end = close < 0 ? text.length : found[0] === '/*' ? close + 2 : close;
    spans.push([start, end]);
    opening.lastIndex = end;
  }
  return spans;
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
