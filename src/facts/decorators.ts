import { ts } from 'ts-morph';
import type { DecoratorFact } from './ir.js';
import { Store, type BoundFile } from './scope.js';
import * as S from './syntax.js';

const NONE: readonly DecoratorFact[] = [];

/** The decorators of a class, member or parameter, with where their name was imported from. */
export function decoratorsOf(file: BoundFile, node: ts.Node): readonly DecoratorFact[] {
  const { modifiers } = node as { modifiers?: readonly ts.Node[] };
  if (modifiers === undefined) return NONE;
  let found: DecoratorFact[] | null = null;
  for (const m of modifiers) if (m.kind === S.DECORATOR) (found ??= []).push(decorator(file, m as ts.Decorator));
  return found ?? NONE;
}

function decorator(file: BoundFile, node: ts.Decorator): DecoratorFact {
  const value = S.bare(node.expression);
  const call = value.kind === S.CALL ? (value as ts.CallExpression) : null;
  const callee = call === null ? value : call.expression;
  const root = S.rootIdentifier(callee);
  const binding = root === null ? undefined : file.bindings[S.slotOf(root)];
  return {
    name: S.dottedName(callee) ?? '',
    import: binding !== undefined && binding.store === Store.Import ? binding.target : -1,
    args: call === null ? [] : call.arguments.map((a) => (S.isStringLike(a) ? a.text : null)),
    span: S.spanOf(file.text, node),
  };
}
