/** Which finding matters most: the first to be told. */
import type { FindingJson } from '../analysis.js';
import { SEVERITIES } from './severity.js';

const CONFIDENCE = ['high', 'medium', 'low'];
/** Rules on the analysis: certain, but they tell of no harm. */
const ABOUT_ITSELF = ['unanalysed-file', 'unused-suppression', 'expired-suppression', 'manifest-unused-entry'];

/** The gravest of all; the first among equals. */
export function gravest(findings: readonly FindingJson[]): FindingJson | null {
  return byGravity(findings)[0] ?? null;
}

/** Severity, the code before the analysis of it, then confidence, then who and what of a person is sent and how far it went on the way; equals stay in order. */
export function byGravity(findings: readonly FindingJson[]): readonly FindingJson[] {
  const ranked = findings.map((f) => ({ f, keys: keysOf(f) }));
  ranked.sort((a, b) => {
    const differs = a.keys.findIndex((n, i) => n !== b.keys[i]);
    return differs < 0 ? 0 : (b.keys[differs] ?? 0) - (a.keys[differs] ?? 0);
  });
  return ranked.map(({ f }) => f);
}

function keysOf(f: FindingJson): readonly number[] {
  return [
    -SEVERITIES.indexOf(f.severity),
    ABOUT_ITSELF.includes(f.ruleId) ? 0 : 1,
    -CONFIDENCE.indexOf(f.confidence),
    f.recipient?.kind === 'partner' ? 1 : 0,
    f.removed.length > 0 ? 0 : 1,
    f.phi.some((p) => p.letter === null) && f.phi.some((p) => p.letter !== null) ? 1 : 0,
    kindsOf(f).length,
    new Set(f.path.map((step) => step.file)).size,
  ];
}

/** Letters and, without one, categories of what it sends. */
export function kindsOf(f: FindingJson): readonly string[] {
  const letters = new Set(f.phi.flatMap((p) => (p.letter === null ? [] : [p.letter])));
  const others = new Set(f.phi.flatMap((p) => (p.letter === null ? [p.category] : [])));
  return [...[...letters].sort(), ...[...others].sort()];
}
