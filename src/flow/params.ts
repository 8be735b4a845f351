/** Arguments at the door of a function with declared parameters. */
import { marked } from './contents.js';
import { NOTHING, OPAQUE, type Value } from './value.js';

/** An argument of which nothing is known takes on the parameter's declared type; `undefined` stays what it is. */
export function asOpaqueParam(v: Value): Value {
  return v === NOTHING ? NOTHING : v.atoms.length === 0 && !v.fields ? marked(OPAQUE, v.marks) : v;
}
