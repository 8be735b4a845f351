/** `baa.yaml` as text → Manifest, or every mistake in it with its place. */
import type { Sensitive } from '../knowledge/phi.js';
import { YamlText, type Key } from './document.js';
import { checkShape } from './shape.js';
import { checkSlashes } from './slashes.js';
import type { Agreement, DeidentifierDecl, Manifest, ManifestProblem } from './types.js';
import { shown, suggestion } from './words.js';

/** The words that a manifest may use for vendors and services; comes from the knowledge base. */
export interface Vocabulary {
  readonly vendorIds: readonly string[];
  /** Service ids of a catalogued vendor; empty if none are listed (then any is accepted). */
  servicesOf(vendor: string): readonly string[];
  /** Rule ids that `accept` may name; absent: not checked. */
  readonly ruleIds?: readonly string[];
}

/** The manifest, or null if it has problems: a manifest in doubt covers nothing. */
export interface LoadedManifest {
  readonly manifest: Manifest | null;
  readonly problems: readonly ManifestProblem[];
}

/** What holds where there is no `baa.yaml`: nobody is covered. */
export const NO_MANIFEST: Manifest = {
  path: null,
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

/** The document once its shape has been checked. */
interface ManifestDocument {
  readonly organization?: string;
  readonly agreements?: readonly AgreementDocument[];
  readonly self_hosted?: readonly { readonly hosts: readonly string[]; readonly runs_on?: string }[];
  readonly deidentifiers?: readonly (Pick<DeidentifierDecl, 'function' | 'method' | 'removes'> & {
    readonly output?: string;
    readonly mutates?: number;
    readonly evidence?: string;
  })[];
  readonly audit?: Manifest['audit'];
  readonly review?: Manifest['review'];
  readonly purposes?: Manifest['purposes'];
  readonly environments?: Readonly<
    Record<string, { readonly phi: 'allowed' | 'synthetic' | 'forbidden'; readonly files?: readonly string[] }>
  >;
  readonly accept?: readonly {
    readonly rule: string;
    readonly where: string;
    readonly reason: string;
    readonly approved_by: string;
    readonly until?: string | null;
  }[];
  readonly attestations?: Manifest['attestations'];
}

type AgreementDocument = Pick<Agreement, 'vendor' | 'services'> &
  Partial<Omit<Agreement, 'vendor' | 'services' | 'terms' | 'line'>> & {
    readonly terms?: {
      readonly training?: boolean | null;
      readonly retention?: string;
      readonly sensitive?: readonly Sensitive[];
    };
  };

/** `path` is how the file is called in messages and in `manifest.path`. */
export function loadManifest(text: string, path: string, vocabulary: Vocabulary): LoadedManifest {
  const yaml = new YamlText(text, path);
  if (yaml.value === undefined) return { manifest: null, problems: sorted(yaml.problems) };
  if (yaml.value === null) {
    yaml.report({ path: [], at: 'value' }, 'the manifest is empty: it starts with `version: 1`');
    return { manifest: null, problems: yaml.problems };
  }
  // The words are checked even where the shape is wrong elsewhere, so that one run shows every mistake.
  const wellFormed = checkShape(yaml, 'baa');
  checkWords(yaml, vocabulary);
  checkSlashes(yaml);
  if (!wellFormed || yaml.problems.length > 0) return { manifest: null, problems: sorted(yaml.problems) };
  return { manifest: build(yaml, yaml.value as ManifestDocument, path), problems: [] };
}

function sorted(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1));
}

// ── meaning ────────────────────────────────────────────────────────────────────────────────────────────────────

type Loose = Readonly<Record<string, unknown>>;
const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listAt = (value: unknown, key: string): readonly unknown[] => {
  const list = isLoose(value) ? value[key] : undefined;
  return Array.isArray(list) ? (list as unknown[]) : [];
};

