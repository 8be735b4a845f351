/** One session for each folder and its settings; ESLint asks file by file, the session answers for the whole program. */
import { realpathSync } from 'node:fs';
import { dirname, basename, join } from 'node:path';
import { cacheFolder } from '../session/cache-folder.js';
import { type Look, Session } from '../session/session.js';
import { sharedLooks } from '../session/shared-looks.js';
import type { Asked } from './settings.js';
import { withinRoot } from './settings.js';

export interface Answer {
  readonly look: Look;
  /** Path of the file in the analysis; null if it lies outside of the folder. */
  readonly path: string | null;
  readonly root: string;
}

/** An editor may have this many folders open before the one that was asked for longest ago is forgotten. */
const MAX_SESSIONS = 8;

export class Projects {
  private readonly sessions = new Map<string, Session>();

  /** What holds for a file with this text, the rest of its program being as it is on disk or in other buffers. */
  ask(asked: Asked, file: string, text: string): Answer {
    const root = real(asked.root);
    const path = withinRoot(root, realFile(file));
    const session = this.session({ ...asked, root });
    return { look: path === null ? session.look() : session.look(path, text), path, root };
  }

  /** How many analyses all sessions have made; for tests. */
  get analyses(): number {
    return [...this.sessions.values()].reduce((sum, session) => sum + session.analyses, 0);
  }

  private session(asked: Asked): Session {
    const key = JSON.stringify(asked);
    const session = this.sessions.get(key) ?? make(asked);
    this.sessions.delete(key);
    this.sessions.set(key, session);
    for (const oldest of this.sessions.keys()) {
      if (this.sessions.size <= MAX_SESSIONS) break;
      this.sessions.delete(oldest);
    }
    return session;
  }
}

function make({ root, manifest, config, profile, today, cache }: Asked): Session {
  const shared = cache ? sharedLooks(cacheFolder(process.env, process.platform)) : undefined;
  return new Session({ dir: root, manifest, config, profile, today, shared });
}

function real(path: string): string {
  try {
    return drive(realpathSync(path));
  } catch {
    return drive(path);
  }
}

/** Editors write `c:`, terminals `C:`: one folder is one program. */
function drive(path: string): string {
  return path.replace(/^[a-z]:/, (letter) => letter.toUpperCase());
}

/** A file that was never saved has at least a folder. */
function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return join(real(dirname(file)), basename(file));
  }
}
