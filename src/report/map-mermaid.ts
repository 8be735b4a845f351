/** `--format mermaid`: a flowchart that GitHub draws. */
import type { AnalysisResult } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { counted } from './layout.js';
import { vendorName, type MapContext } from './map-context.js';
import { fold } from './map-fold.js';
import { buildMap, type MapModel } from './map-model.js';
import { edgeText, listed, placesOf, removesText, SOURCE_KINDS, SOURCE_WORDS, TRUST_WORDS, TRUSTS } from './words.js';

/** Mermaid refuses more edges than 500 and texts of more than 50,000 characters. */
const ROWS = 40;

const CLASSES = [
  'classDef own stroke:#3b5b8c,stroke-width:2px',
  'classDef covered stroke:#0f6e5c,stroke-width:2px',
  'classDef deidentified stroke:#0b6aa8,stroke-width:2px',
  'classDef uncovered stroke:#b3261e,stroke-width:3px,stroke-dasharray:6 3',
  'classDef unknown stroke:#7a3e9d,stroke-width:3px,stroke-dasharray:2 3',
  'classDef cleans stroke:#0b6aa8,stroke-width:3px',
];

export function renderMapMermaid(result: AnalysisResult, context: MapContext): string {
  const model = fold(buildMap(result.analysis, result.cleanings), ROWS);
  const ids = idsOf(model);
  const id = (node: string): string => ids.get(node) ?? 'missing';
  const lines = ['flowchart LR'];
  if (model.edges.length === 0) lines.push('  none["No flow of PHI to a recipient was seen"]');
  for (const kind of SOURCE_KINDS) {
    const group = model.sources.filter((s) => s.kind === kind);
    if (group.length === 0) continue;
    lines.push(`  subgraph from_${kind}["${SOURCE_WORDS[kind]}"]`);
    for (const s of group) lines.push(`    ${id(s.id)}["${label(s.name)}"]`);
    lines.push('  end');
  }
  for (const p of model.processes) {
    const by = p.by.length > 0 ? `<br/>by ${label(listed(p.by, 3))}` : '';
    const text = `${label(p.title)}${by}<br/>${label(removesText(p.removes))}`;
    lines.push(
      p.kind === 'deidentified' || p.kind === 'cleaned'
        ? `  ${id(p.id)}{{"${text}"}}:::cleans`
        : `  ${id(p.id)}("${text}")`,
    );
  }
  for (const trust of TRUSTS) {
    const group = model.recipients.filter((r) => r.trust === trust);
    if (group.length === 0) continue;
    lines.push(`  subgraph to_${trust}["${TRUST_WORDS[trust].title}"]`);
    for (const r of group) {
      const where = placesOf(r).join(', ');
      const text = `${label(vendorName(context.vendors, r.vendor))}<br/>${label(r.service)}${where === '' ? '' : `<br/>${label(where)}`}`;
      lines.push(
        `    ${id(r.id)}${trust === 'own' ? `[("${text}")]` : trust === 'unknown' ? `{"${text}"}` : trust === 'deidentified' ? `{{"${text}"}}` : `["${text}"]`}:::${trust}`,
      );
    }
    lines.push('  end');
  }
  for (const e of model.edges) {
    const { trust } = e;
    const arrow = trust === 'uncovered' || trust === 'unknown' ? '-.->' : trust === null ? '---' : '-->';
    lines.push(`  ${id(e.from)} ${arrow}|"${label(edgeText(e))} (${counted(e.flows.length, 'flow')})"| ${id(e.to)}`);
  }
  lines.push(...CLASSES.map((c) => `  ${c}`), '');
  return lines.join('\n');
}

/** Short ids of our own: names from the code cannot be keywords or syntax. */
function idsOf(model: MapModel): Map<string, string> {
  const ids = new Map<string, string>();
  model.sources.forEach((s, i) => ids.set(s.id, `s${i}`));
  model.processes.forEach((p, i) => ids.set(p.id, `p${i}`));
  model.recipients.forEach((r, i) => ids.set(r.id, `r${i}`));
  return ids;
}

/** Everything but letters, digits and a few signs is written as mermaid's entity code. */
function label(text: string): string {
  const safe = wellFormed(printable(text)).slice(0, 80);
  return safe.replace(/[^\p{L}\p{N} .,:/+()_–…-]/gu, (c) => `#${c.codePointAt(0) ?? 63};`);
}
