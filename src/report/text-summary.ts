/** The end of the text report: recipients, what was understood, what was not, totals. */
import type { ChalkInstance } from 'chalk';
import type { Analysis, AnalysisResult } from '../analysis.js';
import { printable } from './escape.js';
import { counted, cut, padded, thousands, widthOf, wrap } from './layout.js';
import { KIND_WORDS } from './words.js';

/** One row a recipient; nothing if there is none. */
export function recipientTable(analysis: Analysis, paint: ChalkInstance, width: number): string[] {
  if (analysis.recipients.length === 0) return [];
  const head = ['recipient', 'service', 'kind', 'covered', 'calls', 'PHI flows', 'findings'];
  const kinds = new Map(
    [...analysis.findings, ...analysis.flows].flatMap(({ recipient: r }) =>
      r === null ? [] : [[`${r.vendor}/${r.service}`, KIND_WORDS[r.kind]] as const],
    ),
  );
  const rows = analysis.recipients.map((r) => {
    const own = analysis.findings.filter(
      (f) => f.suppressed === null && f.recipient?.vendor === r.vendor && f.recipient.service === r.service,
    );
    const covered = r.covered ? 'yes' : r.phiFlows > 0 ? 'NO' : 'no';
    return [
      cut(printable(r.vendor), 32),
      cut(printable(r.service), 28),
      kinds.get(`${r.vendor}/${r.service}`) ?? '',
      covered,
      ...[r.callSites, r.phiFlows, own.length].map(thousands),
    ];
  });
  const widths = narrowed(
    head.map((title, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? '')))),
    width,
  );
  const line = (cells: readonly string[]): string => {
    const shown = cells.map((cell, i) => padded(cut(cell, widths[i] ?? 0), widths[i] ?? 0, i > 3 ? 'right' : 'left'));
    return cut(`  ${shown.join('  ')}`.trimEnd(), width);
  };
  const body = rows.map((row) => {
    const text = line(row);
    return row[3] === 'NO' ? paint.red(text) : text;
  });
  return [[paint.bold('Recipients'), paint.dim(line(head)), ...body].join('\n')];
}

const NARROWEST = 9;

/** On a narrow screen the two names give way, the longer one first; the numbers stay. */
function narrowed(widths: readonly number[], screen: number): readonly number[] {
  const fit = [...widths];
  const all = (): number => fit.reduce((sum, one) => sum + one + 2, 0);
  while (all() > screen) {
    const longer = (fit[0] ?? 0) >= (fit[1] ?? 0) ? 0 : 1;
    if ((fit[longer] ?? 0) <= NARROWEST) break;
    fit[longer]! -= 1;
  }
  return fit;
}

export function statistics(result: AnalysisResult, paint: ChalkInstance): string {
  const { details } = result;
  const lines = [paint.bold('Statistics')];
  const row = (name: string, value: string): number => lines.push(`  ${padded(printable(name), 28)}  ${value}`);
  row('functions', thousands(details.functions));
  row('sources', thousands(details.sources));
  row('flows', thousands(details.flows));
  for (const [phase, ms] of Object.entries(details.phases)) row(`time: ${phase}`, `${thousands(Math.round(ms))} ms`);
  row('peak memory', `${thousands(Math.round(details.peakMemoryMb))} MB`);
  for (const [reason, n] of Object.entries(details.gaps)) row(`not understood: ${reason}`, thousands(n));
  return lines.join('\n');
}

/** What was understood, what was skipped, and the verdict. */
export function closing(
  result: AnalysisResult,
  view: { readonly hidden: number; readonly quiet: boolean; readonly width: number },
  paint: ChalkInstance,
): string {
  const { analysis, details } = result;
  const { summary } = analysis;
  const lines: string[] = [];
  const say = (text: string, style: (line: string) => string = (line) => line): void => {
    for (const line of wrap(text, view.width)) lines.push(style(line));
  };
  if (!view.quiet) {
    if (details.manifest === null) {
      say('No baa.yaml found, so no vendor is covered. `phitrace init` writes a first one.', paint.yellow);
    }
    const recipients = counted(analysis.recipients.length, 'recipient');
    say(
      `Understood ${counted(summary.files, 'file')} (${counted(summary.lines, 'line')}), ${counted(details.sources, 'PHI source')}, ` +
        `${recipients}, ${counted(details.flows, 'PHI flow')} in ${seconds(summary.durationMs)}, as of ${printable(analysis.asOf)}.`,
      paint.dim,
    );
    const skipped = Object.entries(details.gaps).filter(([, n]) => n > 0);
    if (skipped.length > 0) {
      say(
        `Not understood: ${skipped.map(([reason, n]) => `${printable(reason)} (${thousands(n)})`).join(', ')}.`,
        paint.dim,
      );
    }
    if (summary.files === 0) say('No code file was found here: is this the right folder?', paint.yellow);
    else if (details.sources === 0) say('No PHI source was recognised: nothing could be traced.', paint.yellow);
  }
  if (summary.unanalysed > 0)
    say(`${counted(summary.unanalysed, 'file or function')} not analysed in full.`, paint.yellow);
  if (result.partial) say('The analysis is partial: something was left out or a bound was hit.', paint.yellow);
  lines.push(verdict(analysis, view.hidden, paint));
  return lines.join('\n');
}

function verdict(analysis: Analysis, hidden: number, paint: ChalkInstance): string {
  const { errors, warnings, notes, suppressed } = analysis.summary;
  const tail = [
    suppressed > 0 ? `${thousands(suppressed)} suppressed` : null,
    hidden > 0 ? `${thousands(hidden)} not shown` : null,
  ]
    .filter((part) => part !== null)
    .map((part) => ` · ${part}`)
    .join('');
  if (errors + warnings + notes === 0) return paint.green.bold('No findings.') + tail;
  const parts = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}, ${counted(notes, 'note')}`;
  const style = errors > 0 ? paint.red.bold : warnings > 0 ? paint.yellow.bold : paint.blue.bold;
  return style(parts) + tail;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
