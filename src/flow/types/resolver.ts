/** From a written type to the type it means. Declarations are opened on demand; aliases are followed at once. */
import type { TypeDecl, TypeMember, TypeRef } from '../../facts/ir.js';
import { applyBuiltin } from './builtins.js';
import {
  NO_ENV,
  inner,
  lazily,
  type Env,
  type Field,
  type FnT,
  type ObjT,
  type Parts,
  type Scope,
  type T,
} from './kinds.js';
import type { Entity } from './lookup.js';
import { fhirName, packageType } from './packages.js';
import { schemaType } from './schemas.js';
import { refKey } from './stable-key.js';
import type { Universe } from './universe.js';
import type { Resolving, Wiring } from './wiring.js';

/** Type expressions nested deeper than this are `any`. */
const DEEPEST = 80;
/** Written types evaluated for one question; beyond it everything is `any`, and `cutIn` says so. */
const MOST = 50_000;

export class Resolver implements Resolving {
  private readonly memo = new WeakMap<TypeRef, Map<string, T>>();
  /** The same for the usual question, a type written in a function that nothing was put into; its last answer. */
  private readonly plain = new WeakMap<TypeRef, { readonly file: string; readonly fn: number; readonly type: T }>();
  /** Aliases that are being resolved, with their depth. */
  private readonly open = new Map<string, number>();
  /** Depth of the outermost open alias that was met again. */
  private cycle = Infinity;
  private depth = 0;
  private spent = 0;
  /** Files in which a question about types ended at a bound. */
  readonly cutIn = new Set<string>();

  constructor(private readonly use: () => Wiring) {}

  /** `name` is what an anonymous object type is to be called. */
  resolve(ref: TypeRef, scope: Scope, name: string | null = null): T {
    const asWritten = scope.env === NO_ENV && name === null && scope.ns === '';
    if (asWritten) {
      const last = this.plain.get(ref);
      if (last !== undefined && last.fn === scope.fn && last.file === scope.file) return last.type;
    }
    const { types } = this.use();
    if (this.depth === 0) this.spent = 0;
    if (this.depth > DEEPEST || ++this.spent > MOST) {
      if (this.spent > MOST) this.cutIn.add(scope.file);
      this.cycle = 0;
      return types.any;
    }
    const where = `${scope.file}|${scope.fn}|${scope.ns}|${name ?? ''}|${types.envKey(scope.env)}`;
    let known = this.memo.get(ref);
    const hit = known?.get(where);
    if (hit !== undefined) {
      if (asWritten) this.plain.set(ref, { file: scope.file, fn: scope.fn, type: hit });
      return hit;
    }
    this.depth++;
    const outer = this.cycle;
    this.cycle = Infinity;
    const type = this.evaluate(ref, scope, name);
    this.depth--;
    // A result that rests on an alias still open further up is not the whole answer: it is not kept.
    if (this.cycle >= this.open.size || this.depth === 0) {
      if (known === undefined) this.memo.set(ref, (known = new Map()));
      const kept = type === types.circular && this.depth === 0 ? types.any : type;
      known.set(where, kept);
      this.cycle = outer;
      return kept;
    }
    this.cycle = Math.min(outer, this.cycle);
    return type;
  }

  private evaluate(ref: TypeRef, scope: Scope, name: string | null): T {
    const { types, members, values } = this.use();
    switch (ref.k) {
      case 'ref':
        return this.named(ref.name, ref.args ?? [], scope, name);
      case 'import': {
        const { lookup } = this.use();
        const path = ref.name === '' || ref.name === '*' ? [] : ref.name.split('.');
        const entity = lookup.importedPath(scope.file, ref.spec, path, 'type');
        return entity === null ? types.any : this.entityType(entity, ref.args ?? [], scope, path);
      }
      case 'prim':
        return primitive(types, ref.name);
      case 'lit':
        return types.lit(ref.value);
      case 'obj':
        return this.objectLiteral(ref.members, ref.index, ref, scope, name);
      case 'union':
        return types.union(ref.of.map((part) => this.resolve(part, scope)));
      case 'inter':
        return this.intersection(
          ref,
          ref.of.map((part) => this.resolve(part, scope)),
          scope,
          name,
        );
      case 'array':
        return types.array(this.resolve(ref.of, scope));
      case 'tuple': {
        const items = ref.of.map((part) => this.resolve(part, scope));
        return types.array(types.union(items), items);
      }
      case 'fn':
        return this.fnType(ref, scope);
      case 'typeof':
        return values.named(scope, ref.name) ?? types.any;
      case 'index':
        if (ref.obj.k === 'import' && ref.key.k === 'lit')
          return this.importedValue(ref.obj.spec, String(ref.key.value), scope);
        return members.indexed(this.resolve(ref.obj, scope), this.resolve(ref.key, scope));
      case 'keyof':
        return members.keys(this.resolve(ref.of, scope));
      case 'mapped':
        return this.mapped(ref, scope, name);
      case 'cond':
        return types.union([this.resolve(ref.then, scope), this.resolve(ref.else, scope)]);
      case 'guard':
        return types.boolean;
    }
  }

