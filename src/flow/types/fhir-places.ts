/** Places in FHIR resources and datatypes. What an element says is the FHIR model's to know; the way to it is ours. */
import type { FhirModel, PhiKind } from '../../knowledge/phi.js';
import type { FhirT, T } from './kinds.js';
import { isAnyResource } from './members.js';
import type { PhiItem } from './type.js';

/** An element of a resource (or datatype): `path` is empty for the whole. */
export interface FhirSpot {
  readonly root: string;
  readonly path: string;
  /** FHIR type at the path; empty if only the name is known. */
  readonly at: string;
  /** What a Bundle holds. */
  readonly arg: T | null;
  /** Only the name of what holds it says that it is FHIR: no surer than this. */
  readonly sure?: 2;
}

export function rootSpot(fhir: FhirModel, type: FhirT): FhirSpot {
  const dot = type.fhir.indexOf('.');
  const root = dot < 0 ? type.fhir : type.fhir.slice(0, dot);
  const path = dot >= 0 && fhir.has(root) ? type.fhir.slice(dot + 1) : '';
  return { root: path === '' ? type.fhir : root, path, at: type.fhir, arg: type.arg };
}

export function spotVia(spot: FhirSpot): string {
  return spot.path === '' ? spot.root : `${spot.root}.${spot.path}`;
}

/** Whether a resource of its own stands here (contained, Bundle.entry.resource). */
export function holdsResource(spot: FhirSpot): boolean {
  return spot.path !== '' && isAnyResource(spot.at);
}

/** On the way to the resources of a Bundle, which carries them. */
export function leadsToResource(spot: FhirSpot): boolean {
  return spot.root === 'Bundle' && (spot.path === '' || spot.path === 'entry');
}

/** Null: no such element. */
export function step(fhir: FhirModel, spot: FhirSpot, name: string): FhirSpot | null {
  const path = spot.path === '' ? name : `${spot.path}.${name}`;
  const element = fhir.element(spot.at, name);
  if (element === null) {
    // Code reads elements of a resource whose type it has not said.
    const guessed = isAnyResource(spot.at) && fhir.kinds(spot.root, path).length > 0;
    return guessed ? { ...spot, path, at: '', arg: null } : null;
  }
  // Recursive backbones (`QuestionnaireResponse.item.item`) come back to where they began.
  const backbone = element.type.startsWith(`${spot.root}.`);
  return { ...spot, path: backbone ? element.type.slice(spot.root.length + 1) : path, at: element.type };
}

/** What is read off a primitive (`birthDate.slice`) is the primitive. */
export function isLeaf(fhir: FhirModel, spot: FhirSpot): boolean {
  return spot.path !== '' && fhir.elements(spot.at).every((name) => name === 'id' || name === 'extension');
}

export function spotItems(fhir: FhirModel, spot: FhirSpot): readonly PhiItem[] {
  const items = itemsAt(fhir, spot);
  return spot.sure === undefined
    ? items
    : items.map((item) => ({ ...item, evidence: item.evidence === 3 ? 2 : item.evidence }));
}

function itemsAt(fhir: FhirModel, spot: FhirSpot): readonly PhiItem[] {
  if (spot.path !== '' && !spot.at.startsWith(`${spot.root}.`)) {
    const via = spotVia(spot);
    return fhir.kinds(spot.root, spot.path).map((kind) => ({ kind, via, evidence: sureOf(fhir, kind, via, 3) }));
  }
  // A datatype alone does not say whose it is.
  const evidence = spot.path !== '' || fhir.isResource(spot.root) ? 3 : 2;
  return fhir
    .carried(spotVia(spot))
    .map(({ kind, via }) => ({ kind, via, evidence: sureOf(fhir, kind, via, evidence) }));
}

/** Text of which nothing says what it is about is less sure to be about a person. */
function sureOf(fhir: FhirModel, kind: PhiKind, via: string, evidence: 2 | 3): 2 | 3 {
  return kind.category === 'free-text' && fhir.isOpen(via) ? 2 : evidence;
}

/**
 * The items of a whole resource without some of its elements (paths relative to it). What was told by one of them may
 * be carried by another element of the resource itself; parts of backbones (an emergency contact's name) do not count.
 */
export function itemsWithout(fhir: FhirModel, spot: FhirSpot, minus: readonly string[]): readonly PhiItem[] {
  if (minus.length === 0) return spotItems(fhir, spot);
  const base = spotVia(spot);
  const gone = (via: string): boolean =>
    minus.some((path) => {
      const removed = `${base}.${path}`;
      return via === removed || via.startsWith(`${removed}.`) || isChoiceOf(via, removed);
    });
  return spotItems(fhir, spot).flatMap((item) => {
    if (!gone(item.via)) return [item];
    const other = substitute(fhir, spot, item.kind, gone);
    return other === null ? [] : [other];
  });
}

/** `Observation.value[x]` is told where `valueQuantity` is removed. */
function isChoiceOf(via: string, removed: string): boolean {
  const at = via.indexOf('[x]');
  return at > 0 && removed.startsWith(via.slice(0, at)) && !removed.slice(at).includes('.');
}

function substitute(fhir: FhirModel, spot: FhirSpot, kind: PhiKind, gone: (via: string) => boolean): PhiItem | null {
  for (const name of fhir.elements(spot.at)) {
    if (name === 'contained' || name === 'extension' || name === 'modifierExtension') continue;
    const next = step(fhir, spot, name);
    if (next === null || next.at.includes('.') || gone(spotVia(next))) continue;
    const same = fhir
      .kinds(next.root, next.path)
      .find((each) => each.letter === kind.letter && each.category === kind.category);
    if (same !== undefined) return { kind: same, via: spotVia(next), evidence: sureOf(fhir, same, spotVia(next), 3) };
  }
  return null;
}
