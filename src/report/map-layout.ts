/**
 * Where everything stands on the map. The engine is d3-sankey: the map has three columns and widths that mean a number,
 * which is what a Sankey layout is for; it is 30 kB of plain JavaScript, synchronous and deterministic, where Graphviz
 * as WASM or ELK would bring megabytes for general graphs and know nothing of widths. It gives each node its place; the
 * ends of edges get slots of their own here, wide enough for the letters that stand on them.
 */
import { sankey } from 'd3-sankey';
import type { MapEdge, MapModel, MapProcess, MapRecipient, MapSource } from './map-model.js';
import { SOURCE_KINDS, SOURCE_WORDS, TRUST_WORDS, TRUSTS, type Trust } from './words.js';

const WIDTH = 1240;
const BOTTOM = 8;

/** Sizes of one way to draw the map. */
interface Metrics {
  readonly top: number;
  readonly heading: number;
  readonly padding: number;
  /** Edges of the node bars, by column; the labels stand outside of the first and of the last. */
  readonly columns: readonly [Column, Column, Column];
  /** Where edges run straight beside the outer columns, so that no other edge crosses the letters that stand there. */
  readonly straight: readonly [left: number, right: number];
  readonly row: number;
  /** Room for the letters of one edge. */
  readonly slot: number;
  /** Height of a card, so that its lines fit in. */
  readonly card: number;
  /** Pixels of all flows together. */
  readonly flows: number;
}

interface Column {
  readonly x0: number;
  readonly x1: number;
}

/** On a screen two lines a node. */
const AIRY: Metrics = {
  top: 34,
  heading: 20,
  padding: 7,
  columns: [
    { x0: 190, x1: 202 },
    { x0: 462, x1: 650 },
    { x0: 946, x1: 958 },
  ],
  straight: [132, 146],
  row: 25,
  slot: 13,
  card: 58,
  flows: 230,
};

/** On paper one line a node: the answers and the map share a page. */
const DENSE: Metrics = {
  top: 24,
  heading: 15,
  padding: 2,
  columns: [
    { x0: 184, x1: 194 },
    { x0: 398, x1: 560 },
    { x0: 762, x1: 772 },
  ],
  straight: [118, 118],
  row: 14.5,
  slot: 12,
  card: 50,
  flows: 130,
};

export interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

export type Placed<T> = Box & { readonly node: T };

export interface PlacedEdge {
  readonly edge: MapEdge;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Between these two it bends; outside of them it runs straight. */
  readonly bend0: number;
  readonly bend1: number;
  readonly width: number;
}

export interface Heading extends Box {
  readonly text: string;
  readonly trust: Trust | null;
  /** Where its group ends. */
  readonly until: number;
}

export interface Layout {
  readonly dense: boolean;
  /** Left edge of each column's bars. */
  readonly columns: Metrics['columns'];
  readonly width: number;
  readonly height: number;
  readonly sources: readonly Placed<MapSource>[];
  readonly processes: readonly Placed<MapProcess>[];
  readonly recipients: readonly Placed<MapRecipient>[];
  readonly edges: readonly PlacedEdge[];
  readonly headings: readonly Heading[];
}

interface Block {
  readonly id: string;
  readonly column: 0 | 1 | 2;
  readonly order: number;
  readonly fixedValue: number;
}

interface Band {
  readonly source: string;
  readonly target: string;
  readonly value: number;
}

/** Edges at each side of a node. */
interface Sides {
  readonly into: MapEdge[];
  readonly out: MapEdge[];
}

