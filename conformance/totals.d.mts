/** What result.json holds of one package. */
export interface PackageRecord {
  /** Of the entries that it was made from. */
  readonly key: string;
  /** Import path and version of each release that was asked. */
  readonly releases: readonly string[];
  readonly entries: number;
  readonly proved: number;
  /** Proved by the release before the newest alone. */
  readonly earlierOnly: readonly string[];
  /** Entry → why not. */
  readonly unproved: Readonly<Record<string, string>>;
}

export interface Totals {
  readonly entries: number;
  readonly proved: number;
  readonly earlierOnly: number;
  readonly unproved: Readonly<Record<string, number>>;
}

/** The share in per cent that must not be lost. */
export const LEAST: number;
export function totalsOf(packages: Readonly<Record<string, PackageRecord>>): Totals;
export function shareProved(totals: Totals): string;
