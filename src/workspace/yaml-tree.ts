import {
  LineCounter,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import { ConfigSyntaxError, type ConfigEntry, type ConfigNode } from './config-tree.js';

/** Bound on nodes per file: aliases may multiply them (a "billion laughs" text has few bytes and endless nodes). */
const MAX_NODES = 200_000;
const MAX_DEPTH = 200;

/** Parses all documents of a YAML text. Throws ConfigSyntaxError at the first error. */
export function parseYaml(text: string): ConfigNode[] {
  const counter = new LineCounter();
  let documents: readonly Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, { lineCounter: counter, logLevel: 'silent', uniqueKeys: false });
    documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  } catch {
    throw new ConfigSyntaxError('cannot be parsed as YAML', 1); // nested too deeply for the parser
  }
  return documents.map((document) => {
    const error = document.errors[0];
    if (error !== undefined) {
      const reason = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
      throw new ConfigSyntaxError(reason, counter.linePos(error.pos[0]).line);
    }
    return new YamlConverter(document, counter).convert(document.contents, 0);
  });
}

class YamlConverter {
  private nodes = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly counter: LineCounter,
  ) {}

  convert(node: Node | null | undefined, depth: number): ConfigNode {
    const line = this.lineOf(node);
    const nothing: ConfigNode = { kind: 'scalar', line, text: null, isString: false, tag: null };
    this.nodes += 1;
    if (this.nodes > MAX_NODES || depth > MAX_DEPTH) throw new ConfigSyntaxError('is too large once expanded', line);
    if (isAlias(node)) return this.convert(node.resolve(this.document), depth + 1);
    if (isMap(node)) {
      const entries: ConfigEntry[] = [];
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const key = isScalar(pair.key) ? String(pair.key.value) : null;
        if (key === null) continue;
        const value = this.convert(pair.value as Node | null, depth + 1);
        if (key === '<<') entries.unshift(...merged(value));
        else entries.push({ key, line: this.lineOf(pair.key as Node), value });
      }
      return { kind: 'map', line, entries };
    }
    if (isSeq(node))
      return { kind: 'list', line, items: node.items.map((item) => this.convert(item as Node, depth + 1)) };
    if (!isScalar(node)) return nothing;
    const { value } = node;
    if (value === null || value === undefined) return nothing;
    const text = typeof value === 'string' ? value : (node.source ?? String(value));
    const tag = node.tag !== undefined && !node.tag.startsWith('tag:') ? node.tag : null;
    return { kind: 'scalar', line, text, isString: typeof value === 'string', tag };
  }

  private lineOf(node: Node | null | undefined): number {
    const start = node?.range?.[0];
    return start === undefined ? 1 : this.counter.linePos(start).line;
  }
}

/** `<<: *base` or `<<: [*a, *b]`: the entries come first, so that the map's own win. */
function merged(value: ConfigNode): ConfigEntry[] {
  if (value.kind === 'map') return [...value.entries];
  if (value.kind === 'list') return [...value.items].reverse().flatMap(merged);
  return [];
}
