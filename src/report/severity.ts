/** Severities in order and in words. */
import type { ChalkInstance } from 'chalk';
import type { Severity } from '../analysis.js';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** Whether a severity is at or above another. */
export function reaches(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

export function severityWord(severity: Severity, paint: ChalkInstance): string {
  if (severity === 'error') return paint.red.bold('error');
  return severity === 'warning' ? paint.yellow.bold('warning') : paint.blue('note');
}
