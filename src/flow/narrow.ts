/** What a test leaves of the alternatives of a value, by the types that these are known to have. */
import type { Engine } from './engine.js';
import type { Type, TypeTest } from './types/type.js';
import { atomPath, value, type Atom, type SymAtom, type Test, type Value } from './value.js';

/** Begins a step on a symbol's path that takes no property but leaves what a test is true for. */
export const MEANT = '=';

/** The test as such a step; null: it cannot be told in one. */
function stepOf(test: TypeTest): string | null {
  if ('has' in test) return null;
  if (!('is' in test)) return `${MEANT}${test.field}\n${JSON.stringify(test.value)}`;
  return test.is.k === 'fhir' ? `${MEANT}resourceType\n${JSON.stringify(test.is.name)}` : null;
}

/** What is left of a value at such a step. */
export function meant(e: Engine, v: Value, step: string): Value {
  const at = step.indexOf('\n');
  const test = { field: step.slice(MEANT.length, at), value: JSON.parse(step.slice(at + 1)) as string };
  const left = narrowed(e, v, test, true);
  const atoms = left.atoms.map((a) => (a.k === 'sym' && !a.path.includes(step) ? under(a, step) : a));
  return atoms.some((a, i) => a !== left.atoms[i]) ? value(atoms, left.fields, left.marks) : left;
}

function under(a: SymAtom, step: string): SymAtom {
  const path = a.t.text ? null : atomPath(a.path, step);
  return path === null ? a : { ...a, path };
}

/** The type question behind a test on a symbol: about the value at `path` of its root; null if it asks for none. */
export function typeTest(t: Test): { readonly path: readonly string[]; readonly test: TypeTest } | null {
  if (typeof t.equals === 'string') {
    const field = t.path[t.path.length - 1];
    return t.equals === 'defined' && field !== undefined ? { path: t.path.slice(0, -1), test: { has: field } } : null;
  }
  if ('is' in t.equals) return { path: t.path, test: t.equals };
  const field = t.path[t.path.length - 1];
  const { c } = t.equals;
  if (field === undefined || c === null || c === undefined) return null;
  return { path: t.path.slice(0, -1), test: { field, value: c } };
}

/** One alternative where the test held (or did not): null if it cannot be this one. */
export function narrowAtom(e: Engine, a: Atom, test: TypeTest, holds: boolean): Atom | null {
  if (a.k === 'label' && !a.t.text) {
    const t = e.types.narrow(a.place.type, test, holds);
    if (t === a.place.type) return a;
    const place = t && e.types.place(t);
    return place ? { ...a, place } : null;
  }
  if (a.k === 'sym' && a.dflt) {
    const t = e.types.narrow(a.dflt, test, holds);
    if (t === null && a.path.some((k) => k.startsWith(MEANT))) return null;
    if (t === null || t === a.dflt) return a;
    // Which of several it is decides what its properties are: the caller's value is asked for that one.
    const step = holds && a.dflt.k === 'fhir' ? stepOf(test) : null;
    return { ...(step === null ? a : under(a, step)), dflt: t, declared: a.declared && e.types.place(t) };
  }
  if (a.k === 'opaque' && a.type) {
    const t = e.types.narrow(a.type, test, holds);
    return t === null ? null : t === a.type ? a : { ...a, type: t };
  }
  return a;
}

/** The value where the test held (or did not). */
export function narrowed(e: Engine, v: Value, test: TypeTest, holds: boolean): Value {
  let changed = false;
  const atoms = v.atoms.flatMap((a): Atom[] => {
    const left = narrowAtom(e, a, test, holds);
    if (left !== a) changed = true;
    return left ? [left] : [];
  });
  return changed ? value(atoms, v.fields, v.marks) : v;
}

/** Whether the types of a value alone decide a test: true, false, or null where they leave it open. */
export function decided(e: Engine, v: Value, test: TypeTest): boolean | null {
  let out: boolean | null = null;
  if (v.fields !== null) return null;
  for (const a of v.atoms) {
    const type: Type | null = a.k === 'label' && !a.t.text ? a.place.type : a.k === 'opaque' ? a.type : null;
    if (type === null) return null;
    const one =
      e.types.narrow(type, test, true) === null ? false : e.types.narrow(type, test, false) === null ? true : null;
    if (one === null || (out !== null && one !== out)) return null;
    out = one;
  }
  return out;
}
