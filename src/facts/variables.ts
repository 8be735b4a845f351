/** Declarations: `const`/`let`/`var`/`using`, hoisted functions. */
import type { ts } from 'ts-morph';
import { global } from './access.js';
import { bindPattern } from './assign.js';
import type { Body } from './body.js';
import { docType } from './jsdoc.js';
import { lowerFunctionValue } from './literals.js';
import { Store } from './scope.js';
import * as S from './syntax.js';
import { typeRefOrNull } from './types.js';

/** Function declarations exist from the start of their scope on. */
export function hoistFunctions(b: Body, statements: readonly ts.Statement[]): void {
  if (!b.alive) return;
  for (const s of statements) if (s.kind === S.FUNCTION_DECLARATION) hoistFunction(b, s as ts.FunctionDeclaration);
}

export function hoistFunction(b: Body, node: ts.FunctionDeclaration): void {
  if (S.slotOf(node) === 0) return;
  const value = lowerFunctionValue(b, node);
  const at = node.name ?? node;
  const binding = node.name === undefined ? b.file.defaultExport : b.file.bindings[S.slotOf(node.name)]!;
  if (binding !== null) b.define(binding, value, S.spanOf(b.text, at));
}

/** `doc` may carry the type in JavaScript. */
export function lowerVariables(b: Body, list: ts.VariableDeclarationList, doc: ts.Node | null): void {
  for (const d of list.declarations) {
    if (b.file.requires.has(d)) continue;
    const type = typeRefOrNull(b.text, d.type) ?? (doc === null ? null : docType(b.text, doc));
    const binding = d.name.kind === S.IDENTIFIER ? b.file.bindings[S.slotOf(d.name)]! : null;
    if (binding !== null && binding.id > 0 && type !== null) binding.type = type;
    if (d.initializer !== undefined) {
      const value = b.typed(b.expr(d.initializer), type, 'annotation', S.spanOf(b.text, d));
      bindPattern(b, d.name, value);
    } else if (binding !== null && (list.flags & BLOCK_SCOPED) !== 0) {
      // Without a value: nobody but this function can tell, unless it stays so.
      if (binding.shared && binding.single) bindPattern(b, d.name, b.undef());
      else if (binding.store === Store.Ssa) b.writeLocal(binding, b.undef());
    }
  }
}

const BLOCK_SCOPED = 7; // let, const, using

/** `declare const x: T`: the global of that name. */
export function lowerAmbient(b: Body, list: ts.VariableDeclarationList): void {
  for (const d of list.declarations) {
    if (d.name.kind !== S.IDENTIFIER) continue;
    const binding = b.file.bindings[S.slotOf(d.name)]!;
    if (binding.id === 0) continue;
    const span = S.spanOf(b.text, d);
    binding.type = typeRefOrNull(b.text, d.type);
    b.define(binding, b.typed(global(b, binding.name, span), binding.type, 'annotation', span), span);
  }
}
