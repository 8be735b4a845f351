/** Nested data with positions, and a reader of JSON that does not mind where its text was cut off. */

export type DataNode =
  | {
      readonly k: 'object';
      readonly at: number;
      readonly entries: readonly (readonly [key: string, value: DataNode])[];
    }
  | { readonly k: 'array'; readonly at: number; readonly items: readonly DataNode[] }
  | { readonly k: 'scalar'; readonly at: number; readonly text: string };

const MAX_DEPTH = 60;

/** The first value of a text, or null if there is none. What is missing at the end is left out. */
export function readJson(text: string, from = 0): { readonly node: DataNode; readonly end: number } | null {
  const reader = new JsonReader(text, from);
  const node = reader.value(0);
  return node === null ? null : { node, end: reader.at };
}

/** One value a line. */
export function readJsonLines(text: string): readonly DataNode[] {
  const nodes: DataNode[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    if (text[at] === '{') {
      const read = readJson(text, at);
      if (read !== null) nodes.push(read.node);
    }
    if (end < 0) break;
    at = end + 1;
  }
  return nodes;
}

class JsonReader {
  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  value(depth: number): DataNode | null {
    this.skip();
    const start = this.at;
    const char = this.text[start];
    if (char === undefined || depth > MAX_DEPTH) return null;
    if (char === '{') return this.object(start, depth);
    if (char === '[') return this.array(start, depth);
    if (char === '"') return { k: 'scalar', at: start, text: this.string() };
    const word = /[^\s,\]}]*/y;
    word.lastIndex = start;
    const found = word.exec(this.text)?.[0] ?? '';
    if (found === '') return null;
    this.at = start + found.length;
    return { k: 'scalar', at: start, text: found === 'null' ? '' : found };
  }

  private object(at: number, depth: number): DataNode {
    const entries: (readonly [string, DataNode])[] = [];
    this.at += 1;
    for (;;) {
      this.skip();
      if (this.text[this.at] !== '"') break;
      const key = this.string();
      this.skip();
      if (this.text[this.at] !== ':') break;
      this.at += 1;
      const value = this.value(depth + 1);
      if (value === null) break;
      entries.push([key, value]);
      this.skip();
      if (this.text[this.at] !== ',') break;
      this.at += 1;
    }
    if (this.text[this.at] === '}') this.at += 1;
    return { k: 'object', at, entries };
  }

  private array(at: number, depth: number): DataNode {
    const items: DataNode[] = [];
    this.at += 1;
    for (;;) {
      const value = this.value(depth + 1);
      if (value === null) break;
      items.push(value);
      this.skip();
      if (this.text[this.at] !== ',') break;
      this.at += 1;
    }
    if (this.text[this.at] === ']') this.at += 1;
    return { k: 'array', at, items };
  }

  private string(): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    this.at = Math.min(end + 1, this.text.length);
    const inner = this.text.slice(start, end);
    return inner.includes('\\') ? unescape(inner) : inner;
  }

  /** White space and comments (JSONC). */
  private skip(): void {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
    blank.lastIndex = this.at;
    this.at += blank.exec(this.text)?.[0].length ?? 0;
  }
}

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : code === 'n' ? '\n' : code,
  );
}
