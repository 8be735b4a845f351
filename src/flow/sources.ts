/** Where PHI begins: values that a modelled call or type gives. */
import type { Source } from '../knowledge/model.js';
import type { Letter } from '../knowledge/phi.js';
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import { included } from './included.js';
import { schemaName, schemaShape } from './schemas.js';
import { withColumns } from './columns.js';
import { at, label, selectPath, typedDefault } from './select.js';
import { queryOf } from './sql-text.js';
import type { Selection, Type } from './types/type.js';
import { constants } from './contents.js';
import { join } from './join.js';
import { isAbsent, NOTHING, OPAQUE, value, type LabelKind, type Value, type XInstAtom } from './value.js';
import { without } from './fields.js';

/** The value of a source: labelled by its place in a data model, or opaque and from outside (`request`). */
export function sourceValue(site: CallSite, s: Source, args: readonly Value[], recv: Value | null = null): Value {
  const { e } = site.frame;
  const all = wholeValue(site, s, args, s.receiver === undefined ? recv : at(e, args, s.receiver));
  const v = s.columns === undefined ? all : withColumns(e, all, namesAt(e, args, s.columns, recv), site.spot);
  return s.of === undefined ? v : named(site, v, at(e, args, s.of));
}

const MADE = /^made\((\w+)\)\.(.+)$/;

/** Those of the calls that made an object which gave an object of a type. */
function* makersOf(v: Value | null, type: string): Generator<XInstAtom> {
  for (const x of makers(v)) if (x.type?.endsWith(`#${type}`) === true) yield x;
}

/**
 * The values at an argument path; `0..` are all arguments, `this.0` is one of the calls that made the receiver,
 * `made(Query).0` of the one that gave an object of that type.
 */
export function namesAt(e: Engine, args: readonly Value[], where: string, recv: Value | null): readonly Value[] {
  const maker = MADE.exec(where);
  if (maker)
    return [...makersOf(recv, maker[1]!)].map((x) => at(e, x.args ?? [], maker[2]!)).filter((v) => !isAbsent(v));
  if (where.startsWith('this.'))
    return [...makers(recv)].map((x) => at(e, x.args ?? [], where.slice(5))).filter((v) => !isAbsent(v));
  const rest = /^(\d+)\.\.$/.exec(where);
  const list = rest ? args.slice(Number(rest[1])) : [at(e, args, where)];
  return list.filter((v) => !isAbsent(v));
}

/** The properties that constants name: one, or a list of them in their order. */
function named(site: CallSite, v: Value, names: Value): Value {
  const { e } = site.frame;
  const one = (n: Value): string | null => {
    const c = constants(n);
    return c?.length === 1 && typeof c[0] === 'string' ? c[0] : null;
  };
  const name = one(names);
  if (name !== null) return selectPath(e, v, name.split('.'));
  const list = names.fields && names.atoms.some((a) => a.k === 'built' && a.array) ? [...names.fields] : [];
  const parts = list.map(([i, n]) => [i, one(n)] as const);
  if (parts.length === 0 || parts.some(([, n]) => n === null)) return v;
  const array = { k: 'built', array: true, fn: site.spot.fn, span: site.spot.span } as const;
  return value([array], new Map(parts.map(([i, n]) => [i, selectPath(e, v, n!.split('.'))])));
}

function wholeValue(site: CallSite, s: Source, args: readonly Value[], recv: Value | null): Value {
  // Of several ways to say what it is, the first that says anything.
  const ways = s.gives.split('|');
  for (const gives of ways.slice(0, -1)) {
    const v = given(site, { ...s, gives }, args, recv);
    if (
      v.atoms.some(
        (a) =>
          a.k === 'label' || a.k === 'built' || a.k === 'inst' || (a.k === 'opaque' && (a.type !== null || a.request)),
      )
    )
      return v;
  }
  return given(site, { ...s, gives: ways[ways.length - 1]! }, args, recv);
}