  /** `typeof import('x').y` */
  private importedValue(specifier: string, dotted: string, scope: Scope): T {
    const { types, lookup, values, members } = this.use();
    const [head = '*', ...rest] = dotted.split('.');
    const entity = lookup.imported(scope.file, specifier, head, 'value');
    let type = entity && values.ofEntity(entity);
    for (const name of rest) type = type && members.member(type, name);
    return type ?? types.any;
  }

  private fnType(ref: TypeRef & { k: 'fn' }, scope: Scope): FnT {
    const { types } = this.use();
    const key = `${scope.file}|${scope.fn}|${scope.ns}|${types.envKey(scope.env)}|${refKey(ref)}`;
    return types.fn(
      key,
      '(…) => …',
      () => ref.params.map((param) => this.resolve(param, scope)),
      () => this.resolve(ref.ret, scope),
    );
  }

  private named(dotted: string, args: readonly TypeRef[], scope: Scope, name: string | null): T {
    const { types, lookup, deps, classes } = this.use();
    const bound = scope.env.get(dotted);
    if (bound !== undefined) return bound;
    if (dotted === 'this') return classes.around(scope.file, scope.fn) ?? types.any;
    const entity = lookup.find(scope.file, scope.fn, scope.ns, dotted, 'type');
    if (entity.e !== 'global') return this.entityType(entity, args, scope, dotted.split('.'), name);
    const given = (i: number): T => this.resolve(args[i] ?? { k: 'prim', name: 'any' }, scope);
    const builtin = applyBuiltin(this.use(), dotted, args, given);
    if (builtin !== null) return builtin;
    const [head, ...rest] = entity.path;
    const fhir = rest.length > 0 ? fhirName(deps.fhir, deps.fhirPackage(head!)?.(rest.join('.')) ?? '') : null;
    if (fhir !== null) return types.fhir(fhir, args.length > 0 ? given(0) : null);
    const resolved = args.map((_, i) => given(i));
    return packageType(this.use(), { name: 'global', specifier: 'global', path: entity.path, local: '' }, resolved);
  }

  private entityType(
    entity: Entity,
    refs: readonly TypeRef[],
    scope: Scope,
    path: readonly string[],
    name: string | null = null,
  ): T {
    const { types, values } = this.use();
    switch (entity.e) {
      case 'types': {
        const member = enumMember(entity.decls, path);
        if (member !== null) return this.resolve(member.type, scope);
        const args = refs.map((arg) => this.resolve(arg, scope));
        return this.declared(entity.file, entity.decls, args, name);
      }
      case 'package': {
        const schema = schemaType(this.use(), entity.path, refs, scope);
        if (schema !== null) return schema;
        return packageType(
          this.use(),
          entity,
          refs.map((arg) => this.resolve(arg, scope)),
          refs[0] && { ref: refs[0], scope },
        );
      }
      case 'value': {
        // A class held by a constant, or a constructor function: the name stands for its instances.
        const value = values.ofEntity(entity);
        return value?.k === 'typeof-class' ? inner(this.use().classes.instance(value)) : types.any;
      }
      default:
        return types.any;
    }
  }

  /** The type that (merged) declarations mean for these arguments. */
  declared(file: string, decls: readonly TypeDecl[], args: readonly T[], wanted: string | null = null): T {
    const { types, classes } = this.use();
    const cls = decls.find((decl) => decl.kind === 'class');
    if (cls !== undefined && cls.cls >= 0) return classes.type(file, cls.cls, args);
    const first = decls[0];
    if (first === undefined) return types.any;
    if (first.kind === 'enum') return this.enumeration(file, decls);
    const alias = decls.find((decl) => decl.kind === 'alias');
    return alias === undefined ? this.interfaceType(file, decls, args) : this.alias(file, alias, args, wanted);
  }

