import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  realpathSync,
  statSync,
  type Dirent,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { decodeText } from './decode.js';
import { isNeverCode, isOutputFolder, leftOutFolders } from './folders.js';
import { trackedThoughIgnored } from './git-source.js';
import { IgnoreRules, repositoryTop } from './ignore-rules.js';
import { baseOf, byCodeUnits } from './paths.js';
import type { FileProbe, FileSource, Unanalysed } from './types.js';

export interface DiskOptions {
  /** Paths that are listed even if git ignores them; default: what git itself tracks in spite of its ignore rules. */
  readonly tracked?: Iterable<string>;
  readonly maxFiles?: number;
  readonly maxDepth?: number;
}

const MAX_FILES = 200_000;
const MAX_DEPTH = 64;

/** The work tree below an absolute folder. The listing is made once, on first use. */
export function diskSource(root: string, options: DiskOptions = {}): FileSource {
  let walk: DiskWalk | null = null;
  const walked = (): DiskWalk => (walk ??= new DiskWalk(root, options));
  return {
    list: () => walked().files,
    read: (path) => {
      try {
        return isBelow(path) ? decodeText(readFileSync(join(root, path))) : null;
      } catch {
        return null;
      }
    },
    probe: (path, headBytes) => probe(join(root, path), headBytes),
    ignored: (path) => walked().ignored.has(path),
    links: () => walked().links,
    problems: () => walked().problems,
  };
}

/** Dotenv files hold what the machine at hand really uses, so git's opinion on them does not count. */
export function isEnvFileName(name: string): boolean {
  return name === '.env' || name.startsWith('.env.') || name === '.envrc';
}

/** A folder or a code file, as far as the name of a link tells; a README's loss is not worth a word. */
function mayHoldCode(path: string): boolean {
  return /^\.?[^.]*$|\.[cm]?[jt]sx?$/.test(baseOf(path));
}

function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

function probe(file: string, headBytes: number): FileProbe | null {
  let handle: number | null = null;
  try {
    handle = openSync(file, 'r');
    const bytes = fstatSync(handle).size;
    const head = Buffer.allocUnsafe(Math.min(bytes, headBytes));
    const length = readSync(handle, head, 0, head.length, 0);
    return { bytes, head: head.subarray(0, length) };
  } catch {
    return null;
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

/** One walk over the folder; everything is decided from names, `.gitignore` texts and link targets. */
class DiskWalk {
  readonly files: readonly string[];
  readonly links = new Map<string, string>();
  readonly problems: Unanalysed[] = [];
  readonly ignored = new Set<string>();
  private readonly found: string[] = [];
  private readonly pendingLinks: string[] = [];
  private readonly realRoot: string;
  private readonly maxFiles: number;
  private readonly maxDepth: number;
  private full = false;

  constructor(
    private readonly root: string,
    options: DiskOptions,
  ) {
    this.maxFiles = options.maxFiles ?? MAX_FILES;
    this.maxDepth = options.maxDepth ?? MAX_DEPTH;
    this.realRoot = realpathSync(root);
    this.folder('', IgnoreRules.forRoot(this.realRoot), 0);
    this.addTracked(options.tracked ?? (repositoryTop(this.realRoot) === null ? [] : trackedThoughIgnored(root)));
    this.files = this.found.sort(byCodeUnits);
    this.followLinks();
    this.problems.sort((left, right) => byCodeUnits(left.path, right.path));
  }

  private folder(dir: string, inherited: IgnoreRules, depth: number): void {
    if (this.full) return;
    if (depth > this.maxDepth) {
      this.problem(dir, `is nested deeper than ${this.maxDepth} folders`, 'failed');
      return;
    }
    let entries: Dirent[];
    try {
      entries = readdirSync(join(this.root, dir), { withFileTypes: true });
    } catch {
      this.problem(dir === '' ? '.' : dir, 'folder cannot be read', 'failed');
      return;
    }
    entries.sort((left, right) => byCodeUnits(left.name, right.name));
    const rules = this.ownRules(dir, entries, inherited);
    const packageRoot = dir === '' || entries.some((entry) => entry.name === 'package.json' || entry.name === '.git');
    const prefix = dir === '' ? '' : `${dir}/`;
    for (const entry of entries) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) this.subfolder(path, entry.name, rules, packageRoot, depth);
      else if (entry.isFile()) this.file(path, entry.name, rules);
      else if (entry.isSymbolicLink() && !isNeverCode(entry.name) && !rules.ignores(path, false)) {
        this.pendingLinks.push(path);
      }
      if (this.full) return;
    }
  }

  private ownRules(dir: string, entries: readonly Dirent[], inherited: IgnoreRules): IgnoreRules {
    if (!entries.some((entry) => entry.name === '.gitignore' && entry.isFile())) return inherited;
    const path = dir === '' ? '.gitignore' : `${dir}/.gitignore`;
    try {
      return inherited.with(dir, decodeText(readFileSync(join(this.root, path))));
    } catch {
      this.problem(path, 'cannot be read', 'note');
      return inherited;
    }
  }

  private subfolder(path: string, name: string, rules: IgnoreRules, packageRoot: boolean, depth: number): void {
    if (isNeverCode(name) || rules.ignores(path, true)) return;
    if (packageRoot && isOutputFolder(name)) {
      this.problem(path, `folder "${name}" is taken for build output or third-party code`, 'note');
      return;
    }
    this.folder(path, rules, depth + 1);
  }

  private file(path: string, name: string, rules: IgnoreRules): void {
    if (rules.ignores(path, false)) {
      if (!isEnvFileName(name)) return;
      this.ignored.add(path);
    }
    this.add(path);
  }

  private add(path: string): void {
    if (this.found.length >= this.maxFiles) {
      if (!this.full) this.problem('.', `holds more than ${this.maxFiles} files; the rest is left out`, 'failed');
      this.full = true;
      return;
    }
    this.found.push(path);
  }

  private addTracked(tracked: Iterable<string>): void {
    const known = new Set(this.found);
    const isLeftOut = leftOutFolders(this.found);
    for (const path of tracked) {
      if (known.has(path) || !isBelow(path) || isLeftOut(path)) {
        this.ignored.delete(path);
        continue;
      }
      const stat = statSync(join(this.root, path), { throwIfNoEntry: false });
      if (stat?.isFile() === true) this.add(path);
    }
  }

  /** Links within the root are other names of listed files; links out of it are left alone and said. */
  private followLinks(): void {
    for (const path of this.pendingLinks) {
      let real: string;
      try {
        real = realpathSync(join(this.root, path));
      } catch {
        if (mayHoldCode(path)) this.problem(path, 'symbolic link leads nowhere or in a circle', 'note');
        continue;
      }
      const target = relative(this.realRoot, real).split(sep).join('/');
      if (target === '..' || target.startsWith('../') || /^[A-Za-z]:/.test(target)) {
        if (mayHoldCode(path)) this.problem(path, 'symbolic link leads out of the scanned folder', 'note');
      } else if (target === '' || path.startsWith(`${target}/`)) {
        this.problem(path, 'symbolic link leads back to a folder that contains it', 'note');
      } else if (isEnvFileName(baseOf(path)) && !this.found.includes(path)) {
        this.found.push(path);
        this.found.sort(byCodeUnits);
      } else {
        this.links.set(path, target);
      }
    }
  }

  private problem(path: string, reason: string, kind: Unanalysed['kind']): void {
    this.problems.push({ path, line: null, reason, kind });
  }
}