function given(site: CallSite, s: Source, args: readonly Value[], recv: Value | null): Value {
  const e = site.frame.e;
  const kind: LabelKind = s.kind ?? 'phi';
  const gives = s.gives;
  const declared = /^(typearg|schema|instance|argtype):(.*?)(\[\])?$/.exec(gives);
  if (declared) {
    const t = declaredType(e, site, declared[1]!, declared[2]!, args, recv);
    if (!t) return OPAQUE;
    const one = typedDefault(e, t, site.spot);
    return declared[3] ? wrapArray(site, one) : one;
  }
  const sql = /^sql:(this\.)?(\d+(?:\.\w+)*)(\[\])?$/.exec(gives);
  if (sql) {
    const texts = sql[1] ? [...makers(recv)].map((x) => at(e, x.args ?? [], sql[2]!)) : [at(e, args, sql[2]!)];
    const one = rowOf(site, texts.map(textOf).find((t) => t !== null) ?? null);
    return sql[3] && one !== OPAQUE ? wrapArray(site, one) : one;
  }
  if (gives === 'request') return value([{ k: 'opaque', request: true, type: null }]);
  const field = /^field:([A-R]?):(.+)$/.exec(gives);
  if (field) {
    const place = e.types.single(
      s.origin ?? field[2]!,
      { letter: (field[1] || null) as Letter | null, category: field[2]!, sensitive: null },
      3,
    );
    return join(value([label(e, place, kind, site.spot, `reads ${place.via}`)]), OPAQUE);
  }
  if (gives === 'free-text' || gives === 'audio' || gives === 'document') {
    const place = e.types.single(s.origin ?? gives, { letter: null, category: 'free-text', sensitive: null }, 3);
    return join(value([label(e, place, kind, site.spot, `receives ${s.origin ?? gives}`)]), OPAQUE);
  }
  if (gives.startsWith('fhir:')) {
    let spec = gives.slice(5);
    const many = spec.endsWith('[]');
    if (many) spec = spec.slice(0, -2);
    const bundle = /^Bundle<(.*)>$/.exec(spec);
    const asked = resourceNames(site, bundle ? bundle[1]! : spec, args);
    const names = new Set([...asked, ...included(e.fhir, args)]);
    let out = NOTHING;
    for (const n of names) {
      const t = e.types.fhir(n);
      const one = typedDefault(e, t, site.spot);
      const entry = bundle ? wrapBundle(site, one) : many ? wrapArray(site, one) : one;
      out = join(out, entry);
    }
    return out === NOTHING ? OPAQUE : out;
  }
  if (gives.startsWith('prisma:')) {
    const many = gives.endsWith('[]');
    const name = (many ? gives.slice(7, -2) : gives.slice(7)).replace(/\{(\d+)\}/g, (_, n: string) =>
      String(constants(at(e, args, n))?.[0] ?? ''),
    );
    const query = args[0] ?? NOTHING;
    const t = e.types.prismaModel(name, selection(query, 0));
    if (!t) return OPAQUE;
    const one = without(typedDefault(e, t, site.spot), [...(asked(query, 'omit')?.keys() ?? [])]);
    return many ? wrapArray(site, one) : one;
  }
  return OPAQUE;
}

/** A constant text, or the constant parts of a tagged template's. */
function textOf(v: Value): string | null {
  const c = constants(v);
  if (c?.length === 1 && typeof c[0] === 'string') return c[0];
  const parts: string[] = [];
  for (let n = 0; v.fields?.has(String(n)); n++) parts.push(String(constants(v.fields.get(String(n))!)?.[0] ?? ''));
  return parts.length > 0 ? parts.join(' ? ') : null;
}

/** A row of what a query's text asks for: its columns say what it holds, else the names that the code takes out of it. */
function rowOf(site: CallSite, text: string | null): Value {
  const query = text === null ? null : queryOf(text);
  if (query === null) return OPAQUE;
  const row = value([{ k: 'opaque', request: true, type: null, rowOf: query.table }]);
  const { types } = site.frame.e;
  const place = query.columns === null ? null : types.inferred(query.table, query.columns);
  if (query.columns === null) return row;
  if (place === null) return OPAQUE;
  return value([label(site.frame.e, place, 'phi', site.spot, `reads ${place.via}`)]);
}

