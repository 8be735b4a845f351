/** What package.json may say about which file an import means. Shapes are checked on reading: the file is foreign. */
export type Exports = string | null | readonly Exports[] | { readonly [key: string]: Exports };

export interface PackageJson {
  readonly name: string | null;
  readonly version: string | null;
  readonly type: 'module' | 'commonjs';
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Exports | undefined;
  readonly imports: Exports | undefined;
  /** `source`, `module`, `main`, `browser`, `types` …, in order of preference. */
  readonly mains: readonly string[];
  readonly bins: readonly string[];
  readonly workspaces: readonly string[];
}

const DEPENDENCY_KEYS = ['peerDependencies', 'optionalDependencies', 'devDependencies', 'dependencies'];
const MAIN_KEYS = ['source', 'module', 'main', 'es2015', 'jsnext:main', 'browser', 'react-native', 'types', 'typings'];
const MAX_DEPTH = 16;

/** Throws SyntaxError if the text is not JSON; a value of the wrong kind counts as absent. */
export function parsePackageJson(text: string): PackageJson {
  const json = asRecord(JSON.parse(text.replace(/^\ufeff/, '')) as unknown);
  const dependencies = emptyRecord<string>();
  for (const key of DEPENDENCY_KEYS) Object.assign(dependencies, stringRecord(json[key]));
  const workspaces = Array.isArray(json['workspaces']) ? json['workspaces'] : asRecord(json['workspaces'])['packages'];
  return {
    name: asString(json['name']),
    version: asString(json['version']),
    type: json['type'] === 'module' ? 'module' : 'commonjs',
    dependencies,
    scripts: stringRecord(json['scripts']),
    exports: toExports(json['exports'], 0),
    imports: toExports(json['imports'], 0),
    mains: MAIN_KEYS.flatMap((key) => asString(json[key]) ?? []),
    bins: typeof json['bin'] === 'string' ? [json['bin']] : Object.values(stringRecord(json['bin'])),
    workspaces: strings(workspaces),
  };
}

/** A record without inherited members: a dependency may be called `constructor`. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(emptyRecord<unknown>(), value)
    : emptyRecord<unknown>();
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function stringRecord(value: unknown): Record<string, string> {
  const record = emptyRecord<string>();
  for (const [key, item] of Object.entries(asRecord(value))) if (typeof item === 'string') record[key] = item;
  return record;
}

function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function toExports(value: unknown, depth: number): Exports | undefined {
  if (typeof value === 'string' || value === null) return value;
  if (typeof value !== 'object' || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.flatMap((item) => toExports(item, depth + 1) ?? []);
  const record = emptyRecord<Exports>();
  for (const [key, item] of Object.entries(value)) {
    const exports = toExports(item, depth + 1);
    if (exports !== undefined) record[key] = exports;
  }
  return record;
}

/** Sources first; then what a bundler or Node would take; types last, because they have no bodies. */
const CONDITIONS = ['source', 'development', 'import', 'module', 'node', 'require', 'default', 'browser', 'types'];

/** All files that `exports` or `imports` may mean for a key (`.`, `./sub`, `#x`), best first. */
export function targetsFor(exports: Exports, key: string): string[] {
  const isSubpaths = isRecord(exports) && Object.keys(exports).some((name) => /^[.#]/.test(name));
  if (!isSubpaths) return key === '.' ? targets(exports, '') : [];
  const table = exports as { readonly [key: string]: Exports };
  const exact = table[key];
  if (exact !== undefined && !key.includes('*')) return targets(exact, '');
  let best: { entry: Exports; prefix: number; filling: string } | null = null;
  for (const [pattern, entry] of Object.entries(table)) {
    const star = pattern.indexOf('*');
    // A trailing slash is the older spelling of `/*`.
    const prefix = star >= 0 ? pattern.slice(0, star) : pattern.endsWith('/') ? pattern : null;
    if (prefix === null || !key.startsWith(prefix) || (best !== null && prefix.length <= best.prefix)) continue;
    const suffix = star >= 0 ? pattern.slice(star + 1) : '';
    if (!key.endsWith(suffix) || key.length < prefix.length + suffix.length) continue;
    best = { entry, prefix: prefix.length, filling: key.slice(prefix.length, key.length - suffix.length) };
  }
  return best === null ? [] : targets(best.entry, best.filling);
}

/** The targets of all subpaths without a pattern: what a package offers to others. */
export function allTargets(exports: Exports): string[] {
  if (!isRecord(exports)) return targets(exports, '');
  return Object.entries(exports).flatMap(([key, entry]) =>
    key.includes('*') || key === './package.json' ? [] : targets(entry, ''),
  );
}

function targets(entry: Exports, filling: string): string[] {
  if (entry === null) return [];
  if (typeof entry === 'string') {
    return [entry.includes('*') ? entry.replaceAll('*', () => filling) : entry.endsWith('/') ? entry + filling : entry];
  }
  if (!isRecord(entry)) return entry.flatMap((item) => targets(item, filling));
  const known = CONDITIONS.flatMap((condition) => {
    const item = entry[condition];
    return item === undefined ? [] : targets(item, filling);
  });
  const custom = Object.keys(entry).filter((condition) => !CONDITIONS.includes(condition));
  // A condition of the project's own (`@acme/source`) is there to lead to the source.
  return [...custom.flatMap((condition) => targets(entry[condition]!, filling)), ...known];
}

function isRecord(exports: Exports): exports is { readonly [key: string]: Exports } {
  return typeof exports === 'object' && exports !== null && !Array.isArray(exports);
}
