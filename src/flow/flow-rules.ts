/** The little language in which rules/ say how data moves through a call (see `Member.flow`). */
import { pathSteps } from '../knowledge/paths.js';

import type { Decorators } from './exposed.js';

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
  /** A callback's parameter: what it is given, or (on the left) what it holds once the callback has run. */
  | { readonly k: 'cb'; readonly cb: CallbackRef; readonly param: number; readonly path: readonly string[] }
  | { readonly k: 'cbret'; readonly cb: CallbackRef; readonly path: readonly string[]; readonly text: boolean }
  /** What a callback throws. */
  | { readonly k: 'cbthrow'; readonly cb: CallbackRef }
  /** The rejection of a promise. */
  | { readonly k: 'error'; readonly of: FlowTerm }
  | { readonly k: 'throw' }
  /** Named properties kept or taken out of an argument: `pick(0;1..)`, `omit(0;1..)`. */
  | { readonly k: 'project'; readonly keep: boolean; readonly of: string; readonly keys: string }
  /** The arguments written one over the other, in order: `spread(0..)`. */
  | { readonly k: 'spread' }
  /** The receiver without what was put into it: `emptied(this)`. */
  | { readonly k: 'emptied' }
  /** On the right: instead of what the receiver (-1) or an argument was, `all(this)`, `all(0)`. */
  | { readonly k: 'instead'; readonly of: number }
  /** A function with leading arguments given: `bind(0;1..)`, `bind(0;1[])`. */
  | { readonly k: 'bind'; readonly of: string; readonly given: string }
  /** `typeArg`: the call's type argument that says what it holds if nothing else does. */
  | {
      readonly k: 'channel';
      readonly name: string;
      readonly path: readonly string[];
      readonly typeArg: number | null;
    }
  /**
   * A function of the library's own that stores into a channel what it is given (or what a reducer makes of it), or what
   * a function of the code base gives when it is called in its place (`through`); and one that reads a channel.
   */
  | {
      readonly k: 'setter';
      readonly name: string;
      readonly how: 'update' | 'through' | 'nodeback' | 'thrower';
      readonly by: string | null;
    }
  | { readonly k: 'getter'; readonly name: string }
  /** Functions that read or write the channel which their first argument stands for; and one that gives a value. */
  | { readonly k: 'keyed'; readonly name: string; readonly how: 'readOf' | 'writeOf' }
  | { readonly k: 'giver'; readonly of: FlowTerm }
  /** Rows with the columns that arguments name. */
  | { readonly k: 'columns'; readonly of: FlowTerm; readonly by: string }
  /** What the member's `source` gives. */
  | { readonly k: 'source' }
  /** Text that remembers what it was made of (`json`), and what it was made of (`parsed`). */
  | { readonly k: 'json'; readonly of: FlowTerm; readonly back: boolean }
  /** What a callback lets through, or (`unchosen`) holds back: `chosen(this;0)`. */
  | { readonly k: 'chosen'; readonly of: FlowTerm; readonly by: CallbackRef; readonly truthy: boolean }
  /** A list of lists as one list; of a callback's results, those that are lists taken apart. */
  | { readonly k: 'flat'; readonly of: FlowTerm }
  /** What may hold the data or hardly any of it (one letter's number): no more than a guess. */
  | { readonly k: 'guess'; readonly of: FlowTerm }
  /** The functions of an argument list, called one after the other on what the one before gave; or one function of them all. */
  | { readonly k: 'piped'; readonly of: FlowTerm; readonly by: string }
  | { readonly k: 'compose'; readonly of: string; readonly reversed: boolean }
  /** What a function, a client that can be called, or a record of such (then a record of results) gives for a value. */
  | { readonly k: 'called'; readonly of: FlowTerm; readonly by: string }
  /** What a model answers to what the call sends; and what a schema at an argument lets through of a value. */
  | { readonly k: 'answer' }
  | { readonly k: 'shaped'; readonly of: FlowTerm; readonly by: string }
  /** An instance of a class with plain data in it, or the plain data of one, as the class's decorators let it through. */
  | { readonly k: 'instance'; readonly cls: string | null; readonly of: string; readonly by: Decorators }
  /** What of a value a template's places name, as text; and the text of a template with one place. */
  | { readonly k: 'filled'; readonly of: FlowTerm; readonly by: string }
  | { readonly k: 'place'; readonly of: string }
  /** An argument of the call that made the receiver. */
  | { readonly k: 'made'; readonly path: string }
  /** What of it may be about a person, as text: not what addresses and settings are made of. */
  | { readonly k: 'data'; readonly of: FlowTerm }
  /** What is known of it as a whole, its named properties left aside, as text. */
  | { readonly k: 'whole'; readonly of: FlowTerm }
  /** The function at an argument, with what it passes to its last parameter as its result. */
  | { readonly k: 'promisified'; readonly of: string }
  | { readonly k: 'const'; readonly value: string }
  /** Something that the code does not say: what an earlier visit has left in a store. */
  | { readonly k: 'unknown' };

