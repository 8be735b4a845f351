/** What the command line needs from the house behind it. */
import type { AnalysisResult, AnalyzeOptions } from '../analysis.js';
import type { Vendor } from '../knowledge/index.js';
import type { MapTerms } from '../report/map-context.js';
import type { RuleDoc } from '../report/rule-doc.js';

/** Whose packs count: those of a folder's configuration (the nearest, or `config`), and further ones; absolute paths. */
export interface VendorSources {
  readonly dir: string;
  readonly config?: string | undefined;
  readonly packs?: readonly string[];
}

export interface Doors {
  readonly version: string;
  analyze(options: AnalyzeOptions): Promise<AnalysisResult>;
  /** Every rule id that options may name. */
  ruleIds(): Promise<readonly string[]>;
  /** The rules that exist, with their texts. */
  rules(): Promise<readonly RuleDoc[]>;
  /** All that rules/ and the packs of that folder know. */
  vendors(of: VendorSources): Promise<readonly Vendor[]>;
  /** The agreements of a folder's manifest; null if it has none. */
  terms(dir: string, manifest: string | undefined, config: string | undefined): Promise<MapTerms | null>;
  /** Removes what is kept in the user's cache folder. */
  cleanCache(
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<{ readonly folder: string; readonly removed: boolean }>;
}
