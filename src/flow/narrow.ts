/** What a test leaves of the alternatives of a value, by the types that these are known to have. */
import type { Engine } from './engine.js';
import { asTagged } from './tagged.js';
import type { Type, TypeTest } from './types/type.js';
import { KeptAtoms, MAX_PATH } from './atom-list.js';
import { mergeGuards } from './guards.js';
import { shaped } from './shape.js';
import {
  value,
  type Atom,
  type LabelAtom,
  type OpaqueAtom,
  type SymAtom,
  type Tag,
  type Test,
  type Value,
} from './value.js';

/** The type question behind a test on a symbol: about the value at `path` of its root; null if it asks for none. */
export function typeTest(t: Test): { readonly path: readonly string[]; readonly test: TypeTest } | null {
  if (typeof t.equals === 'string') {
    const field = t.path[t.path.length - 1];
    if (field === undefined || t.equals === 'not-off') return null;
    return { path: t.path.slice(0, -1), test: t.equals === 'defined' ? { has: field } : { truthy: field } };
  }
  if ('is' in t.equals || 'shape' in t.equals) return { path: t.path, test: t.equals };
  if ('same' in t.equals) return null;
  const field = t.path[t.path.length - 1];
  const { c } = t.equals;
  if (field === undefined || c === null || c === undefined) return null;
  return { path: t.path.slice(0, -1), test: { field, value: c } };
}

/** A symbol of which a test on its `resourceType` says which resource it is; null: the test says something else. */
export function asResource(e: Engine, a: SymAtom, path: readonly string[], test: TypeTest, tag?: Tag): SymAtom | null {
  if (!('field' in test) || test.field !== 'resourceType' || typeof test.value !== 'string') return null;
  const type = e.types.fhir(test.value);
  if (!e.types.resources(type) || path.some((k) => k !== '*')) return null;
  // Of a list that was filtered, each element.
  return path.length <= 1 ? remembering(e, a, [type], true, tag) : null;
}

/** The question as a test on a symbol; null: nothing that tells members of a union apart. */
export function questionOn(a: SymAtom, test: TypeTest, negated: boolean): Test | null {
  if ('is' in test || 'shape' in test) return { root: a.root, path: a.path, equals: test, negated };
  const path = [...a.path, 'has' in test ? test.has : 'truthy' in test ? test.truthy : test.field];
  if (path.length > MAX_PATH) return null;
  if ('has' in test) return { root: a.root, path, equals: 'defined', negated };
  if ('truthy' in test) return { root: a.root, path, equals: 'truthy', negated };
  return { root: a.root, path, equals: { c: test.value }, negated };
}

/** What a caller hands in is decided when it is known: until then it keeps the question. */
export function asked(e: Engine, v: Value, test: TypeTest, holds: boolean, tag?: Tag): Value {
  const atoms = v.atoms.map((a) => {
    if (a.k !== 'sym' || a.t.text) return a;
    const resource = holds ? asResource(e, a, [], test, tag) : null;
    if (resource !== null || a.root.startsWith('cell:')) return resource ?? a;
    const on = questionOn(a, test, !holds);
    const guard = on && mergeGuards(a.guard, [on]);
    return guard === null || guard === a.guard ? a : { ...a, guard };
  });
  return atoms.every((a, i) => a === v.atoms[i]) ? v : value(atoms, v.fields, v.marks);
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
    return t === null || t === a.dflt ? a : declaring(e, a, t);
  }
  if (a.k === 'opaque' && a.type) {
    const t = e.types.narrow(a.type, test, holds);
    return t === null ? null : t === a.type ? a : { ...a, type: t };
  }
  return a;
}

/** A symbol of which the code has said more. */
function declaring(e: Engine, a: SymAtom, type: Type): SymAtom {
  return { ...a, dflt: type, declared: a.declared ? e.types.place(type) : a.declared };
}

/** The value where the test held (or did not). */
export function narrowed(e: Engine, v: Value, test: TypeTest, holds: boolean): Value {
  if ('shape' in test) return shaped(e, v, test.shape, holds);
  return remembered(v, `?${String(holds)}${questionKey(test)}`, () => {
    const atoms = mapAtoms(v.atoms, (a) => narrowAtom(e, a, test, holds));
    return atoms === v.atoms ? v : value(atoms, v.fields, v.marks);
  });
}

function questionKey(test: TypeTest): string {
  if ('shape' in test) return `typeof ${test.shape}`;
  if ('is' in test) return `is ${String(test.is.id)} ${String(test.among?.id ?? '')}`;
  if ('truthy' in test) return `flag ${test.truthy}`;
  return 'has' in test ? `has ${test.has}` : `${test.field} ${typeof test.value} ${String(test.value)}`;
}

/** From how many alternatives on it pays to remember what is left of a value: callers ask the same of it again and again. */
const WORTH = 3;

/** What is left of a value, kept among its parts: it depends on nothing else. */
function remembered(v: Value, key: string, left: () => Value): Value {
  if (v.atoms.length < WORTH) return left();
  let known = v.parts?.get(key);
  if (known === undefined) {
    known = left();
    (v.parts ??= new Map()).set(key, known);
  }
  return known;
}

/** The list with each atom replaced, or left out (null); the list itself if that changes nothing. */
function mapAtoms(atoms: readonly Atom[], f: (a: Atom) => Atom | null): readonly Atom[] {
  let out: Atom[] | null = null;
  for (let i = 0; i < atoms.length; i++) {
    const next = f(atoms[i]!);
    if (out === null) {
      if (next === atoms[i]) continue;
      out = atoms.slice(0, i);
    }
    if (next !== null) out.push(next);
  }
  return out ?? atoms;
}

