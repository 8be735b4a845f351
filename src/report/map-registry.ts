/** The BAA registry: one row for each vendor and service that the code talks to, as a compliance officer keeps it. */
import type { AnalysisResult, RegistryJson } from '../analysis.js';
import { inForce, vendorName, type MapAgreement, type MapContext } from './map-context.js';
import type { MapModel } from './map-model.js';
import { byText, dataOf, regionText, TRUST_WORDS, TRUSTS, type Data, type Trust } from './words.js';

export interface RegistryRow extends Data {
  readonly vendor: string;
  readonly name: string;
  readonly service: string;
  /** Null for our own side, and where no PHI was seen to reach it. */
  readonly kind: 'partner' | 'incidental' | null;
  /** The worst of its places; null without PHI. */
  readonly trust: Trust | null;
  readonly status: string;
  /** Kinds of data that need more care than the rest. */
  readonly sensitive: readonly string[];
  readonly callSites: number;
  readonly phiFlows: number;
  /** Flows of data that was de-identified in full before. */
  readonly cleanFlows: number;
  /** Where PHI is sent from, `file:line`. */
  readonly places: readonly string[];
  readonly regions: readonly string[];
  readonly environments: readonly string[];
  /** What the manifest names as the agreement: a document, or vendor and plan. */
  readonly agreement: string;
  /** The declared agreement nearest to it, even where it does not cover. */
  readonly terms: MapAgreement | null;
  readonly why: readonly string[];
}

/** Sorted: the worst first, without PHI last. */
export function registryRows(
  { analysis }: AnalysisResult,
  model: MapModel,
  { vendors, terms }: MapContext,
): readonly RegistryRow[] {
  const rows = analysis.recipients.map((r): RegistryRow => {
    const own = model.recipients.filter((m) => m.registry === `${r.vendor}/${r.service}`);
    const all = model.flows.filter(({ recipient: to }) => to.vendor === r.vendor && to.service === r.service);
    const flows = all.filter((f) => f.trust !== 'deidentified');
    const trusts = TRUSTS.filter((t) => own.some((m) => m.trust === t));
    const phi = flows.flatMap(({ flow }) => flow.phi);
    const sinks = flows.map(({ flow }) => flow.path.at(-1) ?? flow);
    return {
      ...dataOf(phi),
      vendor: r.vendor,
      name: vendorName(vendors, r.vendor),
      service: r.service,
      kind: own.find((m) => m.trust !== 'own')?.kind ?? null,
      trust: trusts.at(-1) ?? null,
      status: statusOf(r, trusts),
      sensitive: distinct(phi.flatMap((p) => p.sensitive ?? [])),
      callSites: r.callSites,
      phiFlows: r.phiFlows,
      cleanFlows: all.length - flows.length,
      places: distinct(sinks.map(({ file, line }) => `${file}:${line}`)),
      regions: distinct(own.map((m) => regionText(m.region)).filter((w) => w !== '')),
      environments: distinct(own.flatMap((m) => m.environment ?? [])),
      agreement: r.agreement ?? '',
      terms: nearest(terms?.agreements ?? [], r, analysis.asOf),
      why: distinct(own.map((m) => m.why)),
    };
  });
  return rows.sort(
    (a, b) => rank(a.trust) - rank(b.trust) || byText(`${a.name}\0${a.service}`, `${b.name}\0${b.service}`),
  );
}

function statusOf(r: RegistryJson, trusts: readonly Trust[]): string {
  if (trusts.length === 0) return r.covered ? 'covered, no PHI seen' : 'no PHI seen';
  if (trusts.length === 1 && trusts[0] === 'deidentified') return 'de-identified data only';
  return trusts.map((t) => TRUST_WORDS[t].short).join(' and ');
}

/** In force and for the service, else for the service, else with the vendor at all. */
function nearest(all: readonly MapAgreement[], r: RegistryJson, day: string): MapAgreement | null {
  const own = all.filter((a) => a.vendor === r.vendor);
  const named = own.filter((a) => a.services === 'all' || a.services.includes(r.service));
  return named.find((a) => inForce(a, day)) ?? named[0] ?? own.find((a) => inForce(a, day)) ?? own[0] ?? null;
}

function rank(trust: Trust | null): number {
  return ['uncovered', 'unknown', 'covered', 'own', 'deidentified', null].indexOf(trust);
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].sort(byText);
}
