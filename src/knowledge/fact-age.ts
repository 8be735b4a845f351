/** Older facts are not to be relied on: covered-service lists change. */
export const FACT_DAYS = 90;

/**
 * Days from a fact's date to `today` (YYYY-MM-DD). A fact that names only a month or a year may be as old as its first
 * day; a date in the future is of today.
 */
export function ageOfFact(asOf: string, today: string): number {
  const [year, month = '01', day = '01'] = asOf.split('-');
  const days = (Date.parse(today) - Date.parse(`${year ?? ''}-${month}-${day}`)) / 86_400_000;
  return Math.max(0, Math.round(days));
}

/** Whether a fact is too old to be relied on. */
export function isOldFact(asOf: string, today: string): boolean {
  return ageOfFact(asOf, today) > FACT_DAYS;
}
