/** What the map tells besides the analysis: the manifest's terms, names of vendors, where the code is to be found. */
import type { AnalysisResult } from '../analysis.js';
import type { Changes } from './map-compare.js';
import type { PageLinks } from './page.js';
import type { RuleDoc } from './rule-doc.js';

/** An agreement as the manifest declares it. */
export interface MapAgreement {
  readonly vendor: string;
  readonly plan: string | null;
  readonly executed: string | null;
  readonly expires: string | null;
  readonly reviewed: string | null;
  readonly services: 'all' | readonly string[];
  readonly regions: readonly string[] | null;
  readonly environments: readonly string[] | null;
  readonly terms: { readonly training: boolean | null; readonly retention: string | null };
  readonly document: string | null;
}

export interface MapTerms {
  readonly organization: string | null;
  readonly agreements: readonly MapAgreement[];
  readonly deidentifiers: readonly {
    readonly function: string;
    readonly method: string;
    readonly removes: 'all' | readonly string[];
    readonly evidence: string | null;
  }[];
}

export interface MapContext extends PageLinks {
  /** Null if there is no manifest: then nobody is covered. */
  readonly terms: MapTerms | null;
  /** Names of catalogued vendors by id. */
  readonly vendors: Readonly<Record<string, string>>;
  /** The rules that this version knows. */
  readonly rules: readonly RuleDoc[];
  /** Since the analysis that `--compare` names. */
  readonly changes: Changes | null;
  readonly text: { readonly color: 0 | 1 | 2 | 3; readonly width: number };
}

export type RenderMap = (result: AnalysisResult, context: MapContext) => string;

export function vendorName(vendors: Readonly<Record<string, string>>, id: string): string {
  if (id === 'unknown') return 'Destination not known';
  if (id === 'same-origin') return 'This application';
  return (Object.hasOwn(vendors, id) ? vendors[id] : undefined) ?? id;
}

/** An agreement is in force on a day if it has been executed by then and has not ended. */
export function inForce(agreement: MapAgreement, day: string): boolean {
  return (
    agreement.executed !== null && agreement.executed <= day && (agreement.expires === null || agreement.expires >= day)
  );
}
