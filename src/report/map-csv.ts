/** `--format csv`: one row a flow, for a spreadsheet (RFC 4180). */
import type { AnalysisResult } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { changeOf, type Changes } from './map-compare.js';
import { vendorName, type MapContext } from './map-context.js';
import { buildMap, type MapFlow } from './map-model.js';
import { dataOf, TRUST_WORDS } from './map-words.js';

const HEAD = [
  'source',
  'data',
  'letters',
  'sensitive',
  'removed',
  'vendor',
  'vendor_name',
  'service',
  'region',
  'environment',
  'trust',
  'why',
  'confidence',
  'file',
  'line',
  'outbound_file',
  'outbound_line',
  'fingerprint',
  'suppressed',
];

export function renderMapCsv(result: AnalysisResult, context: MapContext): string {
  const { changes } = context;
  const model = buildMap(result.analysis);
  const names = new Map(model.sources.map((s) => [s.id, s.name]));
  const rows = model.flows.map((f) => [
    ...row(f, f.from.map((id) => names.get(id) ?? id).join('; '), context),
    ...(changes === null ? [] : [changeOf(changes, f.flow.fingerprint)]),
  ]);
  const head = changes === null ? HEAD : [...HEAD, 'change'];
  return [head, ...rows, ...gone(changes)].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function row({ flow, recipient, trust }: MapFlow, source: string, { vendors }: MapContext): string[] {
  const { letters } = dataOf(flow.phi);
  const sink = flow.path.at(-1);
  return [
    source,
    [...new Set(flow.phi.map((p) => p.via))].join('; '),
    letters.join(' '),
    [...new Set(flow.phi.flatMap((p) => p.sensitive ?? []))].join(' '),
    flow.removed.join(' '),
    recipient.vendor,
    vendorName(vendors, recipient.vendor),
    recipient.service,
    recipient.region ?? '',
    recipient.environment ?? '',
    TRUST_WORDS[trust].short,
    recipient.why,
    flow.confidence,
    flow.file,
    String(flow.line),
    sink?.file ?? '',
    sink === undefined ? '' : String(sink.line),
    flow.fingerprint,
    flow.suppressed?.reason ?? '',
  ];
}

/** Flows that are no more keep the columns that the earlier document tells. */
function gone(changes: Changes | null): string[][] {
  return (changes?.gone ?? []).map(({ recipient, phi, file, line, fingerprint }) => {
    const known: Readonly<Record<string, string>> = {
      letters: dataOf(phi).letters.join(' '),
      vendor: recipient?.vendor ?? '',
      service: recipient?.service ?? '',
      why: recipient?.why ?? '',
      file,
      line: String(line),
      fingerprint,
    };
    return [...HEAD.map((column) => known[column] ?? ''), 'gone'];
  });
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = wellFormed(printable(text));
  const plain = /^[=+\-@]/.test(safe) ? `'${safe}` : safe;
  return /[",;]/.test(plain) || plain !== plain.trim() ? `"${plain.replace(/"/g, '""')}"` : plain;
}
