/** A first look: which finding to tell in full, and the others in one line each. */
import type { ChalkInstance } from 'chalk';
import type { FindingJson } from '../analysis.js';
import { printable } from './escape.js';
import { cut, padded, widthOf } from './layout.js';
import { reaches, severityWord } from './severity.js';

const CONFIDENCE = ['high', 'medium', 'low'];
const SEVERITY_COLUMN = 9;

/** Severity, then how sure at all, who and what of a person is sent, how sure, how far it went on the way; else the first. */
export function gravest(findings: readonly FindingJson[]): FindingJson | null {
  return findings.reduce<FindingJson | null>((best, f) => (best === null || graver(f, best) ? f : best), null);
}

function graver(a: FindingJson, b: FindingJson): boolean {
  if (a.severity !== b.severity) return reaches(a.severity, b.severity);
  const keys = (f: FindingJson): readonly number[] => [
    f.confidence === 'low' ? 0 : 1,
    f.recipient?.kind === 'partner' ? 1 : 0,
    f.removed.length > 0 ? 0 : 1,
    f.phi.some((p) => p.letter === null) && f.phi.some((p) => p.letter !== null) ? 1 : 0,
    -CONFIDENCE.indexOf(f.confidence),
    kindsOf(f).length,
    new Set(f.path.map((step) => step.file)).size,
  ];
  const [left, right] = [keys(a), keys(b)];
  const differs = left.findIndex((n, i) => n !== right[i]);
  return differs >= 0 && (left[differs] ?? 0) > (right[differs] ?? 0);
}

/** Under the name of each rule a line a finding: `error  src/llm.ts:14  A C clinical → openai responses`. */
export function briefLines(findings: readonly FindingJson[], paint: ChalkInstance, width: number): string {
  const rules = [...new Set(findings.map((f) => f.ruleId))];
  const place = (f: FindingJson): string => `${printable(f.file)}:${f.line}`;
  const widest = Math.max(0, ...findings.map((f) => widthOf(place(f))));
  const line = (f: FindingJson): string => {
    const gap = ' '.repeat(SEVERITY_COLUMN - f.severity.length);
    const rest = `${padded(place(f), widest)}  ${printable(what(f))}`.trimEnd();
    return `  ${severityWord(f.severity, paint)}${gap}${cut(rest, width - SEVERITY_COLUMN - 2)}`;
  };
  return rules
    .map((rule) => [paint.bold(printable(rule)), ...findings.filter((f) => f.ruleId === rule).map(line)].join('\n'))
    .join('\n');
}

function what(f: FindingJson): string {
  const recipient = f.recipient === null ? '' : `→ ${f.recipient.vendor} ${f.recipient.service}`;
  const more = f.places.length > 1 ? `(${f.places.length} places)` : '';
  const told = [...kindsOf(f), recipient, more].filter((word) => word !== '').join(' ');
  return told === '' ? f.message : told;
}

/** Letters, then what has none. */
function kindsOf(f: FindingJson): readonly string[] {
  const letters = new Set(f.phi.flatMap((p) => (p.letter === null ? [] : [p.letter])));
  const others = new Set(f.phi.flatMap((p) => (p.letter === null ? [p.category] : [])));
  return [...[...letters].sort(), ...[...others].sort()];
}
