/**
 * What a callback that chooses says of what it chose: after `find((r) => r.resourceType === 'Slot' && r.id === id)` the
 * result is a slot. Read off the function's control flow: what every way to a truthy answer has passed.
 */
import type { Instr, Val } from '../facts/ir.js';
import { MAX_PATH } from './atom-list.js';
import type { Engine } from './engine.js';
import type { Frame } from './frame.js';
import { asResource, narrowed, narrowedElements } from './narrow.js';
import { predicateOf } from './predicates.js';
import type { FnEntry } from './program.js';
import { bindingValue, select } from './select.js';
import { asTagged, taggedType } from './tagged.js';
import type { Type, TypeTest } from './types/type.js';
import { constants } from './contents.js';
import { joinAll } from './join.js';
import { mergeGuards } from './guards.js';
import { update } from './fields.js';
import {
  value,
  type Atom,
  type FnAtom,
  type Predicate,
  type SameAs,
  type SymAtom,
  type Tag,
  type Test,
  type Value,
} from './value.js';

/** One thing that must be so (or, `holds` false, must not) of the value at `path` of the first parameter. */
export interface Choice {
  readonly path: readonly string[];
  readonly test:
    | { readonly field: string; readonly to: Comparand }
    | { readonly has: string }
    | { readonly truthy: string }
    | Predicate;
  readonly holds: boolean;
}

/** What a field is compared with: a constant, or a variable from around the callback. */
export type Comparand =
  | { readonly c: string | number | boolean }
  | { readonly anyOf: readonly (string | number | boolean)[] }
  | { readonly fn: number; readonly name: string }
  | { readonly import: number };

/** Choices that must all hold; null: there is no such way. */
type Needs = readonly Choice[] | null;

const known = { yes: new WeakMap<FnEntry, readonly Choice[]>(), no: new WeakMap<FnEntry, readonly Choice[]>() };
const DEEPEST = 12;
const MOST = 6;
const MOST_STEPS = 400;

/** What must hold of a callback's first parameter wherever the callback's answer is truthy (or falsy). */
export function choicesOf(e: Engine, fn: FnEntry, truthy: boolean): readonly Choice[] {
  const memo = truthy ? known.yes : known.no;
  const hit = memo.get(fn);
  if (hit) return hit;
  memo.set(fn, []);
  const out = new Reading(e, fn).answer(truthy) ?? [];
  memo.set(fn, out);
  return out;
}

/**
 * Of a list (`list`) or one of its elements, what a callback has let through (`truthy`) or held back. What a caller hands
 * in keeps the question as its guard.
 */
export function chosen(frame: Frame, v: Value, by: Value, list: boolean, truthy: boolean): Value {
  const [f] = by.atoms;
  if (by.atoms.length !== 1 || f?.k !== 'fn') return v;
  const { e } = frame;
  let out = v;
  for (const c of choicesOf(e, e.program.fns[f.fn]!, truthy)) out = meant(frame, out, c, f, list);
  return out;
}

function meant(frame: Frame, v: Value, c: Choice, f: FnAtom, list: boolean): Value {
  const { e } = frame;
  if ('field' in c.test && 'anyOf' in c.test.to) {
    const { field, to } = c.test;
    return joinAll(to.anyOf.map((one) => meant(frame, v, { ...c, test: { field, to: { c: one } } }, f, list)));
  }
  const to = 'field' in c.test ? compared(frame, c.test.to, f) : null;
  const test: TypeTest | null = !('field' in c.test)
    ? c.test
    : to !== null && 'c' in to
      ? { field: c.test.field, value: to.c }
      : null;
  const callback = e.program.fns[f.fn]!;
  const type = test && c.holds ? taggedType(e, test, callback.file) : null;
  const tag: Tag | undefined = type ? { fn: f.fn, span: callback.facts.span, list } : undefined;
  let out = v;
  if (test && c.path.length === 0) out = list ? narrowedElements(e, v, test, c.holds) : narrowed(e, v, test, c.holds);
  if (type && tag && c.path.length === 0)
    out = list ? taggedElements(e, out, type, test!, tag) : asTagged(e, out, [type], tag);
  if (type && c.path.length === 1 && isUntold(e, list ? select(e, out, '*') : out))
    return taggedInside(frame, out, c, f, list);
  // A member of a union is chosen by what is inside of it: `(entry) => entry.resource.resourceType === 'Patient'`.
  if (test && c.path.length === 1 && !list) {
    const inside = select(e, v, c.path[0]!);
    const left = narrowed(e, inside, test, c.holds);
    if (left !== inside) out = update(v, c.path[0]!, left);
  }
  const path = list ? ['*', ...c.path] : c.path;
  const atoms = out.atoms.map((a): Atom => {
    if (a.k !== 'sym' || a.t.text) return a;
    const resource = test !== null && c.holds ? asResource(e, a, path, test, tag) : null;
    return resource ?? asking(a, path, c, to);
  });
  return atoms.every((a, i) => a === out.atoms[i]) ? out : value(atoms, out.fields);
}

