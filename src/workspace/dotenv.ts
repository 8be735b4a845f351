/** One assignment of a dotenv file; `literal` values (single quotes) are not expanded. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

interface RawAssignment extends Assignment {
  readonly literal: boolean;
}

const MAX_ASSIGNMENTS = 5000;
const MAX_VALUE = 64 * 1024;
const MAX_EXPANSION = 10;

/**
 * Reads the syntax that dotenv, dotenv-expand, docker and direnv share. A value that refers to a variable which is
 * set nowhere is left out: it is not known, and a half of an address must not pass for a whole one.
 */
export function parseDotenv(text: string, outer: (name: string) => string | null = () => null): Assignment[] {
  const raw = readAssignments(text);
  const own = new Map(raw.map((assignment) => [assignment.name, assignment]));
  // Each variable is expanded once; one that is asked for while it is being expanded refers to itself.
  const expanded = new Map<string, string | null>();
  const lookup = (name: string, depth: number): string | null => {
    const assignment = own.get(name);
    if (assignment === undefined) return outer(name);
    if (assignment.literal) return assignment.value;
    const known = expanded.get(name);
    if (known !== undefined) return known;
    expanded.set(name, null);
    const value = expand(assignment.value, lookup, depth + 1);
    expanded.set(name, value);
    return value;
  };
  return raw.flatMap(({ name, value, line, literal }) => {
    // `OPENAI_KEY=${OPENAI_KEY}` hands on what the shell has.
    const others = (other: string, depth: number): string | null =>
      other === name ? outer(name) : lookup(other, depth);
    const result = literal ? value : expand(value, others, 0);
    return result === null ? [] : [{ name, value: result, line }];
  });
}

function readAssignments(text: string): RawAssignment[] {
  const found: RawAssignment[] = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length && found.length < MAX_ASSIGNMENTS; index += 1) {
    const start = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)(?:\s*=\s*|:\s+)(.*)$/.exec(lines[index]!);
    if (start === null) continue;
    const [, name = '', first = ''] = start;
    const line = index + 1;
    const quote = first[0];
    if (quote === '"' || quote === "'" || quote === '`') {
      let body = first.slice(1);
      let last = index;
      let end = closing(body, quote);
      while (end < 0 && last + 1 < lines.length && body.length < MAX_VALUE) {
        last += 1;
        // Looked for in the new line only, so that a long text without an end is read once.
        const offset = body.length + 1;
        const inLine = closing(lines[last]!, quote);
        body += `\n${lines[last]!}`;
        if (inLine >= 0) end = offset + inLine;
      }
      if (end >= 0) {
        const value = quote === '"' ? unescape(body.slice(0, end)) : body.slice(0, end);
        found.push({ name, value, line, literal: quote === "'" });
        index = last;
        continue;
      }
    }
    const value = first.replace(/(?:^|\s)#.*$/, '').trim();
    found.push({ name, value, line, literal: false });
  }
  return found;
}

function closing(text: string, quote: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescape(text: string): string {
  return text.replace(/\\([nrt"\\])/g, (_, character: string) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `$NAME`. Null if a variable in braces is set nowhere; without
 * braces the dollar may as well be part of a password, so it stays.
 */
export function expand(
  value: string,
  lookup: (name: string, depth: number) => string | null,
  depth: number,
): string | null {
  if (!value.includes('$')) return value;
  if (depth > MAX_EXPANSION || value.length > MAX_VALUE) return null;
  let unknown = false;
  let length = 0;
  const result = value.replace(
    /\\\$|\$\{([A-Za-z_]\w{0,200})(?::?[-=]([^}]{0,1000}))?\}|\$([A-Za-z_]\w{0,200})/g,
    (whole: string, braced: string | undefined, fallback: string | undefined, bare: string | undefined) => {
      if (whole === '\\$') return '$';
      const known = lookup((braced ?? bare)!, depth);
      if (known !== null) {
        length += known.length;
        if (length > MAX_VALUE) unknown = true;
        return unknown ? '' : known;
      }
      if (bare !== undefined) return whole;
      if (fallback !== undefined) return fallback;
      unknown = true;
      return '';
    },
  );
  return unknown || result.length > MAX_VALUE || result.includes('${') ? null : result;
}
