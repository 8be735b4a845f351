/** Places: what a value of a type says about a person. Interned by key; items are collected on demand. */
import type { PhiKind } from '../../knowledge/phi.js';
import type { TypeDeps } from './deps.js';
import {
  holdsResource,
  isLeaf,
  itemsWithout,
  leadsToResource,
  rootSpot,
  spotItems,
  spotVia,
  step,
  type FhirSpot,
} from './fhir-places.js';
import { sorted } from './gravity.js';
import { inner, type Field, type FhirT, type T } from './kinds.js';
import { ModelReader, isFhir, type FieldReading, type ModelNode } from './model-reader.js';
import type { PhiItem, Place, Type } from './type.js';
import type { Universe } from './universe.js';
import type { ClassQueries, MemberQueries } from './wiring.js';

/** Models inside models inside models: deeper ones are not listed. */
const DEEPEST = 6;
const MOST_ITEMS = 200;
const MOST_NODES = 500;
/** Properties that say how much, not what. */
const COUNTS = new Set(['length', 'size', 'byteLength']);

type Inside =
  | { readonly p: 'fhir'; readonly spot: FhirSpot }
  | { readonly p: 'model'; readonly node: ModelNode }
  /** The datum itself. */
  | { readonly p: 'leaf'; readonly items: readonly PhiItem[] }
  /** An object with arbitrary keys. */
  | { readonly p: 'keyed'; readonly of: PlaceT }
  /** One of several. */
  | { readonly p: 'either'; readonly of: readonly PlaceT[] };

interface PlaceT extends Place {
  readonly inside: Inside;
}

export class Places {
  private readonly table = new Map<string, PlaceT>();
  private readonly byType = new Map<T, PlaceT | null>();
  private readonly selections = new Map<PlaceT, Map<string, PlaceT | null>>();
  private readonly listed = new Map<string, readonly PhiItem[]>();
  private readonly fhirKnown = new Map<T, boolean>();
  readonly reader: ModelReader;

  constructor(
    private readonly deps: TypeDeps,
    private readonly types: Universe,
    private readonly members: MemberQueries,
    classes: ClassQueries,
  ) {
    this.reader = new ModelReader(
      deps,
      members,
      classes,
      (type) => this.fhirTells(type),
      (from) => this.picked(from) !== null,
      types.fhir('Resource'),
    );
  }

  private intern(key: string, type: T, via: string, inside: Inside): PlaceT {
    let place = this.table.get(key);
    if (place === undefined) {
      place = { key, type, via, inside };
      this.table.set(key, place);
    }
    return place;
  }

  place(type: Type): Place | null {
    return this.of(inner(type));
  }

  private of(type: T): PlaceT | null {
    const known = this.byType.get(type);
    if (known !== undefined) return known;
    this.byType.set(type, null);
    const place = this.build(type);
    this.byType.set(type, place);
    return place;
  }

  private build(type: T): PlaceT | null {
    switch (type.k) {
      case 'array':
      case 'promise':
        return this.of(type.of);
      case 'prim': {
        const owner = type.of && this.of(type.of.owner);
        return owner ? (this.select(owner, type.of!.key) as PlaceT | null) : null;
      }
      case 'map':
        return this.keyed(this.of(type.of), type);
      case 'union':
        return this.either(type.of.map((part) => this.of(part)));
      case 'fhir':
        return this.fhirTells(type) ? this.fhirPlace(rootSpot(this.deps.fhir, type), type) : null;
      case 'obj':
      case 'class':
      case 'prisma':
      case 'ext':
        return this.modelPlace(this.reader.node(type));
      default:
        return null;
    }
  }

  private keyed(of: PlaceT | null, type: T): PlaceT | null {
    return of && this.intern(`keyed ${of.key}`, type, of.via, { p: 'keyed', of });
  }

  private either(options: readonly (PlaceT | null)[]): PlaceT | null {
    const flat = options.flatMap((each) => (each?.inside.p === 'either' ? each.inside.of : each ? [each] : []));
    const of = [...new Set(flat)].sort((a, b) => (a.key < b.key ? -1 : 1));
    const first = of[0];
    if (first === undefined || of.length === 1) return first ?? null;
    const type = this.types.union(of.map((place) => inner(place.type)));
    return this.intern(`either ${of.map((place) => place.key).join(' ')}`, type, first.via, { p: 'either', of });
  }

  private modelPlace(node: ModelNode | null): PlaceT | null {
    if (node === null || !this.reader.tells(node)) return null;
    const via = node.via === '' ? `{${[...this.reader.fields(node).keys()].join(', ')}}` : node.via;
    return this.intern(`model ${node.key}`, node.type, via, { p: 'model', node });
  }

  private leaf(items: readonly PhiItem[], type: T): PlaceT | null {
    const first = items[0];
    if (first === undefined) return null;
    const kinds = items.map(({ kind }) => `${kind.letter ?? kind.category}${kind.sensitive ?? ''}`).join();
    return this.intern(`leaf ${first.via}|${kinds}|${first.evidence}|${type.key}`, type, first.via, {
      p: 'leaf',
      items,
    });
  }

