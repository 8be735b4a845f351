/** Types of values, for `typeof x`: read off the instructions that define them, as far as that is plain to see. */
import type { ClassMember, Instr, Val } from '../../facts/ir.js';
import { NO_ENV, type ClassT, type Env, type Field, type FnT, type Scope, type T } from './kinds.js';
import type { Entity } from './lookup.js';
import { schemaMember } from './schemas.js';
import type { ValueQueries, Wiring } from './wiring.js';

/** Values are followed through this many definitions. */
const DEEPEST = 24;
const MOST_RETURNS = 20;
/** Definitions looked at for one question. */
const MOST = 4000;

export class Values implements ValueQueries {
  private readonly memo = new Map<string, T | null>();
  private depth = 0;
  private spent = 0;

  constructor(private readonly use: () => Wiring) {}

  /** `typeof a.b.c` */
  named(scope: Scope, dotted: string): T | null {
    const schema = schemaMember(this.use(), scope, dotted);
    if (schema !== null) return schema;
    const { lookup, classes } = this.use();
    if (dotted === 'this' || dotted.startsWith('this.')) {
      const self = classes.around(scope.file, scope.fn);
      return self && this.members(self, dotted.split('.').slice(1));
    }
    return this.ofEntity(lookup.find(scope.file, scope.fn, scope.ns, dotted, 'value'));
  }

  ofEntity(entity: Entity): T | null {
    const { types, classes, resolver } = this.use();
    switch (entity.e) {
      case 'value': {
        const value = this.variable(entity.file, entity.fn, entity.name);
        return value && this.members(value, entity.path);
      }
      case 'types': {
        const cls = entity.decls.find((decl) => decl.kind === 'class');
        if (cls !== undefined) return classes.typeofClass(entity.file, cls.cls);
        // `typeof Status`: an object whose fields are the enum's members.
        return entity.decls[0]?.kind === 'enum'
          ? this.enumObject(entity.file, entity.decls[0].name, resolver.declared(entity.file, entity.decls, []))
          : null;
      }
      case 'module':
        return types.object(`module ${entity.file}`, { owner: null, name: entity.file }, () =>
          this.moduleParts(entity.file),
        );
      default:
        return null;
    }
  }

  private enumObject(file: string, name: string, type: T): T {
    const { types } = this.use();
    if (type.k !== 'obj') return type;
    return types.object(`enum-object ${file}|${name}`, { owner: null, name: `typeof ${name}` }, type.parts);
  }

  private moduleParts(file: string): { fields: Map<string, Field>; index: null; bases: [] } {
    const { lookup, types } = this.use();
    const fields = new Map<string, Field>();
    for (const fact of lookup.index(file)?.facts.exports ?? []) {
      if (fact.kind === 'star' || fact.kind === 'assign') continue;
      const type = (): T => {
        const entity = lookup.exported(file, fact.name, 'value');
        return (entity && this.ofEntity(entity)) ?? types.any;
      };
      fields.set(fact.name, { name: fact.name, owner: null, type });
    }
    return { fields, index: null, bases: [] };
  }

  private members(type: T, path: readonly string[]): T | null {
    let at: T | null = type;
    for (const name of path) at = at && this.use().members.member(at, name);
    return at;
  }

  private variable(file: string, fn: number, name: string): T | null {
    const { lookup, resolver } = this.use();
    const variable = lookup.index(file)?.variable(fn, name);
    if (variable == null) return null;
    if (variable.type !== null) return resolver.resolve(variable.type, { file, fn, ns: '', env: NO_ENV });
    return variable.value < 0 ? null : this.expression(file, variable.fn, variable.value);
  }

  /** Type of a value of a function's body, null if it does not show. */
  expression(file: string, fn: number, value: Val, env: Env = NO_ENV): T | null {
    const { types, lookup } = this.use();
    const key = `${file}|${fn}|${value}|${types.envKey(env)}`;
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const instr = lookup.index(file)?.definition(fn, value);
    if (this.depth === 0) this.spent = 0;
    if (instr == null || this.depth >= DEEPEST || ++this.spent > MOST) return null;
    this.memo.set(key, null);
    this.depth++;
    const type = this.instruction(file, fn, instr, env);
    this.depth--;
    // Within a chain that may have been cut short, only what was found is kept.
    if (type === null && this.depth > 0) this.memo.delete(key);
    else this.memo.set(key, type);
    return type;
  }