/** A list of what nothing is known of, as a list of what the callback let through. */
function taggedElements(e: Engine, v: Value, type: Type, test: TypeTest, tag: Tag): Value {
  let fields: Map<string, Value> | null = null;
  const each = { ...tag, list: false };
  for (const [k, f] of v.fields ?? []) {
    const atoms = f.atoms.map((a) => (a.k === 'sym' && !a.t.text ? (asResource(e, a, [], test, each) ?? a) : a));
    const same = k.startsWith('!') || atoms.every((a, i) => a === f.atoms[i]);
    const told = same ? f : value(atoms, f.fields, f.marks);
    const left = k.startsWith('!') ? f : asTagged(e, told, [type], each);
    if (left !== f) (fields ??= new Map(v.fields ?? [])).set(k, left);
  }
  return fields ? value(v.atoms, fields, v.marks) : asTagged(e, v, [type], tag);
}

/** Whether nothing is known of a value that was chosen by what is inside of it. */
function isUntold(e: Engine, v: Value): boolean {
  const untyped = (t: Type | null): boolean => t === null || e.types.place(t) === null;
  return v.atoms.every((a) => (a.k === 'sym' ? untyped(a.dflt) : a.k === 'opaque' ? untyped(a.type) : a.k === 'xinst'));
}

/** `entries.find((e) => e.resource.resourceType === 'Patient')`: what stands inside of what was chosen. */
function taggedInside(frame: Frame, v: Value, c: Choice, f: FnAtom, list: boolean): Value {
  const { e } = frame;
  const [key] = c.path;
  const one = list ? select(e, v, '*') : v;
  const inside = select(e, one, key!);
  const left = meant(frame, inside, { ...c, path: [] }, f, false);
  if (left === inside) return v;
  const told = update(one, key!, left);
  if (!list) return told;
  return value([{ k: 'built', array: true, fn: frame.fn.id, span: null }], new Map([['*', told]]), v.marks);
}

/** A symbol with what was asked of it. */
function asking(a: SymAtom, path: readonly string[], c: Choice, to: Compared | null): SymAtom {
  if (a.root.startsWith('cell:')) return a;
  const at = [...a.path, ...path];
  const test: Test | null =
    'is' in c.test
      ? { root: a.root, path: at, equals: c.test, negated: !c.holds }
      : 'has' in c.test
        ? { root: a.root, path: [...at, c.test.has], equals: 'defined', negated: !c.holds }
        : 'truthy' in c.test
          ? { root: a.root, path: [...at, c.test.truthy], equals: 'truthy', negated: !c.holds }
          : to === null || ('c' in to && typeof to.c === 'boolean')
            ? null
            : { root: a.root, path: [...at, c.test.field], equals: to, negated: !c.holds };
  if (test === null || test.path.length > MAX_PATH) return a;
  const guard = mergeGuards(a.guard, [test]);
  return guard === a.guard ? a : { ...a, guard };
}

type Compared = { readonly c: string | number | boolean } | SameAs;

/** What a field is compared with, where the callback is made. */
function compared(frame: Frame, to: Comparand, f: FnAtom): Compared | null {
  if ('c' in to) return to;
  if ('anyOf' in to) return null;
  const { e } = frame;
  const fn = e.program.fns[f.fn]!;
  let v: Value | null;
  if ('import' in to) v = bindingValue(e, e.program.importBinding(fn.file, to.import));
  else if (to.fn === fn.file.fnBase) v = e.moduleVar(fn.file.index, to.name);
  else if (f.env) v = f.env.get(`cap:${to.fn}#${to.name}`);
  else v = to.fn === frame.fn.id ? frame.variable(to.name) : null;
  const cs = v && constants(v);
  const [c] = cs ?? [];
  if (cs?.length === 1 && c !== null && c !== undefined) return { c };
  const only = v?.atoms.length === 1 && !v.fields ? v.atoms[0]! : null;
  if (only?.k !== 'sym' || only.t.text || only.root.startsWith('cell:')) return null;
  return { same: only.root, at: only.path };
}

class Reading {
  private readonly defs: (Instr | undefined)[];
  private readonly blockOf: number[];
  private steps = 0;

