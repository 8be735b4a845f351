/** What the policies are given. They read nothing else: no file system, no clock, no environment. */
import type { CleaningJson, FindingJson, FlowJson, RegistryJson, ScorecardJson, Severity } from '../analysis.js';
import type { FileFacts, Span } from '../facts/ir.js';
import type { FlowResult } from '../flow/result.js';
import type { VendorFacts } from '../knowledge/model.js';
import type { Baseline } from '../manifest/baseline.js';
import type { Coverage, Manifest, RecipientQuery } from '../manifest/types.js';
import type { Workspace } from '../workspace/types.js';
import type { Profile } from './catalog.js';

/** What the policies ask of knowledge; `Knowledge` answers it. */
export interface VendorBook {
  vendor(id: string): (VendorFacts & { readonly id: string; readonly name: string }) | null;
}

export interface PolicyInput {
  readonly flows: FlowResult;
  readonly manifest: Manifest;
  /** Fingerprints of places at which a comment acts; absent: at all. */
  readonly honoured?: ReadonlySet<string>;
  /** Places that were there before; absent: none. */
  readonly baseline?: Baseline | null;
  /** `decideCoverage`, bound to manifest and day. */
  readonly decide: (query: RecipientQuery) => Coverage;
  readonly workspace: Workspace;
  readonly knowledge: VendorBook;
  /** YYYY-MM-DD */
  readonly today: string;
  /** From `phitrace.yaml` and `--rule`. */
  readonly rules: Readonly<Record<string, 'off' | Severity>>;
  readonly profile: Profile;
  /** 1-based line and column of a character offset of a code file. */
  readonly position: (file: string, offset: number) => { readonly line: number; readonly column: number };
  /** The code of a span, not yet masked; null if it may not be quoted. */
  readonly excerpt: (file: string, span: Span) => string | null;
  /** The first characters of a file and whether they are all; default: the workspace reads, and the rest is dropped. */
  readonly head?: (file: string, limit: number) => { readonly text: string; readonly whole: boolean } | null;
  /** Facts of a code file; null if it was not analysed. */
  readonly facts: (file: string) => FileFacts | null;
}

export interface Judgement {
  readonly findings: readonly FindingJson[];
  readonly flows: readonly FlowJson[];
  readonly cleanings: readonly CleaningJson[];
  readonly registry: readonly RegistryJson[];
  /** Worked out when it is asked for. */
  readonly scorecard: () => ScorecardJson;
}
