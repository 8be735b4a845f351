/**
 * What FHIR elements say about a person. Structure comes from generated tables (fhir-tables.ts), meaning from
 * rules/phi/fhir-letters.yaml: by single element, by datatype, by primitive, in this order.
 */
import { choiceName, type ElementDef, type FhirTables, readFhirTables, type TypeRef } from './fhir-tables.js';
import { readPhiYaml } from './phi-data.js';
import { type FhirElement, type FhirModel, type Letter, LETTERS, type PhiKind, type Sensitive } from './phi.js';

/** A letter or category; `code` and `measure` are what they mean in the resource they stand in. */
type Token = string;

interface DatatypeRule {
  readonly whole: readonly Token[];
  readonly same?: readonly string[];
  readonly fields?: Readonly<Record<string, readonly Token[]>>;
}

interface FhirLetters {
  readonly categories: Readonly<Record<Letter, string>>;
  readonly gravity: readonly Token[];
  readonly also_individual: readonly string[];
  readonly not_individual: readonly string[];
  readonly any_resource: readonly string[];
  readonly everyday: readonly string[];
  readonly first_told: readonly string[];
  readonly told_first: readonly string[];
  readonly codes: Readonly<Record<'demographic' | 'insurance' | 'none', readonly string[]>>;
  readonly datatypes: Readonly<Record<string, DatatypeRule>>;
  readonly primitives: Readonly<Record<string, readonly Token[]>>;
  readonly reference_to_person: { readonly types: readonly string[]; readonly adds: readonly Token[] };
  readonly reference_to_content: { readonly types: readonly string[]; readonly gives: readonly Token[] };
  readonly open: { readonly elements: readonly string[] };
  readonly elements: Readonly<Record<string, readonly Token[]>>;
  readonly sensitive: Readonly<Partial<Record<Sensitive, readonly string[]>>>;
}

type Carried = readonly { readonly kind: PhiKind; readonly via: string }[];

/** An element by its name; of a choice, the one type that its name says. */
interface FoundElement {
  readonly def: ElementDef;
  readonly types: readonly TypeRef[];
}

/** An element on the way down a path. */
interface Spot {
  readonly types: readonly TypeRef[];
  /** Settled by a rule on the way; null: by the element's type. */
  readonly tokens: readonly Token[] | null;
  /** In the specification's names: `Observation.value[x]`. */
  readonly via: string;
  readonly concrete: string;
}

/** Elements of every resource that may hold anything: named one by one, never as what the resource itself carries. */
const ANYTHING = new Set(['contained', 'extension', 'modifierExtension']);
const SKIPPED_SEGMENT = /^(?:\[\d*\]|\d+|\*|)$/;

class TabledFhirModel implements FhirModel {
  private readonly gravity: ReadonlyMap<Token, number>;
  private readonly anyResource: ReadonlySet<string>;
  private readonly individuals: readonly string[];
  private readonly kindsByPath = new Map<string, readonly PhiKind[]>();
  private readonly carriedByType = new Map<string, Carried>();
  private readonly namesByType = new Map<string, readonly string[]>();
  private readonly elementsByName = new Map<string, Map<string, FoundElement>>();

  constructor(
    private readonly tables: FhirTables,
    private readonly letters: FhirLetters,
  ) {
    this.gravity = new Map(letters.gravity.map((token, at) => [token, at]));
    this.anyResource = new Set(letters.any_resource);
    const notIndividual = new Set(letters.not_individual);
    const all = new Set([...letters.first_told, ...tables.compartment, ...letters.also_individual]);
    this.individuals = [...all].filter((resource) => !notIndividual.has(resource));
  }

  has(type: string): boolean {
    return this.tables.type(type) !== null;
  }

  isResource(type: string): boolean {
    return this.tables.type(type)?.isResource ?? false;
  }

  isEveryday(type: string): boolean {
    return this.letters.everyday.includes(type);
  }

  element(type: string, name: string): FhirElement | null {
    const found = this.find(type, name);
    const ref = found?.types[0];
    if (found === null || ref === undefined) return null;
    return { type: ref.type, many: found.def.many, targets: ref.targets };
  }

