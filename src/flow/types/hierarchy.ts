/** Which classes of the code base an instance of a type may be: one index over all files, built on first use. */
import { NO_ENV, type Scope, type T } from './kinds.js';
import type { Wiring } from './wiring.js';

export interface ClassRef {
  readonly file: string;
  readonly cls: number;
}

const NONE: readonly ClassRef[] = [];

export class Hierarchy {
  /** Heirs by the key of what they extend or implement: classes, or keys of further interfaces. */
  private heirs: Map<string, { readonly classes: ClassRef[]; readonly interfaces: Set<string> }> | null = null;
  private readonly memo = new Map<T, readonly ClassRef[]>();

  constructor(private readonly use: () => Wiring) {}

  classes(type: T): readonly ClassRef[] {
    let known = this.memo.get(type);
    if (known === undefined) {
      known = this.collect(type);
      this.memo.set(type, known);
    }
    return known;
  }

  private collect(type: T): readonly ClassRef[] {
    const found = new Map<string, ClassRef>();
    const seen = new Set<string>();
    const queue: string[] = [];
    const start = (part: T): void => {
      if (part.k === 'union') part.of.forEach(start);
      if (part.k === 'obj' && part.decl === null) part.parts().bases.forEach(start);
      if (part.k === 'class' || part.k === 'typeof-class')
        found.set(classKey(part), { file: part.file, cls: part.cls });
      const key = keyOf(part);
      if (key !== null) queue.push(key);
    };
    start(type);
    if (queue.length === 0 && found.size === 0) return NONE;
    const index = this.index();
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      if (seen.has(key)) continue;
      seen.add(key);
      const heirs = index.get(key);
      if (heirs === undefined) continue;
      for (const ref of heirs.classes) {
        found.set(classKey(ref), ref);
        queue.push(classKey(ref));
      }
      queue.push(...heirs.interfaces);
    }
    return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.cls - b.cls));
  }

  private index(): NonNullable<Hierarchy['heirs']> {
    if (this.heirs !== null) return this.heirs;
    const index = (this.heirs = new Map<string, { classes: ClassRef[]; interfaces: Set<string> }>());
    const heirsOf = (key: string): { classes: ClassRef[]; interfaces: Set<string> } => {
      let heirs = index.get(key);
      if (heirs === undefined) index.set(key, (heirs = { classes: [], interfaces: new Set() }));
      return heirs;
    };
    const { deps, resolver, types, classes } = this.use();
    for (const file of deps.files()) {
      const facts = deps.file(file);
      if (facts === null) continue;
      facts.classes.forEach((cls, at) => {
        const type = classes.type(file, at);
        const scope: Scope = { file, fn: cls.owner, ns: '', env: types.env(cls.typeParams, []) };
        const bases = type.k === 'class' ? [...classes.bases(type)] : [];
        for (const ref of cls.implements) bases.push(resolver.resolve(ref, scope));
        for (const key of new Set(bases.flatMap(keysOf))) heirsOf(key).classes.push({ file, cls: at });
      });
      for (const decl of facts.types) {
        if (decl.kind !== 'interface') continue;
        const scope: Scope = {
          file,
          fn: decl.scope,
          ns: '',
          env: decl.params.length > 0 ? types.env(decl.params, []) : NO_ENV,
        };
        const own = `type ${file}|${decl.scope}|${decl.name}`;
        for (const ref of decl.extends)
          for (const key of keysOf(resolver.resolve(ref, scope))) heirsOf(key).interfaces.add(own);
      }
    }
    return index;
  }
}

function classKey(ref: ClassRef): string {
  return `class ${ref.file}#${ref.cls}`;
}

function keyOf(type: T): string | null {
  if (type.k === 'class') return classKey(type);
  if (type.k === 'ext') return `ext ${type.typeId}`;
  return type.k === 'obj' && type.decl !== null ? `type ${type.decl}` : null;
}

function keysOf(type: T): readonly string[] {
  if (type.k === 'union') return type.of.flatMap(keysOf);
  if (type.k === 'obj' && type.decl === null) return type.parts().bases.flatMap(keysOf);
  const key = keyOf(type);
  return key === null ? [] : [key];
}
