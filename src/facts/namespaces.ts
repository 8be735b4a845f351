/** Enums and namespaces: objects with members. A second one of the same name adds to the first. */
import type { ts } from 'ts-morph';
import { hasValues } from './declare.js';
import type { Body } from './body.js';
import type { ObjectPart, Span, Val } from './ir.js';
import { Store, type Binding } from './scope.js';
import * as S from './syntax.js';

export function lowerEnum(b: Body, node: ts.EnumDeclaration): void {
  const parts: { readonly k: string; readonly v: Val }[] = [];
  const spans: Span[] = [];
  let next: number | null = 0;
  for (const m of node.members) {
    const key = S.propertyKey(m.name);
    if (key === null) continue;
    const span = S.spanOf(b.text, m);
    let v: Val;
    if (m.initializer === undefined) v = next === null ? b.undef() : b.constant(next++, span);
    else {
      v = b.expr(m.initializer);
      const text = S.constantKey(m.initializer);
      const value = text === null || S.isStringLike(S.bare(m.initializer)) ? NaN : Number(text);
      next = Number.isNaN(value) ? null : value + 1;
    }
    if (m.name.kind === S.IDENTIFIER) defineLocal(b, m.name as ts.Identifier, v, span);
    parts.push({ k: key, v });
    spans.push(span);
  }
  defineMerged(b, node.name, parts, spans, S.spanOf(b.text, node));
}

function defineLocal(b: Body, name: ts.Identifier, v: Val, span: Span): void {
  const binding = b.file.bindings[S.slotOf(name)]!;
  if (binding.id > 0) b.define(binding, v, span);
}

/** The object becomes the variable's value, or its members are stored on what the variable holds already. */
function defineMerged(
  b: Body,
  name: ts.Identifier,
  parts: readonly { readonly k: string; readonly v: Val }[],
  spans: readonly Span[],
  span: Span,
): void {
  const binding = b.file.bindings[S.slotOf(name)]!;
  if (binding.id === 0) return;
  const existing = definedValue(binding);
  if (existing >= 0) {
    for (let i = 0; i < parts.length; i++)
      b.emit({ op: 'store', b: existing, k: parts[i]!.k, v: parts[i]!.v, span: spans[i]! });
    return;
  }
  const d = b.newVal();
  b.emit({ op: 'object', d, parts: parts as ObjectPart[], span, spans });
  b.define(binding, d, S.spanOf(b.text, name));
}

function definedValue(binding: Binding): Val {
  return binding.store === Store.Direct ? binding.val : -1;
}

export function lowerNamespace(b: Body, node: ts.ModuleDeclaration): void {
  if (S.isDeclare(node) || node.name.kind !== S.IDENTIFIER || !hasValues(node)) return;
  const { body } = node;
  const parts: { k: string; v: Val }[] = [];
  const spans: Span[] = [];
  const member = (name: ts.Identifier): void => {
    const binding = b.file.bindings[S.slotOf(name)]!;
    if (binding.id === 0) return;
    const span = S.spanOf(b.text, name);
    parts.push({ k: S.nameText(name), v: live(b, binding, span) });
    spans.push(span);
  };
  if (body?.kind === S.MODULE) {
    b.stmt(body as ts.ModuleDeclaration);
    if ((body as ts.ModuleDeclaration).name.kind === S.IDENTIFIER)
      member((body as ts.ModuleDeclaration).name as ts.Identifier);
  } else if (body?.kind === S.MODULE_BLOCK) {
    const { statements } = body as ts.ModuleBlock;
    b.stmts(statements);
    if (!b.alive) return;
    for (const s of statements) for (const name of exportedNames(s)) member(name);
  }
  defineMerged(b, node.name as ts.Identifier, parts, spans, S.spanOf(b.text, node));
}

/** A variable of a namespace is its member, not a copy of what it holds when the namespace is made. */
function live(b: Body, binding: Binding, span: Span): Val {
  if (binding.store !== Store.Cell || b.fn.kind !== 'module') return b.read(binding, span);
  const d = b.newVal();
  b.emit({ op: 'getcap', d, fn: b.fn.index, name: binding.unique, span });
  return d;
}

function exportedNames(s: ts.Statement): readonly ts.Identifier[] {
  if (!S.isExported(s)) return [];
  if (s.kind === S.VARIABLE_STATEMENT) {
    const names: ts.Identifier[] = [];
    for (const d of (s as ts.VariableStatement).declarationList.declarations) S.namesOf(d.name, names);
    return names;
  }
  const { name } = s as ts.FunctionDeclaration;
  const isType = s.kind === S.INTERFACE || s.kind === S.TYPE_ALIAS;
  return isType || name === undefined || name.kind !== S.IDENTIFIER ? [] : [name];
}