/** The properties that a query switches on (`select: { ward: true }`); null if the code does not show which. */
function asked(query: Value, key: string): ReadonlyMap<string, Value> | null {
  const of = query.fields?.get(key);
  if (!of?.fields || of.fields.has('*') || !of.atoms.every((a) => a.k === 'built')) return null;
  return new Map([...of.fields].filter(([, v]) => constants(v)?.every((c) => !c) !== true));
}

const MOST_NESTED = 6;

/** What a query of Prisma's takes of its model: `select`, `include`, and the fields of a `groupBy`; null: all of it. */
function selection(query: Value, depth: number): Selection | null {
  if (depth > MOST_NESTED || !query.atoms.every((a) => a.k === 'built')) return null;
  const by = query.fields?.get('by');
  const names = by?.fields ? [...by.fields.values()].map((v) => constants(v)) : by ? [constants(by)] : [];
  if (names.length > 0)
    return names.every((n) => n?.length === 1)
      ? { only: true, fields: new Map(names.map((n) => [String(n![0]), null])) }
      : null;
  const select = asked(query, 'select');
  const fields = select ?? asked(query, 'include');
  if (fields === null || query.fields?.has('*')) return null;
  return { only: select !== null, fields: new Map([...fields].map(([k, v]) => [k, selection(v, depth + 1)])) };
}

/** The type argument that an argument was declared with: `Patient` of `subject as Reference<Patient>`. */
function typeArgumentOf(site: CallSite, index: number, v: Value): Type | null {
  const { e, fn, defs } = site.frame;
  const ssa = site.argSsa[index] ?? -1;
  const said = ssa >= 0 ? defs[ssa] : undefined;
  const types: (Type | null)[] = said?.op === 'typed' ? [e.types.resolve(fn.file.path, fn.index, said.type)] : [];
  for (const a of v.atoms) {
    if (a.k === 'label' && !a.t.text) types.push(a.place.type);
    else if (a.k === 'opaque') types.push(a.type);
    else if (a.k === 'sym') types.push(a.dflt);
  }
  return types.map((t) => t && e.types.args(t)[0]).find((t) => t && t.k !== 'any') ?? null;
}

/** The calls that made a receiver, last first: what `this.…` is looked up at. */
function* makers(recv: Value | null): Generator<XInstAtom> {
  for (const a of recv?.atoms ?? []) {
    if (a.k !== 'xinst') continue;
    for (let x: XInstAtom | null = a, n = 0; x && n < 8; x = x.from, n++) yield x;
  }
}

/** `typearg:0`, `typearg:this.0.Row`, `schema:0`, `schema:this.0.resolver`, `instance:this`: a type that the code declares. */
function declaredType(
  e: Engine,
  site: CallSite | null,
  how: string,
  path: string,
  args: readonly Value[],
  recv: Value | null,
): Type | null {
  const own = path.startsWith('this.');
  const rest = own ? path.slice(5) : path;
  if (how === 'instance') {
    const given =
      path === 'this'
        ? [recv ?? NOTHING]
        : own
          ? [...makers(recv)].map((x) => at(e, x.args ?? [], rest))
          : [at(e, args, rest)];
    const cls = given.flatMap((v) => v.atoms).find((a) => a.k === 'class');
    const c = cls?.k === 'class' ? e.program.classes[cls.cls] : undefined;
    return c ? e.types.classType(c.file.path, c.index) : null;
  }
  if (how === 'argtype') return site && typeArgumentOf(site, Number(rest), at(e, args, rest));
  if (how === 'schema') {
    const found = own
      ? [...makers(recv)]
          .map((x) => at(e, x.args ?? [], rest))
          .find((v) => v.atoms.some((a) => a.k === 'xinst' || a.k === 'built'))
      : at(e, args, rest);
    // What the schema itself was declared to describe says more than its fields.
    const said = found?.atoms.find((a): a is XInstAtom => a.k === 'xinst')?.types?.[0];
    return said ?? (found ? schemaShape(e, found, schemaName(e, found)) : null);
  }
  const [index, ...members] = rest.split('.');
  let t: Type | null | undefined;
  if (own) t = [...makers(recv)].map((x) => x.types?.[Number(index)]).find((x) => x !== undefined);
  else {
    const ref = site?.typeArgs?.[Number(index)];
    const fn = e.program.fns[site?.typesIn ?? site?.spot.fn ?? 0]!;
    t = ref && e.types.resolve(fn.file.path, fn.index, ref);
  }
  for (const m of members) {
    const given = /^\{(\d+)\}$/.exec(m);
    const told = given && constants(at(e, args, given[1]!))?.[0];
    if (given && typeof told !== 'string') return null;
    const name = (typeof told === 'string' ? told : m)
      .replace(/^\{this-(\d+)\}$/, (_, n: string) =>
        String(
          [...makers(recv)].map((x) => constants(at(e, x.args ?? [], n))?.[0]).find((c) => typeof c === 'string') ?? '',
        ),
      )
      .replace(/^\{made\((\w+)\)-(\d+)\}$/, (_, type: string, n: string) =>
        String([...makersOf(recv, type)].map((x) => constants(at(e, x.args ?? [], n))?.[0]).find(Boolean) ?? ''),
      );
    t = t && e.types.member(t, name);
  }
  return t ?? null;
}

