import { ConfigSyntaxError, child, entriesOf, textOf, textsOf, type ConfigNode } from './config-tree.js';
import { globMatcher } from './glob.js';
import { parseJsonc } from './jsonc.js';
import { baseOf, below, byCodeUnits, dirOf, isInside, joinPath, upward } from './paths.js';
import type { Unanalysed } from './types.js';

export interface PathPattern {
  /** With at most one `*`. */
  readonly pattern: string;
  /** Relative to the root, with the `*` of the pattern kept. */
  readonly targets: readonly string[];
}

/** What the resolver needs of one tsconfig.json, inheritance applied. */
export interface TsConfig {
  readonly path: string;
  readonly baseUrl: string | null;
  readonly paths: readonly PathPattern[];
  readonly outDir: string | null;
  readonly rootDir: string | null;
}

interface Layer {
  readonly baseUrl: string | null;
  readonly paths: readonly PathPattern[] | null;
  readonly outDir: string | null;
  readonly rootDir: string | null;
  readonly files: readonly string[] | null;
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[] | null;
}

interface Config extends TsConfig {
  readonly references: readonly string[];
  readonly includes: (path: string) => boolean;
}

const NAME = /^(?:tsconfig|jsconfig)(?:\.[\w.-]+)?\.json$/;
const CONFIG_DIR = '${configDir}';
const MAX_EXTENDS = 32;
const MAX_REFERENCES = 500;
/** Folders that frameworks generate; a configuration that extends one from there is complete only after a build. */
const GENERATED_FOLDER = /(?:^|\/)\.[\w-]+\/|(?:^|\/)node_modules\//;

/** All TypeScript configurations of the code base, read once, and the question which one a file is under. */
export class TsConfigs {
  readonly problems: Unanalysed[] = [];
  private readonly files: ReadonlySet<string>;
  private readonly trees = new Map<string, ConfigNode | null>();
  private readonly configs = new Map<string, Config>();
  private readonly byDir = new Map<string, Config[]>();
  private readonly chosen = new Map<string, TsConfig | null>();

  constructor(
    listing: readonly string[],
    private readonly read: (path: string) => string | null,
    /** Folder of a package of the code base, so that `extends: "@acme/tsconfig/base.json"` can be followed. */
    private readonly packageDir: (name: string) => string | null,
  ) {
    this.files = new Set(listing);
    for (const path of listing.filter((candidate) => NAME.test(baseOf(candidate)))) this.load(path);
    for (const dir of new Set([...this.configs.keys()].map(dirOf))) this.byDir.set(dir, this.candidates(dir));
  }

  /** The configuration that includes the file, nearest folder first; else the nearest one that has paths; else null. */
  of(path: string): TsConfig | null {
    const known = this.chosen.get(path);
    if (known !== undefined) return known;
    const config = this.choose(path);
    this.chosen.set(path, config);
    return config;
  }

  /** All configurations with paths or a base folder at or above the file's folder, nearest first. */
  *above(path: string): Generator<TsConfig> {
    for (const dir of upward(dirOf(path))) {
      for (const config of this.byDir.get(dir) ?? []) {
        if (config.paths.length > 0 || config.baseUrl !== null) yield config;
      }
    }
  }

  private choose(path: string): TsConfig | null {
    let lenient: TsConfig | null = null;
    for (const dir of upward(dirOf(path))) {
      for (const config of this.byDir.get(dir) ?? []) {
        if (config.includes(path)) return config;
        if (lenient === null && config.paths.length > 0) lenient = config;
      }
    }
    return lenient;
  }

  /** tsconfig.json, what it references, then the others of the folder by name. */
  private candidates(dir: string): Config[] {
    const own = [...this.configs.values()].filter((config) => dirOf(config.path) === dir);
    own.sort((left, right) => rank(left.path) - rank(right.path) || byCodeUnits(left.path, right.path));
    const ordered = new Set<Config>();
    const pending = own.slice(0, 1);
    for (let config = pending.shift(); config !== undefined; config = pending.shift()) {
      if (ordered.has(config) || ordered.size > MAX_REFERENCES) continue;
      ordered.add(config);
      for (const reference of config.references) {
        const target = this.configs.get(reference);
        if (target !== undefined && isInside(dir, target.path)) pending.push(target);
      }
    }
    return [...new Set([...ordered, ...own])];
  }

