/**
 * Where phitrace keeps what it need not compute twice: in the user's own cache folder, never in the scanned project,
 * which could otherwise bring along results that say that nothing was found.
 */
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
