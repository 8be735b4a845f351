/** De-identification: what is gone from a value, letter by letter. */
import type { Deidentifier } from './engine.js';
import type { Spot } from './summary.js';
import { extend } from './trail.js';
import { mapData, value, without, type Value } from './value.js';

/** What a declared or recognised de-identifier leaves of a value. */
export function applyDeidentifier(v: Value, d: Deidentifier, spot: Spot): Value {
  if (d.output !== null) {
    const [head, ...rest] = d.output.split('.');
    const field = v.fields?.get(head!);
    if (field) {
      const fields = new Map(v.fields);
      fields.set(head!, clean(field, { ...d, output: rest.length > 0 ? rest.join('.') : null }, spot));
      return value(v.atoms, fields);
    }
    // The result is one unbroken whole: its clean part is taken out of what may be read from it.
    return without(v, [head!]);
  }
  return clean(v, d, spot);
}

function clean(v: Value, d: Deidentifier, spot: Spot): Value {
  if (d.letters === -1) return mapData(v, () => null);
  const less = d.fields.length > 0 ? without(v, d.fields) : v;
  return mapData(less, (a) => ({
    ...a,
    t: { ...a.t, letters: a.t.letters | d.letters },
    trail: extend(a.trail, { fn: spot.fn, span: spot.span, text: 'de-identified in part', source: false }),
  }));
}