  private load(path: string): void {
    const tree = this.tree(path);
    if (tree === null) return;
    const dir = dirOf(path);
    const layer = this.layer(path, tree, []);
    this.configs.set(path, {
      path,
      baseUrl: layer.baseUrl,
      paths: layer.paths ?? [],
      outDir: layer.outDir,
      rootDir: layer.rootDir,
      references: entriesList(child(tree, 'references')).flatMap((item) => {
        const text = textOf(child(item, 'path'));
        const target = text === null ? null : joinPath(dir, text);
        return target === null ? [] : [/\.json$/.test(target) ? target : joinPath(target, 'tsconfig.json')!];
      }),
      includes: inclusion(layer),
    });
  }

  private tree(path: string): ConfigNode | null {
    const known = this.trees.get(path);
    if (known !== undefined) return known;
    let tree: ConfigNode | null = null;
    const text = this.read(path);
    if (text === null) {
      this.problem(path, null, 'cannot be read', 'failed');
    } else if (text.trim() === '') {
      tree = { kind: 'map', line: 1, entries: [] };
    } else {
      try {
        tree = parseJsonc(text);
      } catch (error) {
        if (!(error instanceof ConfigSyntaxError)) throw error;
        this.problem(path, error.line, `is not valid JSON: ${error.message}`, isTemplate(text) ? 'note' : 'failed');
      }
    }
    this.trees.set(path, tree);
    return tree;
  }

  /** The settings of a configuration file laid over those that it extends. */
  private layer(path: string, tree: ConfigNode, chain: readonly string[]): Layer {
    const dir = dirOf(path);
    // `${configDir}` is the folder of the configuration that is extended last, not of the one that says it.
    const leaf = dirOf(chain[0] ?? path);
    const place = (text: string): string | null =>
      text.startsWith(CONFIG_DIR) ? joinPath(leaf, `.${text.slice(CONFIG_DIR.length)}`) : joinPath(dir, text);
    const options = child(tree, 'compilerOptions');
    let base: Layer = NOTHING;
    for (const { text, line } of textsOf(child(tree, 'extends'))) {
      const parent = this.extended(path, line, text, [...chain, path]);
      if (parent !== null) base = over(parent, base);
    }
    const folder = (node: ConfigNode | null): string | null => {
      const text = textOf(node);
      return text === null ? null : place(text);
    };
    const baseUrl = folder(child(options, 'baseUrl'));
    const own: Layer = {
      baseUrl,
      paths: pathPatterns(child(options, 'paths'), (text) =>
        text.startsWith(CONFIG_DIR) ? place(text) : joinPath(baseUrl ?? base.baseUrl ?? dir, text),
      ),
      outDir: folder(child(options, 'outDir')),
      rootDir: folder(child(options, 'rootDir')),
      files: globs(child(tree, 'files'), place),
      include: globs(child(tree, 'include'), place),
      exclude: globs(child(tree, 'exclude'), place),
    };
    const layer = over(own, base);
    // Without `files` and `include` anywhere, a configuration is for its whole folder; only its own, not its heirs'.
    return chain.length > 0 || layer.files !== null || layer.include !== null
      ? layer
      : { ...layer, include: [dir === '' ? '**/*' : `${dir}/**/*`] };
  }

  private extended(path: string, line: number, specifier: string, chain: readonly string[]): Layer | null {
    if (chain.length > MAX_EXTENDS) {
      this.problem(path, line, `extends more than ${MAX_EXTENDS} files`, 'failed');
      return null;
    }
    const target = this.extendsTarget(dirOf(path), specifier);
    if (target === null) {
      const isRelative = /^\.{1,2}(?:\/|$)/.test(specifier);
      const reason = isRelative
        ? `extends "${specifier}", which is not in the scanned folder`
        : `extends "${specifier}", a package that is not part of the code base`;
      const leadsOut = isRelative && joinPath(dirOf(path), specifier) === null;
      const isLost = isRelative && !leadsOut && !GENERATED_FOLDER.test(specifier.replace(/^(?:\.\.?\/)+/, ''));
      this.problem(path, line, reason, isLost ? 'failed' : 'note');
      return null;
    }
    if (chain.includes(target)) {
      this.problem(path, line, `extends itself through "${specifier}"`, 'failed');
      return null;
    }
    const tree = this.tree(target);
    return tree === null ? null : this.layer(target, tree, chain);
  }

