/** `export` and `import =` in all forms: entries of the file's `exports`. */
import type { ts } from 'ts-morph';
import type { Binder } from './binder.js';
import { Store, type Binding } from './scope.js';
import * as S from './syntax.js';

/** Exports a binding of the module's top scope; an import is exported from where it comes. */
export function exportBinding(b: Binder, name: string, binding: Binding): void {
  if (binding.store === Store.Import) {
    const { specifier, imported } = b.file.imports[binding.target]!;
    b.file.exports.push({ kind: 'from', name, specifier, imported });
  } else b.file.exports.push({ kind: 'local', name, var: binding.unique });
}

/** `export …` before a declaration. */
export function exportNames(b: Binder, names: readonly ts.Identifier[]): void {
  for (const name of names) {
    const text = S.nameText(name);
    const binding = b.scope.own(text);
    if (binding !== undefined) exportBinding(b, text, binding);
  }
}

/** `export { x as y }`, `export … from`, `export *`. */
export function bindExport(b: Binder, node: ts.ExportDeclaration): void {
  const clause = node.exportClause;
  const source = node.moduleSpecifier;
  if (source !== undefined) {
    const specifier = (source as ts.StringLiteral).text;
    if (clause === undefined) {
      b.addImport(specifier, '*', 'reexport', node.isTypeOnly, '', node);
      b.file.exports.push({ kind: 'star', specifier });
    } else if (clause.kind === S.NAMESPACE_EXPORT) {
      b.addImport(specifier, '*', 'reexport', node.isTypeOnly, '', node);
      b.file.exports.push({ kind: 'from', name: (clause as ts.NamespaceExport).name.text, specifier, imported: '*' });
    } else {
      for (const el of (clause as ts.NamedExports).elements) {
        const imported = (el.propertyName ?? el.name).text;
        b.addImport(specifier, imported, 'reexport', node.isTypeOnly || el.isTypeOnly, '', el);
        b.file.exports.push({ kind: 'from', name: el.name.text, specifier, imported });
      }
    }
    return;
  }
  if (clause === undefined || clause.kind === S.NAMESPACE_EXPORT || !b.atTop) return;
  for (const el of (clause as ts.NamedExports).elements) {
    const local = (el.propertyName ?? el.name).text;
    const binding = b.scope.own(local);
    b.exportedTypes.add(local);
    if (binding !== undefined) exportBinding(b, el.name.text, binding);
    else b.file.exports.push({ kind: 'local', name: el.name.text, var: local });
  }
}

/** `export default T` of a name that turned out to be a type: there is no value. */
export function exportDefaultType(b: Binder): void {
  const { file, defaultName } = b;
  if (defaultName === null || !file.types.some((t) => t.scope === 0 && t.name === defaultName)) return;
  const at = file.exports.findIndex((e) => e.kind === 'local' && e.name === 'default');
  file.exports[at] = { kind: 'local', name: 'default', var: defaultName };
  if (file.defaultExport !== null) file.defaultExport.store = Store.None;
  file.defaultExport = null;
}

/** `export default x` exports what `x` is then: a variable that is assigned again is exported as the variable `default`. */
export function exportDefaultValue(b: Binder): void {
  if (b.defaultOf === null || b.defaultOf.binding.single) return;
  b.file.defaultExport = syntheticBinding(b, 'default');
  b.file.exports[b.defaultOf.at] = { kind: 'local', name: 'default', var: 'default' };
}

/** A variable of the module body that no name in the text declares. */
export function syntheticBinding(b: Binder, name: string): Binding {
  const binding = b.newBinding(name, b.file.functions[0]!);
  binding.defs = 1;
  binding.top = true;
  return binding;
}

/**
 * `export default e` and `export = e`. A name is exported itself; anything else becomes the variable `default`
 * (`export=`) of the module body.
 */
export function bindExportAssignment(b: Binder, node: ts.ExportAssignment): void {
  const value = S.unparen(node.expression);
  const named = value.kind === S.IDENTIFIER ? b.scope.find(S.nameText(value as ts.Identifier)) : undefined;
  if (value.kind === S.IDENTIFIER) b.exportedTypes.add(S.nameText(value as ts.Identifier));
  if (node.isExportEquals === true) {
    if (named !== undefined && named.store !== Store.Import) {
      b.file.exports.push({ kind: 'assign', var: named.unique });
    } else {
      b.file.exportEquals = syntheticBinding(b, 'export=');
      b.file.exports.push({ kind: 'assign', var: 'export=' });
    }
    return;
  }
  if (named !== undefined) {
    if (named.store !== Store.Import) b.defaultOf = { binding: named, at: b.file.exports.length };
    exportBinding(b, 'default', named);
  } else {
    b.file.defaultExport = syntheticBinding(b, 'default');
    if (value.kind === S.IDENTIFIER) b.defaultName = S.nameText(value as ts.Identifier);
    b.file.exports.push({ kind: 'local', name: 'default', var: 'default' });
  }
}
