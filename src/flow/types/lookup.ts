/**
 * What a written name refers to: scopes outward, then imports (through barrels, renames and namespaces), then the
 * declarations that are global.
 */
import type { TypeDecl } from '../../facts/ir.js';
import type { Resolution } from '../../workspace/types.js';
import type { TypeDeps } from './deps.js';
import { indexOf, type FileIndex } from './file-index.js';
import { isLibraryGlobal } from './library-globals.js';

/** Whether a name is meant as a type or as a value: `const Patient = z.object(…)` and `type Patient` live side by side. */
export type Want = 'type' | 'value';

export type Entity =
  | { readonly e: 'types'; readonly file: string; readonly decls: readonly TypeDecl[] }
  /** All exports of a file of the code base. */
  | { readonly e: 'module'; readonly file: string }
  /** An export of a package; an empty path is the package as a namespace. */
  | {
      readonly e: 'package';
      readonly name: string;
      readonly specifier: string;
      readonly path: readonly string[];
      /** Name it has in the importing file. */
      readonly local: string;
    }
  | {
      readonly e: 'value';
      readonly file: string;
      readonly fn: number;
      readonly name: string;
      readonly path: readonly string[];
    }
  /** A type parameter of a function or class around. */
  | { readonly e: 'param' }
  | { readonly e: 'global'; readonly path: readonly string[] };

/** Longer chains of re-exports are hostile. */
const LONGEST_CHAIN = 60;

export class Lookup {
  private readonly exports = new Map<string, Entity | null>();
  private globals: Map<string, { file: string; decls: readonly TypeDecl[] }> | null = null;
  private ambient: Map<string, { file: string; decls: readonly TypeDecl[] }[]> | null = null;

  constructor(private readonly deps: TypeDeps) {}

  index(file: string): FileIndex | null {
    const facts = this.deps.file(file);
    return facts === null ? null : indexOf(facts);
  }

  /** A dotted name as it stands in a function of a file, in a namespace. */
  find(file: string, fn: number, ns: string, dotted: string, want: Want): Entity {
    const path = dotted.split('.');
    const index = this.index(file);
    if (index !== null) {
      const near = this.inScopes(index, file, fn, ns, path, want) ?? this.inImports(index, file, path, want);
      if (near !== null) return near;
    }
    return this.inGlobals(path, want, index);
  }

  private inScopes(
    index: FileIndex,
    file: string,
    fn: number,
    ns: string,
    path: readonly string[],
    want: Want,
  ): Entity | null {
    const { functions, classes } = index.facts;
    const seen = new Set<number>();
    for (let at = fn; at >= 0 && !seen.has(at); at = functions[at]?.parent ?? -1) {
      seen.add(at);
      const found = this.inScope(index, file, at, ns, path, want);
      if (found !== null) return found;
      const cls = classes[functions[at]?.cls ?? -1];
      if (path.length > 1) continue;
      if (functions[at]?.typeParams.includes(path[0]!) || cls?.typeParams.includes(path[0]!)) return { e: 'param' };
    }
    return seen.has(0) ? null : this.inScope(index, file, 0, ns, path, want);
  }

  private inScope(
    index: FileIndex,
    file: string,
    scope: number,
    ns: string,
    path: readonly string[],
    want: Want,
  ): Entity | null {
    const dotted = path.join('.');
    for (let prefix = ns; ; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.')))) {
      const found = declared(index, file, scope, prefix === '' ? dotted : `${prefix}.${dotted}`, want);
      if (found !== null) return found;
      if (prefix === '') break;
    }
    if (want === 'value' || path.length === 1) {
      const variable = index.variable(scope, path[0]!);
      if (variable !== null) return { e: 'value', file, fn: scope, name: path[0]!, path: path.slice(1) };
    }
    return null;
  }

  private inImports(index: FileIndex, file: string, path: readonly string[], want: Want): Entity | null {
    const fact = index.imported(path[0]!);
    if (fact === null) return null;
    const entity = this.imported(file, fact.specifier, fact.imported, want, 0, path[0]!);
    // `const x = require('y')` is the default export where there is one, else the namespace.
    const whole = entity?.e === 'module' && fact.how === 'require' ? this.wholeOf(entity.file, want) : null;
    return entity === null ? null : this.descend(whole ?? entity, path.slice(1), want, 0);
  }

  private wholeOf(file: string, want: Want): Entity | null {
    return this.index(file)?.whole == null ? null : this.exported(file, 'default', want, 1);
  }

