/** `--format gitlab`: a Code Quality report. */
import { createHash } from 'node:crypto';
import type { Analysis, Severity } from '../analysis.js';
import { printable, printableJson } from './escape.js';
import { active, fromCwd } from './places.js';

const SEVERITY: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'major', note: 'info' };

/** GitLab compares by fingerprint and shows one entry a place. */
export function renderGitlab(analysis: Analysis): string {
  const seen = new Map<string, number>();
  const entries = active(analysis).flatMap((f) =>
    (f.places.length > 0 ? f.places : [f]).map((place) => {
      const key = `${f.ruleId}\0${place.fingerprint}`;
      const nth = seen.get(key) ?? 0;
      seen.set(key, nth + 1);
      return {
        description: printable(f.message),
        check_name: f.ruleId,
        fingerprint: createHash('sha256').update(`${key}\0${nth}`).digest('hex'),
        severity: SEVERITY[f.severity],
        location: { path: fromCwd(analysis, place.file), lines: { begin: place.line, end: place.endLine } },
      };
    }),
  );
  return `${printableJson(JSON.stringify(entries, null, 2))}\n`;
}
