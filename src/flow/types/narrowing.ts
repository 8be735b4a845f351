/** What is left of a type where a test on one of its values held, or did not. */
import { inner, type ObjT, type T } from './kinds.js';
import { fits, shapeOf } from './shapes.js';
import { isAnyResource, literals } from './members.js';
import type { TypeTest } from './type.js';
import type { Universe } from './universe.js';
import type { MemberQueries } from './wiring.js';

export class Narrowing {
  constructor(
    private readonly types: Universe,
    private readonly members: MemberQueries,
    private readonly isResource: (name: string) => boolean,
  ) {}

  /** The type itself if the test says nothing about it, null if no value of it can be left. */
  narrow(type: T, test: TypeTest, holds: boolean): T | null {
    if (type.k !== 'union') return this.one(type, test, holds);
    const rest: T[] = [];
    for (const part of type.of) {
      const left = this.part(part, test, holds);
      if (left) rest.push(left);
    }
    if (rest.length === 0) return null;
    return rest.length === type.of.length && rest.every((part, i) => part === type.of[i])
      ? type
      : this.types.union(rest);
  }

  /** Of several, one that does not have the field at all is none that the test can mean. */
  private part(part: T, test: TypeTest, holds: boolean): T | null {
    const asked = 'value' in test ? test.field : 'truthy' in test ? test.truthy : null;
    if (asked !== null && holds && isModel(part) && this.members.member(part, asked) === null)
      return part.k === 'fhir' && isAnyResource(part.fhir) ? this.one(part, test, holds) : null;
    return this.one(part, test, holds);
  }

  private one(type: T, test: TypeTest, holds: boolean): T | null {
    if ('is' in test) return this.predicate(type, inner(test.is), test.among && inner(test.among), holds);
    if ('has' in test)
      return holds && isDeclared(type) && !this.has(type, test.has) ? this.partWith(type, test.has) : type;
    if ('truthy' in test) return this.flag(type, test.truthy, holds);
    if ('shape' in test) {
      const shape = shapeOf(type);
      return shape === null || fits(shape, test.shape) === holds ? type : null;
    }
    const { field, value } = test;
    if (type.k === 'fhir' && isAnyResource(type.fhir) && field === 'resourceType')
      return holds && typeof value === 'string' && this.isResource(value) ? this.types.fhir(value) : type;
    const own = isModel(type) ? this.members.member(type, field) : null;
    const values = own === null ? [] : literals(own);
    if (values.length === 0) return type;
    if (holds) return values.includes(value) ? type : null;
    return values.every((v) => v === value) ? null : type;
  }

  /** What is left where a flag is set (or is not): decided by literal types alone. */
  private flag(type: T, field: string, holds: boolean): T | null {
    const own = isModel(type) ? this.members.member(type, field) : null;
    const parts = own === null ? [] : own.k === 'union' ? own.of : [own];
    return parts.length > 0 && parts.every((part) => part.k === 'lit' && Boolean(part.value) !== holds) ? null : type;
  }

  private has(type: T, field: string): boolean {
    return this.members.member(type, field) !== null;
  }

  /**
   * What has a field that a resource does not have is something inside of it: code that goes through `Object.values`
   * asks each for what it is. Null: nothing there has it.
   */
  private partWith(type: T, field: string): T | null {
    if (type.k !== 'fhir' || this.resourceType(type) === null)
      return type.k === 'fhir' && isAnyResource(type.fhir) ? type : null;
    const parts = this.partsOf(type).filter((part) => this.has(part, field));
    return parts.length === 0 ? null : this.types.union(parts);
  }

  private partsOf(type: T): readonly T[] {
    return [...this.members.fields(type).values()].map((f) => {
      const own = f.type();
      return (own.k === 'array' ? this.members.element(own) : null) ?? own;
    });
  }

  /** `x is T`: another member of the union that the predicate takes is not what it is true for. */
  private predicate(type: T, wanted: T, among: T | null, holds: boolean): T | null {
    const same = type === wanted || (wanted.k === 'union' && wanted.of.includes(type));
    if (same) return holds ? type : null;
    if (!holds || type.k === 'any' || type.k === 'union') return type;
    if (wanted.k === 'union')
      return wanted.of.every((part) => this.predicate(type, part, among, holds) === null) ? null : type;
    if (among?.k === 'union' && among.of.includes(type) && !this.extends(type, wanted, 0)) return null;
    if (type.k === 'fhir' && wanted.k === 'fhir') {
      if (isAnyResource(type.fhir)) return wanted;
      if (!this.resources(wanted) && this.resources(type) && this.partsOf(type).includes(wanted)) return wanted;
    }
    return this.contradicts(type, wanted) ? null : type;
  }

  private extends(type: T, wanted: T, depth: number): boolean {
    if (type === wanted) return true;
    const bases = type.k === 'obj' ? type.parts().bases : [];
    return depth < 8 && bases.some((base) => this.extends(base, wanted, depth + 1));
  }

  /** Whether values of the type are resources of a kind, or of some kinds, that is known. */
  resources(type: T): boolean {
    return type.k === 'union'
      ? type.of.every((part) => this.resources(part))
      : isModel(type) && this.resourceType(type) !== null;
  }

  /** What FHIR calls the resource; null if it is none, or any. */
  private resourceType(type: T): string | null {
    const said = this.members.member(type, 'resourceType');
    if (said?.k !== 'lit' || typeof said.value !== 'string' || isAnyResource(said.value)) return null;
    return this.isResource(said.value) ? said.value : null;
  }

  /** Whether a tag of the one excludes the other. */
  private contradicts(type: T, wanted: T): boolean {
    if (!isModel(type) || !isModel(wanted)) return false;
    const kind = this.resourceType(wanted);
    if (kind !== null) {
      const own = this.resourceType(type);
      return own !== null && own !== kind;
    }
    for (const [name, field] of this.members.fields(wanted)) {
      const asked = literals(field.type());
      if (asked.length === 0) continue;
      const own = this.members.member(type, name);
      const values = own === null ? [] : literals(own);
      if (values.length > 0 && !values.some((v) => asked.includes(v))) return true;
    }
    return false;
  }
}

function isModel(type: T): boolean {
  return type.k === 'obj' || type.k === 'class' || type.k === 'fhir' || type.k === 'prisma';
}

/** Whether all that it has is written down. */
function isDeclared(type: T): boolean {
  return type.k === 'fhir' || type.k === 'prisma' || (type.k === 'obj' && isInterface(type));
}

function isInterface(type: ObjT): boolean {
  return type.decl !== null && type.parts().index === null && type.parts().bases.length === 0;
}
