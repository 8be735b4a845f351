import type { ImportMaps } from './deno.js';
import { sourceOf, type FileIndex } from './file-index.js';
import { barePackage, builtinName, urlPackage, versionedPackage, type PackageSpecifier } from './foreign-specifier.js';
import { targetsFor } from './package-json.js';
import type { Packages } from './packages.js';
import { below, dirOf, isInside, joinPath, upward } from './paths.js';
import { mappedPaths, type TsConfig, type TsConfigs } from './tsconfig.js';
import type { Resolution } from './types.js';

export interface ResolverParts {
  readonly index: FileIndex;
  readonly packages: Packages;
  readonly configs: TsConfigs;
  readonly importMaps: ImportMaps;
  /** Version of a foreign package for a file. */
  readonly version: (fromPath: string, name: string) => string | null;
}

/** Prefixes that tools resolve without any tsconfig path, and the folders of the package that they mean. */
const CONVENTIONS: readonly [prefix: string, folders: readonly string[]][] = [
  ['@/', ['src', '', 'app']],
  ['~/', ['src', 'app', '']],
  ['~~/', ['']],
  ['@@/', ['']],
  ['$lib/', ['src/lib']],
  ['src/', ['src']],
];
const MAX_HOPS = 8;

/** Answers what an import means from the listing and the configuration alone; one answer per folder and specifier. */
export class Resolver {
  private readonly caches = new Map<string, Map<string, Resolution>>();
  private readonly contexts = new Map<string, { readonly dir: string; readonly cache: Map<string, Resolution> }>();

  constructor(private readonly parts: ResolverParts) {}

  resolve(fromPath: string, specifier: string): Resolution {
    const { dir, cache } = this.context(fromPath);
    let found = cache.get(specifier);
    if (found === undefined) {
      found = this.uncached(fromPath, dir, specifier, 0);
      cache.set(specifier, found);
    }
    return found;
  }

  /** Files of one folder under the same tsconfig resolve alike. */
  private context(fromPath: string): { readonly dir: string; readonly cache: Map<string, Resolution> } {
    let context = this.contexts.get(fromPath);
    if (context === undefined) {
      const dir = dirOf(fromPath);
      const key = `${dir}\0${this.parts.configs.of(fromPath)?.path ?? ''}`;
      let cache = this.caches.get(key);
      if (cache === undefined) this.caches.set(key, (cache = new Map()));
      context = { dir, cache };
      this.contexts.set(fromPath, context);
    }
    return context;
  }

