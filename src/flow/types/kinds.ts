/**
 * What stands behind the opaque `Type`: one variant a kind. Everything that could be large or circular (the fields of
 * a declaration, the parameters of a function) is a function that is asked on demand and remembers its answer.
 */
import type { Type } from './type.js';

interface Common extends Type {
  /** Content-based name of the type: the same in every run, whatever was asked first. */
  readonly key: string;
  /** Nesting of type arguments, bounded so that `F<T> = F<T[]>` ends. */
  readonly depth: number;
}

export interface AnyT extends Common {
  readonly k: 'any';
}
/** string, number, boolean, bigint, symbol, null, undefined, void, never, and `Date`. */
export interface PrimT extends Common {
  readonly k: 'prim';
  /** `Person['ssn']`: whose property it is, which says what the text is of. */
  readonly of?: { readonly owner: T; readonly key: string };
}
export interface LitT extends Common {
  readonly k: 'lit';
  readonly value: string | number | boolean;
}

/** One field of a model. */
export interface Field {
  readonly name: string;
  /** Name of the model that declares it (`Patient` for a field that came through `Omit<Patient, …>`), null if that has none. */
  readonly owner: string | null;
  readonly type: () => T;
  /** The field of a FHIR type that was picked into another type: its place is asked there. */
  readonly from?: { readonly base: T; readonly name: string };
  /** Present only if the code asks for it (a Prisma relation): not part of the whole. */
  readonly onDemand?: true;
}

export interface Parts {
  readonly fields: ReadonlyMap<string, Field>;
  /** Value type of an index signature. */
  readonly index: T | null;
  /** Base types that are no plain objects: package types, FHIR types, classes, Prisma models. */
  readonly bases: readonly T[];
}

export interface ObjT extends Common {
  readonly k: 'obj';
  readonly flavour: 'object' | 'enum';
  /** Identity of the interface behind it, whatever its type arguments: what `implements` refers to. */
  readonly decl: string | null;
  /** The model's own name, null for anonymous object types. */
  readonly owner: string | null;
  readonly parts: () => Parts;
  /** Field names of the model as declared, also those that `Pick` or `Omit` left out: context for weak names. */
  readonly siblings: () => readonly string[];
}

export interface ClassT extends Common {
  readonly k: 'class';
  readonly file: string;
  readonly cls: number;
  readonly args: readonly T[];
}
export interface TypeofClassT extends Common {
  readonly k: 'typeof-class';
  readonly file: string;
  readonly cls: number;
}
export interface ExtT extends Common {
  readonly k: 'ext';
  /** `package#Name`. */
  readonly typeId: string;
  readonly args: readonly T[];
}
export interface FhirT extends Common {
  readonly k: 'fhir';
  /** Name of the resource or datatype, or the path of a backbone element (`Patient.contact`). */
  readonly fhir: string;
  /** What a `Bundle<T>` or `Reference<T>` holds. */
  readonly arg: T | null;
}
export interface PrismaT extends Common {
  readonly k: 'prisma';
  readonly model: string;
}
export interface ArrayT extends Common {
  readonly k: 'array';
  readonly of: T;
  readonly tuple: readonly T[] | null;
}
export interface MapT extends Common {
  readonly k: 'map';
  readonly of: T;
  /** A plain object with arbitrary keys; else an instance of Map. */
  readonly record: boolean;
}
export interface PromiseT extends Common {
  readonly k: 'promise';
  readonly of: T;
}
export interface FnT extends Common {
  readonly k: 'fn';
  readonly params: () => readonly T[];
  readonly ret: () => T;
}
export interface UnionT extends Common {
  readonly k: 'union';
  readonly of: readonly T[];
}

export type T =
  AnyT | PrimT | LitT | ObjT | ClassT | TypeofClassT | ExtT | FhirT | PrismaT | ArrayT | MapT | PromiseT | FnT | UnionT;

/** Every `Type` that exists was made by this room; the engine sees only its face. */
export function inner(type: Type): T {
  return type as T;
}

/** Type parameters by name. */
export type Env = ReadonlyMap<string, T>;
export const NO_ENV: Env = new Map();

/** Where a written type is read. */
export interface Scope {
  readonly file: string;
  /** Function in whose scope it stands; 0 is the module. */
  readonly fn: number;
  /** Namespace around the declaration, dotted, or `''`. */
  readonly ns: string;
  readonly env: Env;
}

/** Computes once, on first use. A value that needs itself gets `circular`. */
export function lazily<V>(circular: V, compute: () => V): () => V {
  let state: 'new' | 'busy' | 'done' = 'new';
  let value = circular;
  return () => {
    if (state !== 'new') return value;
    state = 'busy';
    value = compute();
    state = 'done';
    return value;
  };
}
