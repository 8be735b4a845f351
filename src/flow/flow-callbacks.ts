/** Callbacks of a call, as its flow rules name them: found, given their parameters, called in turn. */
import { attachAll } from './attached.js';
import { callValue } from './call.js';
import { carries } from './contents.js';
import { rejection } from './fields.js';
import { elements } from './flow-lists.js';
import type { FlowRule, CallbackRef } from './flow-rules.js';
import type { Run, Called } from './flow-run.js';
import { join } from './join.js';
import { put, evaluate, isGiven, argument } from './run-flow.js';
import { type FnAtom, value, NOTHING, OPAQUE, type Value, type Atom } from './value.js';

/** Calls the callbacks: those that are given another one's result after that one. */
export function callAll(run: Run, rules: readonly FlowRule[]): void {
  const { site, args } = run;
  const e = site.frame.e;
  const listed = new Set<number>();
  for (const c of run.called.values()) for (const a of c.fns.atoms) if (a.k === 'fn') listed.add(a.fn);
  args.forEach((a, i) => {
    const rest = a.atoms.filter((x): x is FnAtom => x.k === 'fn' && !listed.has(x.fn));
    if (rest.length === 0) return;
    for (const fn of rest) e.escapes(fn.fn);
    if (!run.called.has(`${i}`))
      run.called.set(`${i}`, { fns: value(rest), params: [], after: [], result: NOTHING, thrown: NOTHING });
  });
  const feeds = (key: string): FlowRule[] =>
    rules.filter(
      (r) => r.from.k === 'cbret' && r.to.k === 'cb' && nameOf(r.to.cb) === key && nameOf(r.from.cb) !== key,
    );
  const order = [...run.called.keys()].sort((a, b) => feeds(a).length - feeds(b).length);
  for (const key of order) {
    const c = run.called.get(key)!;
    for (const r of feeds(key))
      if (r.to.k === 'cb')
        c.params[r.to.param] = join(
          c.params[r.to.param] ?? NOTHING,
          put(site, NOTHING, r.to.path, evaluate(run, r.from)),
        );
    for (let n = 0; n < c.params.length; n++) c.params[n] ??= OPAQUE;
    const caught = rules.some((r) => r.from.k === 'cbthrow' && nameOf(r.from.cb) === key);
    if (callStepwise(run, rules, key, c, caught)) continue;
    call(run, c, caught);
    // What one round gives may be what the next one gets (reduce).
    const again = rules.filter(
      (r) => r.from.k === 'cbret' && r.to.k === 'cb' && nameOf(r.from.cb) === key && nameOf(r.to.cb) === key,
    );
    if (again.length === 0 || !carries(c.result)) continue;
    const first = c.result;
    for (const r of again) if (r.to.k === 'cb') c.params[r.to.param] = join(c.params[r.to.param] ?? NOTHING, first);
    call(run, c, caught);
    c.result = join(first, c.result);
  }
}

/** Rounds of a list that is written out: what each step makes of the last one's result is known in order. */
const MOST_STEPS = 12;

/** Whether a rule gives what a callback begins with, which is nothing that comes out once it was called. */
export function isBeginning(run: Run, rules: readonly FlowRule[], rule: FlowRule): boolean {
  const { from } = rule;
  if (from.k !== 'args') return false;
  return rules.some((r) => {
    if (r.to.k !== 'cb' || r.from.k !== 'args' || r.from.path !== from.path) return false;
    return run.called.get(nameOf(r.to.cb))?.stepwise === true;
  });
}

