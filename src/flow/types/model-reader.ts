/**
 * What the fields of a model of the code base (interface, class, Prisma model, schema shape) say about a person, field
 * by field: by the lexicon, in the context of the model's name and the fields beside it.
 */
import type { FieldVerdict, PhiKind } from '../../knowledge/phi.js';
import { lastWords } from '../../knowledge/words.js';
import type { TypeDeps } from './deps.js';
import { carrierFields } from './carriers.js';
import type { ClassT, ExtT, Field, FhirT, ObjT, PrismaT, T } from './kinds.js';
import type { PhiItem } from './type.js';
import type { ClassQueries, MemberQueries } from './wiring.js';

/** Words of a holder's name that its parts are called by. */
const MAX_OWNER_WORDS = 8;

export type ModelT = ObjT | ClassT | PrismaT | ExtT;

/** A model in its context. */
export interface ModelNode {
  readonly key: string;
  readonly type: ModelT;
  /** How it is named in `via`; empty for an anonymous object that stands alone. */
  readonly via: string;
  /** Whose fields these are, if the context says it better than the fields' own owner. */
  readonly owner: string | null;
  /** What text in it is, if no field name says more: the note's parts are a note. */
  readonly inherited: PhiKind | null;
}

/** What one field holds. */
export interface FieldReading {
  readonly via: string;
  /** The field itself is such data. */
  readonly item: PhiItem | null;
  /** Models and FHIR types in it; then `item` counts only if none of them says anything. */
  readonly parts: readonly (ModelNode | FhirT)[];
  /** Values in it are reached by arbitrary keys. */
  readonly keyed: boolean;
  readonly field: Field;
  /** FHIR by the field's name alone. */
  readonly named?: true;
}

/** Classes and interfaces that do things: they hold data only in passing. */
const BEHAVIOUR =
  /(?:Service|Controller|Repository|Repo|Client|Handler|Provider|Manager|Module|Factory|Adapter|Gateway|Resolver|Guard|Middleware|Interceptor|Logger|Api|Sdk|Processor|Worker|Queue|Builder|Parser|Mapper|Validator|Store|Cache|Connection|Pool|Transport|Mailer|Sender)(?:Impl|Base|Interface|Port)?$/;
const BEHAVIOUR_DECORATORS = new Set([
  'Injectable',
  'Controller',
  'Module',
  'Resolver',
  'Catch',
  'Component',
  'Directive',
]);
/** Untyped fields that hold FHIR resources, by their names. */
const RESOURCES = /^fhir(?:_?(?:resources?|bundles?|records?|data|json|entries|by_?type))*$/i;
/** Fields of a clinical model that are about the record, not in it. */
const BOOKKEEPING =
  /^(?:_?id|uuid|key|type|kind|status|state|version|url|href|resourceType|order|index|locale|lang(?:uage)?|\w*(?:Id|At|By|Type|Status))$/;
/** Wrappers that say nothing about whose data is in them. */
const NEUTRAL =
  /^(?:data|attributes|details|info|profile|record|payload|body|demographics|personal\w*|input|values|fields|basic\w*)$/;

export class ModelReader {
  private readonly readings = new Map<string, ReadonlyMap<string, FieldReading>>();
  private readonly strong = new Map<string, boolean>();
  private readonly telling = new Map<string, boolean>();

  constructor(
    private readonly deps: TypeDeps,
    private readonly members: MemberQueries,
    private readonly classes: ClassQueries,
    /** Whether a FHIR type carries anything. */
    private readonly fhirTells: (type: FhirT) => boolean,
    /** Whether a field that was taken over from a FHIR type carries anything there. */
    private readonly pickedTells: (from: NonNullable<Field['from']>) => boolean,
    private readonly anyResource: FhirT,
  ) {}

  /** Null: a type that is no model of data. */
  node(
    type: T,
    via: string | null = null,
    owner: string | null = null,
    inherited: PhiKind | null = null,
  ): ModelNode | null {
    if (type.k === 'ext') {
      if (carrierFields(type).length === 0) return null;
    } else if (type.k === 'obj') {
      if (type.flavour === 'enum' || (type.owner !== null && BEHAVIOUR.test(type.owner))) return null;
    } else if (type.k === 'class') {
      if (this.behaves(type)) return null;
    } else if (type.k !== 'prisma') return null;
    const own = type.k === 'obj' ? type.owner : bareName(type.name);
    const named = own ?? via ?? '';
    const key = `${type.key}|${named}|${owner ?? ''}|${inherited ? (inherited.letter ?? inherited.category) : ''}`;
    return { key, type, via: named, owner, inherited };
  }

