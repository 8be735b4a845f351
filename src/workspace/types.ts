/** What the rest of the house may ask about the scanned folder. Nothing here parses TypeScript. */

/** How a code file is read; decides the parser's language variant. */
export type CodeVariant = 'ts' | 'tsx' | 'js' | 'jsx';

export interface CodeFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly variant: CodeVariant;
  /** Length of the file in bytes, as stat says. */
  readonly bytes: number;
  /** Test, story, e2e, mock or fixture code by its place or name. */
  readonly role: 'product' | 'test' | 'script';
}

/** A file that was not analysed, or only in part, and why. */
export interface Unanalysed {
  readonly path: string;
  /** 1-based; null for the whole file. */
  readonly line: number | null;
  readonly reason: string;
  /** `failed` must not be passed over silently (warning); `note` is by nature (binary, generated, recovered syntax error). */
  readonly kind: 'failed' | 'note';
}

/** Where files come from: the work tree, a git revision, the index, or an editor's overlay. All synchronous. */
export interface FileSource {
  /** All files below the root that are not ignored, relative paths with `/`, sorted. */
  list(): readonly string[];
  /** Text of a file, or null if it is missing or unreadable. */
  read(path: string): string | null;
  /** Size and first bytes without reading the whole file; null if unreadable. Absent: `read` is used instead. */
  probe?(path: string, headBytes: number): FileProbe | null;
  /** Whether git ignores the file: it is listed all the same (`.env*`) but is on this machine only. */
  ignored?(path: string): boolean;
  /** Symbolic links below the root, link → what it stands for; both relative. Their targets are listed, they are not. */
  links?(): ReadonlyMap<string, string>;
  /** What could not be listed (unreadable folders, bounds) or was left out by its nature. */
  problems?(): readonly Unanalysed[];
}

export interface FileProbe {
  readonly bytes: number;
  readonly head: Uint8Array;
}

export type Resolution =
  /** A file of this code base (relative path). */
  | { readonly kind: 'file'; readonly path: string }
  /** A package that is not part of the code base: `name` is `@scope/pkg`, `specifier` what was asked for, normalised. */
  | { readonly kind: 'package'; readonly name: string; readonly specifier: string; readonly version: string | null }
  | { readonly kind: 'builtin'; readonly name: string }
  /** JSON, CSS, images …: a file that is there but is not code. */
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'missing'; readonly specifier: string };

/** One environment value and where it was found. */
export interface EnvValue {
  readonly value: string;
  readonly file: string;
  readonly line: number;
  /** `production`, `development` …; null if the place does not say. */
  readonly environment: string | null;
  /** The file is ignored by git: present on this machine only. */
  readonly ignored: boolean;
  /** code order of precedence: deployment file, `.env.<environment>`, `.env` */
  readonly origin: 'deployment' | 'env-file' | 'env-example';
}

export interface PackageInfo {
  readonly name: string | null;
  /** Folder relative to the root, `''` for the root. */
  readonly dir: string;
  /** All dependency ranges (dependencies, dev, peer, optional) by package name. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  /** Code files that `main`, `module`, `bin`, `exports` lead to (mapped back to source where possible). */
  readonly entries: readonly string[];
  readonly type: 'module' | 'commonjs';
}

/** A model of schema.prisma. */
export interface PrismaModel {
  readonly name: string;
  readonly file: string;
  readonly fields: readonly {
    readonly name: string;
    /** Prisma scalar (`String`, `DateTime` …), enum or model name. */
    readonly type: string;
    readonly list: boolean;
    readonly optional: boolean;
    readonly line: number;
  }[];
}

export interface Workspace {
  /** Absolute path of the scanned folder. */
  readonly root: string;
  readonly code: readonly CodeFile[];
  /** All other listed files: data, configuration, infrastructure. */
  readonly others: readonly string[];
  readonly packages: readonly PackageInfo[];
  readonly unanalysed: readonly Unanalysed[];
  read(path: string): string | null;
  /** Resolves an import of a file. Pure function of the workspace; cached. */
  resolve(fromPath: string, specifier: string): Resolution;
  packageOf(path: string): PackageInfo | null;
  /** Declared range or locked version of a package for a file, nearest package first: `9.47.2`, `^9`, or null. */
  versionOf(path: string, packageName: string): string | null;
  /** Values that the environment variable may have, in order of precedence; empty if set nowhere. */
  env(name: string): readonly EnvValue[];
  envNames(): readonly string[];
  readonly prisma: readonly PrismaModel[];
  /** Hosted platforms that the project is deployed to, by their configuration files: `vercel`, `aws-lambda`, `supabase` … */
  readonly platforms: readonly { readonly id: string; readonly file: string }[];
}
