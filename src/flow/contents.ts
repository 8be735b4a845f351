/** What a value holds, at any depth: its data, its marks, its text, its constants. */
import { AtomList } from './atom-list.js';
import type { Value, Atom, LabelAtom, SymAtom, Mark } from './atoms.js';
import { REJECTED, MADE_OF, without } from './fields.js';
import { underGuard, mergeGuards } from './guards.js';
import { joinMarks, carryMark } from './marks.js';
import { concat } from './trail.js';
import { asText, value, NOTHING } from './value.js';

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
