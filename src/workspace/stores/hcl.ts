/**
 * Reads the shape of HCL, the language of Terraform: blocks, their labels, and attributes as they are written. Nothing is
 * evaluated; an expression stays text. The parsers that exist are Go compiled to JavaScript or WASM (megabytes, one of
 * them asynchronous), for a language of which only the outline is needed here.
 */

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  /** 1-based. */
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly blocks: readonly HclBlock[];
}

const MAX_DEPTH = 100;

/** The blocks of a file; null if it cannot be read as HCL. */
export function parseHcl(text: string): readonly HclBlock[] | null {
  try {
    return new Reader(text).body(0, true).blocks;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** The text of an attribute that is a plain string, number or truth value; null for expressions. */
export function literal(expression: string | undefined): string | null {
  if (expression === undefined) return null;
  const quoted = /^"((?:[^"\\$%]|\\.|[$%](?!\{))*)"$/.exec(expression)?.[1];
  return quoted ?? (/^(?:-?[\d.]+|true|false)$/.test(expression) ? expression : null);
}

class Unreadable extends Error {}

class Reader {
  private at = 0;
  private line = 1;

  constructor(private readonly text: string) {
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  body(depth: number, top: boolean): { attributes: Map<string, string>; blocks: HclBlock[] } {
    if (depth > MAX_DEPTH) throw new Unreadable();
    const attributes = new Map<string, string>();
    const blocks: HclBlock[] = [];
    for (;;) {
      this.skip(true);
      if (this.at >= this.text.length) {
        if (top) return { attributes, blocks };
        throw new Unreadable();
      }
      if (this.text[this.at] === '}') {
        if (top) throw new Unreadable();
        this.at++;
        return { attributes, blocks };
      }
      const { line } = this;
      const name = this.word();
      this.skip(false);
      if (this.text[this.at] === '=') {
        this.at++;
        attributes.set(name, this.expression());
        continue;
      }
      const labels: string[] = [];
      while (this.text[this.at] !== '{') {
        labels.push(this.text[this.at] === '"' ? this.string().slice(1, -1) : this.word());
        this.skip(false);
      }
      this.at++;
      blocks.push({ type: name, labels, line, ...this.body(depth + 1, false) });
    }
  }

  private word(): string {
    const match = /[\p{L}_][\p{L}\p{N}_-]*/uy;
    match.lastIndex = this.at;
    const found = match.exec(this.text)?.[0];
    if (found === undefined) throw new Unreadable();
    this.at += found.length;
    return found;
  }

  /** Up to the end of the line, or further inside of brackets. */
  private expression(): string {
    this.skip(false);
    const start = this.at;
    const open: string[] = [];
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) break;
      if (c === '\n' && open.length === 0) break;
      if (this.comment()) continue;
      if (c === '"') this.string();
      else if (c === '<' && this.heredoc()) continue;
      else {
        if (c === '(' || c === '[' || c === '{') open.push(c);
        else if (c === ')' || c === ']' || c === '}') {
          // The bracket of the body around a one-line block.
          if (open.length === 0) break;
          open.pop();
        }
        this.step();
      }
      if (open.length > MAX_DEPTH) throw new Unreadable();
    }
    return this.text.slice(start, this.at).trim();
  }

  /** A string with its quotes; `${…}` may hold strings itself. */
  private string(): string {
    const start = this.at;
    this.at++;
    let depth = 0;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || (c === '\n' && depth === 0)) throw new Unreadable();
      if (c === '\\') this.at++;
      else if ((c === '$' || c === '%') && this.text[this.at + 1] === '{') {
        depth++;
        this.at++;
      } else if (c === '{' && depth > 0) depth++;
      else if (c === '}' && depth > 0) depth--;
      else if (c === '"') {
        if (depth === 0) break;
        if (depth > MAX_DEPTH) throw new Unreadable();
        this.inner();
        continue;
      }
      this.step();
    }
    this.at++;
    return this.text.slice(start, this.at);
  }

  /** A string inside of an interpolation. */
  private inner(): void {
    const close = /"(?:[^"\\\n]|\\.)*"/y;
    close.lastIndex = this.at;
    const found = close.exec(this.text)?.[0];
    if (found === undefined) throw new Unreadable();
    this.at += found.length;
  }

  private heredoc(): boolean {
    const opening = /<<-?\s*([\p{L}_][\p{L}\p{N}_]*)[^\n]*\n/uy;
    opening.lastIndex = this.at;
    const found = opening.exec(this.text);
    if (found === null) return false;
    this.move(found[0].length);
    const closing = new RegExp(`^[ \\t]*${found[1] ?? ''}[ \\t]*$`, 'm');
    const rest = closing.exec(this.text.slice(this.at));
    if (rest === null) throw new Unreadable();
    this.move(rest.index + rest[0].length);
    return true;
  }

  private skip(lines: boolean): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\r' || (lines && (c === '\n' || c === ','))) this.step();
      else if (!this.comment()) return;
    }
  }

  private comment(): boolean {
    const pattern = /#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\//y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return false;
    this.move(found.length);
    return true;
  }

  private move(by: number): void {
    for (let n = 0; n < by; n++) this.step();
  }

  private step(): void {
    if (this.text[this.at] === '\n') this.line++;
    this.at++;
  }
}
