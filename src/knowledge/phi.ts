/** What the engine asks about names and FHIR elements. Answers come from rules/phi, never from code. */

/** Safe Harbor letters of §164.514(b)(2)(i), in order. */
export const LETTERS = [
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G',
  'H',
  'I',
  'J',
  'K',
  'L',
  'M',
  'N',
  'O',
  'P',
  'Q',
  'R',
] as const;
export type Letter = (typeof LETTERS)[number];

export type Sensitive = 'part2' | 'mental-health' | 'hiv' | 'genetic';

/** One kind of data: a Safe Harbor identifier (letter), or health information (`clinical`), or text that may hold anything (`free-text`). */
export interface PhiKind {
  readonly letter: Letter | null;
  /** `names`, `geography`, `dates`, `telephone` … for letters; `clinical`, `free-text`, `demographic`, `insurance` otherwise. */
  readonly category: string;
  readonly sensitive: Sensitive | null;
}

/** Whose data a field is, judged by the words around it. */
export type Subject = 'patient' | 'other' | 'unknown';

export interface FieldContext {
  /** Name of the type, model, schema or table that declares the field. */
  readonly owner: string | null;
  /** Names of the fields beside it (for context rules: two strong identifiers make weak names count). */
  readonly siblings: readonly string[];
  /** Name of the variable or property that holds the object, if nothing better is known. */
  readonly receiver: string | null;
}

export interface FieldVerdict {
  readonly kind: PhiKind;
  /** `strong` names count by themselves, `weak` ones counted because of their context. */
  readonly strength: 'strong' | 'weak';
}

export interface Lexicon {
  /** Splits on case, `_`, `-`, digits and matches whole words; null: the name says nothing (or is a false friend). */
  field(name: string, context: FieldContext): FieldVerdict | null;
  /** What an inbound request holds under a name that says nothing elsewhere: an audio file is somebody's voice. */
  upload(name: string): FieldVerdict | null;
  /** Whose data an object of this type/variable name holds: Patient, IntakeForm … vs Practitioner, Organization, staff, vendor. */
  subject(name: string): Subject;
  /** Whether an object is somebody's login: by what it is called, or by the fields beside (a password). */
  account(receiver: string | null, fields: readonly string[]): boolean;
  /** The name of a thing that holds clinical content as a whole: transcript, soapNote, chart. */
  container(name: string): PhiKind | null;
}

export interface FhirElement {
  /** FHIR type of the element: a datatype (`HumanName`), a primitive (`string`), a backbone path (`Patient.contact`). */
  readonly type: string;
  readonly many: boolean;
  /** For references: the possible targets, else empty. */
  readonly targets: readonly string[];
}

export interface FhirModel {
  /** Whether the name is a resource, datatype or backbone path of any loaded release. */
  has(type: string): boolean;
  isResource(type: string): boolean;
  /** Whether a resource's name is a word that others use for things of their own (`Group`, `Task`). */
  isEveryday(type: string): boolean;
  /** Element by name (`name`, `valueQuantity`); null if there is none. */
  element(type: string, name: string): FhirElement | null;
  elements(type: string): readonly string[];
  /**
   * What the element itself says about a person when it belongs to this resource: Patient.name → A; Practitioner.name →
   * null (workforce); Patient.active → null; Condition.code → clinical. `resource` is the root resource, `path` the
   * dotted element path in it. Null: nothing. Elements with children are answered for the whole.
   */
  kinds(resource: string, path: string): readonly PhiKind[];
  /** Whether nothing says what stands at a place (`Appointment.extension.valueString`): the standard leaves it open. */
  isOpen(via: string): boolean;
  /** All kinds that an instance of the resource can carry, each with its witness path (`Patient.name`), gravest first. */
  carried(resource: string): readonly { readonly kind: PhiKind; readonly via: string }[];
}
