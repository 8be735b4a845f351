/** `--format dot`: the graph for Graphviz, to be drawn or searched by other programs. */
import type { AnalysisResult } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { vendorName, type MapContext } from './map-context.js';
import { buildMap, type MapModel } from './map-model.js';
import {
  edgeText,
  listed,
  placesOf,
  removesText,
  SOURCE_KINDS,
  SOURCE_WORDS,
  type Trust,
  TRUST_WORDS,
  TRUSTS,
} from './words.js';

const STYLES: Readonly<Record<Trust, { readonly color: string; readonly style: string; readonly shape: string }>> = {
  own: { color: '#3b5b8c', style: 'solid', shape: 'house' },
  covered: { color: '#0f6e5c', style: 'solid', shape: 'box' },
  deidentified: { color: '#0b6aa8', style: 'solid', shape: 'hexagon' },
  uncovered: { color: '#b3261e', style: 'dashed', shape: 'octagon' },
  unknown: { color: '#7a3e9d', style: 'dotted', shape: 'diamond' },
};

export function renderMapDot(result: AnalysisResult, context: MapContext): string {
  const model = buildMap(result.analysis, result.cleanings);
  const lines = [
    'digraph phitrace {',
    '  graph [rankdir=LR, fontname="Helvetica", nodesep=0.15, ranksep=1.6];',
    '  node [fontname="Helvetica", fontsize=11, shape=box];',
    '  edge [fontname="Helvetica", fontsize=9];',
    ...sources(model),
    ...model.processes.map((p) => {
      const by = p.by.length > 0 ? [`by ${listed(p.by)}`] : [];
      const cleans = p.kind === 'deidentified' || p.kind === 'cleaned';
      return `  ${quoted(p.id)} [label=${quoted(p.title, ...by, removesText(p.removes))}, ${cleans ? 'shape=hexagon, penwidth=2' : 'style=rounded'}];`;
    }),
    ...recipients(model, context),
    ...edges(model),
    '}',
    '',
  ];
  return lines.join('\n');
}

function sources(model: MapModel): string[] {
  return SOURCE_KINDS.flatMap((kind) => {
    const group = model.sources.filter((s) => s.kind === kind);
    if (group.length === 0) return [];
    return [
      `  subgraph cluster_${kind} { label=${quoted(SOURCE_WORDS[kind])};`,
      ...group.map((s) => `    ${quoted(s.id)} [label=${quoted(s.name)}];`),
      '  }',
    ];
  });
}

function recipients(model: MapModel, context: MapContext): string[] {
  return TRUSTS.flatMap((trust) => {
    const group = model.recipients.filter((r) => r.trust === trust);
    if (group.length === 0) return [];
    const { color, shape, style } = STYLES[trust];
    return [
      `  subgraph cluster_to_${trust} { label=${quoted(TRUST_WORDS[trust].title)}; color="${color}";`,
      ...group.map((r) => {
        const name = quoted(vendorName(context.vendors, r.vendor), r.service, ...placesOf(r));
        return `    ${quoted(r.id)} [label=${name}, shape=${shape}, color="${color}", style=${style}];`;
      }),
      '  }',
    ];
  });
}

function edges(model: MapModel): string[] {
  return model.edges.map((e) => {
    const { trust } = e;
    const look = trust === null ? 'arrowhead=none' : `color="${STYLES[trust].color}", style=${STYLES[trust].style}`;
    const width = Math.min(8, 1 + Math.log2(e.flows.length)).toFixed(1);
    return `  ${quoted(e.from)} -> ${quoted(e.to)} [label=${quoted(`${edgeText(e)} (${e.flows.length})`)}, penwidth=${width}, ${look}];`;
  });
}

/** A quoted string of DOT, its lines centred; a backslash begins an escape there. */
function quoted(...lines: readonly string[]): string {
  return `"${lines.map((l) => wellFormed(printable(l)).replace(/[\\"]/g, '\\$&')).join('\\n')}"`;
}