  elements(type: string): readonly string[] {
    let names = this.namesByType.get(type);
    if (names === undefined) {
      names = [...this.tables.elements(type)].flatMap((def) =>
        def.name.endsWith('[x]') ? def.types.map((ref) => choiceName(def.name, ref.type)) : [def.name],
      );
      this.namesByType.set(type, names);
    }
    return names;
  }

  kinds(resource: string, path: string): readonly PhiKind[] {
    const key = `${resource} ${path}`;
    let kinds = this.kindsByPath.get(key);
    if (kinds === undefined) {
      const segments = path.split('.').flatMap((part) => part.replace(/\[\d*\]$/, ''));
      kinds = this.walk(
        resource,
        segments.filter((segment) => !SKIPPED_SEGMENT.test(segment)),
      );
      this.kindsByPath.set(key, kinds);
    }
    return kinds;
  }

  isOpen(via: string): boolean {
    const [root = '', ...path] = via.split('.');
    if (this.letters.codes.none.includes(root)) return true;
    return this.letters.open.elements.some((open) => (open.includes('.') ? via.startsWith(open) : path.includes(open)));
  }

  carried(resource: string): Carried {
    let carried = this.carriedByType.get(resource);
    if (carried === undefined) {
      carried = this.anyResource.has(resource) ? this.carriedByAny() : this.collect(resource);
      this.carriedByType.set(resource, carried);
    }
    return carried;
  }

  private walk(resource: string, segments: readonly string[]): readonly PhiKind[] {
    if (segments.length === 0) return this.carried(resource).map(({ kind }) => kind);
    if (!this.isIndividual(resource)) return [];
    let spot = this.start(resource);
    for (const [at, segment] of segments.entries()) {
      if (spot.types.some(({ type }) => this.anyResource.has(type)) && this.find('Resource', segment) === null) {
        const rest = segments.slice(at).join('.');
        return this.union(this.individuals.map((inner) => (this.isAny(inner) ? [] : this.kinds(inner, rest))));
      }
      const next = this.step(resource, spot, segment);
      if (next === null) return [];
      spot = next;
    }
    return this.told(resource, this.tokensAt(resource, spot), spot.via);
  }

  private start(type: string): Spot {
    const tokens = this.letters.datatypes[type]?.whole ?? null;
    return { types: [{ type, targets: [] }], tokens, via: type, concrete: type };
  }

  /** One element further down; null if there is no such element. */
  private step(resource: string, spot: Spot, segment: string): Spot | null {
    for (const { type, targets } of spot.types) {
      const found = this.find(type, segment);
      if (found === null) continue;
      const { def, types } = found;
      const via = `${spot.via}.${def.name}`;
      const concrete = `${spot.concrete}.${segment}`;
      const tokens =
        this.elementRule(type, segment, concrete, via) ??
        this.fieldRule(resource, type, targets, def.name, spot.tokens);
      return { types, tokens, via, concrete };
    }
    return null;
  }

  /** The rule for this very element, if there is one. Parts are named by their type: `item.item` is `item`. */
  private elementRule(type: string, name: string, concrete: string, via: string): readonly Token[] | null {
    const rules = this.letters.elements;
    const spec = via.slice(via.lastIndexOf('.') + 1);
    const own = rules[concrete] ?? rules[via] ?? rules[`${type}.${name}`] ?? rules[`${type}.${spec}`];
    if (own !== undefined || Object.hasOwn(this.letters.datatypes, type)) return own ?? null;
    if (this.isResource(type)) return rules[`Resource.${name}`] ?? rules[`*.${name}`] ?? null;
    return name === 'id' ? [] : (rules[`*.${name}`] ?? null);
  }

  /** What is left in a field of a datatype of what the whole says; null: not settled here. */
  private fieldRule(
    resource: string,
    type: string,
    targets: readonly string[],
    name: string,
    whole: readonly Token[] | null,
  ): readonly Token[] | null {
    const rule = this.letters.datatypes[type];
    if (rule === undefined) return whole;
    if (type === 'Reference' && whole === null) return this.referenceField(targets, name);
    const own = rule.fields?.[name];
    if (own !== undefined) return own;
    if (rule.same?.includes(name) !== true) return [];
    return whole ?? this.tokensOfType(resource, { type, targets }, new Set());
  }

