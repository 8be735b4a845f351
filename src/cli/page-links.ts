/** Where the links of a page lead: to the editor if the code lies beside the page, to the repository if that is known. */
import path from 'node:path';
import type { PageLinks } from '../report/page.js';
import type { Io } from './io.js';
import { repositoryOf } from './repository.js';

export function pageLinks(io: Pick<Io, 'cwd' | 'env'>, root: string, file: string | null): PageLinks {
  return { repository: repositoryOf(root, io.env), fromPage: fromPage(io.cwd, root, file) };
}

/** The scanned folder as the page sees it, if both lie below the current one: no path of this machine may stand in the page. */
function fromPage(cwd: string, root: string, file: string | null): string | null {
  const inside = (p: string): boolean =>
    !path.relative(cwd, p).startsWith('..') && !path.isAbsolute(path.relative(cwd, p));
  if (file === null || !inside(file) || !inside(root)) return null;
  return path.relative(path.dirname(file), root).split(path.sep).join('/') || '.';
}