  constructor(
    private readonly e: Engine,
    private readonly fn: FnEntry,
  ) {
    this.defs = new Array<Instr | undefined>(fn.facts.valueCount);
    this.blockOf = new Array<number>(fn.facts.valueCount).fill(-1);
    fn.facts.blocks.forEach((b, n) => {
      for (const i of b.instrs)
        if ('d' in i) {
          this.defs[i.d] = i;
          this.blockOf[i.d] = n;
        }
    });
  }

  /** What holds where the function answers something truthy (or falsy). */
  answer(truthy: boolean): Needs {
    const { facts } = this.fn;
    // A promise is always something.
    if (facts.isAsync || facts.isGenerator) return [];
    const asked = predicateOf(this.e, this.fn);
    const said: Choice[] = asked?.param === 0 ? [{ path: [], test: asked.test, holds: truthy }] : [];
    const ways: Needs[] = [];
    facts.blocks.forEach((b, n) => {
      if (b.term.t === 'return') ways.push(both(this.needs(b.term.value, truthy, 0), this.entering(n, 0)));
    });
    return both(said, either(ways));
  }

  /** What holds wherever a block is entered. */
  private entering(block: number, depth: number): Needs {
    const { preds } = this.fn.facts.blocks[block]!;
    if (depth > DEEPEST || preds.length === 0 || this.steps++ > MOST_STEPS) return [];
    // A loop's way back has been in already.
    const ways = preds.filter((p) => p < block).map((p) => this.edge(p, block, depth + 1));
    return either(ways);
  }

  private edge(from: number, to: number, depth: number): Needs {
    const { term } = this.fn.facts.blocks[from]!;
    const own =
      term.t === 'branch' && term.then !== term.else ? this.needs(term.cond, term.then === to, depth + 1) : [];
    return both(this.entering(from, depth + 1), own);
  }

  /** What holds where a value is truthy (or falsy). */
  private needs(v: Val, truthy: boolean, depth: number): Needs {
    const def = this.defs[v];
    if (def === undefined || depth > DEEPEST || this.steps++ > MOST_STEPS) return [];
    switch (def.op) {
      case 'const':
        return Boolean(def.v) === truthy ? [] : null;
      case 'typed':
        return this.needs(def.v, truthy, depth + 1);
      case 'load': {
        const path = this.pathOf(def.b);
        if (!path) return [];
        const flag: Choice = { path, test: { truthy: def.k }, holds: truthy };
        return truthy ? [{ path, test: { has: def.k }, holds: true }, flag] : [flag];
      }
      case 'op':
        return this.operation(def, truthy, depth + 1);
      case 'call':
        return this.call(def, truthy, depth + 1);
      case 'phi':
        return this.merge(def, truthy, depth + 1);
      default:
        return [];
    }
  }

  private merge(phi: Extract<Instr, { op: 'phi' }>, truthy: boolean, depth: number): Needs {
    const at = this.blockOf[phi.d]!;
    const { preds } = this.fn.facts.blocks[at]!;
    if (preds.length !== phi.ins.length || preds.some((p) => p >= at)) return [];
    return either(
      preds.map((p, n) => {
        const { term } = this.fn.facts.blocks[p]!;
        const input = phi.ins[n]!;
        // `a && b` is `a` only where `a` is falsy.
        if (term.t === 'branch' && term.cond === input && term.then !== term.else && (term.then === at) !== truthy)
          return null;
        return both(this.needs(input, truthy, depth), this.edge(p, at, depth));
      }),
    );
  }

  private operation(def: Extract<Instr, { op: 'op' }>, truthy: boolean, depth: number): Needs {
    if (def.o === '!') return this.needs(def.a, !truthy, depth);
    if (def.o === 'in') {
      const key = this.constant(def.a);
      const path = this.pathOf(def.b);
      return path && truthy && typeof key === 'string' ? [{ path, test: { has: key }, holds: true }] : [];
    }
    if (!/^[=!]==?$/.test(def.o)) return [];
    const holds = (def.o[0] === '=') === truthy;
    for (const [one, other] of [
      [def.a, def.b],
      [def.b, def.a],
    ] as const) {
      const c = this.constant(other);
      // `isSlot(r) === false`
      if (typeof c === 'boolean' && holds && this.defs[one]?.op === 'call') return this.needs(one, c, depth);
      const load = this.defs[one];
      const path = load?.op === 'load' ? this.pathOf(load.b) : null;
      const to = path && this.comparand(other);
      if (load?.op === 'load' && path && to) return [{ path, test: { field: load.k, to }, holds }];
    }
    return [];
  }

