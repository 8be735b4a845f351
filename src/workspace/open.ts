import { realpathSync, statSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import picomatch from 'picomatch';
import { decodeText } from './decode.js';
import { ImportMaps } from './deno.js';
import { diskSource } from './disk-source.js';
import { Environment } from './env.js';
import { envFileName } from './environments.js';
import { FileIndex } from './file-index.js';
import { findPlatforms, type Platform } from './infrastructure.js';
import { LockFiles } from './lockfiles.js';
import { Packages } from './packages.js';
import { byCodeUnits, extensionOf } from './paths.js';
import { parsePrisma } from './prisma.js';
import { Resolver } from './resolve.js';
import { Roles } from './roles.js';
import { HEAD_BYTES, MAX_CODE_BYTES, isMinified, mayBeMinified, notCodeByHead, notCodeByName } from './sniff.js';
import { TsConfigs } from './tsconfig.js';
import type {
  CodeFile,
  CodeVariant,
  EnvValue,
  FileProbe,
  FileSource,
  PackageInfo,
  PrismaModel,
  Resolution,
  Unanalysed,
  Workspace,
} from './types.js';

export interface WorkspaceOptions {
  /** Where the files come from; default: the disk. */
  readonly source?: FileSource;
  /** Globs: code that is analysed; default all. Configuration is read wherever it stands. */
  readonly include?: readonly string[];
  /** Globs: files that are treated as if they were not there. */
  readonly exclude?: readonly string[];
  /** For the disk: paths to list even if git ignores them; default: those that git tracks all the same. */
  readonly tracked?: readonly string[];
}

const VARIANTS: Readonly<Record<string, CodeVariant>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
};
/** Files with TypeScript inside that the parser does not read. */
const COMPONENTS = new Set(['.vue', '.svelte', '.astro']);

/** Throws an Error with one line for the user if the folder cannot be scanned at all. */
export function openWorkspace(root: string, options: WorkspaceOptions = {}): Workspace {
  const folder = absolute(root);
  const source = options.source ?? openDisk(root, folder, options.tracked);
  return new OpenWorkspace(folder, source, options);
}

function openDisk(asked: string, folder: string, tracked: readonly string[] | undefined): FileSource {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`folder "${asked}" does not exist`);
  if (!stat.isDirectory()) throw new Error(`"${asked}" is not a folder`);
  return diskSource(realpathSync(folder), tracked === undefined ? {} : { tracked });
}

class OpenWorkspace implements Workspace {
  readonly code: readonly CodeFile[];
  readonly others: readonly string[];
  readonly packages: readonly PackageInfo[];
  private readonly listing: readonly string[];
  private readonly roles: Roles;
  private readonly graph: Packages;
  private readonly configs: TsConfigs;
  private readonly importMaps: ImportMaps;
  private readonly locks: LockFiles;
  private readonly resolver: Resolver;
  private readonly codeProblems: Unanalysed[] = [];
  private readonly lazy: {
    environment?: Environment;
    prisma?: readonly PrismaModel[];
    platforms?: readonly Platform[];
  } = {};
  private readonly versions = new Map<string, string | null>();

  constructor(
    readonly root: string,
    private readonly source: FileSource,
    options: WorkspaceOptions,
  ) {
    const excluded = globs(options.exclude);
    const included =
      options.include === undefined || options.include.length === 0 ? () => true : globs(options.include);
    this.listing = source.list().filter((path) => !excluded(path));
    const code: Omit<CodeFile, 'role'>[] = [];
    const others: string[] = [];
    for (const path of this.listing) {
      const variant = VARIANTS[extensionOf(path)];
      if (variant === undefined || envFileName(path) !== null) {
        others.push(path);
        if (COMPONENTS.has(extensionOf(path)))
          this.codeProblem(path, 'single-file components are not analysed', 'note');
      } else if (included(path)) {
        const bytes = this.examine(path);
        if (bytes !== null) code.push({ path, variant, bytes });
      }
    }
    const codePaths = code.map((file) => file.path);
    const read = (path: string): string | null => this.read(path);
    const index = new FileIndex(this.listing, new Set(codePaths), source.links?.() ?? new Map());
    this.graph = new Packages(this.listing, read, index);
    this.packages = this.graph.all.map((item) => item.info);
    this.roles = new Roles(
      codePaths,
      this.packages.map((info) => info.dir),
    );
    this.code = code.map((file) => ({ ...file, role: this.roles.of(file.path) }));
    this.others = others;
    this.configs = new TsConfigs(this.listing, read, (name) => this.graph.dirOfName(name));
    this.importMaps = new ImportMaps(this.listing, read);
    this.locks = new LockFiles(this.listing, read);
    this.resolver = new Resolver({
      index,
      packages: this.graph,
      configs: this.configs,
      importMaps: this.importMaps,
      version: (fromPath, name) => this.versionOf(fromPath, name),
    });
  }

