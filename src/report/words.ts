/** Words that pages and pictures share: trust, kinds of sources and recipients, letters. */

export const TRUSTS = ['own', 'covered', 'deidentified', 'uncovered', 'unknown'] as const;
/**
 * Whose side a recipient is on: our own, under an agreement that covers it, neither, or not known from the code. One that is
 * on neither side, and gets nothing but data that was de-identified in full before, is none of these.
 */
export type Trust = (typeof TRUSTS)[number];

export const TRUST_WORDS: Readonly<Record<Trust, { readonly title: string; readonly short: string }>> = {
  own: { title: 'Own infrastructure', short: 'own' },
  covered: { title: 'Covered by a BAA', short: 'covered' },
  deidentified: { title: 'De-identified data only', short: 'de-identified' },
  uncovered: { title: 'Not covered by a BAA', short: 'not covered' },
  unknown: { title: 'Unknown recipient', short: 'unknown' },
};

/** Partners are meant to receive data; incidental recipients get it along the way: monitors, logs, analytics, chat. */
export const KIND_WORDS = { partner: 'partner', incidental: 'side channel' } as const;

export const SOURCE_KINDS = ['ehr', 'database', 'form', 'audio', 'other'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const SOURCE_WORDS: Readonly<Record<SourceKind, string>> = {
  ehr: 'EHR (FHIR)',
  database: 'Database',
  form: 'Forms and requests',
  audio: 'Audio',
  other: 'Other program data',
};

/** Safe Harbor identifiers, 45 CFR 164.514(b)(2)(i)(A)–(R). */
export const LETTER_WORDS: Readonly<Record<string, string>> = {
  A: 'names',
  B: 'geography below state',
  C: 'dates, ages over 89',
  D: 'telephone',
  E: 'fax',
  F: 'e-mail',
  G: 'social security number',
  H: 'medical record number',
  I: 'health-plan number',
  J: 'account number',
  K: 'certificate or licence',
  L: 'vehicle',
  M: 'device',
  N: 'URL',
  O: 'IP address',
  P: 'biometric',
  Q: 'full-face photo',
  R: 'other unique number or code',
};

/** What a flow carries, short enough for an edge: letters first, then kinds without a letter. */
export interface Data {
  /** Sorted. */
  readonly letters: readonly string[];
  /** `clinical`, `free-text`, `demographic` …, sorted. */
  readonly kinds: readonly string[];
}

export function dataOf(items: Iterable<{ readonly letter: string | null; readonly category: string }>): Data {
  const letters = new Set<string>();
  const kinds = new Set<string>();
  for (const { letter, category } of items) {
    if (letter === null) kinds.add(category);
    else letters.add(letter);
  }
  return { letters: [...letters].sort(), kinds: [...kinds].sort() };
}

/** `A–C F`: three or more in a row become a range. */
export function lettersText(letters: readonly string[]): string {
  const parts: string[] = [];
  for (let i = 0; i < letters.length;) {
    let end = i;
    while (letters[end + 1]?.charCodeAt(0) === (letters[end] ?? '').charCodeAt(0) + 1) end++;
    if (end - i >= 2) parts.push(`${letters[i]}–${letters[end]}`);
    else parts.push(...letters.slice(i, end + 1));
    i = end + 1;
  }
  return parts.join(' ');
}

export function isEmpty({ letters, kinds }: Data): boolean {
  return letters.length + kinds.length === 0;
}

/** What a step takes out: `removes A C + clinical`. */
export function removesText(gone: Data, most = Infinity): string {
  return isEmpty(gone) ? 'removes nothing' : `removes ${fittedData(gone, most - 8)}`;
}

/** What an edge of a diagram says: `B C + clinical (−A)`, `nothing left of A C`. */
export function edgeText(e: Data & { readonly trust: Trust | null; readonly removes: Data }): string {
  if (e.trust === 'deidentified') return `nothing left of ${dataText(e.removes)}`;
  return `${dataText(e)}${e.removes.letters.length > 0 ? ` (−${lettersText(e.removes.letters)})` : ''}`;
}

/** `A C + clinical`. */
export function dataText({ letters, kinds }: Data): string {
  const words = kinds.map((kind) => kind.replace(/-/g, ' ')).join(', ');
  return [lettersText(letters), words].filter((part) => part !== '').join(' + ') || 'no letter';
}

/** The same in at most so many characters: every letter, and as many kinds as there is room for, clinical ones first. */
export function fittedData(data: Data, most: number): string {
  const kinds = [...data.kinds].sort((a, b) => Number(b === 'clinical') - Number(a === 'clinical'));
  const letters = lettersText(data.letters);
  for (let n = kinds.length; n >= 0; n--) {
    const shown = dataText({ letters: data.letters, kinds: kinds.slice(0, n) });
    const more = n === kinds.length ? '' : ` +${kinds.length - n}`;
    if ((n > 0 || letters !== '') && shown.length + more.length <= most) return shown + more;
  }
  return letters === '' ? `${kinds.length} kinds` : letters;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(words: readonly string[], most = words.length): string {
  const shown = words.length > most ? words.slice(0, Math.max(1, most - 1)) : words;
  const rest = words.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

/** Where a recipient processes, as people say it; empty if the code names no region. */
export function regionText(region: string | null): string {
  return region === null || region === 'unknown' ? '' : region;
}

/** Region and environment of a recipient, as far as they are known. */
export function placesOf(r: { readonly region: string | null; readonly environment: string | null }): string[] {
  return [regionText(r.region), r.environment ?? ''].filter((w) => w !== '');
}

/** Plain code-unit order: the same on every machine, whatever its locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
