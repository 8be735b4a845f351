/** What the script of the page needs to tell flows and their paths; each step and excerpt is held once. */
import type { AnalysisResult, StepJson } from '../analysis.js';
import { printable } from './escape.js';
import { changeOf } from './map-compare.js';
import { vendorName, type MapContext } from './map-context.js';
import { excerptOf } from './map-excerpt.js';
import type { MapModel } from './map-model.js';
import type { PageData, PageStep } from './page/data.js';
import { dataText, TRUST_WORDS, dataOf } from './map-words.js';

/** Characters of code that one page quotes; a page of many flows stays a file that can be sent. */
const MOST_CODE = 1_500_000;

export function pageData(result: AnalysisResult, model: MapModel, folded: MapModel, context: MapContext): PageData {
  const { root } = result.analysis;
  const steps: PageStep[] = [];
  const known = new Map<string, number>();
  let room = MOST_CODE;
  const stepIndex = (step: StepJson): number => {
    const key = `${step.file}\0${step.line}\0${step.column}\0${step.kind}\0${step.text}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const excerpt = room > 0 ? excerptOf(step, result.excerpt) : null;
    room -= excerpt?.lines.reduce((n, line) => n + line.length, 0) ?? 0;
    const index = steps.length;
    known.set(key, index);
    steps.push({
      file: step.file,
      line: step.line,
      column: step.column,
      kind: step.kind,
      text: printable(step.text),
      code: excerpt && { ...excerpt, lines: excerpt.lines.map(printable) },
    });
    return index;
  };
  const names = new Map(model.sources.map((s) => [s.id, s.name]));
  const flows = model.flows.map(({ flow, recipient, trust, from, through }) => ({
    from: from.map((id) => printable(names.get(id) ?? id)),
    through: model.processes.find((p) => p.id === through)?.title ?? '',
    to: printable(`${vendorName(context.vendors, recipient.vendor)} ${recipient.service}`),
    where: [recipient.region, recipient.environment]
      .filter((w) => w !== null)
      .map(printable)
      .join(', '),
    trust,
    trustWords: TRUST_WORDS[trust].short,
    why: printable(recipient.why),
    confidence: flow.confidence,
    data: dataText(dataOf(flow.phi)),
    letters: dataOf(flow.phi).letters,
    phi: flow.phi.map((p) => [p.letter ?? '', p.category, printable(p.via), p.sensitive ?? ''] as const),
    removed: flow.removed,
    accepted: flow.suppressed === null ? '' : printable(flow.suppressed.reason),
    change: changeOf(context.changes, flow.fingerprint),
    file: flow.file,
    line: flow.line,
    places: flow.places.length,
    path: flow.path.map(stepIndex),
  }));
  const parts: Record<string, readonly number[]> = {};
  for (const m of [model, folded])
    for (const part of [...m.sources, ...m.processes, ...m.recipients, ...m.edges]) parts[part.id] = part.flows;
  return { root, fromPage: context.fromPage, repository: context.repository, steps, flows, parts, cut: room <= 0 };
}
