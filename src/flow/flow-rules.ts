/** The little language in which rules/ say how data moves through a call (see `Member.flow`). */

export type FlowTerm =
  | { readonly k: 'this'; readonly path: readonly string[]; readonly text: boolean; readonly year: boolean }
  | { readonly k: 'args'; readonly path: string; readonly text: boolean; readonly year: boolean }
  | { readonly k: 'return'; readonly path: readonly string[] }
  | { readonly k: 'arg'; readonly arg: number; readonly path: readonly string[] }
  | { readonly k: 'cb'; readonly arg: number; readonly param: number; readonly path: readonly string[] }
  | { readonly k: 'cbret'; readonly arg: number; readonly path: readonly string[]; readonly text: boolean }
  /** The rejection of a promise. */
  | { readonly k: 'error' }
  | { readonly k: 'throw' }
  /** Named properties kept or taken out of an argument: `pick(0;1..)`, `omit(0;1..)`. */
  | { readonly k: 'project'; readonly keep: boolean; readonly of: string; readonly keys: string }
  | { readonly k: 'channel'; readonly name: string }
  | { readonly k: 'const'; readonly value: string };

export interface FlowRule {
  readonly from: FlowTerm;
  readonly to: FlowTerm;
  /** Holds only if this argument is left out. */
  readonly unless: number | null;
}

const cache = new WeakMap<readonly string[], readonly FlowRule[]>();

/** Compiles flow rules; lists are compiled once. Unreadable rules are left out (the loader's tests reject them). */
export function parseFlow(rules: readonly string[]): readonly FlowRule[] {
  let out = cache.get(rules);
  if (!out) {
    out = rules.flatMap((r) => {
      const condition = /\sunless\s+(\d+)$/.exec(r);
      const [from, to] = r
        .slice(0, condition?.index ?? r.length)
        .split('->')
        .map((s) => s.trim());
      const f = from ? parseTerm(from, false) : null;
      const t = to ? parseTerm(to, true) : null;
      return f && t ? [{ from: f, to: t, unless: condition ? Number(condition[1]) : null }] : [];
    });
    cache.set(rules, out);
  }
  return out;
}

function segments(s: string): string[] {
  return s
    .split(/\.|(?=\[\])/)
    .filter((p) => p !== '')
    .map((p) => (p === '[]' ? '*' : p));
}

function parseTerm(term: string, target: boolean): FlowTerm | null {
  let s = term;
  let text = false;
  const wrapped = /^(text|year)\((.*)\)$/.exec(s);
  const year = wrapped?.[1] === 'year';
  if (wrapped) {
    text = true;
    s = wrapped[2]!.trim();
  }
  if (/^error\(\w+\)$/.test(s)) return { k: 'error' };
  const project = /^(pick|omit)\(([^;]+);([^)]+)\)$/.exec(s);
  if (project) return { k: 'project', keep: project[1] === 'pick', of: project[2]!, keys: project[3]! };
  if (s === 'throw') return { k: 'throw' };
  if (s.startsWith('channel:')) return { k: 'channel', name: s.slice(8) };
  if (s.startsWith('const:')) return { k: 'const', value: s.slice(6) };
  const cb = /^cb(\d+)\.(.+)$/.exec(s);
  if (cb) {
    const [head, ...rest] = segments(cb[2]!);
    if (head === 'return') return { k: 'cbret', arg: Number(cb[1]), path: rest, text };
    if (/^\d+$/.test(head!)) return { k: 'cb', arg: Number(cb[1]), param: Number(head), path: rest };
    return null;
  }
  const parts = segments(s);
  if (parts[0] === 'this') return { k: 'this', path: parts.slice(1), text, year };
  if (parts[0] === 'return') return { k: 'return', path: parts.slice(1) };
  if (s === '*' || s === '*[]' || /^\d+\.\.$/.test(s)) return { k: 'args', path: s, text, year };
  if (/^\d+$/.test(parts[0] ?? '')) {
    if (target) return { k: 'arg', arg: Number(parts[0]), path: parts.slice(1) };
    return { k: 'args', path: s, text, year };
  }
  return null;
}
