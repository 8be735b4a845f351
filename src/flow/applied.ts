/**
 * Functions that a library makes of functions: several called one after the other (`pipe(f, g)`), and one that was called
 * with fewer arguments than it takes and waits for the rest (`prop('ward')`).
 */
import { callValue, type CallSite } from './call.js';
import type { Spot } from './summary.js';
import { NOTHING, value, type ResolverAtom, type Value } from './value.js';

/** A function of functions (`compose`), or of a function and its first arguments (`partial`). */
export function applied(spot: Spot, how: 'compose' | 'partial', parts: readonly Value[]): Value {
  const list = value(
    [{ k: 'built', array: true, fn: spot.fn, span: spot.span }],
    new Map(parts.map((p, i) => [String(i), p])),
  );
  return value([{ k: 'resolver', cell: `${how}:${spot.fn}.${spot.span[0]}`, how, reducer: list }]);
}

/** Calls such a function. */
export function callApplied(site: CallSite, a: ResolverAtom, args: readonly Value[]): Value {
  const parts: Value[] = [];
  while (a.reducer?.fields?.has(String(parts.length))) parts.push(a.reducer.fields.get(String(parts.length))!);
  const [first, ...rest] = parts;
  if (first === undefined) return NOTHING;
  const inside = atLibrary(site);
  if (a.how === 'partial') return callValue(inside, first, null, [...rest, ...args], 'call', null);
  return rest.reduce(
    (v, f) => callValue(inside, f, null, [v], 'call', null),
    callValue(inside, first, null, args, 'call', null),
  );
}

/** The same call as a library makes it: nothing that it passes stands in a variable here. */
export function atLibrary(site: CallSite): CallSite {
  return { ...site, argSsa: [], selfSsa: -1, library: true };
}
