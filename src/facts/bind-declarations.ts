/** Binding of types, enums and namespaces, and of `export` before a declaration. */
import { ts } from 'ts-morph';
import type { Binder } from './binder.js';
import { visitStatements } from './bind-named.js';
import { declareStatement, hasValues, hoistVariables } from './declare.js';
import { exportNames, syntheticBinding } from './modules.js';
import { Scope } from './scope.js';
import * as S from './syntax.js';

export function bindEnum(b: Binder, node: ts.EnumDeclaration): void {
  const name = b.namespace + S.nameText(node.name);
  b.file.types.push({ node, name, scope: b.fn.index, exported: S.isExported(node), cls: -1 });
  exportHere(b, node, [node.name]);
  b.inScope(false, () => {
    for (const m of node.members) if (m.name.kind === S.IDENTIFIER) b.declare(m.name, 1);
    for (const m of node.members) if (m.initializer !== undefined) b.visit(m.initializer);
  });
}

/**
 * The body of a namespace runs where it stands. What it exports belongs to a scope that all blocks of the name share;
 * the rest is the block's own.
 */
export function bindNamespace(b: Binder, node: ts.ModuleDeclaration): void {
  const { name, body } = node;
  const isGlobal = (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
  const isName = name.kind === S.IDENTIFIER && !isGlobal;
  const runs = isName && !S.isDeclare(node) && hasValues(node);
  if (isName) exportHere(b, node, [name as ts.Identifier]);
  const { namespace, scope } = b;
  if (!isGlobal) b.namespace = isName ? `${namespace}${name.text}.` : `'${name.text}'.`;
  const shared = runs ? memberScope(b, name as ts.Identifier) : new Scope(scope, b.fn);
  const own = new Scope(shared, b.fn);
  b.scope = own;
  if (body?.kind === S.MODULE) {
    b.scope = shared;
    if (runs) declareStatement(b, body as ts.ModuleDeclaration); // `namespace A.B {}`: B is a member of A
    b.visit(body);
  } else if (body?.kind === S.MODULE_BLOCK) {
    const { statements } = body as ts.ModuleBlock;
    if (runs) {
      for (const s of statements) {
        b.scope = S.isExported(s) ? shared : own;
        if (b.hasVar) hoistVariables(b, s, 0);
        declareStatement(b, s);
      }
      b.scope = own;
      visitStatements(b, statements);
    } else for (const s of statements) if (TYPES.has(s.kind)) b.visit(s);
  }
  b.scope = scope;
  b.namespace = namespace;
}

function memberScope(b: Binder, name: ts.Identifier): Scope {
  const binding = b.scope.own(S.nameText(name));
  let found = binding === undefined ? undefined : b.namespaceScopes.get(binding);
  if (found === undefined) {
    found = new Scope(b.scope, b.fn);
    if (binding !== undefined) b.namespaceScopes.set(binding, found);
  }
  return found;
}

/** What counts in a namespace that does not run. */
const TYPES: ReadonlySet<ts.SyntaxKind> = new Set([S.INTERFACE, S.TYPE_ALIAS, S.MODULE, S.ENUM, S.CLASS_DECLARATION]);

export function bindType(b: Binder, node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): void {
  const name = b.namespace + S.nameText(node.name);
  if (S.isDefault(node)) b.file.exports.push({ kind: 'local', name: 'default', var: name });
  b.file.types.push({ node, name, scope: b.fn.index, exported: S.isExported(node), cls: -1 });
}

export function exportHere(b: Binder, node: ts.Node, names: readonly ts.Identifier[]): void {
  if (b.atTop && S.isExported(node)) exportNames(b, names);
}

/** `export default function () {}`, `export default class {}`: named or not. */
export function exportDeclaration(b: Binder, node: ts.FunctionDeclaration | ts.ClassDeclaration): void {
  if (!b.atTop || !S.isExported(node)) return;
  if (!S.isDefault(node)) {
    if (node.name !== undefined) exportNames(b, [node.name]);
    return;
  }
  if (node.name === undefined) b.file.defaultExport = syntheticBinding(b, 'default');
  const variable = node.name === undefined ? 'default' : S.nameText(node.name);
  b.file.exports.push({ kind: 'local', name: 'default', var: variable });
}