function checkWords(yaml: YamlText, vocabulary: Vocabulary): void {
  const complain = (path: readonly Key[], message: string): void => {
    yaml.report({ path, at: 'value' }, message);
  };
  const vendors: string[] = [];
  listAt(yaml.value, 'agreements').forEach((entry, i) => {
    if (!isLoose(entry)) return;
    const at: Key[] = ['agreements', i];
    const vendor = entry['vendor'];
    if (typeof vendor === 'string') {
      vendors.push(vendor);
      checkVendor(vendor, entry, vocabulary, at, complain);
    }
    const { executed, expires } = entry;
    if (typeof executed === 'string' && typeof expires === 'string' && expires < executed) {
      complain([...at, 'expires'], `"expires" (${shown(expires)}) is before "executed" (${shown(executed)})`);
    }
  });
  listAt(yaml.value, 'self_hosted').forEach((entry, i) => {
    const below = isLoose(entry) ? entry['runs_on'] : undefined;
    if (typeof below !== 'string' || vendors.includes(below)) return;
    const hint = vendors.length > 0 ? suggestion(below, vendors) : '';
    complain(['self_hosted', i, 'runs_on'], `"runs_on" names ${shown(below)}, with which there is no agreement${hint}`);
  });
  listAt(yaml.value, 'deidentifiers').forEach((entry, i) => {
    if (isLoose(entry) && entry['method'] === 'expert-determination' && !entry['evidence']) {
      complain(['deidentifiers', i, 'method'], 'expert-determination needs the key "evidence"');
    }
  });
  const rules = vocabulary.ruleIds;
  if (!rules) return;
  listAt(yaml.value, 'accept').forEach((entry, i) => {
    const rule = isLoose(entry) ? entry['rule'] : undefined;
    if (typeof rule === 'string' && !rules.includes(rule)) {
      complain(['accept', i, 'rule'], `unknown rule ${shown(rule)}${suggestion(rule, rules)}`);
    }
  });
}

function checkVendor(
  vendor: string,
  entry: Loose,
  vocabulary: Vocabulary,
  at: readonly Key[],
  complain: (path: readonly Key[], message: string) => void,
): void {
  if (!vocabulary.vendorIds.includes(vendor)) {
    if (entry['hosts'] !== undefined || entry['packages'] !== undefined) return;
    const hint = suggestion(vendor, vocabulary.vendorIds);
    const own = 'a vendor of your own needs `hosts:` or `packages:`';
    complain(
      [...at, 'vendor'],
      `unknown vendor ${shown(vendor)}${hint}${hint.endsWith('?') ? ` (${own})` : `; ${own}`}`,
    );
    return;
  }
  const known = vocabulary.servicesOf(vendor);
  if (known.length === 0) return;
  listAt(entry, 'services').forEach((service, i) => {
    if (typeof service !== 'string' || known.includes(service)) return;
    if (service === 'all') complain([...at, 'services', i], 'write `services: all`, not a list with all in it');
    else complain([...at, 'services', i], `${vendor} has no service ${shown(service)}${suggestion(service, known)}`);
  });
}

// ── building ───────────────────────────────────────────────────────────────────────────────────────────────────

function build(yaml: YamlText, doc: ManifestDocument, path: string): Manifest {
  const lineOf = (key: string, i: number): number => yaml.locate({ path: [key, i], at: 'value' }).line;
  return {
    path,
    organization: doc.organization ?? null,
    agreements: (doc.agreements ?? []).map((a, i) => agreement(a, lineOf('agreements', i))),
    selfHosted: (doc.self_hosted ?? []).map((s, i) => ({
      hosts: s.hosts,
      runsOn: s.runs_on ?? null,
      line: lineOf('self_hosted', i),
    })),
    deidentifiers: (doc.deidentifiers ?? []).map((d) => ({
      function: d.function,
      method: d.method,
      removes: d.removes,
      output: d.output ?? null,
      mutates: d.mutates ?? null,
      evidence: d.evidence ?? null,
    })),
    audit: doc.audit ?? [],
    review: doc.review ?? [],
    purposes: doc.purposes ?? [],
    environments: Object.fromEntries(
      Object.entries(doc.environments ?? {}).map(([name, e]) => [name, { phi: e.phi, files: e.files ?? [] }]),
    ),
    accept: (doc.accept ?? []).map((a, i) => ({
      rule: a.rule,
      where: a.where,
      reason: a.reason,
      approvedBy: a.approved_by,
      until: a.until ?? null,
      line: lineOf('accept', i),
    })),
    attestations: doc.attestations ?? {},
  };
}

function agreement(a: AgreementDocument, line: number): Agreement {
  return {
    vendor: a.vendor,
    plan: a.plan ?? null,
    executed: a.executed ?? null,
    expires: a.expires ?? null,
    reviewed: a.reviewed ?? null,
    services: a.services,
    excludes: a.excludes ?? [],
    regions: a.regions ?? null,
    models: a.models ?? null,
    clients: a.clients ?? null,
    hosts: a.hosts ?? null,
    packages: a.packages ?? null,
    environments: a.environments ?? null,
    terms: {
      training: a.terms?.training ?? null,
      retention: a.terms?.retention ?? null,
      sensitive: a.terms?.sensitive ?? [],
    },
    document: a.document ?? null,
    line,
  };
}
