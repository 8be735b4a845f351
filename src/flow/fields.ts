/** Objects by their properties: written, overwritten, left out, spread, settled and made text. */
import { addAtoms, MAX_PATH } from './atom-list.js';
import { type Value, type Atom, type SymAtom, type LabelAtom, NO_TRANSFORM } from './atoms.js';
import { text, type DataAtom, data } from './contents.js';
import { guardedFields, guarded } from './guards.js';
import { join } from './join.js';
import { joinMarks } from './marks.js';
import { value, MAX_MINUS, NOTHING } from './value.js';

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
  const keys = from.fields ? [...from.fields.keys()].filter((k) => k !== '*' && certainlyHas(from, k)) : [];
  if (keys.length > 0) atoms = atoms.map((a) => ((a.k === 'sym' || a.k === 'label') && !a.t.text ? minus(a, keys) : a));
  const fields = new Map(into.fields ?? []);
  for (const [k, v] of from.fields ?? []) {
    const old = fields.get(k);
    fields.set(k, old && !keys.includes(k) ? join(old, v) : v);
  }
  const moved = from.atoms.filter((a) => a.k === 'label' || a.k === 'sym' || a.k === 'opaque' || a.k === 'env');
  // A whole object that is spread over fields written before may overwrite them, or not: both stay.
  return value(addAtoms(atoms, moved), fields, joinMarks(into.marks, from.marks));
}

/** Whether it has the property whichever of its alternatives it is: of several objects, one may lack it. */
function certainlyHas(v: Value, key: string): boolean {
  let built = 0;
  return v.atoms.every((a) =>
    a.k === 'built' ? ++built === 1 : (a.k === 'sym' || a.k === 'label') && a.t.minus.includes(key),
  );
}

/** Where a promise keeps what it is rejected with: not part of what it holds. */
export const REJECTED = '!throw';

/** Where a map keeps its keys. */
export const KEYS = '!keys';

/** Where a text keeps what it was made of, for whoever reads it back: the text itself holds all of its data. */
export const MADE_OF = '!json';

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
