/**
 * The script of the map's page. It runs in the reader's browser, under a policy that allows this very text and nothing
 * else, and writes whatever comes from the scanned code as text, never as markup.
 */
import type { PageData, PageFlow, PageStep } from './data.js';
import { element, links, make } from './links.js';

/** More flows than this at once are a list that nobody reads. */
const MOST = 200;

const data = JSON.parse(element('page-data').textContent) as PageData;
const dialog = element('flows-dialog') as HTMLDialogElement;
const search = element('search') as HTMLInputElement;
const letter = element('letter') as HTMLSelectElement;
/** Only there if recipients of both kinds are. */
const kind = document.getElementById('kind') as HTMLSelectElement | null;
const trusts = [...document.querySelectorAll<HTMLInputElement>('input[name=trust]')];
const rows = [...document.querySelectorAll<HTMLTableRowElement>('tr[data-flow]')];
const parts = [...document.querySelectorAll<SVGGElement>('[data-part]')];
const word = (index: number): string => data.words[index] ?? '';
/** What a search looks through, by flow; made when the first search asks for it. */
const haystacks = new Map<number, string>();
let shown = new Set<number>(data.flows.keys());

/** Letter, category, place, care of each kind of data in a flow. */
function itemsOf(list: readonly number[]): string[][] {
  return list.map((i) => (data.items[i] ?? []).map(word));
}

function coverOf(flow: PageFlow): string {
  return data.trusts[flow.trust] ?? flow.trust;
}

function haystack(index: number, flow: PageFlow): string {
  let text = haystacks.get(index);
  if (text === undefined) {
    const { from, through, to, where, why, data: short, file, change, path } = flow;
    const files = path.map((i) => word(data.steps[i]?.[0] ?? -1));
    const own = [...from, through, to, where, why, short, file, change, flow.by].map(word);
    text = [...own, coverOf(flow), ...itemsOf(flow.phi).flat(), ...itemsOf(flow.gone).flat(), ...new Set(files)]
      .join(' ')
      .toLowerCase();
    haystacks.set(index, text);
  }
  return text;
}

// ── flows and paths ────────────────────────────────────────────────────────────────────────────────────────────────

function code(step: PageStep): HTMLElement | null {
  const [file, line, , , , quoted] = step;
  if (quoted === 0) return null;
  const [start, from, to, lines] = quoted;
  const pre = make('pre', '');
  pre.tabIndex = 0;
  // A group and no landmark: flows that share a step show its code more than once.
  pre.setAttribute('role', 'group');
  pre.setAttribute('aria-label', `Code of ${word(file)} at line ${line}`);
  lines.forEach((index, i) => {
    const own = i >= from && i <= to;
    pre.append(
      make('span', 'number', String(start + i).padStart(5)),
      make(own ? 'mark' : 'span', 'code', word(index)),
      '\n',
    );
  });
  return pre;
}

const KINDS = ['source', 'step', 'sink'] as const;
const KIND_WORDS = ['Source', 'Step', 'Outbound call'] as const;

function pathOf(flow: PageFlow): HTMLElement {
  const list = make('ol', 'path');
  for (const index of flow.path) {
    const step = data.steps[index];
    if (step === undefined) continue;
    const [file, line, column, kind, text] = step;
    const head = make('span', 'kind', KIND_WORDS[kind]);
    const item = make('li', KINDS[kind], head, ' ', links(data, word(file), line, column), make('p', '', word(text)));
    const excerpt = code(step);
    if (excerpt) item.append(excerpt);
    list.append(item);
  }
  return list;
}

function fact(list: HTMLDListElement, name: string, value: string): void {
  if (value !== '') list.append(make('dt', '', name), make('dd', '', value));
}

