/**
 * Lists of alternatives: what stands for the same thing is one atom, and long lists lose what the rest of them says
 * already.
 */
import type {
  AltAtom,
  Atom,
  ClassAtom,
  ExtAtom,
  FnAtom,
  Guard,
  InstAtom,
  LabelAtom,
  BuiltAtom,
  OpaqueAtom,
  ResolverAtom,
  SaidToBe,
  StrAtom,
  SymAtom,
  Test,
  Transform,
  XInstAtom,
} from './atoms.js';
import { better } from './trail.js';
import type { Type } from './types/type.js';
import { equal } from './join.js';

const MAX_ATOMS = 24;
/** Beyond `MAX_ATOMS` only alternatives that may carry data or effects are kept, beyond this none; that is counted. */
const MOST_ATOMS = 384;
const CARRIERS: ReadonlySet<Atom['k']> = new Set([
  'label',
  'sym',
  'fn',
  'class',
  'inst',
  'ext',
  'xinst',
  'alt',
  'module',
]);

/** Alternatives that were dropped, for whoever must say so. */
export const overflow = { count: 0, activations: 0 };

/** Properties followed from a root; deeper ones are text. */
export const MAX_PATH = 8;

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function sameTest(a: Test, b: Test): boolean {
  return (
    a.root === b.root &&
    a.negated === b.negated &&
    sameStrings(a.path, b.path) &&
    (a.equals === b.equals || (typeof a.equals === 'object' && typeof b.equals === 'object' && sameWish(a, b)))
  );
}

function sameWish({ equals: a }: Test, { equals: b }: Test): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if ('same' in a) return 'same' in b && a.same === b.same && sameStrings(a.at, b.at);
  if ('same' in b) return false;
  if ('shape' in a) return 'shape' in b && a.shape === b.shape;
  if ('shape' in b) return false;
  return 'is' in a ? 'is' in b && a.is === b.is : !('is' in b) && a.c === b.c;
}

/** Whether two atoms stand for the same thing (their transforms, guards and trails may differ). */
export function sameThing(a: Atom, b: Atom): boolean {
  if (a === b) return true;
  if (a.k !== b.k) return false;
  switch (a.k) {
    case 'label': {
      const o = b as LabelAtom;
      return a.place === o.place && a.kind === o.kind && a.t.text === o.t.text && a.t.output === o.t.output;
    }
    case 'sym': {
      const o = b as SymAtom;
      return a.root === o.root && a.t.text === o.t.text && a.t.output === o.t.output && sameStrings(a.path, o.path);
    }
    case 'fn': {
      const o = b as FnAtom;
      return a.fn === o.fn && a.env === o.env && a.self === o.self && a.bound.length === o.bound.length;
    }
    case 'class':
      return a.cls === (b as ClassAtom).cls;
    case 'inst':
      return a.cls === (b as InstAtom).cls && a.exact === (b as InstAtom).exact;
    case 'ext':
      return a.mod === (b as ExtAtom).mod && a.path === (b as ExtAtom).path;
    case 'xinst': {
      const o = b as XInstAtom;
      return (
        a.sym === o.sym &&
        a.path === o.path &&
        a.type === o.type &&
        a.fn === o.fn &&
        a.span[0] === o.span[0] &&
        // Of what nothing is known, the call that gave it is all there is to tell.
        ((isUnknown(a) && isUnknown(o) && a.via.length === o.via.length) ||
          (sameArguments(a, o) && sameList(a.via, o.via) && sameList(a.wraps, o.wraps)))
      );
    }
    case 'const':
      return Object.is(a.v, (b as { v: unknown }).v);
    case 'env':
      return a.name === (b as { name: string }).name;
    case 'opaque':
      return (
        a.request === (b as OpaqueAtom).request &&
        a.type === (b as OpaqueAtom).type &&
        a.rowOf === (b as OpaqueAtom).rowOf
      );
    case 'built':
      return a.array === (b as BuiltAtom).array && a.generator === (b as BuiltAtom).generator;
    case 'module':
      return a.file === (b as { file: number }).file;
    case 'test':
      return sameTest(a.test, (b as { test: Test }).test);
    case 'str':
      return a.parts === (b as StrAtom).parts;
    case 'resolver':
      return a.cell === (b as ResolverAtom).cell && a.how === (b as ResolverAtom).how;
    case 'alt': {
      const o = b as AltAtom;
      return a.guard.length === o.guard.length && a.guard.every((t, i) => sameTest(t, o.guard[i]!)) && equal(a.v, o.v);
    }
  }
}

