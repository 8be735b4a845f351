/** The drawing of the map, by itself (`--format svg`) and inside of the page. */
import type { AnalysisResult } from '../analysis.js';
import { vendorName, type MapContext } from './map-context.js';
import { fold } from './map-fold.js';
import { layOut, type Box, type Heading, type Layout, type Placed, type PlacedEdge } from './map-layout.js';
import { buildMap, type MapProcess, type MapRecipient, type MapSource } from './map-model.js';
import { MAP_STYLE, STANDALONE_STYLE } from './map-svg-style.js';
import {
  dataText,
  fittedData,
  isEmpty,
  KIND_WORDS,
  lettersText,
  listed,
  placesOf,
  removesText,
  TRUST_WORDS,
  type Trust,
} from './words.js';
import { counted, cut, widthOf } from './layout.js';
import { markup } from './markup.js';

export interface Drawing {
  readonly vendors: Readonly<Record<string, string>>;
  /** When an agreement ends, by recipient; empty if not known. */
  readonly ends: (recipient: MapRecipient) => string;
  /** Prefix of ids; the page holds two drawings. */
  readonly prefix: string;
  /** In the page everything can be chosen; a picture has no parts. */
  readonly interactive: boolean;
}

export function renderMapSvg(result: AnalysisResult, context: MapContext): string {
  const layout = layOut(fold(buildMap(result.analysis, result.cleanings)));
  const { asOf } = result.analysis;
  const body = drawing(layout, {
    vendors: context.vendors,
    ends: endsOf(context, asOf),
    prefix: 'm',
    interactive: false,
  });
  const title = `PHI data-flow map${context.terms?.organization ? ` of ${context.terms.organization}` : ''} as of ${asOf}`;
  const label = `<title>${markup(title)}</title>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" role="img">${label}<style>${STANDALONE_STYLE}${MAP_STYLE}</style><rect class="paper" width="100%" height="100%"/>${body}</svg>\n`;
}

/** The end of the agreement that a recipient rests on. */
export function endsOf(context: MapContext, day: string): Drawing['ends'] {
  return (r) => {
    if (r.trust !== 'covered' || r.folded > 1) return '';
    const own =
      context.terms?.agreements.filter((a) => a.vendor === r.vendor && a.executed !== null && a.executed <= day) ?? [];
    const ends = own.filter((a) => a.services === 'all' || a.services.includes(r.service)).map((a) => a.expires);
    const [end] = ends;
    return ends.length === 1 && end ? end : '';
  };
}

/** Everything inside of the `<svg>`. */
export function drawing(layout: Layout, how: Drawing): string {
  if (layout.edges.length === 0)
    return `<text class="empty" x="${layout.width / 2}" y="40" text-anchor="middle">No flow of PHI to a recipient was seen.</text>`;
  const titles = ['Where PHI comes from', 'What is done with it', 'Who receives it'];
  const [left, middle, right] = layout.columns;
  const columns = [left.x1, (middle.x0 + middle.x1) / 2, right.x0].map(
    (x, i) =>
      `<text class="column" x="${x}" y="${layout.dense ? 13 : 18}" text-anchor="${['end', 'middle', 'start'][i]}">${titles[i]}</text>`,
  );
  return [
    ...layout.headings.map((h) => heading(h, layout)),
    ...columns,
    `<g class="edges">${[...layout.edges]
      .sort(fewLast)
      .map((e) => edge(e, how))
      .join('')}</g>`,
    ...layout.sources.map((s) => source(s, how, layout.dense)),
    ...layout.processes.map((p) => process(p, how)),
    ...layout.recipients.map((r) => recipient(r, how, layout.dense)),
    `<g class="labels" aria-hidden="true">${layout.edges.map((e) => label(e, layout.dense)).join('')}</g>`,
  ].join('');
}

