import { ConfigSyntaxError, type ConfigEntry, type ConfigNode } from './config-tree.js';

const MAX_DEPTH = 200;

/** Parses JSON with comments and trailing commas, as tsconfig.json has them. Throws ConfigSyntaxError. */
export function parseJsonc(text: string): ConfigNode {
  return new JsoncParser(text).document();
}

class JsoncParser {
  private at = 0;
  private line = 1;

  constructor(private readonly text: string) {
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  document(): ConfigNode {
    this.skip();
    const value = this.value(0);
    this.skip();
    if (this.at < this.text.length) this.fail('unexpected text after the end');
    return value;
  }

  private value(depth: number): ConfigNode {
    if (depth > MAX_DEPTH) this.fail(`is nested deeper than ${MAX_DEPTH} levels`);
    const line = this.line;
    switch (this.text[this.at]) {
      case '{':
        return { kind: 'map', line, entries: this.entries(depth) };
      case '[':
        return { kind: 'list', line, items: this.items(depth) };
      case '"':
        return { kind: 'scalar', line, text: this.string(), isString: true, tag: null };
      default:
        return this.word(line);
    }
  }

  private entries(depth: number): ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    this.at += 1;
    for (;;) {
      this.skip();
      if (this.take('}')) return entries;
      if (this.text[this.at] !== '"') this.fail('expected a property name in double quotes');
      const line = this.line;
      const key = this.string();
      this.skip();
      if (!this.take(':')) this.fail('expected ":"');
      this.skip();
      entries.push({ key, line, value: this.value(depth + 1) });
      this.skip();
      if (!this.take(',') && this.text[this.at] !== '}') this.fail('expected "," or "}"');
    }
  }

  private items(depth: number): ConfigNode[] {
    const items: ConfigNode[] = [];
    this.at += 1;
    for (;;) {
      this.skip();
      if (this.take(']')) return items;
      items.push(this.value(depth + 1));
      this.skip();
      if (!this.take(',') && this.text[this.at] !== ']') this.fail('expected "," or "]"');
    }
  }

  private string(): string {
    const start = this.at;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const character = this.text[this.at];
      if (character === '\\') this.at += 1;
      else if (character === '"') break;
      else if (character === '\n') this.fail('string is not closed');
    }
    this.at += 1;
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      return this.fail('string is not valid');
    }
  }

  private word(line: number): ConfigNode {
    const word = /^[-+\w.]+/.exec(this.text.slice(this.at, this.at + 64))?.[0];
    if (word === undefined) {
      return this.fail(this.at >= this.text.length ? 'unexpected end' : `unexpected "${this.text[this.at] ?? ''}"`);
    }
    if (!/^(?:true|false|null|-?\d[\w.+-]*)$/.test(word)) this.fail(`unexpected "${word}"`);
    this.at += word.length;
    return { kind: 'scalar', line, text: word === 'null' ? null : word, isString: false, tag: null };
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  /** White space and comments. */
  private skip(): void {
    while (this.at < this.text.length) {
      const character = this.text[this.at]!;
      if (character === '\n') this.line += 1;
      if (character <= ' ' || character === '\u00a0' || character === '\ufeff') {
        this.at += 1;
      } else if (character === '/' && this.text[this.at + 1] === '/') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else if (character === '/' && this.text[this.at + 1] === '*') {
        const end = this.text.indexOf('*/', this.at + 2);
        if (end < 0) this.fail('comment is not closed');
        for (let index = this.at; index < end; index += 1) if (this.text[index] === '\n') this.line += 1;
        this.at = end + 2;
      } else {
        return;
      }
    }
  }

  private fail(message: string): never {
    throw new ConfigSyntaxError(message, this.line);
  }
}