  /* ---------------------------------------------------------------- FHIR */

  private fhirTells(type: FhirT): boolean {
    let known = this.fhirKnown.get(type);
    if (known === undefined) {
      const spot = rootSpot(this.deps.fhir, type);
      const held = this.held(spot);
      known = held === undefined ? spotItems(this.deps.fhir, spot).length > 0 : held !== null;
      this.fhirKnown.set(type, known);
    }
    return known;
  }

  /** What a Bundle of a known type holds; undefined where that is not known or not the question. */
  private held(spot: FhirSpot): PlaceT | null | undefined {
    return spot.arg !== null && leadsToResource(spot) ? this.of(spot.arg) : undefined;
  }

  private fhirPlace(spot: FhirSpot, type: T): PlaceT | null {
    if (holdsResource(spot)) {
      return spot.arg !== null && spot.root === 'Bundle' ? this.of(spot.arg) : this.of(this.types.fhir('Resource'));
    }
    const held = this.held(spot);
    const tells = held === undefined ? spotItems(this.deps.fhir, spot).length > 0 : held !== null;
    if (!tells) return null;
    return this.intern(`fhir ${spotVia(spot)}<${spot.arg?.key ?? ''}>${spot.sure ?? ''}`, type, spotVia(spot), {
      p: 'fhir',
      spot,
    });
  }

  private selectFhir(place: PlaceT, spot: FhirSpot, name: string): PlaceT | null {
    const next = step(this.deps.fhir, spot, name);
    if (next === null) return isLeaf(this.deps.fhir, spot) && !COUNTS.has(name) ? place : null;
    const holder = this.types.fhir(spot.at, spot.arg);
    return this.fhirPlace(next, this.members.member(holder, name) ?? this.types.any);
  }

  /* ---------------------------------------------------------------- steps */

  select(place: Place, name: string): Place | null {
    const from = place as PlaceT;
    let known = this.selections.get(from);
    if (known === undefined) this.selections.set(from, (known = new Map()));
    let next = known.get(name);
    if (next === undefined) {
      next = this.step(from, name);
      known.set(name, next);
    }
    return next;
  }

  private step(place: PlaceT, name: string): PlaceT | null {
    const { inside } = place;
    if (inside.p === 'keyed') return COUNTS.has(name) ? null : inside.of;
    if (COUNTS.has(name)) return null;
    // Places of arrays are those of their elements.
    if (/^\d+$/.test(name)) return place;
    switch (inside.p) {
      case 'fhir':
        return this.selectFhir(place, inside.spot, name);
      case 'leaf':
        return place;
      case 'either':
        return this.either(inside.of.map((each) => this.select(each, name) as PlaceT | null));
      case 'model':
        return this.fieldPlace(inside.node, name);
    }
  }

  private fieldPlace(node: ModelNode, name: string): PlaceT | null {
    const reading = this.reader.fields(node).get(name);
    if (reading === undefined) return this.indexed(node);
    if (reading.field.from !== undefined) return this.picked(reading.field.from);
    const type = reading.field.type();
    const parts = reading.parts.map((part) =>
      reading.named && isFhir(part) ? this.named(part) : this.partPlace(part),
    );
    const structured = this.either(parts);
    if (structured !== null) return reading.keyed ? this.keyed(structured, type) : structured;
    return reading.item && this.leaf([reading.item], type);
  }

  private partPlace(part: ModelNode | FhirT): PlaceT | null {
    return isFhir(part) ? this.of(part) : this.modelPlace(part);
  }

  private named(part: FhirT): PlaceT | null {
    return this.fhirPlace({ ...rootSpot(this.deps.fhir, part), sure: 2 }, part);
  }

  /** A field that was taken over from a FHIR type says there what it is. */
  private picked(from: NonNullable<Field['from']>): PlaceT | null {
    const base = this.of(from.base);
    return base && (this.select(base, from.name) as PlaceT | null);
  }

  /** Fields that are not declared, of a model that allows any. */
  private indexed(node: ModelNode): PlaceT | null {
    if (node.type.k !== 'obj') return null;
    const { index } = node.type.parts();
    return index && this.of(index);
  }

  elementPlace(place: Place): Place | null {
    const { inside } = place as PlaceT;
    return inside.p === 'keyed' ? inside.of : place;
  }

  /* ---------------------------------------------------------------- items */

  /** `minus`: dotted paths below the place that are not there any more. */
  items(place: Place, minus: readonly string[] = []): readonly PhiItem[] {
    const key = `${place.key}|${[...minus].sort().join()}`;
    let items = this.listed.get(key);
    if (items === undefined) {
      items = sorted(this.collect(place as PlaceT, minus), MOST_ITEMS);
      this.listed.set(key, items);
    }
    return items;
  }

