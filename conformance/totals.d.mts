/** How one release of a package stands to all that the rules say of the package. */
export interface MajorRecord {
  readonly age: 'current' | 'previous' | 'earlier';
  readonly proved: number;
  /** Entries that speak of what this release does not have. */
  readonly absent: number;
  /** Entries at whose place its typings take anything. */
  readonly loose: number;
  /** Entries from which it differs: it has the call, and not that argument. */
  readonly otherwise: number;
  /** Of those the ones whose call the rules know in no form that this release has; entry → how it differs. */
  readonly unknown: Readonly<Record<string, string>>;
}

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
  /** By import path and version. */
  readonly majors: Readonly<Record<string, MajorRecord>>;
}

/** The sums over all packages of one age: the newest releases, those of the major before, and older ones. */
export interface AgeTotals {
  readonly releases: number;
  readonly asked: number;
  readonly proved: number;
  readonly absent: number;
  readonly loose: number;
  readonly otherwise: number;
  /** Of those the ones whose call the rules know in no form that these releases have. */
  readonly unknown: number;
}

export interface Totals {
  readonly entries: number;
  readonly proved: number;
  readonly earlierOnly: number;
  readonly unproved: Readonly<Record<string, number>>;
  readonly byAge: Readonly<Record<MajorRecord['age'], AgeTotals>>;
}

/** The share in per cent that must not be lost. */
export const LEAST: number;
export function totalsOf(packages: Readonly<Record<string, PackageRecord>>): Totals;
export function shareProved(totals: Totals): string;
