/**
 * Abstract values: what an expression may be, as far as the flow analysis cares.
 *
 * A value is a set of *atoms* (what it may be as a whole) plus the properties that were built or overwritten here.
 * Immutable trees, no heap: identity is kept by the interpreter, per single-assignment value. Values are symbolic in
 * the parameters of the function that is analysed (`sym` atoms), so that a summary is a function of its callers'
 * values and is composed by substitution, never by walking the callee again.
 */
import { addAtoms, AtomList } from './atom-list.js';
import { type Value, type Atom, type XInstAtom, type Mark, type SymAtom, NO_TRANSFORM } from './atoms.js';
import { contents, marksIn } from './contents.js';
import { unfold } from './join.js';
import { joinMarks } from './marks.js';

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

const MAX_DEPTH = 8;

const MAX_FIELDS = 96;

export const MAX_MINUS = 48;

export const MAX_ALTERNATIVES = 8;

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
export const HEAVY = 2000;

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

export function asText(a: Atom): Atom {
  if ((a.k === 'label' || a.k === 'sym') && !a.t.text) return { ...a, t: { ...a.t, text: true } };
  return a;
}
