import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { decodeText } from './decode.js';
import { leftOutFolders } from './folders.js';
import { byCodeUnits } from './paths.js';
import type { FileSource } from './types.js';

/** What to read: a commit-ish, or the index (what would be committed now). */
export type GitRevision = { readonly revision: string } | { readonly index: true };

/** Git could not do what was asked; the message is one line for the user. */
export class GitError extends Error {}

/**
 * Settings under which git only reads objects: no hooks, no file system monitor of the repository's choosing, no
 * network for objects that a partial clone lacks, no replaced objects.
 */
const READ_ONLY = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  '--no-replace-objects',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.allow=never',
];

const MAX_OUTPUT = 1 << 30;
/** Blobs fetched together: few processes, and no more than one batch in flight. */
const BATCH_FILES = 512;
const BATCH_BYTES = 32 << 20;

interface Blob {
  readonly id: string;
  readonly bytes: number;
}

/** The files of a revision or of the index, below `root`, as git has them. Throws GitError if git cannot tell. */
export function gitSource(root: string, what: GitRevision): FileSource {
  const blobs = 'index' in what ? listIndex(root) : listRevision(root, what.revision);
  const isLeftOut = leftOutFolders(blobs.keys());
  const paths = [...blobs.keys()].filter((path) => !isLeftOut(path)).sort(byCodeUnits);
  const position = new Map(paths.map((path, index) => [path, index]));
  const contents = new Map<string, Buffer>();

  const load = (path: string): Buffer | null => {
    const known = contents.get(path);
    if (known !== undefined) return known;
    const start = position.get(path);
    if (start === undefined) return null;
    const batch: string[] = [];
    let bytes = 0;
    for (let index = start; index < paths.length && batch.length < BATCH_FILES; index += 1) {
      const next = paths[index]!;
      if (contents.has(next)) continue;
      bytes += blobs.get(next)!.bytes;
      if (batch.length > 0 && bytes > BATCH_BYTES) break;
      batch.push(next);
    }
    const loaded = readBlobs(
      root,
      batch.map((next) => blobs.get(next)!.id),
    );
    batch.forEach((next, index) => {
      const content = loaded[index];
      if (content !== null && content !== undefined) contents.set(next, content);
    });
    return contents.get(path) ?? null;
  };

  return {
    list: () => paths,
    read: (path) => {
      const content = load(path);
      return content === null ? null : decodeText(content);
    },
    probe: (path, headBytes) => {
      const blob = blobs.get(path);
      if (blob === undefined) return null;
      // A file far too large to be analysed is judged by its size alone.
      if (blob.bytes > BATCH_BYTES) return { bytes: blob.bytes, head: new Uint8Array() };
      const content = load(path);
      return content === null ? null : { bytes: content.length, head: content.subarray(0, headBytes) };
    },
  };
}

/** One file of a revision or of the index, by its path from the top of the repository; null if it is not there. */
export function gitFile(top: string, what: GitRevision, path: string): string | null {
  const spec = 'index' in what ? `:0:${path}` : `${what.revision}:${path}`;
  const content = run(top, ['cat-file', 'blob', spec], null);
  return content === null ? null : decodeText(content);
}

/** The commit that a revision names; null if git does not know it here. */
export function resolveRevision(root: string, revision: string): string | null {
  const found = run(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], null);
  return found?.toString('utf8').trim() ?? null;
}