  /** `import('specifier').a.b` */
  importedPath(from: string, specifier: string, path: readonly string[], want: Want): Entity | null {
    const entity = this.imported(from, specifier, '*', want);
    return entity && this.descend(entity, path, want, 0);
  }

  /** What `import { imported } from 'specifier'` in a file means. */
  imported(from: string, specifier: string, imported: string, want: Want, hops = 0, local = ''): Entity | null {
    const to: Resolution = this.deps.resolveImport(from, specifier);
    const path = imported === '*' || imported === '' ? [] : [imported];
    switch (to.kind) {
      case 'file':
        return path.length === 0 ? { e: 'module', file: to.path } : this.exported(to.path, imported, want, hops + 1);
      case 'package':
        return { e: 'package', name: to.name, specifier: to.specifier, path, local };
      case 'builtin':
        return { e: 'package', name: to.name, specifier: to.name, path, local };
      case 'missing':
        return /^[./]/.test(specifier) && !/prisma/i.test(specifier)
          ? null
          : { e: 'package', name: to.specifier, specifier: to.specifier, path, local };
      case 'asset':
        return null;
    }
  }

  /** An export of a file, followed to where it is declared. Circular re-exports find nothing. */
  exported(file: string, name: string, want: Want, hops = 0, open: Set<string> = new Set()): Entity | null {
    const key = `${want} ${name} ${file}`;
    const known = this.exports.get(key);
    if (known !== undefined) return known;
    if (open.has(key) || hops > LONGEST_CHAIN) return null;
    const outermost = open.size === 0;
    open.add(key);
    const found = this.findExport(file, name, want, hops, open);
    open.delete(key);
    // What was found below an open cycle may be incomplete; only finished answers are kept.
    if (outermost || (found !== null && found.e !== 'package')) this.exports.set(key, found);
    return found;
  }

  private findExport(file: string, name: string, want: Want, hops: number, open: Set<string>): Entity | null {
    const index = this.index(file);
    if (index === null) return null;
    const fact = index.exported(name);
    if (fact?.kind === 'local') {
      const found = declared(index, file, 0, fact.var, want) ?? this.local(index, file, fact.var, want);
      if (found !== null) return found;
    } else if (fact?.kind === 'from') {
      const to = this.deps.resolveImport(file, fact.specifier);
      if (to.kind === 'file' && fact.imported !== '*') {
        return this.exported(to.path, fact.imported, want, hops + 1, open);
      }
      return this.imported(file, fact.specifier, fact.imported, want, hops + 1, name);
    }
    const plain = index.decls(0, name).filter((decl) => decl.exported);
    if (plain.length > 0) return { e: 'types', file, decls: index.decls(0, name) };
    if (index.whole !== null) {
      const entity = declared(index, file, 0, index.whole, want) ?? this.local(index, file, index.whole, want);
      const found = entity === null || name === 'default' ? entity : this.descend(entity, [name], want, hops + 1);
      if (found !== null) return found;
    }
    return name === 'default' ? null : this.throughStars(index, file, name, want, hops, open);
  }

  private local(index: FileIndex, file: string, name: string, want: Want): Entity | null {
    if (index.variable(0, name) !== null) return { e: 'value', file, fn: 0, name, path: [] };
    const fact = index.imported(name);
    return fact === null ? null : this.imported(file, fact.specifier, fact.imported, want, 1, name);
  }

  private throughStars(
    index: FileIndex,
    file: string,
    name: string,
    want: Want,
    hops: number,
    open: Set<string>,
  ): Entity | null {
    let fallback: Entity | null = null;
    for (const specifier of index.stars) {
      const to = this.deps.resolveImport(file, specifier);
      if (to.kind === 'file') {
        const found = this.exported(to.path, name, want, hops + 1, open);
        if (found !== null && found.e !== 'package') return found;
        fallback ??= found;
      } else fallback ??= this.imported(file, specifier, name, want, hops + 1, name);
    }
    return fallback;
  }

  /** `ns.Type`, `Enum.Member`, `Class.Nested` below what the first name means. */
  private descend(entity: Entity, rest: readonly string[], want: Want, hops: number): Entity | null {
    if (rest.length === 0) return entity;
    switch (entity.e) {
      case 'module': {
        const index = this.index(entity.file);
        const nested = index && declared(index, entity.file, 0, rest.join('.'), want);
        if (nested !== null && nested !== undefined && nested.e === 'types') return nested;
        const next = this.exported(entity.file, rest[0]!, want, hops + 1);
        return next === null
          ? this.namespaceMember(entity.file, rest[0]!, rest.slice(1), want)
          : this.descend(next, rest.slice(1), want, hops + 1);
      }
      case 'package':
        return { ...entity, path: [...entity.path, ...rest] };
      case 'types':
        return this.namespaceMember(entity.file, entity.decls[0]?.name ?? '', rest, want) ?? enumOrNull(entity, rest);
      case 'value': {
        const member = entity.fn === 0 ? this.namespaceMember(entity.file, entity.name, rest, want) : null;
        return member ?? { ...entity, path: [...entity.path, ...rest] };
      }
      default:
        return null;
    }
  }

