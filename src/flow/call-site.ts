/** One call as the frame sees it: where it stands, who makes it, and what the callee may change. */
import type { Instr, Span, TypeRef } from '../facts/ir.js';
import type { Frame } from './frame.js';
import type { Spot } from './summary.js';
import type { Env } from './value.js';

export type CallInstr = Extract<Instr, { op: 'call' }>;

/** One call as the frame sees it: where it stands, and which of its values may be changed by the callee. */
export interface CallSite {
  readonly frame: Frame;
  readonly spot: Spot;
  readonly argSpans: readonly Span[];
  /** Single-assignment numbers of arguments and receiver (-1: none), for mutations. */
  readonly argSsa: readonly number[];
  readonly selfSsa: number;
  /** Depth of calls resolved on behalf of callees. */
  readonly depth: number;
  /** The frame stands for the outside that calls an entry point: hand-overs happen in the entry itself. */
  readonly entry: boolean;
  /** Who is called is guessed by the name of the method. */
  readonly guess?: boolean;
  /** A library calls: a function written right there is entered where it stands, not where the library was called. */
  readonly library?: boolean;
  /** Type arguments as written, in the function `typesIn` (the one of `spot` unless said). */
  readonly typeArgs?: readonly TypeRef[] | null;
  readonly typesIn?: number;
  /** Functions that are being applied on behalf of callees, innermost first: a function value may call itself. */
  readonly chain?: Chain;
}

/** A call that nobody wrote with arguments: an accessor, an iterator. */
export function bareSite(frame: Frame, span: Span, selfSsa: number): CallSite {
  return { frame, spot: { fn: frame.fn.id, span }, argSpans: [], argSsa: [], selfSsa, depth: 0, entry: false };
}

export interface Chain {
  readonly fn: number;
  readonly env: Env | null;
  readonly up: Chain | undefined;
}
