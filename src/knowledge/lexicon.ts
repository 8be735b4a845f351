/**
 * What a name says about the data behind it. A name is read as *[whose] [datum] [what was done with it]*:
 * `emergencyContactPhoneNumber` is the datum `phone number` of an emergency contact; `emailTemplate` is no e-mail address,
 * because the word that stands at its end is not the datum. The words are data (rules/phi); the grammar is here.
 */
import { isConstantCase, phraseKey, PhraseSet, singular, words } from './words.js';
import { type HealthNames, type LetterNames, type NameLists, readPhiYaml, type WordLists } from './phi-data.js';
import {
  type FieldContext,
  type FieldVerdict,
  LETTERS,
  type Lexicon,
  type PhiKind,
  type Sensitive,
  type Subject,
} from './phi.js';

/** Whose or what: a person, a person's record, a clinical entry; somebody else; a thing of the program (labels, config). */
type Holder = 'person' | 'record' | 'clinical' | 'other' | 'technical' | 'unknown';

type Need = 'strong' | 'weak' | 'weak_record' | 'weak_clinical';

interface Entry {
  readonly kind: PhiKind;
  readonly need: Need;
  /** Words that must not follow, besides the general ones. */
  readonly notAfter: ReadonlySet<string>;
  /** Words that must not stand before, besides the general ones. */
  readonly notBefore: ReadonlySet<string>;
}

/** One way to read a name, before its context is known. */
interface Reading {
  readonly entry: Entry;
  /** Whose it is by the words before the datum. */
  readonly own: Holder;
  /** Whether all other words before the datum leave it what it is. */
  readonly plain: boolean;
}

/** What a name says about the names beside it. */
interface SaidBeside {
  readonly workforce: boolean;
  readonly record: boolean;
  readonly letter: string | null;
}

