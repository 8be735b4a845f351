/** What a value may be: the kinds of atoms, and what happens to their data on the way. No behaviour. */
import type { Span } from '../facts/ir.js';
import type { RecipientRule } from '../knowledge/model.js';
import type { Trail } from './trail.js';
import type { Place, Shape, Type } from './types/type.js';

/** What happens to the data of an atom on its way: a small closed set that composes and joins. */
export interface Transform {
  /** Properties taken out or overwritten (sorted). */
  readonly minus: readonly string[];
  /** Properties are no longer told apart: text, bytes, a hash, anything unmodelled. */
  readonly text: boolean;
  /** Bit set of Safe Harbor letters removed (bit 0 = A), see `letters.ts`. */
  readonly letters: number;
  /** A date cut down to its year, or reckoned with. */
  readonly year: boolean;
  /** What a model answered to it: free text about the same person. */
  readonly output: boolean;
}

export const NO_TRANSFORM: Transform = { minus: [], text: false, letters: 0, year: false, output: false };

/** A condition on a symbolic value under which an atom or effect exists. */
export interface Test {
  readonly root: string;
  readonly path: readonly string[];
  /**
   * `truthy`, present at all, not switched off (truthy or left out), equality with a constant or with what another symbol
   * stands for, or what the code's own predicate says of its type.
   */
  readonly equals: Constant | SameAs | Predicate | Shaped | 'truthy' | 'defined' | 'not-off';
  readonly negated: boolean;
}
export type Guard = readonly Test[];

/** `x is T`; `among`: the type that the predicate takes. */
export interface Predicate {
  readonly is: Type;
  readonly among: Type | null;
}

/** `typeof x === 'string'`, `Array.isArray(x)`. */
export interface Shaped {
  readonly shape: Shape;
}

/** Equality with what a caller hands in beside it: `resource.resourceType === wanted`. */
export interface SameAs {
  readonly same: string;
  readonly at: readonly string[];
}

export type Constant = { readonly c: string | number | boolean | null | undefined };

/** Supplies the values of captured variables to a function value that has left its function. */
export interface Env {
  get(root: string): Value | null;
}

/** Evidence of an atom's way here: 3 certain, 2 unmodelled steps or name-based resolution, 1 guesses. */
export type Evidence = 1 | 2 | 3;

export type LabelKind = 'phi' | 'model-output' | 'patient-authored' | 'credential';

/** PHI (or another label) of a place in a data model. */
export interface LabelAtom {
  readonly k: 'label';
  readonly place: Place;
  readonly kind: LabelKind;
  /** Function in which the source is. */
  readonly srcFn: number;
  readonly t: Transform;
  readonly trail: Trail | null;
  readonly ev: Evidence;
  readonly guard: Guard | null;
}

/**
 * A value of the caller, a captured variable or a channel: `p0`, `this`, `cap:<fn>#<name>`, `cell:<key>`, `def:<n>`
 * (result of a call whose callee is not known yet), with the property path taken from it.
 */
export interface SymAtom {
  readonly k: 'sym';
  readonly root: string;
  readonly path: readonly string[];
  readonly t: Transform;
  readonly trail: Trail | null;
  readonly ev: Evidence;
  readonly guard: Guard | null;
  /** Declared type that a value takes on if nothing is known of it. */
  readonly dflt: Type | null;
  /** What the declared type says about a person, followed along the path since; and where it is declared. */
  readonly declared: Place | null;
  readonly declaredAt: { readonly fn: number; readonly span: Span } | null;
  /** Of what kind of resource the code said it was, when so many properties had been taken. */
  readonly as: readonly SaidToBe[] | null;
  /** `declared` says no more than the names that the code takes out of it: for what came from outside. */
  readonly byUse: boolean;
}

/** After `at` properties it was one of these: by a test, or by a declaration alone. */
export interface SaidToBe {
  readonly at: number;
  readonly types: readonly Type[];
  readonly tested: boolean;
  /** Where a tag of FHIR's says so: what nobody knows more of is one. */
  readonly tag?: Tag;
}

/** Where the code says of a value that it is a FHIR resource: each element of a list, or the value itself; null: either. */
export interface Tag {
  readonly fn: number;
  readonly span: Span;
  readonly list: boolean | null;
}

/** Any alternative may hold under a condition only. */
interface Conditional {
  readonly guard?: Guard | null;
}

export interface FnAtom extends Conditional {
  readonly k: 'fn';
  readonly fn: number;
  /** Uses variables of the functions around it. */
  readonly closure: boolean;
  readonly env: Env | null;
  /** `bind`: receiver and leading arguments. */
  readonly self: Value | null;
  readonly bound: readonly Value[];
}

export interface ClassAtom extends Conditional {
  readonly k: 'class';
  readonly cls: number;
  readonly env: Env | null;
}

/** An instance of a class of the code base; `exact` if it was made by `new` (else: of it or a subclass). */
export interface InstAtom extends Conditional {
  readonly k: 'inst';
  readonly cls: number;
  readonly exact: boolean;
}

/** An export of a package (`@sentry/node`, path `logger.info`; path '' is the namespace), or a global (mod ''). */
export interface ExtAtom extends Conditional {
  readonly k: 'ext';
  readonly mod: string;
  readonly path: string;
}

