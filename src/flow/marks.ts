/**
 * The steps that a value came clean out of: how they are joined and carried along. One mark for each place of a step,
 * whatever went in there.
 */
import { addAtoms } from './atom-list.js';
import type { Guard, Mark } from './atoms.js';
import { better, concat, type Trail } from './trail.js';
import { commonGuard } from './guards.js';
import { value, type Value } from './value.js';

/** Steps of one value; what more of them say is left out: they only tell where something came from. */
const MAX_MARKS = 8;
/** Kinds of data that are told of one step. */
const MAX_DATA = 24;

/** Both; the first list itself if the second adds nothing. */
export function joinMarks(a: readonly Mark[] | null, b: readonly Mark[] | null): readonly Mark[] | null {
  if (a === b || b === null) return a;
  if (a === null) return b;
  let out = a;
  for (const m of b) {
    const i = out.findIndex((x) => sameStep(x, m));
    if (i < 0) {
      if (out.length < MAX_MARKS) out = [...out, m];
      continue;
    }
    const next = merged(out[i]!, m);
    if (next !== out[i]) out = out.map((x, n) => (n === i ? next : x));
  }
  return out;
}

function sameStep(a: Mark, b: Mark): boolean {
  return a === b || (a.fn === b.fn && a.span[0] === b.span[0] && a.span[1] === b.span[1]);
}

function merged(a: Mark, b: Mark): Mark {
  if (a === b) return a;
  const of = onlyData(a.of, b.of);
  const trail = better(a.trail, b.trail);
  const guard: Guard | null = a.guard === null || b.guard === null ? null : commonGuard([a.guard, b.guard]);
  return of === a.of && trail === a.trail && guard === a.guard ? a : { ...a, of, trail, guard };
}

/** Labels and symbols of values, as one flat value; the first itself if the others add nothing to it. */
export function onlyData(first: Value, ...more: readonly Value[]): Value {
  let atoms = first.atoms;
  if (first.fields !== null || first.marks !== null || atoms.some((a) => a.k !== 'label' && a.k !== 'sym'))
    atoms = atoms.filter((a) => a.k === 'label' || a.k === 'sym');
  for (const v of more)
    atoms = addAtoms(
      atoms,
      v.atoms.filter((a) => a.k === 'label' || a.k === 'sym'),
    );
  return atoms === first.atoms ? first : value(atoms.slice(0, MAX_DATA));
}

/** Whether two values came out of the same steps: what fixpoints compare. */
export function sameSteps(a: readonly Mark[] | null, b: readonly Mark[] | null): boolean {
  if (a === null || b === null) return (a?.length ?? 0) === (b?.length ?? 0);
  return a.length === b.length && a.every((x) => b.some((y) => sameStep(x, y)));
}

/** The mark after more steps. */
export function carryMark(m: Mark, trail: Trail | null): Mark {
  return trail === null ? m : { ...m, trail: concat(m.trail, trail) };
}
