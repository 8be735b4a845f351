/** Which reader a file needs, by its name and first characters. */
import { parseAllDocuments, type Node, isMap, isScalar, isSeq } from 'yaml';
import { readDelimited } from './delimited.js';
import { readHealthXml, readHl7 } from './health-formats.js';
import { readNested } from './nested.js';
import type { DataRecord } from './record.js';
import { readSql } from './sql.js';
import { type DataNode, readJson, readJsonLines } from './tree.js';

export const DATA_FILE =
  /\.(?:csv|tsv|psv|json|jsonc|json5|ndjson|jsonl|geojson|sql|dump|hl7|hl7v2|oru|adt|xml|ccda|cda|ya?ml|txt|snap)$/i;

/** Beyond this, YAML takes too long; nobody keeps such files as YAML. */
const MAX_YAML = 256 * 1024;

export function readRecords(file: string, text: string, isField: (name: string) => boolean): readonly DataRecord[] {
  const extension = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '';
  const stem =
    file
      .split('/')
      .at(-1)
      ?.replace(/\.[^.]*$/, '') ?? '';
  if (/^\s*MSH\|/.test(text)) return readHl7(text);
  if (/^\s*<(?:\?xml|ClinicalDocument|Patient|Bundle)/.test(text)) return readHealthXml(text);
  switch (extension) {
    case 'csv':
    case 'tsv':
    case 'psv':
      return readDelimited(text);
    case 'txt':
      return /^[\w "]+([,;|\t])[\w "]+\1[\w "]+/.test(text) ? readDelimited(text) : [];
    case 'sql':
    case 'dump':
      return readSql(text);
    case 'yaml':
    case 'yml':
      return text.length > MAX_YAML ? [] : readYaml(text).flatMap((node) => readNested(node, stem, isField));
    case 'ndjson':
    case 'jsonl':
      return readJsonLines(text).flatMap((node) => readNested(node, stem, isField));
    case 'snap':
    case 'hl7':
    case 'xml':
      return [];
    default: {
      if (/^\s*\{[^\n]*\}\s*\n\s*\{/.test(text))
        return readJsonLines(text).flatMap((node) => readNested(node, stem, isField));
      const read = readJson(text);
      return read === null ? [] : readNested(read.node, stem, isField);
    }
  }
}

function readYaml(text: string): readonly DataNode[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const node = document.contents === null ? null : fromYaml(document.contents as Node, 0);
    return node === null ? [] : [node];
  });
}

function fromYaml(node: unknown, depth: number): DataNode | null {
  if (depth > 20) return null;
  if (isScalar(node)) {
    const at = node.range?.[0] ?? 0;
    return node.value === null ? null : { k: 'scalar', at, text: node.source ?? String(node.value) };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => fromYaml(item, depth + 1)).filter((item) => item !== null);
    return { k: 'array', at: node.range?.[0] ?? 0, items };
  }
  if (!isMap(node)) return null;
  const entries = node.items.flatMap((pair): (readonly [string, DataNode])[] => {
    const value = fromYaml(pair.value, depth + 1);
    return value === null || !isScalar(pair.key) ? [] : [[String(pair.key.value), value]];
  });
  return { k: 'object', at: node.range?.[0] ?? 0, entries };
}
