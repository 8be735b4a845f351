import {
  LineCounter,
  isAlias,
  isCollection,
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
    const parsed = parseAllDocuments(text, {
      lineCounter: counter,
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
    });
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
    return new YamlConverter(counter).convert(document.contents, 0);
  });
}

/**
 * Aliases share the tree of their anchor; what they would come to if written out is counted, because every reader
 * walks them written out.
 */
class YamlConverter {
  private readonly anchors = new Map<string, { readonly node: ConfigNode; readonly size: number }>();
  private size = 0;

  constructor(private readonly counter: LineCounter) {}

  convert(node: Node | null | undefined, depth: number): ConfigNode {
    const line = this.lineOf(node);
    if (depth > MAX_DEPTH) throw new ConfigSyntaxError(`is nested deeper than ${MAX_DEPTH} levels`, line);
    if (isAlias(node)) {
      const shared = this.anchors.get(node.source); // absent: unknown, or an alias within its own anchor
      this.count(shared?.size ?? 1, line);
      return shared?.node ?? nothing(line);
    }
    const before = this.size;
    this.count(1, line);
    const converted = this.convertOwn(node, line, depth);
    const anchor = isScalar(node) || isCollection(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, { node: converted, size: this.size - before });
    return converted;
  }

  private convertOwn(node: Node | null | undefined, line: number, depth: number): ConfigNode {
    if (isMap(node)) {
      const entries: ConfigEntry[] = [];
      for (const pair of node.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue;
        const key = String(pair.key.value);
        const value = this.convert(pair.value as Node | null, depth + 1);
        if (key === '<<') entries.unshift(...merged(value));
        else entries.push({ key, line: this.lineOf(pair.key), value });
      }
      return { kind: 'map', line, entries };
    }
    if (isSeq(node)) {
      return { kind: 'list', line, items: node.items.map((item) => this.convert(item as Node, depth + 1)) };
    }
    if (!isScalar(node) || node.value === null || node.value === undefined) return nothing(line);
    const { value } = node;
    const text = typeof value === 'string' ? value : (node.source ?? String(value));
    const tag = node.tag !== undefined && !node.tag.startsWith('tag:') ? node.tag : null;
    return { kind: 'scalar', line, text, isString: typeof value === 'string', tag };
  }

  private count(nodes: number, line: number): void {
    this.size += nodes;
    if (this.size > MAX_NODES) throw new ConfigSyntaxError('is too large once its aliases are written out', line);
  }

  private lineOf(node: Node | null | undefined): number {
    const start = node?.range?.[0];
    return start === undefined ? 1 : this.counter.linePos(start).line;
  }
}

function nothing(line: number): ConfigNode {
  return { kind: 'scalar', line, text: null, isString: false, tag: null };
}

/** `<<: *base` or `<<: [*a, *b]`: the entries come first, so that the map's own win. */
function merged(value: ConfigNode): ConfigEntry[] {
  if (value.kind === 'map') return [...value.entries];
  if (value.kind === 'list') return [...value.items].reverse().flatMap(merged);
  return [];
}
