import { asRecord, emptyRecord } from './package-json.js';
import { dirOf, joinPath, upward } from './paths.js';

/** Installed versions as a lock file records them, asked for by importing package. */
interface LockFile {
  /** `packageDir` is relative to the lock file's folder. */
  version(packageDir: string, name: string, range: string | null): string | null;
}

/** Names of the lock files that are read, the first one first. */
export const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
] as const;

/** Lock files are large and many runs never ask for a version, so each is read on the first question to it. */
export class LockFiles {
  private readonly files: ReadonlySet<string>;
  private readonly parsed = new Map<string, LockFile | null>();
  private readonly nearest = new Map<string, string | null>();

  constructor(
    listing: Iterable<string>,
    private readonly read: (path: string) => string | null,
  ) {
    this.files = new Set(
      [...listing].filter((path) => LOCK_FILES.some((name) => path === name || path.endsWith(`/${name}`))),
    );
  }

  version(packageDir: string, name: string, range: string | null): string | null {
    if (this.files.size === 0) return null;
    const path = this.lockOf(packageDir);
    if (path === null) return null;
    let lock = this.parsed.get(path);
    if (lock === undefined) {
      lock = parse(path, this.read(path) ?? '');
      this.parsed.set(path, lock);
    }
    const lockDir = dirOf(path);
    return lock?.version(lockDir === '' ? packageDir : packageDir.slice(lockDir.length + 1), name, range) ?? null;
  }

  private lockOf(packageDir: string): string | null {
    let found = this.nearest.get(packageDir);
    if (found === undefined) {
      found = null;
      for (const dir of upward(packageDir)) {
        found = LOCK_FILES.map((name) => joinPath(dir, name)!).find((path) => this.files.has(path)) ?? null;
        if (found !== null) break;
      }
      this.nearest.set(packageDir, found);
    }
    return found;
  }
}

function parse(path: string, text: string): LockFile | null {
  if (path.endsWith('.json')) return npmLock(text);
  if (path.endsWith('pnpm-lock.yaml')) return pnpmLock(text);
  if (path.endsWith('yarn.lock')) return yarnLock(text);
  return bunLock(text);
}

function npmLock(text: string): LockFile | null {
  let json: Record<string, unknown>;
  try {
    json = asRecord(JSON.parse(text) as unknown);
  } catch {
    return null;
  }
  const packages = asRecord(json['packages']);
  const flat = asRecord(json['dependencies']);
  return {
    version: (packageDir, name) => {
      for (const dir of upward(packageDir)) {
        const found = asRecord(packages[dir === '' ? `node_modules/${name}` : `${dir}/node_modules/${name}`]);
        if (typeof found['version'] === 'string') return found['version'];
      }
      const version = asRecord(flat[name])['version'];
      return typeof version === 'string' ? version : null;
    },
  };
}

/** Only the `importers` part (or, in old files, the top level), which comes before the long rest. */
function pnpmLock(text: string): LockFile {
  const importers = new Map<string, Record<string, string>>();
  let importer = importers.set('', emptyRecord<string>()).get('')!;
  let inImporters = false;
  let inDependencies = false;
  let depth = 0;
  let name = '';
  for (const line of lines(text)) {
    const match = /^( *)(?:'([^']*)'|"([^"]*)"|([^\s'":#][^:]*)):\s*(.*)$/.exec(line);
    if (match === null) continue;
    const [, spaces = '', single, double, plain, rest = ''] = match;
    const key = single ?? double ?? plain ?? '';
    const indent = spaces.length;
    if (indent === 0) {
      if (key === 'packages' || key === 'snapshots') break;
      inImporters = key === 'importers';
      inDependencies = isDependencies(key);
      depth = 2;
    } else if (inImporters && indent === 2) {
      importer = importers.set(key === '.' ? '' : key, emptyRecord<string>()).get(key === '.' ? '' : key)!;
      inDependencies = false;
    } else if (inImporters && indent === 4) {
      inDependencies = isDependencies(key);
      depth = 6;
    } else if (inDependencies && indent === depth) {
      name = key;
      if (rest !== '') importer[name] ??= cleanVersion(rest);
    } else if (inDependencies && indent === depth + 2 && key === 'version') {
      importer[name] = cleanVersion(rest);
    }
  }
  return {
    version: (packageDir, wanted) => importers.get(packageDir)?.[wanted] ?? importers.get('')?.[wanted] ?? null,
  };
}

function isDependencies(key: string): boolean {
  return /^(?:dev|optional)?dependencies$/i.test(key);
}

/** `9.47.2(react@18.2.0)` and `'/x/9.47.2_react@18'` are both 9.47.2; links have no version. */
function cleanVersion(text: string): string {
  return (
    /\d+\.\d+\.\d+(?:-[\w.]+)?/.exec(
      text
        .slice(0, 200)
        .replace(/^link:.*/, '')
        .replace(/\(.*|_.*/, ''),
    )?.[0] ?? ''
  );
}

/** Both generations: `name@^1.0.0, name@^1.1.0:` or `"name@npm:^1.0.0":`, then `version "1.2.3"` or `version: 1.2.3`. */
function yarnLock(text: string): LockFile {
  const byRange = new Map<string, string>();
  const byName = new Map<string, string>();
  let keys: string[] = [];
  for (const line of lines(text)) {
    if (line !== '' && line[0] !== ' ' && line[0] !== '#') {
      keys = line
        .replace(/:\s*$/, '')
        .split(/,\s*/)
        .map((key) => key.replace(/^"|"$/g, ''));
      continue;
    }
    const version = keys.length === 0 ? null : /^ {2}version:? "?([^"\s]+)"?/.exec(line);
    if (version === null || version[1] === undefined) continue;
    for (const key of keys) {
      const at = key.indexOf('@', 1);
      if (at < 0) continue;
      byRange.set(`${key.slice(0, at)}@${key.slice(at + 1).replace(/^npm:/, '')}`, version[1]);
      if (!byName.has(key.slice(0, at))) byName.set(key.slice(0, at), version[1]);
    }
    keys = [];
  }
  return {
    version: (_packageDir, name, range) =>
      (range === null ? undefined : byRange.get(`${name}@${range.replace(/^npm:/, '')}`)) ?? byName.get(name) ?? null,
  };
}

/** `"openai": ["openai@4.2.0", …` in the `packages` part. */
function bunLock(text: string): LockFile {
  const versions = new Map<string, string>();
  for (const line of lines(text)) {
    const match = /^\s*"([^"]+)":\s*\["(?:@[^"@]+|[^"@]+)@(\d[^"]*)"/.exec(line);
    if (match !== null) versions.set(match[1]!, match[2]!);
  }
  return {
    version: (_packageDir, name) => versions.get(name) ?? null,
  };
}

function* lines(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, text[stop - 1] === '\r' ? stop - 1 : stop);
    start = stop + 1;
  }
}
