/**
 * Abstract values: what an expression may be, as far as the flow analysis cares.
 *
 * A value is a set of *atoms* (what it may be as a whole) plus the properties that were built or overwritten here.
 * Immutable trees, no heap: identity is kept by the interpreter, per single-assignment value. Values are symbolic in
 * the parameters of the function that is analysed (`sym` atoms), so that a summary is a function of its callers'
 * values and is composed by substitution, never by walking the callee again.
 */
import { addAtoms, AtomList, MAX_PATH, sameTest, sameThing, sameTransform } from './atom-list.js';
import {
  NO_TRANSFORM,
  type Atom,
  type Guard,
  type LabelAtom,
  type Mark,
  type SymAtom,
  type Value,
  type XInstAtom,
} from './atoms.js';
import { carryMark, joinMarks, sameSteps } from './marks.js';
import { concat } from './trail.js';

export { addAtoms, AtomList, KeptAtoms, overflow } from './atom-list.js';
export * from './atoms.js';

export const NOTHING: Value = {
  atoms: [],
  fields: null,
  marks: null,
  open: false,
  symbolic: false,
  carries: false,
  depth: 0,
  weight: 0,
  inside: null,
  said: null,
  parts: null,
};
export const OPAQUE: Value = value([{ k: 'opaque', request: false, type: null }]);
export const UNDEFINED: Value = value([{ k: 'const', v: undefined }]);

const MAX_DEPTH = 6;
const MAX_FIELDS = 96;
const MAX_MINUS = 48;
const MAX_GUARD = 3;
const MAX_ALTERNATIVES = 8;

function atomOpen(a: Atom): boolean {
  if (a.guard) return true;
  switch (a.k) {
    case 'sym':
    case 'test':
      return true;
    case 'fn':
      return a.closure || a.self !== null || a.bound.length > 0;
    case 'class':
      return true;
    case 'xinst':
      return (
        (a.args !== null && a.args.some((v) => v.open)) ||
        a.via.some((v) => v.open) ||
        (a.from !== null && atomOpen(a.from))
      );
    case 'str':
      return a.parts.some((v) => v.open);
    case 'alt':
      return true;
    case 'resolver':
      return a.reducer?.open === true;
    default:
      return false;
  }
}

function atomSymbolic(a: Atom): boolean {
  switch (a.k) {
    case 'sym':
      return true;
    case 'xinst':
      return (
        (a.args !== null && a.args.some((v) => v.symbolic)) ||
        a.via.some((v) => v.symbolic) ||
        (a.from !== null && atomSymbolic(a.from))
      );
    case 'str':
      return a.parts.some((v) => v.symbolic);
    case 'alt':
      return a.v.symbolic;
    default:
      return false;
  }
}

/** Whether all symbols inside stand for what channels hold: no caller has anything to add. */
export function onlyHeld(v: Value): boolean {
  if (!v.symbolic) return true;
  for (const a of v.atoms) {
    if (a.k === 'sym') {
      if (!a.root.startsWith('cell:') || a.guard) return false;
    } else if (atomSymbolic(a)) {
      if (a.k === 'str') {
        if (!a.parts.every(onlyHeld)) return false;
      } else if (a.k !== 'xinst' || !heldClient(a)) return false;
    }
  }
  if (v.fields) for (const f of v.fields.values()) if (!onlyHeld(f)) return false;
  return true;
}

function heldClient(a: XInstAtom): boolean {
  return !a.guard && (a.args ?? []).every(onlyHeld) && a.via.every(onlyHeld) && (a.from === null || heldClient(a.from));
}

function atomCarries(a: Atom): boolean {
  switch (a.k) {
    case 'label':
    case 'sym':
      return true;
    case 'str':
      return a.parts.some((v) => v.carries);
    case 'alt':
      return a.v.carries;
    default:
      return false;
  }
}

