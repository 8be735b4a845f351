/** `settings.phitrace` of an ESLint configuration: what all rules of a run have in common. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Severity } from '../analysis.js';

/** Options of every rule: `["error", { atLeast: "warning" }]`. */
export interface RuleOptions {
  /** Places of milder findings are left out; default: `note`, so all are told. */
  readonly atLeast?: Severity;
}

export interface PhitraceSettings {
  /** Folder to analyse, relative to the one ESLint runs in. Default: that one. */
  readonly root?: string;
  /** Manifest; default: the nearest `baa.yaml` from the root upward. */
  readonly manifest?: string;
  /** Configuration; default: `phitrace.yaml` in the root. */
  readonly config?: string;
  readonly profile?: 'recommended' | 'strict' | 'audit';
  /** Judge as of this day, YYYY-MM-DD. */
  readonly today?: string;
  /** Share results with other processes through the user's cache folder. Default: true. */
  readonly cache?: boolean;
}

const TEXTS = ['root', 'manifest', 'config', 'profile', 'today'] as const;
const PROFILES = ['recommended', 'strict', 'audit'];

/** What a lint run asks for, with absolute paths. */
export interface Asked {
  readonly root: string;
  readonly manifest?: string;
  readonly config?: string;
  readonly profile?: PhitraceSettings['profile'];
  readonly today?: string;
  readonly cache: boolean;
}

/** Throws an Error of one line for a setting that cannot be meant. */
export function readSettings(settings: unknown, cwd: string): Asked {
  const given = settings ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw new Error('settings.phitrace must be an object');
  for (const [key, value] of Object.entries(given)) {
    if (key === 'cache') {
      if (typeof value !== 'boolean') throw new Error('settings.phitrace.cache must be true or false');
    } else if (!(TEXTS as readonly string[]).includes(key)) {
      throw new Error(`settings.phitrace has no key ${JSON.stringify(key)}; there are ${TEXTS.join(', ')} and cache`);
    } else if (value !== undefined && typeof value !== 'string') {
      throw new Error(`settings.phitrace.${key} must be a text`);
    }
  }
  const { root, manifest, config, profile, today, cache } = given as PhitraceSettings;
  if (profile !== undefined && !PROFILES.includes(profile))
    throw new Error(`settings.phitrace.profile must be one of ${PROFILES.join(', ')}`);
  return {
    root: resolve(cwd, root ?? '.'),
    manifest: manifest === undefined ? undefined : resolve(cwd, manifest),
    config: config === undefined ? undefined : resolve(cwd, config),
    profile,
    today,
    cache: cache !== false,
  };
}

/** Path relative to the root with `/`, or null if the file lies outside of it. */
export function withinRoot(root: string, file: string): string | null {
  const path = relative(root, file);
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return null;
  return path.split(sep).join('/');
}
