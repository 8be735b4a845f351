/** A first look: which finding to tell in full, and the others in one line each. */
import type { ChalkInstance } from 'chalk';
import type { FindingJson } from '../analysis.js';
import { printable } from './escape.js';
import { cut, padded, widthOf } from './layout.js';
import { reaches, severityWord } from './severity.js';

const CONFIDENCE = ['high', 'medium', 'low'];

/** Severity, then confidence, then how much of a person is sent and how far it went on the way; else the first. */
export function gravest(findings: readonly FindingJson[]): FindingJson | null {
  return findings.reduce<FindingJson | null>((best, f) => (best === null || graver(f, best) ? f : best), null);
}

function graver(a: FindingJson, b: FindingJson): boolean {
  if (a.severity !== b.severity) return reaches(a.severity, b.severity);
  const keys = (f: FindingJson): readonly number[] => [
    -CONFIDENCE.indexOf(f.confidence),
    f.recipient?.kind === 'partner' ? 1 : 0,
    kindsOf(f).length,
    new Set(f.path.map((step) => step.file)).size,
  ];
  const [left, right] = [keys(a), keys(b)];
  const differs = left.findIndex((n, i) => n !== right[i]);
  return differs >= 0 && (left[differs] ?? 0) > (right[differs] ?? 0);
}

/** `error  src/llm.ts:14  phi-to-uncovered-vendor  A C clinical → openai responses`, in columns. */
export function briefLines(findings: readonly FindingJson[], paint: ChalkInstance, width: number): string {
  const rows = findings.map((f) => ({
    severity: f.severity,
    cells: [`${printable(f.file)}:${f.line}`, printable(f.ruleId)],
    rest: printable(`${what(f)}${f.places.length > 1 ? ` (${f.places.length} places)` : ''}`),
  }));
  const widths = [0, 1].map((i) => Math.max(0, ...rows.map((row) => widthOf(row.cells[i] ?? ''))));
  return rows
    .map(({ severity, cells, rest }) => {
      const gap = ' '.repeat(9 - severity.length);
      const line = `${cells.map((cell, i) => padded(cell, widths[i] ?? 0)).join('  ')}  ${rest}`.trimEnd();
      return severityWord(severity, paint) + gap + cut(line, width - 9);
    })
    .join('\n');
}

function what(f: FindingJson): string {
  const recipient = f.recipient === null ? '' : `${f.recipient.vendor} ${f.recipient.service}`;
  const kinds = kindsOf(f).join(' ');
  return kinds === '' || recipient === '' ? recipient + kinds : `${kinds} → ${recipient}`;
}

/** Letters, then what has none. */
function kindsOf(f: FindingJson): readonly string[] {
  const letters = new Set(f.phi.flatMap((p) => (p.letter === null ? [] : [p.letter])));
  const others = new Set(f.phi.flatMap((p) => (p.letter === null ? [p.category] : [])));
  return [...[...letters].sort(), ...[...others].sort()];
}
