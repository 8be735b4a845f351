import { ts } from 'ts-morph';
import type { Span, Variant } from './ir.js';

const SCRIPT_KIND: Record<Variant, ts.ScriptKind> = {
  ts: ts.ScriptKind.TS,
  tsx: ts.ScriptKind.TSX,
  js: ts.ScriptKind.JSX, // JavaScript may hold JSX whatever its ending
  jsx: ts.ScriptKind.JSX,
};

/** Parses without parent pointers; JSDoc only where it carries the types. May throw RangeError on hostile nesting. */
export function parse(text: string, variant: Variant): ts.SourceFile {
  const typed = variant === 'ts' || variant === 'tsx';
  return ts.createSourceFile(
    `input.${variant}`,
    text,
    {
      languageVersion: ts.ScriptTarget.Latest,
      jsDocParsingMode: typed ? ts.JSDocParsingMode.ParseNone : ts.JSDocParsingMode.ParseAll,
    },
    false,
    SCRIPT_KIND[variant],
  );
}

interface Diagnosed {
  readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[];
}

export function syntaxErrors(file: ts.SourceFile): { readonly span: Span; readonly message: string }[] {
  const found = (file as unknown as Diagnosed).parseDiagnostics ?? [];
  return found.map((d) => ({
    span: [d.start, d.start + d.length] as const,
    message: ts.flattenDiagnosticMessageText(d.messageText, ' '),
  }));
}

/** `'use client'` and other string statements at the top of a file or function body. */
export function directivesOf(statements: readonly ts.Statement[]): readonly string[] {
  let found: string[] | null = null;
  for (const statement of statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) break;
    (found ??= []).push(statement.expression.text);
  }
  return found ?? NONE;
}

const NONE: readonly string[] = [];
