/** The manifest's one question: may this recipient have this data, on this day? */
import type { Letter, Sensitive } from '../knowledge/phi.js';

/** `null`: cannot be known from code, or does not apply; `unknown`: applies, but its value could not be determined. */
export type Known = string | null | 'unknown';

/** What is known of one recipient of one call. */
export interface RecipientQuery {
  readonly vendor: string;
  readonly service: string;
  readonly endpoint: string | null;
  readonly host: Known;
  readonly region: Known;
  /** Model id as given in code (`anthropic.claude-3-sonnet-…`, with any inference-profile prefix). */
  readonly model: Known;
  readonly apiKeyEnv: Known;
  readonly project: Known;
  readonly environment: string | null;
  /** npm package of the client, for agreements declared by `packages:`. */
  readonly package: string | null;
  readonly sensitive: readonly Sensitive[];
  /** Optional features in use (`web-search`). */
  readonly features: readonly string[];
}

export type CoverageGap =
  | 'no-agreement'
  | 'not-in-force'
  | 'service'
  | 'excluded'
  | 'region'
  | 'model'
  | 'client'
  | 'host'
  | 'environment'
  | 'sensitive'
  /** A constraint is present and the code does not show the value: a warning of low confidence. */
  | 'not-proved';

export interface Coverage {
  readonly covered: boolean;
  /** Own infrastructure (self_hosted): not an egress at all. */
  readonly own: boolean;
  /** Index into the manifest's agreements of the one that covers, or the nearest one that does not. */
  readonly agreement: number | null;
  readonly gap: CoverageGap | null;
  /** One sentence without a full stop, for people: `agreement with openai lists no service "embeddings"`. */
  readonly why: string;
}

export interface DeidentifierDecl {
  /** `path#name`, `path#Class.method` or `package#name`. */
  readonly function: string;
  readonly method: 'safe-harbor' | 'expert-determination' | 'masking' | 'limited-data-set';
  readonly removes: 'all' | readonly (Letter | string)[];
  readonly output: string | null;
  readonly mutates: number | null;
  readonly evidence: string | null;
}

export interface Agreement {
  readonly vendor: string;
  readonly plan: string | null;
  readonly executed: string | null;
  readonly expires: string | null;
  readonly reviewed: string | null;
  readonly services: 'all' | readonly string[];
  readonly excludes: readonly string[];
  readonly regions: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly clients:
    readonly { readonly apiKeyEnv?: string; readonly project?: string; readonly host?: string }[] | null;
  readonly hosts: readonly string[] | null;
  readonly packages: readonly string[] | null;
  readonly environments: readonly string[] | null;
  readonly terms: {
    readonly training: boolean | null;
    readonly retention: string | null;
    readonly sensitive: readonly Sensitive[];
  };
  readonly document: string | null;
  /** 1-based line of the entry in the manifest. */
  readonly line: number;
}

export interface Manifest {
  /** Path relative to the scanned root (may start with `../`), or null if there is none. */
  readonly path: string | null;
  readonly organization: string | null;
  readonly agreements: readonly Agreement[];
  readonly selfHosted: readonly {
    readonly hosts: readonly string[];
    readonly runsOn: string | null;
    readonly line: number;
  }[];
  readonly deidentifiers: readonly DeidentifierDecl[];
  readonly audit: readonly { readonly function: string }[];
  readonly review: readonly { readonly function: string }[];
  readonly purposes: readonly { readonly where: string; readonly needs: readonly string[]; readonly reason: string }[];
  readonly environments: Readonly<
    Record<string, { readonly phi: 'allowed' | 'synthetic' | 'forbidden'; readonly files: readonly string[] }>
  >;
  readonly accept: readonly {
    readonly rule: string;
    readonly where: string;
    readonly reason: string;
    readonly approvedBy: string;
    readonly until: string | null;
    readonly line: number;
  }[];
  readonly attestations: Readonly<
    Record<string, { readonly evidence: string; readonly by: string; readonly date: string }>
  >;
}

/** A user's mistake in the manifest, with its place (1-based) and, for unknown words, the nearest valid one. */
export interface ManifestProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
