/** The order in which PHI is told: what names a person first, then what is known of them. */
import type { Letter, PhiKind } from '../../knowledge/phi.js';
import type { PhiItem } from './type.js';

const LETTER_ORDER: readonly Letter[] = [...'AGHIJDFEBCKLMPQONR'] as Letter[];
const CATEGORY_ORDER = ['clinical', 'free-text', 'demographic', 'insurance'];

export function gravity(kind: PhiKind): number {
  if (kind.letter !== null) return LETTER_ORDER.indexOf(kind.letter);
  const at = CATEGORY_ORDER.indexOf(kind.category);
  return LETTER_ORDER.length + (at < 0 ? CATEGORY_ORDER.length : at);
}

export function byGravity(a: PhiItem, b: PhiItem): number {
  return (
    gravity(a.kind) - gravity(b.kind) ||
    (a.kind.category < b.kind.category ? -1 : a.kind.category > b.kind.category ? 1 : 0) ||
    // The sensitive one speaks for its like.
    Number(a.kind.sensitive === null) - Number(b.kind.sensitive === null) ||
    (a.via < b.via ? -1 : a.via > b.via ? 1 : 0)
  );
}

/** One item for each kind and place, gravest first, at most `most`. */
export function sorted(items: Iterable<PhiItem>, most: number): readonly PhiItem[] {
  const unique = new Map<string, PhiItem>();
  for (const item of items) {
    const key = `${item.kind.letter ?? item.kind.category}|${item.via}`;
    const known = unique.get(key);
    if (known === undefined || known.evidence < item.evidence) unique.set(key, item);
  }
  return [...unique.values()].sort(byGravity).slice(0, most);
}
