/** Manifest, configuration and packs as a revision or the index has them. What lies outside of the repository is on disk. */
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import type { InputFiles } from '../inputs.js';
import { gitFile, type GitRevision } from '../workspace/git-source.js';

export function gitInputs(top: string, what: GitRevision): InputFiles {
  const texts = new Map<string, string | null>();
  const text = (path: string): string | null => {
    const inside = relative(top, path);
    if (inside.startsWith('..') || isAbsolute(inside)) return onDisk(path);
    const known = texts.get(inside);
    if (known !== undefined) return known;
    const found = gitFile(top, what, inside.split(sep).join('/'));
    texts.set(inside, found);
    return found;
  };
  return {
    isFile: (path) => text(path) !== null,
    read: (path) => {
      const found = text(path);
      if (found !== null) return found;
      throw Object.assign(new Error('no such file in git'), { code: 'ENOENT' });
    },
  };
}

function onDisk(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : null;
}