  private uncached(fromPath: string, dir: string, asked: string, hops: number): Resolution {
    const specifier = withoutLoader(asked);
    const missing: Resolution = { kind: 'missing', specifier: asked };
    if (specifier === '' || hops > MAX_HOPS) return missing;
    if (/^\.{1,2}(?:\/|$)/.test(specifier)) return this.at(this.relative(fromPath, dir, specifier)) ?? missing;
    if (/^https?:\/\//.test(specifier)) return this.foreign(fromPath, urlPackage(specifier)) ?? missing;
    if (/^(?:npm|jsr):/.test(specifier)) {
      const text = specifier.slice(4).replace(/^\//, '');
      return this.foreign(fromPath, versionedPackage(text)) ?? missing;
    }
    if (specifier.startsWith('/')) return this.fromPackageRoot(fromPath, specifier.slice(1)) ?? missing;
    return (
      this.byConfig(fromPath, specifier) ??
      this.byImportMap(fromPath, dir, specifier, hops) ??
      (specifier.startsWith('#') ? this.byPackageImports(fromPath, dir, specifier, hops) : null) ??
      this.builtin(specifier) ??
      this.byWorkspace(fromPath, specifier) ??
      this.byConvention(fromPath, specifier) ??
      this.foreign(fromPath, barePackage(specifier)) ??
      missing
    );
  }

  private at(path: string | null): Resolution | null {
    if (path === null) return null;
    return { kind: this.parts.index.code.has(path) ? 'file' : 'asset', path };
  }

  private relative(fromPath: string, dir: string, specifier: string): string | null {
    const path = joinPath(dir, specifier);
    if (path === null) return null;
    // `./models/` and `..` mean the folder even where a file of that name stands beside it.
    const file = /(?:^|\/)(?:\.{1,2})?$/.test(specifier) ? null : this.parts.index.file(path);
    return file ?? this.folder(fromPath, path) ?? this.unbuilt(fromPath, path);
  }

  /** The source of a file that only a build would put there: `../dist/server.js` → `src/server.ts`. */
  private unbuilt(fromPath: string, path: string): string | null {
    const owner = this.parts.packages.of(fromPath)?.info.dir ?? '';
    if (!isInside(owner, path) || !/^(?:dist|build|out)\//.test(below(owner, path))) return null;
    return sourceOf(this.parts.index, owner, below(owner, path));
  }

  /** A file, or a folder by its package.json or index. */
  private fileOrFolder(fromPath: string, path: string): string | null {
    return this.parts.index.file(path) ?? this.folder(fromPath, path);
  }

  private folder(fromPath: string, path: string): string | null {
    const { index, packages, configs } = this.parts;
    const own = index.folderIndex(path);
    if (own !== null) return own;
    const target = index.isFolder(path) ? packages.at(path) : null;
    return target === null
      ? null
      : packages.entry(target, '', configs.of(`${path}/package.json`) ?? configs.of(fromPath));
  }

  private byConfig(fromPath: string, specifier: string): Resolution | null {
    const config = this.parts.configs.of(fromPath);
    return config === null ? null : this.underConfig(config, fromPath, specifier);
  }

  private underConfig(config: TsConfig, fromPath: string, specifier: string): Resolution | null {
    for (const target of mappedPaths(config, specifier)) {
      const found = this.at(this.fileOrFolder(fromPath, target));
      if (found !== null) return found;
    }
    if (config.baseUrl === null) return null;
    const path = joinPath(config.baseUrl, specifier);
    const found = path === null ? null : this.fileOrFolder(fromPath, path);
    // A data folder `./fs` or `./openai` without code must not hide the module of that name.
    return found !== null && (this.parts.index.code.has(found) || /\.\w+$/.test(specifier)) ? this.at(found) : null;
  }

  private byImportMap(fromPath: string, dir: string, specifier: string, hops: number): Resolution | null {
    if (this.parts.importMaps.isEmpty) return null;
    const target = this.parts.importMaps.map(dir, specifier);
    if (target === null) return null;
    if ('path' in target) return this.at(this.fileOrFolder(fromPath, target.path));
    return target.specifier === specifier ? null : this.uncached(fromPath, dir, target.specifier, hops + 1);
  }

  /** `#x` of the nearest package.json. */
  private byPackageImports(fromPath: string, dir: string, specifier: string, hops: number): Resolution | null {
    const owner = this.parts.packages.of(fromPath);
    if (owner === null || owner.json.imports === undefined) return null;
    const targets = targetsFor(owner.json.imports, specifier);
    const local = targets.filter((target) => target.startsWith('.'));
    const found = this.parts.packages.first(owner.info.dir, local, this.parts.configs.of(fromPath));
    if (found !== null) return this.at(found);
    const other = targets.find((target) => !target.startsWith('.') && !target.startsWith('#'));
    return other === undefined ? null : this.uncached(fromPath, dir, other, hops + 1);
  }

  private builtin(specifier: string): Resolution | null {
    const name = builtinName(specifier);
    if (name !== null) return { kind: 'builtin', name };
    // `bun:sqlite`, `cloudflare:workers`, `astro:content`: what a runtime or bundler provides.
    return /^[a-z][a-z0-9+-]*:[^/]/.test(specifier) ? { kind: 'builtin', name: specifier } : null;
  }

  private byWorkspace(fromPath: string, specifier: string): Resolution | null {
    const bare = barePackage(specifier);
    const target = bare === null ? null : this.parts.packages.linked(fromPath, bare.name);
    if (bare === null || target === null) return null;
    const subpath = bare.specifier.slice(bare.name.length + 1);
    const config = this.parts.configs.of(`${target.info.dir === '' ? '' : `${target.info.dir}/`}src/index.ts`);
    const found = this.at(this.parts.packages.entry(target, subpath, config));
    return found ?? { kind: 'missing', specifier };
  }

  /** Aliases that bundlers set up in code that is not executed here; used only if they lead to a file. */
  private byConvention(fromPath: string, specifier: string): Resolution | null {
    const bare = barePackage(specifier);
    if (bare !== null && this.parts.packages.declared(fromPath, bare.name) !== null) return null;
    for (const config of this.parts.configs.above(fromPath)) {
      const found = this.underConfig(config, fromPath, specifier);
      if (found !== null) return found;
    }
    for (const [prefix, folders] of CONVENTIONS) {
      if (!specifier.startsWith(prefix)) continue;
      for (const base of this.packageDirs(fromPath)) {
        for (const folder of folders) {
          const found = this.under(fromPath, base, folder, specifier.slice(prefix.length));
          if (found !== null) return found;
        }
      }
    }
    return null;
  }

  private fromPackageRoot(fromPath: string, rest: string): Resolution | null {
    for (const base of this.packageDirs(fromPath)) {
      const found = this.under(fromPath, base, '', rest) ?? this.under(fromPath, base, 'public', rest);
      if (found !== null) return found;
    }
    return null;
  }

  private under(fromPath: string, base: string, folder: string, rest: string): Resolution | null {
    const start = joinPath(base, folder);
    const path = start === null ? null : joinPath(start, rest);
    return path === null || path === '' ? null : this.at(this.fileOrFolder(fromPath, path));
  }

  /** The folder of the file's package and the root. */
  private packageDirs(fromPath: string): readonly string[] {
    const own = this.parts.packages.of(fromPath)?.info.dir ?? '';
    return [...upward(own)].filter((dir) => dir === own || dir === '' || this.parts.packages.at(dir) !== null);
  }

  private foreign(fromPath: string, asked: PackageSpecifier | null): Resolution | null {
    if (asked === null) return null;
    const declared = this.parts.packages.declared(fromPath, asked.name);
    // `"openai-v4": "npm:openai@^4"`: the name under which it is imported is the project's own.
    const alias = declared === null ? null : /^npm:(.+)$/.exec(declared.range);
    const real = alias === null ? null : versionedPackage(alias[1]!);
    const name = real?.name ?? asked.name;
    return {
      kind: 'package',
      name,
      specifier: name + asked.specifier.slice(asked.name.length),
      version: asked.version ?? this.parts.version(fromPath, asked.name),
    };
  }
}

/** Without `?raw` and `raw-loader!`, which say how a bundler hands the file over. */
function withoutLoader(specifier: string): string {
  if (/^https?:/.test(specifier)) return specifier;
  const afterLoader = specifier.slice(specifier.lastIndexOf('!') + 1);
  const query = afterLoader.indexOf('?');
  return query <= 0 ? afterLoader : afterLoader.slice(0, query);
}