  private *collect(start: PlaceT, minus: readonly string[]): Iterable<PhiItem> {
    const seen = new Set<string>();
    const queue: { readonly place: PlaceT; readonly minus: readonly string[]; readonly depth: number }[] = [];
    const push = (place: PlaceT | null, gone: readonly string[], depth: number): void => {
      if (place === null || depth > DEEPEST || seen.has(place.key) || seen.size >= MOST_NODES) return;
      seen.add(place.key);
      queue.push({ place, minus: gone, depth });
    };
    push(start, minus, 0);
    for (let at = 0; at < queue.length; at++) {
      const { place, minus: gone, depth } = queue[at]!;
      const { inside } = place;
      switch (inside.p) {
        case 'leaf':
          yield* inside.items;
          break;
        case 'keyed':
          push(inside.of, below(gone, '*'), depth);
          break;
        case 'either':
          for (const each of inside.of) push(each, gone, depth);
          break;
        case 'fhir': {
          const held = this.held(inside.spot);
          if (held === undefined) yield* itemsWithout(this.deps.fhir, inside.spot, gone);
          else push(held, [], depth);
          break;
        }
        case 'model': {
          const taken = new Map<T, string[]>();
          for (const { field } of this.reader.fields(inside.node).values()) {
            if (field.onDemand || gone.includes(field.name)) continue;
            if (field.from !== undefined) {
              const names = taken.get(field.from.base);
              if (names === undefined) taken.set(field.from.base, [field.from.name]);
              else names.push(field.from.name);
              continue;
            }
            const next = this.fieldPlace(inside.node, field.name);
            // A datum needs no room in the queue.
            if (next?.inside.p === 'leaf') yield* next.inside.items;
            else push(next, below(gone, field.name), depth + 1);
          }
          for (const [base, names] of taken) yield* this.partOfResource(base, names, gone);
          break;
        }
      }
    }
  }

  /** Some elements of a resource, told like the whole: one item for each letter. */
  private partOfResource(base: T, names: readonly string[], gone: readonly string[]): readonly PhiItem[] {
    const place = this.of(base);
    if (place?.inside.p !== 'fhir') return place === null ? [] : this.items(place);
    const kept = new Set(names);
    const { spot } = place.inside;
    const minus = this.deps.fhir.elements(spot.at).filter((name) => !kept.has(name));
    return itemsWithout(this.deps.fhir, spot, [...minus, ...gone]);
  }

  /* ---------------------------------------------------------------- places without a declared type */

  inferred(receiver: string | null, fields: readonly string[]): Place | null {
    const names = [...new Set(fields)].sort();
    const found: { readonly name: string; readonly kind: PhiKind }[] = [];
    const strong: PhiKind[] = [];
    for (const name of names) {
      const said = this.deps.lexicon.field(name, { owner: null, siblings: names, receiver });
      const verdict = said ?? (receiver === 'request' || receiver === 'body' ? this.deps.lexicon.upload(name) : null);
      if (verdict === null) continue;
      if (verdict.strength === 'strong') strong.push(verdict.kind);
      found.push({ name, kind: verdict.kind });
    }
    const isPatient = receiver !== null && this.deps.lexicon.subject(receiver) === 'patient';
    if (strong.length === 0 && !(isPatient && found.length > 0)) return null;
    // Whoever is logged in may be a patient or a member of staff: a name and an e-mail address do not tell.
    const contact = strong.every(({ letter }) => letter === 'A' || letter === 'D' || letter === 'F');
    if (contact && !isPatient && this.deps.lexicon.account(receiver, names)) return null;
    // As in a declared model, one step less sure: called a patient, two identifiers, or one beside health information.
    const letters = new Set(
      strong.flatMap((kind) => (kind.letter === null || kind.letter === 'R' ? [] : [kind.letter])),
    );
    const isHealth = strong.some(({ category }) => category === 'clinical' || category === 'free-text');
    const evidence = isPatient || letters.size >= 2 || (letters.size === 1 && isHealth) ? 2 : 1;
    const key = `inferred ${receiver ?? ''}|${names.join()}`;
    const readings = new Map<string, FieldReading>();
    const type = this.types.object(key, { owner: null, name: `{${names.join(', ')}}` }, () => ({
      fields: new Map(names.map((name): [string, Field] => [name, { name, owner: null, type: () => this.types.any }])),
      index: null,
      bases: [],
    }));
    for (const { name, kind } of found) {
      const field: Field = { name, owner: null, type: () => this.types.any };
      readings.set(name, { via: name, item: { kind, via: name, evidence }, parts: [], keyed: false, field });
    }
    const node: ModelNode = { key, type, via: '', owner: null, inherited: null };
    this.reader.know(node, readings);
    return this.modelPlace(node);
  }

  single(via: string, kind: PhiKind, evidence: PhiItem['evidence'] = 1): Place {
    return this.leaf([{ kind, via, evidence }], this.types.any)!;
  }
}

function below(paths: readonly string[], name: string): readonly string[] {
  return paths.flatMap((path) => {
    const dot = path.indexOf('.');
    return dot > 0 && (path.slice(0, dot) === name || name === '*') ? [path.slice(dot + 1)] : [];
  });
}
