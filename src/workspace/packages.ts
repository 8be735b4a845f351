import { child, entriesOf, textOf, textsOf, type ConfigNode } from './config-tree.js';
import { sourceOf, type FileIndex } from './file-index.js';
import { globMatcher } from './glob.js';
import { parseJsonc } from './jsonc.js';
import { allTargets, emptyRecord, parsePackageJson, targetsFor, type PackageJson } from './package-json.js';
import { baseOf, dirOf, joinPath } from './paths.js';
import { filesOfScript } from './scripts.js';
import { isTemplate, unbuilt, type TsConfig } from './tsconfig.js';
import type { PackageInfo, Unanalysed } from './types.js';
import { parseYaml } from './yaml-tree.js';

/** A package of the code base with what resolution needs besides the public part. */
export interface WorkspacePackage {
  readonly info: PackageInfo;
  readonly json: PackageJson;
  /** Named by a `workspaces` pattern, or the root of them. */
  readonly member: boolean;
}

/** All package.json files of the listing and the workspaces that they form. */
export class Packages {
  readonly all: readonly WorkspacePackage[];
  readonly problems: Unanalysed[] = [];
  private readonly byDir = new Map<string, WorkspacePackage>();
  private readonly byName = new Map<string, WorkspacePackage>();
  private readonly nearest = new Map<string, WorkspacePackage | null>();
  private readonly catalogs = new Map<string, string>();

  constructor(
    listing: readonly string[],
    private readonly read: (path: string) => string | null,
    private readonly index: FileIndex,
  ) {
    const manifests = new Map<string, PackageJson>();
    for (const path of listing) {
      if (baseOf(path) !== 'package.json') continue;
      const json = this.parse(path);
      if (json !== null) manifests.set(dirOf(path), json);
    }
    const isMember = this.membership(manifests, new Set(listing));
    const all: WorkspacePackage[] = [];
    for (const [dir, json] of manifests) {
      const workspacePackage = { info: this.info(dir, json), json, member: isMember(dir) };
      all.push(workspacePackage);
      this.byDir.set(dir, workspacePackage);
    }
    this.all = all;
    for (const candidate of all) this.name(candidate);
  }

  /** The package that a file belongs to. */
  of(path: string): WorkspacePackage | null {
    return this.ofDir(dirOf(path));
  }

  at(dir: string): WorkspacePackage | null {
    return this.byDir.get(dir) ?? null;
  }

  dirOfName(name: string): string | null {
    return this.byName.get(name)?.info.dir ?? null;
  }

  /**
   * The package of the code base that `name` means for a file. A folder that merely calls itself `openai` does not
   * stand in for the package of that name: it must be a workspace member or be linked by the importer's manifest.
   */
  linked(fromPath: string, name: string): WorkspacePackage | null {
    const importer = this.of(fromPath);
    const range = this.declared(fromPath, name);
    const link = range === null ? null : /^(?:file|link|portal):(.*)$/.exec(range.range);
    if (link !== null && range !== null) {
      const dir = joinPath(range.dir, link[1]!);
      const found = dir === null ? null : this.at(dir);
      // npm links members of a workspace by their names, wherever the declared path leads: `file:packages/core`, written
      // in a member as if it were the root, is common.
      const member = this.byName.get(name);
      return found ?? (member?.member === true ? member : null);
    }
    const candidate = this.byName.get(name) ?? null;
    if (candidate === null) return null;
    if (importer !== null && importer.json.name === name) return importer;
    return candidate.member || range?.range.startsWith('workspace:') === true ? candidate : null;
  }

  /** The range under which a file's package, or one above it, declares a dependency. */
  declared(fromPath: string, name: string): { readonly range: string; readonly dir: string } | null {
    for (let owner = this.of(fromPath); owner !== null; owner = this.above(owner.info.dir)) {
      const range = owner.info.dependencies[name];
      if (range !== undefined) return { range, dir: owner.info.dir };
    }
    return null;
  }

  /** The source file that an import of this package, or of a subpath of it, means. */
  entry(target: WorkspacePackage, subpath: string, config: TsConfig | null): string | null {
    const { dir } = target.info;
    const { exports } = target.json;
    const candidates: string[] = [];
    if (exports !== undefined) candidates.push(...targetsFor(exports, subpath === '' ? '.' : `./${subpath}`));
    if (subpath === '') candidates.push(...target.json.mains, 'src/index', 'index', 'src/main', 'src/mod', 'lib/index');
    else candidates.push(subpath, `src/${subpath}`, `lib/${subpath}`);
    return this.first(dir, candidates, config);
  }

  /** The first candidate that leads to code; else the first that leads to any file. */
  first(dir: string, candidates: readonly string[], config: TsConfig | null): string | null {
    let other: string | null = null;
    for (const candidate of candidates) {
      const found = this.source(dir, candidate, config);
      if (found === null) continue;
      if (this.index.code.has(found) && !found.endsWith('.d.ts')) return found;
      other ??= found;
    }
    return other;
  }

  private source(dir: string, target: string, config: TsConfig | null): string | null {
    const path = joinPath(dir, target);
    const source = path === null || config === null ? null : unbuilt(config, path);
    const found = source === null ? null : this.index.file(source);
    return found ?? sourceOf(this.index, dir, target);
  }

