/** How grave it is that these data leave: from the letters and kinds alone. */
import type { PhiJson, Severity } from '../analysis.js';
import type { PhiItem } from '../flow/types/type.js';

/** Gravest first: numbers that identify for life, names and contact, other identifiers, content, internal codes. */
const ORDER = 'GHIAPQFDECBJKLMON';

/** Opaque codes and keys of the system itself: identifying only to whoever holds the table. */
const INTERNAL = 'R';

function rank(item: { readonly letter: string | null; readonly category: string }): number {
  if (item.letter === INTERNAL) return 100;
  if (item.letter !== null) return ORDER.indexOf(item.letter);
  if (item.category === 'clinical') return 50;
  return item.category === 'free-text' ? 51 : 60;
}

export function compareGravity(a: PhiJson, b: PhiJson): number {
  const sensitive = Number(b.sensitive !== null) - Number(a.sensitive !== null);
  return rank(a) - rank(b) || sensitive || (a.via < b.via ? -1 : a.via > b.via ? 1 : 0);
}

/** Rank of the gravest item: smaller is graver. */
export function gravest(items: readonly PhiItem[]): number {
  return items.reduce((least, item) => Math.min(least, rank(item.kind)), Number.POSITIVE_INFINITY);
}

/** Each kind of data at each place of the model once, gravest first. */
export function toPhi(items: readonly PhiItem[]): readonly PhiJson[] {
  const seen = new Map<string, PhiJson>();
  for (const { kind, via } of items) {
    const key = `${kind.letter ?? ''}|${kind.category}|${via}`;
    if (!seen.has(key) || kind.sensitive !== null)
      seen.set(key, { letter: kind.letter, category: kind.category, via, sensitive: kind.sensitive });
  }
  return [...seen.values()].sort(compareGravity);
}

/** Union of what several places carry. */
export function unitePhi(lists: readonly (readonly PhiJson[])[]): readonly PhiJson[] {
  const seen = new Map<string, PhiJson>();
  for (const list of lists)
    for (const item of list) {
      const key = `${item.letter ?? ''}|${item.category}|${item.via}`;
      if (!seen.has(key) || item.sensitive !== null) seen.set(key, item);
    }
  return [...seen.values()].sort(compareGravity);
}

/** The kinds of data, apart from where they stand in which model: what makes two callers of a wrapper alike. */
export function kindsOf(phi: readonly PhiJson[]): string {
  const kinds = new Set(phi.map((item) => `${item.letter ?? ''}${item.category}${item.sensitive ?? ''}`));
  return [...kinds].sort().join(',');
}

/**
 * - error: an identifier together with health information; two or more identifiers; text typed as a clinical document;
 *   an internal code with sensitive content;
 * - warning: one identifier alone, health information without any, or with an internal code only;
 * - note: internal codes alone.
 */
export function weigh(items: readonly PhiItem[]): Severity {
  const identifiers = new Set<string>();
  let internal = false;
  let health = false;
  let sensitive = false;
  let typedText = false;
  for (const { kind, evidence } of items) {
    sensitive ||= kind.sensitive !== null;
    if (kind.letter === INTERNAL) internal = true;
    else if (kind.letter !== null) identifiers.add(kind.letter);
    else if (kind.category === 'clinical' || kind.category === 'free-text') health = true;
    typedText ||= kind.category === 'free-text' && evidence === 3;
  }
  health ||= sensitive;
  if (identifiers.size >= 2 || (identifiers.size === 1 && health) || typedText) return 'error';
  if (internal && sensitive) return 'error';
  return identifiers.size === 1 || health || (items.length > 0 && !internal) ? 'warning' : 'note';
}
