/** Names as words: `patientDOB`, `patient_dob` and `patient-dob` are all `patient`, `dob`. */

const WORD = /\p{Lu}{2,}s(?!\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+/gu;

const IRREGULAR: Readonly<Record<string, string>> = {
  ids: 'id',
  ips: 'ip',
  diagnoses: 'diagnosis',
  prognoses: 'prognosis',
  biopsies: 'biopsy',
  series: 'series',
  aids: 'aids',
  pronouns: 'pronouns',
};

/** Lower-case singular of one word; both sides of every comparison go through it, so it need not be an English word. */
export function singular(word: string): string {
  const irregular = IRREGULAR[word];
  if (irregular !== undefined) return irregular;
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** The words of a name, lower-case and in the singular. Digits are words of their own. */
export function words(name: string): string[] {
  return (name.match(WORD) ?? []).map((word) => singular(word.toLowerCase()));
}

/** The end of a name, as it is written: what names were put together for (`patientContactAddress`) does not grow for ever. */
export function lastWords(name: string, count: number): string {
  const parts = name.match(WORD) ?? [];
  return parts.length <= count ? name : parts.slice(-count).join('');
}

/** One key for all spellings of a phrase: `date of birth`, `dateOfBirth` and `dateofbirth` give `dateofbirth`. */
export function phraseKey(parts: readonly string[]): string {
  return singular(parts.join(''));
}

/** Whether a name is written as a constant with several words: `PATIENT_NAME`, `DOB_FORMAT`. */
export function isConstantCase(name: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(name);
}

/** A set of phrases that finds the ones standing in a list of words, longest first. */
export class PhraseSet {
  private readonly keys = new Set<string>();
  private readonly wordCounts = new Set<number>();

  constructor(phrases: readonly string[]) {
    for (const phrase of phrases) {
      const parts = words(phrase);
      this.keys.add(phraseKey(parts));
      for (let count = 1; count <= parts.length; count++) this.wordCounts.add(count);
    }
  }

  /** Whether these words are, as a whole, one of the phrases. */
  has(parts: readonly string[]): boolean {
    if (!this.wordCounts.has(parts.length)) return false;
    const key = phraseKey(parts);
    // Letters left over from acronyms must not add up to a short word: `x.i.p` is no ip.
    return (key.length > 3 || parts.length === 1) && this.keys.has(key);
  }

  /** End index (exclusive) of the last phrase found in the words, and its length; null if there is none. */
  last(parts: readonly string[]): { readonly start: number; readonly end: number } | null {
    for (let end = parts.length; end > 0; end--) {
      for (let start = 0; start < end; start++) {
        if (this.has(parts.slice(start, end))) return { start, end };
      }
    }
    return null;
  }
}
