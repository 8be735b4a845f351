/**
 * A request that did not go well: what `fetch` answers then is the server's complaint, not what the address promises.
 * `Response` is the platform's own; libraries that give one back (ky, undici, Supabase's functions) give the same.
 */
import type { TypeTest } from './types/type.js';
import { value, type Value } from './value.js';

/** Whether a test on a response says that the request has failed. */
function saysFailed(test: TypeTest, holds: boolean): boolean {
  if (!('field' in test)) return false;
  if (test.field === 'ok') return test.value === true && !holds;
  if (test.field !== 'status' || typeof test.value !== 'number') return false;
  return test.value >= 400 ? holds : test.value >= 200 && test.value < 300 && !holds;
}

/** A response where the test held (or did not): its body no longer is what was asked for if that says that it failed. */
export function afterFailure(v: Value, test: TypeTest, holds: boolean): Value {
  if (v.fields === null || !saysFailed(test, holds)) return v;
  const left = new Map<string, Value>();
  for (const [k, f] of v.fields) {
    const atoms = f.atoms.filter((a) => a.k !== 'resolver' || a.how !== 'gives');
    if (atoms.length === f.atoms.length) left.set(k, f);
    else if (atoms.length > 0 || f.fields) left.set(k, value(atoms, f.fields, f.marks));
  }
  return left.size === v.fields.size && [...left].every(([k, f]) => v.fields!.get(k) === f)
    ? v
    : value(v.atoms, left, v.marks);
}
