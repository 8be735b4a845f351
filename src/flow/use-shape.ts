/** Parameters without a model of their own: by their names, and by what their function takes out of them. */
import type { TypeRef } from '../facts/ir.js';
import type { Engine } from './engine.js';
import type { FnEntry } from './program.js';
import { label } from './select.js';
import type { Place } from './types/type.js';
import { join } from './join.js';
import { update } from './fields.js';
import { value, type Value } from './value.js';

const MAX_DEPTH = 3;

/** What outside code hands in. */
export const FROM_OUTSIDE: Value = value([{ k: 'opaque', request: true, type: null }]);

/** What a parameter that is text (or declares nothing) is called, beside the other ones; null if that says nothing. */
export function placeByName(e: Engine, fn: FnEntry, param: number): Place | null {
  const { params } = fn.facts;
  const p = params[param]!;
  if (p.name === '' || p.rest) return null;
  if (p.type !== null && !isText(p.type)) return null;
  const place = e.types.inferred(
    null,
    params.map((x) => x.name).filter((name) => name !== ''),
  );
  return place && e.types.select(place, p.name);
}

/** A text, perhaps a missing one, or anything at all. */
function isText(t: TypeRef): boolean {
  if (t.k === 'union') return t.of.every(isText);
  return t.k === 'prim' && /^(string|any|unknown|undefined|null)$/.test(t.name);
}

export function shapeByUse(e: Engine, fn: FnEntry, param: number): Value {
  const loads = new Map<number, { key: string; d: number; span: readonly [number, number] }[]>();
  let root = -1;
  const same = new Map<number, number>();
  for (const b of fn.facts.blocks) {
    for (const i of b.instrs) {
      if (i.op === 'param' && i.i === param) root = i.d;
      else if (i.op === 'typed' || i.op === 'await') same.set(i.d, i.v);
      else if (i.op === 'load') {
        let base = i.b;
        for (let n = 0; same.has(base) && n < 8; n++) base = same.get(base)!;
        const list = loads.get(base);
        if (list) list.push({ key: i.k, d: i.d, span: i.span });
        else loads.set(base, [{ key: i.k, d: i.d, span: i.span }]);
      }
    }
  }
  if (root === -1) return FROM_OUTSIDE;
  const build = (ssa: number, name: string | null, depth: number): Value => {
    const taken = loads.get(ssa);
    if (!taken || depth > MAX_DEPTH) return FROM_OUTSIDE;
    const place = e.types.inferred(name, [...new Set(taken.map((t) => t.key))]);
    let out = FROM_OUTSIDE;
    for (const t of taken) {
      let v = build(t.d, t.key, depth + 1);
      const p = place ? e.types.select(place, t.key) : null;
      if (p) {
        const told = label(e, p, 'phi', { fn: fn.id, span: t.span }, `reads ${p.via}`);
        v = join(v, value([{ ...told, ev: name === 'body' || name === 'query' ? 2 : 1 }]));
      }
      if (v !== FROM_OUTSIDE) out = update(out, t.key, v);
    }
    return out;
  };
  return build(root, fn.facts.params[param]?.name || null, 0);
}
