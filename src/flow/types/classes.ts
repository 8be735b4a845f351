/** Classes of the code base as types: their members, inherited and merged ones included. */
import type { ClassFacts, ClassMember, FileFacts, TypeDecl } from '../../facts/ir.js';
import { NO_ENV, lazily, type ClassT, type Env, type Field, type Scope, type T, type TypeofClassT } from './kinds.js';
import type { ClassQueries, Wiring } from './wiring.js';

/** Longer chains of base classes are hostile (or circular). */
const LONGEST_CHAIN = 40;

export class ClassTable implements ClassQueries {
  private readonly baseCache = new Map<T, readonly T[]>();
  private readonly fieldCache = new Map<T, ReadonlyMap<string, Field>>();

  constructor(private readonly use: () => Wiring) {}

  facts(file: string, cls: number): ClassFacts | null {
    return this.use().deps.file(file)?.classes[cls] ?? null;
  }

  type(file: string, cls: number, args: readonly T[] = []): T {
    const { types } = this.use();
    const facts = this.facts(file, cls);
    if (facts === null) return types.any;
    const given = facts.typeParams.map((_, i) => args[i] ?? types.any);
    return types.classOf(file, cls, shortName(facts.name), given);
  }

  typeofClass(file: string, cls: number): T {
    const { types } = this.use();
    const facts = this.facts(file, cls);
    return facts === null ? types.any : types.typeofClass(file, cls, shortName(facts.name));
  }

  instance(type: TypeofClassT): T {
    return this.type(type.file, type.cls);
  }

  /** The class whose member a function is part of: what `this` means there. */
  around(file: string, fn: number): T | null {
    const facts = this.use().deps.file(file);
    for (let at = fn, steps = 0; facts !== null && at >= 0 && steps < 1000; steps++) {
      const owner = facts.functions[at];
      if (owner === undefined) return null;
      if (owner.cls >= 0 && owner.kind !== 'function') {
        return owner.isStatic ? this.typeofClass(file, owner.cls) : this.type(file, owner.cls);
      }
      at = owner.parent;
    }
    return null;
  }

  private scope(type: ClassT): { readonly facts: ClassFacts; readonly file: FileFacts; readonly scope: Scope } | null {
    const { deps, types } = this.use();
    const file = deps.file(type.file);
    const facts = file?.classes[type.cls];
    if (file === null || facts === undefined) return null;
    const env: Env = facts.typeParams.length === 0 ? NO_ENV : types.env(facts.typeParams, type.args);
    const decl = this.declaration(file, type.cls);
    const ns = decl?.name.includes('.') ? decl.name.slice(0, decl.name.lastIndexOf('.')) : '';
    return { facts, file, scope: { file: type.file, fn: facts.owner, ns, env } };
  }

  private declaration(file: FileFacts, cls: number): TypeDecl | undefined {
    return file.types.find((decl) => decl.cls === cls);
  }

  /** Base class and, merged into it, interfaces of the same name. */
  bases(type: ClassT): readonly T[] {
    const known = this.baseCache.get(type);
    if (known !== undefined) return known;
    this.baseCache.set(type, []);
    const found: T[] = [];
    const at = this.scope(type);
    if (at !== null) {
      const { resolver, lookup } = this.use();
      const decl = this.declaration(at.file, type.cls);
      const merged =
        decl &&
        lookup
          .index(type.file)
          ?.decls(decl.scope, decl.name)
          .filter((each) => each !== decl);
      if (merged !== undefined && merged.length > 0) {
        found.push(resolver.interfaceOf(type.file, merged, at.scope.env));
      }
      const base = at.facts.extends && resolver.resolve(at.facts.extends, at.scope);
      if (base?.k === 'typeof-class') found.push(this.instance(base));
      else if (base !== null && base.k !== 'any') found.push(base);
      else found.push(...this.mixins(type, at.facts));
    }
    this.baseCache.set(type, found);
    return found;
  }

  /** `class X extends Mixin(Base)`: the classes that the expression's value may be. */
  private mixins(type: ClassT, facts: ClassFacts): readonly T[] {
    if (facts.extendsVal < 0) return [];
    const value = this.use().values.expression(type.file, facts.owner, facts.extendsVal);
    const parts = value?.k === 'union' ? value.of : value ? [value] : [];
    return parts.flatMap((part) => (part.k === 'typeof-class' ? [this.instance(part)] : []));
  }

  member(type: ClassT, name: string, hops = 0): T | null {
    const { members } = this.use();
    const own = this.own(type, name, false);
    if (own !== null || hops > LONGEST_CHAIN) return own;
    for (const base of this.bases(type)) {
      const found = base.k === 'class' ? this.member(base, name, hops + 1) : members.member(base, name);
      if (found !== null) return found;
    }
    return null;
  }

  staticMember(type: TypeofClassT, name: string, hops = 0): T | null {
    const instance = this.instance(type);
    if (instance.k !== 'class') return null;
    if (name === 'prototype') return instance;
    const own = this.own(instance, name, true);
    if (own !== null || hops > LONGEST_CHAIN) return own;
    for (const base of this.bases(instance)) {
      if (base.k !== 'class') continue;
      const found = this.staticMember({ ...type, file: base.file, cls: base.cls }, name, hops + 1);
      if (found !== null) return found;
    }
    return null;
  }

  private own(type: ClassT, name: string, isStatic: boolean): T | null {
    const at = this.scope(type);
    if (at === null) return null;
    const found = at.facts.members.filter((each) => each.name === name && each.isStatic === isStatic);
    const member = found.find((each) => each.kind !== 'setter') ?? found[0];
    return member === undefined ? null : this.memberType(type, member, at.scope);
  }

  private memberType(type: ClassT, member: ClassMember, scope: Scope): T | null {
    const { types, resolver, values } = this.use();
    if (member.kind === 'field') {
      if (member.type !== null) return resolver.resolve(member.type, scope);
      return values.fieldInitial(type, member) ?? types.any;
    }
    if (member.fn < 0) return member.type === null ? types.any : resolver.resolve(member.type, scope);
    const fn = values.functionType(type.file, member.fn, scope.env);
    if (member.kind === 'method') return fn;
    return (member.kind === 'getter' ? fn?.ret() : fn?.params()[0]) ?? types.any;
  }

  constructorParams(file: string, cls: number): readonly T[] {
    const facts = this.facts(file, cls);
    if (facts === null || facts.constructorFn < 0) return [];
    return this.use().values.functionType(file, facts.constructorFn, NO_ENV)?.params() ?? [];
  }

  /** The data of an instance: fields, parameter properties and getters, inherited ones included. */
  fields(type: ClassT, hops = 0): ReadonlyMap<string, Field> {
    const known = this.fieldCache.get(type);
    if (known !== undefined) return known;
    const all = new Map<string, Field>();
    this.fieldCache.set(type, all);
    const at = this.scope(type);
    if (at === null || hops > LONGEST_CHAIN) return all;
    const { members, types } = this.use();
    const owner = shortName(at.facts.name);
    for (const base of this.bases(type)) {
      const inherited = base.k === 'class' ? this.fields(base, hops + 1) : members.fields(base);
      for (const [name, field] of inherited) all.set(name, field.from ? field : { ...field, owner });
    }
    for (const member of at.facts.members) {
      if (member.isStatic || member.kind === 'method' || (member.kind === 'setter' && all.has(member.name))) continue;
      const read = lazily<T>(types.any, () => this.memberType(type, member, at.scope) ?? types.any);
      all.set(member.name, { name: member.name, owner, type: read });
    }
    return all;
  }
}

function shortName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf('.') + 1);
}
