/** What the flow room hands to the policies. No policy ever looks deeper. */
import type { Span } from '../facts/ir.js';
import type { Letter } from '../knowledge/phi.js';
/** `null`: does not apply; `unknown`: applies, but its value could not be determined from the code. */
export type Known = string | null | 'unknown';
import type { PhiItem } from './types/type.js';

/** A stretch of a file, with the qualified name of the function around it. */
export interface Site {
  readonly file: string;
  readonly span: Span;
  readonly fn: string;
}

/** A resolved recipient of one call in one environment. */
export interface Recipient {
  /** Catalogue id, a host name for hosts nobody lists, or `unknown`. */
  readonly vendor: string;
  readonly service: string;
  readonly endpoint: string | null;
  readonly host: Known;
  readonly region: Known;
  readonly model: Known;
  /** All names that the model may have, by environment and default, where it is not one alone. */
  readonly models?: readonly string[];
  readonly apiKeyEnv: Known;
  readonly project: Known;
  readonly environment: string | null;
  readonly package: string | null;
  readonly kind: 'incidental' | 'partner';
  /** Category of the vendor (`llm`, `monitor`, `analytics` …). */
  readonly category: string;
  /** Own side by the contract (relative URL, loopback, database driver, EHR that is read from), and why; else null. */
  readonly own: string | null;
  /** It only listens: the configuration that makes it. */
  readonly heardBy?: Site;
  /** What it hears goes out only with a later event. */
  readonly later?: boolean;
  /** For `unknown`: what could not be resolved (the variable's name), for folding. */
  readonly unresolved: string | null;
  /** The recipient rests on a file that git ignores. */
  readonly ignoredFile: string | null;
}

/** What is known of an outbound call, whoever receives it. */
export interface OutboundCall {
  /** `openai#OpenAI.chat.completions.create` */
  readonly member: string;
  /** What kind of hand-over it is (`Sink.as`). */
  readonly as: string | null;
  /** A model answers. */
  readonly output: boolean;
  /** Whether the recipient keeps the content afterwards, by this call's own options. */
  readonly retained: 'yes' | 'no' | 'unknown';
  /** Arguments as far as constants show, for calls to models and writes to the record; else empty. */
  readonly args: readonly Folded[];
  /** The function that the call stands in. */
  readonly within: FnKey;
}

/** A function of the code base: `path#index` into its file's `FileFacts.functions`. */
export type FnKey = string;

/** Who calls whom, as far as values and types show. */
export interface CallGraph {
  /** By calling function: where it calls, and which functions the call may run. */
  readonly calls: ReadonlyMap<FnKey, readonly { readonly span: Span; readonly to: FnKey }[]>;
  /** Functions that outside code calls, or that are handed to code which is not seen. */
  readonly entries: ReadonlySet<FnKey>;
}

export interface FlowStep {
  readonly site: Site;
  readonly kind: 'source' | 'step' | 'sink';
  /** What happens: `reads Patient`, `passed to summarise(patient)`, `returned`, `built into text`. */
  readonly text: string;
  /** Name of the de-identifier that is called here. */
  readonly by?: string;
}

export interface PhiFlow {
  /** Where PHI is handed over (contract: Location). */
  readonly place: Site;
  /** The outbound call. */
  readonly outbound: Site;
  readonly recipient: Recipient;
  readonly items: readonly PhiItem[];
  /** Letters that were removed on every path. */
  readonly removed: readonly Letter[];
  /** A declared or recognised de-identifier was applied to (part of) what is sent. */
  readonly deidentified: boolean;
  readonly steps: readonly FlowStep[];
  readonly confidence: 'high' | 'medium' | 'low';
  /** Qualified name of the function in which the source is. */
  readonly sourceFn: string;
  readonly labelKind: 'phi' | 'model-output' | 'patient-authored' | 'credential';
  readonly as: string | null;
  /** The PHI is in the URL of the request. */
  readonly inUrl: boolean;
  /** The data stand among the instructions to a model. */
  readonly inInstructions: boolean;
  readonly call: OutboundCall;
  /** The place in the data model that is sent with all that it holds (`Patient`, `Patient.name`); null: something was taken out. */
  readonly whole: string | null;
  /** Some entry point (handler, export, main) leads here. */
  readonly reached: boolean;
  /** The code is test, story or mock code. */
  readonly test: boolean;
}