  private instruction(file: string, fn: number, instr: Instr, env: Env): T | null {
    const { types, members, resolver, lookup, classes } = this.use();
    const value = (at: Val): T | null => this.expression(file, fn, at, env);
    const scope: Scope = { file, fn, ns: '', env };
    switch (instr.op) {
      case 'const':
        if (instr.v === null || instr.v === undefined) return types.undefined;
        return typeof instr.v === 'object' ? types.prim('RegExp') : types.lit(instr.v);
      case 'param': {
        const param = lookup.index(file)?.facts.functions[fn]?.params[instr.i];
        return param?.type ? resolver.resolve(param.type, scope) : null;
      }
      case 'this':
        return classes.around(file, fn);
      case 'import': {
        const fact = lookup.index(file)?.facts.imports[instr.i];
        const entity = fact && lookup.imported(file, fact.specifier, fact.imported, 'value', 0, fact.local);
        return entity ? this.ofEntity(entity) : null;
      }
      case 'getvar':
        return this.variable(file, fn, instr.name);
      case 'getcap':
        return this.variable(file, instr.fn, instr.name);
      case 'load': {
        const base = value(instr.b);
        return base && members.member(base, instr.k);
      }
      case 'loadx':
      case 'iter': {
        const base = value(instr.op === 'iter' ? instr.v : instr.b);
        return base && members.element(base);
      }
      case 'await': {
        const promise = value(instr.v);
        return promise && members.awaited(promise);
      }
      case 'typed':
        return isConstAssertion(instr) ? value(instr.v) : resolver.resolve(instr.type, scope);
      case 'phi': {
        const inputs = instr.ins.map(value).filter((input) => input !== null);
        return inputs.length === 0 ? null : types.union(inputs);
      }
      case 'concat':
        return types.string;
      case 'op':
        return /^(?:[=!]==?|[<>]=?|!|in|instanceof)$/.test(instr.o) ? types.boolean : null;
      case 'fn':
        return this.functionType(file, instr.f, env);
      case 'class':
        return classes.typeofClass(file, instr.c);
      case 'array': {
        const items = instr.els.map((el) => {
          const item = value(el.v) ?? types.any;
          return el.spread === true ? (members.element(item) ?? types.any) : item;
        });
        return types.array(types.union(items), instr.els.some((el) => el.spread) ? null : items);
      }
      case 'object':
        return this.objectType(file, fn, instr, env);
      case 'call': {
        const callee = instr.f < 0 ? null : value(instr.f);
        if (instr.kind === 'new') return callee?.k === 'typeof-class' ? classes.instance(callee) : null;
        return callee && members.returns(callee);
      }
      default:
        return null;
    }
  }

  private objectType(file: string, fn: number, instr: Instr & { op: 'object' }, env: Env): T {
    const { types, members } = this.use();
    const key = `value ${file}|${fn}|${instr.d}|${types.envKey(env)}`;
    return types.object(key, { owner: null }, () => {
      const fields = new Map<string, Field>();
      for (const part of instr.parts) {
        if ('spread' in part) {
          const spread = this.expression(file, fn, part.spread, env);
          if (spread !== null) for (const [name, field] of members.fields(spread)) fields.set(name, field);
        } else if ('v' in part && 'k' in part) {
          const type = (): T => this.expression(file, fn, part.v, env) ?? types.any;
          fields.set(part.k, { name: part.k, owner: null, type });
        }
      }
      return { fields, index: null, bases: [] };
    });
  }

  /** Type of a function of a file; without a declared return type, what its `return`s show. */
  functionType(file: string, fn: number, env: Env): FnT | null {
    const { types, resolver, lookup, deps } = this.use();
    const facts = deps.file(file)?.functions[fn];
    if (facts === undefined) return null;
    const scope: Scope = { file, fn, ns: '', env };
    return types.fn(
      `function ${file}|${fn}|${types.envKey(env)}`,
      facts.name,
      () =>
        facts.params.map((param) => {
          const type = param.type === null ? types.any : resolver.resolve(param.type, scope);
          return type;
        }),
      () => {
        if (facts.returnType !== null) return resolver.resolve(facts.returnType, scope);
        if (facts.isGenerator || lookup.index(file) === null) return types.any;
        const returned = facts.blocks.flatMap(({ term }) =>
          term.t === 'return' && term.value >= 0 ? [term.value] : [],
        );
        if (returned.length === 0 || returned.length > MOST_RETURNS) return types.any;
        const found = types.union(returned.map((value) => this.expression(file, fn, value, env) ?? types.any));
        return facts.isAsync ? types.promise(this.use().members.awaited(found)) : found;
      },
    );
  }

  /** Type of a class field without a declared one, by its initialiser. */
  fieldInitial(type: ClassT, member: ClassMember): T | null {
    const { deps } = this.use();
    const facts = deps.file(type.file);
    const cls = facts?.classes[type.cls];
    const init = cls === undefined ? -1 : member.isStatic ? cls.staticInit : cls.fieldInit;
    for (const block of facts?.functions[init]?.blocks ?? []) {
      for (const instr of block.instrs) {
        if (instr.op === 'store' && instr.k === member.name)
          return this.widened(this.expression(type.file, init, instr.v));
      }
    }
    return null;
  }

  /** `private name = ''` is a string from then on. */
  private widened(type: T | null): T | null {
    const { types } = this.use();
    if (type?.k === 'lit') return types.prim(typeof type.value);
    return type?.k === 'prim' && type.name === 'undefined' ? types.any : type;
  }
}

function isConstAssertion(instr: Instr & { op: 'typed' }): boolean {
  return instr.how === 'satisfies' || (instr.type.k === 'ref' && instr.type.name === 'const');
}
