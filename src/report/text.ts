/** `--format text`: what a developer wants to know about each finding, then who gets what, then the totals. */
import { Chalk, type ChalkInstance, type ColorSupportLevel } from 'chalk';
import type { AnalysisResult, FindingJson, PhiJson, RecipientJson, Severity } from '../analysis.js';
import { printable } from './escape.js';
import { byGravity } from './gravest.js';
import { counted, cut, wrap } from './layout.js';
import { reaches, severityWord } from './severity.js';
import { briefLines } from './text-brief.js';
import { closing, recipientTable, statistics } from './text-summary.js';
import { trace } from './text-trace.js';

export interface TextOptions {
  /** chalk's colour level: 0 for none. */
  readonly color: ColorSupportLevel;
  /** Columns of the terminal. */
  readonly width: number;
  /** Findings below this severity are counted, not shown. */
  readonly atLeast: Severity;
  /** Findings and totals only. */
  readonly quiet: boolean;
  /** The gravest finding in full, the others in one line each. */
  readonly brief: boolean;
  readonly stats: boolean;
  /** What to do, by rule id. */
  readonly fixes: Readonly<Record<string, string>>;
}

const LABEL = 11;
const MAX_DATA = 8;
const MAX_PLACES = 4;
/** Notes of one rule that are told with their message; of the others the place is enough. */
const MAX_NOTES = 3;

export function renderText(result: AnalysisResult, options: TextOptions): string {
  const paint = new Chalk({ level: options.color });
  const width = Math.max(50, Math.min(options.width, 140));
  const active = result.analysis.findings.filter((f) => f.suppressed === null);
  const shown = byGravity(active.filter((f) => reaches(f.severity, options.atLeast)));
  const first = options.brief ? (shown[0] ?? null) : null;
  const full = first ? [first] : shown.filter((f) => f.severity !== 'note');
  const blocks: string[] = full.map((f) => findingBlock(f, result, options, paint, width));
  const rest = shown.filter((f) => !full.includes(f));
  if (first && rest.length > 0) blocks.push(briefLines(rest, paint, width));
  else if (rest.length > 0) blocks.push(noteLines(rest, paint, width).join('\n'));
  if (!options.quiet) blocks.push(...recipientTable(result.analysis, paint, width));
  if (options.stats) blocks.push(statistics(result, paint));
  blocks.push(closing(result, { hidden: active.length - shown.length, quiet: options.quiet, width }, paint));
  return `${blocks.join('\n\n')}\n`;
}

/** One finding with every step of its path, whatever its severity. */
export function findingText(
  finding: FindingJson,
  result: AnalysisResult,
  options: Pick<TextOptions, 'color' | 'width' | 'fixes'>,
): string {
  const paint = new Chalk({ level: options.color });
  const width = Math.max(50, Math.min(options.width, 140));
  return findingBlock(finding, result, options, paint, width, true);
}

function place(f: FindingJson, paint: ChalkInstance): string {
  return paint.cyan(`${printable(f.file)}:${f.line}:${f.column}`);
}

/** Rule by rule, so that a dozen alike do not push the table off the screen. */
function noteLines(notes: readonly FindingJson[], paint: ChalkInstance, width: number): string[] {
  const rules = [...new Set(notes.map((f) => f.ruleId))];
  return rules.flatMap((rule) => {
    const own = notes.filter((f) => f.ruleId === rule);
    // A line that stands for one note alone would save nothing.
    const told = own.length > MAX_NOTES + 1 ? own.slice(0, MAX_NOTES) : own;
    const lines = told.map((f) => noteLine(f, paint, width));
    const rest = own.slice(told.length).map((f) => `${printable(f.file)}:${f.line}`);
    if (rest.length > 0) {
      const head = `${severityWord('note', paint)}  ${paint.bold(printable(rule))}  ${rest.length} more`;
      lines.push([head, ...wrap(rest.join(', '), width - 2).map((line) => `  ${line}`)].join('\n'));
    }
    return lines;
  });
}