  private behaves(type: ClassT): boolean {
    const facts = this.classes.facts(type.file, type.cls);
    if (facts === null) return true;
    return BEHAVIOUR.test(bareName(type.name)) || facts.decorators.some((each) => BEHAVIOUR_DECORATORS.has(each.name));
  }

  fields(node: ModelNode): ReadonlyMap<string, FieldReading> {
    let known = this.readings.get(node.key);
    if (known === undefined) {
      const all = new Map<string, FieldReading>();
      this.readings.set(node.key, all);
      for (const field of this.rawFields(node.type).values()) {
        const reading = this.read(node, field);
        if (reading !== null) all.set(field.name, reading);
      }
      known = all;
    }
    return known;
  }

  /** Readings that were made elsewhere: a model inferred from use. */
  know(node: ModelNode, readings: ReadonlyMap<string, FieldReading>): void {
    this.readings.set(node.key, readings);
  }

  private rawFields(type: ModelT): ReadonlyMap<string, Field> {
    if (type.k !== 'ext') return this.members.fields(type);
    const fields = new Map<string, Field>();
    for (const name of carrierFields(type)) {
      const member = this.members.member(type, name);
      if (member !== null) fields.set(name, { name, owner: null, type: () => member });
    }
    return fields;
  }

  private ownerOf(node: ModelNode, field: Field): string | null {
    return node.owner ?? field.owner ?? (node.via === '' ? null : node.via);
  }

  private verdict(node: ModelNode, field: Field): FieldVerdict | null {
    const siblings = this.members.siblings(node.type);
    return this.deps.lexicon.field(field.name, { owner: this.ownerOf(node, field), siblings, receiver: null });
  }

  /** Null: the field says nothing, whatever it is called. */
  private read(node: ModelNode, field: Field): FieldReading | null {
    if (field.from !== undefined) {
      return this.pickedTells(field.from) ? { via: '', item: null, parts: [], keyed: false, field } : null;
    }
    const prefix = field.owner ?? node.via;
    const via = prefix === '' ? field.name : `${prefix}.${field.name}`;
    const verdict = this.verdict(node, field);
    const parts: (ModelNode | FhirT)[] = [];
    const shape = { text: false, words: false, listed: false, keyed: false, open: false };
    this.dissect(field.type(), shape, (type) => {
      const part = type.k === 'fhir' ? type : this.nested(node, field, verdict, via, type);
      if (part !== null) parts.push(part);
    });
    // `fhir: Record<string, any[]>`: resources of any kind.
    if (shape.open && parts.length === 0 && verdict === null && RESOURCES.test(field.name))
      return { via, item: null, parts: [this.anyResource], keyed: shape.keyed, field, named: true };
    const item = this.itemOf(node, field, via, verdict, shape, parts.length > 0);
    return item === null && parts.length === 0 ? null : { via, item, parts, keyed: shape.keyed, field };
  }

  private itemOf(
    node: ModelNode,
    field: Field,
    via: string,
    verdict: FieldVerdict | null,
    shape: { readonly text: boolean; readonly words: boolean; readonly listed: boolean },
    structured: boolean,
  ): PhiItem | null {
    if (!shape.text && !shape.listed && !structured) return null;
    if (verdict !== null) {
      const { kind } = verdict;
      if (kind.category === 'free-text' && shape.text && !shape.words && !structured) return null;
      const closed = shape.listed && !shape.text && !structured;
      if (closed && !isListed(verdict)) return null;
      const evidence = this.isStrong(node) ? 3 : verdict.strength === 'strong' ? 2 : 1;
      return { kind, via, evidence };
    }
    if (!shape.text || BOOKKEEPING.test(field.name)) return null;
    const content = node.inherited ?? this.deps.lexicon.container(field.name) ?? this.contentByName(node);
    // A number or a date is no prose, whatever the model is called.
    if (content?.category === 'free-text' && !shape.words) return null;
    return content && { kind: content, via, evidence: this.isStrong(node) ? 2 : 1 };
  }

  /** A model called `SoapNote` or `Transcript` whose fields have names that say nothing: its text is what it is called. */
  private contentByName(node: ModelNode): PhiKind | null {
    if (node.via === '') return null;
    const kind = this.deps.lexicon.container(node.via);
    if (kind?.category !== 'free-text') return null;
    for (const field of this.rawFields(node.type).values()) {
      const said = this.verdict(node, field)?.kind;
      if (said !== undefined && said.letter !== 'R') return null;
    }
    return kind;
  }

