/** What the machine formats share: which findings they carry, and a path in plain lines. */
import type { Analysis, FindingJson, StepJson } from '../analysis.js';
import { printable } from './escape.js';

/** Findings that are neither suppressed nor accepted. */
export function active(analysis: Analysis): readonly FindingJson[] {
  return analysis.findings.filter((f) => f.suppressed === null);
}

/** Path of a scanned file from the folder where the command ran: what services that annotate code expect. */
export function fromCwd(analysis: Analysis, file: string): string {
  const root = analysis.root.replace(/\/+$/, '');
  return root === '' || root === '.' ? file : `${root}/${file}`;
}

export function stepLine(analysis: Analysis, step: StepJson): string {
  return `${printable(fromCwd(analysis, step.file))}:${step.line}  ${printable(step.text)}`;
}