  get unanalysed(): readonly Unanalysed[] {
    const all = [
      ...(this.source.problems?.() ?? []),
      ...this.codeProblems,
      ...this.graph.problems,
      ...this.configs.problems,
      ...this.importMaps.problems,
      ...this.environment.problems,
    ];
    const unique = new Map(all.map((item) => [`${item.path}\0${item.line ?? 0}\0${item.reason}`, item]));
    return [...unique.values()].sort(
      (left, right) =>
        byCodeUnits(left.path, right.path) ||
        (left.line ?? 0) - (right.line ?? 0) ||
        byCodeUnits(left.reason, right.reason),
    );
  }

  get prisma(): readonly PrismaModel[] {
    return (this.lazy.prisma ??= this.listing
      .filter((path) => path.endsWith('.prisma'))
      .flatMap((path) => parsePrisma(path, this.read(path) ?? '')));
  }

  get platforms(): readonly Platform[] {
    return (this.lazy.platforms ??= findPlatforms(
      this.listing,
      (path) => this.read(path),
      (path) => this.roles.of(path) === 'test',
    ));
  }

  read(path: string): string | null {
    return this.source.read(path);
  }

  resolve(fromPath: string, specifier: string): Resolution {
    return this.resolver.resolve(fromPath, specifier);
  }

  packageOf(path: string): PackageInfo | null {
    return this.graph.of(path)?.info ?? null;
  }

  versionOf(path: string, packageName: string): string | null {
    const packageDir = this.graph.of(path)?.info.dir ?? '';
    const key = `${packageDir}\0${packageName}`;
    const known = this.versions.get(key);
    if (known !== undefined) return known;
    const declared = this.graph.declared(path, packageName);
    const range = declared?.range ?? null;
    const locked = this.locks.version(declared?.dir ?? packageDir, packageName, range);
    // `npm:openai@^4` → `^4`; `workspace:*` and paths are no versions.
    const plain = range === null ? null : range.replace(/^npm:(?:@[^/]+\/)?[^@]+@?/, '');
    const isVersion = plain !== null && /^[\^~><=v\s]*[\dx*]/i.test(plain);
    const version = locked !== null && locked !== '' ? locked : isVersion ? plain : null;
    this.versions.set(key, version);
    return version;
  }

  env(name: string): readonly EnvValue[] {
    return this.environment.of(name);
  }

  envNames(): readonly string[] {
    return this.environment.all();
  }

  private get environment(): Environment {
    return (this.lazy.environment ??= new Environment({
      listing: this.listing,
      read: (path) => this.read(path),
      ignored: (path) => this.source.ignored?.(path) ?? false,
      isTest: (path) => this.roles.of(path) === 'test',
      packages: this.packages,
    }));
  }

  /** Size of a file that is code by its name, or null (with a word in `unanalysed`) if it is none after all. */
  private examine(path: string): number | null {
    const byName = notCodeByName(path);
    if (byName !== null) return this.codeProblem(path, byName, 'note');
    const probe = this.probe(path);
    if (probe === null) return this.codeProblem(path, 'cannot be read', 'failed');
    const text = decodeText(probe.head);
    const byHead = notCodeByHead(probe.bytes, probe.head, text);
    if (byHead !== null) return this.codeProblem(path, byHead, 'note');
    if (mayBeMinified(probe.bytes, text) && isMinified(this.read(path) ?? '')) {
      return this.codeProblem(path, 'is minified', 'note');
    }
    return probe.bytes;
  }

  private probe(path: string): FileProbe | null {
    if (this.source.probe !== undefined) return this.source.probe(path, HEAD_BYTES);
    const text = this.source.read(path);
    if (text === null) return null;
    const head = Buffer.from(text.slice(0, HEAD_BYTES)).subarray(0, HEAD_BYTES);
    return { bytes: text.length > MAX_CODE_BYTES ? text.length : Buffer.byteLength(text), head };
  }

  private codeProblem(path: string, reason: string, kind: Unanalysed['kind']): null {
    this.codeProblems.push({ path, line: null, reason, kind });
    return null;
  }
}

function globs(patterns: readonly string[] | undefined): (path: string) => boolean {
  if (patterns === undefined || patterns.length === 0) return () => false;
  // `src` means the folder and all below it.
  const all = patterns.map((pattern) => pattern.replace(/^\.\//, '').replace(/\/+$/, ''));
  return picomatch([...all, ...all.map((pattern) => `${pattern}/**`)], { dot: true });
}
