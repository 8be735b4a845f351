/** Values that meet: either may be there. */
import { AtomList, sameThing, sameTransform } from './atom-list.js';
import type { Value, Mark, Atom } from './atoms.js';
import { joinMarks, sameSteps } from './marks.js';
import { NOTHING, value, MAX_ALTERNATIVES, HEAVY } from './value.js';

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
export function unfold(v: Value): Value {
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
