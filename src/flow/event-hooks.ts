/** What a function does to the event that an SDK shows it before it is sent: takes out, overwrites, hands on. */
import type { Instr, Val } from '../facts/ir.js';
import type { Engine } from './engine.js';
import type { FnEntry } from './program.js';
import type { Value } from './value.js';

export interface EventHook {
  /** Paths below the first parameter that are not there any more in what it gives back. */
  readonly deletes: readonly string[];
  /** Paths that have something else in their place; a constant takes out what was there as well. */
  readonly rewrites: readonly string[];
  /** It hands the parameter, or a part of it, to other code, or works on it under names that are not constant. */
  readonly handsOn: boolean;
}

/** What a function may tell a log without changing the event. */
const LOGS = new Set(['log', 'debug', 'info', 'warn', 'error', 'trace']);
/** Methods that change what they are called on, whatever they give. */
const CHANGES = new Set(['splice', 'pop', 'shift', 'fill', 'clear', 'delete', 'set', 'push', 'unshift']);
const DEEPEST = 5;

export function eventHook(e: Engine, fn: FnEntry): EventHook {
  const s = e.summary(fn.id);
  const deletes = new Set<string>();
  const rewrites = new Set<string>();
  const walk = (v: Value, path: readonly string[]): void => {
    for (const a of v.atoms)
      if (a.k === 'sym')
        for (const m of a.t.minus) {
          const now = v.fields?.get(m);
          if (now === undefined || isEmpty(now)) deletes.add([...path, m].join('.'));
          if (now?.atoms.some((x) => x.k === 'const' && x.v !== undefined && x.v !== null))
            rewrites.add([...path, m].join('.'));
        }
    for (const [k, f] of path.length < DEEPEST ? (v.fields ?? []) : []) {
      const at = [...path, k];
      const same = f.atoms.some((a) => a.k === 'sym' && a.root === 'p0' && a.path.join('.') === at.join('.'));
      if (same || isEmpty(f)) walk(f, at);
      else rewrites.add(at.join('.'));
    }
  };
  const out = s.outs.get('p0');
  if (out) walk(out, []);
  if (s.ret.atoms.some((a) => a.k === 'sym' && a.root === 'p0' && a.path.length === 0)) walk(s.ret, []);
  return { deletes: [...deletes].sort(), rewrites: [...rewrites].sort(), handsOn: handsOn(e, fn) };
}

function isEmpty(v: Value): boolean {
  return (
    v.atoms.every((a) => a.k === 'const' || a.k === 'built') &&
    (v.fields === null || [...v.fields.values()].every(isEmpty))
  );
}

function handsOn(e: Engine, fn: FnEntry): boolean {
  const instrs = fn.facts.blocks.flatMap((b) => b.instrs);
  const defs = new Map<Val, Instr>();
  for (const i of instrs) if ('d' in i) defs.set(i.d, i);
  // Parts by constant names are followed above; others are somewhere inside.
  const named = new Set<Val>();
  const inside = new Set<Val>();
  for (const i of instrs) {
    const from = 'd' in i ? sourceOf(i) : [];
    if (i.op === 'param' && i.i === 0) named.add(i.d);
    else if ('d' in i && (i.op === 'load' || i.op === 'typed') && from.every((v) => named.has(v))) named.add(i.d);
    else if ('d' in i && from.some((v) => named.has(v) || inside.has(v))) inside.add(i.d);
  }
  const ofEvent = (v: Val): boolean => named.has(v) || inside.has(v);
  return instrs.some((i) => {
    switch (i.op) {
      case 'storex':
      case 'deletex':
        return ofEvent(i.b);
      case 'store':
      case 'delete':
        return inside.has(i.b);
      case 'setvar':
        return ofEvent(i.v);
      case 'call': {
        const name = calleeName(defs.get(i.f));
        if (i.args.some((a) => ofEvent(a.v))) return name === null || !onlyLooks(e, name);
        const callback = i.args.some((a) => defs.get(a.v)?.op === 'fn' || defs.get(a.v)?.op === 'getcap');
        return ofEvent(i.self) && (callback || (name !== null && CHANGES.has(name)));
      }
      default:
        return false;
    }
  });
}

/** A log, or a function of the language that does nothing with its arguments but answer (`includes`, `String`). */
function onlyLooks(e: Engine, name: string): boolean {
  if (LOGS.has(name)) return true;
  const known = (e.knowledge.method(name) ?? e.knowledge.global(name))?.member;
  const answers = known?.flow?.every((rule) => /-> return\b/.test(rule)) ?? false;
  return answers && !CHANGES.has(name);
}

function sourceOf(i: Instr): readonly Val[] {
  switch (i.op) {
    case 'load':
    case 'loadx':
      return [i.b];
    case 'typed':
    case 'await':
    case 'iter':
    case 'slice':
      return [i.v];
    case 'phi':
      return i.ins;
    default:
      return [];
  }
}

function calleeName(def: Instr | undefined): string | null {
  if (def?.op === 'load') return def.k;
  return def?.op === 'global' || def?.op === 'getcap' ? def.name : null;
}