  private extendsTarget(dir: string, asked: string): string | null {
    // `./node_modules/@acme/tsconfig/base.json` is that package, installed or not.
    const specifier = asked.replace(/^\.{1,2}\/(?:.*\/)?node_modules\//, '');
    if (/^\.{1,2}(?:\/|$)/.test(specifier)) return this.existing(joinPath(dir, specifier));
    const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
    const folder = name === undefined ? null : this.packageDir(name);
    return folder === null ? null : this.existing(joinPath(folder, rest ?? 'tsconfig.json'));
  }

  private existing(path: string | null): string | null {
    if (path === null) return null;
    return [path, `${path}.json`, `${path}/tsconfig.json`].find((candidate) => this.files.has(candidate)) ?? null;
  }

  private problem(path: string, line: number | null, reason: string, kind: Unanalysed['kind']): void {
    const isKnown = this.problems.some(
      (other) => other.path === path && other.line === line && other.reason === reason,
    );
    if (!isKnown) this.problems.push({ path, line, reason, kind });
  }
}

const NOTHING: Layer = {
  baseUrl: null,
  paths: null,
  outDir: null,
  rootDir: null,
  files: null,
  include: null,
  exclude: null,
};

function over(own: Layer, base: Layer): Layer {
  return {
    baseUrl: own.baseUrl ?? base.baseUrl,
    paths: own.paths ?? base.paths,
    outDir: own.outDir ?? base.outDir,
    rootDir: own.rootDir ?? base.rootDir,
    files: own.files ?? base.files,
    include: own.include ?? base.include,
    exclude: own.exclude ?? base.exclude,
  };
}

function rank(path: string): number {
  const base = baseOf(path);
  return base === 'tsconfig.json' ? 0 : base === 'jsconfig.json' ? 1 : 2;
}

/** A file with placeholders of a code generator. */
export function isTemplate(text: string): boolean {
  return /\{\{|<%/.test(text);
}

function pathPatterns(node: ConfigNode | null, place: (text: string) => string | null): PathPattern[] | null {
  if (node?.kind !== 'map') return null;
  return entriesOf(node).map((entry) => ({
    pattern: entry.key,
    targets: textsOf(entry.value).flatMap(({ text }) => place(text) ?? []),
  }));
}

function entriesList(node: ConfigNode | null): readonly ConfigNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function globs(node: ConfigNode | null, place: (text: string) => string | null): string[] | null {
  if (node === null) return null;
  return textsOf(node).flatMap(({ text }) => place(text) ?? []);
}

/** Whether a configuration takes a file in; the globs are compiled on first use. */
function inclusion(layer: Layer): (path: string) => boolean {
  const files = new Set(layer.files ?? []);
  let include: ((path: string) => boolean) | null = null;
  let exclude: ((path: string) => boolean) | null = null;
  return (path) => {
    if (files.has(path)) return true;
    include ??= matcher(layer.include ?? []);
    if (!include(path)) return false;
    exclude ??= matcher(layer.exclude ?? []);
    return !exclude(path);
  };
}

function matcher(patterns: readonly string[]): (path: string) => boolean {
  return globMatcher(
    patterns.flatMap((pattern) => {
      if (pattern === '') return ['**/*'];
      // TypeScript knows no braces: `app/{id}/x.ts` is a plain name.
      if (pattern.includes('{')) return [];
      return /[*?]|\.[cm]?[jt]sx?$|\.json$/.test(baseOf(pattern)) && baseOf(pattern) !== '**'
        ? [pattern]
        : [pattern, `${pattern}/**/*`];
    }),
  );
}

/** Targets of the longest matching pattern for a specifier, the `*` filled in. */
export function mappedPaths(config: TsConfig, specifier: string): readonly string[] {
  let best: PathPattern | null = null;
  let bestLength = -1;
  let filling = '';
  for (const candidate of config.paths) {
    const star = candidate.pattern.indexOf('*');
    if (star < 0) {
      if (candidate.pattern === specifier) return candidate.targets;
      continue;
    }
    const prefix = candidate.pattern.slice(0, star);
    const suffix = candidate.pattern.slice(star + 1);
    if (star <= bestLength || specifier.length < prefix.length + suffix.length) continue;
    if (!specifier.startsWith(prefix) || !specifier.endsWith(suffix)) continue;
    best = candidate;
    bestLength = star;
    filling = specifier.slice(prefix.length, specifier.length - suffix.length);
  }
  return best === null ? [] : best.targets.map((target) => target.replace('*', () => filling));
}

/** The source of a built file by the configuration's own `outDir` and `rootDir`. */
export function unbuilt(config: TsConfig, path: string): string | null {
  if (config.outDir === null || config.outDir === '' || !isInside(config.outDir, path)) return null;
  return joinPath(config.rootDir ?? dirOf(config.path), below(config.outDir, path));
}
