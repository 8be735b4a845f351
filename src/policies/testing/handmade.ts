/** Hand-made inputs for tests: a few files of text, flows between stretches of them, a manifest, a vendor book. */
import type { FileFacts, Span } from '../../facts/ir.js';
import type {
  ConfigSite,
  FlowResult,
  Folded,
  OutboundCall,
  PhiFlow,
  Recipient,
  RecipientUse,
  Site,
} from '../../flow/result.js';
import type { PhiItem } from '../../flow/types/type.js';
import type { Letter, PhiKind, Sensitive } from '../../knowledge/phi.js';
import type { Agreement, Coverage, Manifest, RecipientQuery } from '../../manifest/types.js';
import type { EnvValue, Workspace } from '../../workspace/types.js';
import type { PolicyInput } from '../input.js';

export type Files = Readonly<Record<string, string>>;

const NAMES: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  sentry: 'Sentry',
  datadog: 'Datadog',
  posthog: 'PostHog',
  twilio: 'Twilio',
};

const NO_MANIFEST: Manifest = {
  path: 'baa.yaml',
  organization: null,
  agreements: [],
  selfHosted: [],
  deidentifiers: [],
  audit: [],
  review: [],
  purposes: [],
  environments: {},
  accept: [],
  attestations: {},
};

export const NO_FLOWS: FlowResult = {
  ...{
    flows: [],
    passages: [],
    uses: [],
    configs: [],
    sources: 1,
    functions: 1,
    gaps: new Map<string, number>(),
    cut: [],
  },
  graph: { calls: new Map(), entries: new Set() },
};

const CALL: OutboundCall = {
  ...{ member: 'sdk#send', as: null, output: false, retained: 'no', args: [], within: 'src/a.ts#0' },
};

export function agreement(vendor: string, over: Partial<Agreement> = {}): Agreement {
  return {
    ...{
      vendor,
      plan: null,
      executed: '2025-01-01',
      expires: null,
      reviewed: '2026-11-01',
      services: 'all',
      excludes: [],
    },
    ...{ regions: null, models: null, clients: null, hosts: null, packages: null, environments: null, document: null },
    ...{ terms: { training: null, retention: null, sensitive: [] }, line: 3 },
    ...over,
  };
}

/** A small stand-in for `decideCoverage`: vendor, dates and services. */
export function decideSimply(manifest: Manifest, today: string): (query: RecipientQuery) => Coverage {
  return (query) => {
    const index = manifest.agreements.findIndex((one) => one.vendor === query.vendor);
    const found = manifest.agreements[index];
    const no = (gap: Coverage['gap'], why: string): Coverage => ({
      ...{ covered: false, own: false, agreement: index < 0 ? null : index, gap, why },
    });
    if (query.host !== null && manifest.selfHosted.some((own) => own.hosts.includes(query.host ?? '')))
      return { covered: true, own: true, agreement: null, gap: null, why: 'self-hosted' };
    if (found === undefined) return no('no-agreement', `the manifest lists no agreement with ${query.vendor}`);
    if (found.executed === null || found.executed > today)
      return no('not-in-force', 'the agreement is not executed yet');
    if (found.services !== 'all' && !found.services.includes(query.service))
      return no('service', `agreement with ${query.vendor} lists no service "${query.service}"`);
    if (found.regions !== null && query.region === 'unknown')
      return no('not-proved', 'the region is not shown by the code');
    return { covered: true, own: false, agreement: index, gap: null, why: `agreement with ${query.vendor}` };
  };
}

export interface Made {
  readonly files?: Files;
  readonly flows?: Partial<FlowResult>;
  readonly manifest?: Partial<Manifest>;
  readonly profile?: PolicyInput['profile'];
  readonly rules?: PolicyInput['rules'];
  readonly today?: string;
  readonly env?: Readonly<Record<string, readonly EnvValue[]>>;
  readonly workspace?: Partial<Workspace>;
  readonly facts?: (file: string) => FileFacts | null;
}

const CODE = /\.[cm]?[jt]sx?$/;

export function handmade(made: Made): PolicyInput {
  const files = made.files ?? {};
  const manifest: Manifest = { ...NO_MANIFEST, ...made.manifest };
  const today = made.today ?? '2026-11-22';
  const paths = Object.keys(files).sort();
  const env = made.env ?? {};
  return {
    flows: { ...NO_FLOWS, ...made.flows },
    manifest,
    decide: decideSimply(manifest, today),
    workspace: {
      root: '/project',
      code: paths
        .filter((path) => CODE.test(path))
        .map((path) => ({
          ...{ path, variant: 'ts', bytes: (files[path] ?? '').length },
          role: /test|story|seed|mock/.test(path) ? 'test' : 'product',
        })),
      others: paths.filter((path) => !CODE.test(path)),
      packages: [],
      unanalysed: [],
      read: (path) => files[path] ?? null,
      resolve: (_from, specifier) => ({ kind: 'missing', specifier }),
      packageOf: () => null,
      versionOf: () => null,
      env: (name) => env[name] ?? [],
      envNames: () => Object.keys(env).sort(),
      prisma: [],
      platforms: [],
      ...made.workspace,
    },
    knowledge: {
      vendor: (id) => {
        const name = NAMES[id];
        if (name === undefined) return null;
        const baa = { available: 'unknown', facts: [] } as const;
        return { id, name, category: 'llm', kind: 'partner', services: {}, baa };
      },
    },
    today,
    rules: made.rules ?? {},
    profile: made.profile ?? 'recommended',
    position: (file, offset) => {
      const before = (files[file] ?? '').slice(0, offset).split('\n');
      return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    },
    excerpt: (file, [from, to]) => files[file]?.slice(from, to) ?? null,
    facts: made.facts ?? ((file) => commentFacts(files[file])),
  };
}

