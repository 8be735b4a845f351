/** What can be asked of a type: its properties, elements, results and keys. */
import type { TypeDeps } from './deps.js';
import { carrierMember, carrierParams, carrierResult } from './carriers.js';
import { lazily, type Field, type T } from './kinds.js';
import { isAbsent, type Universe } from './universe.js';
import type { PrismaTypes } from './prisma.js';
import type { ClassQueries, MemberQueries } from './wiring.js';

const NO_FIELDS: ReadonlyMap<string, Field> = new Map();
const MOST_KEYS = 1000;
const SCALAR = new Set(['any', 'prim', 'lit']);
/** Properties of arrays and strings that are no data. */
const COUNTS = new Set(['length', 'size', 'byteLength']);

export interface Augmentations {
  /** A member that the code base adds to a package's type (`Express.Request`). */
  member(typeId: string, name: string): T | null;
}

export class Members implements MemberQueries {
  private readonly fieldsOf = new Map<T, ReadonlyMap<string, Field>>();

  constructor(
    private readonly types: Universe,
    private readonly deps: TypeDeps,
    private readonly classes: () => ClassQueries,
    private readonly prisma: PrismaTypes,
    private readonly added: () => Augmentations,
  ) {}

  member(type: T, name: string): T | null {
    const found = this.find(type, name);
    return found === null || isAbsent(found) ? null : found;
  }

  private find(type: T, name: string): T | null {
    const { types } = this;
    switch (type.k) {
      case 'obj': {
        const parts = type.parts();
        const field = parts.fields.get(name);
        if (field !== undefined) return field.type();
        for (const base of parts.bases) {
          const found = this.find(base, name);
          if (found !== null) return found;
        }
        return parts.index;
      }
      case 'class':
        return this.classes().member(type, name);
      case 'typeof-class':
        return this.classes().staticMember(type, name);
      case 'fhir':
        return this.fhirMember(type.fhir, type.arg, name);
      case 'prisma':
        return this.prisma.fields(type.model)?.get(name)?.type() ?? null;
      case 'map':
        return type.record ? type.of : COUNTS.has(name) ? types.number : null;
      case 'array':
        if (COUNTS.has(name)) return types.number;
        return /^\d+$/.test(name) ? (type.tuple?.[Number(name)] ?? type.of) : null;
      case 'ext':
        return carrierMember(types, type, name, this) ?? this.added().member(type.typeId, name);
      case 'union': {
        const found = type.of.map((part) => this.find(part, name)).filter((part) => part !== null);
        return found.length === 0 ? null : types.union(found);
      }
      case 'prim':
        return COUNTS.has(name) && type.name === 'string' ? types.number : null;
      default:
        return null;
    }
  }

  private fhirMember(fhir: string, arg: T | null, name: string): T | null {
    const { types, deps } = this;
    if (name === 'resourceType' && deps.fhir.isResource(fhir)) return types.lit(fhir);
    const element = deps.fhir.element(fhir, name);
    if (element === null) return null;
    const type = this.fhirElementType(fhir, element.type, name, arg);
    return element.many ? types.array(type) : type;
  }

  private fhirElementType(fhir: string, elementType: string, name: string, arg: T | null): T {
    const { types, deps } = this;
    if (fhir === 'Bundle.entry' && name === 'resource' && arg !== null) return arg;
    // The type argument of a Bundle goes with its entries.
    if (arg !== null && fhir === 'Bundle' && name === 'entry') return types.fhir('Bundle.entry', arg);
    if (!deps.fhir.has(elementType)) return fhirPrimitive(types, elementType);
    return FHIR_PRIMITIVES.test(elementType) ? fhirPrimitive(types, elementType) : types.fhir(elementType);
  }

  element(type: T): T | null {
    switch (type.k) {
      case 'array':
      case 'map':
        return isAbsent(type.of) ? null : type.of;
      case 'obj':
        return type.parts().index ?? this.firstOf(type.parts().bases, (base) => this.element(base));
      case 'class':
        return this.firstOf(this.classes().bases(type), (base) => this.element(base));
      case 'union':
        return this.unite(type.of.map((part) => this.element(part)));
      case 'ext':
        return carrierMember(this.types, type, '[]', this);
      default:
        return null;
    }
  }

  awaited(type: T): T {
    if (type.k === 'promise') return this.awaited(type.of);
    if (type.k === 'union') return this.types.union(type.of.map((part) => this.awaited(part)));
    if (type.k === 'ext') {
      const value = carrierMember(this.types, type, 'await', this);
      return value === null ? type : this.awaited(value);
    }
    return type;
  }

  returns(type: T): T | null {
    switch (type.k) {
      case 'fn':
        return type.ret();
      case 'obj': {
        const called = this.find(type, '()') ?? this.find(type, 'new()');
        return called?.k === 'fn' ? called.ret() : this.firstOf(type.parts().bases, (base) => this.returns(base));
      }
      case 'union':
        return this.unite(type.of.map((part) => this.returns(part)));
      case 'ext':
        return carrierResult(this.types, type, this);
      default:
        return null;
    }
  }

  param(type: T, index: number): T | null {
    switch (type.k) {
      case 'fn':
        return type.params()[index] ?? null;
      case 'obj': {
        const called = this.find(type, '()');
        if (called?.k === 'fn') return called.params()[index] ?? null;
        return this.firstOf(type.parts().bases, (base) => this.param(base, index));
      }
      case 'union':
        return this.unite(type.of.map((part) => this.param(part, index)));
      case 'ext':
        return carrierParams(this.types, type, this)[index] ?? null;
      default:
        return null;
    }
  }

