/** `new Promise(…)`, `Promise.withResolvers()` and errors: what the language's own constructors make. */
import type { CallSite } from './call-site.js';
import { callValue } from './call.js';
import { setter } from './channels.js';
import { madeError } from './error-values.js';
import { rejectedWith } from './fields.js';
import { join } from './join.js';
import { select } from './select.js';
import { type Value, value, OPAQUE, NOTHING, type Atom, sym } from './value.js';

export const ERRORS =
  /^(Error|TypeError|RangeError|SyntaxError|EvalError|URIError|ReferenceError|AggregateError|DOMException|SuppressedError)$/;

/** A plain error: its message and its cause travel with it. */
export function errorValue(site: CallSite, kind: string, args: readonly Value[]): Value {
  const blank = value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }]);
  return madeError(site.frame.e, blank, kind, args);
}

/** `new Promise((resolve, reject) => …)`: what is resolved is the value. */
export function promise(site: CallSite, args: readonly Value[]): Value {
  const { frame } = site;
  const key = `!promise:${site.spot.span[0]}:${frame.serial++}`;
  if (!args[0]) return OPAQUE;
  frame.setVariable(key, NOTHING);
  frame.setVariable(`${key}!`, NOTHING);
  const executor = args[0];
  const thrown = frame.trap(
    () =>
      void callValue(
        { ...site, library: true },
        executor,
        null,
        [setter(key, 'store'), setter(`${key}!`, 'store')],
        'call',
      ),
  );
  // Kept somewhere, it is called by others, whenever they like: what they give is a channel of this place.
  for (const v of frame.state.values()) if (keepsResolver(v, key)) return keptPromise(site, executor);
  const done = frame.variable(key) ?? NOTHING;
  const failed = frame.variable(`${key}!`) ?? NOTHING;
  return rejectedWith(join(done, OPAQUE), join(failed, thrown));
}

function keepsResolver(v: Value, key: string): boolean {
  const isOne = (a: Atom): boolean => a.k === 'resolver' && a.cell === key;
  if (v.atoms.some(isOne)) return true;
  for (const f of v.fields?.values() ?? []) if (f.atoms.some(isOne)) return true;
  return false;
}

/** A promise whose executor stores its `resolve` where others find it. */
function keptPromise(site: CallSite, executor: Value): Value {
  const kept = withResolvers(site);
  const given = ['resolve', 'reject'].map((k) => select(site.frame.e, kept, k));
  callValue({ ...site, library: true }, executor, null, given, 'call');
  return select(site.frame.e, kept, 'promise');
}

/** `Promise.withResolvers()`: what is passed to `resolve` later is what the promise holds. */
export function withResolvers(site: CallSite): Value {
  const key = `cell:promise:${site.spot.fn}:${site.spot.span[0]}`;
  const held = sym(key);
  const failed = sym(`${key}!`);
  const fields = new Map([
    ['promise', rejectedWith(join(held, OPAQUE), failed)],
    ['resolve', setter(key, 'store')],
    ['reject', setter(`${key}!`, 'store')],
  ]);
  return value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }], fields);
}
