/** Calls of what only a caller, or a channel, knows: remembered until it is known. */
import type { CallSite } from './call-site.js';
import { callHeld } from './held-calls.js';
import { callUnmodelled } from './unmodelled.js';
import type { Deferred } from './summary.js';
import { type XInstAtom, type Value, type SymAtom, NOTHING, value, sym } from './value.js';

/** Whether an object of a package only holds what is called (`ref.current.send(…)`): its model has no such member. */
function isHolder(site: CallSite, a: XInstAtom, method: string | null): boolean {
  const { knowledge } = site.frame.e;
  if (method === null || a.type === null || a.path === '' || knowledge.type(a.type) === null) return false;
  return knowledge.member(a.type, `${a.path}.${method}`) === null;
}

/** A call of what came out of a channel: made when the channel is known, unless another alternative says who is called. */
export function beside(
  site: CallSite,
  recv: Value,
  a: SymAtom,
  method: string | null,
  args: readonly Value[],
  kind: 'call' | 'new',
): Value {
  const better = recv.atoms.some((x) => x.k === 'inst' || (x.k === 'xinst' && !isHolder(site, x, method)));
  const known = recv.atoms.some((x) => x.k === 'fn' || x.k === 'class');
  // A variable of a module that other functions assign holds the functions that they put there, besides its first one.
  if (better || (known && (method !== null || !a.root.startsWith('cell:var:')))) return NOTHING;
  if (a.t.text) return callUnmodelled(site, value([a]), args);
  return callHeld(site, a, method, args, kind, known);
}

/** Remembers a call until its callee is known. */
export function defer(site: CallSite, d: Pick<Deferred, 'callee' | 'method' | 'self' | 'args' | 'kind'>): Value {
  const { frame } = site;
  const earlier = frame.deferredAt(site.spot.span, d);
  if (earlier !== null) return sym(`def:${earlier.id}`);
  const id = `${frame.fn.id}:${site.spot.span[0]}:${site.spot.span[1]}:${frame.serial++}`;
  if (frame.deferred.size >= 48 || (d.self?.depth ?? 0) > 5) {
    frame.e.gap('higher-order calls beyond bound');
    return callUnmodelled(site, d.self ?? NOTHING, d.args);
  }
  frame.deferred.set(id, {
    id,
    ...d,
    spot: site.spot,
    argSpans: site.argSpans,
    typeArgs: site.typeArgs ?? null,
    typesIn: site.typesIn ?? site.spot.fn,
    guard: frame.guard.length > 0 ? frame.guard : null,
  });
  return sym(`def:${id}`);
}
