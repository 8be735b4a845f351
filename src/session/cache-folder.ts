/**
 * Where phitrace keeps what it need not compute twice: in the user's own cache folder, never in the scanned project,
 * which could otherwise bring along results that say that nothing was found.
 */
import { rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Absolute path; the folder need not exist. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const named = env['PHITRACE_CACHE_DIR'];
  if (named !== undefined && isAbsolute(named)) return named;
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'phitrace');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'phitrace');
  const local = env['LOCALAPPDATA'];
  if (platform === 'win32' && local !== undefined && isAbsolute(local)) return join(local, 'phitrace', 'Cache');
  return join(homedir(), '.cache', 'phitrace');
}

/** Where analyses are kept in it. */
export const LOOKS = 'looks';

/** Removes what phitrace put there, and nothing else. Returns whether there was anything. */
export function cleanCache(folder: string): boolean {
  const looks = join(folder, LOOKS);
  const was = statSync(looks, { throwIfNoEntry: false }) !== undefined;
  rmSync(looks, { recursive: true, force: true });
  return was;
}