/** The functions at an argument path; `arity`: only those that declare so many parameters. */
export interface CallbackRef {
  readonly at: string;
  readonly arity: number | null;
}

export interface FlowRule {
  readonly from: FlowTerm;
  readonly to: FlowTerm;
  /** Holds only if this argument (`0.select`, or `this.0` of the call that made the receiver) is given, or left out. */
  readonly when: { readonly path: string; readonly given: boolean } | null;
}

const cache = new WeakMap<readonly string[], readonly FlowRule[]>();

/** Compiles flow rules; lists are compiled once. Unreadable rules are left out (the loader's tests reject them). */
export function parseFlow(rules: readonly string[]): readonly FlowRule[] {
  let out = cache.get(rules);
  if (!out) {
    out = rules.flatMap((r) => {
      const condition = /\s(unless|if)\s+(\S+)$/.exec(r);
      const [from, to] = r
        .slice(0, condition?.index ?? r.length)
        .split('->')
        .map((s) => s.trim());
      const f = from ? parseTerm(from, false) : null;
      const t = to ? parseTerm(to, true) : null;
      return f && t
        ? [{ from: f, to: t, when: condition ? { path: condition[2]!, given: condition[1] === 'if' } : null }]
        : [];
    });
    cache.set(rules, out);
  }
  return out;
}

const EACH = /\{each:([^}]+)\}/;
const MOST_EACH = 64;

/** One rule for each property of an argument where a rule says `{each:0.reducers}`; `{each}` is its name. */
export function forEach(rules: readonly string[], names: (path: string) => readonly string[]): readonly string[] {
  if (!rules.some((r) => EACH.test(r))) return rules;
  return rules.flatMap((r) => {
    const path = EACH.exec(r)?.[1];
    if (path === undefined) return [r];
    return names(path)
      .filter((n) => /^[\w$]+$/.test(n))
      .slice(0, MOST_EACH)
      .map((n) => r.replace(/\{each(:[^}]+)?\}/g, n));
  });
}

/** `cb1.0`, `cb(0.queryFn).return`, `cb(1..)/4.0`: which functions, and what of them. */
export function parseCallback(s: string): { readonly ref: CallbackRef; readonly rest: string } | null {
  const cb = /^cb(?:(\d+)|\(([^)]+)\))(?:\/(\d+))?\.(.+)$/.exec(s);
  return cb && { ref: { at: cb[1] ?? cb[2]!, arity: cb[3] === undefined ? null : Number(cb[3]) }, rest: cb[4]! };
}

