/** What a page of the map carries as JSON, and its script reads. */
export interface PageStep {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: 'source' | 'step' | 'sink';
  readonly text: string;
  readonly code: {
    readonly start: number;
    readonly lines: readonly string[];
    readonly from: number;
    readonly to: number;
  } | null;
}

export interface PageFlow {
  readonly from: readonly string[];
  readonly through: string;
  readonly to: string;
  readonly where: string;
  readonly trust: string;
  readonly trustWords: string;
  readonly why: string;
  readonly confidence: string;
  /** `A C + clinical`. */
  readonly data: string;
  readonly letters: readonly string[];
  /** Letter, category, place in a data model, kind that needs more care. */
  readonly phi: readonly (readonly [string, string, string, string])[];
  readonly removed: readonly string[];
  readonly accepted: string;
  readonly change: string;
  readonly file: string;
  readonly line: number;
  readonly places: number;
  /** Indices into `steps`. */
  readonly path: readonly number[];
}

export interface PageData {
  readonly root: string;
  readonly fromPage: string | null;
  readonly repository: string | null;
  readonly steps: readonly PageStep[];
  readonly flows: readonly PageFlow[];
  /** Flows of each part of the drawing, by its id. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Whether some excerpts were left out to keep the page small. */
  readonly cut: boolean;
}
