/** `--format markdown`: the answers, the drawing and the registry, for a wiki or a pull request. */
import type { AnalysisResult } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { answers } from './map-answers.js';
import { changeOf, goneText } from './map-compare.js';
import type { MapContext } from './map-context.js';
import { renderMapMermaid } from './map-mermaid.js';
import { buildMap, type MapModel } from './map-model.js';
import { tables, type Table } from './map-tables.js';
import { listed } from './map-words.js';

const SIGNS = { good: '✅', bad: '❌', open: '❔' } as const;

export function renderMapMarkdown(result: AnalysisResult, context: MapContext): string {
  const model = buildMap(result.analysis);
  const { analysis } = result;
  const whose = context.terms?.organization ? `: ${plain(context.terms.organization)}` : '';
  const out = [
    `# PHI data-flow map${whose}`,
    '',
    `As of ${plain(analysis.asOf)}, phitrace ${plain(analysis.tool.version)}. Evidence for a review, not legal advice.`,
    '',
  ];
  for (const a of answers(result, model, context))
    out.push(`**${plain(a.question)}** ${SIGNS[a.verdict]} ${plain(a.short)}. ${plain(a.text)}`, '');
  out.push('```mermaid', renderMapMermaid(result, context).trimEnd(), '```', '');
  out.push(...changes(model, context));
  for (const table of tables(result, model, context)) out.push(...section(table));
  return `${out.join('\n').trimEnd()}\n`;
}

function changes(model: MapModel, { changes: c }: MapContext): string[] {
  if (c === null) return [];
  const changed = model.flows.flatMap(({ flow, recipient }) => {
    const change = changeOf(c, flow.fingerprint);
    return change === ''
      ? []
      : [`- ${change}: ${plain(`${flow.file}:${flow.line} to ${recipient.vendor} ${recipient.service}`)}`];
  });
  const lines = [...changed, ...c.gone.map((flow) => `- gone: ${plain(goneText(flow))}`)];
  const recipients = [
    ...(c.newRecipients.length > 0 ? [`New recipients: ${plain(listed(c.newRecipients))}.`, ''] : []),
    ...(c.goneRecipients.length > 0 ? [`Recipients that are no more: ${plain(listed(c.goneRecipients))}.`, ''] : []),
  ];
  return [
    `## Changes since ${plain(c.since)}`,
    '',
    ...recipients,
    ...(lines.length > 0 ? lines : ['No flow has changed.']),
    '',
  ];
}

function section(table: Table): string[] {
  const head = [`## ${plain(table.title)}`, '', plain(table.about), ''];
  if (table.rows.length === 0) return [...head, 'None.', ''];
  const align = table.head.map((_, i) => (table.numbers?.includes(i) ? '---:' : '---'));
  return [
    ...head,
    `| ${table.head.map(plain).join(' | ')} |`,
    `| ${align.join(' | ')} |`,
    ...table.rows.map((row) => `| ${row.map(plain).join(' | ')} |`),
    '',
  ];
}

/** Text in which nothing is markup, mention or table cell. */
function plain(text: string): string {
  return wellFormed(printable(text))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replace(/@/g, '@\u200b');
}
