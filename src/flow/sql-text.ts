/** What a query's text says of its rows: the table that they are of, and the columns that are asked for. */

export interface Query {
  readonly table: string;
  /** Names of the result's columns; null: all that the table has, or the text does not say. */
  readonly columns: readonly string[] | null;
}

/** Longer texts are not looked at. */
const LONGEST = 10_000;

const NAME = '(?:["`\\[]?\\w+["`\\]]?\\.)*["`\\[]?(\\w+)["`\\]]?';
const FROM = new RegExp(`\\bfrom\\s+(?:only\\s+)?${NAME}`, 'i');
const CHANGED = new RegExp(`\\b(?:insert\\s+into|update)\\s+${NAME}`, 'i');
const COLUMN = new RegExp(`^${NAME}(?:::\\w+)?(?:\\s+(?:as\\s+)?["\`\\[]?(\\w+)["\`\\]]?)?$`, 'i');

/** Reads a query; null if it gives no rows of a table. */
export function queryOf(text: string): Query | null {
  if (text.length > LONGEST) return null;
  const flat = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ').replace(/\s+/g, ' ');
  const select = /\bselect\s(?:distinct\s)?\s*(.*?)\sfrom\s/i.exec(flat);
  const returning = /\breturning\s(.*?);?\s*$/i.exec(flat);
  const table = (select ? FROM : returning ? CHANGED : null)?.exec(flat)?.[1];
  const list = (select ?? returning)?.[1];
  if (table === undefined || list === undefined) return null;
  return { table, columns: columnsOf(list) };
}

function columnsOf(list: string): readonly string[] | null {
  const out: string[] = [];
  for (const part of splitTop(list)) {
    if (/(^|\.)\*$/.test(part)) return null;
    const m = COLUMN.exec(part);
    const named = m ? (m[2] ?? m[1]) : /\bas\s+["`[]?(\w+)/i.exec(part)?.[1];
    // What is counted or reckoned says nothing of its arguments, unless its own name does.
    if (named !== undefined) out.push(named);
  }
  return out;
}

/** Splits at commas that stand outside of brackets. */
function splitTop(list: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    const c = list[i]!;
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ',' && depth === 0) {
      out.push(list.slice(from, i).trim());
      from = i + 1;
    }
  }
  out.push(list.slice(from).trim());
  return out;
}
