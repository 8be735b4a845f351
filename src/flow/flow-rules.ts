/** The little language in which rules/ say how data moves through a call (see `Member.flow`). */

export type FlowTerm =
  /** `settled`: what a promise holds, without what it may be rejected with. */
  | {
      readonly k: 'this';
      readonly path: readonly string[];
      readonly text: boolean;
      readonly year: boolean;
      readonly settled: boolean;
    }
  | { readonly k: 'args'; readonly path: string; readonly text: boolean; readonly year: boolean }
  | { readonly k: 'return'; readonly path: readonly string[] }
  | { readonly k: 'arg'; readonly arg: number; readonly path: readonly string[] }
  | { readonly k: 'cb'; readonly arg: number; readonly param: number; readonly path: readonly string[] }
  | { readonly k: 'cbret'; readonly arg: number; readonly path: readonly string[]; readonly text: boolean }
  /** What a callback throws. */
  | { readonly k: 'cbthrow'; readonly arg: number }
  /** The rejection of a promise. */
  | { readonly k: 'error'; readonly of: FlowTerm }
  | { readonly k: 'throw' }
  /** Named properties kept or taken out of an argument: `pick(0;1..)`, `omit(0;1..)`. */
  | { readonly k: 'project'; readonly keep: boolean; readonly of: string; readonly keys: string }
  /** A function with leading arguments given: `bind(0;1..)`, `bind(0;1[])`. */
  | { readonly k: 'bind'; readonly of: string; readonly given: string }
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
  const wrapped = /^(text|year|settled)\((.*)\)$/.exec(s);
  const year = wrapped?.[1] === 'year';
  const settled = wrapped?.[1] === 'settled';
  if (wrapped) {
    text = !settled;
    s = wrapped[2]!.trim();
  }
  const rejected = /^error\((.+)\)$/.exec(s);
  if (rejected) {
    const of = parseTerm(rejected[1]!, target);
    return of ? { k: 'error', of } : null;
  }
  const project = /^(pick|omit)\(([^;]+);([^)]+)\)$/.exec(s);
  if (project) return { k: 'project', keep: project[1] === 'pick', of: project[2]!, keys: project[3]! };
  const bind = /^bind\(([^;]+);([^)]+)\)$/.exec(s);
  if (bind) return { k: 'bind', of: bind[1]!, given: bind[2]! };
  if (s === 'throw') return { k: 'throw' };
  if (s.startsWith('channel:')) return { k: 'channel', name: s.slice(8) };
  if (s.startsWith('const:')) return { k: 'const', value: s.slice(6) };
  const cb = /^cb(\d+)\.(.+)$/.exec(s);
  if (cb) {
    const [head, ...rest] = segments(cb[2]!);
    if (head === 'throw') return { k: 'cbthrow', arg: Number(cb[1]) };
    if (head === 'return') return { k: 'cbret', arg: Number(cb[1]), path: rest, text };
    if (/^\d+$/.test(head!)) return { k: 'cb', arg: Number(cb[1]), param: Number(head), path: rest };
    return null;
  }
  const parts = segments(s);
  if (parts[0] === 'this') return { k: 'this', path: parts.slice(1), text, year, settled };
  if (parts[0] === 'return') return { k: 'return', path: parts.slice(1) };
  if (s === '*' || s === '*[]' || /^\d+\.\.$/.test(s)) return { k: 'args', path: s, text, year };
  if (/^\d+$/.test(parts[0] ?? '')) {
    if (target) return { k: 'arg', arg: Number(parts[0]), path: parts.slice(1) };
    return { k: 'args', path: s, text, year };
  }
  return null;
}