/** A thing of a package of which the rules say nothing. */
function isUnknown(a: XInstAtom): boolean {
  return a.type === null && a.wraps.length === 0;
}

function isOfUnknown(a: Atom): a is XInstAtom {
  return a.k === 'xinst' && isUnknown(a);
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === 0 && b.length === 0);
}

function sameArguments(a: XInstAtom, b: XInstAtom): boolean {
  if (a.args !== b.args) {
    if (a.args === null || b.args === null || a.args.length !== b.args.length) return false;
    for (let i = 0; i < a.args.length; i++) if (!equal(a.args[i]!, b.args[i]!)) return false;
  }
  if (a.from === b.from) return true;
  return a.from !== null && b.from !== null && sameThing(a.from, b.from);
}

/** A removal survives a join only if it is on both sides. */
function joinTransform(a: Transform, b: Transform): Transform {
  if (a === b) return a;
  const minus = a.minus.length === 0 || b.minus.length === 0 ? [] : a.minus.filter((m) => b.minus.includes(m));
  return {
    minus,
    text: a.text || b.text,
    letters: a.letters & b.letters,
    year: a.year && b.year,
    output: a.output && b.output,
  };
}

function joinGuards(a: Guard | null, b: Guard | null): Guard | null {
  if (a === b) return a;
  if (a === null || b === null) return null;
  const both = a.filter((x) => b.some((y) => sameTest(x, y)));
  return both.length === 0 ? null : both.length === a.length ? a : both;
}

const byName = (a: Type, b: Type): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id);

/** Kinds of resource that one value may be said to be. */
const MOST_SAID = 8;

/** It is of a kind that the one or the other says; where one of them says nothing, it may be any. */
function joinSaid(a: SymAtom['as'], b: SymAtom['as']): SymAtom['as'] {
  if (a === b) return a;
  if (a === null || b === null) return null;
  const out = a.flatMap((x): SaidToBe[] => {
    const y = b.find((o) => o.at === x.at);
    if (y === undefined) return [];
    const more = y.types.filter((t) => !x.types.includes(t));
    const tested = x.tested && y.tested;
    if (more.length === 0 && tested === x.tested) return [x];
    const types = [...x.types, ...more].sort(byName);
    const tag = x.tag ?? y.tag;
    return types.length > MOST_SAID ? [] : [{ at: x.at, types, tested, ...(tag && { tag }) }];
  });
  if (out.length === 0) return null;
  return out.length === a.length && out.every((x, i) => x === a[i]) ? a : out;
}

/** What two atoms that stand for the same thing have in common: narrows the search in long lists. */
function bucket(a: Atom): unknown {
  switch (a.k) {
    case 'label':
      return a.place;
    case 'sym':
      return a.path.length === 0 ? a.root : a.path[a.path.length - 1];
    case 'fn':
      return -1 - a.fn;
    case 'xinst':
      return a.sym;
    case 'ext':
      return a.path;
    case 'class':
    case 'inst':
      return a.cls;
    case 'const':
      return a.v;
    default:
      return a.k;
  }
}

/** Things of one unknown kind that are told apart by the calls that gave them. */
const MAX_UNKNOWN = 6;

/** Things that one unknown thing gave whose properties are told apart: none of them says anything. */
const MAX_PARTS = 24;

/**
 * Activations of one function whose closures are told apart in one value. What more of them capture is of the same kind
 * nearly always; that is counted (`activations`), not a finding.
 */
