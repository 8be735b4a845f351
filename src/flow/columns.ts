/** Which properties of its rows a query asks for: `select('ward, active')`, `select(['ward'])`, `{ attributes: { exclude: ['ssn'] } }`. */
import { constants } from './contents.js';
import type { Engine } from './engine.js';
import { without } from './fields.js';
import { joinAll } from './join.js';
import { schemaName, schemaShape } from './schemas.js';
import { label, select, selectPath, typedDefault } from './select.js';
import type { Spot } from './summary.js';
import { OPAQUE, value, type Value, type XInstAtom } from './value.js';

interface Asked {
  /** Name in the result → name in the row, or the column itself (`{ born: patients.birthDate }`). */
  readonly kept: Map<string, string | XInstAtom>;
  readonly dropped: Set<string>;
  /** All columns besides (`*`). */
  all: boolean;
}

const MOST = 64;

/** Rows, or one row, with the columns that are asked for; as they are where the code does not show which. */
export function withColumns(e: Engine, rows: Value, names: readonly Value[], spot: Spot): Value {
  const asked: Asked = { kept: new Map(), dropped: new Set(), all: false };
  if (names.length === 0 || !names.every((n) => read(n, asked))) return rows;
  if (asked.all || (asked.kept.size === 0 && asked.dropped.size === 0)) return rows;
  return shaped(e, rows, asked, spot);
}

function shaped(e: Engine, rows: Value, asked: Asked, spot: Spot): Value {
  // A list of rows, which may be the query as well as long as that is not awaited.
  if (rows.fields?.has('*') || (rows.fields && rows.atoms.some((a) => a.k === 'built' && a.array))) {
    const one = shaped(e, joinAll([...rows.fields.values()]), asked, spot);
    return value(rows.atoms, new Map([['*', one]]), rows.marks);
  }
  if (asked.kept.size === 0) return without(rows, [...asked.dropped]);
  // Of a row that only its table's name tells of, the columns tell the rest.
  const table = rows.atoms.find((a) => a.k === 'opaque' && a.rowOf !== undefined);
  if (table?.k === 'opaque') {
    const place = e.types.inferred(table.rowOf!, [...asked.kept.keys()]);
    return place ? value([label(e, place, 'phi', spot, `reads ${place.via}`)]) : OPAQUE;
  }
  const held = (from: string | XInstAtom): Value =>
    typeof from === 'string' ? select(e, rows, from) : columnValue(e, from, spot);
  const kept = [...asked.kept].map(([to, from]) => [to, held(from)] as const);
  // A query may be what it gives and the query itself.
  const query = rows.atoms.filter((a) => a.k === 'xinst');
  return value([{ k: 'built', array: false, fn: spot.fn, span: spot.span }, ...query], new Map(kept), rows.marks);
}

/** What a column of a table that the code describes holds; nothing for what is reckoned. */
function columnValue(e: Engine, column: XInstAtom, spot: Spot): Value {
  if (column.path === '') return OPAQUE;
  const table = value([{ ...column, path: '' }]);
  const shape = schemaShape(e, table, schemaName(e, table));
  return shape ? selectPath(e, typedDefault(e, shape, spot), column.path.split('.')) : OPAQUE;
}

/** Reads one way to name columns; false if it is not known. */
function read(v: Value, into: Asked): boolean {
  if (into.kept.size > MOST) return false;
  const texts = constants(v);
  if (texts !== null) {
    if (texts.length !== 1 || typeof texts[0] !== 'string') return texts.every((x) => x === undefined);
    return readText(texts[0], into);
  }
  if (!v.fields || v.fields.has('*') || !v.atoms.every((a) => a.k === 'built')) return false;
  if (v.atoms.some((a) => a.k === 'built' && a.array)) return [...v.fields.values()].every((f) => read(f, into));
  const excluded = v.fields.get('exclude');
  if (excluded) return readExcluded(excluded, into);
  for (const [key, f] of v.fields) {
    const column = f.atoms.find((a): a is XInstAtom => a.k === 'xinst');
    const flag = constants(f);
    if (column) into.kept.set(key, column);
    else if (flag?.length === 1 && !flag[0]) into.dropped.add(key);
    else into.kept.set(key, key);
  }
  // `{ ward: 1, _id: 0 }` names what is wanted, and takes out what comes by itself.
  return true;
}

function readExcluded(list: Value, into: Asked): boolean {
  for (const f of list.fields?.values() ?? []) {
    const name = constants(f);
    if (name?.length !== 1 || typeof name[0] !== 'string') return false;
    into.dropped.add(name[0]);
  }
  return true;
}

/** `ward createdAt -_id`, `id, last_name as name`, `name:last_name`, `visits(room, reason)`, `p.ward`. */
function readText(text: string, into: Asked): boolean {
  if (text.length > 2_000) return false;
  const named = text.replace(/\s+as\s+/gi, ' AS ').replace(/\s*([:(),!])\s*/g, '$1');
  let depth = 0;
  let part = '';
  const parts: string[] = [];
  for (const c of named) {
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if (depth === 0 && (c === ',' || (c === ' ' && !/ AS$| AS $/.test(`${part} `) && !named.includes(' AS ')))) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  parts.push(part);
  for (const p of parts.map((x) => x.trim()).filter((x) => x !== '')) {
    if (p === '*' || p.endsWith('.*')) {
      into.all = true;
      continue;
    }
    if (p.startsWith('-')) {
      into.dropped.add(p.slice(1));
      continue;
    }
    const m = /^\+?(?:(\w+):)?(?:\w+\.)*(\w+)(?:![\w]+)?(?:::\w+)?(?:\(.*\))?(?: AS (\w+))?$/.exec(p);
    if (!m) return false;
    into.kept.set(m[3] ?? m[1] ?? m[2]!, m[2]!);
  }
  return true;
}