  private alias(file: string, decl: TypeDecl, args: readonly T[], wanted: string | null): T {
    const { types } = this.use();
    const env = types.env(decl.params, args);
    const key = `${file}|${decl.scope}|${decl.name}|${types.envKey(env)}`;
    const open = this.open.get(key);
    if (open !== undefined) {
      this.cycle = Math.min(this.cycle, open);
      return types.circular;
    }
    this.open.set(key, this.open.size);
    const scope: Scope = { file, fn: decl.scope, ns: namespaceOf(decl.name), env };
    const type = this.resolve(decl.type, scope, lastSegment(decl.name) ?? wanted);
    this.open.delete(key);
    return type;
  }

  private enumeration(file: string, decls: readonly TypeDecl[]): ObjT {
    const { types } = this.use();
    const decl = decls[0]!;
    return types.object(
      `enum ${file}|${decl.scope}|${decl.name}`,
      { owner: lastSegment(decl.name), flavour: 'enum' },
      () => {
        const scope: Scope = { file, fn: decl.scope, ns: namespaceOf(decl.name), env: NO_ENV };
        return this.parts(decls.flatMap(ownMembers), null, scope, lastSegment(decl.name));
      },
    );
  }

  private interfaceType(file: string, decls: readonly TypeDecl[], args: readonly T[], mark = ''): ObjT {
    const { types } = this.use();
    const decl = decls[0]!;
    const owner = lastSegment(decl.name);
    const params = decls.find((each) => each.params.length > 0)?.params ?? [];
    const env = types.env(params, args);
    const identity = `${file}|${decl.scope}|${decl.name}`;
    return types.object(
      `${mark}${identity}<${types.envKey(env)}>`,
      { owner, decl: identity, args: [...env.values()] },
      () => this.merged(file, decls, env, owner),
    );
  }

  /** The interface declarations that merge with a class, under the class's own type arguments. */
  interfaceOf(file: string, decls: readonly TypeDecl[], env: Env): ObjT {
    return this.interfaceType(file, decls, [...env.values()], 'merged');
  }

  /** Fields of merged interface declarations with those of their bases. */
  merged(file: string, decls: readonly TypeDecl[], env: Env, owner: string | null): Parts {
    const fields = new Map<string, Field>();
    const bases: T[] = [];
    let index: T | null = null;
    for (const decl of decls) {
      const scope: Scope = { file, fn: decl.scope, ns: namespaceOf(decl.name), env };
      const written = decl.type.k === 'obj' ? decl.type.index : null;
      const own = this.parts(ownMembers(decl), written, scope, owner);
      for (const [name, field] of own.fields) fields.set(name, field);
      index ??= own.index;
      for (const base of decl.extends) bases.push(this.resolve(base, scope));
    }
    return withBases(fields, index, bases, owner);
  }

  private parts(written: readonly TypeMember[], index: TypeRef | null, scope: Scope, owner: string | null): Parts {
    const { types } = this.use();
    const fields = new Map<string, Field>();
    for (const member of written) {
      const type = lazily<T>(types.any, () => this.resolve(member.type, scope));
      // Overloads: the first signature stands for all.
      if (!fields.has(member.name)) fields.set(member.name, { name: member.name, owner, type });
    }
    return { fields, index: index && this.resolve(index, scope), bases: [] };
  }

  private objectLiteral(
    written: readonly TypeMember[],
    index: TypeRef | null,
    ref: TypeRef,
    scope: Scope,
    owner: string | null,
  ): T {
    const { types } = this.use();
    if (written.length === 0) return index === null ? types.any : types.map(this.resolve(index, scope), true);
    const env = types.envKey(scope.env);
    const key = `literal ${scope.file}|${scope.fn}|${scope.ns}|${owner ?? ''}|${env}|${refKey(ref)}`;
    return types.object(key, { owner, args: [...scope.env.values()], name: owner ?? undefined }, () =>
      this.parts(written, index, scope, owner),
    );
  }

