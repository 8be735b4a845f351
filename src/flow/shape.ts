/** What `typeof` and `Array.isArray` leave of a value. */
import type { Engine } from './engine.js';
import { fits, isStructured, shapeOfConstant } from './types/shapes.js';
import type { Shape } from './types/type.js';
import { NOTHING, value, type Atom, type Value } from './value.js';

/** The shape that an alternative certainly has; null: it may have several, or nobody knows. */
function certain(a: Atom): Shape | null {
  switch (a.k) {
    case 'const':
      return shapeOfConstant(a.v);
    case 'str':
      return 'string';
    case 'built':
      return a.array ? 'array' : 'object';
    case 'inst':
      return 'object';
    case 'fn':
    case 'class':
    case 'resolver':
      return 'function';
    default:
      return null;
  }
}

/** The value where it is of that shape, or is not. */
export function shaped(e: Engine, v: Value, shape: Shape, holds: boolean): Value {
  const atoms = v.atoms.flatMap((a): readonly Atom[] => {
    if (a.k !== 'alt') {
      const left = passes(e, a, shape, holds);
      return left === null ? [] : [left];
    }
    const inside = shaped(e, a.v, shape, holds);
    return inside === a.v ? [a] : inside === NOTHING ? [] : [{ ...a, v: inside }];
  });
  // What has properties that were written here is an object, whatever else stands beside it.
  const object = shape === 'object' || shape === 'array' || shape === 'function';
  const fields = v.fields !== null && (object ? atoms.length === 0 : holds) ? kept(v.fields) : v.fields;
  if (fields === v.fields && atoms.length === v.atoms.length && atoms.every((a, i) => a === v.atoms[i])) return v;
  return atoms.length === 0 && fields === null ? NOTHING : value(atoms, fields, v.marks);
}

/** What is no property but remembered of a text or a promise. */
function kept(fields: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> | null {
  const out = new Map([...fields].filter(([k]) => k.startsWith('!')));
  return out.size === 0 ? null : out.size === fields.size ? fields : out;
}

/** The alternative, or what is left of it; null if it cannot be this one. */
function passes(e: Engine, a: Atom, shape: Shape, holds: boolean): Atom | null {
  const known = certain(a);
  if (known !== null) return fits(known, shape) === holds ? a : null;
  if (a.k === 'opaque' && a.type !== null) {
    const left = e.types.narrow(a.type, { shape }, holds);
    return left === null ? null : left === a.type ? a : { ...a, type: left };
  }
  if (a.k === 'sym' && a.dflt !== null) {
    const left = e.types.narrow(a.dflt, { shape }, holds);
    if (left === null || left === a.dflt) return a;
    return { ...a, dflt: left, declared: a.declared ? e.types.place(left) : a.declared };
  }
  // A model is an object. That a single field is declared as a text is no proof of what came.
  if (a.k === 'label' && !a.t.text && shape !== 'array' && isStructured(a.place.type))
    return fits('object', shape) === holds ? a : null;
  return a;
}

/** Whether all alternatives are of that shape, or none; null: it depends. */
export function ofShape(e: Engine, v: Value, shape: Shape): boolean | null {
  if (v.atoms.length === 0) return null;
  let out: boolean | null = null;
  for (const a of v.atoms) {
    if (a.k === 'alt') return null;
    const yes = passes(e, a, shape, true) !== null;
    const no = passes(e, a, shape, false) !== null;
    if (yes === no || (out !== null && out !== yes)) return null;
    out = yes;
  }
  return out;
}