const MAX_ACTIVATIONS = 12;

/** From how many atoms on a list is searched by buckets. */
const LONG = 12;

/** From how many atoms on no more exports of packages are added. */
const MANY_EXPORTS = 64;

/** From how many atoms on a list is looked through for what others in it say already. */
const MANY = 32;
/** From how many on what is left is cut shorter. */
const TOO_MANY = 96;

/** Whether all that a longer path from the same root can be is part of what this one can be. */
function covers(a: SymAtom, b: SymAtom): boolean {
  if (a.guard !== null || a.t.letters !== 0 || a.t.year || a.t.output !== b.t.output || a.ev < b.ev) return false;
  return !a.t.minus.includes(b.path[a.path.length]!);
}

/** Texts by the path that they are the text of: a node for each property on the way. */
interface PathNode {
  readonly below: Map<string, PathNode>;
  readonly texts: SymAtom[];
}

function nodeAt(nodes: Map<string, PathNode>, key: string): PathNode {
  let node = nodes.get(key);
  if (node === undefined) nodes.set(key, (node = { below: new Map(), texts: [] }));
  return node;
}

function isTextOf(a: Atom): a is SymAtom {
  return a.k === 'sym' && a.t.text;
}

function withoutParts(list: readonly Atom[]): Atom[] {
  const roots = new Map<string, PathNode>();
  for (const a of list) {
    if (!isTextOf(a)) continue;
    let node = nodeAt(roots, a.root);
    for (const key of a.path) node = nodeAt(node.below, key);
    node.texts.push(a);
  }
  return list.filter((a) => !isTextOf(a) || isWhole(a, roots.get(a.root)!));
}

/** Whether no other text says all that this one does; of those that stand for the same thing, the first. */
function isWhole(a: SymAtom, root: PathNode): boolean {
  let node = root;
  for (const key of a.path) {
    if (node.texts.some((w) => covers(w, a))) return false;
    node = node.below.get(key)!;
  }
  return !node.texts.some((w) => w !== a && sameThing(w, a) && node.texts.indexOf(w) < node.texts.indexOf(a));
}

/** A text with less said of which part it is the text of. */
function shortened(a: Atom, depth: number): Atom {
  return a.k === 'sym' && a.t.text && a.path.length > depth
    ? { ...a, path: a.path.slice(0, depth), dflt: null, guard: null, t: { ...a.t, minus: [], letters: 0, year: false } }
    : a;
}

/** A growing list of atoms that stand for different things; the list that it began with is left as it was. */
export class AtomList {
  private list: Atom[];
  private own = false;
  private compacted = 0;
  private buckets: Map<unknown, number[]> | null = null;

  constructor(private readonly start: readonly Atom[]) {
    this.list = start as Atom[];
  }

  /** The list that it began with, if nothing changed. */
  done(): readonly Atom[] {
    return this.list;
  }

  add(b: Atom): void {
    const i = this.find(b);
    if (i >= 0) {
      const next = merged(this.list[i]!, b);
      if (next !== this.list[i]) this.writable()[i] = next;
      return;
    }
    if (this.list.length >= MAX_ATOMS && !CARRIERS.has(b.k)) return;
    // Tables of icons and components.
    if (this.list.length >= MANY_EXPORTS && b.k === 'ext') return;
    if (this.list.length >= MANY && this.list.length >= 2 * this.compacted) this.compact();
    if (this.list.length >= MOST_ATOMS) {
      overflow.count++;
      return;
    }
    this.enter(b, this.writable().push(b) - 1);
  }

  /** Leaves out the text of parts whose whole is in the list as text anyway; what is left over may be cut shorter. */
  private compact(): void {
    let list = withoutParts(this.list);
    for (let depth = MAX_PATH; list.length > TOO_MANY && depth > 1; depth--)
      list = withoutParts(list.map((a) => shortened(a, depth - 1)));
    this.list = list;
    this.own = true;
    this.buckets = null;
    this.compacted = list.length;
  }