export function layOut(model: MapModel, dense = false): Layout {
  const m = dense ? DENSE : AIRY;
  const unit = Math.min(8, m.flows / Math.max(1, model.flows.length));
  const width = (edge: MapEdge): number => Math.max(1.5, edge.flows.length * unit);
  const sides = sidesOf(model.edges);
  const side = (edges: readonly MapEdge[], slot: number): number =>
    edges.reduce((n, e) => n + Math.max(slot, width(e)), 0);
  const at = (id: string): Sides => sides.get(id) ?? { into: [], out: [] };

  const blocks: Block[] = [];
  const add = (id: string, column: Block['column'], fixedValue: number): void => {
    blocks.push({ id, column, order: blocks.length, fixedValue });
  };
  for (const kind of SOURCE_KINDS) {
    const group = model.sources.filter((s) => s.kind === kind);
    if (group.length > 0) add(`heading:${kind}`, 0, m.heading);
    for (const { id } of group) add(id, 0, Math.max(m.row, side(at(id).out, m.slot)));
  }
  for (const { id } of model.processes) {
    const { into, out } = at(id);
    add(id, 1, Math.max(m.card, side(into, 3) + 6, side(out, 3) + 6));
  }
  for (const trust of TRUSTS) {
    const group = model.recipients.filter((r) => r.trust === trust);
    if (group.length > 0) add(`heading:${trust}`, 2, m.heading);
    for (const { id } of group) add(id, 2, Math.max(m.row, side(at(id).into, m.slot)));
  }
  const boxes = place(blocks, model.edges, width, m);
  const box = (id: string): Box => boxes.get(id) as Box;

  const cards = new Set(model.processes.map((p) => p.id));
  const ends = new Map<string, { from: number; to: number }>();
  for (const [id, { into, out }] of sides) {
    const b = box(id);
    const middle = (e: string): number => (box(e).y0 + box(e).y1) / 2;
    const card = cards.has(id);
    into.sort((p, q) => middle(p.from) - middle(q.from));
    out.sort((p, q) => middle(p.to) - middle(q.to));
    slots(b, into, card ? 3 : m.slot, width, (e, y) => ends.set(e.id, { from: ends.get(e.id)?.from ?? 0, to: y }));
    slots(b, out, card ? 3 : m.slot, width, (e, y) => ends.set(e.id, { from: y, to: ends.get(e.id)?.to ?? 0 }));
  }
  const placed = <T extends { readonly id: string }>(nodes: readonly T[]): Placed<T>[] =>
    nodes.map((node) => ({ node, ...box(node.id) }));
  const height = Math.max(m.top + 40, ...[...boxes.values()].map((b) => b.y1)) + BOTTOM;
  return {
    dense,
    columns: m.columns,
    width: WIDTH,
    height: round(height),
    sources: placed(model.sources),
    processes: placed(model.processes),
    recipients: placed(model.recipients),
    edges: model.edges.map((edge): PlacedEdge => {
      const x0 = box(edge.from).x1;
      const x1 = box(edge.to).x0;
      return {
        edge,
        x0,
        y0: round(ends.get(edge.id)?.from ?? 0),
        x1,
        y1: round(ends.get(edge.id)?.to ?? 0),
        bend0: edge.trust === null ? x0 + m.straight[0] : x0,
        bend1: edge.trust === null ? x1 : x1 - m.straight[1],
        width: round(width(edge)),
      };
    }),
    headings: headings(model, boxes, m),
  };
}

function sidesOf(edges: readonly MapEdge[]): Map<string, Sides> {
  const sides = new Map<string, Sides>();
  const at = (id: string): Sides => {
    let found = sides.get(id);
    if (found === undefined) sides.set(id, (found = { into: [], out: [] }));
    return found;
  };
  for (const edge of edges) {
    at(edge.from).out.push(edge);
    at(edge.to).into.push(edge);
  }
  return sides;
}

/** Values are heights in pixels, and the extent is what the highest column needs: the engine scales by one. */
function place(
  blocks: readonly Block[],
  edges: readonly MapEdge[],
  width: (edge: MapEdge) => number,
  m: Metrics,
): Map<string, Box> {
  if (blocks.length === 0) return new Map();
  const needs = [0, 1, 2].map((column) => {
    const own = blocks.filter((b) => b.column === column);
    return own.reduce((n, b) => n + b.fixedValue, 0) + Math.max(0, own.length - 1) * m.padding;
  });
  const graph = sankey<Block, Band>()
    .nodeId((node) => node.id)
    .nodeAlign((node) => (node as unknown as Block).column)
    .nodeSort((a, b) => a.order - b.order)
    .nodePadding(m.padding)
    .iterations(12)
    .extent([
      [0, m.top],
      [WIDTH, m.top + Math.max(...needs)],
    ])({
    nodes: blocks.map((b) => ({ ...b })),
    links: edges.map((e) => ({ source: e.from, target: e.to, value: width(e) })),
  });
  return new Map(
    graph.nodes.map((node) => {
      const column = m.columns[node.column];
      return [node.id, { ...column, y0: round(node.y0 ?? 0), y1: round(node.y1 ?? 0) }];
    }),
  );
}

/** Gives each edge its place at one side of a node, the whole row centred. */
function slots(
  box: Box,
  edges: readonly MapEdge[],
  least: number,
  width: (edge: MapEdge) => number,
  set: (edge: MapEdge, y: number) => void,
): void {
  const heights = edges.map((e) => Math.max(least, width(e)));
  let y = (box.y0 + box.y1 - heights.reduce((a, b) => a + b, 0)) / 2;
  edges.forEach((edge, i) => {
    const h = heights[i] ?? 0;
    set(edge, y + h / 2);
    y += h;
  });
}

/** A heading stands right above its group, wherever the engine has put the two. */
function headings(model: MapModel, boxes: ReadonlyMap<string, Box>, m: Metrics): Heading[] {
  const of = (text: string, trust: Trust | null, group: readonly { readonly id: string }[]): Heading[] => {
    const own = group.map(({ id }) => boxes.get(id)).filter((b) => b !== undefined);
    const [first] = own;
    const last = own.at(-1);
    if (first === undefined || last === undefined) return [];
    return [
      {
        text,
        trust,
        x0: first.x0,
        x1: first.x1,
        y0: round(first.y0 - m.heading - 3),
        y1: round(first.y0 - 3),
        until: last.y1,
      },
    ];
  };
  return [
    ...SOURCE_KINDS.flatMap((kind) =>
      of(
        SOURCE_WORDS[kind],
        null,
        model.sources.filter((s) => s.kind === kind),
      ),
    ),
    ...TRUSTS.flatMap((trust) =>
      of(
        TRUST_WORDS[trust].title,
        trust,
        model.recipients.filter((r) => r.trust === trust),
      ),
    ),
  ];
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
