import { child, entriesOf, textOf, textsOf, type ConfigNode } from './config-tree.js';
import { parseJsonc } from './jsonc.js';
import { baseOf, byCodeUnits, dirOf, joinPath, upward } from './paths.js';
import type { Unanalysed } from './types.js';

/** A key of an import map and what it stands for: a path relative to the root (`./…` made absolute) or a specifier. */
interface Mapping {
  readonly key: string;
  readonly target: { readonly path: string } | { readonly specifier: string };
}

const CONFIG = new Set(['deno.json', 'deno.jsonc']);
const IMPORT_MAP = new Set(['import_map.json', 'import-map.json', 'importmap.json']);

/** Import maps by the folder that they apply to. */
export class ImportMaps {
  readonly problems: Unanalysed[] = [];
  private readonly byDir = new Map<string, readonly Mapping[]>();

  constructor(
    listing: readonly string[],
    private readonly read: (path: string) => string | null,
  ) {
    // deno.json sorts before import_map.json, so a folder's configuration wins over a map that only lies beside it.
    for (const path of listing) {
      const name = baseOf(path);
      if (!CONFIG.has(name) && !IMPORT_MAP.has(name)) continue;
      const dir = dirOf(path);
      if (this.byDir.has(dir)) continue;
      const mappings = this.mappings(path, CONFIG.has(name));
      if (mappings.length > 0) this.byDir.set(dir, mappings);
    }
  }

  get isEmpty(): boolean {
    return this.byDir.size === 0;
  }

  /** What the nearest map at or above the folder makes of a specifier; null if none knows it. */
  map(dir: string, specifier: string): Mapping['target'] | null {
    for (const folder of upward(dir)) {
      for (const { key, target } of this.byDir.get(folder) ?? []) {
        if (key === specifier) return target;
        if (!key.endsWith('/') || !specifier.startsWith(key)) continue;
        const rest = specifier.slice(key.length);
        if ('specifier' in target) return { specifier: target.specifier + rest };
        const path = joinPath(target.path, rest);
        return path === null ? null : { path };
      }
    }
    return null;
  }

  private mappings(path: string, isConfig: boolean): Mapping[] {
    const tree = this.tree(path);
    const own = toMappings(child(tree, 'imports'), dirOf(path));
    const elsewhere = isConfig ? textOf(child(tree, 'importMap')) : null;
    const mapPath = elsewhere === null ? null : joinPath(dirOf(path), elsewhere);
    const other = mapPath === null ? [] : toMappings(child(this.tree(mapPath), 'imports'), dirOf(mapPath));
    // Longest key first: `a/b/` before `a/`. A package's subpaths come with its own entry (`npm:x` → `x/sub`).
    return [...own, ...other].sort(
      (left, right) => right.key.length - left.key.length || byCodeUnits(left.key, right.key),
    );
  }

  private tree(path: string): ConfigNode | null {
    const text = this.read(path);
    if (text === null) return null;
    try {
      return parseJsonc(text);
    } catch (error) {
      const line = error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : null;
      this.problems.push({ path, line, reason: 'is not valid JSON', kind: 'failed' });
      return null;
    }
  }
}

function toMappings(imports: ConfigNode | null, dir: string): Mapping[] {
  return entriesOf(imports).flatMap(({ key, value }) => {
    const text = textsOf(value)[0]?.text;
    if (text === undefined || key === '') return [];
    if (!/^\.{0,2}\//.test(text)) {
      const exact: Mapping = { key, target: { specifier: text } };
      return /^(?:npm|jsr):/.test(text) && !key.endsWith('/')
        ? [exact, { key: `${key}/`, target: { specifier: `${text}/` } }]
        : [exact];
    }
    const path = joinPath(dir, text.replace(/^\//, ''));
    return path === null ? [] : [{ key, target: { path } }];
  });
}
