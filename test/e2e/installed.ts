/** Projects that have phitrace as a dependency, and git in them. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BIN, project, ROOT, run } from './command.js';

/** As `npm install` would have made it. */
export function installed(files: Readonly<Record<string, string>>): string {
  const dir = project(files);
  mkdirSync(path.join(dir, 'node_modules/.bin'), { recursive: true });
  symlinkSync(ROOT, path.join(dir, 'node_modules/phitrace'), 'dir');
  symlinkSync(BIN, path.join(dir, 'node_modules/.bin/phitrace'));
  writeFileSync(path.join(dir, '.gitignore'), 'node_modules\n');
  return dir;
}

export function git(dir: string, ...args: string[]): ReturnType<typeof run> {
  const who = {
    GIT_AUTHOR_NAME: 't',
    GIT_AUTHOR_EMAIL: 't@e.org',
    GIT_COMMITTER_NAME: 't',
    GIT_COMMITTER_EMAIL: 't@e.org',
  };
  return run('git', args, { cwd: dir, env: who });
}
