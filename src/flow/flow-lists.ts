/** Lists and objects as flow rules take them apart: elements, flattened lists, named properties. */
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import { without } from './fields.js';
import { guarded } from './guards.js';
import { join, joinAll } from './join.js';
import { put } from './run-flow.js';
import { select } from './select.js';
import { type Value, value, NOTHING, type Atom } from './value.js';

/** The elements of an array literal, in order. */
export function elements(e: Engine, v: Value): Value[] {
  const out: Value[] = [];
  while (out.length < 16 && v.fields?.has(String(out.length))) out.push(select(e, v, String(out.length)));
  return out;
}

/** A list whose elements that are lists have been put in their places. */
export function flattened(site: CallSite, v: Value): Value {
  const { e } = site.frame;
  const lists = v.atoms.filter((a) => !isList(a));
  const own = [...(v.fields ?? [])].flatMap(([key, f]) => (key.startsWith('!') ? [] : takenApart(f)));
  // What a caller hands in, and records: a list of them is known by what is in it.
  const given = value(lists.filter((a) => a.k === 'sym' || a.k === 'label'));
  const out = join(value(lists), select(e, given, '*'));
  const elements = joinAll(own);
  if (elements === NOTHING && out !== NOTHING) return out;
  return join(out, put(site, NOTHING, ['*'], elements));
}

function isList(a: Atom): boolean {
  return a.k === 'built' && a.array;
}

/** The elements of a list, under the conditions of its alternatives; what is no list is itself. */
function takenApart(v: Value): readonly Value[] {
  const whole: Atom[] = [];
  const out: Value[] = [];
  for (const a of v.atoms)
    if (a.k === 'alt') out.push(...takenApart(a.v).map((x) => guarded(x, a.guard)));
    else whole.push(a);
  if (!v.fields || !whole.some(isList)) return [value(whole, v.fields, v.marks), ...out];
  // Of what may be a list or an object, the numbered elements are the list's and the named properties the object's.
  const objects = whole.filter((a) => !isList(a));
  const named = new Map<string, Value>();
  const inner: Value[] = [];
  for (const [key, f] of v.fields)
    if (key === '*' || /^\d+$/.test(key) || (objects.length === 0 && !key.startsWith('!'))) inner.push(f);
    else if (!key.startsWith('!')) named.set(key, f);
  return [value(objects, named.size > 0 ? named : null), ...inner, ...out];
}

/** Keeps or takes out the properties that constants name; all stays where the names are not known. */
export function project(e: Engine, v: Value, keys: Value, keep: boolean): Value {
  const names: string[] = [];
  const collect = (k: Value): boolean => {
    for (const a of k.atoms) {
      if (a.k === 'const' && typeof a.v === 'string') names.push(a.v);
      else if (a.k !== 'built') return false;
    }
    for (const f of k.fields?.values() ?? []) if (!collect(f)) return false;
    return true;
  };
  if (!collect(keys) || names.length === 0) return v;
  if (!keep) return without(v, names);
  const fields = new Map(names.map((n) => [n, select(e, v, n)] as const));
  return value([{ k: 'built', array: false, fn: 0, span: null }], fields);
}
