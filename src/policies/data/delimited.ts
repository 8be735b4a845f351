/** Tables as text: CSV, TSV and the like, with a header line. */
import { type DataRecord, MAX_RECORDS } from './record.js';

interface Row {
  readonly cells: readonly string[];
  readonly at: number;
}

/** Records of a table; nothing if the first line is no header. */
export function readDelimited(text: string): readonly DataRecord[] {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const delimiter = [',', '\t', ';', '|'].reduce(
    (best, one) => (count(first, one) > count(first, best) ? one : best),
    ',',
  );
  const records: DataRecord[] = [];
  let header: readonly string[] | null = null;
  for (const row of rows(text, delimiter)) {
    if (header === null) {
      if (row.cells.length < 2 || row.cells.some((cell) => cell.length > 60)) return [];
      header = row.cells.map((cell) => cell.trim().replace(/^\uFEFF/, ''));
      continue;
    }
    const names = header;
    const fields = row.cells.flatMap((cell, index): (readonly [string, string])[] => {
      const name = names[index];
      return name === undefined || cell.trim() === '' ? [] : [[name, cell.trim()]];
    });
    records.push({ kind: '', fields, at: row.at, patient: false, synthetic: false });
    if (records.length >= MAX_RECORDS) break;
  }
  return records;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Rows with quoted cells; lines that begin with `#` are comments. */
function* rows(text: string, delimiter: string): Generator<Row> {
  let at = 0;
  while (at < text.length) {
    const start = at;
    const cells: string[] = [];
    let cell = '';
    let quoted = false;
    for (; at < text.length; at += 1) {
      const char = text[at]!;
      if (quoted) {
        if (char !== '"') cell += char;
        else if (text[at + 1] === '"') {
          cell += '"';
          at += 1;
        } else quoted = false;
      } else if (char === '"' && cell === '') quoted = true;
      else if (char === delimiter) {
        cells.push(cell);
        cell = '';
      } else if (char === '\n') break;
      else if (char !== '\r') cell += char;
    }
    cells.push(cell);
    at += 1;
    if (text[start] !== '#' && !(cells.length === 1 && cells[0]!.trim() === '')) yield { cells, at: start };
  }
}
