/** One run of a call's flow rules: what was given, and which callbacks it enters. */
import type { Member } from '../knowledge/model.js';
import type { CallSite } from './call-site.js';
import type { Value } from './value.js';

/** One callback of the call: the functions, what they are given, what came of it. */
export interface Called {
  readonly fns: Value;
  /** The instance that they are methods of. */
  readonly self?: Value | null;
  readonly params: Value[];
  /** Parameters as the callback left them. */
  after: readonly Value[];
  result: Value;
  thrown: Value;
  /** Called once for each element of a list of which all are known, one after the other. */
  stepwise?: true;
}

export interface Run {
  readonly site: CallSite;
  readonly member: Member;
  /** What the members of the receiver are read from, and the receiver as it is. */
  readonly self: Value;
  readonly args: readonly Value[];
  readonly called: Map<string, Called>;
}