  private namespaceMember(file: string, ns: string, rest: readonly string[], want: Want): Entity | null {
    const index = this.index(file);
    return index && rest.length > 0 ? declared(index, file, 0, [ns, ...rest].join('.'), want) : null;
  }

  private inGlobals(path: readonly string[], want: Want, from: FileIndex | null): Entity {
    const dotted = path.join('.');
    const script = this.scripts().get(dotted);
    if (script !== undefined) return { e: 'types', ...script };
    if (path.length === 1 && isLibraryGlobal(dotted)) return { e: 'global', path };
    const ambient = this.ambientTypes().get(dotted);
    if (ambient !== undefined && want === 'type' && usable(ambient, from)) return { e: 'types', ...ambient[0]! };
    return { e: 'global', path };
  }

  /** Declarations of files that are no modules: global by the language. */
  private scripts(): ReadonlyMap<string, { file: string; decls: readonly TypeDecl[] }> {
    if (this.globals !== null) return this.globals;
    this.globals = new Map();
    for (const file of this.deps.files()) {
      const index = this.index(file);
      if (index === null || !index.script) continue;
      for (const [name, decls] of index.topNames) {
        if (!this.globals.has(name)) this.globals.set(name, { file, decls });
      }
    }
    return this.globals;
  }

  /**
   * Candidates for names that nothing in sight declares. Correct code can only mean a global there: what `declare global`
   * or a declaration file says. Facts do not tell `declare global` from the module around it, so every top-level type
   * that a module keeps to itself is a candidate; several that do not agree are none.
   */
  private ambientTypes(): ReadonlyMap<string, { file: string; decls: readonly TypeDecl[] }[]> {
    if (this.ambient !== null) return this.ambient;
    this.ambient = new Map();
    for (const file of this.deps.files()) {
      const index = this.index(file);
      if (index === null || index.script) continue;
      for (const [name, decls] of index.topNames) {
        const list = this.ambient.get(name);
        if (list === undefined) this.ambient.set(name, [{ file, decls }]);
        else list.push({ file, decls });
      }
    }
    return this.ambient;
  }

  /** What the code base adds to a package's type: `declare module 'express'`, `namespace Express { interface Request … }`. */
  augmentations(name: string): readonly { readonly file: string; readonly decls: readonly TypeDecl[] }[] {
    const own = this.scripts().get(name);
    const found = (this.ambientTypes().get(name) ?? []).filter(
      ({ file, decls }) =>
        decls.every((decl) => decl.kind === 'interface') && (isDeclarationFile(file) || name.includes('.')),
    );
    return own === undefined ? found : [own, ...found];
  }
}

function declared(index: FileIndex, file: string, scope: number, dotted: string, want: Want): Entity | null {
  const decls = index.decls(scope, dotted);
  if (decls.length > 0 && (want === 'type' || decls.some((decl) => decl.kind === 'class' || decl.kind === 'enum'))) {
    return { e: 'types', file, decls };
  }
  const dot = dotted.lastIndexOf('.');
  if (dot < 0) return null;
  const holder = index.decls(scope, dotted.slice(0, dot));
  return holder.some((decl) => decl.kind === 'enum') ? { e: 'types', file, decls: holder } : null;
}

function enumOrNull(entity: Entity & { e: 'types' }, rest: readonly string[]): Entity | null {
  return rest.length === 1 && entity.decls.some((decl) => decl.kind === 'enum') ? entity : null;
}

export function isDeclarationFile(file: string): boolean {
  return /\.d\.[cm]?ts$/.test(file);
}

function usable(
  candidates: readonly { readonly file: string; readonly decls: readonly TypeDecl[] }[],
  from: FileIndex | null,
): boolean {
  const first = candidates[0];
  if (first === undefined) return false;
  if (candidates.every(({ file }) => isDeclarationFile(file))) return true;
  if (candidates.length > 1) return false;
  // JSDoc in JavaScript names types without importing them.
  const loose = from !== null && (from.facts.variant === 'js' || from.facts.variant === 'jsx');
  return loose || first.decls.every((decl) => !decl.exported);
}
