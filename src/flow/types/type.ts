/**
 * Types as the engine sees them: resolved across files, by the declarations alone (no compiler run), lazily, interned.
 * And *places*: what a value of a type says about a person, field by field. A label on a value is a place.
 */
import type { PhiKind } from '../../knowledge/phi.js';
import type { TypeRef } from '../../facts/ir.js';

/** An interned, resolved type. Equal types are the same object; `id` is stable within a run. */
export interface Type {
  readonly id: number;
  readonly k:
    | 'any' // any, unknown, unresolved names, type parameters without an argument
    | 'prim'
    | 'lit'
    | 'obj' // interface, object literal type, enum, resolved mapped/utility type
    | 'class' // instance of a class of this code base
    | 'ext' // instance of a type of a package that knowledge describes (`openai#OpenAI`), or of any other package
    | 'fhir'
    | 'prisma'
    | 'array'
    | 'map'
    | 'promise'
    | 'fn'
    | 'union'
    | 'typeof-class'; // the class itself
  /** For people: `Patient`, `IntakeForm`, `string`. */
  readonly name: string;
}

/** One kind of PHI that a value carries, and the place in a data model that says so: `Patient.name`. */
export interface PhiItem {
  readonly kind: PhiKind;
  readonly via: string;
  /** 3: typed by a health standard or two agreeing signs; 2: a strong name in a declared model; 1: a name alone. */
  readonly evidence: 1 | 2 | 3;
}

/**
 * A place in a data model, interned by `key`. Immutable. `via` names it (`Patient`, `Patient.name`, `IntakeForm.dob`).
 */
export interface Place {
  readonly key: string;
  readonly type: Type;
  readonly via: string;
}

/** What a query asks for: only these fields (`select`), or these relations besides all scalars (`include`). */
export interface Selection {
  readonly only: boolean;
  /** By field; null: the whole of it. */
  readonly fields: ReadonlyMap<string, Selection | null>;
}

/**
 * What code asks a value before it goes on: `type[field] === value` (a resource's type, the tag of a discriminated union),
 * `field in type`, a flag of it (`if (result.ok)`), a predicate of its own (`x is T`, where x may be anything `among` allows),
 * or `typeof`.
 */
export type TypeTest =
  | { readonly field: string; readonly value: string | number | boolean }
  | { readonly has: string }
  | { readonly truthy: string }
  | { readonly is: Type; readonly among: Type | null }
  | { readonly shape: Shape };

/** What `typeof` says of a value, or `Array.isArray`. */
export type Shape =
  'string' | 'number' | 'boolean' | 'bigint' | 'symbol' | 'undefined' | 'function' | 'object' | 'array';

export interface TypeSystem {
  readonly any: Type;
  /** A type that says nothing about anybody: flags, counts. */
  readonly nothing: Type;
  /** Files in which a question ended at a bound of work, so that types were taken for `any`. */
  readonly cutIn: ReadonlySet<string>;
  /** Names of the declared properties, empty if there are none to list. */
  memberNames(type: Type): readonly string[];
  /** The type that a written reference means in function `fn` (0 = module) of a file. `env` binds type parameters by name. */
  resolve(file: string, fn: number, ref: TypeRef, env?: ReadonlyMap<string, Type>): Type;
  /** Type of a property (of any member of a union that has it), `undefined`/`null` dropped; null if there is none. */
  member(type: Type, name: string): Type | null;
  /** Element of arrays, sets, iterables; values of maps and records. */
  element(type: Type): Type | null;
  awaited(type: Type): Type;
  /** Result of calling a value of this type, null if it is not a function type. */
  returns(type: Type): Type | null;
  /** Type of a function type's parameter. */
  param(type: Type, index: number): Type | null;
  /** Classes of this code base that an instance of the type may be: the class and its subclasses, or an interface's implementers. */
  classes(type: Type): readonly { readonly file: string; readonly cls: number }[];
  /** `package#Type` if it comes from a package (or the first such member of a union). */
  external(type: Type): string | null;
  /** Type arguments of a package's type. */
  args(type: Type): readonly Type[];
  array(of: Type): Type;
  promise(of: Type): Type;
  fhir(typeName: string): Type;
  /** A model of schema.prisma by its name or as the client's property is called; `asked`: what a query takes of it. */
  prismaModel(name: string, asked?: Selection | null): Type | null;
  ext(typeId: string): Type;
  /** The type of a class's instances; `args` as they are written, by type parameter. */
  classType(file: string, cls: number, args?: readonly Type[]): Type;
  /**
   * Type of values that are validated by a schema built with a known library (zod …) is not decided here; the engine
   * hands its shape in: field name → type (or null when unknown). `name` is the schema's variable.
   */
  shape(name: string, fields: ReadonlyMap<string, Type | null>): Type;

  /** Texts that a type of literals allows; empty if it allows any. */
  literals(type: Type): readonly string[];
  /**
   * What remains of a type where a test held (or, `holds` false, did not). The type itself if the test says nothing about
   * it, null if nothing of it can be left.
   */
  narrow(type: Type, test: TypeTest, holds: boolean): Type | null;

  /** Whether values of the type are FHIR resources of a kind, or of some kinds, that is known. */
  resources(type: Type): boolean;
  /** Whether it stands for a resource of any kind. */
  anyResource(type: Type): boolean;

  /** What a value of this type says about a person; null: nothing (or nothing is known). */
  place(type: Type): Place | null;
  /** The place of a property; null: it says nothing. */
  select(place: Place, name: string): Place | null;
  elementPlace(place: Place): Place | null;
  /**
   * All that is carried by a value at this place, gravest first (direct identifiers, then clinical, then the rest); bounded.
   * `minus`: dotted paths below it that were taken out (`name`, `contact.phone`).
   */
  items(place: Place, minus?: readonly string[]): readonly PhiItem[];
  /** A model inferred from use: the fields that code takes out of an untyped object held in `receiver`. Null: says nothing. */
  inferred(receiver: string | null, fields: readonly string[]): Place | null;
  /** A single field known by name alone: `field:<letter>:<category>` sources and free text. `evidence` is 1 unless said. */
  single(via: string, kind: PhiKind, evidence?: PhiItem['evidence']): Place;
}
