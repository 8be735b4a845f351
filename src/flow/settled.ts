/**
 * What substitution cannot change any more: values in which nothing is left that a caller decides. A closure that has
 * left its function with such variables is the same closure for every caller; were it copied at each call, one handler
 * would become hundreds.
 */
import { awaitsCaller } from './cleaned.js';
import type { Engine } from './engine.js';
import type { Atom, Env, FnAtom, Value, XInstAtom } from './value.js';

const values = new WeakMap<Value, boolean>();
const closures = new WeakMap<Env, Map<number, boolean>>();

/** Closures among the variables of closures that are looked into; deeper ones may change for all that is known. */
const MAX_DEPTH = 12;
let depth = 0;

/** Whether no caller has anything to add to what the function value and its variables are. */
export function isSettled(e: Engine, a: FnAtom): boolean {
  if (a.guard) return false;
  if (a.self !== null && !settledValue(e, a.self)) return false;
  if (!a.bound.every((v) => settledValue(e, v))) return false;
  return !a.closure || (a.env !== null && settledClosure(e, a.env, a.fn));
}

function settledClosure(e: Engine, env: Env, fn: number): boolean {
  let known = closures.get(env);
  if (known === undefined) closures.set(env, (known = new Map()));
  const hit = known.get(fn);
  if (hit !== undefined) return hit;
  if (depth >= MAX_DEPTH) return false;
  // A function that is reached from its own variables changes nothing about the others.
  known.set(fn, true);
  const { facts, file } = e.program.fns[fn]!;
  const roots = facts.captures.filter((c) => c.fn !== 0).map((c) => `cap:${file.fnBase + c.fn}#${c.name}`);
  if (facts.kind === 'arrow') roots.push('this');
  depth++;
  try {
    const settled = roots.every((root) => {
      const v = env.get(root);
      return v === null ? root === 'this' : settledValue(e, v);
    });
    known.set(fn, settled);
    return settled;
  } finally {
    depth--;
  }
}

function settledValue(e: Engine, v: Value): boolean {
  if (!v.open) return true;
  const hit = values.get(v);
  if (hit !== undefined) return hit;
  let settled = v.atoms.every((a) => settledAtom(e, a)) && !awaitsCaller(v);
  if (settled && v.fields)
    for (const f of v.fields.values())
      if (!settledValue(e, f)) {
        settled = false;
        break;
      }
  values.set(v, settled);
  return settled;
}

function settledAtom(e: Engine, a: Atom): boolean {
  if (a.guard) return false;
  switch (a.k) {
    case 'sym':
      return a.root.startsWith('cell:');
    case 'fn':
      return isSettled(e, a);
    case 'class':
      return a.env === null;
    case 'xinst':
      return settledClient(e, a);
    case 'str':
      return a.parts.every((p) => settledValue(e, p));
    case 'resolver':
      return a.reducer === null || settledValue(e, a.reducer);
    case 'test':
      return false;
    default:
      return true;
  }
}

function settledClient(e: Engine, a: XInstAtom): boolean {
  return (
    (a.args ?? []).every((v) => settledValue(e, v)) &&
    a.via.every((v) => settledValue(e, v)) &&
    (a.from === null || settledClient(e, a.from))
  );
}
