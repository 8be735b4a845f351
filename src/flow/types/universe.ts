/** Makes types and keeps each of them once: equal types are the same object. */
import { shorten } from './stable-key.js';
import { NO_ENV, lazily } from './kinds.js';
import type {
  AnyT,
  ArrayT,
  ClassT,
  Env,
  ExtT,
  Field,
  FhirT,
  FnT,
  LitT,
  MapT,
  ObjT,
  Parts,
  PrimT,
  PrismaT,
  PromiseT,
  T,
  TypeofClassT,
  UnionT,
} from './kinds.js';

/** Deeper nested type arguments are `any`. */
const DEEPEST = 8;
/** Larger unions are `any`. */
const WIDEST = 50_000;

const EMPTY: Parts = { fields: new Map(), index: null, bases: [] };
const ABSENT = new Set(['null', 'undefined', 'void', 'never']);
/** Kinds beside which `any` adds nothing worth knowing. */
const TELLING = new Set(['obj', 'class', 'ext', 'fhir', 'prisma', 'array', 'map', 'promise', 'fn', 'typeof-class']);

type Draft<V extends T> = Omit<V, 'id' | 'key' | 'depth'>;

export class Universe {
  private readonly table = new Map<string, T>();
  private readonly envKeys = new WeakMap<Env, string>();
  readonly any: AnyT;
  /** Stands for an alias that is being resolved further up; unions drop it, everything else takes it for `any`. */
  readonly circular: AnyT;
  readonly string: PrimT;
  readonly number: PrimT;
  readonly boolean: PrimT;
  readonly undefined: PrimT;
  readonly never: PrimT;
  readonly date: PrimT;

  constructor() {
    this.any = this.intern<AnyT>('any', { k: 'any', name: 'any' });
    this.circular = this.intern<AnyT>('circular', { k: 'any', name: 'any' });
    this.string = this.prim('string');
    this.number = this.prim('number');
    this.boolean = this.prim('boolean');
    this.undefined = this.prim('undefined');
    this.never = this.prim('never');
    this.date = this.prim('Date');
  }

  private intern<V extends T>(longKey: string, draft: Draft<V>, args: readonly T[] = []): V {
    const key = shorten(longKey);
    const known = this.table.get(key);
    if (known !== undefined) return known as V;
    let depth = 0;
    for (const arg of args) depth = Math.max(depth, arg.depth + 1);
    const made = { ...draft, id: this.table.size, key, depth } as unknown as V;
    this.table.set(key, made);
    return made;
  }

  /** An argument as it may be nested into another type. */
  private nested(type: T): T {
    return type === this.circular || type.depth >= DEEPEST ? this.any : type;
  }

  prim(name: string): PrimT {
    return this.intern<PrimT>(`prim ${name}`, { k: 'prim', name });
  }

  /** The type of one property of another, written as `Owner['key']`. */
  memberOf(type: T, owner: T, key: string): T {
    if (type.k !== 'prim' || owner.k === 'array' || owner.k === 'fn' || owner.depth >= DEEPEST) return type;
    const draft: Draft<PrimT> = { k: 'prim', name: type.name, of: { owner, key } };
    return this.intern<PrimT>(`prim ${type.name} ${owner.key} ${key}`, draft, [owner]);
  }

  lit(value: string | number | boolean): LitT {
    return this.intern<LitT>(`lit ${JSON.stringify(value)}`, { k: 'lit', name: JSON.stringify(value), value });
  }

  array(written: T, tuple: readonly T[] | null = null): ArrayT {
    const of = this.nested(written);
    const items = tuple && tuple.map((item) => this.nested(item));
    const key = items ? `tuple ${items.map((item) => item.key).join()}` : `array ${of.key}`;
    const name = items ? `[${items.map((item) => item.name).join(', ')}]` : `${bracketed(of)}[]`;
    return this.intern<ArrayT>(key, { k: 'array', name, of, tuple: items }, items ?? [of]);
  }

  map(written: T, record: boolean): MapT {
    const of = this.nested(written);
    const name = record ? `Record<string, ${of.name}>` : `Map<…, ${of.name}>`;
    return this.intern<MapT>(`${record ? 'record' : 'map'} ${of.key}`, { k: 'map', name, of, record }, [of]);
  }

  promise(written: T): PromiseT {
    const of = this.nested(written);
    return this.intern<PromiseT>(`promise ${of.key}`, { k: 'promise', name: `Promise<${of.name}>`, of }, [of]);
  }

  fn(key: string, name: string, params: () => readonly T[], ret: () => T): FnT {
    return this.intern<FnT>(`fn ${key}`, {
      k: 'fn',
      name,
      params: lazily<readonly T[]>([], params),
      ret: lazily<T>(this.any, ret),
    });
  }