/** Makes a value, computing what is cached in it. */
export function value(
  atoms: readonly Atom[],
  fields: ReadonlyMap<string, Value> | null = null,
  marks: readonly Mark[] | null = null,
): Value {
  let open = false;
  let symbolic = false;
  let carrying = false;
  let depth = 0;
  let weight = atoms.length;
  for (const a of atoms) {
    if (!open && atomOpen(a)) open = true;
    if (!symbolic && atomSymbolic(a)) symbolic = true;
    if (!carrying && atomCarries(a)) carrying = true;
    if (a.k === 'alt') weight += a.v.weight;
    if (marks === null && (a.k === 'alt' ? a.v.marks !== null : a.k === 'str' && a.parts.some((p) => p.marks !== null)))
      marks = NO_MARKS;
  }
  if (marks !== null && !open) open = marks.some((m) => m.guard !== null || m.of.open);
  const own = weight;
  if (fields) {
    if (fields.size === 0) fields = null;
    else {
      for (const f of fields.values()) {
        if (f.open) open = true;
        if (f.symbolic) symbolic = true;
        if (f.carries) carrying = true;
        if (marks === null && f.marks !== null) marks = NO_MARKS;
        if (f.depth + 1 > depth) depth = f.depth + 1;
        weight += f.weight;
      }
      if (weight > HEAVY) {
        fields = lightened(fields);
        weight = own;
        depth = 0;
        for (const f of fields.values()) {
          if (f.depth + 1 > depth) depth = f.depth + 1;
          weight += f.weight;
        }
      }
      if (depth > MAX_DEPTH && fields.size <= MAX_FIELDS) {
        // The property that is too deep is kept as text, the others beside it as they are.
        fields = new Map([...fields].map(([k, f]) => [k, f.depth < MAX_DEPTH ? f : value(contents(f).map(asText))]));
        depth = 0;
        weight = own;
        for (const f of fields.values()) {
          if (f.depth + 1 > depth) depth = f.depth + 1;
          weight += f.weight;
        }
      } else if (fields.size > MAX_FIELDS) {
        const star = flattenFields(fields);
        fields = new Map([['*', star]]);
        depth = star.depth + 1;
        weight = own + star.weight;
      }
    }
  }
  return {
    atoms,
    fields,
    marks,
    open,
    symbolic,
    carries: carrying,
    depth,
    weight,
    inside: null,
    said: null,
    parts: null,
  };
}

/** Of a value in whose properties alone something came out of a step. */
const NO_MARKS: readonly Mark[] = [];

/** Heavier objects are kept with less structure: their heaviest properties as what is in them. */
const HEAVY = 2000;

function lightened(fields: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const out = new Map<string, Value>();
  const share = HEAVY / 2 / fields.size;
  for (const [k, f] of fields)
    out.set(k, f.fields !== null && f.weight > share ? value(contents(f).map(asText), null, marksIn(f)) : f);
  return out;
}

function flattenFields(fields: ReadonlyMap<string, Value>): Value {
  const out = new AtomList([]);
  let marks: readonly Mark[] | null = null;
  for (const f of fields.values()) {
    for (const x of contents(f)) out.add(asText(x));
    marks = joinMarks(marks, marksIn(f));
  }
  return value(out.done(), null, marks);
}

const WIDE_DEPTH = 3;

/** Cuts nested structure and long paths to text: an upper bound that a recursion cannot outgrow. */
export function widen(whole: Value, depth = 0): Value {
  const v = unfold(whole);
  if (depth >= WIDE_DEPTH && v.fields) return value(narrowed(contents(v)).map(asText), null, marksIn(v));
  const atoms = narrowed(v.atoms);
  if (!v.fields) return value(atoms, null, v.marks);
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields) fields.set(k, widen(f, depth + 1));
  return value(atoms, fields, v.marks);
}

/** Keeps one value of each function and of each kind of client, whichever activation they are from. */
export function oneOfEach(v: Value): Value {
  if (!v.open) return v;
  const atoms = distinct(v.atoms);
  let fields: Map<string, Value> | null = null;
  for (const [k, f] of v.fields ?? []) {
    const next = oneOfEach(f);
    if (next !== f) (fields ??= new Map(v.fields ?? [])).set(k, next);
  }
  return atoms.length === v.atoms.length && fields === null ? v : value(atoms, fields ?? v.fields, v.marks);
}

/** One function value, one client of a kind: which activation or call they are from is what grows. */
function narrowed(atoms: readonly Atom[]): readonly Atom[] {
  return addAtoms([], distinct(atoms).map(cut));
}

