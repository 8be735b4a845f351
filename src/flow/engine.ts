/** What the parts of the flow engine share: the program, what is known, the memo tables and the collected results. */
import type { Knowledge } from '../knowledge/index.js';
import type { FhirModel, Lexicon } from '../knowledge/phi.js';
import type { HeldCall } from './held-calls.js';
import type { Listening } from './listeners.js';
import type { Program } from './program.js';
import type { Cleaned, ConfigEffect, Egress, Spot, Summary } from './summary.js';
import type { TypeSystem } from './types/type.js';
import type { Value } from './value.js';

/** A function of the code base that cleans what it is given, as the manifest declares it. */
export interface Deidentifier {
  /** Bit set of letters removed; -1: all, with clinical data no longer PHI. */
  readonly letters: number;
  /** Fields removed by name. */
  readonly fields: readonly string[];
  /** Property of the result that is clean; null: all of it. */
  readonly output: string | null;
  /** Index of the argument that is cleaned in place, or null. */
  readonly mutates: number | null;
}

export interface Engine {
  readonly program: Program;
  readonly knowledge: Knowledge;
  readonly types: TypeSystem;
  readonly fhir: FhirModel;
  readonly lexicon: Lexicon;
  /** Summary of a function, computed on demand; a provisional one inside a recursion. */
  summary(fn: number): Summary;
  /** Value of a module variable from outside its module body. */
  moduleVar(file: number, name: string): Value;
  /** Value of a field of an instance of which only the class is known. */
  fieldDefault(cls: number, field: string): Value;
  /** The static side of a class: static fields and methods. */
  statics(cls: number): Value;
  deidentifier(fn: number): Deidentifier | null;
  externalDeidentifier(symbol: string): Deidentifier | null;
  /** A flow whose data and recipient are both known, as function `by` sees it. */
  emit(egress: Egress, by: number): void;
  /** The same for what a de-identification step left nothing of. */
  emitCleaned(cleaned: Cleaned, by: number): void;
  emitConfig(config: ConfigEffect): void;
  /** The calls of a package's member anywhere in the code base that decide about recipients; complete after closing. */
  decisions(pkg: string, name: string): readonly ConfigEffect[];
  /** Who may listen to the console where it is called; complete after closing. */
  listeners(egress: Egress): readonly Listening[];
  /** A call site of a known recipient. */
  use(egress: Egress, by: number): void;
  cell(key: string, value: Value): void;
  /** A call of what a channel holds: made once that is known. */
  putOff(call: HeldCall): void;
  /** An outbound call of what channels hold, as function `by` sees it: emitted once that is known. */
  wait(egress: Egress, by: number): void;
  waitCleaned(cleaned: Cleaned, by: number): void;
  /** Whether code that is no test is seen to call a function. */
  isCalled(fn: number): boolean;
  /** `from` calls `to` (for reachability); the call stands at `spot`. */
  calls(from: number, to: number, spot: Spot, guess: boolean): void;
  /** A function handed to code that we do not see: it will be called with values that we do not know. */
  escapes(fn: number): void;
  source(spot: Spot): void;
  /** Records are read through clients of this type (`package#Type`). */
  reads(client: string): void;
  readsFrom(client: string): boolean;
  gap(reason: string): void;
  /** A bound was hit that loses data: the function counts as not analysed. */
  leftOut(fn: number, reason: string): void;
}
