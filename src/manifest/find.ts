/** Where the manifest and the configuration are, if nobody says. */
import { statSync } from 'node:fs';
import path from 'node:path';

function isFileOnDisk(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Absolute path of the nearest `baa.yaml` from `dir` upward, or null. */
export function findManifest(dir: string, isFile: (file: string) => boolean = isFileOnDisk): string | null {
  for (let folder = path.resolve(dir); ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'baa.yaml');
    try {
      if (isFile(file)) return file;
    } catch {
      return null; // an unreadable folder ends the search, as it ends every other
    }
    if (folder === path.dirname(folder)) return null;
  }
}

/** Absolute path of `phitrace.yaml` in `dir`, or null. */
export function findConfig(dir: string, isFile: (file: string) => boolean = isFileOnDisk): string | null {
  const file = path.join(path.resolve(dir), 'phitrace.yaml');
  return isFile(file) ? file : null;
}
