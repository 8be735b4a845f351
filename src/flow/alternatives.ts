/** What a choice between objects that are written out is made of: `on ? { name: '' } : {}`, `on && { name: '' }`. */
import type { Frame } from './frame.js';
import { joinAll } from './join.js';
import { UNDEFINED, type Value } from './value.js';

const MOST = 4;

/**
 * Each of the objects as it is, since which properties one has is lost where they are joined; the value itself where it is
 * no such choice.
 */
function alternatives(frame: Frame, ssa: number): readonly Value[] {
  const whole = frame.get(ssa);
  const def = ssa >= 0 ? frame.defs[ssa] : undefined;
  // What was written to it since stands in the joined value alone.
  if (def?.op !== 'phi' || def.ins.length > MOST || frame.state.has(frame.canonical(ssa))) return [whole];
  if (whole.fields === null || !whole.atoms.every((a) => a.k === 'built' || a.k === 'const')) return [whole];
  return def.ins.map((i) => {
    const one = frame.get(i);
    return one.atoms.length > 0 && one.atoms.every((a) => a.k === 'built') ? one : UNDEFINED;
  });
}

/** What comes out if each of them is the one. */
export function withEach(frame: Frame, ssa: number, run: (one: Value) => Value): Value {
  return joinAll(alternatives(frame, ssa).map(run));
}