/** What a package's constructor or factory gave: `type` from knowledge if it is modelled; `path` taken from it since. */
export interface XInstAtom extends Conditional {
  readonly k: 'xinst';
  readonly type: string | null;
  readonly sym: string;
  readonly args: readonly Value[] | null;
  readonly path: string;
  readonly fn: number;
  readonly span: Span;
  /** The value whose member gave it (`client.withOptions(…)`): its arguments count after the own ones. */
  readonly from: XInstAtom | null;
  /** Values that its calls go on to (`prompt.pipe(model)`), and wrappers around it that add recipients. */
  readonly via: readonly Value[];
  readonly wraps: readonly RecipientRule[];
  /** Type arguments of the call that made it, or of its declared type. */
  readonly types?: readonly Type[];
}

/** Text with a structure that matters: parts of a URL. Its data is that of its parts. */
export interface StrAtom extends Conditional {
  readonly k: 'str';
  readonly parts: readonly Value[];
}

export interface OpaqueAtom extends Conditional {
  readonly k: 'opaque';
  readonly request: boolean;
  readonly type: Type | null;
  /** What it is a row (or rows) of, where only that is known: a table's name. */
  readonly rowOf?: string;
}

export interface ConstAtom extends Conditional {
  readonly k: 'const';
  readonly v: string | number | boolean | null | undefined;
}
export interface EnvAtom extends Conditional {
  readonly k: 'env';
  readonly name: string;
}
export interface BuiltAtom extends Conditional {
  readonly k: 'built';
  readonly array: boolean;
  readonly fn: number;
  readonly span: Span | null;
  /** What a generator function gave: its number. What `next()` is given goes to where it yields. */
  readonly generator?: number;
}
export interface ModuleAtom extends Conditional {
  readonly k: 'module';
  readonly file: number;
}
export interface TestAtom extends Conditional {
  readonly k: 'test';
  readonly test: Test;
}
/** What a library gave out for something that it keeps: a promise's resolver, a setter of state, a reader of an answer. */
export interface ResolverAtom extends Conditional {
  readonly k: 'resolver';
  readonly cell: string;
  /**
   * `store` keeps what it is given as it is; `update` as well, or what a function that it is given (or the reducer) makes
   * of the old value; `through` calls `reducer` and keeps its result; `read` gives what is kept. `nodeback` keeps
   * its second argument (and what its first one says went wrong). `gives` gives `reducer` itself, `answer` what comes back
   * of the request whose address it is called with. `compose`, `partial` and `promisify` keep nothing: they are made of the functions (and arguments) listed in `reducer`, `cell` tells one from another.
   */
  readonly how:
    'store' | 'update' | 'through' | 'read' | 'nodeback' | 'gives' | 'answer' | 'compose' | 'partial' | 'promisify';
  readonly reducer: Value | null;
}

/**
 * One of several objects, under the condition that it is this one. Keeps its own properties: what a factory makes for
 * one argument must not mix with what it makes for another.
 */
export interface AltAtom {
  readonly k: 'alt';
  readonly v: Value;
  readonly guard: Guard;
}

export type Atom =
  | AltAtom
  | LabelAtom
  | SymAtom
  | FnAtom
  | ClassAtom
  | InstAtom
  | ExtAtom
  | XInstAtom
  | StrAtom
  | ConstAtom
  | EnvAtom
  /** Nothing is known but perhaps the declared type; `request`: it came from outside. */
  | OpaqueAtom
  /** Built here (object or array literal): what is not in `fields` is not there. */
  | BuiltAtom
  | ModuleAtom
  /** A comparison of a symbolic value with a constant, kept for guards; carries no data. */
  | TestAtom
  /** A function that the engine itself provides (promise resolvers): calling it stores into the channel. */
  | ResolverAtom;

/**
 * What a de-identification step took out of a value, so that it can be told that the rest came through that step. It is no
 * alternative of the value: it says nothing of what the value is, and nothing is decided by it.
 */
export interface Mark {
  /** Where the step is called. */
  readonly fn: number;
  readonly span: Span;
  /** Its name, as the code calls it. */
  readonly by: string;
  /** The data that went in, labels and symbols alone. */
  readonly of: Value;
  /** What happened since. */
  readonly trail: Trail | null;
  readonly guard: Guard | null;
}

export interface Value {
  readonly atoms: readonly Atom[];
  readonly fields: ReadonlyMap<string, Value> | null;
  /** The steps that it came clean out of; empty if only properties did, null if nothing in it did. */
  readonly marks: readonly Mark[] | null;
  /** Whether any `sym` is inside (or a function value that has not left its function). */
  readonly open: boolean;
  /** Whether any `sym` is inside, function values left aside. */
  readonly symbolic: boolean;
  /** Whether anything is inside that could be or become a label. */
  readonly carries: boolean;
  readonly depth: number;
  /** Alternatives of it and of all its properties. */
  readonly weight: number;
  /** `contents` and `text`, once asked for. */
  inside: readonly Atom[] | null;
  said: Value | null;
  /** Properties that were taken out of it, where they depend on nothing else. */
  parts: Map<string, Value> | null;
}
