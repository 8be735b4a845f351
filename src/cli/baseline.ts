/** `--update-baseline`: the places of today, those that were known with the day on which they became so. */
import { readFileSync } from 'node:fs';
import type { Analysis } from '../analysis.js';
import { type BaselineEntry, baselineText, loadBaseline } from '../manifest/baseline.js';

/** What cannot be suppressed has no place in a baseline. */
const NEVER = new Set(['unused-suppression', 'expired-suppression']);

/** The new text of the baseline, and in one line what has changed. The old file, if any, has been read by the analysis. */
export function updatedBaseline(analysis: Analysis, file: string): { readonly text: string; readonly told: string } {
  const since = new Map(readOld(file).map((entry) => [entry.fingerprint, entry.since]));
  const entries = new Map<string, Omit<BaselineEntry, 'line'>>();
  for (const finding of analysis.findings) {
    if (NEVER.has(finding.ruleId) || (finding.suppressed !== null && finding.suppressed.by !== 'baseline')) continue;
    for (const { fingerprint, file: at } of finding.places)
      entries.set(fingerprint, {
        fingerprint,
        rule: finding.ruleId,
        file: at,
        since: since.get(fingerprint) ?? analysis.asOf,
      });
  }
  const added = [...entries.keys()].filter((fingerprint) => !since.has(fingerprint)).length;
  const gone = [...since.keys()].filter((fingerprint) => !entries.has(fingerprint)).length;
  const places = entries.size === 1 ? '1 place' : `${String(entries.size)} places`;
  return {
    text: baselineText(analysis.asOf, [...entries.values()]),
    told: `${places}, ${String(added)} new, ${String(gone)} taken out`,
  };
}

function readOld(file: string): readonly BaselineEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return loadBaseline(text, file).baseline?.entries ?? [];
}
