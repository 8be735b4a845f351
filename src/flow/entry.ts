/** Functions that outside code calls: their parameters hold what their declared types, or the code's own use, say. */
import { apply, type CallSite } from './call.js';
import { channelValue, storeInChannel } from './channels.js';
import { answer, answerChannel, conventionOf, errorChannel, withCallers } from './conventions.js';
import type { Engine } from './engine.js';
import { Frame } from './frame.js';
import type { FnEntry } from './program.js';
import { fnValue, label, typedDefault } from './select.js';
import type { Egress } from './summary.js';
import { FROM_OUTSIDE, placeByName, shapeByUse } from './use-shape.js';
import { sym, join, NOTHING, OPAQUE, rejection, settled, value, type Value } from './value.js';

/** Runs one entry, to the account of `by`; one that is nested too deeply is left out and said, it does not end the run. */
export function evaluateEntry(e: Engine, fn: FnEntry, pending: { g: Egress; fn: number }[], by = fn.id): void {
  try {
    enter(e, fn, pending, by);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    e.leftOut(fn.id, 'nested deeper than can be followed');
  }
}

/** Emits what the function sends out of what its own parameters promise. Effects on channels go to `pending`. */
function enter(e: Engine, fn: FnEntry, pending: { g: Egress; fn: number }[], by: number): void {
  const frame = new Frame(e, fn, sym('this'));
  frame.by = by;
  const site: CallSite = {
    frame,
    spot: { fn: fn.id, span: fn.facts.span },
    argSpans: [],
    argSsa: [],
    selfSsa: -1,
    depth: 0,
    entry: true,
  };
  const cls = e.program.classOf(fn.file, fn.index);
  const self = cls >= 0 ? value([{ k: 'inst', cls, exact: false }]) : OPAQUE;
  const f = fnValue(e, fn.id, fn.facts.kind === 'arrow' ? self : null).atoms[0]!;
  if (f.k !== 'fn') return;
  const route = conventionOf(fn);
  const own = fn.facts.params.map((p, i) => parameter(e, fn, p.type !== null, i));
  const params = route ? [...withCallers(route, own)] : own;
  const caught = errorChannel(fn, 'catches');
  if (caught !== null) params[0] = join(params[0] ?? NOTHING, channelValue(caught));
  const result = apply(site, f, self, params);
  if (route) answer(site, route, result, params);
  const boundary = errorChannel(fn, 'throws');
  if (boundary !== null) storeInChannel(site, boundary, join(frame.escaped, rejection(result)));
  const answers = answerChannel(fn);
  if (answers !== null) storeInChannel(site, answers, settled(result));
  for (const g of frame.egress.values()) pending.push({ g, fn: by });
  for (const g of frame.cleaned.values()) e.waitCleaned(g, by);
  for (const c of frame.configs) e.emitConfig(c);
}

/** `(patientName: string)` of a function that outside code calls. */
function byName(e: Engine, fn: FnEntry, i: number): Value {
  const place = placeByName(e, fn, i);
  if (place === null) return NOTHING;
  const told = label(e, place, 'phi', { fn: fn.id, span: fn.facts.params[i]!.span }, `reads ${place.via}`);
  return value([{ ...told, ev: 2 }]);
}

function parameter(e: Engine, fn: FnEntry, declared: boolean, i: number): Value {
  const p = fn.facts.params[i]!;
  if (declared && p.type) {
    const t = e.types.resolve(fn.file.path, fn.index, p.type);
    if (t.k !== 'any') return join(typedDefault(e, t, { fn: fn.id, span: p.span }), byName(e, fn, i));
  }
  const used = shapeByUse(e, fn, i);
  return used === FROM_OUTSIDE ? join(used, byName(e, fn, i)) : used;
}
