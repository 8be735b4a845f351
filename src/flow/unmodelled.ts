/** Calls of functions of which nothing is known: what they are given goes into what they give and what they call. */
import type { CallSite } from './call-site.js';
import { callValue } from './call.js';
import { type DataAtom, data, marked, marksIn, carries, mapData } from './contents.js';
import { rejectedWith } from './fields.js';
import { joinAll, join } from './join.js';
import { functionsIn } from './jsx.js';
import { type Value, value, OPAQUE, NOTHING } from './value.js';

/**
 * The one default for code that we do not know: arguments and receiver go into the result and into the parameters of
 * callbacks, not into other arguments. Fields can no longer be told apart, and confidence is at most medium.
 */
export function callUnmodelled(site: CallSite, recv: Value, args: readonly Value[]): Value {
  const e = site.frame.e;
  let atoms: DataAtom[] = [];
  for (const v of [recv, ...args]) for (const a of data(v)) atoms.push(a);
  if (atoms.length > 12) atoms = data(value(joinAll(atoms.map((a) => value([a]))).atoms));
  const through = value(
    atoms.map((a) => ({ ...a, ev: a.ev > 2 ? 2 : a.ev, t: a.t.text ? a.t : { ...a.t, text: true } })),
  );
  let out = join(OPAQUE, through);
  for (const v of [recv, ...args]) out = marked(out, marksIn(v));
  // Helpers around promises (time-outs, retries) hand the rejection on.
  for (const v of [recv, ...args]) out = rejectedWith(out, v.fields?.get('!throw') ?? NOTHING);
  let returned = NOTHING;
  for (const a of args) {
    for (const fn of functionsIn(a)) {
      e.escapes(fn.fn);
      const result = callValue(
        { ...site, argSsa: [], selfSsa: -1, library: true },
        value([fn]),
        null,
        [out, out, out],
        'call',
      );
      if (a.atoms.includes(fn) && carries(result)) returned = join(returned, result);
    }
    const symbolic = a.atoms.some((x) => x.k === 'sym' && x.path.length === 0 && x.dflt?.k === 'fn');
    if (symbolic) callValue({ ...site, argSsa: [], selfSsa: -1, library: true }, a, null, [out], 'call');
  }
  // What a callback returns may be what the call gives: transactions, retries, memoised loaders.
  return returned === NOTHING
    ? out
    : join(
        out,
        mapData(returned, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a)),
      );
}
