/** Sentences of findings and flows. */
import type { PhiJson, RecipientJson } from '../analysis.js';
import type { VendorBook } from './input.js';

const NAMED = 4;

/** `Patient.name (A), Patient.birthDate (C), Condition.code (clinical, mental-health) and 3 more`. */
export function describeData(phi: readonly PhiJson[]): string {
  if (phi.length === 0) return 'PHI';
  const seen = new Set<string>();
  const names: string[] = [];
  for (const item of phi) {
    const name = `${item.via} (${[item.letter ?? item.category, item.sensitive].filter((word) => word !== null).join(', ')})`;
    if (!seen.has(name)) names.push(name);
    seen.add(name);
  }
  const shown = names.slice(0, names.length === NAMED + 1 ? NAMED + 1 : NAMED);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${String(rest)} more` : joinWords(shown);
}

/** `a, b and c` */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return '';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `OpenAI (chat-completions, us-east-1, staging)` */
export function describeRecipient(recipient: RecipientJson, book: VendorBook): string {
  if (recipient.vendor === 'unknown') return 'a recipient that the code does not show';
  const name = book.vendor(recipient.vendor)?.name ?? recipient.vendor;
  const details = [recipient.service, recipient.region, recipient.environment].filter(
    (word) => word !== null && word !== '',
  );
  return details.length === 0 ? name : `${name} (${details.join(', ')})`;
}

/** Fills `{word}`s in; one that is missing is a mistake of ours. */
export function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{([a-z_]+)\}/g, (_, name: string) => {
    const word = words[name];
    if (word === undefined) throw new Error(`message template asks for {${name}}`);
    return word;
  });
}

/** What sensitive kinds are among the data, for the end of a message. */
export function describeSensitive(phi: readonly PhiJson[]): string | null {
  const kinds = [...new Set(phi.map((item) => item.sensitive).filter((kind) => kind !== null))].sort();
  if (kinds.length === 0) return null;
  const names = {
    part2: 'substance-use (42 CFR Part 2)',
    'mental-health': 'mental-health',
    hiv: 'HIV',
    genetic: 'genetic',
  };
  return `Holds ${joinWords(kinds.map((kind) => names[kind]))} data, which the law protects further.`;
}
