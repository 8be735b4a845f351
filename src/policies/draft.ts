/** A place at which a rule says yes, before places are numbered, suppressed and folded into findings. */
import type { Confidence, Location, PhiJson, RecipientJson, Severity, StepJson } from '../analysis.js';
import type { Site } from '../flow/result.js';
import { maskCode } from '../mask.js';
import type { RuleId } from './catalog.js';
import type { PolicyInput } from './input.js';

export interface Draft {
  readonly rule: RuleId;
  /** As the data deserve; an override of the rule replaces it. */
  readonly severity: Severity;
  /** Never graver than this, whatever the override says (low confidence, unreached code …). */
  readonly atMost: Severity;
  readonly confidence: Confidence;
  readonly at: Location;
  /** Qualified names of the functions at source and place. */
  readonly functions: readonly string[];
  readonly recipient: RecipientJson | null;
  readonly phi: readonly PhiJson[];
  readonly removed: readonly string[];
  readonly path: readonly StepJson[];
  /** What the places of one finding have in common; may hold positions, is never printed. */
  readonly cause: string;
  /** The same by names alone: what the finding's fingerprint is made of. */
  readonly causeName: readonly string[];
  /** The rule's own words of the message template. */
  readonly words: Readonly<Record<string, string>>;
  /** The code is test, story or mock code: left out by the recommended profile. */
  readonly test: boolean;
}

export const SEVERITIES: readonly Severity[] = ['note', 'warning', 'error'];
export const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

export function milder(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

export function graver(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

export function lessSure(a: Confidence, b: Confidence): Confidence {
  return CONFIDENCES.indexOf(a) <= CONFIDENCES.indexOf(b) ? a : b;
}

/** Whole lines and columns of a stretch of a code file. */
export function locate(input: PolicyInput, site: Pick<Site, 'file' | 'span'>): Location {
  const from = input.position(site.file, site.span[0]);
  const to = input.position(site.file, site.span[1]);
  return { file: site.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** One step of a path with a masked excerpt of its code. */
export function step(input: PolicyInput, site: Site, kind: StepJson['kind'], text: string): StepJson {
  const at = locate(input, site);
  const code = input.excerpt(site.file, site.span);
  // Masked before it is cut: half a key is no key to the mask.
  const quoted = code === null ? maskCode(text) : `${maskCode(text)}: ${shorten(maskCode(code))}`;
  return { file: at.file, line: at.line, column: at.column, endLine: at.endLine, kind, text: quoted };
}

const QUOTED_LENGTH = 80;

function shorten(code: string): string {
  const line = code.replace(/\s+/g, ' ').trim();
  return line.length <= QUOTED_LENGTH ? line : `${line.slice(0, QUOTED_LENGTH - 1)}…`;
}

/** By code units, so that no locale changes the order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareLocations(a: Location, b: Location): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column;
}
