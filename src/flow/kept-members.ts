/**
 * Methods that are not what their class writes: decorators replace them when the class is made, and code puts functions on a
 * prototype. The module body keeps them as variables (`keptMember` of the facts); here is what a decorator makes of a method,
 * and what a class has under a name.
 */
import { apply } from './call.js';
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import { update } from './fields.js';
import { join } from './join.js';
import { select } from './select.js';
import { NOTHING, OPAQUE, value, type FnAtom, type Value } from './value.js';

/** What replaces a class's method, if anything that can be called does. */
export function keptMethod(e: Engine, cls: number, name: string, own: number | null): Value | null {
  const kept = e.program.keptMember(cls, name);
  if (kept === null) return null;
  const v = e.moduleVar(kept.file, kept.name);
  if (!v.atoms.some((a) => a.k === 'fn' || a.k === 'ext' || a.k === 'xinst')) return null;
  return v.atoms.every((a) => a.k === 'fn' && a.fn === own && a.env === null) ? null : v;
}

/** The methods on the prototype of a constructor function, as properties of what it makes. */
export function withPrototype(e: Engine, f: FnAtom, self: Value): Value {
  const fn = e.program.fns[f.fn]!;
  let out = self;
  for (const { key, variable } of e.program.prototypeOf(fn))
    out = update(out, key, e.moduleVar(fn.file.index, variable));
  return out;
}

/**
 * What decorators make of a method: a decorator of the standard gets the method and gives another (or nothing); one of
 * `experimentalDecorators` gets class, name and a descriptor, whose `value` it may replace. Which of them it is shows in its
 * parameters. What a package's decorator does is not known: the method stays.
 */
export function decorate(site: CallSite, by: Value, method: Value, name: Value): Value {
  let out = NOTHING;
  for (const f of by.atoms) {
    if (f.k !== 'fn') continue;
    const params = site.frame.e.program.fns[f.fn]!.facts.params.length - f.bound.length;
    const made = params >= 3 ? ofDescriptor(site, f, method, name) : apply(site, f, null, [method, OPAQUE]);
    if (made.atoms.some((a) => a.k === 'fn')) out = join(out, made);
  }
  return out === NOTHING ? method : out;
}

function ofDescriptor(site: CallSite, f: FnAtom, method: Value, name: Value): Value {
  const { frame } = site;
  const { e } = frame;
  const before = update(value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }]), 'value', method);
  const slot = frame.slot(`var:!descriptor${frame.serial++}:${site.spot.span[0]}`, () => before);
  frame.state.set(slot, before);
  const given = apply({ ...site, argSsa: [-1, -1, slot], selfSsa: -1 }, f, null, [OPAQUE, name, before]);
  const after = select(e, frame.read(slot, frame.state), 'value');
  frame.state.delete(slot);
  const returned = given.fields?.get('value');
  return returned && returned !== method ? returned : after;
}
