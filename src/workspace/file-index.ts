import { baseOf, dirOf, joinPath } from './paths.js';

/** TypeScript before JavaScript; declarations last, because only the implementation tells what happens. */
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.json'];
/** React Native and the like: `x.native.ts` stands for `x`. */
const PLATFORMS = ['.native', '.web', '.ios', '.android'];
/** What a JavaScript extension in an import stands for in TypeScript code. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx', '.ts'],
  '.mjs': ['.mts', '.ts'],
  '.cjs': ['.cts', '.ts'],
};
const MAX_LINK_HOPS = 8;

/** All listed files in memory. Every question of the resolver is answered here, never by the disk. */
export class FileIndex {
  readonly files: ReadonlySet<string>;
  private readonly dirs = new Set<string>(['']);

  constructor(
    listing: readonly string[],
    readonly code: ReadonlySet<string>,
    private readonly links: ReadonlyMap<string, string>,
  ) {
    this.files = new Set(listing);
    for (const path of listing) {
      for (let dir = dirOf(path); dir !== '' && !this.dirs.has(dir); dir = dirOf(dir)) this.dirs.add(dir);
    }
  }

  isFolder(path: string): boolean {
    return this.dirs.has(this.canonical(path));
  }

  /** The file that a path without or with extension means; null if there is none. */
  file(path: string): string | null {
    if (path === '') return null;
    const target = this.canonical(path);
    const extension = /\.[cm]?jsx?$/.exec(target)?.[0];
    if (extension !== undefined) {
      const stem = target.slice(0, -extension.length);
      for (const written of WRITTEN_AS[extension] ?? []) {
        if (this.files.has(stem + written)) return stem + written;
      }
      if (this.files.has(target)) return target;
      if (this.files.has(`${stem}.d.ts`)) return `${stem}.d.ts`;
    }
    if (this.files.has(target)) return target;
    for (const candidate of EXTENSIONS) {
      if (this.files.has(target + candidate)) return target + candidate;
    }
    if (!this.dirs.has(dirOf(target))) return null;
    for (const platform of PLATFORMS) {
      for (const candidate of EXTENSIONS) {
        if (this.files.has(target + platform + candidate)) return target + platform + candidate;
      }
    }
    return null;
  }

  /** The `index` file of a folder. */
  folderIndex(dir: string): string | null {
    const target = this.canonical(dir);
    if (!this.dirs.has(target)) return null;
    return this.file(target === '' ? 'index' : `${target}/index`);
  }

  /** A path with symbolic links replaced by what they stand for. */
  private canonical(path: string): string {
    if (this.links.size === 0) return path;
    let current = path;
    for (let hop = 0; hop < MAX_LINK_HOPS; hop += 1) {
      const next = this.replaceLink(current);
      if (next === current) break;
      current = next;
    }
    return current;
  }

  private replaceLink(path: string): string {
    for (let prefix = path; prefix !== ''; prefix = dirOf(prefix)) {
      const target = this.links.get(prefix);
      if (target !== undefined) return target + path.slice(prefix.length);
    }
    // `link.ts` may be asked for as `link`.
    for (const extension of EXTENSIONS) {
      const target = this.links.get(path + extension);
      if (target !== undefined) return target;
    }
    return path;
  }
}

/** Where built files usually come from: the same path under `src`, or beside it. */
const BUILT = /^(?:dist|build|lib|out|output|esm|cjs|es|es6|umd|module|types|typings|bundle|\.output)$/;

/**
 * The source of a file that a package.json names. `dist/esm/index.js` is looked for as it stands, then as
 * `src/esm/index`, `src/index`, `index`.
 */
export function sourceOf(index: FileIndex, packageDir: string, target: string): string | null {
  const asWritten = joinPath(packageDir, target);
  if (asWritten === null) return null;
  const found = index.file(asWritten) ?? index.folderIndex(asWritten);
  if (found !== null && index.code.has(found) && !found.endsWith('.d.ts')) return found;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  let built = 0;
  while (built < parts.length - 1 && BUILT.test(parts[built]!)) {
    built += 1;
    const rest = parts
      .slice(built)
      .join('/')
      .replace(/\.d\.([cm]?)ts$/, '.$1js')
      .replace(/\.bundle(?=\.[cm]?js$)/, '');
    for (const base of ['src/', 'source/', '']) {
      const source = sourceFile(index, joinPath(packageDir, base + rest));
      if (source !== null) return source;
    }
  }
  return found;
}

function sourceFile(index: FileIndex, path: string | null): string | null {
  if (path === null) return null;
  const found = index.file(path) ?? index.file(path.replace(/\.[cm]?jsx?$/, '')) ?? index.folderIndex(path);
  return found !== null && index.code.has(found) && baseOf(found) !== 'package.json' ? found : null;
}