  private referenceField(targets: readonly string[], name: string): readonly Token[] {
    const whole = this.referenceTokens(targets);
    if (name === 'type' || whole.length === 0) return [];
    if (name !== 'display') return whole.includes('R') ? ['R'] : [];
    const { reference_to_person: person, reference_to_content: content } = this.letters;
    if (targets.some((target) => person.types.includes(target))) return person.adds;
    return targets.some((target) => content.types.includes(target)) ? content.gives : ['code'];
  }

  private tokensAt(resource: string, spot: Spot, seen = new Set<string>()): readonly Token[] {
    return spot.tokens ?? spot.types.flatMap((ref) => this.tokensOfType(resource, ref, seen, spot));
  }

  /** What a whole element of this type says. */
  private tokensOfType(resource: string, ref: TypeRef, seen: Set<string>, spot?: Spot): readonly Token[] {
    const { type, targets } = ref;
    if (this.anyResource.has(type)) return this.carriedByAny().map(({ kind }) => kind.letter ?? kind.category);
    if (type === 'Reference') return this.referenceTokens(targets);
    const rule = this.letters.datatypes[type];
    if (rule !== undefined) return rule.whole;
    const primitive = this.letters.primitives[type];
    if (primitive !== undefined) return primitive;
    if (spot === undefined || seen.has(type)) return [];
    seen.add(type);
    return [...this.children(resource, { ...spot, types: [ref] })].flatMap((child) =>
      this.tokensAt(resource, child, seen),
    );
  }

  private referenceTokens(targets: readonly string[]): readonly Token[] {
    const { reference_to_person: person, reference_to_content: content, datatypes } = this.letters;
    const whole = datatypes['Reference']?.whole ?? [];
    if (targets.length === 0) return whole;
    if (targets.some((target) => person.types.includes(target))) return [...whole, ...person.adds];
    if (targets.some((target) => this.individuals.includes(target))) return whole;
    return targets.some((target) => content.types.includes(target)) ? content.gives : [];
  }

  private *children(resource: string, spot: Spot): Iterable<Spot> {
    for (const { type } of spot.types) {
      for (const def of this.tables.elements(type)) {
        if (ANYTHING.has(def.name)) continue;
        const child = this.step(resource, { ...spot, types: [{ type, targets: [] }] }, def.name);
        if (child !== null) yield child;
      }
    }
  }

  /** One witness a kind, elements before the parts of elements, in the order of the specification. */
  private collect(type: string): Carried {
    const dot = type.indexOf('.');
    const resource = dot === -1 ? type : type.slice(0, dot);
    if (!this.isIndividual(resource)) return [];
    const found = new Map<string, { kind: PhiKind; via: string }>();
    const seen = new Set<string>();
    let level: Spot[] = [this.start(type)];
    while (level.length > 0) {
      const below: Spot[] = [];
      for (const spot of level) {
        const part = spot.tokens === null ? spot.types.find((ref) => this.isPart(ref.type)) : undefined;
        if (part !== undefined) {
          if (seen.has(part.type)) continue;
          seen.add(part.type);
          below.push(...this.tellingFirst([...this.children(resource, spot)]));
        } else if (spot.tokens === null && spot.types.some((ref) => this.anyResource.has(ref.type))) {
          for (const item of this.carriedByAny()) this.note(found, item);
        } else {
          const kinds = this.told(resource, this.tokensAt(resource, spot), spot.via);
          for (const kind of kinds) this.note(found, { kind, via: spot.via });
        }
      }
      level = below;
    }
    return this.byGravity([...found.values()]);
  }

  private tellingFirst(spots: Spot[]): Spot[] {
    const rank = ({ via }: Spot): number => {
      const at = this.letters.told_first.indexOf(via.slice(via.lastIndexOf('.') + 1));
      return at === -1 ? this.letters.told_first.length : at;
    };
    return spots.sort((a, b) => rank(a) - rank(b));
  }

