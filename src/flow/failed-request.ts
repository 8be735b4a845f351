/**
 * A request that did not go well: what `fetch` answers then is the server's complaint, not what the address promises.
 * `Response` is the platform's own; libraries that give one back (ky, undici, Supabase's functions) give the same.
 */
import type { Frame } from './frame.js';
import type { TypeTest } from './types/type.js';
import { value, type Atom, type Value } from './value.js';

/** Whether a test on a response says that the request has failed. */
function saysFailed(test: TypeTest, holds: boolean): boolean {
  if ('truthy' in test) return test.truthy === 'ok' && !holds;
  if (!('field' in test)) return false;
  if (test.field === 'ok') return test.value === true && !holds;
  if (test.field !== 'status' || typeof test.value !== 'number') return false;
  return test.value >= 400 ? holds : test.value >= 200 && test.value < 300 && !holds;
}

/**
 * Methods of a response that no longer give what was asked for where the test held (or did not), because it says that the
 * request failed; null: it says nothing of the kind.
 */
export function failedMethods(v: Value, test: TypeTest, holds: boolean): ReadonlySet<string> | null {
  if (v.fields === null || !saysFailed(test, holds)) return null;
  const names = [...v.fields].flatMap(([k, f]) => (f.atoms.some(givesBody) ? [k] : []));
  return names.length > 0 ? new Set(names) : null;
}

/** The response without what these methods promised. */
export function withoutBody(v: Value, methods: ReadonlySet<string>): Value {
  const left = new Map<string, Value>();
  for (const [k, f] of v.fields ?? []) {
    const atoms = methods.has(k) ? f.atoms.filter((a) => !givesBody(a)) : f.atoms;
    if (atoms.length > 0 || f.fields) left.set(k, value(atoms, f.fields, f.marks));
  }
  return value(v.atoms, left, v.marks);
}

const givesBody = (a: Atom): boolean => a.k === 'resolver' && a.how === 'gives';

/** What this function has read out of a response's body already: the calls of these methods, and what was awaited of them. */
export function readBefore(frame: Frame, response: number, methods: ReadonlySet<string>): readonly number[] {
  const of = frame.canonical(response);
  const read: number[] = [];
  frame.defs.forEach((def, ssa) => {
    if (def?.op !== 'call' || def.self < 0 || frame.canonical(def.self) !== of) return;
    const method = frame.defs[def.f];
    if (method?.op === 'load' && methods.has(method.k)) read.push(ssa);
  });
  frame.defs.forEach((def, ssa) => {
    if (def?.op === 'await' && read.includes(def.v)) read.push(ssa);
  });
  return read;
}
