/** What the parts of the type system ask each other. Interfaces, so that no part imports another in a circle. */
import type { ClassFacts, ClassMember, TypeDecl, TypeRef, Val } from '../../facts/ir.js';
import type { TypeDeps } from './deps.js';
import type { ClassT, Env, Field, FnT, ObjT, Scope, T, TypeofClassT } from './kinds.js';
import type { Entity, Lookup } from './lookup.js';
import type { PrismaTypes } from './prisma.js';
import type { Universe } from './universe.js';

export interface Resolving {
  /** `name` is what an anonymous object type is to be called. */
  resolve(ref: TypeRef, scope: Scope, name?: string | null): T;
  /** The type that (merged) declarations mean for these arguments. */
  declared(file: string, decls: readonly TypeDecl[], args: readonly T[]): T;
  /** The interface declarations that merge with a class, under the class's own type arguments. */
  interfaceOf(file: string, decls: readonly TypeDecl[], env: Env): ObjT;
}

export interface MemberQueries {
  member(type: T, name: string): T | null;
  element(type: T): T | null;
  awaited(type: T): T;
  returns(type: T): T | null;
  param(type: T, index: number): T | null;
  /** All known fields of a model, whatever kind of type it is. */
  fields(type: T): ReadonlyMap<string, Field>;
  siblings(type: T): readonly string[];
  keys(type: T): T;
  /** The property names that a key type lists; null if it is open. */
  literalNames(keys: T): readonly string[] | null;
  /** `T[K]` */
  indexed(type: T, key: T): T;
  /** Whether a member of a union is one of those that a pattern describes. */
  matches(part: T, pattern: T): boolean;
}

export interface ValueQueries {
  /** `typeof a.b.c` */
  named(scope: Scope, dotted: string): T | null;
  ofEntity(entity: Entity): T | null;
  /** Type of a value of a function's body, null if it does not show. */
  expression(file: string, fn: number, value: Val, env?: Env): T | null;
  functionType(file: string, fn: number, env: Env): FnT | null;
  /** Type of a class field without a declared one, by its initialiser. */
  fieldInitial(type: ClassT, member: ClassMember): T | null;
}

export interface ClassQueries {
  facts(file: string, cls: number): ClassFacts | null;
  type(file: string, cls: number, args?: readonly T[]): T;
  typeofClass(file: string, cls: number): T;
  instance(type: TypeofClassT): T;
  /** The class whose member a function is part of: what `this` means there. */
  around(file: string, fn: number): T | null;
  bases(type: ClassT): readonly T[];
  member(type: ClassT, name: string): T | null;
  staticMember(type: TypeofClassT, name: string): T | null;
  fields(type: ClassT): ReadonlyMap<string, Field>;
  constructorParams(file: string, cls: number): readonly T[];
}

export interface Wiring {
  readonly deps: TypeDeps;
  readonly types: Universe;
  readonly lookup: Lookup;
  readonly resolver: Resolving;
  readonly members: MemberQueries;
  readonly values: ValueQueries;
  readonly classes: ClassQueries;
  readonly prisma: PrismaTypes;
}
