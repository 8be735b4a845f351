/** A first `baa.yaml`: every recipient that the code talks to, each a decision to take. It covers nothing yet. */
import type { Analysis, RegistryJson } from '../analysis.js';
import type { Vendor } from '../knowledge/index.js';
import { isHostSuffix } from '../manifest/shape.js';
import { printable } from '../report/escape.js';
import { counted, wrap } from '../report/layout.js';

/** Calls whose destination the code does not show. */
export function unknownDestinations(analysis: Analysis): number {
  return analysis.recipients.filter((one) => one.vendor === 'unknown').reduce((sum, one) => sum + one.callSites, 0);
}

/** What the code says of one vendor. */
export interface Found {
  readonly vendor: string;
  readonly services: readonly string[];
  readonly callSites: number;
  readonly phiFlows: number;
  /** Null: a host that no catalogue entry describes. */
  readonly known: Vendor | null;
}

/** Recipients by vendor, those that are given PHI first; what is one's own side, or cannot be told, is left out. */
export function recipientsFound(analysis: Analysis, vendors: readonly Vendor[]): readonly Found[] {
  const byVendor = new Map<string, RegistryJson[]>();
  for (const entry of analysis.recipients) {
    if (entry.covered || entry.vendor === 'unknown') continue;
    const exposed = analysis.flows.filter(
      (f) => f.recipient?.vendor === entry.vendor && f.recipient.service === entry.service && !f.recipient.covered,
    ).length;
    // The EHR that the code works with: PHI goes there, and all of it on one's own side.
    if (entry.phiFlows > 0 && exposed === 0) continue;
    byVendor.set(entry.vendor, [...(byVendor.get(entry.vendor) ?? []), entry]);
  }
  const sum = (list: readonly RegistryJson[], of: (one: RegistryJson) => number): number =>
    list.reduce((total, one) => total + of(one), 0);
  return [...byVendor]
    .map(([vendor, list]) => ({
      vendor,
      services: list.map((one) => one.service).sort(),
      callSites: sum(list, (one) => one.callSites),
      phiFlows: sum(list, (one) => one.phiFlows),
      known: vendors.find((one) => one.id === vendor) ?? null,
    }))
    .sort((a, b) => Number(b.phiFlows > 0) - Number(a.phiFlows > 0) || (a.vendor < b.vendor ? -1 : 1));
}

const WIDTH = 98;

export function draftManifest(found: readonly Found[], organization: string): string {
  const withPhi = found.filter((one) => one.phiFlows > 0);
  const without = found.filter((one) => one.phiFlows === 0);
  const listed = found.some((one) => one.known !== null || isHostSuffix(one.vendor));
  return [
    '# yaml-language-server: $schema=./node_modules/phitrace/schemas/baa.schema.json',
    '# Who may receive PHI, and on what terms. Written by `phitrace init` from the code; every entry is a decision to take:',
    '#   an agreement is in force: fill in its dates, services and document, as it was executed;',
    '#   the recipient must not have PHI: delete the entry, and take the data out of the code;',
    '#   the host is your own: move it to self_hosted.',
    '# An entry without a date of execution covers nothing. What is known of each vendor: `phitrace vendors <id>`.',
    'version: 1',
    `organization: ${JSON.stringify(printable(organization))}`,
    '',
    ...(listed ? ['agreements:'] : ['agreements: []']),
    ...(withPhi.length > 0 ? ['  # ── These are given PHI ──', ...withPhi.flatMap(entry)] : []),
    ...(without.length > 0
      ? ['  # ── These are called, and no PHI was seen on the way ──', ...without.flatMap(entry)]
      : []),
    ...EXAMPLES,
    '',
  ].join('\n');
}

function entry({ vendor, services, callSites, phiFlows, known }: Found): string[] {
  const comment = (text: string): string[] =>
    wrap(printable(text.replace(/\s+/g, ' ').trim()), WIDTH).map((line) => `    # ${line}`);
  const isHost = known === null;
  // What the code builds into an address need not be one.
  if (isHost && !isHostSuffix(vendor))
    return [`  # - ${JSON.stringify(printable(vendor))} is no host name: ${counted(callSites, 'call')}`, ''];
  return [
    `  - vendor: ${word(vendor)}`,
    ...comment(
      `Decision to take: ${counted(callSites, 'call')}, ${counted(phiFlows, 'PHI flow')}. ${isHost ? 'Not in the catalogue; is it your own? If not, name the vendor as you like.' : `${known.name}: ${baaText(known)}${known.baa.available === 'no' ? ' Without one in writing, delete this entry and take the data out of the code.' : ''}`}`,
    ),
    '    executed: null',
    `    services: ${servicesText(services, known)}`,
    ...(isHost ? [`    hosts: [${JSON.stringify(vendor)}]`] : []),
    '',
  ];
}

/** A call through a vendor may be named after another's service; the manifest takes only the vendor's own. */
function servicesText(services: readonly string[], known: Vendor | null): string {
  const own = known === null ? services : services.filter((service) => Object.hasOwn(known.services, service));
  return own.length < services.length ? 'all' : `[${own.map(word).join(', ')}]`;
}

/** The gist of what is known, with the date of the newest fact. */
export function baaText({ baa }: Vendor): string {
  const dates = baa.facts.map((fact) => fact.asOf).sort();
  const asOf = dates.at(-1);
  const words = {
    yes: 'offers a BAA',
    no: 'offers no BAA',
    conditions: 'offers a BAA on conditions',
    unknown: 'BAA not known',
  };
  return `${words[baa.available]}${baa.plan === undefined ? '' : ` (${baa.plan})`}${asOf === undefined ? '' : `, as of ${asOf}`}.`;
}

/** Plain where YAML reads it as the same text. */
function word(text: string): string {
  return /^[a-z][a-z0-9-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text)
    ? text
    : JSON.stringify(text);
}

const EXAMPLES = [
  '# Hosts of your own are no recipients; the cloud below them needs an agreement, if it is not yours.',
  '# self_hosted:',
  '#   - { hosts: ["llm.internal.example.com"], runs_on: aws }',
  '',
  '# Functions of yours that take identifiers out.',
  '# deidentifiers:',
  '#   - { function: "src/privacy/deidentify.ts#deidentify", method: safe-harbor, removes: all, evidence: docs/deid.md }',
  '',
  '# Where real data may be.',
  '# environments:',
  '#   production: { phi: allowed }',
  '#   development: { phi: synthetic, files: [".env.development"] }',
];