  private intersection(ref: TypeRef, of: readonly T[], scope: Scope, owner: string | null): T {
    const { types } = this.use();
    // `string & { __brand: 'Mrn' }` is a string; `any & X` says X.
    const scalar = of.find((part) => part.k === 'prim' || part.k === 'lit');
    if (scalar !== undefined) return scalar;
    const telling = [...new Set(of)].filter((part) => part.k !== 'any');
    if (telling.length <= 1) return telling[0] ?? types.any;
    const env = types.envKey(scope.env);
    const key = `all ${scope.file}|${scope.fn}|${scope.ns}|${owner ?? ''}|${env}|${refKey(ref)}`;
    const named = telling.find((part) => part.k !== 'obj' || part.owner !== null);
    const own = owner ?? (named?.k === 'obj' ? named.owner : (named?.name ?? null));
    return types.object(key, { owner: own, args: telling, name: own ?? undefined }, () =>
      withBases(new Map(), null, telling, null, own),
    );
  }

  private mapped(ref: TypeRef & { k: 'mapped' }, scope: Scope, owner: string | null): T {
    const { types, members } = this.use();
    const source = ref.over.k === 'keyof' ? this.resolve(ref.over.of, scope) : null;
    const over = source === null ? this.resolve(ref.over, scope) : members.keys(source);
    const names = members.literalNames(over);
    const env = types.envKey(scope.env);
    if (names === null) {
      return types.map(this.resolve(ref.value, { ...scope, env: new Map([...scope.env, [ref.param, over]]) }), true);
    }
    // `{ [K in keyof T]: T[K] }` keeps what the fields are; any other value makes them something new.
    const keeps = ref.value.k === 'index' && ref.value.key.k === 'ref' && ref.value.key.name === ref.param;
    const origin = source !== null && keeps ? members.fields(source) : null;
    const key = `mapped ${scope.file}|${scope.fn}|${scope.ns}|${owner ?? ''}|${env}|${refKey(ref)}`;
    const siblings = source?.k === 'obj' ? source.siblings : undefined;
    return types.object(key, { owner, args: source ? [source] : [], siblings }, () => {
      const fields = new Map<string, Field>();
      for (const name of names) {
        const inherited = origin?.get(name);
        const bound: Scope = { ...scope, env: new Map([...scope.env, [ref.param, types.lit(name)]]) };
        const type = lazily<T>(types.any, () => this.resolve(ref.value, bound));
        fields.set(name, inherited ?? { name, owner, type });
      }
      return { fields, index: null, bases: [] };
    });
  }
}

/**
 * Fields of plain object bases become the type's own; other bases stay. `owner` re-declares inherited fields (an
 * interface); null keeps whose they are (an intersection), `anonymous` owns those that nobody does.
 */
function withBases(
  own: ReadonlyMap<string, Field>,
  ownIndex: T | null,
  written: readonly T[],
  owner: string | null,
  anonymous: string | null = null,
): Parts {
  const fields = new Map<string, Field>();
  const bases: T[] = [];
  let index = ownIndex;
  const add = (base: T): void => {
    if (base.k === 'any') return;
    if (base.k === 'map' && base.record) {
      index ??= base.of;
      return;
    }
    if (base.k !== 'obj' || base.flavour === 'enum') {
      if (base.k !== 'prim' && base.k !== 'lit') bases.push(base);
      return;
    }
    const parts = base.parts();
    for (const [name, field] of parts.fields) {
      if (!fields.has(name)) fields.set(name, { ...field, owner: owner ?? field.owner ?? anonymous });
    }
    index ??= parts.index;
    bases.push(...parts.bases);
  };
  written.forEach(add);
  for (const [name, field] of own) fields.set(name, field);
  return { fields, index, bases };
}

function ownMembers(decl: TypeDecl): readonly TypeMember[] {
  return decl.type.k === 'obj' ? decl.type.members : [];
}

function enumMember(decls: readonly TypeDecl[], path: readonly string[]): TypeMember | null {
  const last = path[path.length - 1];
  if (path.length < 2 || decls[0]?.kind !== 'enum' || lastSegment(decls[0].name) === last) return null;
  return decls.flatMap(ownMembers).find((member) => member.name === last) ?? null;
}

function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function primitive(types: Universe, name: string): T {
  switch (name) {
    case 'any':
    case 'unknown':
    case 'object':
      return types.any;
    default:
      return types.prim(name);
  }
}
