/** `--format csv`: the BAA registry for a spreadsheet, one row for each vendor and service. */
import type { AnalysisResult } from '../analysis.js';
import { csv } from './csv.js';
import { counted } from './layout.js';
import { changeOf, type Changes } from './map-compare.js';
import type { MapContext } from './map-context.js';
import { buildMap, type MapModel } from './map-model.js';
import { registryRows, type RegistryRow } from './map-registry.js';

const COLUMNS: Readonly<Record<string, (row: RegistryRow) => string>> = {
  vendor: (r) => r.vendor,
  vendor_name: (r) => r.name,
  service: (r) => r.service,
  kind: (r) => r.kind ?? '',
  status: (r) => r.status,
  identifiers: (r) => r.letters.join(' '),
  other_data: (r) => r.kinds.join('; '),
  sensitive: (r) => r.sensitive.join('; '),
  call_sites: (r) => String(r.callSites),
  phi_flows: (r) => String(r.phiFlows),
  phi_sent_from: (r) => r.places.join('; '),
  regions: (r) => r.regions.join('; '),
  environments: (r) => r.environments.join('; '),
  agreement: (r) => r.agreement,
  plan: (r) => r.terms?.plan ?? '',
  effective: (r) => r.terms?.executed ?? '',
  expires: (r) => r.terms?.expires ?? '',
  reviewed: (r) => r.terms?.reviewed ?? '',
  training: ({ terms }) => (terms?.terms.training == null ? '' : terms.terms.training ? 'allowed' : 'excluded'),
  retention: (r) => r.terms?.terms.retention ?? '',
  why: (r) => r.why.join('; '),
  deidentified_flows: (r) => String(r.cleanFlows),
};

export function renderMapCsv(result: AnalysisResult, context: MapContext): string {
  const { changes } = context;
  const model = buildMap(result.analysis, result.cleanings);
  const rows = registryRows(result, model, context);
  const cells = rows.map((row) => Object.values(COLUMNS).map((column) => column(row)));
  const names = Object.keys(COLUMNS);
  if (changes === null) return csv([names, ...cells]);
  const changed = cells.map((row, i) => [...row, changeTo(rows[i] as RegistryRow, model, changes)]);
  const gone = changes.goneRecipients.map((name) => {
    const slash = name.indexOf('/');
    const known: Readonly<Record<string, string>> = { vendor: name.slice(0, slash), service: name.slice(slash + 1) };
    return [...names.map((column) => known[column] ?? ''), 'gone'];
  });
  return csv([[...names, 'change'], ...changed, ...gone]);
}

/** What happened to a recipient since the earlier analysis. */
function changeTo({ vendor, service }: RegistryRow, model: MapModel, changes: Changes): string {
  if (changes.newRecipients.includes(`${vendor}/${service}`)) return 'new';
  const own = model.flows.filter(({ recipient: r }) => r.vendor === vendor && r.service === service);
  const told = own.map(({ flow }) => changeOf(changes, flow.fingerprint));
  const count = (what: string): number => told.filter((t) => t === what).length;
  const gone = changes.gone.filter(({ recipient: r }) => r?.vendor === vendor && r.service === service).length;
  const parts = [
    ['new flow', count('new')],
    ['gone flow', gone],
    ['flow without its cover', count('cover lost'), 'flows without their cover'],
    ['newly covered flow', count('cover won')],
  ] as const;
  return parts.flatMap(([one, n, many]) => (n > 0 ? [counted(n, one, many)] : [])).join('; ');
}
