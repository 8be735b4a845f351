/**
 * The globs of tsconfig.json and of workspace lists: `*`, `?` and `**` as a whole segment, braces for alternatives.
 * The patterns come with the scanned project, so matching takes time by the product of the lengths, never more; a
 * regular expression made from a hostile pattern would not promise that.
 */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const literals = new Set<string>();
  const globs: string[][] = [];
  for (const pattern of patterns.flatMap(alternatives)) {
    if (/[*?]/.test(pattern)) globs.push(pattern.split('/'));
    else literals.add(pattern);
  }
  return (path) => {
    if (literals.has(path)) return true;
    if (globs.length === 0) return false;
    const segments = path.split('/');
    return globs.some((glob) => matchAll(glob, segments, '**', matchSegment));
  };
}

const MAX_ALTERNATIVES = 64;

/** `{a,b}/c` → `a/c`, `b/c`. Braces within braces are taken literally. */
function alternatives(pattern: string): string[] {
  let found = [''];
  for (const part of pattern.match(/\{[^{}]*,[^{}]*\}|[{}]|[^{}]+/g) ?? []) {
    const choices = part.startsWith('{') && part.includes(',') ? part.slice(1, -1).split(',') : [part];
    if (found.length * choices.length > MAX_ALTERNATIVES) return [pattern];
    found = found.flatMap((start) => choices.map((choice) => start + choice));
  }
  return found;
}

function matchSegment(pattern: string, segment: string): boolean {
  return pattern === '*' || pattern === segment || matchAll(pattern, segment, '*', matchCharacter);
}

function matchCharacter(pattern: string, character: string): boolean {
  return pattern === '?' || pattern === character;
}

/** Matches a sequence against one with a `many` wildcard, going back to the last wildcard only. */
function matchAll(
  pattern: ArrayLike<string>,
  subject: ArrayLike<string>,
  many: string,
  one: (pattern: string, subject: string) => boolean,
): boolean {
  let at = 0;
  let lastMany = -1;
  let resume = 0;
  for (let index = 0; index < subject.length;) {
    if (at < pattern.length && pattern[at] === many) {
      lastMany = at;
      resume = index;
      at += 1;
    } else if (at < pattern.length && one(pattern[at]!, subject[index]!)) {
      at += 1;
      index += 1;
    } else if (lastMany >= 0) {
      at = lastMany + 1;
      resume += 1;
      index = resume;
    } else {
      return false;
    }
  }
  while (at < pattern.length && pattern[at] === many) at += 1;
  return at === pattern.length;
}
