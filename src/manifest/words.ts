/** Nearest valid word, for error messages. */
import { distance } from 'fastest-levenshtein';

const plain = (word: string): string => word.toLowerCase().replace(/[\s_./]+/g, '-');

/** 0 is the same word but for case and separators; 1 has nothing in common. */
function unlikeness(asked: string, candidate: string): number {
  const a = plain(asked);
  const b = plain(candidate);
  if (a === b) return 0;
  const edits = distance(a, b) / Math.max(a.length, b.length, 1);
  // A word that was cut short (`chat` for `chat-completions`) is nearer than its edits say.
  const shorter = a.length < b.length ? a : b;
  const longer = a.length < b.length ? b : a;
  if (shorter.length >= 3 && (longer.startsWith(shorter) || longer.endsWith(shorter))) return Math.min(edits, 0.3);
  return edits;
}

/** The nearest of the words (first in alphabetical order among equals), or null if there are none. */
export function nearest(
  asked: string,
  words: Iterable<string>,
): { readonly word: string; readonly close: boolean } | null {
  let best: string | null = null;
  let least = Infinity;
  for (const word of [...words].sort()) {
    const score = unlikeness(asked.slice(0, 200), word);
    if (score < least) {
      best = word;
      least = score;
    }
  }
  return best === null ? null : { word: best, close: least <= 0.45 };
}

/** `: did you mean "x"?`, or the nearest word in plainer terms if it is far off; empty if there is no word at all. */
export function suggestion(asked: string, words: Iterable<string>): string {
  const found = nearest(asked, words);
  if (!found) return '';
  return found.close ? `: did you mean "${found.word}"?` : ` (nearest: "${found.word}")`;
}

/** A scanned word as it may be shown: bounded, with control characters written out. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const safe = text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are just what must not reach the terminal
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${safe.length > 60 ? `${safe.slice(0, 57)}...` : safe}"`;
}