/** The properties of a path, one by one; `*` for any element. */
export function segments(s: string): string[] {
  return pathSteps(s).map((p) => (p === '[]' ? '*' : p));
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
  if (s === 'spread(0..)') return { k: 'spread' };
  if (s === 'emptied(this)') return { k: 'emptied' };
  const all = target ? /^all\((this|\d+)\)$/.exec(s) : null;
  if (all) return { k: 'instead', of: all[1] === 'this' ? -1 : Number(all[1]) };
  const bind = /^bind\(([^;]+);([^)]+)\)$/.exec(s);
  if (bind) return { k: 'bind', of: bind[1]!, given: bind[2]! };
  const keyed = /^(reader|writer)\(channel:([^;)]+)\)$/.exec(s);
  if (keyed) return { k: 'keyed', name: keyed[2]!, how: keyed[1] === 'reader' ? 'readOf' : 'writeOf' };
  const giver = /^giver\((.+)\)$/.exec(s);
  if (giver) {
    const of = parseTerm(giver[1]!, false);
    return of && { k: 'giver', of };
  }
  if (s === 'source') return { k: 'source' };
  if (s === 'answer') return { k: 'answer' };
  if (s === 'throw') return { k: 'throw' };
  const piped = /^piped\((.+);([^;)]+)\)$/.exec(s);
  if (piped) {
    const of = parseTerm(piped[1]!, false);
    return of && { k: 'piped', of, by: piped[2]! };
  }
  const step = /^(called|filled|shaped|columns)\((.+);([^;)]+)\)$/.exec(s);
  if (step) {
    const of = parseTerm(step[2]!, false);
    return of && { k: step[1] as 'called' | 'filled' | 'shaped' | 'columns', of, by: step[3]! };
  }
  const classed = /^(?:instance\((\d+);|plain\()([^;]+);(\w+)\/(\w+)(!?)\)$/.exec(s);
  if (classed)
    return {
      k: 'instance',
      cls: classed[1] ?? null,
      of: classed[2]!,
      by: { hides: classed[3]!, shows: classed[4]!, only: classed[5] === '!' },
    };
  const slot = /^place\(([^)]+)\)$/.exec(s);
  if (slot) return { k: 'place', of: slot[1]! };
  const choice = /^(un)?chosen\((.+);([^;)]+)\)$/.exec(s);
  if (choice) {
    const of = parseTerm(choice[2]!, false);
    return of && { k: 'chosen', of, by: { at: choice[3]!, arity: null }, truthy: choice[1] === undefined };
  }
  const flat = /^flat\((.+)\)$/.exec(s);
  if (flat) {
    const of = parseTerm(flat[1]!, false);
    return of && { k: 'flat', of };
  }
  const guess = /^guess\((.+)\)$/.exec(s);
  if (guess) {
    const of = parseTerm(guess[1]!, false);
    return of && { k: 'guess', of };
  }
  const composed = /^(compose|reversed)\(([^)]+)\)$/.exec(s);
  if (composed) return { k: 'compose', of: composed[2]!, reversed: composed[1] === 'reversed' };
  const maker = /^made\(([^)]+)\)$/.exec(s);
  if (maker) return { k: 'made', path: maker[1]! };
  const content = /^(data|whole)\((.+)\)$/.exec(s);
  if (content) {
    const of = parseTerm(content[2]!, false);
    return of && { k: content[1] === 'data' ? 'data' : 'whole', of };
  }
  const promisified = /^promisified\(([^)]+)\)$/.exec(s);
  if (promisified) return { k: 'promisified', of: promisified[1]! };
  const made = /^(setter|getter|through|nodeback|thrower)\(channel:([^;]+?)(?:;([^;)]+))?\)$/.exec(s);
  if (made && made[1] !== 'getter')
    return {
      k: 'setter',
      name: made[2]!,
      how: made[1] === 'setter' ? 'update' : (made[1] as 'through' | 'nodeback' | 'thrower'),
      by: made[3] ?? null,
    };
  if (made) return { k: 'getter', name: made[2]! };
  const json = /^(json|parsed)\((.*)\)$/.exec(s);
  if (json) {
    const of = parseTerm(json[2]!, false);
    return of && { k: 'json', of, back: json[1] === 'parsed' };
  }
  const held = /^typed\(channel:(.+);(\d+)\)$/.exec(s);
  if (held) return { k: 'channel', name: held[1]!, path: [], typeArg: Number(held[2]) };
  if (s.startsWith('channel:')) {
    const [name, path] = s.slice(8).split('=>');
    return { k: 'channel', name: name!, path: segments(path ?? ''), typeArg: null };
  }
  if (s === 'unknown') return { k: 'unknown' };
  if (s.startsWith('const:')) return { k: 'const', value: s.slice(6) };
  const cb = parseCallback(s);
  if (cb) {
    const [head, ...rest] = segments(cb.rest);
    if (head === 'throw') return { k: 'cbthrow', cb: cb.ref };
    if (head === 'return') return { k: 'cbret', cb: cb.ref, path: rest, text };
    if (/^\d+$/.test(head!)) return { k: 'cb', cb: cb.ref, param: Number(head), path: rest };
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
