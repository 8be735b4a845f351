/** Conditions under which a value is there, or a call is made. */
import { sameTest } from './atom-list.js';
import type { Value, Guard, Mark, Atom } from './atoms.js';
import { mapData } from './contents.js';
import { NOTHING, value } from './value.js';

const MAX_GUARD = 3;

/** Adds tests under which the alternatives exist. */
export function guarded(v: Value, guard: Guard): Value {
  if (guard.length === 0 || v === NOTHING) return v;
  if (v.fields) return value([{ k: 'alt', v, guard: mergeGuards(null, guard) ?? [] }]);
  return value(
    v.atoms.map((a) => underGuard(a, guard)),
    null,
    markedUnder(v.marks, guard),
  );
}

function markedUnder(marks: readonly Mark[] | null, guard: Guard): readonly Mark[] | null {
  return marks === null ? null : marks.map((m) => ({ ...m, guard: mergeGuards(m.guard, guard) }));
}

export function underGuard(a: Atom, guard: Guard): Atom {
  return a.k === 'alt'
    ? { ...a, guard: mergeGuards(a.guard, guard) ?? [] }
    : { ...a, guard: mergeGuards(a.guard ?? null, guard) };
}

export function guardedFields(v: Value, guard: Guard): Value {
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields ?? []) fields.set(k, guardedData(f, guard));
  return value(
    v.atoms.map((a) => (a.k === 'label' || a.k === 'sym' ? underGuard(a, guard) : a)),
    fields,
    markedUnder(v.marks, guard),
  );
}

function guardedData(v: Value, guard: Guard): Value {
  return mapData(
    v,
    (a) => {
      const merged = mergeGuards(a.guard, guard);
      return merged === a.guard ? a : { ...a, guard: merged };
    },
    (m) => ({ ...m, guard: mergeGuards(m.guard, guard) }),
  );
}

export function mergeGuards(a: Guard | null, b: Guard | null): Guard | null {
  if (!a || a.length === 0) return b && b.length > 0 ? b.slice(0, MAX_GUARD) : null;
  if (!b || b.length === 0) return a;
  const out = a.slice();
  for (const t of b) if (out.length < MAX_GUARD && !out.some((x) => sameTest(x, t))) out.push(t);
  return out;
}

export function commonGuard(guards: readonly Guard[]): Guard {
  if (guards.length === 0) return [];
  return guards[0]!.filter((t) => guards.every((g) => g.some((x) => sameTest(x, t))));
}

export function guardMinus(a: Guard, b: Guard): Guard {
  return b.length === 0 ? a : a.filter((t) => !b.some((x) => sameTest(x, t)));
}
