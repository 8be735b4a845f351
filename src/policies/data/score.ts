/** How much a record looks like a real patient: points for valid identifiers, none where a mark says it is made up. */
import type { Policy } from '../catalog.js';
import { listOf } from '../catalog.js';
import { type DataRecord, plainName } from './record.js';
import {
  type Shape,
  type ShapeLists,
  addressShape,
  dateShape,
  emailShape,
  nameShape,
  numberShape,
  phoneShape,
  ssnShape,
} from './shapes.js';

const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'] as const;
type DataLetter = (typeof LETTERS)[number];

/** Half points let a ZIP code tip the scales, but not carry them. */
const POINTS: Readonly<Record<DataLetter, number>> = { A: 1, B: 1, C: 1, D: 1.5, E: 1, F: 1.5, G: 3, H: 1.5, I: 1.5 };
const FULL_NAME = 2;
const CLINICAL = 1;
/** As much as a full name, a date of birth and one number or diagnosis. */
const REALISTIC = 4;
/** Counts in bulk only: a full name and a date of birth. */
const LIKELY = 3;

export type Rating = 'realistic' | 'likely' | 'synthetic' | 'none';

export interface Rated {
  readonly rating: Rating;
  /** Letters with a real value, and the column each stands in. */
  readonly found: readonly { readonly letter: DataLetter; readonly name: string }[];
  readonly clinical: boolean;
  /** Full name in lower case, for telling distinct people apart; never printed. */
  readonly person: string;
}

export class Scale {
  readonly lists: ShapeLists;
  private readonly letters = new Map<string, DataLetter>();
  private readonly clinical: ReadonlySet<string>;
  private readonly staff: ReadonlySet<string>;

  constructor(
    policy: Policy,
    private readonly today: string,
  ) {
    const words = (name: string): readonly string[] => listOf(policy, name);
    for (const letter of LETTERS) for (const name of words(`letter_${letter}`)) this.letters.set(name, letter);
    this.clinical = new Set(words('clinical'));
    this.staff = new Set(words('staff_fields'));
    this.lists = {
      testNames: new Set(words('test_names')),
      testPeople: new Set(words('test_people')),
      testDomains: new Set(words('test_domains')),
      neverSsn: new Set(words('never_ssn')),
      testStreets: words('test_streets'),
      testTowns: words('test_towns'),
    };
  }

  /** Whether a name of a column or property is one of the identifiers. */
  isField(name: string): boolean {
    return this.letters.has(plainName(name));
  }

  /** Whether the record is about somebody's health or cover, as against a user or a member of staff. */
  isPatient(record: DataRecord): 'yes' | 'no' | 'open' {
    if (record.patient) return 'yes';
    const names = record.fields.map(([name]) => plainName(name));
    if (names.some((name) => this.staff.has(name))) return 'no';
    const health = names.some((name) => this.clinical.has(name) || 'GHI'.includes(this.letters.get(name) ?? '-'));
    return health ? 'yes' : 'open';
  }

  rate(record: DataRecord): Rated {
    const found: { letter: DataLetter; name: string }[] = [];
    let points = 0;
    let synthetic = record.synthetic;
    let clinical = false;
    const parts: string[] = [];
    const seen = new Set<DataLetter>();
    for (const [name, value] of record.fields) {
      const letter = this.letters.get(plainName(name));
      clinical ||= this.clinical.has(plainName(name)) && value !== '';
      if (letter === undefined) continue;
      const shape = this.shape(letter, value);
      synthetic ||= shape === 'synthetic';
      if (shape !== 'real') continue;
      if (letter === 'A')
        parts.push(
          ...value
            .trim()
            .toLowerCase()
            .split(/[\s,]+/),
        );
      if (!seen.has(letter)) {
        found.push({ letter, name });
        points += POINTS[letter];
      }
      seen.add(letter);
    }
    const people = new Set(parts);
    if (people.size >= 2) points += FULL_NAME - POINTS.A;
    synthetic ||= this.isTestPerson(people);
    if (clinical) points += CLINICAL;
    const person = [...people].sort().join(' ');
    const named = seen.has('A') || seen.has('G');
    const rating: Rating = synthetic
      ? 'synthetic'
      : named && points >= REALISTIC
        ? 'realistic'
        : named && points >= LIKELY
          ? 'likely'
          : 'none';
    return { rating, found, clinical, person };
  }

  private isTestPerson(words: ReadonlySet<string>): boolean {
    return [...this.lists.testPeople].some((name) => name.split(' ').every((word) => words.has(word)));
  }

  private shape(letter: DataLetter, value: string): Shape {
    switch (letter) {
      case 'A':
        return nameShape(value, this.lists);
      case 'B':
        return addressShape(value, this.lists);
      case 'C':
        return dateShape(value, this.today);
      case 'D':
      case 'E':
        return phoneShape(value);
      case 'F':
        return emailShape(value, this.lists);
      case 'G':
        return ssnShape(value, this.lists);
      default:
        return numberShape(value);
    }
  }
}
