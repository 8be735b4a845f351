/**
 * The shape of an analysis: exactly what `--format json` prints (schema version 1). Policies produce it, reports
 * consume it, users' programs read it.
 */
export type Severity = 'error' | 'warning' | 'note';
export type Confidence = 'high' | 'medium' | 'low';

/** 1-based; `file` is relative to the scanned root, with `/`. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface RecipientJson {
  readonly vendor: string;
  readonly service: string;
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly environment: string | null;
  readonly kind: 'incidental' | 'partner';
  readonly covered: boolean;
  readonly why: string;
}

export interface PhiJson {
  readonly letter: string | null;
  readonly category: string;
  readonly via: string;
  readonly sensitive: 'part2' | 'mental-health' | 'hiv' | 'genetic' | null;
}

export interface StepJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly kind: 'source' | 'step' | 'sink';
  /** What happens here, with a masked excerpt of the code. */
  readonly text: string;
}

export interface PlaceJson extends Location {
  readonly phi: readonly PhiJson[];
  readonly path: readonly StepJson[];
  readonly fingerprint: string;
}

export interface SuppressedJson {
  readonly by: 'comment' | 'baseline' | 'manifest';
  readonly reason: string;
  readonly until: string | null;
}

export interface FlowJson extends Location {
  readonly confidence: Confidence;
  readonly message: string;
  readonly recipient: RecipientJson | null;
  readonly phi: readonly PhiJson[];
  /** Letters that were removed on every path. */
  readonly removed: readonly string[];
  readonly path: readonly StepJson[];
  readonly places: readonly PlaceJson[];
  readonly fingerprint: string;
  readonly suppressed: SuppressedJson | null;
  readonly help: string;
}

export interface FindingJson extends FlowJson {
  readonly ruleId: string;
  readonly severity: Severity;
}

/** That data went through a de-identification step before what is left of it, if anything, was sent. The place is the outbound call. */
export interface CleaningJson extends Location {
  /** The step, as the code calls it. */
  readonly by: string;
  /** Where it is called. */
  readonly step: Location;
  readonly recipient: RecipientJson;
  /** What it took out. */
  readonly gone: readonly PhiJson[];
  /** Fingerprint of the flow with what is left; null: nothing is. */
  readonly rest: string | null;
  readonly confidence: Confidence;
  readonly path: readonly StepJson[];
  readonly fingerprint: string;
}

export interface RegistryJson {
  readonly vendor: string;
  readonly service: string;
  readonly covered: boolean;
  readonly agreement: string | null;
  readonly callSites: number;
  readonly phiFlows: number;
}

export interface Analysis {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'phitrace'; readonly version: string };
  readonly root: string;
  readonly asOf: string;
  readonly findings: readonly FindingJson[];
  readonly flows: readonly FlowJson[];
  readonly recipients: readonly RegistryJson[];
  readonly summary: {
    readonly files: number;
    readonly lines: number;
    readonly unanalysed: number;
    readonly errors: number;
    readonly warnings: number;
    readonly notes: number;
    readonly suppressed: number;
    readonly durationMs: number;
  };
}

/** One row of the readiness card. */
export interface ScoreRowJson {
  readonly id: string;
  /** What must hold. */
  readonly holds: string;
  readonly weight: number;
  /** `proved` and `partly`: by the analysis; `attested`: by a person, in the manifest; `open`: nobody has shown it. */
  readonly state: 'proved' | 'partly' | 'attested' | 'open' | 'failed' | 'not-applicable';
  readonly points: number;
  readonly evidence: readonly string[];
}

export interface ScorecardJson {
  readonly rows: readonly ScoreRowJson[];
  readonly total: {
    readonly points: number;
    readonly of: number;
    readonly percent: number;
    readonly band: 'ready' | 'proceed' | 'not-ready';
  };
}

/** What `--stats` and the text report tell besides the JSON document. */
export interface AnalysisDetails {
  /** Path of the manifest relative to the root, or null: then no vendor is covered. */
  readonly manifest: string | null;
  readonly sources: number;
  readonly functions: number;
  readonly flows: number;
  /** What was not understood or cut short, by reason. */
  readonly gaps: Readonly<Record<string, number>>;
  readonly phases: Readonly<Record<string, number>>;
  readonly peakMemoryMb: number;
}

export interface AnalysisResult {
  readonly analysis: Analysis;
  readonly details: AnalysisDetails;
  /** De-identification steps on the way to recipients: what the map tells besides the analysis. */
  readonly cleanings: readonly CleaningJson[];
  /** The readiness card: what `phitrace scorecard` prints. */
  readonly scorecard: () => ScorecardJson;
  /** With `policyFrom`: what the change's own policy would have hidden, a line each. */
  readonly widened?: readonly string[];
  /** Whether something was left unanalysed or a bound was hit (exit status 2 unless --allow-partial). */
  readonly partial: boolean;
  /** Reads a line of a scanned file for excerpts (already masked); null if it may not be quoted. */
  readonly excerpt: (file: string, line: number) => string | null;
}

export interface AnalyzeOptions {
  /** Folder to scan. */
  readonly dir: string;
  /** Manifest file; default: nearest `baa.yaml` from `dir` upward. */
  readonly manifest?: string;
  /** `phitrace.yaml`; default: in `dir` if there. */
  readonly config?: string;
  /** Baseline file: places in it are suppressed. */
  readonly baseline?: string;
  /** YYYY-MM-DD; default SOURCE_DATE_EPOCH, else the clock. */
  readonly today?: string;
  /** Rule id → off, note, warning, error. */
  readonly rules?: Readonly<Record<string, 'off' | Severity>>;
  readonly profile?: 'recommended' | 'strict' | 'audit';
  /** Analyse what git's index holds, manifest and configuration included, instead of the work tree. */
  readonly staged?: boolean;
  /** Manifest, configuration, packs and baseline of this revision; suppressions that are newer do not act. */
  readonly policyFrom?: string;
  /** Only places that an analysis of the merge base with this revision does not have. */
  readonly changedSince?: string;
  /** Called with short progress messages. */
  readonly onProgress?: (message: string) => void;
}
