/** A first look: which finding to tell in full, and the others in one line each. */
import type { ChalkInstance } from 'chalk';
import type { FindingJson } from '../analysis.js';
import { printable } from './escape.js';
import { cut, padded, widthOf } from './layout.js';
import { kindsOf } from './gravest.js';
import { severityWord } from './severity.js';

const SEVERITY_COLUMN = 9;

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