const NEEDS: readonly Need[] = ['strong', 'weak', 'weak_record', 'weak_clinical'];
/** Contexts in which an entry that is not strong counts. */
const SATISFIED_BY: Readonly<Record<Need, readonly Holder[]>> = {
  strong: [],
  weak: ['person'],
  weak_record: ['person', 'record', 'clinical'],
  weak_clinical: ['clinical'],
};
const NOTHING: ReadonlySet<string> = new Set();
const IDENTIFYING_SIBLINGS = new Set(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I']);
/** Identifiers that members of staff are not listed with. */
const PATIENT_ONLY = new Set(['C', 'G', 'H', 'I']);
/** Letters whose weak names (`url`, `image`, `token`) stay meaningless even beside a name and a telephone number. */
const NEVER_BY_SIBLINGS = new Set(['J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q']);
const NO_CONTEXT: FieldContext = { owner: null, siblings: [], receiver: null };

const MAX_REMEMBERED = 20_000;

/** Answers by name. An editor's process lives long and sees new names all day: when it holds too many, it begins anew. */
class Remembered<K, V> extends Map<K, V> {
  override set(key: K, value: V): this {
    if (this.size >= MAX_REMEMBERED) this.clear();
    return super.set(key, value);
  }
}

class WordLexicon implements Lexicon {
  private readonly entries = new Map<string, Entry[]>();
  private readonly holders = new Map<string, Holder>();
  private readonly ownersOnly: PhraseSet;
  private readonly notHolders: PhraseSet;
  private readonly workforce: PhraseSet;
  private readonly memberships: PhraseSet;
  private readonly ofOrganization: PhraseSet;
  private readonly ofRecord: PhraseSet;
  private readonly uploads: PhraseSet;
  private readonly accounts: PhraseSet;
  private readonly accountFields: PhraseSet;
  private readonly neverBefore: ReadonlySet<string>;
  private readonly before: ReadonlySet<string>;
  private readonly after: ReadonlySet<string>;
  private readonly afterHealthOnly: ReadonlySet<string>;
  private readonly afterContainer: ReadonlySet<string>;
  private readonly containers = new Map<string, PhiKind>();
  private readonly sensitive = new Map<string, Sensitive>();

  private readonly readingsByName = new Remembered<string, readonly Reading[]>();
  private readonly verdicts = new Remembered<string, FieldVerdict | null>();
  private readonly holderByName = new Remembered<string, Holder>();
  private readonly siblingsByName = new Remembered<string, SaidBeside>();
  private readonly uploadByName = new Remembered<string, boolean>();
  private readonly containerByName = new Remembered<string, PhiKind | null>();

  constructor(letters: LetterNames, health: HealthNames, lists: WordLists) {
    for (const letter of LETTERS) {
      const names = letters[letter];
      const notAfter = new Set((names.not_after ?? []).map(singular));
      const notBefore = new Set((names.not_before ?? []).map(singular));
      this.addNames({ letter, category: names.category, sensitive: null }, names, notAfter, notBefore);
    }
    const marksOnly = new Set(health.sensitive_marks_only);
    for (const [kind, { words: phrases }] of Object.entries(health.sensitive) as [
      Sensitive,
      { readonly words: readonly string[] },
    ][]) {
      for (const phrase of phrases) this.sensitive.set(phraseKey(words(phrase)), kind);
      const strong = phrases.filter((phrase) => !marksOnly.has(phrase));
      this.addNames({ letter: null, category: 'clinical', sensitive: kind }, { strong });
      this.addHolders(strong, 'clinical');
    }
    for (const category of ['clinical', 'free-text', 'insurance', 'demographic'] as const) {
      for (const names of health[category]) this.addNames({ letter: null, category, sensitive: null }, names);
    }
    for (const holder of ['other', 'clinical', 'record', 'person'] as const) this.addHolders(lists[holder], holder);
    for (const category of ['free-text', 'clinical'] as const) {
      for (const phrase of health.containers[category]) {
        this.containers.set(phraseKey(words(phrase)), { letter: null, category, sensitive: null });
      }
    }
    this.ownersOnly = new PhraseSet(lists.person_as_owner);
    this.notHolders = new PhraseSet(lists.not_holders);
    this.workforce = new PhraseSet(lists.workforce_siblings);
    this.memberships = new PhraseSet(lists.memberships);
    this.ofOrganization = new PhraseSet(lists.membership_siblings);
    this.ofRecord = new PhraseSet(lists.record_siblings);
    this.uploads = new PhraseSet(lists.uploads);
    this.accounts = new PhraseSet(lists.accounts);
    this.accountFields = new PhraseSet(lists.account_siblings);
    this.neverBefore = new Set(lists.never_before.map(singular));
    this.before = new Set(lists.before.map(singular));
    this.after = new Set(lists.after.map(singular));
    this.afterHealthOnly = new Set(lists.after_health_only.map(singular));
    this.afterContainer = new Set(lists.after_container.map(singular));
  }

  upload(name: string): FieldVerdict | null {
    let isUpload = this.uploadByName.get(name);
    if (isUpload === undefined) {
      isUpload = this.uploads.has(words(name));
      this.uploadByName.set(name, isUpload);
    }
    if (!isUpload) return null;
    return { kind: { letter: 'P', category: 'biometric', sensitive: null }, strength: 'strong' };
  }

  field(name: string, context: FieldContext): FieldVerdict | null {
    const readings = this.readings(name);
    if (readings.length === 0 || this.isOfOrganization(name, context.siblings)) return null;
    let holder = this.statedHolder(context);
    const bySiblings = holder === 'unknown' ? this.siblingHolder(name, context.siblings) : 'unknown';
    const isBySiblings = bySiblings !== 'unknown';
    if (isBySiblings) holder = bySiblings;
    const key = `${name}\0${context.owner ?? ''}\0${holder}\0${isBySiblings ? 's' : ''}`;
    const known = this.verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = this.judge(name, readings, holder, isBySiblings, context.owner);
    this.verdicts.set(key, verdict);
    return verdict;
  }

  subject(name: string): Subject {
    const holder = this.holder(name);
    if (holder === 'person' || holder === 'record' || holder === 'clinical') return 'patient';
    return holder === 'other' ? 'other' : 'unknown';
  }

  account(receiver: string | null, fields: readonly string[]): boolean {
    if (receiver !== null && this.accounts.has(words(receiver))) return true;
    return fields.some((name) => this.accountFields.has(words(name)));
  }

  container(name: string): PhiKind | null {
    const known = this.containerByName.get(name);
    if (known !== undefined) return known;
    const kind = isConstant(name) ? null : this.findContainer(words(name));
    this.containerByName.set(name, kind);
    return kind;
  }

  private judge(
    name: string,
    readings: readonly Reading[],
    holder: Holder,
    bySiblings: boolean,
    owner: string | null,
  ): FieldVerdict | null {
    // Constants are labels and keys, unless they are the columns of a patient's row.
    if (isConstant(name) && (holder !== 'person' || bySiblings || (owner !== null && isConstant(owner)))) return null;
    for (const { entry, own, plain } of readings) {
      const isPersonal = entry.kind.letter !== null || entry.kind.category === 'demographic';
      if (holder === 'technical' && own !== 'person') continue;
      const whose = own === 'unknown' ? holder : own;
      if (whose === 'other' && (isPersonal || entry.need !== 'strong')) continue;
      if (entry.need === 'strong') return { kind: entry.kind, strength: 'strong' };
      if (!plain || !SATISFIED_BY[entry.need].includes(whose)) continue;
      if (own === 'unknown' && bySiblings && entry.kind.letter && NEVER_BY_SIBLINGS.has(entry.kind.letter)) continue;
      return { kind: entry.kind, strength: own === 'unknown' ? 'weak' : 'strong' };
    }
    return null;
  }

  /** All ways to read a name, the most specific first. */
  private readings(name: string): readonly Reading[] {
    const known = this.readingsByName.get(name);
    if (known !== undefined) return known;
    const parts = words(name);
    const mark = this.sensitiveMark(parts);
    const found: { readonly length: number; readonly reading: Reading }[] = [];
    for (let end = parts.length; end > 0; end--) {
      for (let start = 0; start < end; start++) {
        const span = end - start;
        const key = phraseKey(parts.slice(start, end));
        if (span > 1 && key.length <= 3) continue;
        for (const entry of this.entries.get(key) ?? []) {
          if (!this.isTail(parts.slice(end), entry)) continue;
          if (parts.slice(0, start).some((word) => entry.notBefore.has(word))) continue;
          const lead = this.lead(parts.slice(0, start));
          if (lead === null) continue;
          found.push({ length: span, reading: { entry: withMark(entry, mark), ...lead } });
        }
      }
    }
    // A stable sort keeps the later datum before the earlier one, and letters before health names.
    const readings = found.sort((a, b) => b.length - a.length).map(({ reading }) => reading);
    this.readingsByName.set(name, readings);
    return readings;
  }

  private isTail(tail: readonly string[], entry: Entry): boolean {
    const isLetter = entry.kind.letter !== null;
    return tail.every((word) => {
      if (/^\d+$/.test(word)) return true;
      if (isLetter && this.afterHealthOnly.has(word)) return false;
      return (this.after.has(word) || this.afterHealthOnly.has(word)) && !entry.notAfter.has(word);
    });
  }

  /** What the words before the datum say; null if they make it something else. */
  private lead(parts: readonly string[]): Pick<Reading, 'own' | 'plain'> | null {
    const { holder, covered } = this.holderIn(parts);
    if (parts.some((word, at) => !covered.has(at) && this.neverBefore.has(word))) return null;
    const plain = parts.every((word, at) => covered.has(at) || this.before.has(word) || /^\d+$/.test(word));
    return { own: holder, plain };
  }

  /** The holder named last, and the positions of all words that name a holder. */
  private holderIn(parts: readonly string[]): { readonly holder: Holder; readonly covered: ReadonlySet<number> } {
    const covered = new Set<number>();
    let holder: Holder = 'unknown';
    for (let end = parts.length; end > 0;) {
      let next = end - 1;
      for (let start = 0; start < end; start++) {
        const key = phraseKey(parts.slice(start, end));
        const found = end - start > 1 && key.length <= 3 ? undefined : this.holders.get(key);
        if (found === undefined) continue;
        if (holder === 'unknown') holder = found;
        for (let at = start; at < end; at++) covered.add(at);
        next = start;
        break;
      }
      end = next;
    }
    return { holder, covered };
  }

  private statedHolder(context: FieldContext): Holder {
    const owner = context.owner === null ? 'unknown' : this.holder(context.owner);
    if (owner !== 'unknown' || context.receiver === null) return owner;
    return this.holder(context.receiver);
  }

  private holder(name: string): Holder {
    const known = this.holderByName.get(name);
    if (known !== undefined) return known;
    const holder = this.findHolder(words(name));
    this.holderByName.set(name, holder);
    return holder;
  }

  private findHolder(parts: readonly string[]): Holder {
    for (let start = 0; start < parts.length; start++) {
      if (this.notHolders.has(parts.slice(start))) return 'technical';
    }
    const { holder } = this.holderIn(parts);
    if (holder !== 'unknown') return holder;
    return this.ownersOnly.last(parts) === null ? 'unknown' : 'person';
  }

  /** What the fields beside a name say: two strong identifiers make a person, a patient's id a record, an NPI a member of staff. */
  private siblingHolder(name: string, siblings: readonly string[]): Holder {
    let strong = 0;
    let patientOnly = false;
    let workforce = false;
    let record = false;
    for (const sibling of siblings) {
      const says = this.asSibling(sibling);
      if (says.workforce) workforce = true;
      if (sibling === name) continue;
      record ||= says.record;
      const { letter } = says;
      if (letter === null) continue;
      strong++;
      if (PATIENT_ONLY.has(letter)) patientOnly = true;
    }
    if (workforce && !patientOnly) return 'other';
    return strong >= 2 ? 'person' : record ? 'record' : 'unknown';
  }

  /**
   * Whether a member's id is one of an organization, a network or a team: by what stands beside it, unless that also
   * tells of a person.
   */
  private isOfOrganization(name: string, siblings: readonly string[]): boolean {
    if (siblings.length < 2 || !this.memberships.has(words(name))) return false;
    const others = siblings.filter((sibling) => !this.memberships.has(words(sibling)));
    return (
      others.some((sibling) => this.endsOrganization(words(sibling))) &&
      !others.some((sibling) => this.tellsOfPerson(sibling))
    );
  }

  private endsOrganization(parts: readonly string[]): boolean {
    return this.ofOrganization.last(parts)?.end === parts.length;
  }

  private tellsOfPerson(name: string): boolean {
    if (this.asSibling(name).record) return true;
    const verdict = this.judge(name, this.readings(name), 'person', false, NO_CONTEXT.owner);
    return verdict !== null && verdict.kind.letter !== 'R';
  }

  private asSibling(name: string): SaidBeside {
    let says = this.siblingsByName.get(name);
    if (says === undefined) {
      const parts = words(name);
      says = {
        workforce: this.workforce.has(parts),
        record: this.ofRecord.has(parts),
        letter: this.strongLetter(name),
      };
      this.siblingsByName.set(name, says);
    }
    return says;
  }

  /** The identifier (A to I) that a name stands for whatever its context, or null. */
  private strongLetter(name: string): string | null {
    const verdict = this.judge(name, this.readings(name), 'unknown', false, NO_CONTEXT.owner);
    const letter = verdict?.kind.letter ?? null;
    return letter !== null && IDENTIFYING_SIBLINGS.has(letter) ? letter : null;
  }

  private findContainer(parts: readonly string[]): PhiKind | null {
    for (let length = parts.length; length > 0; length--) {
      for (let start = parts.length - length; start >= 0; start--) {
        const kind = this.containers.get(phraseKey(parts.slice(start, start + length)));
        if (kind === undefined) continue;
        if (!parts.slice(start + length).every((word) => this.afterContainer.has(word) || /^\d+$/.test(word))) continue;
        const lead = this.lead(parts.slice(0, start));
        const mark = this.sensitiveMark(parts);
        if (lead === null || lead.own === 'other') continue;
        if (length === 1 && !lead.plain && mark === null) continue;
        return mark === null ? kind : { ...kind, sensitive: mark };
      }
    }
    return null;
  }

  private sensitiveMark(parts: readonly string[]): Sensitive | null {
    for (let end = parts.length; end > 0; end--) {
      for (let start = 0; start < end; start++) {
        const key = phraseKey(parts.slice(start, end));
        const kind = end - start > 1 && key.length <= 3 ? undefined : this.sensitive.get(key);
        if (kind !== undefined) return kind;
      }
    }
    return null;
  }

  private addNames(
    kind: PhiKind,
    lists: NameLists,
    notAfter: ReadonlySet<string> = NOTHING,
    notBefore: ReadonlySet<string> = NOTHING,
  ): void {
    for (const need of NEEDS) {
      for (const phrase of lists[need] ?? []) {
        const key = phraseKey(words(phrase));
        const entry = { kind, need, notAfter, notBefore };
        const known = this.entries.get(key);
        if (known === undefined) this.entries.set(key, [entry]);
        else known.push(entry);
      }
    }
  }

  private addHolders(phrases: readonly string[], holder: Holder): void {
    for (const phrase of phrases) this.holders.set(phraseKey(words(phrase)), holder);
  }
}

/** Health names next to a sensitive word (`psychiatricHistory`) are sensitive themselves. */
function withMark(entry: Entry, mark: Sensitive | null): Entry {
  if (mark === null || entry.kind.letter !== null || entry.kind.sensitive !== null) return entry;
  return { ...entry, kind: { ...entry.kind, sensitive: mark } };
}

/** `PATIENT_NAME`, `EMAIL`: a label or key. Acronyms (`SSN`, `DOB`) are fields like any other. */
function isConstant(name: string): boolean {
  return isConstantCase(name) || /^[A-Z]{5,}$/.test(name);
}

let loaded: Lexicon | null = null;

/** The lexicon of rules/phi. Read once a process: it is the same for every run. */
export function loadLexicon(): Lexicon {
  loaded ??= new WordLexicon(
    readPhiYaml<LetterNames>('lexicon.yaml'),
    readPhiYaml<HealthNames>('health.yaml'),
    readPhiYaml<WordLists>('words.yaml'),
  );
  return loaded;
}
