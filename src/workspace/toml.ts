import type { ConfigEntry, ConfigNode } from './config-tree.js';

interface OpenMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: ConfigEntry[];
}

const MAX_DEPTH = 32;
const MAX_LINES = 10_000;
const MAX_PAIRS = 1000;

/**
 * The part of TOML that platform files use for settings: tables, dotted keys, strings (all four kinds), inline tables;
 * other values are kept as they are written. A line that cannot be read is passed over.
 */
export function parseToml(text: string): ConfigNode {
  const root: OpenMap = { kind: 'map', line: 1, entries: [] };
  let table = root;
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < Math.min(lines.length, MAX_LINES); index += 1) {
    const line = lines[index]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[\[?([^[\]]+)\]\]?/.exec(line);
    if (header !== null) {
      table = open(root, keyPath(header[1]!), index + 1);
      continue;
    }
    const equals = endOfKey(line);
    if (equals < 0) continue;
    const path = keyPath(line.slice(0, equals));
    let raw = line.slice(equals + 1).trim();
    const fence = raw.slice(0, 3);
    const start = index + 1;
    if ((fence === '"""' || fence === "'''") && !raw.slice(3).includes(fence)) {
      while (index + 1 < lines.length) {
        raw += `\n${lines[++index]!}`;
        if (lines[index]!.includes(fence)) break;
      }
    }
    const key = path.pop();
    if (key !== undefined) open(table, path, start).entries.push({ key, line: start, value: value(raw, start, 0) });
  }
  return root;
}

function open(from: OpenMap, path: readonly string[], line: number): OpenMap {
  let map = from;
  for (const key of path.slice(0, MAX_DEPTH)) {
    const found = map.entries.find((entry) => entry.key === key)?.value;
    if (found?.kind === 'map') {
      map = found as OpenMap;
    } else {
      const next: OpenMap = { kind: 'map', line, entries: [] };
      map.entries.push({ key, line, value: next });
      map = next;
    }
  }
  return map;
}

/** Position of the `=` after the key, or -1. */
function endOfKey(line: string): number {
  const key = /^(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*\s*(?==)/.exec(line);
  return key === null ? -1 : key[0].length;
}

function keyPath(text: string): string[] {
  return (text.match(/"[^"]*"|'[^']*'|[\w-]+/g) ?? []).map((part) => part.replace(/^["']|["']$/g, ''));
}

function value(raw: string, line: number, depth: number): ConfigNode {
  const string = stringValue(raw);
  if (string !== null) return { kind: 'scalar', line, text: string.text, isString: true, tag: null };
  if (raw.startsWith('{') && depth < MAX_DEPTH) return inlineTable(raw, line, depth);
  return { kind: 'scalar', line, text: raw.replace(/\s*#.*$/, ''), isString: false, tag: null };
}

/** The string that `raw` begins with, and the number of characters it takes. */
function stringValue(raw: string): { text: string; length: number } | null {
  const quote = raw[0];
  if (quote !== '"' && quote !== "'") return null;
  const fence = raw.startsWith(quote.repeat(3)) ? quote.repeat(3) : quote;
  let end = fence.length;
  while (end < raw.length && !raw.startsWith(fence, end)) end += quote === '"' && raw[end] === '\\' ? 2 : 1;
  const inner = raw.slice(fence.length, end).replace(/^\r?\n/, fence.length === 3 ? '' : '$&');
  const text = quote === "'" ? inner : inner.replace(/\\([nrt"\\])/g, (_, escape: string) => ESCAPES[escape] ?? escape);
  return { text, length: end + fence.length };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function inlineTable(raw: string, line: number, depth: number): ConfigNode {
  const table: OpenMap = { kind: 'map', line, entries: [] };
  let rest = raw.slice(1);
  for (let pairs = 0; pairs < MAX_PAIRS; pairs += 1) {
    rest = rest.replace(/^[\s,]+/, '');
    const equals = endOfKey(rest);
    if (equals < 0) break;
    const path = keyPath(rest.slice(0, equals));
    const after = rest.slice(equals + 1).trimStart();
    const length = stringValue(after)?.length ?? /^[^,}]*/.exec(after)?.[0].length ?? 0;
    const key = path.pop();
    if (key !== undefined) {
      const item = value(after.slice(0, length).trim(), line, depth + 1);
      open(table, path, line).entries.push({ key, line, value: item });
    }
    rest = after.slice(length);
  }
  return table;
}