/** A property of a package's object that is a source: typed by what made the object. */
export function readValue(e: Engine, a: XInstAtom, s: Source): Value {
  const v = wholeRead(e, a, s.gives);
  const names = s.columns === undefined ? [] : namesAt(e, [], s.columns, value([a]));
  return names.length === 0 ? v : withColumns(e, v, names, { fn: a.fn, span: a.span });
}

function wholeRead(e: Engine, a: XInstAtom, gives: string): Value {
  for (const way of gives.split('|')) {
    const declared = /^(typearg|schema|instance):(this\..*?)(\[\])?$/.exec(way);
    const t = declared && declaredType(e, null, declared[1]!, declared[2]!, [], value([a]));
    const spot = { fn: a.fn, span: a.span };
    if (t) return typedDefault(e, declared[3] ? e.types.array(t) : t, spot);
    const row = /^row:(?:this|made\((\w+)\))\.(\d+)$/.exec(way);
    const self = value([a]);
    for (const maker of row ? (row[1] ? makersOf(self, row[1]) : makers(self)) : []) {
      const name = constants(at(e, maker.args ?? [], row![2]!))?.[0];
      if (typeof name === 'string') return value([{ k: 'opaque', request: true, type: null, rowOf: name }]);
    }
  }
  return value([{ k: 'opaque', request: /(^|\|)request$/.test(gives), type: null }]);
}

function resourceNames(site: CallSite, spec: string, args: readonly Value[]): string[] {
  const e = site.frame.e;
  const arg = /^\{(\d+(?:\.\w+)*)\}$/.exec(spec);
  if (!arg) return [spec === 'any' || !e.fhir.has(spec) ? 'Resource' : spec];
  const names = constants(at(e, args, arg[1]!));
  if (names === null) return ['Resource'];
  // `Patient`, `Patient/123`, `Patient?name=…`; what FHIR does not know is the server's own (`Project`, `metadata`).
  const types = names.map((n) => (typeof n === 'string' ? (/^\/?([A-Za-z]+)/.exec(n)?.[1] ?? null) : null));
  if (types.includes(null)) return ['Resource'];
  return types.filter((n): n is string => n !== null && e.fhir.isResource(n));
}

export function wrapArray(site: CallSite, v: Value): Value {
  return value([{ k: 'built', array: true, fn: site.spot.fn, span: null }], new Map([['*', v]]));
}

export function wrapBundle(site: CallSite, v: Value): Value {
  const entry = value([{ k: 'built', array: false, fn: site.spot.fn, span: null }], new Map([['resource', v]]));
  return value(
    [{ k: 'built', array: false, fn: site.spot.fn, span: null }],
    new Map([['entry', wrapArray(site, entry)]]),
  );
}
