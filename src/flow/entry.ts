/** Functions that outside code calls: their parameters hold what their declared types, or the code's own use, say. */
import type { Engine } from './engine.js';
import type { FnEntry } from './program.js';
import { typedDefault } from './select.js';
import { evaluate, substitute, type Substitution } from './substitute.js';
import type { Egress } from './summary.js';
import { shapeByUse } from './use-shape.js';
import { carries, data, join, OPAQUE, value, type DataAtom, type Value } from './value.js';

/** Emits what the function sends out of what its own parameters promise. Effects on channels go to `pending`. */
export function evaluateEntry(e: Engine, fn: FnEntry, pending: { g: Egress; fn: number }[]): void {
  const s = e.summary(fn.id);
  const values = new Map<string, Value>();
  const sub: Substitution = {
    get(root) {
      if (root.startsWith('cell:')) return null;
      const hit = values.get(root);
      if (hit) return hit;
      const v = rootValue(e, fn, root);
      values.set(root, v);
      return v;
    },
  };
  for (const d of s.deferred) {
    // Nobody is left to say who is called: what goes in comes out.
    let out = OPAQUE;
    for (const a of [...(d.self ? [d.self] : []), ...d.args]) out = join(out, value(data(substitute(e, a, sub)).map((x) => ({ ...x, ev: x.ev > 2 ? 2 : x.ev, t: { ...x.t, text: true } }))));
    values.set(`def:${d.id}`, out);
  }
  for (const g of s.egress) {
    if (g.guard && evaluate(e, g.guard, sub) === null) continue;
    const to = g.to ? substitute(e, g.to, sub) : null;
    const args = g.args.map((a) => substitute(e, a, sub));
    const atoms: DataAtom[] = g.atoms.flatMap((a) => data(substitute(e, value([a]), sub)));
    const labels = atoms.filter((a) => a.k === 'label');
    const rest = atoms.filter((a) => a.k === 'sym');
    const next = { ...g, to, args };
    if (!to?.symbolic) {
      e.use(next, fn.id);
      if (labels.length > 0) e.emit({ ...next, atoms: labels }, fn.id);
      if (rest.length > 0) pending.push({ g: { ...next, atoms: rest }, fn: fn.id });
    } else pending.push({ g: { ...next, atoms }, fn: fn.id });
  }
  for (const c of s.configs) e.emitConfig({ ...c, args: c.args.map((a) => substitute(e, a, sub)) });
  for (const [key, v] of s.cells) {
    const x = substitute(e, v, sub);
    if (carries(x)) e.cell(key, x);
  }
}

function rootValue(e: Engine, fn: FnEntry, root: string): Value {
  if (root === 'this') {
    const cls = e.program.classOf(fn.file, fn.index);
    return cls >= 0 ? value([{ k: 'inst', cls, exact: false }]) : OPAQUE;
  }
  if (root[0] === 'p' && /^p\d+$/.test(root)) {
    const i = Number(root.slice(1));
    const p = fn.facts.params[i];
    if (p?.type) {
      const t = e.types.resolve(fn.file.path, fn.index, p.type);
      if (t.k !== 'any') {
        const v = typedDefault(e, t, { fn: fn.id, span: p.span });
        return p.rest ? v : v;
      }
    }
    return p ? shapeByUse(e, fn, i) : OPAQUE;
  }
  return OPAQUE;
}
