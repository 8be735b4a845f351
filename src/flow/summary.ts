/**
 * What one function does, as a function of its callers' values: the unit of composition. A summary is computed once
 * from the function's facts and its callees' summaries; a call substitutes, it never walks the callee again.
 */
import type { Span, TypeRef } from '../facts/ir.js';
import type { ConfigPoint, RecipientRule, Sink } from '../knowledge/model.js';
import { NOTHING, type Guard, type Mark, type Value } from './value.js';
import type { DataAtom } from './contents.js';

/** A stretch of code by function number. */
export interface Spot {
  readonly fn: number;
  readonly span: Span;
}

/** Data that reaches an outbound call. `atoms` are labels, or symbols that the caller resolves. */
export interface Egress {
  readonly out: Spot;
  /** Where it is handed over: moves outward with every call that passes it as an argument (contract: Location). */
  readonly place: Spot;
  readonly sink: Sink;
  readonly vendor: string | null;
  readonly member: string;
  readonly mod: string | null;
  /** What decides the recipient: the client, the model value, the URL; null for a fixed rule. */
  readonly to: Value | null;
  readonly toKind: 'instance' | 'url' | 'fixed';
  readonly rule: RecipientRule | null;
  /** Arguments of the outbound call (constants, model ids): for `call:` value paths and conditions. */
  readonly args: readonly Value[];
  readonly atoms: readonly DataAtom[];
  readonly inUrl: boolean;
  /** The data stand among the instructions to a model. */
  readonly inInstructions: boolean;
  readonly guard: Guard | null;
  /** Calls from the place to the outbound call, outermost first. */
  readonly chain: readonly Spot[];
}

/** What is sent on after a de-identification step that left nothing of it: told, and judged by nobody. */
export interface Cleaned extends Egress {
  readonly marks: readonly Mark[];
}

/** A call whose callee is a value of the caller. Its result is the symbol `def:<id>`. */
export interface Deferred {
  readonly id: string;
  readonly callee: Value | null;
  /** Method name and receiver, if it is a method call. */
  readonly method: string | null;
  readonly self: Value | null;
  readonly args: readonly Value[];
  readonly kind: 'call' | 'new';
  readonly spot: Spot;
  readonly argSpans: readonly Span[];
  /** Type arguments of the call, and the function in which they are written. */
  readonly typeArgs: readonly TypeRef[] | null;
  readonly typesIn: number;
  readonly guard: Guard | null;
}

/** A call that configures an SDK, or that decides to whom calls go that it is no part of (`apm.start({ serverUrl })`). */
export interface ConfigEffect {
  readonly point: ConfigPoint | null;
  readonly decides: Decision | null;
  readonly mod: string;
  readonly member: string;
  readonly args: readonly Value[];
  readonly spot: Spot;
}

/** What an `on:` or `this:` path of rules/ may ask for. */
export interface Decision {
  /** The package whose member is called, and the member's name; of a property that is set `defaults.baseURL=`. */
  readonly pkg: string;
  readonly name: string;
  /** Where the receivers were made (`madeAt`), of a property that is set whose it is (`clientKey`), of a package's own the package. */
  readonly receivers: readonly string[];
}

/** A client made or called: every one is a line of the registry, PHI or not. */
export interface Summary {
  readonly ret: Value;
  readonly yields: Value;
  readonly throws: Value;
  /** Values of parameters, `this` and captured variables at exit, where they were changed. */
  readonly outs: ReadonlyMap<string, Value>;
  /** Captured variables that are assigned. */
  readonly stores: ReadonlyMap<string, Value>;
  readonly egress: readonly Egress[];
  readonly cleaned: readonly Cleaned[];
  readonly deferred: readonly Deferred[];
  readonly configs: readonly ConfigEffect[];
  readonly cells: readonly (readonly [string, Value])[];
}

export const EMPTY_SUMMARY: Summary = {
  ret: NOTHING,
  yields: NOTHING,
  throws: NOTHING,
  outs: new Map(),
  stores: new Map(),
  egress: [],
  cleaned: [],
  deferred: [],
  configs: [],
  cells: [],
};
