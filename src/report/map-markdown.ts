/** `--format markdown`: the answers, the drawing and the registry, for a wiki or a pull request. */
import type { AnalysisResult } from '../analysis.js';
import { answers } from './map-answers.js';
import { changeOf, goneTexts } from './map-compare.js';
import type { MapContext } from './map-context.js';
import { renderMapMermaid } from './map-mermaid.js';
import { buildMap, type MapModel } from './map-model.js';
import { tables } from './map-tables.js';
import { plainMarkdown as plain } from './markdown-text.js';
import { tableMarkdown } from './table.js';
import { listed } from './words.js';

const SIGNS = { good: '✅', bad: '❌', open: '❔' } as const;

export function renderMapMarkdown(result: AnalysisResult, context: MapContext): string {
  const model = buildMap(result.analysis, result.cleanings);
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
  for (const table of tables(result, model, context)) out.push(...tableMarkdown(table));
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
  const lines = [...changed, ...goneTexts(c).map((text) => `- gone: ${plain(text)}`)];
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
