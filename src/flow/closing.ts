/** Channels: what was stored somewhere (module state, fields, events, queues) meets what is sent from there. */
import { isRoute, sameChannel } from './channels.js';
import { inAddress, isBased } from './egress.js';
import type { Engine } from './engine.js';
import { substitute, type Substitution } from './substitute.js';
import type { Egress } from './summary.js';
import { carries, data, join, mapData, NOTHING, value, widen, type Value } from './value.js';

const MAX_ROUNDS = 6;

/** Closes the channels flow-insensitively, then emits what the pending effects send out of them. */
export function closing(
  e: Engine,
  pending: readonly { readonly g: Egress; readonly fn: number }[],
  cells: Map<string, Value>,
): void {
  // What each channel holds of its own accord, then what it holds of others: values without symbols, so that a channel
  // that is fed from itself does not nest.
  const nothing: Substitution = { get: () => NOTHING };
  const held = new Map<string, Value>();
  for (const [key, v] of cells) held.set(key, v.symbolic ? substitute(e, v, nothing) : v);
  const routes = new Map<string, Value>();
  const sub: Substitution = {
    get(root) {
      if (!root.startsWith('cell:')) return NOTHING;
      if (!isRoute(root)) return held.get(root) ?? NOTHING;
      let v = routes.get(root);
      if (v === undefined) {
        v = NOTHING;
        for (const [key, x] of held) if (isRoute(key) && sameChannel(key, root)) v = join(v, x);
        routes.set(root, v);
      }
      return v;
    },
  };
  const open = [...cells].filter(([, v]) => v.symbolic).sort(([a], [b]) => (a < b ? -1 : 1));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false;
    for (const [key, v] of open) {
      const old = held.get(key)!;
      const next = widen(join(old, substitute(e, v, sub)));
      if (data(next).length <= data(old).length) continue;
      held.set(key, next);
      routes.clear();
      changed = true;
    }
    if (!changed) break;
  }
  for (const { g, fn } of pending) {
    const to = g.to ? substitute(e, g.to, sub) : null;
    const address = g.inUrl && !isBased(to);
    const atoms = g.atoms
      .flatMap((a) => {
        if (a.k === 'label') return [a];
        const v = weaken(substitute(e, value([a]), sub));
        return address && !a.t.text ? inAddress(v) : data(v);
      })
      .filter((a) => a.k === 'label');
    const next = { ...g, to, args: g.args.map((a) => substitute(e, a, sub)) };
    e.use(next, fn);
    if (atoms.length > 0) e.emit({ ...next, atoms }, fn);
  }
}

/** What went through a channel is at most of medium confidence. */
function weaken(v: Value): Value {
  return carries(v) ? mapData(v, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a)) : v;
}