/** What came out of a step is seldom, and may not vanish below the rest. */
function fewLast(a: PlacedEdge, b: PlacedEdge): number {
  const rank = ({ edge: { trust, removes } }: PlacedEdge): number =>
    trust === 'deidentified' ? 2 : isEmpty(removes) ? 0 : 1;
  return rank(a) - rank(b);
}

/** What makes a part choosable; the script of the page moves the focus among them. */
function part(id: string, name: string, how: Drawing, classes: string): string {
  if (!how.interactive) return `class="${classes}"`;
  return `class="${classes}" id="${markup(`${how.prefix}-${id}`)}" data-part="${markup(id)}" role="button" tabindex="-1" aria-label="${markup(name)}"`;
}

function heading(h: Heading, layout: Layout): string {
  if (h.trust === null)
    return `<text class="heading" x="${h.x0 - 8}" y="${(h.y0 + h.y1) / 2 + 5}" text-anchor="end">${markup(h.text)}</text>`;
  const x = h.x0 - 4;
  const band = `<rect class="band ${h.trust}" x="${x}" y="${h.y0}" width="${layout.width - x - 2}" height="${Math.round((h.until - h.y0 + 4) * 10) / 10}" rx="6"/>`;
  return `${band}${mark(h.trust, h.x0 + 9, (h.y0 + h.y1) / 2 + 1)}<text class="heading ${h.trust}" x="${h.x0 + 22}" y="${(h.y0 + h.y1) / 2 + 5}">${markup(h.text)}</text>`;
}

/** A shape for each trust, so that nothing hangs on colour. */
export function mark(trust: Trust, x: number, y: number): string {
  const shapes: Readonly<Record<Trust, string>> = {
    own: '<path d="M-6 0 0-6 6 0V6H-6Z"/>',
    deidentified: '<path d="M-7.5 0-3.8-6.5H3.8L7.5 0 3.8 6.5H-3.8Z"/><path class="sign" d="M-3 0H3"/>',
    covered: '<circle r="6.5"/><path class="sign" d="M-3 0-1 2.5 3-2.5"/>',
    uncovered: '<path d="M-6-6H6V6H-6Z"/><path class="sign" d="M-3-3 3 3M-3 3 3-3"/>',
    unknown:
      '<path d="M0-7.5 7.5 0 0 7.5-7.5 0Z"/><path class="sign" d="M-2-1.6C-2-4 2-4 2-1.6 2 0 0 0 0 1.4M0 3.2V3.8"/>',
  };
  return `<g class="mark ${trust}" transform="translate(${x} ${y})">${shapes[trust]}</g>`;
}

function edge(e: PlacedEdge, how: Drawing): string {
  const middle = Math.round((e.bend0 + e.bend1) / 2);
  const d = `M${e.x0} ${e.y0}H${e.bend0}C${middle} ${e.y0} ${middle} ${e.y1} ${e.bend1} ${e.y1}H${e.x1}`;
  const { from, to, flows, removes, trust } = e.edge;
  const partly = trust !== 'deidentified' && removes.letters.length > 0;
  const classes = ['edge', trust ?? 'inner', ...(partly ? ['cleaned'] : [])].join(' ');
  const carried =
    trust === 'deidentified'
      ? `, nothing left of ${dataText(removes)}`
      : ` with ${dataText(e.edge)}${isEmpty(removes) ? '' : `, without ${dataText(removes)}`}`;
  const said = trust === null ? '' : `, ${TRUST_WORDS[trust].short}`;
  const name = `${spoken(from, how)} to ${spoken(to, how)}: ${counted(flows.length, 'flow')}${carried}${said}`;
  const grip = how.interactive ? `<path class="grip" d="${d}" stroke-width="${Math.max(12, e.width)}"/>` : '';
  return `<g ${part(e.edge.id, name, how, classes)}><title>${markup(name)}</title>${grip}<path class="ribbon" d="${d}" stroke-width="${e.width}"/><path class="line" d="${d}"/></g>`;
}

