/** Opens rules/policies: what each rule asks, how grave a yes is, the law behind it, and what to do. */
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';
import type { Severity } from '../analysis.js';

export type Profile = 'recommended' | 'strict' | 'audit';
export type Family = 'egress' | 'terms' | 'configuration' | 'environments' | 'governance' | 'self';

type Scalar = string | number | boolean | null;

/** One option of an SDK that captures more than it should. */
export interface OptionRow {
  readonly product: string;
  /** Absent: any package of the product. */
  readonly packages?: readonly string[];
  /** Which of the product's configuration calls (`ConfigPoint.part`); absent: the main one. */
  readonly parts?: readonly string[];
  /** Parts that may filter what is sent: with one of them in use the finding is a warning. */
  readonly filters?: readonly string[];
  /** First argument of the call, where one member configures several plugins. */
  readonly plugin?: string;
  /** Major versions that it is known for; absent: all. */
  readonly versions?: readonly number[];
  /** Dotted path in the options; `[]` steps into elements (`allowedGraphQlUrls[].trackPayload`). Absent: the call itself. */
  readonly option?: string;
  /** Environment variable that sets the same. */
  readonly env?: string;
  readonly risky: {
    readonly is?: readonly Scalar[];
    /** Any value but `unless`, or but a false one. */
    readonly present?: boolean;
    readonly unless?: readonly Scalar[];
    /** A list with anything in it. */
    readonly elements?: boolean;
    /** Using the call at all. */
    readonly always?: boolean;
    /** Leaving the option out is risky, too. */
    readonly unset?: boolean;
  };
  /**
   * Options of the same call, or environment variables (in capitals), that take the risk back: an option by being there and
   * not false, a variable by being true. For options that switch something on (`networkCaptureBodies`), by being false.
   */
  readonly protectedBy?: readonly string[];
  /** Packages of which one must be a dependency, for what a variable alone switches on. */
  readonly needs?: readonly string[];
  /** Options or variables that name the vendor's host: it may be one's own. */
  readonly host?: readonly string[];
  /** Only if this other option is switched on. */
  readonly when?: { readonly option: string; readonly env?: string };
  /** What to set the option to, as it is written in code; absent where more than one option would have to change. */
  readonly safe?: string;
  /** What is sent, as the beginning of a sentence. */
  readonly effect: string;
  readonly severity?: Severity;
  readonly source?: string;
}

export interface Policy {
  readonly id: string;
  readonly family: Family;
  readonly question: string;
  readonly severity: {
    readonly default: Severity;
    readonly at_most?: Severity;
    readonly varies: string;
    readonly profiles?: Partial<Readonly<Record<Profile, 'off' | Severity>>>;
  };
  readonly confidence: string;
  readonly basis: readonly { readonly cite: string; readonly says: string }[];
  /** `{data}`, `{recipient}`, `{why}`, `{fix}` and the rule's own words are filled in. */
  readonly message: string;
  /** The next step, in one sentence or two. */
  readonly fix: string;
  readonly examples: { readonly language?: string; readonly bad: string; readonly good: string };
  /** Text, separated by commas or lines. */
  readonly lists?: Readonly<Record<string, string>>;
  readonly options?: readonly OptionRow[];
}

export interface Catalog {
  /** Throws for an id that no file describes: a mistake of ours, not of a user. */
  policy(id: string): Policy;
  has(id: string): boolean;
  /** Sorted by id. */
  all(): readonly Policy[];
}

/** rules/ stands beside both src/ and dist/. */
export const RULES_FOLDER = new URL('../../rules/policies/', import.meta.url);

let loaded: Catalog | null = null;

/** The rules of this package. */
export function policyCatalog(): Catalog {
  loaded ??= openCatalog(RULES_FOLDER);
  return loaded;
}

/**
 * Every `<rule-id>.yaml` of a folder, each parsed when it is first asked for: most runs need few of them. The files are
 * ours; that they are valid is a matter of tests (catalog-check), not of every run.
 */
export function openCatalog(folder: URL): Catalog {
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
  const known = new Set(ids);
  const parsed = new Map<string, Policy>();
  const policy = (id: string): Policy => {
    if (!known.has(id)) throw new Error(`no rules/policies/${id}.yaml`);
    const found = parsed.get(id) ?? (parse(readFileSync(new URL(`${id}.yaml`, folder), 'utf8')) as Policy);
    parsed.set(id, found);
    return found;
  };
  return { policy, has: (id) => known.has(id), all: () => ids.map(policy) };
}

/** The entries of a list of a rule. */
export function listOf(policy: Policy, name: string): readonly string[] {
  const list = policy.lists?.[name];
  if (list === undefined) throw new Error(`rules/policies/${policy.id}.yaml has no list "${name}"`);
  return list
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The rows of a list whose entries are patterns: one a line, commas included. */
export function rowsOf(policy: Policy, name: string): readonly string[] {
  return (policy.lists?.[name] ?? '')
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '');
}

/** Every id that the contract promises, whether or not its rule exists already: valid in comments, options, manifests. */
export const RULE_IDS = [
  'phi-to-uncovered-vendor',
  'phi-to-uncovered-service',
  'baa-not-in-force',
  'phi-to-unknown-recipient',
  'phi-in-url',
  'phi-in-logs',
  'error-carries-phi',
  'phi-in-notification',
  'phi-to-ad-tracker',
  'partial-deidentification',
  'phi-for-training',
  'phi-retained',
  'minimum-necessary',
  'baa-stale',
  'monitor-captures-bodies',
  'monitor-sends-default-pii',
  'monitor-without-scrubber',
  'replay-unmasked',
  'llm-tracing-captures-prompts',
  'dead-privacy-option',
  'real-data-in-dev',
  'phi-in-fixture',
  'environment-not-covered',
  'model-call-without-audit',
  'audit-gap-on-failure-path',
  'unreviewed-write-to-record',
  'unreviewed-message-to-patient',
  'untrusted-text-in-instructions',
  'unvalidated-model-output',
  'floating-model-version',
  'model-version-not-recorded',
  'recipient-not-in-registry',
  'vendor-key-in-source',
  'vendor-key-in-browser',
  'unanalysed-file',
  'unused-suppression',
  'expired-suppression',
  'manifest-unused-entry',
] as const;
export type RuleId = (typeof RULE_IDS)[number];
