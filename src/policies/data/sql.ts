/** Rows in SQL text: INSERT statements and COPY blocks. */
import { type DataRecord, MAX_RECORDS } from './record.js';

const INSERT = /\binsert\s+into\s+([\w."`[\]]+)\s*(?:\(([^)]*)\))?\s*values\s*/gi;
const COPY = /^copy\s+([\w."]+)\s*\(([^)]*)\)\s+from\s+stdin[^\n]*\n/gim;

export function readSql(text: string): readonly DataRecord[] {
  const records: DataRecord[] = [];
  for (const match of text.matchAll(INSERT)) {
    const names = columns(match[2]);
    let at = match.index + match[0].length;
    while (text[at] === '(' && records.length < MAX_RECORDS) {
      const tuple = readTuple(text, at);
      records.push(record(match[1]!, names, tuple.values, at));
      at = tuple.end + (/^\s*,?\s*/.exec(text.slice(tuple.end, tuple.end + 200))?.[0].length ?? 0);
    }
  }
  for (const match of text.matchAll(COPY)) {
    const names = columns(match[2]);
    let at = match.index + match[0].length;
    while (at < text.length && !text.startsWith('\\.', at) && records.length < MAX_RECORDS) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      records.push(record(match[1]!, names, text.slice(at, end).replace(/\r$/, '').split('\t'), at));
      at = end + 1;
    }
  }
  return records.sort((a, b) => a.at - b.at);
}

function columns(list: string | undefined): readonly string[] | null {
  return list === undefined ? null : list.split(',').map((name) => name.trim().replace(/["`[\]]/g, ''));
}

/** Columns that are not named are called by the shape of their value. */
function record(table: string, names: readonly string[] | null, values: readonly string[], at: number): DataRecord {
  const fields = values.flatMap((value, index): (readonly [string, string])[] => {
    const name = names === null ? shapeName(value) : names[index];
    return name === undefined || value === '' || value === '\\N' ? [] : [[name, value]];
  });
  const kind =
    table
      .split('.')
      .at(-1)
      ?.replace(/["`[\]]/g, '') ?? '';
  return { kind, fields, at, patient: false, synthetic: false };
}

function shapeName(value: string): string | undefined {
  if (/^\d{3}-\d{2}-\d{4}$/.test(value)) return 'ssn';
  if (/^(?:18|19|20)\d{2}-\d{2}-\d{2}$/.test(value)) return 'dob';
  if (/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(value)) return 'email';
  if (/^\+?1?[-. (]*\d{3}[-. )]+\d{3}[-. ]\d{4}$/.test(value)) return 'phone';
  if (/^\d{1,5} [A-Z]/.test(value)) return 'street';
  return /^\p{Lu}[\p{L}'-]+$/u.test(value) ? 'name' : undefined;
}

/** `('a', 2, NULL)`; quotes are doubled or escaped. */
function readTuple(text: string, from: number): { readonly values: readonly string[]; readonly end: number } {
  const values: string[] = [];
  let value = '';
  let quoted = false;
  let depth = 0;
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const char = text[at]!;
    if (quoted) {
      if (char === '\\') value += text[++at] ?? '';
      else if (char !== "'") value += char;
      else if (text[at + 1] === "'") {
        value += "'";
        at += 1;
      } else quoted = false;
    } else if (char === "'") quoted = true;
    else if (char === '(') depth += 1;
    else if (char === ')' && depth > 0) depth -= 1;
    else if (char === ')' || char === ',') {
      values.push(/^null$/i.test(value.trim()) ? '' : value.trim());
      value = '';
      if (char === ')') break;
    } else value += char;
  }
  return { values, end: at + 1 };
}