/** A list where the test held (or did not) for each of its elements. */
export function narrowedElements(e: Engine, v: Value, test: TypeTest, holds: boolean): Value {
  const atoms = mapAtoms(v.atoms, (a) => {
    const list = a.k === 'opaque' ? a.type : a.k === 'sym' ? a.dflt : null;
    return list && (a.k === 'opaque' || a.k === 'sym')
      ? narrowElement(e, a, list, test, holds)
      : narrowAtom(e, a, test, holds);
  });
  let fields: Map<string, Value> | null = null;
  for (const [k, f] of v.fields ?? []) {
    const left = k.startsWith('!') ? f : narrowed(e, f, test, holds);
    if (left !== f) (fields ??= new Map(v.fields ?? [])).set(k, left);
  }
  return atoms !== v.atoms || fields ? value(atoms, fields ?? v.fields, v.marks) : v;
}

function narrowElement(e: Engine, a: OpaqueAtom | SymAtom, type: Type, test: TypeTest, holds: boolean): Atom | null {
  const of = e.types.element(type);
  if (of === null) return narrowAtom(e, a, test, holds);
  const left = e.types.narrow(of, test, holds);
  if (left === of) return a;
  if (a.k === 'sym') return left ? declaring(e, a, e.types.array(left)) : a;
  return left && { ...a, type: e.types.array(left) };
}

/**
 * Of several that a value may be, those that its declaration (a cast, an annotation, a parameter's type) names: after
 * `as Slot` the patient of the same search is not meant. All of them where it names none. A symbol remembers it for
 * whoever hands in what it stands for.
 */
export function declaredAs(e: Engine, v: Value, type: Type): Value {
  const wanted = elementOf(e, type);
  return wanted.k === 'any' || wanted.k === 'prim' || wanted.k === 'lit' ? v : saidToBe(e, v, [wanted], false);
}

/** The same for what was said to be one of several types; what a test excludes is gone, whatever is left. */
export function saidToBe(e: Engine, whole: Value, types: readonly Type[], tested: boolean, tag?: Tag): Value {
  if (!whole.carries) return tag ? asTagged(e, whole, types, tag) : whole;
  const where = tag ? ` ${tag.fn}:${tag.span.join()} ${String(tag.list)}` : '';
  const v = remembered(whole, `?${String(tested)}as ${types.map((t) => t.id).join()}${where}`, () =>
    oneOfThese(e, whole, types, tested, tag),
  );
  return tag ? asTagged(e, v, types, tag) : v;
}

function oneOfThese(e: Engine, whole: Value, types: readonly Type[], tested: boolean, tag: Tag | undefined): Value {
  let v = whole;
  if (v.fields && v.atoms.some((a) => a.k === 'built' && a.array)) {
    const fields = new Map<string, Value>();
    for (const [k, f] of v.fields)
      fields.set(k, k.startsWith('!') ? f : saidToBe(e, f, types, tested, tag && { ...tag, list: false }));
    if ([...fields].some(([k, f]) => f !== whole.fields!.get(k))) v = value(v.atoms, fields, v.marks);
  }
  const tagged = types.every((t) => e.types.resources(t));
  let fits = tested;
  let changed = false;
  const told = tagged
    ? mapAtoms(v.atoms, (a) => (a.k === 'sym' && !a.t.text ? remembering(e, a, types, tested, tag) : a))
    : v.atoms;
  const out = new KeptAtoms(told);
  for (const a of told) {
    // Of a resource of any kind, or what is left of one after steps that nobody models, the code knows which it is.
    const anything = a.k === 'label' && tagged && !a.t.output && e.types.anyResource(a.place.type);
    const own = a.k === 'label' && (anything || !a.t.text) ? a.place.type : a.k === 'opaque' ? a.type : null;
    if (own === null) {
      out.add(a);
      continue;
    }
    const one = elementOf(e, own);
    const left = types.map((is) => e.types.narrow(one, { is, among: null }, true)).filter((t) => t !== null);
    if (left.length > 0 && one.k !== 'any' && one.k !== 'prim') fits = true;
    if (left.includes(one)) {
      out.add(a);
      continue;
    }
    changed = true;
    if (a.k === 'opaque' && left.length > 0) out.add(a);
    for (const t of a.k === 'label' ? left : []) {
      const place = e.types.place(t);
      if (place)
        out.add({
          ...(a as LabelAtom),
          place,
          t: anything ? { ...(a as LabelAtom).t, text: false } : (a as LabelAtom).t,
        });
    }
  }
  if (fits && changed) return value(out.done(), v.fields, v.marks);
  return told === v.atoms ? v : value(told, v.fields, v.marks);
}

function remembering(e: Engine, a: SymAtom, types: readonly Type[], tested: boolean, tag?: Tag): SymAtom {
  const at = a.path.length;
  const said = a.as?.find((x) => x.at === at);
  if (said && said.types.length === types.length && said.types.every((t) => types.includes(t)) && (said.tag || !tag))
    return a;
  // What the code said last is what it knows best.
  const as = [...(a.as ?? []).filter((x) => x.at !== at), { at, types, tested, ...(tag && { tag }) }];
  const [only] = types;
  const one = a.dflt && elementOf(e, a.dflt);
  const left = one && types.length === 1 ? e.types.narrow(one, { is: only!, among: null }, true) : null;
  const meant = left && left !== one ? declaring(e, a, one === a.dflt ? left : e.types.array(left)) : a;
  return { ...meant, as };
}

function elementOf(e: Engine, type: Type): Type {
  let out = e.types.awaited(type);
  for (let n = 0; n < 4 && out.k === 'array'; n++) out = e.types.element(out) ?? out;
  return out;
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
