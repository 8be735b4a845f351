/** What an object's own class does when it is read, written, looped over or turned into text. */
import type { Span } from '../facts/ir.js';
import { bareSite, type CallSite } from './call-site.js';
import { apply, fnAtom, under } from './call.js';
import { typeOf } from './symbol-type.js';
import type { Frame } from './frame.js';
import { runFlow } from './run-flow.js';
import { select } from './select.js';
import { inferredFromUse, isUntold, toldByUse } from './told-by-use.js';
import { type Value, NOTHING, value, type Atom } from './value.js';
import { join } from './join.js';
import { KEYS } from './fields.js';

/** `v.key` as an expression: accessors run. */
export function readProperty(frame: Frame, base: number, key: string, span: Span): Value {
  const e = frame.e;
  const v = frame.get(base);
  for (const a of v.atoms) {
    if (a.k !== 'inst' && a.k !== 'class') continue;
    const g = e.program.member(a.cls, key, 'getter', a.k === 'class');
    if (g && 'fn' in g) {
      const site = bareSite(frame, span, base);
      return apply(site, fnAtom(frame, g.fn), v, []);
    }
  }
  for (const a of v.atoms) {
    const read = a.k === 'xinst' && a.type !== null ? e.knowledge.member(a.type, under(a.path, key))?.member.get : null;
    if (read) return runFlow(bareSite(frame, span, base), { flow: read }, v, [], v);
  }
  const t = v.atoms.length === 1 && v.atoms[0]!.k === 'sym' ? typeOf(frame, v.atoms[0]) : null;
  if (t) {
    for (const c of e.types.classes(t)) {
      const file = e.program.file(c.file);
      const g = file ? e.program.member(file.clsBase + c.cls, key, 'getter') : null;
      if (g && 'fn' in g) {
        const site = bareSite(frame, span, base);
        return apply(site, fnAtom(frame, g.fn), v, []);
      }
    }
  }
  const out = select(e, v, key);
  if (out.atoms.some((a) => a.k === 'opaque' && (a.type === null || a.type.k === 'any')) || out === NOTHING) {
    // What is known of it beats what its name says.
    const used = out.atoms.some((a) => a.k === 'label') ? null : inferredFromUse(frame, base, key, v, span);
    if (used) return join(out, used);
  }
  return out.atoms.some(isUntold) ? toldByUse(frame, base, key, out, span) : out;
}

/** What a loop or a spread takes out of a value: its elements, or what its own iterator yields. */
export function iterate(frame: Frame, ssa: number, span: Span): Value {
  const e = frame.e;
  const v = frame.get(ssa);
  let out = NOTHING;
  let own = false;
  for (const a of v.atoms) {
    if (a.k !== 'inst') continue;
    for (const name of ['@@iterator', '@@asyncIterator']) {
      const m = e.program.member(a.cls, name, 'method');
      if (!m || !('fn' in m)) continue;
      own = true;
      const site = bareSite(frame, span, ssa);
      out = join(out, select(e, apply(site, fnAtom(frame, m.fn), v, []), '*'));
    }
  }
  if (own) return out;
  // A map is a list of pairs.
  const keys = v.fields?.get(KEYS);
  return keys
    ? value(
        [{ k: 'built', array: true, fn: frame.fn.id, span: null }],
        new Map([
          ['0', keys],
          ['1', select(e, v, '*')],
        ]),
      )
    : select(e, v, '*');
}

/** A getter of an object literal, run where the object is made. */
export function runGetter(frame: Frame, fn: number, self: Value, span: Span): Value {
  const site = bareSite(frame, span, -1);
  const f = frame.e.program.fns[fn]!.facts;
  return apply(
    site,
    { k: 'fn', fn, closure: f.captures.some((c) => c.fn !== 0), env: null, self: null, bound: [] },
    self,
    [],
  );
}

/** `object.key = v` where the class of the object has a setter; whether it has one. */
export function runSetter(frame: Frame, base: number, key: string, v: Value, span: Span): boolean {
  const self = frame.get(base);
  let found = false;
  for (const a of self.atoms) {
    const m = a.k === 'inst' || a.k === 'class' ? frame.e.program.member(a.cls, key, 'setter', a.k === 'class') : null;
    if (!m || !('fn' in m)) continue;
    apply(bareSite(frame, span, base), fnAtom(frame, m.fn), self, [v]);
    found = true;
  }
  return found;
}

/** An object of the code base's own as text: what its `toString` gives. */
export function toText(frame: Frame, ssa: number, span: Span): Value {
  const v = frame.get(ssa);
  return v.atoms.some((a) => a.k === 'inst') ? converted(bareSite(frame, span, ssa), v, 'toString') : v;
}

/** What a method of the object's own class (`toString`, `toJSON`) gives in its place; the object itself if it has none. */
export function converted(site: CallSite, v: Value, method: string): Value {
  const { e } = site.frame;
  if (!v.atoms.some((a) => a.k === 'inst')) return v;
  let out = NOTHING;
  const others: Atom[] = [];
  for (const a of v.atoms) {
    const m = a.k === 'inst' ? e.program.member(a.cls, method, 'method') : null;
    if (m && 'fn' in m && m.fn >= 0) out = join(out, apply(site, fnAtom(site.frame, m.fn), v, []));
    else if (a.k === 'inst' || a.k === 'built') return v;
    else others.push(a);
  }
  // What is not known to be such an object has none of its properties.
  return others.length > 0 ? join(out, value(others)) : out;
}
