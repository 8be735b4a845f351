/**
 * The manifest's one question: may this recipient have this data, on this day? The rules are those of the contract:
 * one agreement alone must cover everything that is asked; what a constraint asks for and the code does not show is
 * *not proved*, which is neither covered nor an error.
 */
import { globMatches, hostMatches, isLoopback } from './match.js';
import { parseModel, plainRegion } from './regions.js';
import type { Agreement, Coverage, CoverageGap, Known, Manifest, RecipientQuery } from './types.js';

/** What `services: all` stands for. */
export interface CoverableServices {
  /** Service ids of the vendor that we list as coverable; null for a vendor that the catalogue does not know. */
  coverableServices(vendor: string): readonly string[] | null;
}

/** One reason why one agreement does not cover what is asked. */
interface Miss {
  readonly gap: CoverageGap;
  readonly why: string;
}

/** Which gap helps most, where two agreements miss by as much: the first one listed. */
const HELPFULNESS: readonly CoverageGap[] = [
  'not-proved',
  'not-in-force',
  'sensitive',
  'excluded',
  'model',
  'region',
  'client',
  'host',
  'environment',
  'service',
];

/** Services by which code that speaks plain HTTP is known: the agreement's own service names cannot show in it. */
const NAMELESS_SERVICES = new Set(['', 'http', 'api', 'unknown']);

export function decideCoverage(
  manifest: Manifest,
  query: RecipientQuery,
  today: string,
  knowledge: CoverableServices,
): Coverage {
  const own = ownSide(manifest, query, today);
  if (own) return own;
  const candidates = manifest.agreements
    .map((agreement, index) => ({ agreement, index }))
    .filter(({ agreement }) => isWith(agreement, query));
  if (candidates.length === 0) return gap('no-agreement', null, noAgreement(manifest, query));

  let nearest: { index: number; misses: readonly Miss[]; score: number } | null = null;
  for (const { agreement, index } of candidates) {
    const misses = missesOf(agreement, query, today, knowledge);
    if (misses.length === 0) {
      const why = `covered by the agreement with ${agreement.vendor} of ${agreement.executed ?? ''}`;
      return { covered: true, own: false, agreement: index, gap: null, why };
    }
    const score = distanceOf(misses);
    if (!nearest || score < nearest.score) nearest = { index, misses, score };
  }
  if (!nearest) return gap('no-agreement', null, noAgreement(manifest, query));
  const { index, misses } = nearest;
  const hard = misses.filter((m) => m.gap !== 'not-proved');
  const told = hard[0] ?? misses[0];
  return gap(told?.gap ?? 'no-agreement', index, told?.why ?? '');
}

/** Agreements that fail for fewer reasons are nearer; not proved is nearer than refuted. */
function distanceOf(misses: readonly Miss[]): number {
  const hard = misses.filter((m) => m.gap !== 'not-proved');
  const kind = HELPFULNESS.indexOf((hard[0] ?? misses[0])?.gap ?? 'service');
  return hard.length * 10_000 + misses.length * 100 + kind;
}

function gap(kind: CoverageGap, agreement: number | null, why: string): Coverage {
  return { covered: false, own: false, agreement, gap: kind, why };
}

function noAgreement(manifest: Manifest, query: RecipientQuery): string {
  if (manifest.path === null) return 'there is no baa.yaml, so no vendor is covered';
  if (query.vendor === 'unknown') return 'the destination could not be determined, so no agreement can cover it';
  return `no agreement with ${query.vendor} in the manifest`;
}

// ── own side ───────────────────────────────────────────────────────────────────────────────────────────────────

function ownSide(manifest: Manifest, query: RecipientQuery, today: string): Coverage | null {
  const host = definite(query.host);
  if (host === null) return null;
  for (const entry of manifest.selfHosted) {
    if (!entry.hosts.some((suffix) => hostMatches(suffix, host))) continue;
    if (entry.runsOn === null)
      return { covered: true, own: true, agreement: null, gap: null, why: `${host} is self-hosted` };
    let nearest: Coverage | null = null;
    for (const [index, agreement] of manifest.agreements.entries()) {
      if (agreement.vendor !== entry.runsOn) continue;
      const miss = notInForce(agreement, today);
      if (!miss) {
        const why = `${host} is self-hosted on ${entry.runsOn}, with which an agreement is in force`;
        return { covered: true, own: true, agreement: index, gap: null, why };
      }
      nearest ??= gap('not-in-force', index, `${host} runs on ${entry.runsOn}, and the ${miss.why}`);
    }
    return nearest ?? gap('no-agreement', null, `${host} runs on ${entry.runsOn}, with which there is no agreement`);
  }
  return isLoopback(host)
    ? { covered: true, own: true, agreement: null, gap: null, why: `${host} is this machine itself` }
    : null;
}

