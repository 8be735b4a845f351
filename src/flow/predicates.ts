/** Functions of the code base that say of what type their argument is (`x is Patient`). */
import type { Engine } from './engine.js';
import type { FnEntry } from './program.js';
import type { Predicate, Test, Value } from './value.js';
import { value } from './value.js';

/** The parameter that a predicate speaks of, and what it says; null if the function is none. */
export function predicateOf(e: Engine, fn: FnEntry): { readonly param: number; readonly test: Predicate } | null {
  const guard = fn.facts.returnType;
  if (guard?.k !== 'guard' || guard.type === null) return null;
  const param = fn.facts.params.findIndex((p) => p.name === guard.param);
  if (param < 0) return null;
  const declared = fn.facts.params[param]!.type;
  return {
    param,
    test: {
      is: e.types.resolve(fn.file.path, fn.index, guard.type),
      among: declared && e.types.resolve(fn.file.path, fn.index, declared),
    },
  };
}

/** The answer of a predicate about a value of the caller's: a test on it, if its body has not said more already. */
export function answered(e: Engine, fn: FnEntry, args: readonly Value[], ret: Value): Value {
  if (ret.atoms.some((a) => a.k === 'test' || a.k === 'const')) return ret;
  const asked = predicateOf(e, fn);
  const v = asked && args[asked.param];
  const only = v && v.atoms.length === 1 && !v.fields ? v.atoms[0]! : null;
  if (!asked || only?.k !== 'sym' || only.t.text) return ret;
  const test: Test = { root: only.root, path: only.path, equals: asked.test, negated: false };
  return value([{ k: 'test', test }]);
}
