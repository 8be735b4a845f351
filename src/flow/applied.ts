/**
 * Functions that a library makes of functions: several called one after the other (`pipe(f, g)`), one that was called with
 * fewer arguments than it takes and waits for the rest (`prop('ward')`), one whose callback became a promise.
 */
import { callValue } from './call.js';
import type { CallSite } from './call-site.js';
import type { Spot } from './summary.js';
import { channelValue, setter } from './channels.js';
import { join } from './join.js';
import { NOTHING, OPAQUE, value, type Atom, type ResolverAtom, type Value } from './value.js';
import { rejectedWith } from './fields.js';

/** A function of functions (`compose`), of a function and its first arguments (`partial`), or without its callback. */
export function applied(spot: Spot, how: 'compose' | 'partial' | 'promisify', parts: readonly Value[]): Value {
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
  if (a.how === 'partial') return callValue(inside, first, null, [...rest, ...args], 'call');
  if (a.how === 'promisify') {
    const { fn, span } = site.spot;
    const cell = `cell:called-back:${fn}.${span[0]}.${a.cell}`;
    callValue(inside, first, null, [...args, setter(cell, 'nodeback')], 'call');
    return rejectedWith(join(channelValue(cell), OPAQUE), channelValue(`${cell}!`));
  }
  return rest.reduce((v, f) => callValue(inside, f, null, [v], 'call'), callValue(inside, first, null, args, 'call'));
}

/** One step of a composition: a function, something that can be called, or a record of steps, which gives a record of results. */
export function callStep(site: CallSite, step: Value, given: Value): Value {
  const isRecord = step.fields !== null && step.atoms.every((a) => a.k === 'built' && !a.array);
  if (!isRecord) {
    const steps = step.atoms.filter((a) => isStep(site, a));
    return steps.length === 0 ? NOTHING : callValue(site, value(steps), null, [given], 'call');
  }
  const results = new Map<string, Value>();
  for (const [key, f] of step.fields!) results.set(key, callStep(site, f, given));
  return value(step.atoms, results);
}

/** Data is no step, nor is what an object of a package does not have. */
function isStep(site: CallSite, a: Atom): boolean {
  if (a.k !== 'xinst' || a.type === null || a.path === '') return a.k !== 'built' && a.k !== 'const';
  const { knowledge } = site.frame.e;
  return knowledge.type(a.type) === null || knowledge.member(a.type, a.path) !== null;
}

/** The same call as a library makes it: nothing that it passes stands in a variable here. */
export function atLibrary(site: CallSite): CallSite {
  return { ...site, argSsa: [], selfSsa: -1, library: true };
}