// ── which agreements are asked ─────────────────────────────────────────────────────────────────────────────────

function isWith(agreement: Agreement, query: RecipientQuery): boolean {
  if (query.vendor !== 'unknown' && agreement.vendor === query.vendor) return true;
  if (query.package !== null && (agreement.packages ?? []).some((name) => samePackage(name, query.package ?? '')))
    return true;
  const host = definite(query.host);
  return host !== null && (agreement.hosts ?? []).some((suffix) => hostMatches(suffix, host));
}

/** `@acme/sdk` takes `@acme/sdk/http` as well. */
function samePackage(declared: string, used: string): boolean {
  return used === declared || used.startsWith(`${declared}/`);
}

// ── what one agreement says ────────────────────────────────────────────────────────────────────────────────────

function missesOf(
  agreement: Agreement,
  query: RecipientQuery,
  today: string,
  knowledge: CoverableServices,
): readonly Miss[] {
  const inForce = notInForce(agreement, today);
  return [
    inForce,
    serviceMiss(agreement, query, knowledge),
    excludeMiss(agreement, query),
    clientMiss(agreement, query),
    hostMiss(agreement, query),
    ...placeMisses(agreement, query),
    environmentMiss(agreement, query),
    sensitiveMiss(agreement, query),
  ].filter((miss): miss is Miss => miss !== null);
}

function notInForce(agreement: Agreement, today: string): Miss | null {
  const say = (state: string): Miss => ({ gap: 'not-in-force', why: `agreement with ${agreement.vendor} ${state}` });
  if (agreement.executed === null) return say('is not executed yet');
  if (agreement.executed > today) return say(`is not executed before ${agreement.executed}`);
  if (agreement.expires !== null && agreement.expires < today) return say(`expired on ${agreement.expires}`);
  return null;
}

function serviceMiss(agreement: Agreement, query: RecipientQuery, knowledge: CoverableServices): Miss | null {
  const { vendor, services } = agreement;
  const coverable = knowledge.coverableServices(vendor);
  if (NAMELESS_SERVICES.has(query.service)) {
    // A vendor of the user's own is known by its hosts or packages alone; a catalogued one has services to tell apart.
    if (coverable === null) return null;
    if (query.service === 'unknown' || query.service === '') {
      return unproved(agreement, `lists services, and which one this is cannot be seen from the code`);
    }
  }
  const listed = services === 'all' ? coverable : services;
  if (listed === null || listed.includes(query.service)) return null;
  if (query.endpoint !== null && listed.includes(query.endpoint)) return null;
  const why =
    services === 'all'
      ? `agreement with ${vendor} covers all coverable services, and "${query.service}" is not one of them`
      : `agreement with ${vendor} lists no service "${query.service}"`;
  return { gap: 'service', why };
}

function excludeMiss(agreement: Agreement, query: RecipientQuery): Miss | null {
  const asked = [...query.features, query.service, ...(query.endpoint === null ? [] : [query.endpoint])];
  const out = asked.find((word) => agreement.excludes.includes(word));
  return out === undefined ? null : { gap: 'excluded', why: `agreement with ${agreement.vendor} leaves out "${out}"` };
}

/**
 * A client is recognised by the marks that code shows. A mark that it does not show (null) is no match, because the
 * agreement's clients are those that carry it; but where the code shows no mark at all, nothing is proved.
 */
function clientMiss(agreement: Agreement, query: RecipientQuery): Miss | null {
  if (agreement.clients === null) return null;
  let open = false;
  let seen = false;
  for (const client of agreement.clients) {
    const tests: (boolean | 'unknown' | null)[] = [];
    if (client.apiKeyEnv !== undefined) tests.push(test(query.apiKeyEnv, (v) => v === client.apiKeyEnv));
    if (client.project !== undefined) tests.push(test(query.project, (v) => v === client.project));
    const { host } = client;
    if (host !== undefined) tests.push(test(query.host, (v) => hostMatches(host, v)));
    if (tests.every((t) => t === true)) return null;
    if (tests.some((t) => t !== null)) seen = true;
    if (!tests.includes(false) && !tests.includes(null)) open = true;
  }
  if (open || !seen)
    return unproved(agreement, 'holds for certain clients, and the code does not show which one this is');
  const used = [
    query.apiKeyEnv === null ? null : `key ${query.apiKeyEnv}`,
    query.project === null ? null : `project ${query.project}`,
    query.host === null ? null : `host ${query.host}`,
  ].filter((mark) => mark !== null && !mark.endsWith(' unknown'));
  const which = used.length > 0 ? ` (${used.join(', ')})` : '';
  return { gap: 'client', why: `agreement with ${agreement.vendor} holds for other clients than this one${which}` };
}

