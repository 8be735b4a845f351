/**
 * Schemas that validate data (zod, yup and their likes): what they let through has their shape. A schema is a value of
 * the program; its shape is read off the calls that built it.
 */
import type { Engine } from './engine.js';
import { at, label, select, typedDefault } from './select.js';
import type { Spot } from './summary.js';
import type { Place, Type } from './types/type.js';
import { constants } from './contents.js';
import { join } from './join.js';
import { NOTHING, OPAQUE, value, type Value, type XInstAtom } from './value.js';

/** Libraries whose schemas are objects of `object({…})` with chained refinements. */
const LIBRARIES =
  /^(zod(\/.*)?|yup|joi|superstruct|valibot|mongoose|drizzle-orm(\/.*)?|@sinclair\/typebox|@hapi\/joi|@hookform\/resolvers(\/.*)?)#/;

/** Methods that hand a schema's input on in its shape. */
const PARSERS = new Set([
  'parse',
  'parseAsync',
  'validate',
  'validateSync',
  'cast',
  'validateAsync',
  'create',
  'decode',
]);
const SAFE_PARSERS = new Set(['safeParse', 'safeParseAsync', 'spa']);

const MAX_DEPTH = 6;

/** Whether a package's call makes a schema. */
export function describesData(sym: string): boolean {
  return LIBRARIES.test(sym);
}

/** The shape of a schema value, or null if it is none. */
export function schemaShape(e: Engine, v: Value, name: string, depth = 0): Type | null {
  if (depth === 0 && isRawShape(v)) return e.types.shape(name, fieldsOf(e, v, name, 0));
  // A selection of columns, or a nested document.
  if (v.fields && depth <= MAX_DEPTH && v.atoms.some((a) => a.k === 'built' && !a.array)) {
    const fields = fieldsOf(e, v, name, depth);
    return fields.size > 0 ? e.types.shape(name, fields) : null;
  }
  for (const a of v.atoms) {
    // A column of a table is no table.
    const column = a.k === 'xinst' && a.path !== '' && a.sym.startsWith('drizzle-orm');
    if (a.k !== 'xinst' || column || !LIBRARIES.test(a.sym) || depth > MAX_DEPTH) continue;
    const t = shapeOf(e, a, name, depth);
    if (t) return t;
  }
  return null;
}

/** `{ name: z.string() }`: the fields of a schema without the call around them. */
function isRawShape(v: Value): boolean {
  if (v.fields === null || v.fields.size === 0) return false;
  return [...v.fields.values()].every((f) => f.atoms.some((a) => a.k === 'xinst' && LIBRARIES.test(a.sym)));
}

