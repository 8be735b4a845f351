import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The rules of one `.gitignore`; paths are tested relative to the folder that holds it. */
interface Level {
  readonly rules: Ignore;
  /** Prepended to a path relative to the scanned root; `''` unless the file lies above the root. */
  readonly prefix: string;
  /** Cut from a path relative to the scanned root: the length of the holding folder with its slash. */
  readonly cut: number;
}

/** Ignore rules in force in one folder: its own and those of all folders above, nearest last. */
export class IgnoreRules {
  private constructor(private readonly levels: readonly Level[]) {}

  /** Rules that apply to the whole root: `.git/info/exclude` and the `.gitignore` of folders above it in the repository. */
  static forRoot(root: string): IgnoreRules {
    const top = repositoryTop(root);
    if (top === null) return new IgnoreRules([]);
    const levels: Level[] = [];
    const add = (folder: string, text: string | null): void => {
      if (text === null) return;
      const prefix = relative(folder, root).split(sep).join('/');
      levels.push({ rules: ignore().add(harmless(text)), prefix: prefix === '' ? '' : `${prefix}/`, cut: 0 });
    };
    add(top, readText(join(gitCommonDir(top), 'info', 'exclude')));
    const between: string[] = [];
    for (let folder = root; folder !== top; folder = dirname(folder)) between.unshift(dirname(folder));
    for (const folder of between) add(folder, readText(join(folder, '.gitignore')));
    // Who asks for an ignored folder by name wants it scanned.
    return new IgnoreRules(levels.filter((level) => level.prefix === '' || !level.rules.ignores(level.prefix)));
  }

  /** Adds the `.gitignore` text of a folder (relative to the root). */
  with(dir: string, text: string): IgnoreRules {
    return new IgnoreRules([
      ...this.levels,
      { rules: ignore().add(harmless(text)), prefix: '', cut: dir === '' ? 0 : dir.length + 1 },
    ]);
  }

  /** Whether git would ignore the path, given that its folder is not ignored. */
  ignores(path: string, isDirectory: boolean): boolean {
    for (let index = this.levels.length - 1; index >= 0; index -= 1) {
      const level = this.levels[index]!;
      const subject = level.prefix + path.slice(level.cut) + (isDirectory ? '/' : '');
      const result = level.rules.test(subject);
      if (result.ignored) return true;
      if (result.unignored) return false;
    }
    return false;
  }
}

const MAX_WILDCARDS = 4;

/**
 * Drops rules with so many wildcards in one name that matching them could take for ever. What they would have hidden
 * is scanned instead, which is the safe side.
 */
function harmless(text: string): string {
  if (!text.includes('*')) return text;
  return text
    .split('\n')
    .filter((line) => line.split('/').every((name) => name.split(/\*+/).length <= MAX_WILDCARDS + 1))
    .join('\n');
}

/** The folder with `.git` at or above `start`, or null outside a repository. */
export function repositoryTop(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    if (statSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** The git directory that holds `info/`; follows the pointer files of linked work trees and submodules. */
function gitCommonDir(top: string): string {
  const dotGit = join(top, '.git');
  const pointer = readText(dotGit);
  if (pointer === null) return dotGit;
  const target = /^gitdir:\s*(.+?)\s*$/m.exec(pointer)?.[1];
  if (target === undefined) return dotGit;
  const gitDir = resolve(top, target);
  const common = readText(join(gitDir, 'commondir'))?.trim();
  if (common === undefined || common === '') return gitDir;
  return isAbsolute(common) ? common : resolve(gitDir, common);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
