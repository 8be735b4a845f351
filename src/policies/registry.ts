/** The registry of everybody the code talks to, and where code and manifest do not know of each other. */
import type { RegistryJson } from '../analysis.js';
import type { RecipientUse } from '../flow/result.js';
import type { Agreement } from '../manifest/types.js';
import { type Draft, compareText, locate } from './draft.js';
import { type Exchange, type Verdict, judgeRecipient } from './exchanges.js';
import type { PolicyInput } from './input.js';
import { manifestLine } from './suppressions.js';

interface JudgedUse {
  readonly use: RecipientUse;
  readonly verdict: Verdict;
}

function judgedUses(input: PolicyInput): readonly JudgedUse[] {
  return input.flows.uses.map((use) => ({ use, verdict: judgeRecipient(input, use.recipient, []) }));
}

export function registry(input: PolicyInput, all: readonly Exchange[]): readonly RegistryJson[] {
  interface Row {
    covered: boolean;
    agreement: string | null;
    sites: Set<string>;
    flows: number;
  }
  const rows = new Map<string, Row>();
  const add = (verdict: Verdict, site: string | null): Row => {
    const key = `${verdict.recipient.vendor}\0${verdict.recipient.service}`;
    const row = rows.get(key) ?? { covered: true, agreement: null, sites: new Set<string>(), flows: 0 };
    rows.set(key, row);
    row.covered &&= verdict.covered;
    row.agreement ??= agreementName(input, verdict.coverage.agreement);
    if (site !== null) row.sites.add(site);
    return row;
  };
  for (const { use, verdict } of judgedUses(input)) add(verdict, siteKey(use.outbound));
  for (const exchange of all) {
    for (const { flow, verdict } of exchange.flows) add(verdict, siteKey(flow.outbound));
    add(exchange.flows[0].verdict, null).flows += 1;
  }
  return [...rows]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, row]): RegistryJson => {
      const [vendor = '', service = ''] = key.split('\0');
      const { covered, agreement } = row;
      return { vendor, service, covered, agreement, callSites: row.sites.size, phiFlows: row.flows };
    });
}

function siteKey(site: { readonly file: string; readonly span: readonly [number, number] }): string {
  return `${site.file}:${site.span.join('-')}`;
}

/** The document if the manifest names one, else vendor and plan. */
function agreementName(input: PolicyInput, index: number | null): string | null {
  const agreement = index === null ? undefined : input.manifest.agreements[index];
  if (agreement === undefined) return null;
  return agreement.document ?? [agreement.vendor, agreement.plan].filter((word) => word !== null).join(' ');
}

/** Vendors that the code talks to and the manifest does not mention. What an egress finding tells already is left out. */
export function notInRegistry(input: PolicyInput, told: ReadonlySet<string>): readonly Draft[] {
  if (input.manifest.path === null) return [];
  const mentioned = new Set(input.manifest.agreements.map((agreement) => agreement.vendor));
  const tests = new Set(input.workspace.code.filter((file) => file.role === 'test').map((file) => file.path));
  return judgedUses(input)
    .filter(({ use, verdict }) => {
      const { vendor } = use.recipient;
      const known = verdict.own || verdict.coverage.agreement !== null || mentioned.has(vendor);
      return !known && vendor !== 'unknown' && use.reached && !tests.has(use.outbound.file) && !told.has(vendor);
    })
    .map(({ use, verdict }): Draft => ({
      rule: 'recipient-not-in-registry',
      severity: 'note',
      atMost: 'error',
      confidence: 'high',
      at: locate(input, use.outbound),
      functions: [use.outbound.fn],
      recipient: verdict.recipient,
      phi: [],
      removed: [],
      path: [],
      cause: 'vendor',
      causeName: ['vendor'],
      words: { why: verdict.recipient.why },
      test: false,
    }));
}

/** Agreements and own hosts that no call of the code rests on. */
export function unusedEntries(input: PolicyInput, all: readonly Exchange[]): readonly Draft[] {
  if (input.manifest.path === null) return [];
  const vendors = new Set<string>();
  const agreements = new Set<number>();
  let ownHosts = false;
  const note = (vendor: string, verdict: Verdict): void => {
    vendors.add(vendor);
    if (verdict.coverage.agreement !== null) agreements.add(verdict.coverage.agreement);
    ownHosts ||= verdict.own;
  };
  for (const { use, verdict } of judgedUses(input)) note(use.recipient.vendor, verdict);
  for (const exchange of all) for (const { flow, verdict } of exchange.flows) note(flow.recipient.vendor, verdict);
  for (const config of input.flows.configs) vendors.add(config.product);
  for (const own of input.manifest.selfHosted) if (own.runsOn !== null) vendors.add(own.runsOn);
  const idle = (agreement: Agreement, index: number): boolean =>
    !agreements.has(index) && !vendors.has(agreement.vendor) && !hosting(input, agreement.vendor);
  const drafts = input.manifest.agreements
    .filter(idle)
    .map((agreement) =>
      unused(input, agreement.line, `no call of this code goes to ${agreement.vendor}`, agreement.vendor),
    );
  if (!ownHosts)
    for (const own of input.manifest.selfHosted)
      drafts.push(unused(input, own.line, `no call of this code goes to ${own.hosts.join(', ')}`, own.hosts.join(',')));
  return drafts;
}

/** A cloud that the project is deployed to is in use without any call. */
function hosting(input: PolicyInput, vendor: string): boolean {
  return input.workspace.platforms.some((platform) => platform.id === vendor || platform.id.startsWith(`${vendor}-`));
}

function unused(input: PolicyInput, line: number, why: string, name: string): Draft {
  return {
    rule: 'manifest-unused-entry',
    severity: 'note',
    atMost: 'error',
    confidence: 'medium',
    at: manifestLine(input, line),
    functions: [name],
    recipient: null,
    phi: [],
    removed: [],
    path: [],
    cause: name,
    causeName: [name],
    words: { why },
    test: false,
  };
}