function fill(details: HTMLDetailsElement, flow: PageFlow): void {
  const facts = make('dl', 'facts');
  const told = (list: readonly number[]): string =>
    itemsOf(list)
      .map(([l, category, via, care]) => {
        const kind = [l, category, care].filter((w) => w !== '' && w !== undefined).join(' ');
        return `${via ?? ''} (${kind})`;
      })
      .join(', ');
  fact(facts, 'Data', told(flow.phi) || 'nothing that says anything about a person is left');
  if (word(flow.by) !== '') fact(facts, `Taken out by ${word(flow.by)}`, told(flow.gone) || 'nothing');
  if (flow.phi.length > 0) fact(facts, 'Removed on every path', flow.removed.join(' ') || 'nothing');
  fact(facts, 'On the way', word(flow.through));
  fact(facts, 'Recipient', [word(flow.to), word(flow.where)].filter((w) => w !== '').join(', '));
  fact(facts, 'Cover', `${coverOf(flow)}: ${word(flow.why)}`);
  fact(facts, 'Accepted', word(flow.accepted));
  fact(facts, 'Change', word(flow.change));
  fact(facts, 'Confidence', flow.confidence + (flow.places > 1 ? `; ${flow.places} places` : ''));
  details.append(facts, pathOf(flow));
}

function flowItem(flow: PageFlow, open: boolean): HTMLDetailsElement {
  const details = make('details', `flow ${flow.trust}`);
  const head = make('span', 'head', flow.from.map(word).join(', '), ' → ', word(flow.to));
  const tag = make('span', `tag ${flow.trust}`, coverOf(flow));
  const soft = make('span', 'soft', `${word(flow.data)} · ${word(flow.file)}:${flow.line}`);
  details.append(make('summary', '', head, ' ', tag, ' ', soft));
  // A path is built when it is asked for.
  const once = (): void => {
    if (details.open && details.children.length === 1) fill(details, flow);
  };
  details.addEventListener('toggle', once);
  if (open) {
    details.open = true;
    once();
  }
  return details;
}

function openFlows(title: string, indices: readonly number[]): void {
  const flows = indices.filter((i) => shown.has(i)).flatMap((i) => data.flows[i] ?? []);
  const hidden = indices.length - flows.length;
  element('dialog-title').textContent = title;
  const list = element('dialog-flows');
  list.replaceChildren(...flows.slice(0, MOST).map((flow) => flowItem(flow, flows.length === 1)));
  const notes = [
    ...(flows.length > MOST ? [`The first ${MOST} of ${flows.length} flows; a search narrows them down.`] : []),
    ...(hidden > 0 ? [`${hidden} more are hidden by the filter.`] : []),
    ...(data.cut ? ['This map is large: some excerpts of code were left out.'] : []),
  ];
  element('dialog-note').textContent = notes.join(' ');
  dialog.showModal();
  dialog.scrollTop = 0;
}

// ── filter ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function filter(): void {
  const asked = search.value
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== '');
  const allowed = new Set(trusts.filter((t) => t.checked).map((t) => t.value));
  shown = new Set(
    [...data.flows.keys()].filter((i) => {
      const flow = data.flows[i];
      if (flow === undefined || !allowed.has(flow.trust)) return false;
      if (kind !== null && kind.value !== '' && flow.kind !== kind.value) return false;
      if (letter.value !== '' && !itemsOf(flow.phi).some(([l]) => l === letter.value)) return false;
      return asked.every((w) => haystack(i, flow).includes(w));
    }),
  );
  const dead = new Set<string>();
  for (const part of parts) {
    const id = part.dataset['part'] ?? '';
    const off = !(data.parts[id] ?? []).some((i) => shown.has(i));
    if (off) dead.add(id);
    part.classList.toggle('off', off);
    part.setAttribute('aria-disabled', String(off));
  }
  for (const text of document.querySelectorAll<SVGTextElement>('[data-of]'))
    text.classList.toggle('off', dead.has(text.dataset['of'] ?? ''));
  for (const button of document.querySelectorAll<HTMLElement>('button[data-list]'))
    button.hidden = !(data.parts[button.dataset['list'] ?? ''] ?? []).some((i) => shown.has(i));
  for (const row of rows) row.hidden = !shown.has(Number(row.dataset['flow']));
  tellShown();
}