  fhir(fhir: string, argument: T | null = null): FhirT {
    const arg = argument === null || argument.k === 'any' ? null : this.nested(argument);
    const name = arg ? `${fhir}<${arg.name}>` : fhir;
    return this.intern<FhirT>(`fhir ${fhir}<${arg?.key ?? ''}>`, { k: 'fhir', name, fhir, arg }, arg ? [arg] : []);
  }

  prisma(model: string): PrismaT {
    return this.intern<PrismaT>(`prisma ${model}`, { k: 'prisma', name: model, model });
  }

  ext(typeId: string, written: readonly T[] = []): ExtT {
    const args = this.arguments(written);
    const name = typeId.slice(typeId.indexOf('#') + 1);
    return this.intern<ExtT>(
      `ext ${typeId}<${args.map((arg) => arg.key).join()}>`,
      { k: 'ext', name: generic(name, args), typeId, args },
      args,
    );
  }

  classOf(file: string, cls: number, className: string, written: readonly T[] = []): ClassT {
    const args = this.arguments(written);
    return this.intern<ClassT>(
      `class ${file}#${cls}<${args.map((arg) => arg.key).join()}>`,
      { k: 'class', name: generic(className, args), file, cls, args },
      args,
    );
  }

  typeofClass(file: string, cls: number, className: string): TypeofClassT {
    return this.intern<TypeofClassT>(`typeof-class ${file}#${cls}`, {
      k: 'typeof-class',
      name: `typeof ${className}`,
      file,
      cls,
    });
  }

  /** An object type whose fields are asked for on demand. `siblings` defaults to its own fields. */
  object(
    key: string,
    about: {
      readonly owner: string | null;
      readonly decl?: string | null;
      readonly flavour?: 'object' | 'enum';
      readonly name?: string;
      readonly args?: readonly T[];
      readonly siblings?: () => readonly string[];
    },
    compute: () => Parts,
  ): ObjT {
    const parts = lazily(EMPTY, compute);
    const args = about.args ?? [];
    return this.intern<ObjT>(
      `obj ${key}`,
      {
        k: 'obj',
        name: about.name ?? generic(about.owner ?? '{…}', args),
        flavour: about.flavour ?? 'object',
        decl: about.decl ?? null,
        owner: about.owner,
        parts,
        siblings: about.siblings ?? lazily<readonly string[]>([], () => [...parts().fields.keys()]),
      },
      args,
    );
  }

  /** An object type of known fields. */
  record(key: string, owner: string | null, fields: readonly Field[]): ObjT {
    return this.object(key, { owner }, () => ({
      fields: new Map(fields.map((field) => [field.name, field])),
      index: null,
      bases: [],
    }));
  }

  /**
   * `null`, `undefined` and friends are dropped, nested unions are flattened, and `any` is dropped beside anything
   * telling: a union says what a value may be.
   */
  union(of: readonly T[]): T {
    const members = new Map<string, T>();
    let sawAny = false;
    let circular = false;
    let absent: T | null = null;
    const add = (type: T): void => {
      if (type.k === 'union') type.of.forEach(add);
      else if (type === this.circular) circular = true;
      else if (type.k === 'any') sawAny = true;
      else if (type.k === 'prim' && ABSENT.has(type.name)) absent ??= type;
      else members.set(type.key, type);
    };
    of.forEach(add);
    if (members.size > WIDEST) return this.any;
    const list = [...members.values()];
    if (sawAny && !list.some((type) => TELLING.has(type.k))) return this.any;
    if (list.length === 0) return absent ?? (circular ? this.circular : this.never);
    if (list.length === 1) return list[0]!;
    list.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    return this.intern<UnionT>(
      `union ${list.map((type) => type.key).join('|')}`,
      { k: 'union', name: unionName(list), of: list },
      list,
    );
  }

  arguments(written: readonly T[]): readonly T[] {
    return written.map((arg) => this.nested(arg));
  }

  /** Parameters bound in order; those without an argument are `any`. */
  env(params: readonly string[], args: readonly T[]): Env {
    if (params.length === 0) return NO_ENV;
    return new Map(params.map((param, i) => [param, this.nested(args[i] ?? this.any)]));
  }

  envKey(env: Env): string {
    if (env.size === 0) return '';
    let key = this.envKeys.get(env);
    if (key === undefined) {
      key = shorten([...env].map(([name, type]) => `${name}=${type.key}`).join());
      this.envKeys.set(env, key);
    }
    return key;
  }
}

export function isAbsent(type: T): boolean {
  return type.k === 'prim' && ABSENT.has(type.name);
}

function generic(name: string, args: readonly T[]): string {
  return args.length === 0 ? name : `${name}<${args.map((arg) => arg.name).join(', ')}>`;
}

function bracketed(type: T): string {
  return type.k === 'union' || type.k === 'fn' ? `(${type.name})` : type.name;
}

function unionName(list: readonly T[]): string {
  const shown = list.slice(0, 6).map((type) => type.name);
  return shown.join(' | ') + (list.length > shown.length ? ' | …' : '');
}
