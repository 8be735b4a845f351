/**
 * Calls of what a channel holds (`remember(note)` where `remember` came out of a context, an action of a store). Which
 * function that is shows only when all channels are known: until then the arguments are kept in a channel of the call's
 * own, and its result is what another one holds.
 */
import { callMethod } from './method-call.js';
import { callValue } from './call.js';
import type { CallSite } from './call-site.js';
import { channelValue, storeInChannel } from './channels.js';
import type { Engine } from './engine.js';
import { Frame } from './frame.js';
import { callUnmodelled } from './unmodelled.js';
import { select } from './select.js';
import type { Egress, Spot } from './summary.js';
import { sym, NOTHING, OPAQUE, value, type SymAtom, type Value } from './value.js';
import { join } from './join.js';

export interface HeldCall {
  /** Tells the call from all others: its place, and what of which channel is called. */
  readonly key: string;
  readonly callee: Value;
  readonly method: string | null;
  readonly kind: 'call' | 'new';
  /** Another function is known to be called as well: what is not callable adds nothing. */
  readonly besides: boolean;
  /** Channels of the arguments. */
  readonly args: readonly Value[];
  readonly spot: Spot;
}

/** Functions called in turn through channels: what one gives is what the next one is called on. */
const LONGEST = 400;

/** Puts a call off until its channel is known; gives the symbol of its result. */
export function callHeld(
  site: CallSite,
  f: SymAtom,
  method: string | null,
  args: readonly Value[],
  kind: 'call' | 'new',
  besides: boolean,
): Value {
  const { fn, span } = site.spot;
  const key = `${fn}.${span[0]}.${span[1]}.${method ?? ''}.${f.root.slice(5)}.${f.path.join('.')}`;
  if (key.length > LONGEST) return OPAQUE;
  const callee = value([{ ...f, trail: null, guard: null }]);
  const given = args.map((_, i) => `cell:given:${key}.${i}`);
  site.frame.e.putOff({ key, callee, method, kind, besides, args: given.map((k) => channelValue(k)), spot: site.spot });
  args.forEach((a, i) => storeInChannel(site, given[i]!, a));
  return channelValue(`cell:gave:${key}`);
}

/** Makes one call now that its channels are known; what it sends of what others hold goes to `pending`. */
export function runHeldCall(
  e: Engine,
  c: HeldCall,
  callee: Value,
  args: readonly Value[],
  pending: (g: Egress, fn: number) => void,
): void {
  const can = callable(e, c, callee);
  if (callee === NOTHING || (c.besides && !can)) return;
  const fn = e.program.fns[c.spot.fn]!;
  const frame = new Frame(e, fn, sym('this'));
  const site: CallSite = {
    frame,
    spot: c.spot,
    argSpans: [],
    argSsa: [],
    selfSsa: -1,
    depth: 0,
    entry: false,
  };
  const result = !can
    ? callUnmodelled(site, callee, args)
    : c.method === null
      ? callValue(site, callee, null, args, c.kind)
      : callMethod(site, callee, c.method, args);
  storeInChannel(site, `cell:gave:${c.key}`, result);
  for (const g of frame.egress.values()) pending(g, fn.id);
  for (const g of frame.cleaned.values()) e.waitCleaned(g, fn.id);
  for (const conf of frame.configs) e.emitConfig(conf);
  for (const [channel, v] of frame.cells) e.cell(channel, v);
}

/** Of what a channel holds, whether anything can be called. */
function callable(e: Engine, c: HeldCall, held: Value): boolean {
  const v = c.method === null ? held : join(held, select(e, held, c.method));
  return v.atoms.some(
    (a) => a.k === 'fn' || a.k === 'class' || a.k === 'xinst' || a.k === 'inst' || a.k === 'resolver' || a.k === 'ext',
  );
}
