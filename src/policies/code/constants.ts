/** Constants and property names in the code around a value, as far as one function shows them. */
import type { Val } from '../../facts/ir.js';
import type { Listed } from './listing.js';

/** Texts put together from texts put together from texts: nobody names a table or a model like that. */
const NESTED = 20;

/** The text that a value is, or null. */
export function textOf(fn: Listed, v: Val, depth = 0): string | null {
  if (depth > NESTED) return null;
  const def = fn.def(v);
  if (def?.op === 'const' && typeof def.v === 'string') return def.v;
  if (def?.op === 'typed') return textOf(fn, def.v, depth + 1);
  if (def?.op === 'concat') {
    const parts = def.parts.map((part) => textOf(fn, part, depth + 1) ?? '…');
    return parts.join('');
  }
  return null;
}

/** The constant text of a property of an object that is written down here. */
export function propertyText(fn: Listed, v: Val, name: string): string | null {
  const value = propertyOf(fn, v, name);
  return value === null ? null : textOf(fn, value);
}

/** The value of a property of an object literal. */
export function propertyOf(fn: Listed, v: Val, name: string): Val | null {
  const def = fn.def(v);
  if (def?.op === 'typed') return propertyOf(fn, def.v, name);
  if (def?.op !== 'object') return null;
  for (const part of def.parts) if ('k' in part && 'v' in part && part.k === name) return part.v;
  return null;
}

/** Names of all properties written inside of a value, objects in objects included. */
export function propertyNames(fn: Listed, v: Val, depth = 0): readonly string[] {
  const def = fn.def(v);
  if (def === null || depth > 6) return [];
  if (def.op === 'typed' || def.op === 'await') return propertyNames(fn, def.v, depth + 1);
  if (def.op === 'array') return def.els.flatMap((one) => propertyNames(fn, one.v, depth + 1));
  // JSON.stringify({ … }), Object.assign({}, { … }), new Row({ … })
  if (def.op === 'call') return def.args.flatMap((arg) => propertyNames(fn, arg.v, depth + 1));
  if (def.op !== 'object') return [];
  return def.parts.flatMap((part) => {
    if ('spread' in part) return propertyNames(fn, part.spread, depth + 1);
    if (!('k' in part)) return [];
    return [part.k, ...('v' in part ? propertyNames(fn, part.v, depth + 1) : [])];
  });
}
