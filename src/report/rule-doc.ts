/** What reports and `explain` tell of a rule; the catalogue's policies have this shape. */
import type { Severity } from '../analysis.js';

export interface RuleDoc {
  readonly id: string;
  readonly family: string;
  /** What it asks of the code, in plain words. */
  readonly question: string;
  readonly severity: { readonly default: Severity; readonly varies: string };
  /** What it needs to be sure. */
  readonly confidence: string;
  readonly basis: readonly { readonly cite: string; readonly says: string }[];
  readonly fix: string;
  readonly examples: { readonly language?: string; readonly bad: string; readonly good: string };
}