  /** The answer of a predicate, or of another function of the code base that asks the same value. */
  private call(def: Extract<Instr, { op: 'call' }>, truthy: boolean, depth: number): Needs {
    const callee = this.defs[def.f];
    const [first] = def.args;
    if (callee?.op === 'global' && callee.name === 'Boolean' && first) return this.needs(first.v, truthy, depth);
    const target = this.functionOf(callee);
    if (!target || target === this.fn) return [];
    const asked = predicateOf(this.e, target);
    const arg = asked ? def.args[asked.param] : first;
    const path = arg && !arg.spread ? this.pathOf(arg.v) : null;
    if (!path) return [];
    if (asked) return [{ path, test: asked.test, holds: truthy }];
    // Variables around the callee are not those around this function.
    return choicesOf(this.e, target, truthy)
      .filter((c) => !('field' in c.test) || tagsOf(c) !== null)
      .map((c) => ({ ...c, path: [...path, ...c.path] }));
  }

  private functionOf(def: Instr | undefined): FnEntry | null {
    const { program } = this.e;
    const { file } = this.fn;
    if (def?.op === 'fn') return program.fns[file.fnBase + def.f] ?? null;
    const moduleFn = (index: number, name: string): FnEntry | null => {
      const direct = program.directVar(index, name);
      return direct?.k === 'fn' ? (program.fns[direct.id] ?? null) : null;
    };
    if (def?.op === 'getcap') {
      if (def.fn === 0) return moduleFn(file.index, def.name);
      const inner = program.innerFn(file.fnBase + def.fn, def.name);
      return inner < 0 ? null : (program.fns[inner] ?? null);
    }
    const b = def?.op === 'import' ? program.importBinding(file, def.i) : null;
    return b?.k === 'var' ? moduleFn(b.file, b.name) : null;
  }

  /** The properties that lead from the first parameter to a value; null if it does not come from there. */
  private pathOf(v: Val): readonly string[] | null {
    const path: string[] = [];
    for (let at = v, n = 0; n < DEEPEST; n++) {
      const def = this.defs[at];
      if (def?.op === 'param') return def.i === 0 ? path : null;
      if (def?.op === 'typed') at = def.v;
      else if (def?.op === 'load') {
        path.unshift(def.k);
        at = def.b;
      } else return null;
    }
    return null;
  }

  private constant(v: Val): string | number | boolean | null {
    const def = this.defs[v];
    if (def?.op === 'typed') return this.constant(def.v);
    return def?.op === 'const' && def.v !== undefined && typeof def.v !== 'object' ? def.v : null;
  }

  private comparand(v: Val): Comparand | null {
    const c = this.constant(v);
    if (c !== null) return { c };
    const def = this.defs[v];
    if (def?.op === 'getcap') return { fn: this.fn.file.fnBase + def.fn, name: def.name };
    return def?.op === 'import' ? { import: def.i } : null;
  }
}

function both(a: Needs, b: Needs): Needs {
  if (a === null || b === null) return null;
  return [...a, ...b.filter((x) => !a.some((y) => same(x, y)))].slice(0, MOST);
}

/** What all ways have in common. */
function either(ways: readonly Needs[]): Needs {
  const open = ways.filter((w) => w !== null);
  if (open.length === 0) return ways.length === 0 ? [] : null;
  return open[0]!.flatMap((x) => {
    if (open.every((w) => w.some((y) => same(x, y)))) return [x];
    const tags = open.map((w) => w.find((y) => alike(x, y))).map((y) => (y ? tagsOf(y) : null));
    if (tags.includes(null) || !('field' in x.test)) return [];
    const anyOf = [...new Set(tags.flatMap((t) => t!))].sort();
    return anyOf.length > MOST ? [] : [{ ...x, test: { field: x.test.field, to: { anyOf } } }];
  });
}

/** Whether both say that the same field is something. */
function alike(a: Choice, b: Choice): boolean {
  const fields = 'field' in a.test && 'field' in b.test && a.test.field === b.test.field;
  return fields && a.holds && b.holds && a.path.join() === b.path.join();
}

function tagsOf(c: Choice): readonly (string | number | boolean)[] | null {
  if (!('field' in c.test)) return null;
  const { to } = c.test;
  return 'c' in to ? [to.c] : 'anyOf' in to ? to.anyOf : null;
}

function same(a: Choice, b: Choice): boolean {
  return a.holds === b.holds && a.path.join() === b.path.join() && key(a.test) === key(b.test);
}

function key(test: Choice['test']): string {
  if ('is' in test) return `is ${test.is.id}`;
  if ('truthy' in test) return `flag ${test.truthy}`;
  return 'has' in test ? `has ${test.has}` : `${test.field} ${JSON.stringify(test.to)}`;
}