function shapeOf(e: Engine, a: XInstAtom, name: string, depth: number): Type | null {
  const method = a.sym.slice(a.sym.lastIndexOf(/[#.]/.exec(a.sym) ? '.' : '#') + 1).replace(/^.*#/, '');
  const args = a.args ?? [];
  switch (method) {
    case 'object':
    case 'strictObject':
    case 'looseObject': {
      if (!args[0]?.fields) return null;
      return e.types.shape(name, fieldsOf(e, args[0], name, depth));
    }
    case 'Schema':
      return args[0]?.fields ? e.types.shape(name, fieldsOf(e, args[0], name, depth)) : null;
    case 'pgTable':
    case 'mysqlTable':
    case 'sqliteTable':
    case 'table':
      return args[1]?.fields ? e.types.shape(name, fieldsOf(e, args[1], name, depth)) : null;
    case 'array': {
      const of = args[0] ? schemaShape(e, args[0], name, depth + 1) : null;
      return of ? e.types.array(of) : null;
    }
    case 'extend':
    case 'safeExtend': {
      const base = a.from ? ownFields(e, a.from, name, depth) : null;
      if (!base || !args[0]?.fields) return base ? e.types.shape(name, base) : null;
      return e.types.shape(name, new Map([...base, ...fieldsOf(e, args[0], name, depth)]));
    }
    case 'merge':
    case 'and':
    case 'concat': {
      const base = a.from ? ownFields(e, a.from, name, depth) : null;
      const other = args[0]?.atoms.find((x): x is XInstAtom => x.k === 'xinst');
      const more = other ? ownFields(e, other, name, depth + 1) : null;
      return base || more ? e.types.shape(name, new Map([...(base ?? []), ...(more ?? [])])) : null;
    }
    case 'pick':
    case 'omit': {
      const base = a.from ? ownFields(e, a.from, name, depth) : null;
      if (!base) return null;
      const keys = new Set(args[0]?.fields?.keys() ?? []);
      return e.types.shape(name, new Map([...base].filter(([k]) => keys.has(k) === (method === 'pick'))));
    }
    // What a callback makes of it has another shape.
    case 'transform':
      return null;
    case 'zodResolver':
    case 'yupResolver':
    case 'valibotResolver':
    case 'joiResolver':
      return args[0] ? schemaShape(e, args[0], name, depth + 1) : null;
    default:
      return a.from && depth < MAX_DEPTH ? shapeOf(e, a.from, name, depth + 1) : null;
  }
}

function ownFields(e: Engine, a: XInstAtom, name: string, depth: number): Map<string, Type | null> | null {
  const t = shapeOf(e, a, name, depth + 1);
  if (!t) return null;
  return new Map(e.types.memberNames(t).map((n) => [n, e.types.member(t, n)]));
}

function fieldsOf(e: Engine, shape: Value, name: string, depth: number): Map<string, Type | null> {
  const out = new Map<string, Type | null>();
  for (const [k, f] of shape.fields ?? []) {
    if (k === '*') continue;
    const plain = f.atoms.some(
      (a) =>
        a.k === 'xinst' &&
        /[#.](boolean|number|int|integer|serial|literal|enum|nativeEnum|never|undefined|null)(\.|$)/.test(a.sym),
    );
    out.set(k, schemaShape(e, f, `${name}.${k}`, depth + 1) ?? (plain ? e.types.nothing : null));
  }
  return out;
}

/** The result of validating: what the input holds, as far as the schema has room for it; declared by it if unknown. */
export function parsed(e: Engine, schema: Value, method: string, args: readonly Value[], spot: Spot): Value | null {
  const safe = SAFE_PARSERS.has(method);
  if (!safe && !PARSERS.has(method)) return null;
  const name = schemaName(e, schema);
  const type = schemaShape(e, schema, name);
  if (!type && !safe) return null;
  const input = at(e, args, '0');
  // Of a schema that is not known the data comes through as it went in; its error says where it does not fit.
  const out = type ? shaped(e, input, type, spot, 0) : input;
  if (!safe) return out;
  const success = value(
    [{ k: 'built', array: false, fn: spot.fn, span: null }],
    new Map([
      ['data', out],
      ['success', OPAQUE],
      ['error', OPAQUE],
    ]),
  );
  return success;
}

/** A call of what is not known at all, by a name that only schemas give to a method: what it finds wrong is not its input. */
export function parsedByName(e: Engine, method: string, args: readonly Value[], spot: Spot): Value | null {
  return SAFE_PARSERS.has(method) && method.length > 3 ? parsed(e, NOTHING, method, args, spot) : null;
}

/** A schema that hands what it read on to a function (`schema.transform(f)`): the schema before it, and the function. */
export function transformed(schema: Value): { readonly before: Value; readonly by: Value } | null {
  for (const a of schema.atoms) {
    if (a.k !== 'xinst' || !LIBRARIES.test(a.sym) || !/\.(transform|pipe)$/.test(a.sym)) continue;
    if (a.from && a.args?.[0]) return { before: value([{ ...a.from, path: '' }]), by: a.args[0] };
  }
  return null;
}

/** Schemas are called after the variable of the module that holds them. */
export function schemaName(e: Engine, schema: Value): string {
  const first = [schema, ...(schema.fields?.values() ?? [])].flatMap((v) => v.atoms);
  const a = first.find((x): x is XInstAtom => x.k === 'xinst');
  const fn = a ? e.program.fns[a.fn] : undefined;
  // Calls of a chain (`z.object(…).strict()`) begin where its first one does.
  const made = new Set<number>();
  for (const b of fn?.facts.blocks ?? [])
    for (const i of b.instrs) {
      if (i.op === 'call' && i.span[0] === a!.span[0] && i.span[1] >= a!.span[1]) made.add(i.d);
      else if (i.op === 'typed' && made.has(i.v)) made.add(i.d);
      else if (i.op === 'setvar' && made.has(i.v)) return i.name;
    }
  return 'schema';
}

/** What comes from the caller is what the schema says if nothing else is known of it. */
function asked(e: Engine, f: Value, place: Place | null, declaredAt: Spot): Value {
  if (!place) return f;
  if (f.fields === null && f.atoms.every((a) => a.k === 'opaque' && (a.type === null || a.type.k === 'any')))
    return join(f, value([label(e, place, 'phi', declaredAt, `reads ${place.via}`)]));
  return value(
    f.atoms.map((a) => (a.k === 'sym' && !a.t.text && !a.declared ? { ...a, declared: place, declaredAt } : a)),
    f.fields,
  );
}

/**
 * What of an input a schema of this shape has room for. A constant stays what it is, but a switch that a schema reads is a
 * setting: the code behind it is for the day when it is the other.
 */
function shaped(e: Engine, input: Value, type: Type, spot: Spot, depth: number): Value {
  const names = e.types.memberNames(type);
  const unknown = input.atoms.some((a) => a.k === 'opaque' || a.k === 'xinst') || input.atoms.length === 0;
  const kept = input.atoms.filter((a) => a.k === 'label' || a.k === 'sym' || a.k === 'built');
  const fields = new Map<string, Value>();
  if (kept.length > 0 || input.fields) {
    const whole = value(kept, input.fields);
    const flat = kept.some((a) => (a.k === 'label' || a.k === 'sym') && a.t.text);
    if (names.length === 0 || flat || depth > 3) return unknown ? join(whole, typedDefault(e, type, spot)) : whole;
    const place = e.types.place(type);
    for (const n of names) {
      const f = select(e, whole, n);
      if (f === NOTHING) continue;
      const said = constants(f);
      if (said) fields.set(n, said.some((c) => typeof c === 'boolean') ? OPAQUE : f);
      else fields.set(n, asked(e, f, place && e.types.select(place, n), spot));
    }
    const built = value([{ k: 'built', array: false, fn: spot.fn, span: null }], fields);
    return unknown ? join(built, typedDefault(e, type, spot)) : built;
  }
  return typedDefault(e, type, spot);
}