/** The commit from which the current one and a revision both come. Throws GitError with a line for the user. */
export function mergeBase(root: string, revision: string): string {
  const id = (word: string): string | null => {
    const found = run(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${word}^{commit}`], null);
    return found?.toString('utf8').trim() ?? null;
  };
  const head = id('HEAD');
  if (head === null) throw new GitError('git knows no current commit here: is this folder in a git repository?');
  const other = id(revision);
  if (other === null) throw new GitError(`git does not know the revision "${revision}" here`);
  const base = run(root, ['merge-base', other, head], null)?.toString('utf8').trim();
  if (base === undefined || base === '')
    throw new GitError(
      `git finds no common ancestor of "${revision}" and the current commit; a shallow clone needs its history (fetch-depth: 0)`,
    );
  return base;
}

/** Files that git tracks although its own rules ignore them, below `root`; none if git is not there to ask. */
export function trackedThoughIgnored(root: string): readonly string[] {
  const result = run(root, ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard'], null);
  return result === null ? [] : splitNul(result);
}

function listRevision(root: string, revision: string): Map<string, Blob> {
  const commit = run(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], null);
  if (commit === null) throw new GitError(`git does not know the revision "${revision}" here`);
  const blobs = new Map<string, Blob>();
  // Without --full-tree, ls-tree lists the current folder only and relative to it.
  const output = run(root, ['ls-tree', '-r', '-z', '-l', commit.toString('utf8').trim()], null);
  if (output === null) throw new GitError(`git cannot list the files of "${revision}"`);
  for (const entry of splitNul(output)) {
    const tab = entry.indexOf('\t');
    const [mode, , id, bytes] = entry.slice(0, tab).split(/ +/);
    if (isPlainFile(mode)) blobs.set(entry.slice(tab + 1), { id: id!, bytes: Number(bytes) || 0 });
  }
  return blobs;
}

function listIndex(root: string): Map<string, Blob> {
  const output = run(root, ['ls-files', '-z', '--stage'], null);
  if (output === null) throw new GitError('git cannot read the index: is this folder in a git repository?');
  const ids = new Map<string, string>();
  for (const entry of splitNul(output)) {
    const tab = entry.indexOf('\t');
    const [mode, id] = entry.slice(0, tab).split(' ');
    if (isPlainFile(mode)) ids.set(entry.slice(tab + 1), id!);
  }
  const sizes = run(root, ['cat-file', '--batch-check=%(objectsize)'], [...ids.values()].join('\n') + '\n');
  const lines = sizes?.toString('utf8').split('\n') ?? [];
  const blobs = new Map<string, Blob>();
  let line = 0;
  for (const [path, id] of ids) blobs.set(path, { id, bytes: Number(lines[line++]) || 0 });
  return blobs;
}

/** Regular files only: a link's blob is a path, a submodule has none. */
function isPlainFile(mode: string | undefined): boolean {
  return mode === '100644' || mode === '100755';
}

function readBlobs(root: string, ids: readonly string[]): (Buffer | null)[] {
  const output = run(root, ['cat-file', '--batch'], ids.join('\n') + '\n');
  if (output === null) return ids.map(() => null);
  const contents: (Buffer | null)[] = [];
  let at = 0;
  for (let index = 0; index < ids.length; index += 1) {
    const end = output.indexOf(10, at);
    if (end < 0) break;
    const header = output.toString('latin1', at, end);
    const bytes = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    at = end + 1;
    if (bytes === undefined) {
      contents.push(null); // "<id> missing": nothing follows the header
      continue;
    }
    contents.push(output.subarray(at, at + Number(bytes)));
    at += Number(bytes) + 1;
  }
  return contents;
}

function splitNul(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '');
}

/** Output of a git command in `root`; null if git is missing or refuses. */
function run(root: string, args: readonly string[], input: string | null): Buffer | null {
  const result = spawnSync('git', [...READ_ONLY, ...args], {
    cwd: realpathSync(root),
    env: gitEnvironment(),
    input: input ?? '',
    maxBuffer: MAX_OUTPUT,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  return result.error === undefined && result.status === 0 ? result.stdout : null;
}

/**
 * The repository is found from the scanned folder, not from variables that a hook inherits, except the index: while
 * committing, git names there the one that holds what is about to be committed.
 */
function gitEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_PREFIX', 'GIT_EXTERNAL_DIFF', 'GIT_PAGER']) {
    delete environment[name];
  }
  if (environment['GIT_INDEX_FILE'] !== undefined) {
    environment['GIT_INDEX_FILE'] = resolve(environment['GIT_INDEX_FILE']);
  }
  environment['GIT_NO_LAZY_FETCH'] = '1';
  environment['GIT_TERMINAL_PROMPT'] = '0';
  environment['LC_ALL'] = 'C';
  return environment;
}
