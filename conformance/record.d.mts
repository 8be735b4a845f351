import type { Knowledge } from '../src/knowledge/index.js';
import type { Entry } from './entries.mjs';
import type { PackageRecord } from './totals.mjs';

export interface Release {
  readonly age: 'current' | 'previous' | 'earlier';
  readonly version: string | null;
  /** What a probe imports: a package's name, or the folder of one; null: nothing, the names are global. */
  readonly specifier: string | null;
}

export function recordOf(
  store: Knowledge,
  pkg: string,
  entries: readonly Entry[],
  releases: readonly Release[],
  others?: readonly Release[],
): PackageRecord;
export function nameOf(release: Release): string;
export function lostBy(before: PackageRecord, now: PackageRecord, entries: readonly Entry[]): string[];
