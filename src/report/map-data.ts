/** What the script of the page needs to tell flows and their paths; each text, step and excerpt is held once. */
import type { AnalysisResult, PhiJson, StepJson } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { changeOf } from './map-compare.js';
import { vendorName, type MapContext } from './map-context.js';
import { excerptOf } from './excerpt.js';
import type { MapModel } from './map-model.js';
import { dataOf, dataText, listed, placesOf, TRUST_WORDS } from './words.js';
import type { PageCode, PageData, PageItem, PageStep } from './page/data.js';

/** Characters of code that one page quotes; a page of many flows stays a file that can be sent. */
const MOST_CODE = 1_000_000;

const KINDS = { source: 0, step: 1, sink: 2 } as const;

export function pageData(result: AnalysisResult, model: MapModel, folded: MapModel, context: MapContext): PageData {
  const texts = new Pool<string>((text) => text);
  const word = (text: string): number => texts.index(wellFormed(printable(text)));
  const items = new Pool<PageItem>((item) => item.join());
  const item = ({ letter, category, via, sensitive }: PhiJson): number =>
    items.index([word(letter ?? ''), word(category), word(via), word(sensitive ?? '')]);
  const steps = new Steps(result.excerpt, word);

  const names = new Map([
    ...model.sources.map((s) => [s.id, s.name] as const),
    ...model.processes.map((p) => [p.id, p.title] as const),
  ]);
  const flows = model.flows.map(({ flow, recipient: r, trust, from, through, gone, cleanings }) => ({
    from: from.map((id) => word(names.get(id) ?? id)),
    through: word(names.get(through) ?? ''),
    to: word(`${vendorName(context.vendors, r.vendor)} ${r.service}`),
    where: word(placesOf(r).join(', ')),
    trust,
    kind: r.kind,
    why: word(r.why),
    confidence: flow.confidence,
    data: word(trust === 'deidentified' ? `nothing left of ${dataText(dataOf(gone))}` : dataText(dataOf(flow.phi))),
    phi: flow.phi.map(item),
    gone: gone.map(item),
    by: word(listed([...new Set(cleanings.map((c) => c.by))])),
    removed: flow.removed,
    accepted: word(flow.suppressed?.reason ?? ''),
    change: word(changeOf(context.changes, flow.fingerprint)),
    file: word(flow.file),
    line: flow.line,
    places: flow.places.length,
    path: flow.path.map((step) => steps.index(step)),
  }));
  const parts: Record<string, readonly number[]> = {};
  for (const m of [model, folded])
    for (const part of [...m.sources, ...m.processes, ...m.recipients, ...m.edges])
      parts[wellFormed(printable(part.id))] = part.flows;
  return {
    fromPage: context.fromPage,
    repository: context.repository,
    words: texts.all,
    trusts: Object.fromEntries(Object.entries(TRUST_WORDS).map(([trust, { short }]) => [trust, short])),
    items: items.all,
    steps: steps.all,
    flows,
    parts,
    cut: steps.cut,
  };
}

/** Values with numbers; the same value always has the same number. */
class Pool<T> {
  readonly all: T[] = [];
  private readonly known = new Map<string, number>();

  constructor(private readonly key: (value: T) => string) {}

  index(value: T): number {
    const key = this.key(value);
    const found = this.known.get(key);
    if (found !== undefined) return found;
    this.known.set(key, this.all.length);
    return this.all.push(value) - 1;
  }
}

class Steps {
  readonly all: PageStep[] = [];
  private readonly known = new Map<string, number>();
  private room = MOST_CODE;

  constructor(
    private readonly excerpt: AnalysisResult['excerpt'],
    private readonly word: (text: string) => number,
  ) {}

  get cut(): boolean {
    return this.room <= 0;
  }

  index(step: StepJson): number {
    const { file, line, column, kind, text } = step;
    const key = [file, line, column, kind, text].join('\0');
    const found = this.known.get(key);
    if (found !== undefined) return found;
    this.known.set(key, this.all.length);
    return this.all.push([this.word(file), line, column, KINDS[kind], this.word(text), this.code(step)]) - 1;
  }

  private code(step: StepJson): PageCode | 0 {
    const excerpt = this.room > 0 ? excerptOf(step, this.excerpt) : null;
    if (excerpt === null) return 0;
    this.room -= excerpt.lines.reduce((n, line) => n + line.length, 0);
    return [excerpt.start, excerpt.from, excerpt.to, excerpt.lines.map(this.word)];
  }
}
