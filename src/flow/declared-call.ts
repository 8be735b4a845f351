/**
 * Calls of what only a declaration describes: a method of an interface that nobody in the code base implements, or whose
 * implementation is handed in from elsewhere. The result is what the declaration says, and so is what its callbacks get.
 */
import { callValue } from './call.js';
import type { CallSite } from './call-site.js';
import { callUnmodelled } from './unmodelled.js';
import { typedDefault } from './select.js';
import type { Type } from './types/type.js';
import { join } from './join.js';
import { NOTHING, OPAQUE, value, type Value } from './value.js';

/** Parameters of a callback that its declaration is asked for. */
const MOST_PARAMS = 4;

/** The result of `object.name(…)` for an object of a declared type; null if the type declares no such method. */
export function calledAsDeclared(site: CallSite, type: Type, name: string, args: readonly Value[]): Value | null {
  const { e } = site.frame;
  if (type.k !== 'obj') return null;
  const method = e.types.member(type, name);
  if (method?.k !== 'fn') return null;
  for (const [i, arg] of args.entries()) callBack(site, arg, e.types.param(method, i));
  const returned = e.types.returns(method);
  const gives = returned && e.types.awaited(returned);
  if (gives === null || gives.k === 'any')
    return join(OPAQUE, callUnmodelled(site, NOTHING, args.map(withoutFunctions)));
  // Text that is made of the arguments may hold them; a count, a flag and nothing at all do not.
  if (gives.k === 'prim' || gives.k === 'lit')
    return gives.name === 'string' ? callUnmodelled(site, NOTHING, args.map(withoutFunctions)) : OPAQUE;
  return typedDefault(e, gives, site.spot);
}

/** A function that is handed to such a method is called with what the method declares to call it with. */
function callBack(site: CallSite, arg: Value, type: Type | null): void {
  const { e } = site.frame;
  const fns = arg.atoms.filter((a) => a.k === 'fn');
  if (fns.length === 0) return;
  for (const f of fns) e.escapes(f.fn);
  const params: Value[] = [];
  for (let n = 0; n < MOST_PARAMS; n++) {
    const said = type && e.types.param(type, n);
    params.push(said ? typedDefault(e, said, site.spot) : OPAQUE);
  }
  callValue({ ...site, argSsa: [], selfSsa: -1, library: true }, value(fns), null, params, 'call');
}

function withoutFunctions(v: Value): Value {
  return v.atoms.some((a) => a.k === 'fn')
    ? value(
        v.atoms.filter((a) => a.k !== 'fn'),
        v.fields,
        v.marks,
      )
    : v;
}
