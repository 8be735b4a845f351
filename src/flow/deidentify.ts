/** De-identification: what is gone from a value, letter by letter, and that it came through such a step at all. */
import type { Deidentifier } from './engine.js';
import { onlyData } from './marks.js';
import type { Spot } from './summary.js';
import { extend, type Step } from './trail.js';
import { mapData, marked, text } from './contents.js';
import { value, type Mark, type Value } from './value.js';
import { without } from './fields.js';

/** A call of a de-identifier: where, its name, and what it was given. */
export interface Cleaning {
  readonly spot: Spot;
  readonly by: string;
  readonly given: readonly Value[];
}

/** What a declared or recognised de-identifier leaves of a value. */
export function applyDeidentifier(v: Value, d: Deidentifier, how: Cleaning): Value {
  if (d.output !== null) {
    const [head, ...rest] = d.output.split('.');
    const field = v.fields?.get(head!);
    if (field) {
      const fields = new Map(v.fields);
      fields.set(head!, clean(field, { ...d, output: rest.length > 0 ? rest.join('.') : null }, how));
      return value(v.atoms, fields, v.marks);
    }
    // The result is one unbroken whole: its clean part is taken out of what may be read from it.
    const left = without(v, [head!]);
    const mark = d.letters === -1 ? markOf(v, how) : null;
    return mark === null
      ? left
      : value(left.atoms, new Map([...(left.fields ?? []), [head!, value([], null, [mark])]]), left.marks);
  }
  return clean(v, d, how);
}

function clean(v: Value, d: Deidentifier, how: Cleaning): Value {
  if (d.letters === -1) {
    const mark = markOf(v, how);
    return marked(
      mapData(v, () => null),
      mark && [mark],
    );
  }
  const less = d.fields.length > 0 ? without(v, d.fields) : v;
  const step = stepOf(how, 'de-identified in part');
  return mapData(less, (a) => ({
    ...a,
    t: { ...a.t, letters: a.t.letters | d.letters },
    trail: extend(a.trail, step),
  }));
}

function stepOf({ spot, by }: Cleaning, said: string): Step {
  return { fn: spot.fn, span: spot.span, text: said, source: false, by };
}

/** That nothing is left of what went in; null if nothing that could say anything about anybody did. */
function markOf(v: Value, how: Cleaning): Mark | null {
  const of = onlyData(value([]), ...how.given.map(text), text(v));
  if (of.atoms.length === 0) return null;
  const step = stepOf(how, 'de-identified');
  const { fn, span } = how.spot;
  return {
    fn,
    span,
    by: how.by,
    of: mapData(of, (a) => ({ ...a, trail: extend(a.trail, step) })),
    trail: null,
    guard: null,
  };
}