/** Facts that hold the comments only. */
function commentFacts(text: string | undefined): FileFacts | null {
  if (text === undefined) return null;
  const comments = [...text.matchAll(/\/\/ ?phitrace.*|\/\* ?phitrace[^]*?\*\//g)].map((match) => ({
    text: match[0],
    span: [match.index, match.index + match[0].length] as Span,
  }));
  return {
    ...{ version: 1, variant: 'ts', lineStarts: [0], length: text.length, imports: [], exports: [], functions: [] },
    ...{ classes: [], types: [], directives: [], syntaxErrors: [], skipped: [], comments },
  };
}

/** The n-th occurrence of a piece of code. */
export function siteOf(files: Files, file: string, code: string, fn = 'main', nth = 0): Site {
  let at = -1;
  for (let count = 0; count <= nth; count += 1) at = (files[file] ?? '').indexOf(code, at + 1);
  if (at < 0) throw new Error(`${file} has no ${code}`);
  return { file, span: [at, at + code.length], fn };
}

export function item(
  via: string,
  letter: Letter | null,
  category: string,
  sensitive: Sensitive | null = null,
): PhiItem {
  const kind: PhiKind = { letter, category, sensitive };
  return { kind, via, evidence: 3 };
}

export const NAME = item('Patient.name', 'A', 'names');
export const BIRTH = item('Patient.birthDate', 'C', 'dates');
export const CLINICAL = item('Condition.code', null, 'clinical');
export const INTERNAL = item('Patient.id', 'R', 'other');

export function recipient(vendor: string, service: string, over: Partial<Recipient> = {}): Recipient {
  return {
    ...{ vendor, service, endpoint: null, host: null, region: null, model: null, apiKeyEnv: null, project: null },
    ...{ environment: null, package: null, kind: 'partner', category: 'llm', own: null, unresolved: null },
    ignoredFile: null,
    ...over,
  };
}

export function flow(place: Site, to: Recipient, items: readonly PhiItem[], over: Partial<PhiFlow> = {}): PhiFlow {
  return {
    ...{ place, outbound: place, recipient: to, items, removed: [], deidentified: false, confidence: 'high' },
    steps: [
      { site: place, kind: 'source', text: 'reads Patient' },
      { site: place, kind: 'sink', text: 'sent' },
    ],
    ...{ sourceFn: place.fn, labelKind: 'phi', as: null, inUrl: false, reached: true, test: false },
    ...{ inInstructions: false, whole: null, call: CALL },
    ...over,
  };
}

export function use(outbound: Site, to: Recipient, reached = true): RecipientUse {
  return { outbound, recipient: to, reached, call: CALL, test: false };
}

export function config(
  over: Partial<ConfigSite> & Pick<ConfigSite, 'product' | 'package' | 'options' | 'site'>,
): ConfigSite {
  return {
    ...{
      part: null,
      service: 'errors',
      member: 'init',
      version: null,
      args: [over.options],
      reached: true,
      test: false,
    },
    ...over,
  };
}

const MARK = Symbol('folded');
interface Marked {
  readonly [MARK]: Folded;
}
type Plain =
  string | number | boolean | null | undefined | Marked | readonly Plain[] | { readonly [key: string]: Plain };

export const UNKNOWN: Marked = { [MARK]: { k: 'unknown', site: null } };
export const call = (symbol: string, ...args: readonly Plain[]): Marked => ({
  [MARK]: { k: 'call', symbol, args: args.map((one) => fold(one)), site: null },
});
export const env = (name: string): Marked => ({ [MARK]: { k: 'env', name, site: null } });
export const either = (...of: readonly Plain[]): Marked => ({
  [MARK]: { k: 'either', of: of.map((one) => fold(one)), site: null },
});
export const fn = (deletes: readonly string[] = [], handsOn = false): Marked => ({
  [MARK]: { k: 'fn', deletes, rewrites: [], handsOn, returnsNull: false, returnsTrue: false, site: null },
});
/** An object into which something unknown was spread. */
export const open = (value: Plain): Marked => {
  const folded = fold(value);
  return { [MARK]: folded.k === 'object' || folded.k === 'array' ? { ...folded, open: true } : folded };
};

/** Options as they would be written. Every property stands at `at`, if given. */
export function fold(value: Plain, at: Site | null = null): Folded {
  if (typeof value !== 'object' || value === null) return { k: 'const', value, site: null };
  if (MARK in value) return (value as Marked)[MARK];
  if (Array.isArray(value)) {
    const items = (value as readonly Plain[]).map((one) => fold(one, at));
    return { k: 'array', items, open: false, site: null };
  }
  const entries = Object.entries(value as Readonly<Record<string, Plain>>);
  return {
    k: 'object',
    props: new Map(entries.map(([key, one]) => [key, fold(one, at)])),
    open: false,
    site: null,
    propSites: new Map(at === null ? [] : entries.map(([key]) => [key, at])),
  };
}