  /** Splits a field's type into what can be text, what is a closed list of words, and models. */
  private dissect(
    type: T,
    shape: { text: boolean; words: boolean; listed: boolean; keyed: boolean; open: boolean },
    structure: (type: ModelT | FhirT) => void,
    depth = 0,
  ): void {
    if (depth > 12) return;
    switch (type.k) {
      case 'any':
        shape.text = true;
        shape.words = true;
        shape.open = true;
        return;
      case 'prim':
        if (type.name !== 'boolean' && type.name !== 'symbol' && type.name !== 'RegExp') shape.text = true;
        if (type.name === 'string' || type.name === 'object') shape.words = true;
        return;
      case 'lit':
        if (typeof type.value !== 'boolean') shape.listed = true;
        return;
      case 'array':
      case 'promise':
        this.dissect(type.of, shape, structure, depth + 1);
        return;
      case 'map':
        shape.keyed = true;
        this.dissect(type.of, shape, structure, depth + 1);
        return;
      case 'union':
        for (const part of type.of) this.dissect(part, shape, structure, depth + 1);
        return;
      case 'ext':
        // Clients and other tools of packages; a value class (`Dayjs`, `Decimal`) may be the datum itself.
        if (carrierFields(type).length > 0) structure(type);
        else if (!this.deps.knownType(type.typeId) && !BEHAVIOUR.test(type.typeId)) shape.text = shape.words = true;
        return;
      case 'obj':
        if (type.flavour === 'enum') shape.listed = true;
        else structure(type);
        return;
      case 'class':
      case 'prisma':
      case 'fhir':
        structure(type);
        return;
      case 'fn':
      case 'typeof-class':
        return;
    }
  }

  /** The model in a field, told whose it is where the field says so. */
  private nested(
    node: ModelNode,
    field: Field,
    verdict: FieldVerdict | null,
    via: string,
    type: ModelT,
  ): ModelNode | null {
    const own = type.k === 'obj' ? type.owner : bareName(type.name);
    const holder = this.ownerOf(node, field);
    // A type that holds its own kind would be called by an ever longer name.
    const composed = lastWords(holder ?? '', MAX_OWNER_WORDS) + capital(field.name) + (own ?? '');
    const { lexicon } = this.deps;
    const personal = verdict !== null && verdict.kind.letter !== null;
    // An address of an organization is the organization's, an address of a patient the patient's.
    const inherits = personal || (holder !== null && lexicon.subject(holder) === 'other');
    let owner: string | null = null;
    if (own !== null) {
      if (inherits && lexicon.subject(own) === 'unknown') owner = composed;
    } else if (inherits || NEUTRAL.test(field.name) || lexicon.subject(field.name) !== 'unknown') owner = composed;
    else owner = field.name;
    const content = verdict !== null && !personal && verdict.kind.category !== 'insurance' ? verdict.kind : null;
    return this.node(type, via, owner, content?.category === 'demographic' ? null : content);
  }

  /** Named like a patient's record, or with two strong identifiers: every field in it counts in full. */
  isStrong(node: ModelNode): boolean {
    const known = this.strong.get(node.key);
    if (known !== undefined) return known;
    const owner = node.owner ?? node.via;
    let strong = owner !== '' && this.deps.lexicon.subject(owner) === 'patient';
    if (!strong) {
      const letters = new Set<string>();
      for (const field of this.rawFields(node.type).values()) {
        const verdict = this.verdict(node, field);
        if (verdict?.strength === 'strong' && verdict.kind.letter !== null) letters.add(verdict.kind.letter);
      }
      strong = letters.size >= 2;
    }
    this.strong.set(node.key, strong);
    return strong;
  }

  /** Whether anything in the model, however deep, says something: a search that ends on circular models. */
  tells(node: ModelNode): boolean {
    const known = this.telling.get(node.key);
    if (known !== undefined) return known;
    const seen = new Set([node.key]);
    const queue = [node];
    let found = false;
    for (let at = queue.pop(); at !== undefined && !found && seen.size < MOST_NODES; at = queue.pop()) {
      for (const { item, parts, field } of this.fields(at).values()) {
        if (field.onDemand) continue;
        if (item !== null || field.from !== undefined) found = true;
        for (const part of parts) {
          if (isFhir(part)) found ||= this.fhirTells(part);
          else if (!seen.has(part.key)) {
            seen.add(part.key);
            queue.push(part);
          }
        }
        if (found) break;
      }
    }
    this.telling.set(node.key, found);
    return found;
  }
}

const MOST_NODES = 500;

export function isFhir(part: ModelNode | FhirT): part is FhirT {
  return 'k' in part;
}

/** Whether a closed list of words (`'male' | 'female'`) can be the datum: a state or a source is none. */
function isListed({ kind, strength }: FieldVerdict): boolean {
  return kind.category === 'demographic' || (kind.category === 'clinical' && strength === 'strong');
}

function bareName(name: string): string {
  const at = name.indexOf('<');
  return at < 0 ? name : name.slice(0, at);
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