  private carriedByAny(): Carried {
    const known = this.carriedByType.get('Resource');
    if (known !== undefined) return known;
    const found = new Map<string, { kind: PhiKind; via: string }>();
    for (const resource of this.individuals) {
      if (this.isAny(resource)) continue;
      // What only some resources would make sensitive does not make every bundle sensitive.
      for (const { kind, via } of this.carried(resource)) this.note(found, { kind: { ...kind, sensitive: null }, via });
    }
    const carried = this.byGravity([...found.values()]);
    this.carriedByType.set('Resource', carried);
    return carried;
  }

  private note(found: Map<string, { kind: PhiKind; via: string }>, item: { kind: PhiKind; via: string }): void {
    const key = item.kind.letter ?? item.kind.category;
    if (!found.has(key)) found.set(key, item);
  }

  private byGravity(items: { kind: PhiKind; via: string }[]): Carried {
    return items.sort((a, b) => this.rank(a.kind) - this.rank(b.kind));
  }

  private rank(kind: PhiKind): number {
    return this.gravity.get(kind.letter ?? kind.category) ?? this.gravity.size;
  }

  private told(resource: string, tokens: readonly Token[], via: string): readonly PhiKind[] {
    const kinds = new Map<string, PhiKind>();
    for (const token of tokens) {
      const meant = token === 'code' || token === 'measure' ? this.codeMeaning(resource) : token;
      if (meant !== null) kinds.set(meant, this.kind(meant, via));
    }
    return [...kinds.values()].sort((a, b) => this.rank(a) - this.rank(b));
  }

  private kind(token: Token, via: string): PhiKind {
    const letter = LETTERS.find((known) => known === token);
    if (letter !== undefined) return { letter, category: this.letters.categories[letter], sensitive: null };
    return { letter: null, category: token, sensitive: token === 'clinical' ? this.sensitive(via) : null };
  }

  private sensitive(via: string): Sensitive | null {
    for (const [kind, places] of Object.entries(this.letters.sensitive) as [Sensitive, readonly string[]][]) {
      if (places.some((place) => via === place || via.startsWith(`${place}.`))) return kind;
    }
    return null;
  }

  private codeMeaning(resource: string): Token | null {
    const { demographic, insurance, none } = this.letters.codes;
    if (none.includes(resource)) return null;
    if (demographic.includes(resource)) return 'demographic';
    return insurance.includes(resource) ? 'insurance' : 'clinical';
  }

  private union(lists: readonly (readonly PhiKind[])[]): readonly PhiKind[] {
    const kinds = new Map(lists.flat().map((kind) => [kind.letter ?? kind.category, { ...kind, sensitive: null }]));
    return [...kinds.values()].sort((a, b) => this.rank(a) - this.rank(b));
  }

  /** Whether instances are about a patient at all. Datatypes are, wherever they stand alone. */
  private isIndividual(type: string): boolean {
    return !this.isResource(type) || this.individuals.includes(type);
  }

  /** Resources that only wrap others. */
  private isAny(resource: string): boolean {
    return this.anyResource.has(resource) || resource === 'Bundle' || resource === 'Parameters';
  }

  /** A resource or a backbone element: a type that is told by its elements. */
  private isPart(type: string): boolean {
    if (this.anyResource.has(type) || Object.hasOwn(this.letters.datatypes, type)) return false;
    return this.tables.type(type) !== null;
  }

  private find(type: string, name: string): FoundElement | null {
    let known = this.elementsByName.get(type);
    if (known === undefined) {
      known = new Map();
      const add = (key: string, element: FoundElement): void => {
        if (!known!.has(key)) known!.set(key, element);
      };
      for (const def of this.tables.elements(type)) {
        add(def.name, { def, types: def.types });
        if (!def.name.endsWith('[x]')) continue;
        for (const ref of def.types) add(choiceName(def.name, ref.type), { def, types: [ref] });
      }
      this.elementsByName.set(type, known);
    }
    return known.get(name) ?? null;
  }
}

let loaded: FhirModel | null = null;

/** FHIR R4, with what R4B and R5 add. Read once a process, types when they are first asked for. */
export function loadFhir(): FhirModel {
  loaded ??= new TabledFhirModel(readFhirTables(), readPhiYaml<FhirLetters>('fhir-letters.yaml'));
  return loaded;
}
