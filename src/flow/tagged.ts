/**
 * Values of which nothing is known but that the code itself calls them FHIR resources: by the tag that it asks for
 * (`resource.resourceType === 'Patient'`), by the key under which a record of resources holds them
 * (`fhir.Patient[0]`), by the tag that it writes (`{ resourceType: 'Patient', name: … }`).
 */
import type { Engine } from './engine.js';
import type { Frame } from './frame.js';
import type { FileEntry } from './program.js';
import { saidToBe } from './narrow.js';
import { label } from './select.js';
import type { Spot } from './summary.js';
import type { Place, Type, TypeTest } from './types/type.js';
import { addAtoms, value, type Atom, type SymAtom, type Tag, type Value } from './value.js';
import { constants } from './contents.js';
import { join } from './join.js';
import { update } from './fields.js';

/** The resource that a test on a tag says a value is, where that is written at `file`; null: it says none. */
export function taggedType(e: Engine, test: TypeTest, file: FileEntry): Type | null {
  if (!('field' in test) || test.field !== 'resourceType' || typeof test.value !== 'string') return null;
  if (!e.fhir.isResource(test.value)) return null;
  return !e.fhir.isEveryday(test.value) || test.value === 'Bundle' || namesResources(e, file)
    ? e.types.fhir(test.value)
    : null;
}

const speaking = new WeakMap<FileEntry, boolean>();

/** Whether the texts of a file name a FHIR resource that is nothing else. */
function namesResources(e: Engine, file: FileEntry): boolean {
  let known = speaking.get(file);
  if (known === undefined) {
    known = file.facts.functions.some((f) =>
      f.blocks.some((b) =>
        b.instrs.some(
          (i) => i.op === 'const' && typeof i.v === 'string' && e.fhir.isResource(i.v) && !e.fhir.isEveryday(i.v),
        ),
      ),
    );
    speaking.set(file, known);
  }
  return known;
}

/** The value, as what the code says that it is, where nothing more is known of it. */
export function asTagged(e: Engine, v: Value, types: readonly Type[], tag: Tag): Value {
  if (v.atoms.some((a) => a.k === 'label' || a.k === 'built' || a.k === 'inst') || !v.atoms.some(isBlank(e))) return v;
  const lists = v.atoms.some((a) => a.k === 'opaque' && a.type !== null && isList(e, a.type));
  const all = types.flatMap((t) =>
    tag.list === false ? [t] : tag.list || lists ? [e.types.array(t)] : [t, e.types.array(t)],
  );
  const labels = all.flatMap((t): Atom[] => {
    const place = e.types.place(t);
    return place ? [{ ...label(e, place, 'phi', tag, `reads ${place.via}`), ev: 2 }] : [];
  });
  return labels.length === 0 ? v : value(addAtoms(v.atoms, labels), v.fields, v.marks);
}

/** Whether nothing is known of an alternative but where it came from. */
function isBlank(e: Engine): (a: Atom) => boolean {
  return (a) => {
    if (a.k === 'xinst') return a.type === null || e.knowledge.type(a.type) === null;
    return a.k === 'opaque' && (a.type === null || isOpen(e, a.type) || isList(e, a.type));
  };
}

/** Types that say nothing of what a tag says: `any`, records, and own models of any resource (`{ resourceType: string }`). */
function isOpen(e: Engine, type: Type): boolean {
  if (type.k === 'any' || type.k === 'map') return true;
  if (type.k === 'union') return false;
  if (type.k !== 'obj' || e.types.place(type) !== null) return false;
  const tag = e.types.member(type, 'resourceType');
  return tag !== null && (tag.k === 'any' || tag.k === 'prim');
}

const RECORD = /^(?:.*fhir.*|ehr|(?:.*[a-z])?resources?(?:byType|map)?|.*bundles?)$/i;

/**
 * `ehr.fhir['Patient']`, `resources.Patient`: what an untyped record of resources holds under the name of a type, a list
 * as a rule. `out` is what is known of it.
 */
export function underTypeName(frame: Frame, base: number, key: string, out: Value, spot: Spot): Value {
  const { e } = frame;
  if (key[0]! < 'A' || key[0]! > 'Z' || !e.fhir.isResource(key) || e.fhir.isEveryday(key)) return out;
  const name = frame.receiverName(base);
  if (name === null || !RECORD.test(name)) return out;
  const types = [e.types.fhir(key)];
  const tag: Tag = { ...spot, list: null };
  const atoms = out.atoms.map((a): Atom => {
    if (a.k !== 'sym' || a.t.text || (a.declared !== null && !a.byUse)) return a;
    return a.dflt === null || isList(e, a.dflt) || isOpen(e, a.dflt) ? tagging(a, types, tag) : a;
  });
  const kept = atoms.some((a, i) => a !== out.atoms[i]) ? value(atoms, out.fields, out.marks) : out;
  return saidToBe(e, kept, types, true, tag);
}

/** A symbol that remembers for whoever hands in what it stands for what the code called it. */
export function tagging(a: SymAtom, types: readonly Type[], tag: Tag): SymAtom {
  const at = a.path.length;
  return { ...a, as: [...(a.as ?? []).filter((x) => x.at !== at), { at, types, tested: true, tag }] };
}

function isList(e: Engine, type: Type): boolean {
  const of = type.k === 'array' ? e.types.element(type) : null;
  return of !== null && isOpen(e, of);
}

const DEEPEST = 4;

/** `{ resourceType: 'Patient', birthDate: body.dob }`: what is put into a resource from outside is what the resource says. */
export function asWritten(frame: Frame, v: Value, spot: Spot): Value {
  const { e } = frame;
  const tag = v.fields?.get('resourceType');
  const c = tag && constants(tag);
  if (c?.length !== 1 || typeof c[0] !== 'string') return v;
  const type = taggedType(e, { field: 'resourceType', value: c[0] }, frame.fn.file);
  const place = type && e.types.place(type);
  return place ? filled(e, v, place, spot, 0) : v;
}

function filled(e: Engine, v: Value, place: Place, spot: Spot, depth: number): Value {
  if (v.fields === null || depth > DEEPEST) return v;
  let out = v;
  for (const [key, f] of v.fields) {
    if (key.startsWith('!')) continue;
    const element = v.atoms.some((a) => a.k === 'built' && a.array);
    const at = element ? (e.types.elementPlace(place) ?? place) : e.types.select(place, key);
    if (at === null) continue;
    const next = f.fields ? filled(e, f, at, spot, depth + 1) : fromOutside(e, f, at, spot);
    if (next !== f) out = update(out, key, next);
  }
  return out;
}

function fromOutside(e: Engine, v: Value, place: Place, spot: Spot): Value {
  if (v.atoms.some((a) => a.k === 'label')) return v;
  if (v.atoms.some((a) => a.k === 'opaque' && a.request && a.type === null))
    return join(v, value([{ ...label(e, place, 'phi', spot, `writes ${place.via}`), ev: 2 }]));
  const atoms = v.atoms.map((a): Atom =>
    a.k === 'sym' && !a.declared && !a.t.text && (a.dflt === null || a.dflt.k === 'any' || a.dflt.k === 'prim')
      ? { ...a, declared: place, declaredAt: spot, byUse: true }
      : a,
  );
  return atoms.some((a, i) => a !== v.atoms[i]) ? value(atoms, v.fields, v.marks) : v;
}