  private ofDir(dir: string): WorkspacePackage | null {
    const known = this.nearest.get(dir);
    if (known !== undefined) return known;
    const found = this.byDir.get(dir) ?? (dir === '' ? null : this.ofDir(dirOf(dir)));
    this.nearest.set(dir, found);
    return found;
  }

  private above(dir: string): WorkspacePackage | null {
    return dir === '' ? null : this.ofDir(dirOf(dir));
  }

  private parse(path: string): PackageJson | null {
    const text = this.read(path);
    if (text === null) {
      this.problems.push({ path, line: null, reason: 'cannot be read', kind: 'failed' });
      return null;
    }
    try {
      return parsePackageJson(text);
    } catch {
      const kind = isTemplate(text) || text.trim() === '' ? 'note' : 'failed';
      this.problems.push({ path, line: lineOfError(text), reason: 'is not valid JSON', kind });
      return null;
    }
  }

  private info(dir: string, json: PackageJson): PackageInfo {
    const dependencies = emptyRecord<string>();
    for (const [name, range] of Object.entries(json.dependencies))
      dependencies[name] = this.withoutCatalog(name, range);
    const entries = new Set<string>();
    const add = (target: string): void => {
      const found = sourceOf(this.index, dir, target);
      if (found !== null && this.index.code.has(found) && !found.endsWith('.d.ts')) entries.add(found);
    };
    for (const target of [...json.mains, ...json.bins]) add(target);
    if (json.exports !== undefined) for (const target of allTargets(json.exports)) add(target);
    for (const script of Object.values(json.scripts)) for (const target of filesOfScript(script)) add(target);
    return { name: json.name, dir, dependencies, scripts: json.scripts, entries: [...entries].sort(), type: json.type };
  }

  /** A member wins over a folder of the same name that is none, then the first by path. */
  private name(candidate: WorkspacePackage): void {
    const { name } = candidate.json;
    if (name === null) return;
    const holder = this.byName.get(name);
    if (holder === undefined || (candidate.member && !holder.member)) this.byName.set(name, candidate);
  }

  private membership(
    manifests: ReadonlyMap<string, PackageJson>,
    listing: ReadonlySet<string>,
  ): (dir: string) => boolean {
    const matchers: ((dir: string) => boolean)[] = [];
    const add = (base: string, patterns: readonly string[]): void => {
      const place = (pattern: string): string => joinPath(base, pattern) ?? '\0';
      const negative = globMatcher(
        patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => place(pattern.slice(1))),
      );
      const positive = globMatcher(patterns.filter((pattern) => !pattern.startsWith('!')).map(place));
      matchers.push((dir) => dir === base || (positive(dir) && !negative(dir)));
    };
    for (const [dir, json] of manifests) if (json.workspaces.length > 0) add(dir, json.workspaces);
    for (const path of listing) {
      const name = baseOf(path);
      if (name === 'pnpm-workspace.yaml') {
        const tree = this.tree(path, (text) => parseYaml(text)[0] ?? null);
        add(
          dirOf(path),
          textsOf(child(tree, 'packages')).map(({ text }) => text),
        );
        this.readCatalogs(tree);
      } else if (name === 'lerna.json') {
        add(
          dirOf(path),
          textsOf(child(this.tree(path, parseJsonc), 'packages')).map(({ text }) => text),
        );
      } else if (name === 'rush.json') {
        const projects = child(this.tree(path, parseJsonc), 'projects');
        const folders = projects?.kind === 'list' ? projects.items : [];
        add(
          dirOf(path),
          folders.flatMap((project) => textOf(child(project, 'projectFolder')) ?? []),
        );
      }
    }
    return (dir) => matchers.some((matches) => matches(dir));
  }

  private tree(path: string, parse: (text: string) => ConfigNode | null): ConfigNode | null {
    try {
      return parse(this.read(path) ?? '');
    } catch (error) {
      const line = error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : null;
      this.problems.push({ path, line, reason: 'is not valid; its workspaces are not known', kind: 'failed' });
      return null;
    }
  }

  /** pnpm keeps ranges that packages share under `catalog:` and `catalogs:`. */
  private readCatalogs(tree: ConfigNode | null): void {
    const add = (catalog: string, node: ConfigNode | null): void => {
      for (const entry of entriesOf(node)) this.catalogs.set(`${catalog}\0${entry.key}`, textOf(entry.value) ?? '*');
    };
    add('default', child(tree, 'catalog'));
    for (const entry of entriesOf(child(tree, 'catalogs'))) add(entry.key, entry.value);
  }

  private withoutCatalog(name: string, range: string): string {
    const catalog = /^catalog:(.*)$/.exec(range)?.[1];
    return catalog === undefined ? range : (this.catalogs.get(`${catalog || 'default'}\0${name}`) ?? range);
  }
}

/** Where the first error stands, as far as the tolerant parser sees it. */
function lineOfError(text: string): number | null {
  try {
    parseJsonc(text);
    return null;
  } catch (error) {
    return error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : null;
  }
}