/**
 * That data went through a de-identification step on its way to a recipient, whether anything was left of it or not.
 * It is told, and judged by nobody.
 */
export interface Passage {
  readonly outbound: Site;
  readonly recipient: Recipient;
  /** The call of the step, and the name by which it is called. */
  readonly step: Site;
  readonly by: string;
  /** What went in and did not come out. */
  readonly gone: readonly PhiItem[];
  /** From the source over the step to the outbound call, for the gravest of what is gone. */
  readonly steps: readonly FlowStep[];
  readonly confidence: 'high' | 'medium' | 'low';
  readonly sourceFn: string;
  readonly reached: boolean;
  readonly test: boolean;
}

/** A call that can send something to a recipient, PHI or not. */
export interface RecipientUse {
  readonly outbound: Site;
  readonly recipient: Recipient;
  readonly call: OutboundCall;
  readonly reached: boolean;
  readonly test: boolean;
}

/** An option value as far as constants show. */
export type Folded =
  | { readonly k: 'const'; readonly value: string | number | boolean | null | undefined; readonly site: Site | null }
  | {
      readonly k: 'object';
      readonly props: ReadonlyMap<string, Folded>;
      /** An unknown object was spread in, or keys are computed: absent keys may be present. */
      readonly open: boolean;
      readonly site: Site | null;
      /** Where each option is written (key to end of value). */
      readonly propSites: ReadonlyMap<string, Site>;
    }
  | { readonly k: 'array'; readonly items: readonly Folded[]; readonly open: boolean; readonly site: Site | null }
  /** A function of this code base: what it does to its first argument on every path that returns it. */
  | {
      readonly k: 'fn';
      readonly deletes: readonly string[];
      readonly rewrites: readonly string[];
      /** Whether other code gets to see the argument, or a part of it: it may do more. */
      readonly handsOn: boolean;
      readonly returnsNull: boolean;
      readonly returnsTrue: boolean;
      readonly site: Site | null;
    }
  /** The result of a package's export: `@sentry/node#httpIntegration` called with these arguments. */
  | { readonly k: 'call'; readonly symbol: string; readonly args: readonly Folded[]; readonly site: Site | null }
  /** One of several, by environment or branch. */
  | { readonly k: 'either'; readonly of: readonly Folded[]; readonly site: Site | null }
  | { readonly k: 'env'; readonly name: string; readonly site: Site | null }
  | { readonly k: 'unknown'; readonly site: Site | null };

/** A call that configures an SDK. */
export interface ConfigSite {
  readonly product: string;
  /** Which of the product's configuration calls (`ConfigPoint.part`); null: the main one. */
  readonly part: string | null;
  readonly service: string;
  readonly package: string;
  /** Member called, e.g. `init`. */
  readonly member: string;
  /** Declared or locked version of the package, or null. */
  readonly version: string | null;
  readonly site: Site;
  readonly args: readonly Folded[];
  readonly options: Folded;
  readonly reached: boolean;
  readonly test: boolean;
}

export interface FlowResult {
  readonly flows: readonly PhiFlow[];
  readonly passages: readonly Passage[];
  readonly uses: readonly RecipientUse[];
  readonly configs: readonly ConfigSite[];
  readonly graph: CallGraph;
  readonly sources: number;
  readonly functions: number;
  /** Bounds hit and things not understood, by reason. Reasons that make the analysis partial are listed in `cut`. */
  readonly gaps: ReadonlyMap<string, number>;
  readonly cut: readonly { readonly site: Site | null; readonly file: string; readonly reason: string }[];
}