function tellShown(): void {
  const all = shown.size === data.flows.length;
  element('status').textContent = all
    ? `${data.flows.length} flows`
    : `${shown.size} of ${data.flows.length} flows shown`;
}

// ── the drawing ────────────────────────────────────────────────────────────────────────────────────────────────────

function choose(part: SVGGElement): void {
  const id = part.dataset['part'] ?? '';
  openFlows(part.getAttribute('aria-label') ?? '', data.parts[id] ?? []);
}

/** Shows what hangs together with the part under the pointer or with the focus. */
function trace(part: SVGGElement | null): void {
  const map = element('map');
  map.classList.toggle('tracing', part !== null);
  const own = new Set(part === null ? [] : data.parts[part.dataset['part'] ?? '']);
  for (const other of parts) {
    const touches = part !== null && (data.parts[other.dataset['part'] ?? ''] ?? []).some((i) => own.has(i));
    other.classList.toggle('lit', touches);
  }
}

/** One stop for the tabulator in each drawing; the arrows go on from there. */
function roam(drawing: SVGSVGElement): void {
  const own = [...drawing.querySelectorAll<SVGGElement>('[data-part]')].sort(byPlace);
  let at = 0;
  const to = (next: number): void => {
    own[at]?.setAttribute('tabindex', '-1');
    at = (next + own.length) % own.length;
    own[at]?.setAttribute('tabindex', '0');
  };
  own[0]?.setAttribute('tabindex', '0');
  drawing.addEventListener('keydown', (event) => {
    const part = own[at];
    if (part === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') choose(part);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowRight') to(at + 1);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') to(at - 1);
    else if (event.key === 'Home') to(0);
    else if (event.key === 'End') to(own.length - 1);
    else return;
    event.preventDefault();
    if (event.key !== 'Enter' && event.key !== ' ') own[at]?.focus();
  });
  own.forEach((part, i) => {
    part.addEventListener('click', () => {
      to(i);
      choose(part);
    });
    part.addEventListener('focus', () => {
      to(i);
      trace(part);
    });
    part.addEventListener('blur', () => {
      trace(null);
    });
    part.addEventListener('pointerenter', () => {
      trace(part);
    });
    part.addEventListener('pointerleave', () => {
      trace(null);
    });
  });
}

/** Sources, processing, recipients, then the edges. */
function byPlace(a: SVGGElement, b: SVGGElement): number {
  const rank = (part: SVGGElement): number =>
    ['source', 'process', 'recipient', 'edge'].findIndex((c) => part.classList.contains(c));
  return rank(a) - rank(b);
}

function toggleFold(button: HTMLButtonElement): void {
  const whole = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(whole));
  element('map-folded').hidden = whole;
  element('map-whole').hidden = !whole;
}

document.querySelectorAll<SVGSVGElement>('svg.map').forEach(roam);
search.addEventListener('input', filter);
letter.addEventListener('change', filter);
kind?.addEventListener('change', filter);
for (const t of trusts) t.addEventListener('change', filter);
for (const row of rows) {
  const button = row.querySelector('button');
  const index = Number(row.dataset['flow']);
  button?.addEventListener('click', () => {
    openFlows('One flow', [index]);
  });
}
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-list]'))
  button.addEventListener('click', () => {
    openFlows(button.innerText.split('\n')[0] ?? '', data.parts[button.dataset['list'] ?? ''] ?? []);
  });
element('dialog-close').addEventListener('click', () => {
  dialog.close();
});
dialog.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close();
});
const folding = document.getElementById('unfold');
folding?.addEventListener('click', () => {
  toggleFold(folding as HTMLButtonElement);
});
element('controls').hidden = false;
tellShown();
document.documentElement.dataset['ready'] = 'true';
