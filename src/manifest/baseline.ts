/** `--baseline FILE`: places that were there before the gate, by fingerprint, each with the day it was written down. */
import { isDate } from './dates.js';
import type { ManifestProblem } from './types.js';

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly file: string;
  /** The day on which the place entered the baseline. */
  readonly since: string;
  /** 1-based line in the baseline file. */
  readonly line: number;
}

export interface Baseline {
  /** As it is shown: relative to the scanned folder. */
  readonly path: string;
  readonly updated: string;
  readonly entries: readonly BaselineEntry[];
}

/** Larger than any code base's findings; a bigger file is no baseline. */
const MAX_CHARACTERS = 32 << 20;

/** Reads a baseline. Every mistake is told with its place; then there is no baseline. */
export function loadBaseline(
  text: string,
  path: string,
): { readonly baseline: Baseline | null; readonly problems: readonly ManifestProblem[] } {
  const wrong = (message: string, line = 1): { baseline: null; problems: readonly ManifestProblem[] } => ({
    baseline: null,
    problems: [{ file: path, line, column: 1, message }],
  });
  if (text.length > MAX_CHARACTERS) return wrong('too large for a baseline; not read');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('not valid JSON; write it with --update-baseline');
  }
  const { version, updated, places } = (value ?? {}) as { version?: unknown; updated?: unknown; places?: unknown };
  if (version !== 1) return wrong('"version" must be 1');
  if (typeof updated !== 'string' || !isDate(updated)) return wrong('"updated" must be a date, YYYY-MM-DD');
  if (!Array.isArray(places)) return wrong('"places" must be a list');
  const lines = linesOf(text);
  const entries: BaselineEntry[] = [];
  for (const [index, place] of (places as unknown[]).entries()) {
    const { fingerprint, rule, file, since } = (place ?? {}) as Partial<Record<keyof BaselineEntry, unknown>>;
    const line = typeof fingerprint === 'string' ? (lines.get(fingerprint) ?? 1) : 1;
    if (typeof fingerprint !== 'string' || !/^[0-9a-f]{8,64}$/.test(fingerprint))
      return wrong(`place ${String(index + 1)} has no fingerprint`, line);
    if (typeof since !== 'string' || !isDate(since))
      return wrong(`place ${String(index + 1)}: "since" must be a date, YYYY-MM-DD`, line);
    if (typeof rule !== 'string' || typeof file !== 'string')
      return wrong(`place ${String(index + 1)} names no rule or file`, line);
    entries.push({ fingerprint, rule, file, since, line });
  }
  return { baseline: { path, updated, entries }, problems: [] };
}

/** The line on which each fingerprint stands. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    for (const [, fingerprint] of line.matchAll(/"fingerprint":\s*"([0-9a-f]+)"/g))
      if (fingerprint !== undefined && !lines.has(fingerprint)) lines.set(fingerprint, index + 1);
  });
  return lines;
}

/** The text of a baseline: one place a line, so that a change of it reads well. */
export function baselineText(updated: string, entries: readonly Omit<BaselineEntry, 'line'>[]): string {
  const sorted = [...entries].sort((a, b) =>
    a.file !== b.file ? (a.file < b.file ? -1 : 1) : a.fingerprint < b.fingerprint ? -1 : 1,
  );
  const rows = sorted.map(
    ({ fingerprint, rule, file, since }) => `    ${JSON.stringify({ fingerprint, rule, file, since })}`,
  );
  const head = `{\n  "version": 1,\n  "updated": ${JSON.stringify(updated)},\n  "count": ${String(sorted.length)},\n`;
  return `${head}  "places": [${rows.length === 0 ? '' : `\n${rows.join(',\n')}\n  `}]\n}\n`;
}
