/** A bounded YAML document whose every value knows its place. */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Node,
  type Pair,
} from 'yaml';
import type { ManifestProblem } from './types.js';

/** Larger, deeper or longer than any manifest that a person keeps. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 24;
const MAX_NODES = 50_000;
const MAX_PROBLEMS = 50;

export type Key = string | number;

/** Where in the document a complaint belongs: the value at a path, or the key that leads to it. */
export interface Place {
  readonly path: readonly Key[];
  readonly at: 'key' | 'value';
}

export class YamlText {
  readonly problems: ManifestProblem[] = [];
  /** Plain value; undefined if the text is no usable YAML. */
  readonly value: unknown;
  private readonly contents: Node | null;
  private readonly lines = new LineCounter();

  constructor(
    text: string,
    readonly file: string,
  ) {
    const parsed = this.parse(text);
    this.contents = parsed?.contents ?? null;
    this.value = parsed?.value;
  }

  /** 1-based line and column of a place; of its nearest existing ancestor if it is missing. */
  locate(place: Place): { line: number; column: number } {
    let node: unknown = this.contents;
    let offset = offsetOf(node) ?? 0;
    place.path.forEach((key, depth) => {
      const last = depth === place.path.length - 1;
      const step = isCollection(node) ? child(node, key) : null;
      node = step?.value ?? null;
      const own =
        last && place.at === 'key' ? (offsetOf(step?.key) ?? offsetOf(node)) : (offsetOf(node) ?? offsetOf(step?.key));
      offset = own ?? offset;
    });
    return this.at(offset);
  }

  report(place: Place, message: string): void {
    this.add(this.locate(place), message);
  }

  private at(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  private add(position: { line: number; column: number }, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ file: this.file, ...position, message });
  }

  private parse(text: string): { contents: Node | null; value: unknown } | null {
    if (text.length > MAX_CHARACTERS) {
      this.add({ line: 1, column: 1 }, `larger than ${MAX_CHARACTERS} characters; not read`);
      return null;
    }
    if (runsAway(text)) {
      this.add({ line: 1, column: 1 }, `nested more than ${MAX_DEPTH} levels deep; not read`);
      return null;
    }
    try {
      const document = parseDocument(text, {
        lineCounter: this.lines,
        prettyErrors: false,
        strict: true,
        version: '1.2',
        merge: false,
      });
      // After the first place where YAML breaks off, every line looks wrong: only keys that are there twice are all told.
      const broken = document.errors.findIndex((e) => e.code !== 'DUPLICATE_KEY');
      const errors = broken < 0 ? [...document.errors, ...document.warnings] : document.errors.slice(0, broken + 1);
      for (const error of errors) {
        this.add(this.at(error.pos[0]), `${syntaxMessage(error.code, error.message)}`);
      }
      const contents = document.contents as Node | null;
      if (!this.bounded(contents) || document.errors.some((e) => e.code !== 'DUPLICATE_KEY')) return null;
      return { contents, value: document.toJS({ maxAliasCount: 0 }) as unknown };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.add({ line: 1, column: 1 }, 'nested too deeply; not read');
      return null;
    }
  }

  /** No aliases (they multiply), no endless depth, no odd keys. */
  private bounded(root: Node | null): boolean {
    const before = this.problems.length;
    const stack: { node: unknown; depth: number }[] = [{ node: root, depth: 0 }];
    let count = 0;
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { node, depth } = next;
      if (++count > MAX_NODES || depth > MAX_DEPTH) {
        this.add(
          this.at(offsetOf(node) ?? 0),
          depth > MAX_DEPTH ? `nested more than ${MAX_DEPTH} levels deep` : 'too many values',
        );
        return false;
      }
      if (isAlias(node)) {
        this.add(this.at(offsetOf(node) ?? 0), 'aliases (*name) are not supported here: write the value out');
      } else if (isCollection(node)) {
        for (const item of node.items) {
          if (isPair(item)) {
            if (!isScalar(item.key) || typeof item.key.value === 'object') {
              this.add(this.at(offsetOf(item.key) ?? offsetOf(node) ?? 0), 'a key must be a plain word');
            }
            stack.push({ node: item.value, depth: depth + 1 });
          } else stack.push({ node: item, depth: depth + 1 });
        }
      }
    }
    return this.problems.length === before;
  }
}

/**
 * What the YAML parser must not even see: it recurses into brackets, and it builds a pattern as long as a run of
 * `- - - `. Generous, since brackets in plain text count here as well; the exact depth is measured on the tree.
 */
function runsAway(text: string): boolean {
  if (/(?:[-?:][ \t]+){25}/.test(text)) return true;
  let depth = 0;
  for (const c of text) {
    if (c === '[' || c === '{') depth++;
    else if ((c === ']' || c === '}') && depth > 0) depth--;
    if (depth > 200) return true;
  }
  return false;
}

function offsetOf(node: unknown): number | null {
  return isNode(node) && node.range ? node.range[0] : null;
}

function child(node: Node, key: Key): { key: unknown; value: unknown } | null {
  if (!isCollection(node)) return null;
  if (!isMap(node)) {
    const item: unknown = typeof key === 'number' ? node.items[key] : undefined;
    return item === undefined ? null : { key: null, value: item };
  }
  const pair = (node.items as Pair[]).find((p) => isScalar(p.key) && String(p.key.value) === String(key));
  return pair ? { key: pair.key, value: pair.value } : null;
}

function syntaxMessage(code: string, message: string): string {
  const first = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+.*$/, '').replace(/:$/, '');
  if (code === 'DUPLICATE_KEY') return 'this key is there twice: keep one';
  if (code === 'MULTIPLE_DOCS') return 'more than one YAML document in the file: keep one';
  if (code === 'TAB_AS_INDENT') return 'tabs may not indent YAML: use spaces';
  return `not valid YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`;
}