function noteLine(f: FindingJson, paint: ChalkInstance, width: number): string {
  const more = f.places.length > 1 ? ` (and ${counted(f.places.length - 1, 'more place')})` : '';
  const message = wrap(printable(f.message) + more, width - 2).map((line) => `  ${line}`);
  return [
    `${severityWord(f.severity, paint)}  ${paint.bold(printable(f.ruleId))}  ${place(f, paint)}`,
    ...message,
  ].join('\n');
}

function findingBlock(
  f: FindingJson,
  result: AnalysisResult,
  options: Pick<TextOptions, 'fixes'>,
  paint: ChalkInstance,
  width: number,
  wholePath = false,
): string {
  const lines = [
    `${severityWord(f.severity, paint)}  ${paint.bold(printable(f.ruleId))}  ${place(f, paint)}`,
    ...wrap(printable(f.message), width - 2).map((line) => `  ${line}`),
  ];
  const row = (label: string, text: string): void => {
    wrap(text, width - 2 - LABEL).forEach((line, i) => {
      lines.push(`  ${i === 0 ? paint.dim(label.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}`);
    });
  };
  if (f.phi.length > 0) row('data', itemsText(f.phi));
  if (f.removed.length > 0) row('removed', `letters ${f.removed.map(printable).join(', ')} on every path`);
  if (f.recipient) {
    row('recipient', recipientText(f.recipient));
    // Whether the agreement covers it is no question where no data are named: an audit record is wanted in any case.
    const isAsked = f.phi.length > 0 && !f.recipient.covered;
    if (isAsked && !f.message.includes(f.recipient.why)) row('why', printable(f.recipient.why));
  }
  if (f.confidence !== 'high') row('confidence', f.confidence);
  if (f.path.length > 0) lines.push(...trace(f.path, result.excerpt, paint, width, wholePath));
  const others = f.places.filter((p) => p.file !== f.file || p.line !== f.line || p.column !== f.column);
  if (others.length > 0) {
    const named = others.slice(0, MAX_PLACES).map((p) => `${printable(p.file)}:${p.line}`);
    const rest = others.length > MAX_PLACES ? ', …' : '';
    row('also', `and ${counted(others.length, 'more place')}: ${named.join(', ')}${rest}`);
  }
  const fix = options.fixes[f.ruleId];
  // Most messages say what to do themselves.
  if (fix !== undefined && fix !== '' && !f.message.includes(fix.trim())) row('fix', printable(fix.trim()));
  row('rule', `phitrace explain ${printable(f.ruleId)}`);
  if (!wholePath && f.path.length > 0) row('more', `phitrace explain ${f.fingerprint}`);
  return lines.join('\n');
}

/** `Patient.name (A names), Condition.code (clinical, mental-health)`. */
export function itemsText(phi: readonly PhiJson[]): string {
  const items = phi.map((p) => {
    const kind = p.letter === null ? p.category : `${p.letter} ${p.category}`;
    return `${printable(p.via)} (${printable(kind)}${p.sensitive === null ? '' : `, ${p.sensitive}`})`;
  });
  if (items.length <= MAX_DATA + 1) return items.join(', ');
  // What is folded away is at least named by letter.
  const letters = [...new Set(phi.slice(MAX_DATA).map((p) => p.letter ?? p.category))].sort();
  return `${items.slice(0, MAX_DATA).join(', ')} and ${items.length - MAX_DATA} more (${letters.map(printable).join(', ')})`;
}

function recipientText(r: RecipientJson): string {
  const parts = [
    `${r.vendor} ${r.service}`,
    r.endpoint === null || r.endpoint === r.service ? null : `endpoint ${r.endpoint}`,
    r.region === null ? null : `region ${r.region}`,
    r.environment === null ? null : `in ${r.environment}`,
    r.kind === 'incidental' ? 'a side channel' : null,
  ].filter((part) => part !== null);
  return cut(printable(parts.join(' · ')), 400);
}
