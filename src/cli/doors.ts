/** What the command line needs from the house behind it. */
import type { AnalysisResult, AnalyzeOptions } from '../analysis.js';
import type { Vendor } from '../knowledge/index.js';
import type { MapTerms } from '../report/map-context.js';
import type { RuleDoc } from '../report/rule-doc.js';

export interface Doors {
  readonly version: string;
  analyze(options: AnalyzeOptions): Promise<AnalysisResult>;
  /** Every rule id that options may name. */
  ruleIds(): Promise<readonly string[]>;
  /** The rules that exist, with their texts. */
  rules(): Promise<readonly RuleDoc[]>;
  vendors(): Promise<readonly Vendor[]>;
  /** The agreements of a folder's manifest; null if it has none. */
  terms(dir: string, manifest: string | undefined): Promise<MapTerms | null>;
  /** Removes what is kept in the user's cache folder. */
  cleanCache(
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<{ readonly folder: string; readonly removed: boolean }>;
}