function hostMiss(agreement: Agreement, query: RecipientQuery): Miss | null {
  const { hosts } = agreement;
  if (hosts === null || query.host === null) return null;
  if (query.host === 'unknown')
    return unproved(agreement, 'holds for certain hosts, and this one cannot be seen from the code');
  const { host } = query;
  if (hosts.some((suffix) => hostMatches(suffix, host))) return null;
  return { gap: 'host', why: `agreement with ${agreement.vendor} does not list the host ${host}` };
}

/** Region and model belong together: an inference profile's name says where it runs. */
function placeMisses(agreement: Agreement, query: RecipientQuery): Miss[] {
  const misses: Miss[] = [];
  const name = definite(query.model);
  const model = name === null ? null : parseModel(name);
  const region = regionMiss(agreement, query.region, model?.profile ?? null, model?.regions ?? null);
  if (region) misses.push(region);
  if (agreement.models !== null && query.model !== null) {
    if (model === null)
      misses.push(unproved(agreement, 'holds for certain models, and this one cannot be seen from the code'));
    else if (!agreement.models.some((glob) => globMatches(glob, model.id) || globMatches(glob, name ?? ''))) {
      misses.push({ gap: 'model', why: `agreement with ${agreement.vendor} does not list the model ${model.id}` });
    }
  }
  return misses;
}

function regionMiss(
  agreement: Agreement,
  region: Known,
  profile: string | null,
  fixed: { readonly certain: readonly string[]; readonly possible: readonly string[] } | null,
): Miss | null {
  const { regions } = agreement;
  if (regions === null) return null;
  const allowed = (r: string): boolean => regions.some((glob) => globMatches(plainRegion(glob), plainRegion(r)));
  if (fixed) {
    const outside = fixed.certain.find((r) => !allowed(r));
    const through = profile === null ? 'the model is named there' : `the inference profile "${profile}." sends there`;
    if (outside !== undefined) {
      return {
        gap: 'region',
        why: `agreement with ${agreement.vendor} does not list the region ${outside}, and ${through}`,
      };
    }
    const perhaps = fixed.possible.filter((r) => !allowed(r));
    if (perhaps.length > 0) {
      return unproved(
        agreement,
        `does not list ${perhaps.join(', ')}, where ${profile ?? ''}. inference profiles may send`,
      );
    }
  }
  // A profile's calls start in the client's region, and that one sees the data as well.
  if (region === null) return null;
  if (region === 'unknown')
    return unproved(agreement, 'holds for certain regions, and this one cannot be seen from the code');
  return allowed(region)
    ? null
    : { gap: 'region', why: `agreement with ${agreement.vendor} does not list the region ${region}` };
}

function environmentMiss(agreement: Agreement, query: RecipientQuery): Miss | null {
  const { environments, vendor } = agreement;
  if (environments === null || query.environment === null || environments.includes(query.environment)) return null;
  return {
    gap: 'environment',
    why: `agreement with ${vendor} does not hold in the environment "${query.environment}"`,
  };
}

function sensitiveMiss(agreement: Agreement, query: RecipientQuery): Miss | null {
  const kept = query.sensitive.find((kind) => agreement.terms.sensitive.includes(kind));
  return kept === undefined
    ? null
    : { gap: 'sensitive', why: `agreement with ${agreement.vendor} leaves out sensitive data of the kind "${kept}"` };
}

function unproved(agreement: Agreement, what: string): Miss {
  return { gap: 'not-proved', why: `not proved: agreement with ${agreement.vendor} ${what}` };
}

/** A value that is known, or null. */
function definite(value: Known): string | null {
  return value === null || value === 'unknown' ? null : value;
}

function test(value: Known, holds: (value: string) => boolean): boolean | 'unknown' | null {
  return value === null || value === 'unknown' ? value : holds(value);
}