  private writable(): Atom[] {
    if (!this.own) {
      this.list = this.start.slice();
      this.own = true;
    }
    return this.list;
  }

  private find(b: Atom): number {
    if (this.buckets === null && this.list.length < LONG) return search(this.list, b);
    if (this.buckets === null) {
      this.buckets = new Map();
      for (let i = 0; i < this.list.length; i++) this.enter(this.list[i]!, i);
    }
    const near = this.buckets.get(bucket(b)) ?? [];
    for (const i of near) if (sameThing(this.list[i]!, b)) return i;
    if (b.k === 'fn' && near.length >= MAX_ACTIVATIONS) {
      overflow.activations++;
      return near[0]!;
    }
    if (b.k !== 'xinst' || near.length < MAX_UNKNOWN || !isUnknown(b)) return -1;
    if (near.length >= MAX_PARTS) return near.find((i) => isOfUnknown(this.list[i]!)) ?? -1;
    const alike = near.filter((i) => {
      const a = this.list[i]!;
      return isOfUnknown(a) && a.path === b.path && a.sym === b.sym;
    });
    return alike.length >= MAX_UNKNOWN ? alike[0]! : -1;
  }

  private enter(a: Atom, i: number): void {
    if (this.buckets === null) return;
    const key = bucket(a);
    const places = this.buckets.get(key);
    if (places) places.push(i);
    else this.buckets.set(key, [i]);
  }
}

function search(list: readonly Atom[], b: Atom): number {
  for (let i = 0; i < list.length; i++) if (sameThing(list[i]!, b)) return i;
  return -1;
}

/** One atom for two that stand for the same thing; the first one if the second adds nothing. */
function merged(a: Atom, b: Atom): Atom {
  if (a === b) return a;
  if (a.k === 'label' || a.k === 'sym') {
    const o = b as typeof a;
    const t = joinTransform(a.t, o.t);
    const guard = joinGuards(a.guard, o.guard);
    const trail = better(a.trail, o.trail);
    const ev = a.ev > o.ev ? a.ev : o.ev;
    const same = sameTransform(t, a.t) && guard === a.guard && trail === a.trail && ev === a.ev;
    if (a.k === 'label' || a.as === (o as SymAtom).as) return same ? a : { ...a, t, guard, trail, ev };
    const as = joinSaid(a.as, (o as SymAtom).as);
    return same && as === a.as ? a : { ...a, t, guard, trail, ev, as };
  }
  if (a.k === 'alt' || a.guard === (b as Exclude<Atom, AltAtom>).guard) return a;
  const guard = joinGuards(a.guard ?? null, (b as Exclude<Atom, AltAtom>).guard ?? null);
  return guard === (a.guard ?? null) ? a : { ...a, guard };
}

/** Adds atoms to a list, merging those that stand for the same thing. Returns the same list object if nothing changes. */
export function addAtoms(to: readonly Atom[], more: readonly Atom[]): readonly Atom[] {
  if (to === more || more.length === 0) return to;
  const out = new AtomList(to);
  for (const b of more) out.add(b);
  return out.done();
}

export function sameTransform(a: Transform, b: Transform): boolean {
  return (
    a === b ||
    (a.text === b.text &&
      a.letters === b.letters &&
      a.year === b.year &&
      a.output === b.output &&
      sameStrings(a.minus, b.minus))
  );
}

/** Atoms of a list that stay; the list itself as long as they all do, one after the other. */
export class KeptAtoms {
  private same = 0;
  private list: AtomList | null = null;

  constructor(private readonly was: readonly Atom[]) {}

  add(a: Atom): void {
    if (this.list === null) {
      if (a === this.was[this.same]) {
        this.same++;
        return;
      }
      this.list = new AtomList(this.was.slice(0, this.same));
    }
    this.list.add(a);
  }

  done(): readonly Atom[] {
    if (this.list !== null) return this.list.done();
    return this.same === this.was.length ? this.was : this.was.slice(0, this.same);
  }
}
