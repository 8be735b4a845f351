/** Values from outside that nobody typed: what the names say that the code takes out of them. */
import type { Span } from '../facts/ir.js';
import type { CallInstr } from './call-site.js';
import type { Frame } from './frame.js';
import { label } from './select.js';
import { type Atom, type Value, value, NOTHING } from './value.js';
import { constants } from './contents.js';
import { join } from './join.js';
import { KEYS } from './fields.js';

/** A symbol of which no declaration says what it is. */
export function isUntold(a: Atom): boolean {
  return a.k === 'sym' && !a.declared && !a.t.text && (a.dflt === null || a.dflt.k === 'any' || a.dflt.k === 'prim');
}

/** What the caller hands in may come from outside; then the names that are taken out of it say what it is. */
export function toldByUse(frame: Frame, base: number, key: string, out: Value, span: Span): Value {
  const { types } = frame.e;
  const place = types.inferred(frame.receiverName(base) ?? 'request', frame.fieldsTakenFrom(base));
  const declared = place && types.select(place, key);
  if (!declared) return out;
  const declaredAt = { fn: frame.fn.id, span };
  return value(
    out.atoms.map((a) => (a.k === 'sym' && isUntold(a) ? { ...a, declared, declaredAt, byUse: true } : a)),
    out.fields,
    out.marks,
  );
}

/** `form.get('dateOfBirth')`: an entry of what came from outside is what its constant name says. */
export function namedEntry(frame: Frame, i: CallInstr, args: readonly Value[], out: Value): Value {
  const key = constants(args[0] ?? NOTHING);
  if (key?.length !== 1 || typeof key[0] !== 'string' || out.atoms.some((a) => a.k === 'label')) return out;
  if (out.atoms.some((a) => a.k === 'opaque' && a.request)) {
    const used = inferredFromUse(frame, i.self, key[0], value([{ k: 'opaque', request: true, type: null }]), i.span);
    return used ? join(out, used) : out;
  }
  return out.atoms.some(isUntold) ? toldByUse(frame, i.self, key[0], out, i.span) : out;
}

/** Untyped objects from outside are shaped by what the code takes out of them. */
export function inferredFromUse(frame: Frame, base: number, key: string, v: Value, span: Span): Value | null {
  // An object of entries that came from outside (`Object.fromEntries(form)`) is from outside as well.
  const entries = v.fields?.size === 1 || v.fields?.has(KEYS) ? (v.fields.get('*')?.atoms ?? []) : [];
  const request = [...v.atoms, ...entries].some((a) => a.k === 'opaque' && a.request);
  const anyOpaque = request || v.atoms.some((a) => a.k === 'opaque' && (a.type === null || a.type.k === 'any'));
  if (!anyOpaque) return null;
  const e = frame.e;
  const row = v.atoms.find((a) => a.k === 'opaque' && a.rowOf !== undefined);
  const place = frame.e.types.inferred(
    row?.k === 'opaque' ? row.rowOf! : (frame.receiverName(base) ?? (request ? 'request' : null)),
    frame.fieldsTakenFrom(base),
  );
  if (!place) return null;
  const p = e.types.select(place, key);
  if (!p) return null;
  return value([{ ...label(e, p, 'phi', { fn: frame.fn.id, span }, `reads ${p.via}`), ev: request ? 2 : 1 }]);
}
