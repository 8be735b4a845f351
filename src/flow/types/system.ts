/** The type system as the engine sees it: resolution, members, hierarchy and places, put together. */
import type { TypeRef } from '../../facts/ir.js';
import { ClassTable } from './classes.js';
import type { TypeDeps } from './deps.js';
import { Hierarchy } from './hierarchy.js';
import { NO_ENV, inner, type Env, type FhirT, type Field, type T } from './kinds.js';
import { Lookup } from './lookup.js';
import { isAnyResource, Members, type Augmentations } from './members.js';
import { Narrowing } from './narrowing.js';
import { Places } from './places.js';
import { PrismaTypes } from './prisma.js';
import { Resolver } from './resolver.js';
import type { Type, TypeSystem } from './type.js';
import { Universe } from './universe.js';
import { Values } from './values.js';
import type { Wiring } from './wiring.js';

export type { TypeDeps } from './deps.js';

export function createTypeSystem(deps: TypeDeps): TypeSystem {
  const types = new Universe();
  const lookup = new Lookup(deps);
  const prisma = new PrismaTypes(types, deps.prisma);
  const use = (): Wiring => wiring;
  const classes = new ClassTable(use);
  const members = new Members(
    types,
    deps,
    () => classes,
    prisma,
    () => augmented(use),
  );
  const resolver = new Resolver(use);
  const values = new Values(use);
  const wiring: Wiring = { deps, types, lookup, resolver, members, values, classes, prisma };
  const hierarchy = new Hierarchy(use);
  const narrowing = new Narrowing(types, members, (name) => deps.fhir.isResource(name));
  const places = new Places(deps, types, members, classes);
  const external = (type: T): string | null => {
    if (type.k === 'ext') return type.typeId;
    const parts = type.k === 'union' ? type.of : type.k === 'obj' ? type.parts().bases : [];
    if (type.k === 'class') return firstOf(classes.bases(type), external);
    return firstOf(parts, external);
  };
  return {
    any: types.any,
    nothing: types.boolean,
    cutIn: resolver.cutIn,
    memberNames: (type) => [...members.fields(inner(type)).keys()],
    resolve: (file, fn, ref: TypeRef, env) =>
      resolver.resolve(ref, { file, fn, ns: '', env: (env as Env | undefined) ?? NO_ENV }),
    member: (type, name) => members.member(inner(type), name),
    element: (type) => members.element(inner(type)),
    awaited: (type) => members.awaited(inner(type)),
    returns: (type) => members.returns(inner(type)),
    param: (type, index) => members.param(inner(type), index),
    classes: (type) => hierarchy.classes(inner(type)),
    external: (type) => external(inner(type)),
    args: (type) => argsOf(inner(type)),
    array: (of) => types.array(inner(of)),
    promise: (of) => types.promise(inner(of)),
    fhir: (typeName) => types.fhir(typeName),
    prismaModel: (name, asked) => prisma.model(name, asked),
    ext: (typeId) => types.ext(typeId),
    classType: (file, cls, args) => classes.type(file, cls, args?.map(inner)),
    shape: (name, fields) => shape(types, name, fields),
    literals: (type) => literalTexts(inner(type)),
    narrow: (type, test, holds) => narrowing.narrow(inner(type), test, holds),
    resources: (type) => narrowing.resources(inner(type)),
    anyResource: (type) => inner(type).k === 'fhir' && isAnyResource((inner(type) as FhirT).fhir),
    place: (type) => places.place(type),
    select: (place, name) => places.select(place, name),
    elementPlace: (place) => places.elementPlace(place),
    items: (place, minus) => places.items(place, minus),
    inferred: (receiver, fields) => places.inferred(receiver, fields),
    single: (via, kind, evidence) => places.single(via, kind, evidence),
  };
}

/** Texts that a union of literals allows; empty if anything else is allowed, too. */
function literalTexts(type: T): readonly string[] {
  const parts = type.k === 'union' ? type.of : [type];
  return parts.every((part) => part.k === 'lit')
    ? parts.flatMap((part) => (part.k === 'lit' ? [String(part.value)] : []))
    : [];
}

function shape(types: Universe, name: string, fields: ReadonlyMap<string, Type | null>): Type {
  const made = [...fields].map(([field, type]): Field => {
    const known = type === null ? types.any : inner(type);
    return { name: field, owner: name, type: () => known };
  });
  const key = made.map((field) => `${field.name}:${field.type().key}`).join();
  return types.record(`shape ${name} ${key}`, name, made);
}

function firstOf(parts: readonly T[], ask: (part: T) => string | null): string | null {
  for (const part of parts) {
    const found = ask(part);
    if (found !== null) return found;
  }
  return null;
}

/** Members that the code base adds to package types by declaration merging. */
function augmented(use: () => Wiring): Augmentations {
  return {
    member(typeId, name) {
      const { lookup, resolver, members } = use();
      const [pack = '', typeName = ''] = typeId.split('#');
      // `declare global { namespace Express { interface Request { user?: User } } }` is how express is extended.
      const spellings = pack === 'express' ? [`Express.${typeName}`, typeName] : [typeName];
      for (const spelling of spellings) {
        for (const { file, decls } of lookup.augmentations(spelling)) {
          const found = members.member(resolver.declared(file, decls, []), name);
          if (found !== null) return found;
        }
      }
      return null;
    },
  };
}

function argsOf(type: T): readonly T[] {
  if (type.k === 'ext') return type.args;
  // What a `Reference<Patient>` refers to.
  if (type.k === 'fhir') return type.arg === null ? [] : [type.arg];
  return type.k === 'union' ? (type.of.map(argsOf).find((args) => args.length > 0) ?? []) : [];
}