  private firstOf(bases: readonly T[], ask: (base: T) => T | null): T | null {
    for (const base of bases) {
      const found = ask(base);
      if (found !== null) return found;
    }
    return null;
  }

  private unite(found: readonly (T | null)[]): T | null {
    const present = found.filter((part) => part !== null);
    return present.length === 0 ? null : this.types.union(present);
  }

  /** All known fields of a model, whatever kind of type it is. */
  fields(type: T): ReadonlyMap<string, Field> {
    let known = this.fieldsOf.get(type);
    if (known === undefined) {
      this.fieldsOf.set(type, NO_FIELDS);
      known = this.listFields(type);
      this.fieldsOf.set(type, known);
    }
    return known;
  }

  private listFields(type: T): ReadonlyMap<string, Field> {
    switch (type.k) {
      case 'obj': {
        const { fields, bases } = type.parts();
        if (bases.length === 0) return fields;
        const all = new Map<string, Field>();
        for (const base of bases) for (const [name, field] of this.fields(base)) all.set(name, field);
        for (const [name, field] of fields) {
          // `Patient & { id: string }` says more of the type of `id`, nothing else of what it is.
          const from = all.get(name)?.from;
          all.set(name, from !== undefined && SCALAR.has(field.type().k) ? { ...field, from } : field);
        }
        return all;
      }
      case 'class':
        return this.classes().fields(type);
      case 'prisma':
        return this.prisma.fields(type.model) ?? NO_FIELDS;
      case 'fhir': {
        const names = this.deps.fhir.elements(type.fhir);
        const field = (name: string): Field => ({
          name,
          owner: type.fhir,
          type: lazily<T>(this.types.any, () => this.fhirMember(type.fhir, type.arg, name) ?? this.types.any),
          from: { base: type, name },
        });
        return new Map(names.map((name) => [name, field(name)]));
      }
      case 'union': {
        const all = new Map<string, Field>();
        for (const part of type.of)
          for (const [name, field] of this.fields(part)) if (!all.has(name)) all.set(name, field);
        return all;
      }
      default:
        return NO_FIELDS;
    }
  }

  siblings(type: T): readonly string[] {
    return type.k === 'obj' ? type.siblings() : [...this.fields(type).keys()];
  }

  keys(type: T): T {
    const { types } = this;
    if (type.k === 'map') return types.string;
    const names = [...this.fields(type).keys()];
    if (names.length === 0 || names.length > MOST_KEYS) return types.string;
    return types.union(names.map((name) => types.lit(name)));
  }

  /** The property names that a key type lists; null if it is open. */
  literalNames(keys: T): readonly string[] | null {
    const names: string[] = [];
    for (const key of keys.k === 'union' ? keys.of : [keys]) {
      if (key.k === 'lit') names.push(String(key.value));
      else if (key.k === 'obj' && key.flavour === 'enum') {
        for (const field of key.parts().fields.values()) {
          const value = field.type();
          names.push(value.k === 'lit' ? String(value.value) : field.name);
        }
      } else return null;
    }
    return names;
  }

  /** `T[K]` */
  indexed(type: T, key: T): T {
    const { types } = this;
    const names = this.literalNames(key);
    if (names !== null) {
      const found = names.flatMap((name) => {
        const part = this.member(type, name);
        return part === null ? [] : [types.memberOf(part, type, name)];
      });
      if (found.length > 0) return types.union(found);
      return types.any;
    }
    return this.element(type) ?? types.any;
  }

  /** Whether a member of a union is one of those that a pattern describes. */
  matches(part: T, pattern: T): boolean {
    if (part === pattern) return true;
    if (part.k === 'lit' && pattern.k === 'prim') return typeof part.value === pattern.name;
    if (part.k === 'fn' && pattern.k === 'fn') return true;
    if (pattern.k === 'fhir' && part.k === 'fhir') return part.fhir === pattern.fhir;
    const discriminants = [...this.fields(pattern).values()].filter((field) => isLiteral(field.type()));
    if (discriminants.length === 0 || this.fields(part).size === 0) return false;
    return discriminants.every((field) => {
      const own = this.member(part, field.name);
      return own !== null && literals(own).some((value) => literals(field.type()).includes(value));
    });
  }
}

const FHIR_PRIMITIVES =
  /^(?:string|boolean|integer|integer64|decimal|date|dateTime|instant|time|code|id|uri|url|canonical|oid|uuid|markdown|base64Binary|unsignedInt|positiveInt|xhtml)$/;

function fhirPrimitive(types: Universe, name: string): T {
  if (name === 'boolean') return types.boolean;
  return /^(?:integer|integer64|decimal|unsignedInt|positiveInt)$/.test(name) ? types.number : types.string;
}

/** Names of the types that stand for any resource. */
export function isAnyResource(fhir: string): boolean {
  return fhir === 'Resource' || fhir === 'DomainResource' || fhir === 'FhirResource';
}

function isLiteral(type: T): boolean {
  return type.k === 'lit' || (type.k === 'union' && type.of.every((part) => part.k === 'lit'));
}

/** The constants that a type of literals allows; empty if it allows anything else. */
export function literals(type: T): readonly (string | number | boolean)[] {
  if (type.k === 'lit') return [type.value];
  return type.k === 'union' ? type.of.flatMap((part) => (part.k === 'lit' ? [part.value] : [])) : [];
}
