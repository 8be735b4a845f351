/** `--format text`: the map in a terminal, recipient by recipient. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { AnalysisResult } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { counted, padded, widthOf, wrap } from './layout.js';
import { answers } from './map-answers.js';
import { changeOf, goneTexts } from './map-compare.js';
import { vendorName, type MapContext } from './map-context.js';
import { buildMap, phiFlows, type MapModel, type MapRecipient } from './map-model.js';
import { dataOf, dataText, listed, placesOf, type Trust, TRUST_WORDS, TRUSTS } from './words.js';

const SIGNS: Readonly<Record<Trust, string>> = {
  own: '⌂',
  covered: '✓',
  deidentified: '⬡',
  uncovered: '✗',
  unknown: '?',
};

export function renderMapText(result: AnalysisResult, context: MapContext): string {
  const paint = new Chalk({ level: context.text.color });
  const width = Math.max(50, Math.min(context.text.width, 140));
  const model = buildMap(result.analysis, result.cleanings);
  const blocks = TRUSTS.flatMap((trust) => group(model, trust, context, paint, width));
  if (blocks.length === 0) blocks.push('No flow of PHI to a recipient was seen.');
  blocks.push(...changes(model, context, paint));
  blocks.push(questions(result, model, context, paint, width));
  if (result.partial) blocks.push(paint.yellow('The analysis is partial: something was left out or a bound was hit.'));
  return wellFormed(`${blocks.join('\n\n')}\n`);
}

function group(model: MapModel, trust: Trust, context: MapContext, paint: ChalkInstance, width: number): string[] {
  const own = model.recipients.filter((r) => r.trust === trust);
  if (own.length === 0) return [];
  const colour = {
    own: paint.blue,
    covered: paint.green,
    deidentified: paint.cyan,
    uncovered: paint.red,
    unknown: paint.magenta,
  }[trust];
  const names = own.map((r) => recipientName(r, context));
  const column = Math.min(44, Math.max(...model.recipients.map((r) => widthOf(recipientName(r, context)))));
  const lines = own.flatMap((r, i) => {
    const carrying = phiFlows(model, r.flows);
    const clean = r.flows.flatMap((f) => model.flows[f] ?? []).filter((f) => f.trust === 'deidentified');
    const what = [
      ...(carrying.length > 0 ? [`${counted(carrying.length, 'flow')}: ${dataText(r)}`] : []),
      ...(clean.length > 0 ? [`${counted(clean.length, 'flow')} de-identified in full`] : []),
    ];
    const head = `  ${padded(names[i] ?? '', column)}  ${what.join('; ')}`;
    const taken = carrying.flatMap((f) => [...f.flow.removed.map((letter) => ({ letter, category: '' })), ...f.gone]);
    const ids = new Set(r.flows.flatMap((f) => model.flows[f]?.from ?? []));
    const from = [...new Set([...ids].map((id) => sourceName(model, id)))];
    const told = [
      `from ${listed(from, 6)}`,
      ...(taken.length > 0 ? [`${dataText(dataOf(taken))} removed on some paths`] : []),
      ...clean.map((f) => `nothing left of ${dataText(dataOf(f.gone))} behind ${listed(f.cleanings.map((c) => c.by))}`),
      ...(trust === 'own' ? [] : [r.why]),
    ];
    return [head, ...wrap(printable(told.join('; ')), width - 6).map((line) => paint.dim(`      ${line}`))];
  });
  return [[colour.bold(`${SIGNS[trust]} ${TRUST_WORDS[trust].title}`), ...lines].join('\n')];
}

function sourceName(model: MapModel, id: string): string {
  return model.sources.find((s) => s.id === id)?.name ?? id;
}

function recipientName(r: MapRecipient, { vendors }: MapContext): string {
  const where = placesOf(r).join(', ');
  return printable(`${vendorName(vendors, r.vendor)} ${r.service}${where === '' ? '' : ` (${where})`}`);
}

function changes(model: MapModel, { changes: c }: MapContext, paint: ChalkInstance): string[] {
  if (c === null) return [];
  const lines = model.flows.flatMap(({ flow, recipient }) => {
    const change = changeOf(c, flow.fingerprint);
    return change === ''
      ? []
      : [`  ${change}: ${printable(`${flow.file}:${flow.line} to ${recipient.vendor} ${recipient.service}`)}`];
  });
  const all = [
    ...c.newRecipients.map((name) => `  new recipient: ${printable(name)}`),
    ...c.goneRecipients.map((name) => `  recipient gone: ${printable(name)}`),
    ...lines,
    ...goneTexts(c).map((text) => `  gone: ${printable(text)}`),
  ];
  return [[paint.bold(`Changes since ${printable(c.since)}`), ...(all.length > 0 ? all : ['  none'])].join('\n')];
}

function questions(
  result: AnalysisResult,
  model: MapModel,
  context: MapContext,
  paint: ChalkInstance,
  width: number,
): string {
  const colours = { good: paint.green, bad: paint.red, open: paint.yellow };
  const lines = answers(result, model, context).flatMap((a) => [
    `  ${a.question} ${colours[a.verdict].bold(printable(a.short))}`,
    ...wrap(printable(a.text), width - 4).map((line) => `    ${line}`),
  ]);
  return [paint.bold('What reviewers ask'), ...lines].join('\n');
}
