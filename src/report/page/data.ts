/** What a page carries as JSON, and its script reads. A number that stands for a text is its index in `words`. */

type Word = number;

/** File, line, column, kind (0 source, 1 step, 2 outbound call), text, code or 0. */
export type PageStep = readonly [Word, number, number, 0 | 1 | 2, Word, PageCode | 0];

/** Number of the first line, first and last line of the step counted from zero, then the lines. */
export type PageCode = readonly [start: number, from: number, to: number, lines: readonly Word[]];

/** Letter, category, place in a data model, kind that needs more care; empty texts where there is none. */
export type PageItem = readonly [letter: Word, category: Word, via: Word, care: Word];

export interface PageFlow {
  readonly from: readonly Word[];
  readonly through: Word;
  readonly to: Word;
  readonly where: Word;
  readonly trust: string;
  /** Partner or incidental. */
  readonly kind: string;
  readonly why: Word;
  readonly confidence: string;
  /** `A C + clinical`. */
  readonly data: Word;
  /** Indices into `items`. */
  readonly phi: readonly number[];
  /** What de-identifiers took out, and which. */
  readonly gone: readonly number[];
  readonly by: Word;
  readonly removed: readonly string[];
  readonly accepted: Word;
  readonly change: Word;
  readonly file: Word;
  readonly line: number;
  readonly places: number;
  /** Indices into `steps`. */
  readonly path: readonly number[];
}

/** Where links to code lead; null where that is not known. */
export interface PageLinks {
  readonly fromPage: string | null;
  readonly repository: string | null;
}

export interface PageData extends PageLinks {
  readonly words: readonly string[];
  /** Names of the trusts. */
  readonly trusts: Readonly<Record<string, string>>;
  readonly items: readonly PageItem[];
  readonly steps: readonly PageStep[];
  readonly flows: readonly PageFlow[];
  /** Flows of each part of the drawing, by its id. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Whether some excerpts were left out to keep the page small. */
  readonly cut: boolean;
}
