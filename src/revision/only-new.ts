/** What a change brought: the places that the analysis before it does not have. */
import type { Analysis, FindingJson } from '../analysis.js';

/**
 * The findings of `now` that have a place which `before` does not have, at those places alone. A place that was
 * suppressed before and no longer is counts as new; one that is suppressed now stays suppressed.
 */
export function onlyNew(now: Analysis, before: Analysis): Analysis {
  const known = new Set(
    before.findings.filter((f) => f.suppressed === null).flatMap((f) => f.places.map((p) => p.fingerprint)),
  );
  const findings = now.findings.flatMap((finding) => {
    if (finding.suppressed !== null) return [finding];
    const one = atNewPlaces(finding, known);
    return one === null ? [] : [one];
  });
  const live = findings.filter((f) => f.suppressed === null);
  const count = (severity: string): number => live.filter((f) => f.severity === severity).length;
  return {
    ...now,
    findings: findings.sort(compare),
    summary: { ...now.summary, errors: count('error'), warnings: count('warning'), notes: count('note') },
  };
}

function atNewPlaces(finding: FindingJson, known: ReadonlySet<string>): FindingJson | null {
  const places = finding.places.filter((place) => !known.has(place.fingerprint));
  const [first] = places;
  if (first === undefined) return null;
  if (places.length === finding.places.length) return finding;
  const { file, line, column, endLine, endColumn, path } = first;
  const message = `${finding.message} ${places.length} of them ${places.length === 1 ? 'is' : 'are'} new.`;
  return { ...finding, message, file, line, column, endLine, endColumn, path, places };
}

/** A finding that now stands at another of its places may belong elsewhere in the order. */
function compare(a: FindingJson, b: FindingJson): number {
  const text = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  return text(a.file, b.file) || a.line - b.line || a.column - b.column || text(a.ruleId, b.ruleId);
}
