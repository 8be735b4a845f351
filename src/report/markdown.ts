/** `--format markdown`: a pull-request comment that a reviewer can read in a minute. */
import type { Analysis, FindingJson, RecipientJson } from '../analysis.js';
import { byGravity } from './gravest.js';
import { counted } from './layout.js';
import { plainMarkdown, withoutTags } from './markdown-text.js';
import { active, fromCwd, stepLine } from './places.js';
import { dataOf, dataText, KIND_WORDS, LETTER_WORDS } from './words.js';

/** GitHub cuts comments off at 65,536 characters. */
const MAX_CHARACTERS = 60_000;
const MARKS = { error: '🔴 error', warning: '🟠 warning', note: '🔵 note' } as const;

export function renderMarkdown(analysis: Analysis, fixes: Readonly<Record<string, string>>): string {
  const { errors, warnings, notes, suppressed } = analysis.summary;
  const findings = byGravity(active(analysis));
  const title =
    findings.length === 0
      ? '## phitrace: no findings'
      : `## phitrace: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}, ${counted(notes, 'note')}`;
  const out = [title, '', summary(analysis, suppressed), ''];
  if (findings.length > 0) {
    out.push('| | rule | place | data | recipient |', '|---|---|---|---|---|');
    let size = out.join('\n').length;
    const rows = findings.map((f) => row(analysis, f));
    const details = findings.filter((f) => f.path.length > 0).map((f) => detail(analysis, f, fixes[f.ruleId] ?? ''));
    const fitting = rows.filter((r) => (size += r.length + 1) < MAX_CHARACTERS);
    out.push(...fitting, '');
    const told = details.filter((d) => (size += d.length + 1) < MAX_CHARACTERS);
    out.push(...told);
    const left = rows.length - fitting.length;
    if (left > 0) out.push(`… and ${counted(left, 'more finding')}, which do not fit here.`, '');
    else if (told.length < details.length) out.push('Some paths do not fit here; the JSON report has them all.', '');
  }
  out.push(`<sub>${legend(findings)}Evidence for a review, not legal advice.</sub>`, '');
  return out.join('\n');
}

function summary(analysis: Analysis, suppressed: number): string {
  const { files, lines } = analysis.summary;
  const bare = analysis.flows.flatMap(({ recipient: r }) => (r === null || r.covered ? [] : [r]));
  const names = (kind: RecipientJson['kind']): string =>
    [...new Set(bare.filter((r) => r.kind === kind).map((r) => inline(`${r.vendor} ${r.service}`)))].sort().join(', ');
  const partners = names('partner');
  const side = names('incidental');
  const told = `${partners === '' ? '' : ` PHI reaches without cover: ${partners}.`}${side === '' ? '' : ` Side channels that get it without cover: ${side}.`}`;
  const quiet = suppressed > 0 ? ` ${counted(suppressed, 'finding')} suppressed.` : '';
  return `${counted(files, 'file')}, ${counted(lines, 'line')}, ${counted(analysis.recipients.length, 'recipient')}, as of ${analysis.asOf}.${told}${quiet}`;
}

/** What the letters of the table stand for. */
function legend(findings: readonly FindingJson[]): string {
  const { letters } = dataOf(findings.flatMap((f) => f.phi));
  const words = letters.map((l) => `${l} ${LETTER_WORDS[l] ?? ''}`).join(', ');
  return letters.length > 0 ? `Letters: ${words} (45 CFR 164.514(b)(2)(i)). ` : '';
}

function row(analysis: Analysis, f: FindingJson): string {
  const more = f.places.length > 1 ? ` (+${f.places.length - 1})` : '';
  const side = f.recipient?.kind === 'incidental' ? ` (${KIND_WORDS.incidental})` : '';
  const to = f.recipient ? `${inline(`${f.recipient.vendor} ${f.recipient.service}`)}${side}` : '';
  const data = f.phi.length > 0 ? plainMarkdown(dataText(dataOf(f.phi))) : '';
  return `| ${MARKS[f.severity]} | ${inline(f.ruleId)} | ${inline(`${fromCwd(analysis, f.file)}:${f.line}`)}${more} | ${data} | ${to} |`;
}

function detail(analysis: Analysis, f: FindingJson, fix: string): string {
  const lines = f.path.map((s, i) => `${i + 1}. ${inline(stepLine(analysis, s))}`);
  const todo = fix === '' ? [] : ['', `**What to do:** ${plainMarkdown(fix.trim())}`];
  const head = `<details><summary>${inline(f.ruleId)} at ${inline(`${fromCwd(analysis, f.file)}:${f.line}`)}</summary>`;
  return [head, '', plainMarkdown(f.message), '', ...lines, ...todo, '', '</details>', ''].join('\n');
}

/** Code in a line, whatever backticks and bars it holds. */
function inline(text: string): string {
  return `<code>${withoutTags(text)
    .replace(/\|/g, '&#124;')
    .replace(/[\\`*_[\]~]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/@/g, '&#64;')}</code>`;
}