/** The name of a node, as its id tells it. */
function spoken(id: string, how: Drawing): string {
  const [type = '', a = '', b = ''] = id.split(':');
  if (type === 'source') return b === '*' ? 'further sources' : b;
  if (type === 'process')
    return (
      {
        'as-is': 'passed on as it is',
        text: 'built into text',
        cleaned: 'de-identified in full',
        model: 'answered by a model',
        deidentified: 'de-identified in part',
      }[a] ?? a
    );
  return a === '*' ? 'further recipients' : `${vendorName(how.vendors, a)}${b === '*' ? '' : ` ${b}`}`;
}

function label(e: PlacedEdge, dense: boolean): string {
  const { removes, trust } = e.edge;
  const minus = removes.letters.length > 0 ? ` (−${lettersText(removes.letters)})` : '';
  const left = trust === 'deidentified' ? 'nothing left' : fittedData(e.edge, (dense ? 18 : 22) - minus.length);
  const text = left + minus;
  const [x, y, anchor] = trust === null ? [e.x0 + 5, e.y0, 'start'] : [e.x1 - 6, e.y1, 'end'];
  const width = Math.round(labelWidth(text));
  const edgeOf = anchor === 'start' ? x - 2 : x - width + 2;
  return `<g data-of="${markup(e.edge.id)}"><rect class="under" x="${edgeOf}" y="${round(y - 6)}" width="${width}" height="12" rx="3"/><text class="data" x="${x}" y="${round(y + 3.5)}" text-anchor="${anchor}">${markup(text)}</text></g>`;
}

function source({ node, ...box }: Placed<MapSource>, how: Drawing, dense: boolean): string {
  const flows = counted(node.flows.length, 'flow');
  const shown = cut(node.name, dense ? 15 : 22);
  const name = `${shown} ${flows}, source of ${dataText(node)}${shown === node.name ? '' : `: ${node.name}`}`;
  const x = box.x0 - 8;
  const y = (box.y0 + box.y1) / 2;
  const title = `<tspan class="name">${markup(shown)}</tspan>`;
  const text = dense
    ? `<text x="${x}" y="${y + 4}" text-anchor="end">${title} <tspan class="small" dx="2">${flows}</tspan></text>`
    : `<text x="${x}" y="${y}" text-anchor="end">${title} <tspan class="small" x="${x}" dy="12">${flows}</tspan></text>`;
  return `<g ${part(node.id, name, how, 'node source')}><title>${markup(name)}</title>${bar(box, '')}${text}</g>`;
}

function bar(box: Box, classes: string): string {
  return `<rect class="bar ${classes}" x="${box.x0}" y="${box.y0}" width="${box.x1 - box.x0}" height="${height(box)}" rx="2"/>`;
}

function process({ node, ...box }: Placed<MapProcess>, how: Drawing): string {
  const cleans = node.kind === 'deidentified' || node.kind === 'cleaned';
  const flows = counted(node.flows.length, 'flow');
  const by = node.by.length === 0 ? '' : `by ${listed(node.by, 2)}`;
  const removes = removesText(node.removes, CARD);
  const last = by === '' ? flows : cut(by, CARD + 4);
  const name = `${node.title} ${removes} ${last}${last === flows ? '' : `: ${by}, ${removesText(node.removes)}, ${flows}`}`;
  const c = cleans ? 12 : 0;
  const { x0, x1, y0, y1 } = box;
  const outline = cleans
    ? `<path class="card cleans" d="M${x0 + c} ${y0}H${x1 - c}L${x1} ${y0 + c}V${y1 - c}L${x1 - c} ${y1}H${x0 + c}L${x0} ${y1 - c}V${y0 + c}Z"/>`
    : `<rect class="card" x="${x0}" y="${y0}" width="${x1 - x0}" height="${height(box)}" rx="6"/>`;
  const y = (y0 + y1) / 2 - 12;
  const x = (x0 + x1) / 2;
  const lines = [
    `<tspan class="name">${markup(node.title)}</tspan>`,
    `<tspan class="${cleans ? 'removes' : 'small'}" x="${x}" dy="15">${markup(removes)}</tspan>`,
    `<tspan class="small" x="${x}" dy="14">${markup(last)}</tspan>`,
  ];
  return `<g ${part(node.id, name, how, 'node process')}><title>${markup(name)}</title>${outline}<text x="${x}" y="${y}" text-anchor="middle">${lines.join(' ')}</text></g>`;
}