function distinct(atoms: readonly Atom[]): readonly Atom[] {
  const seen = new Set<string>();
  return atoms.filter((a) => {
    const key = a.k === 'fn' ? `fn:${a.fn}` : a.k === 'xinst' ? `${a.sym}|${a.path}|${a.type ?? ''}` : null;
    if (key === null) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function cut(a: Atom): Atom {
  return a.k === 'sym' && a.path.length > WIDE_DEPTH
    ? { ...a, path: a.path.slice(0, WIDE_DEPTH), dflt: null, t: { ...a.t, text: true, minus: [] } }
    : a;
}

export function constant(v: string | number | boolean | null | undefined): Value {
  return v === undefined ? UNDEFINED : value([{ k: 'const', v }]);
}

/** A symbol; all are made here, so that all have one shape in memory. */
export function symbolAtom(
  root: string,
  path: readonly string[],
  ev: SymAtom['ev'],
  dflt: SymAtom['dflt'] = null,
  declaredAt: SymAtom['declaredAt'] = null,
): SymAtom {
  return {
    k: 'sym',
    root,
    path,
    t: NO_TRANSFORM,
    trail: null,
    ev,
    guard: null,
    dflt,
    declared: null,
    declaredAt,
    as: null,
    byUse: false,
  };
}

/** The value of the caller, captured variable or call that a root stands for. */
export function sym(root: string): Value {
  return value([symbolAtom(root, [], 3)]);
}

/** What a channel holds, whatever that is: known when all is computed. */
export function heldBy(channel: string): Value {
  return value([symbolAtom(channel, [], 2)]);
}

/** Least upper bound. */
export function join(a: Value, b: Value): Value {
  if (a === b || b === NOTHING) return a;
  if (a === NOTHING) return b;
  const out = new Joined();
  out.add(a);
  out.add(b);
  return out.done();
}

/** The least upper bound of many values, gathered at the cost of their size. */
export class Joined {
  private first: Value = NOTHING;
  private atoms: AtomList | null = null;
  private marks: readonly Mark[] | null = null;
  private fields: Map<string, Joined> | null = null;

  add(v: Value): void {
    if (v === NOTHING || v === this.first) return;
    if (this.first === NOTHING && this.atoms === null) {
      this.first = v;
      this.marks = v.marks;
      return;
    }
    this.atoms ??= new AtomList(this.first.atoms);
    for (const a of v.atoms) this.atoms.add(a);
    if (v.marks !== null) this.marks = joinMarks(this.marks, v.marks);
    if (!v.fields) return;
    if (this.fields === null) {
      this.fields = new Map();
      for (const [k, f] of this.first.fields ?? []) this.field(k, f);
    }
    for (const [k, f] of v.fields) this.field(k, f);
  }

  /** The same for a value that is nothing but this one alternative. */
  atom(a: Atom): void {
    (this.atoms ??= new AtomList(this.first.atoms)).add(a);
  }

  /** The same for steps that it came clean out of. */
  mark(marks: readonly Mark[] | null): void {
    if (marks === null) return;
    this.atoms ??= new AtomList(this.first.atoms);
    this.marks = joinMarks(this.marks, marks);
  }

  private field(key: string, v: Value): void {
    let one = this.fields!.get(key);
    if (one === undefined) this.fields!.set(key, (one = new Joined()));
    one.add(v);
  }

  /** The first value itself, if the others add nothing to it. */
  done(): Value {
    if (this.atoms === null) return this.first;
    const atoms = this.atoms.done();
    let fields = this.first.fields;
    if (this.fields !== null) {
      const joined = new Map<string, Value>();
      let changed = this.fields.size !== (fields?.size ?? 0);
      for (const [k, f] of this.fields) {
        const v = f.done();
        joined.set(k, v);
        if (v !== fields?.get(k)) changed = true;
      }
      if (changed) fields = joined;
    }
    if (atoms === this.first.atoms && fields === this.first.fields && this.marks === this.first.marks)
      return this.first;
    const out = value(atoms, fields, this.marks);
    let alternatives = 0;
    for (const a of atoms) if (a.k === 'alt') alternatives++;
    return alternatives > MAX_ALTERNATIVES || (alternatives > 1 && out.weight > HEAVY) ? unfold(out) : out;
  }
}

/** Forgets which of several objects it is: their properties mix. */
function unfold(v: Value): Value {
  const out = new Joined();
  out.add(
    value(
      v.atoms.filter((a) => a.k !== 'alt'),
      v.fields,
      v.marks,
    ),
  );
  for (const a of v.atoms) if (a.k === 'alt') out.add(unfold(a.v));
  return out.done();
}

export function joinAll(values: readonly Value[]): Value {
  const out = new Joined();
  for (const v of values) out.add(v);
  return out.done();
}

/** Equality up to witnesses: what fixpoints compare. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.atoms.length !== b.atoms.length || (a.fields?.size ?? 0) !== (b.fields?.size ?? 0)) return false;
  if (a.marks !== b.marks && !sameSteps(a.marks, b.marks)) return false;
  for (let i = 0; i < a.atoms.length; i++) {
    const x = a.atoms[i]!;
    const y = b.atoms[i]!;
    if (x === y) continue;
    if (x.k === 'fn' && y.k === 'fn') {
      if (x.fn !== y.fn) return false;
      continue;
    }
    if (x.k === 'str' && y.k === 'str') continue;
    if (x.k === 'xinst' && y.k === 'xinst') {
      if (x.sym !== y.sym || x.path !== y.path || x.span[0] !== y.span[0]) return false;
      continue;
    }
    if (!sameThing(x, y)) return false;
    if ((x.k === 'label' && y.k === 'label') || (x.k === 'sym' && y.k === 'sym')) {
      if (!sameTransform(x.t, y.t)) return false;
    }
  }
  if (a.fields && b.fields) {
    for (const [k, v] of a.fields) {
      const o = b.fields.get(k);
      if (o === undefined || !equal(v, o)) return false;
    }
  }
  return true;
}

export function asText(a: Atom): Atom {
  if ((a.k === 'label' || a.k === 'sym') && !a.t.text) return { ...a, t: { ...a.t, text: true } };
  return a;
}

/** Writes a property. Strong: what was there before is gone. */
export function update(v: Value, key: string, x: Value): Value {
  return updateAll(v, new Map([[key, x]]));
}

/** Writes several properties at once, in the order of the map. */
export function updateAll(v: Value, written: ReadonlyMap<string, Value>): Value {
  if (written.size === 0) return v;
  const keys = [...written.keys()];
  const atoms = v.atoms.map((a): Atom =>
    a.k === 'alt'
      ? { ...a, v: updateAll(a.v, written) }
      : (a.k === 'sym' || a.k === 'label') && !a.t.text
        ? minus(a, keys)
        : a,
  );
  if (atoms.length > 0 && atoms.every((a) => a.k === 'alt')) return value(atoms, v.fields, v.marks);
  if (v.fields === null) return value(atoms, written, v.marks);
  const fields = new Map(v.fields);
  written.forEach((x, key) => fields.set(key, x));
  return value(atoms, fields, v.marks);
}

/** Writes an unknown property: weak. */
export function updateAny(v: Value, x: Value): Value {
  const fields = new Map(v.fields ?? []);
  const old = fields.get('*');
  fields.set('*', old ? join(old, x) : x);
  return value(v.atoms, fields, v.marks);
}

function minus<A extends SymAtom | LabelAtom>(a: A, keys: readonly string[]): A {
  const fresh = keys.filter((k) => !a.t.minus.includes(k));
  if (fresh.length === 0 || a.t.minus.length >= MAX_MINUS) return a;
  return { ...a, t: { ...a.t, minus: [...a.t.minus, ...fresh].sort() } };
}

/** Object rest: everything but these keys. */
export function without(v: Value, keys: readonly string[]): Value {
  const known = keys.filter((k) => k !== '*');
  let fields = v.fields;
  if (fields && known.some((k) => fields!.has(k))) {
    const copy = new Map(fields);
    for (const k of known) copy.delete(k);
    fields = copy;
  }
  return value(
    v.atoms.map((a): Atom =>
      a.k === 'alt'
        ? { ...a, v: without(a.v, keys) }
        : (a.k === 'sym' || a.k === 'label') && !a.t.text
          ? minus(a, known)
          : a,
    ),
    fields,
    v.marks,
  );
}

/** Object spread `{...into, ...from}`: later properties win where they are certain. */
export function spread(into: Value, from: Value): Value {
  if (from.atoms.some((a) => a.k === 'alt')) {
    let out = into;
    for (const a of from.atoms) if (a.k === 'alt') out = join(out, spread(into, guardedFields(a.v, a.guard)));
    const rest = value(
      from.atoms.filter((a) => a.k !== 'alt'),
      from.fields,
      from.marks,
    );
    return rest.atoms.length === 0 && !rest.fields && rest.marks === null ? out : join(out, spread(into, rest));
  }
  let atoms = into.atoms;
  const keys = from.fields ? [...from.fields.keys()].filter((k) => k !== '*') : [];
  if (keys.length > 0) atoms = atoms.map((a) => ((a.k === 'sym' || a.k === 'label') && !a.t.text ? minus(a, keys) : a));
  const fields = new Map(into.fields ?? []);
  const certain = from.atoms.every((a) => a.k === 'built');
  for (const [k, v] of from.fields ?? []) {
    const old = fields.get(k);
    fields.set(k, old && (k === '*' || !certain) ? join(old, v) : v);
  }
  const moved = from.atoms.filter((a) => a.k === 'label' || a.k === 'sym' || a.k === 'opaque' || a.k === 'env');
  // A whole object that is spread over fields written before may overwrite them, or not: both stay.
  return value(addAtoms(atoms, moved), fields, joinMarks(into.marks, from.marks));
}

/** Where a promise keeps what it is rejected with: not part of what it holds. */
const REJECTED = '!throw';

/** Where a map keeps its keys. */
export const KEYS = '!keys';

/** Where a text keeps what it was made of, for whoever reads it back: the text itself holds all of its data. */
const MADE_OF = '!json';

/** Text that was made of a structured value remembers it. */
export function asJson(v: Value): Value {
  const flat = text(v);
  const structured = v.fields !== null || v.atoms.some((a) => (a.k === 'sym' || a.k === 'label') && !a.t.text);
  return structured && flat !== NOTHING && v.depth < 5 ? value(flat.atoms, new Map([[MADE_OF, v]]), flat.marks) : flat;
}

/** What a text was made of, as far as it remembers; else itself: reading it back gives all that is in it. */
export function madeOf(v: Value): Value {
  const own = v.fields?.get(MADE_OF);
  if (!own)
    return value(
      v.atoms.map((a) =>
        a.k === 'sym' && !a.t.text
          ? { ...a, path: atomPath(a.path, MADE_OF) ?? a.path, dflt: null }
          : // That it came as text says nothing of what is in it.
            a.k === 'opaque' && a.type?.k === 'prim'
            ? { ...a, type: null }
            : a,
      ),
      v.fields,
      v.marks,
    );
  const name = (a: DataAtom): string => (a.k === 'label' ? a.place.key : `${a.root}.${a.path.join('.')}`);
  const inside = new Set(data(own).map(name));
  const beside = v.atoms.filter((a) => (a.k === 'label' || a.k === 'sym') && !inside.has(name(a)));
  return beside.length === 0 ? own : join(own, value(beside));
}

/** What a promise is rejected with. */
export function rejection(v: Value): Value {
  let out = v.fields?.get(REJECTED) ?? NOTHING;
  for (const a of v.atoms) {
    if (a.k === 'alt') out = join(out, guarded(rejection(a.v), a.guard));
    else if (
      a.k === 'sym' &&
      !a.t.text &&
      !a.t.minus.includes(REJECTED) &&
      (a.dflt === null || a.dflt.k === 'promise')
    ) {
      const path = atomPath(a.path, REJECTED);
      if (path) out = join(out, value([{ ...a, path, dflt: null, t: NO_TRANSFORM }]));
    }
  }
  return out;
}

/** The promise of this value that may as well be rejected. */
export function rejectedWith(v: Value, why: Value): Value {
  if (why === NOTHING) return v;
  const old = v.fields?.get(REJECTED);
  return value(v.atoms, new Map([...(v.fields ?? []), [REJECTED, old ? join(old, why) : why]]), v.marks);
}

/** What a promise holds once it is fulfilled. */
export function settled(v: Value): Value {
  return without(v, [REJECTED]);
}

export function atomPath(path: readonly string[], key: string): readonly string[] | null {
  return path.length >= MAX_PATH ? null : [...path, key];
}

/** All data-carrying atoms anywhere inside, and functions and clients as they are. Text structure is dissolved. */
export function contents(v: Value): readonly Atom[] {
  return (v.inside ??= gathered(v));
}

function gathered(v: Value): readonly Atom[] {
  if (v.fields === null && v.atoms.every((a) => a.k !== 'str' && a.k !== 'alt')) return v.atoms;
  const out = new AtomList([]);
  for (const a of v.atoms) {
    if (a.k === 'str') for (const p of a.parts) for (const x of contents(p)) out.add(asText(x));
    else if (a.k === 'alt') for (const x of contents(a.v)) out.add(underGuard(x, a.guard));
    else out.add(a);
  }
  if (v.fields)
    for (const [k, f] of v.fields) if (k !== REJECTED && k !== MADE_OF) for (const x of contents(f)) out.add(x);
  return out.done();
}

export type DataAtom = LabelAtom | SymAtom;

/** The steps that a value or anything inside of it came clean out of. */
export function marksIn(v: Value): readonly Mark[] | null {
  if (v.marks === null) return null;
  let out: readonly Mark[] | null = v.marks.length > 0 ? v.marks : null;
  for (const a of v.atoms) {
    if (a.k === 'str') for (const p of a.parts) out = joinMarks(out, marksIn(p));
    else if (a.k === 'alt')
      out = joinMarks(out, marksIn(a.v)?.map((m) => ({ ...m, guard: mergeGuards(m.guard, a.guard) })) ?? null);
  }
  for (const [k, f] of v.fields ?? []) if (k !== REJECTED && k !== MADE_OF) out = joinMarks(out, marksIn(f));
  return out;
}

/** The value with such steps besides. */
export function marked(v: Value, marks: readonly Mark[] | null): Value {
  return marks === null ? v : value(v.atoms, v.fields, joinMarks(v.marks, marks));
}

/** Only labels and symbolic values: what matters at a recipient. */
export function data(v: Value): DataAtom[] {
  return contents(v).filter((a): a is DataAtom => a.k === 'label' || a.k === 'sym');
}

/** Whether anything is inside that could be or become a label. */
export function carries(v: Value): boolean {
  return v.carries;
}

/** Path of what is known to be falsy: it has no properties and says nothing about anybody. */
export const FALSY = '!falsy';

function isFalsy(a: SymAtom): boolean {
  return a.path[a.path.length - 1] === FALSY;
}

/** Whether a package's object is an address or a request of the platform: it says where to, it is no client. */
export function isAddress(sym: string): boolean {
  return /#(URL|Request)$/.test(sym);
}

/** Turns a value into text: all data inside, no properties. */
export function text(v: Value): Value {
  return v === NOTHING ? v : (v.said ??= said(v));
}

function said(v: Value): Value {
  if (v.fields === null && v.atoms.every((a) => a.k === 'const' || a.k === 'env' || a.k === 'str')) return v;
  const atoms = contents(v)
    .filter(
      (a) =>
        a.k === 'label' ||
        (a.k === 'sym' && !isFalsy(a)) ||
        a.k === 'opaque' ||
        (a.k === 'xinst' && a.sym.endsWith('#URL')),
    )
    .map(asText);
  return value(atoms, null, marksIn(v));
}

/** Applies what a symbolic atom did to its data to the value that it stands for. */
export function transform(v: Value, by: SymAtom): Value {
  const t = by.t;
  let out = v;
  if (t.minus.length > 0) out = without(out, t.minus);
  if (t.text) out = text(out);
  const touch = t.letters !== 0 || t.year || t.output || by.trail !== null || by.ev < 3;
  if (!touch) return out;
  return mapData(
    out,
    (a) => ({
      ...a,
      t:
        t.letters === 0 && !t.year && !t.output
          ? a.t
          : { ...a.t, letters: a.t.letters | t.letters, year: a.t.year || t.year, output: a.t.output || t.output },
      trail: concat(a.trail, by.trail),
      ev: a.ev < by.ev ? a.ev : by.ev,
    }),
    // What a model answers to it is no longer what came out of the step.
    t.output ? () => null : (m) => carryMark(m, by.trail),
  );
}

/** Maps all data atoms, at any depth. */
export function mapData(
  v: Value,
  f: (a: DataAtom) => DataAtom | null,
  onMark: ((m: Mark) => Mark | null) | null = null,
): Value {
  let atoms: Atom[] | null = null;
  for (let i = 0; i < v.atoms.length; i++) {
    const a = v.atoms[i]!;
    let next: Atom | null = a;
    if (a.k === 'label' || a.k === 'sym') next = f(a);
    else if (a.k === 'str') {
      const parts = a.parts.map((p) => mapData(p, f, onMark));
      if (parts.some((p, j) => p !== a.parts[j])) next = { ...a, parts };
    } else if (a.k === 'alt') {
      const inner = mapData(a.v, f, onMark);
      if (inner !== a.v) next = { ...a, v: inner };
    }
    if (next !== a) {
      atoms ??= v.atoms.slice(0, i);
      if (next) atoms.push(next);
    } else if (atoms) atoms.push(a);
  }
  let fields: Map<string, Value> | null = null;
  if (v.fields) {
    for (const [k, x] of v.fields) {
      const next = mapData(x, f, onMark);
      if (next !== x) {
        fields ??= new Map(v.fields);
        fields.set(k, next);
      }
    }
  }
  const marks =
    onMark !== null && v.marks !== null && v.marks.length > 0 ? v.marks.flatMap((m) => onMark(m) ?? []) : v.marks;
  if (!atoms && !fields && marks === v.marks) return v;
  return value(atoms ?? v.atoms, fields ?? v.fields, marks !== null && marks.length > 0 ? marks : null);
}

/** Adds tests under which the alternatives exist. */
export function guarded(v: Value, guard: Guard): Value {
  if (guard.length === 0 || v === NOTHING) return v;
  if (v.fields) return value([{ k: 'alt', v, guard: mergeGuards(null, guard) ?? [] }]);
  return value(
    v.atoms.map((a) => underGuard(a, guard)),
    null,
    markedUnder(v.marks, guard),
  );
}

function markedUnder(marks: readonly Mark[] | null, guard: Guard): readonly Mark[] | null {
  return marks === null ? null : marks.map((m) => ({ ...m, guard: mergeGuards(m.guard, guard) }));
}

function underGuard(a: Atom, guard: Guard): Atom {
  return a.k === 'alt'
    ? { ...a, guard: mergeGuards(a.guard, guard) ?? [] }
    : { ...a, guard: mergeGuards(a.guard ?? null, guard) };
}

function guardedFields(v: Value, guard: Guard): Value {
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields ?? []) fields.set(k, guardedData(f, guard));
  return value(
    v.atoms.map((a) => (a.k === 'label' || a.k === 'sym' ? underGuard(a, guard) : a)),
    fields,
    markedUnder(v.marks, guard),
  );
}

function guardedData(v: Value, guard: Guard): Value {
  return mapData(
    v,
    (a) => {
      const merged = mergeGuards(a.guard, guard);
      return merged === a.guard ? a : { ...a, guard: merged };
    },
    (m) => ({ ...m, guard: mergeGuards(m.guard, guard) }),
  );
}

export function mergeGuards(a: Guard | null, b: Guard | null): Guard | null {
  if (!a || a.length === 0) return b && b.length > 0 ? b.slice(0, MAX_GUARD) : null;
  if (!b || b.length === 0) return a;
  const out = a.slice();
  for (const t of b) if (out.length < MAX_GUARD && !out.some((x) => sameTest(x, t))) out.push(t);
  return out;
}

export function commonGuard(guards: readonly Guard[]): Guard {
  if (guards.length === 0) return [];
  return guards[0]!.filter((t) => guards.every((g) => g.some((x) => sameTest(x, t))));
}

export function guardMinus(a: Guard, b: Guard): Guard {
  return b.length === 0 ? a : a.filter((t) => !b.some((x) => sameTest(x, t)));
}

/** The constants that the value may be, or null if it may be anything else as well. */
export function constants(v: Value): readonly (string | number | boolean | null | undefined)[] | null {
  const out: (string | number | boolean | null | undefined)[] = [];
  if (v.fields || v.atoms.length === 0) return null;
  for (const a of v.atoms) {
    if (a.k !== 'const') return null;
    out.push(a.v);
  }
  return out;
}

/** true/false if every alternative is truthy/falsy, else null. */
export function truthiness(v: Value): boolean | null {
  let out: boolean | null = null;
  if (v.atoms.length === 0) return null;
  for (const a of v.atoms) {
    let t: boolean;
    switch (a.k) {
      case 'const':
        t = Boolean(a.v);
        break;
      case 'fn':
      case 'class':
      case 'inst':
      case 'built':
        t = true;
        break;
      case 'alt': {
        const inner = truthiness(a.v);
        if (inner === null) return null;
        t = inner;
        break;
      }
      default:
        return null;
    }
    if (out !== null && out !== t) return null;
    out = t;
  }
  return out;
}
