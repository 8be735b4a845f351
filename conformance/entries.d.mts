import type { Knowledge } from '../src/knowledge/index.js';

/** One thing that rules/ says about code: a call, a constructor, an option, an argument or a property. */
export interface Entry {
  readonly id: string;
  readonly pkg: string;
  readonly type: string | null;
  readonly path: string | null;
  readonly use: 'new' | 'call' | 'read';
  readonly arg: readonly string[] | null;
  /** All arguments count, so that no position is claimed. */
  readonly anywhere: boolean;
}

export function entriesOf(store: Knowledge, pkg: string): Entry[];
export function packagesOf(store: Knowledge): string[];
export function keyOf(entries: readonly Entry[]): string;