/** `steps.reduce((value, step) => step(value), first)` over a list of which every element is known. */
function callStepwise(run: Run, rules: readonly FlowRule[], key: string, c: Called, caught: boolean): boolean {
  const at = (r: FlowRule): number => (r.to.k === 'cb' && nameOf(r.to.cb) === key ? r.to.param : -1);
  const again = rules.find((r) => at(r) >= 0 && r.from.k === 'cbret' && nameOf(r.from.cb) === key);
  if (again === undefined) return false;
  const each = rules.filter((r) => at(r) >= 0 && at(r) !== at(again) && r.from.k === 'this' && r.from.path[0] === '*');
  const { self, site } = run;
  const list = elements(site.frame.e, self);
  const known = self.atoms.length > 0 && self.atoms.every((a) => a.k === 'built') && self.fields?.size === list.length;
  if (each.length !== 1 || !known || list.length === 0 || list.length > MOST_STEPS) return false;
  let last = c.params[at(again)] ?? NOTHING;
  const begins = rules.some((r) => at(r) === at(again) && r.from.k === 'args' && isGiven(run, r.from.path));
  for (const [n, element] of list.entries()) {
    if (n === 0 && !begins) {
      last = element;
      continue;
    }
    c.params[at(again)] = last;
    c.params[at(each[0]!)] = element;
    call(run, c, caught);
    last = c.result;
  }
  c.result = last;
  c.stepwise = true;
  return true;
}

/** `caught`: the library catches what the callback throws; else it goes to the caller. */
function call(run: Run, c: Called, caught: boolean): void {
  const { site } = run;
  const { frame } = site;
  // Parameters live in variables of their own for as long as the callback runs: it may write to them.
  const slots = c.params.map((p) => {
    const s = frame.slot(`var:!cb${frame.serial++}:${site.spot.span[0]}`, () => p);
    frame.state.set(s, p);
    return s;
  });
  const run1 = (): void =>
    void (c.result = callValue(
      { ...site, argSsa: slots, selfSsa: -1, library: true },
      c.fns,
      c.self ?? null,
      c.params,
      'call',
    ));
  if (caught) c.thrown = join(frame.trap(run1), rejection(c.result));
  else run1();
  c.after = slots.map((s) => frame.read(s, frame.state));
  for (const given of c.after) attachAll(site, given);
  for (const s of slots) frame.state.delete(s);
}

export const nameOf = (ref: CallbackRef): string => (ref.arity === null ? ref.at : `${ref.at}/${ref.arity}`);

/** The functions that a callback's place names; null if there are none. */
export function callback(run: Run, ref: CallbackRef): Called | null {
  const key = nameOf(ref);
  const known = run.called.get(key);
  if (known) return known;
  const { program } = run.site.frame.e;
  const all = value(argument(run, ref.at).atoms.filter(callable));
  const arity = (fn: number): number => program.fns[fn]!.facts.params.length;
  const fns = ref.arity === null ? all : value(all.atoms.filter((a) => a.k === 'fn' && arity(a.fn) === ref.arity));
  if (fns.atoms.length === 0) return null;
  const made: Called = { fns, self: ownerOf(run, ref), params: [], after: [], result: NOTHING, thrown: NOTHING };
  run.called.set(key, made);
  return made;
}

/** The instance whose method a callback is (`pipeline(source, new Upper())`). */
function ownerOf(run: Run, ref: CallbackRef): Value | null {
  const at = ref.at.lastIndexOf('.');
  const owner = at < 0 ? NOTHING : argument(run, ref.at.slice(0, at));
  return owner.atoms.some((a) => a.k === 'inst') ? owner : null;
}

/** Whether it may be a function: where an argument may be a value or a function, the value is not called. */
function callable(a: Atom): boolean {
  if (a.k === 'sym') return !a.t.text && (a.dflt === null || ['fn', 'any', 'union', 'ext', 'obj'].includes(a.dflt.k));
  return (
    a.k === 'fn' ||
    a.k === 'class' ||
    a.k === 'resolver' ||
    a.k === 'alt' ||
    a.k === 'ext' ||
    a.k === 'xinst' ||
    a.k === 'module'
  );
}

export function give(run: Run, ref: CallbackRef, param: number, v: Value): void {
  const c = callback(run, ref);
  if (c) c.params[param] = join(c.params[param] ?? NOTHING, v);
}
