/**
 * Analyses shared by ESLint's worker threads and by one run and the next: one of them computes, the others wait for the
 * file. It holds what `check` prints, so quoted code in it is masked; texts and facts are not in it.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../version.js';
import type { Look, SharedLooks } from './session.js';

/** Looks kept; the oldest go first. */
const MAX_KEPT = 32;
const WAIT_STEP_MS = 25;
/** Somebody who has not finished by then has died: then everybody computes for himself. */
const MAX_WAIT_MS = 120_000;

export function sharedLooks(folder: string): SharedLooks {
  const looks = join(folder, 'looks');
  return {
    get(key, compute) {
      const file = join(looks, `${createHash('sha256').update(`${VERSION}\0${key}`).digest('hex').slice(0, 40)}.json`);
      const found = read(file);
      if (found !== null) return found;
      if (!prepare(looks)) return compute();
      const lock = `${file}.lock`;
      if (!take(lock)) {
        const others = waitFor(file, lock);
        return others ?? compute();
      }
      try {
        const look = read(file) ?? compute();
        if (look.failure === null) write(looks, file, look);
        return look;
      } finally {
        rmSync(lock, { force: true });
      }
    },
  };
}

/** Removes all that is kept. Returns whether there was anything. */
export function forgetLooks(folder: string): boolean {
  const looks = join(folder, 'looks');
  const was = statSync(looks, { throwIfNoEntry: false }) !== undefined;
  rmSync(looks, { recursive: true, force: true });
  return was;
}

function prepare(looks: string): boolean {
  try {
    mkdirSync(looks, { recursive: true, mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch {
    return false;
  }
}

function waitFor(file: string, lock: string): Look | null {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const found = read(file);
    if (found !== null) return found;
    const held = statSync(lock, { throwIfNoEntry: false });
    if (held === undefined) return read(file);
    if (Date.now() - held.mtimeMs > MAX_WAIT_MS) {
      rmSync(lock, { force: true });
      return null;
    }
    Atomics.wait(sleeper, 0, 0, WAIT_STEP_MS);
  }
}

function read(file: string): Look | null {
  try {
    const look = JSON.parse(readFileSync(file, 'utf8')) as Look;
    return Array.isArray(look.analysis?.findings) ? { ...look, failure: null } : null;
  } catch {
    return null;
  }
}

function write(looks: string, file: string, look: Look): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, JSON.stringify(look), { mode: 0o600 });
    renameSync(draft, file);
    prune(looks);
  } catch {
    // A full or read-only disk costs time, nothing else.
    rmSync(draft, { force: true });
  }
}

function prune(looks: string): void {
  const kept = readdirSync(looks)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, at: statSync(join(looks, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of kept.slice(MAX_KEPT)) rmSync(join(looks, name), { force: true });
}
