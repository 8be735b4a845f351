/** Reads the files of a foreign suite: from a checked-out folder, or straight out of a git directory (bare or not). */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function git(dir, args) {
  const run = spawnSync('git', ['--git-dir', dir, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`git ${args.join(' ')} in ${dir}: ${run.stderr}`);
  return run.stdout;
}

/** `list(folder)` gives file names in a folder, `read(path)` a file's text; both paths are relative to the suite's root. */
export function suite(dir) {
  const gitDir = existsSync(join(dir, 'HEAD')) ? dir : existsSync(join(dir, '.git')) ? join(dir, '.git') : null;
  return {
    list(folder) {
      if (existsSync(join(dir, folder))) return readdirSync(join(dir, folder)).sort();
      if (!gitDir) throw new Error(`${folder} is not in ${dir}`);
      return git(gitDir, ['ls-tree', '--name-only', `HEAD:${folder}`])
        .split('\n')
        .filter(Boolean)
        .sort();
    },
    read(path) {
      if (existsSync(join(dir, path))) return readFileSync(join(dir, path), 'utf8');
      if (!gitDir) throw new Error(`${path} is not in ${dir}`);
      return git(gitDir, ['show', `HEAD:${path}`]);
    },
  };
}