function recipient({ node, ...box }: Placed<MapRecipient>, how: Drawing, dense: boolean): string {
  const flows = counted(node.flows.length, 'flow');
  const vendor = node.folded > 1 && node.service === 'folded' ? node.vendor : vendorName(how.vendors, node.vendor);
  // A host that is called over HTTP has no service of its own.
  const service = node.service === 'folded' || node.service === 'http' ? '' : node.service;
  const x = box.x1 + 10;
  const y = (box.y0 + box.y1) / 2;
  const until = how.ends(node);
  const details = [
    ...placesOf(node),
    node.kind === 'incidental' && node.folded === 1 ? KIND_WORDS.incidental : '',
    until === '' ? '' : `${dense ? 'to' : 'until'} ${until}`,
    flows,
  ].filter((d) => d !== '');
  const short = cut(vendor.replace(/ \(.*\)$/, ''), service === '' ? 36 : 25);
  const room = RIGHT - x;
  const use = cut(service, Math.max(6, Math.floor((room - textWidth(short, BOLD)) / PLAIN)));
  // On paper the details share the line with the name.
  const used = dense ? textWidth(short, BOLD) + textWidth(use, PLAIN) + 14 : 0;
  const shownDetails = fitting(details, Math.floor((room - used) / SMALL));
  const title = `<tspan class="name">${markup(short)}</tspan>`;
  const small = markup(shownDetails);
  const what = `<tspan class="service" dx="2">${markup(use)}</tspan>`;
  // What stands there comes first, so that who speaks to the page can name it.
  const shown = [short, use, shownDetails].filter((w) => w !== '').join(' ');
  const whole = `${vendor} ${node.service}`;
  const name = `${shown}, ${TRUST_WORDS[node.trust].short}: ${dataText(node)}; ${whole === `${short} ${use}` ? '' : `${whole}: `}${node.why}`;
  const text = dense
    ? `<text x="${x}" y="${y + 4}">${title} ${what} <tspan class="small" dx="3">${small}</tspan></text>`
    : `<text x="${x}" y="${y - 1.5}">${title} ${what}</text> <text class="small" x="${x}" y="${y + 10}">${small}</text>`;
  return `<g ${part(node.id, name, how, `node recipient ${node.trust}`)}><title>${markup(name)}</title>${bar(box, node.trust)}${text}</g>`;
}

/** Whole details, as many as there is room for; at least the first, cut. */
function fitting(details: readonly string[], most: number): string {
  for (let n = details.length; n > 1; n--) {
    const text = details.slice(0, n).join(' · ');
    if (text.length <= most) return text;
  }
  return cut(details[0] ?? '', most);
}

/** Characters of a line on the card of a step. */
const CARD = 27;
/** Right edge of the texts of recipients. */
const RIGHT = 1234;
/** Pixels of a character: fonts differ, so these are on the safe side. */
const BOLD = 7.2;
const PLAIN = 6.5;
const SMALL = 5.7;

/** Letters are wide and spaces narrow, which matters in a text of letters. */
function labelWidth(text: string): number {
  const width = (c: string): number => {
    if (c === ' ') return 3.6;
    if (/[mwMW]/.test(c)) return 10.5;
    if (/[A-Z–−+]/.test(c)) return 8;
    return /[filrt,]/.test(c) ? 4.8 : 7.2;
  };
  return [...text].reduce((n, c) => n + width(c), 5);
}

function textWidth(text: string, character: number): number {
  return widthOf(text) * character;
}

const round = (n: number): number => Math.round(n * 10) / 10;
const height = (box: Box): number => round(box.y1 - box.y0);
