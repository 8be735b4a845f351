/** Options of configuration calls, as far as constants show. */
import type { Engine } from './engine.js';
import { eventHook } from './event-hooks.js';
import type { Folded, Site } from './result.js';
import type { Atom, Value } from './value.js';

export type SiteOf = (fn: number, span: readonly [number, number]) => Site;

const MAX_DEPTH = 6;

export function fold(e: Engine, v: Value, site: SiteOf, depth = 0): Folded {
  if (depth > MAX_DEPTH) return { k: 'unknown', site: null };
  const atoms = v.atoms;
  const built = atoms.find((a) => a.k === 'built');
  if (built?.k === 'built') {
    const at = built.span ? site(built.fn, built.span) : null;
    const open = atoms.some((a) => a.k !== 'built' && a.k !== 'const') || (v.fields?.has('*') ?? false);
    if (built.array) {
      const items: Folded[] = [];
      for (const [k, f] of v.fields ?? []) if (k !== '*') items.push(fold(e, f, site, depth + 1));
      const star = v.fields?.get('*');
      if (star) items.push(fold(e, star, site, depth + 1));
      return { k: 'array', items, open, site: at };
    }
    const props = new Map<string, Folded>();
    const propSites = new Map<string, Site>();
    for (const [k, f] of v.fields ?? []) if (k !== '*') props.set(k, fold(e, f, site, depth + 1));
    if (built.span) {
      const fn = e.program.fns[built.fn]!;
      for (const b of fn.facts.blocks) {
        for (const i of b.instrs) {
          if (i.op !== 'object' || i.span[0] !== built.span[0] || i.span[1] !== built.span[1]) continue;
          i.parts.forEach((p, n) => {
            if ('k' in p && i.spans[n]) propSites.set(p.k, site(built.fn, i.spans[n]));
          });
        }
      }
    }
    return { k: 'object', props, open, site: at, propSites };
  }
  const folded = atoms.map((a) => foldAtom(e, a, site, depth)).filter((f) => f !== null);
  if (folded.length === 0) return { k: 'unknown', site: null };
  if (folded.length === 1) return folded[0]!;
  return { k: 'either', of: folded, site: null };
}

function foldAtom(e: Engine, a: Atom, site: SiteOf, depth: number): Folded | null {
  switch (a.k) {
    case 'const':
      return { k: 'const', value: a.v, site: null };
    case 'env':
      return { k: 'env', name: a.name, site: null };
    case 'fn': {
      const fn = e.program.fns[a.fn]!;
      const s = e.summary(a.fn);
      const ret = s.ret;
      const returnsNull =
        ret.atoms.length > 0 &&
        ret.atoms.every((x) => x.k === 'const' && (x.v === null || x.v === false || x.v === undefined));
      const returnsTrue = ret.atoms.length > 0 && ret.atoms.every((x) => x.k === 'const' && x.v === true);
      return {
        k: 'fn',
        ...eventHook(e, fn),
        returnsNull,
        returnsTrue,
        site: site(a.fn, fn.facts.span),
      };
    }
    case 'xinst':
      return {
        k: 'call',
        symbol: a.path ? `${a.sym}.${a.path}` : a.sym,
        args: (a.args ?? []).map((x) => fold(e, x, site, depth + 1)),
        site: site(a.fn, a.span),
      };
    case 'ext':
      return { k: 'call', symbol: `${a.mod}#${a.path}`, args: [], site: null };
    case 'opaque':
    case 'label':
    case 'str':
    case 'inst':
    case 'sym':
      return { k: 'unknown', site: null };
    case 'alt':
      return fold(e, a.v, site, depth + 1);
    default:
      return null;
  }
}
