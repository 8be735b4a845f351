/**
 * Abstract values: what an expression may be, as far as the flow analysis cares.
 *
 * A value is a set of *atoms* (what it may be as a whole) plus the properties that were built or overwritten here.
 * Immutable trees, no heap: identity is kept by the interpreter, per single-assignment value. Values are symbolic in
 * the parameters of the function that is analysed (`sym` atoms), so that a summary is a function of its callers'
 * values and is composed by substitution, never by walking the callee again.
 */
import type { Place, Type } from './types/type.js';
import type { Span } from '../facts/ir.js';
import type { RecipientRule } from '../knowledge/model.js';
import { better, concat, type Trail } from './trail.js';

/** What happens to the data of an atom on its way: a small closed set that composes and joins. */
export interface Transform {
  /** Properties taken out or overwritten (sorted). */
  readonly minus: readonly string[];
  /** Properties are no longer told apart: text, bytes, a hash, anything unmodelled. */
  readonly text: boolean;
  /** Bit set of Safe Harbor letters removed (bit 0 = A), see `letters.ts`. */
  readonly letters: number;
  /** A date cut down to its year, or reckoned with. */
  readonly year: boolean;
  /** What a model answered to it: free text about the same person. */
  readonly output: boolean;
}

export const NO_TRANSFORM: Transform = { minus: [], text: false, letters: 0, year: false, output: false };

/** A condition on a symbolic value under which an atom or effect exists. */
export interface Test {
  readonly root: string;
  readonly path: readonly string[];
  /** `truthy`, present at all, not switched off (truthy or left out), or equality with a constant. */
  readonly equals: Constant | 'truthy' | 'defined' | 'not-off';
  readonly negated: boolean;
}
export type Guard = readonly Test[];

export type Constant = { readonly c: string | number | boolean | null | undefined };

/** Supplies the values of captured variables to a function value that has left its function. */
export interface Env {
  get(root: string): Value | null;
}

/** Evidence of an atom's way here: 3 certain, 2 unmodelled steps or name-based resolution, 1 guesses. */
export type Evidence = 1 | 2 | 3;

export type LabelKind = 'phi' | 'model-output' | 'patient-authored' | 'credential';

/** PHI (or another label) of a place in a data model. */
export interface LabelAtom {
  readonly k: 'label';
  readonly place: Place;
  readonly kind: LabelKind;
  /** Function in which the source is. */
  readonly srcFn: number;
  readonly t: Transform;
  readonly trail: Trail | null;
  readonly ev: Evidence;
  readonly guard: Guard | null;
}

/**
 * A value of the caller, a captured variable or a channel: `p0`, `this`, `cap:<fn>#<name>`, `cell:<key>`, `def:<n>`
 * (result of a call whose callee is not known yet), with the property path taken from it.
 */
export interface SymAtom {
  readonly k: 'sym';
  readonly root: string;
  readonly path: readonly string[];
  readonly t: Transform;
  readonly trail: Trail | null;
  readonly ev: Evidence;
  readonly guard: Guard | null;
  /** Declared type that a value takes on if nothing is known of it. */
  readonly dflt: Type | null;
  /** What the declared type says about a person, followed along the path since. */
  readonly declared?: Place | null;
}

/** Any alternative may hold under a condition only. */
interface Conditional {
  readonly guard?: Guard | null;
}

export interface FnAtom extends Conditional {
  readonly k: 'fn';
  readonly fn: number;
  /** Uses variables of the functions around it. */
  readonly closure: boolean;
  readonly env: Env | null;
  /** `bind`: receiver and leading arguments. */
  readonly self: Value | null;
  readonly bound: readonly Value[];
}

export interface ClassAtom extends Conditional {
  readonly k: 'class';
  readonly cls: number;
  readonly env: Env | null;
}

/** An instance of a class of the code base; `exact` if it was made by `new` (else: of it or a subclass). */
export interface InstAtom extends Conditional {
  readonly k: 'inst';
  readonly cls: number;
  readonly exact: boolean;
}

/** An export of a package (`@sentry/node`, path `logger.info`; path '' is the namespace), or a global (mod ''). */
export interface ExtAtom extends Conditional {
  readonly k: 'ext';
  readonly mod: string;
  readonly path: string;
}

/** What a package's constructor or factory gave: `type` from knowledge if it is modelled; `path` taken from it since. */
export interface XInstAtom extends Conditional {
  readonly k: 'xinst';
  readonly type: string | null;
  readonly sym: string;
  readonly args: readonly Value[] | null;
  readonly path: string;
  readonly fn: number;
  readonly span: Span;
  /** The value whose member gave it (`client.withOptions(…)`): its arguments count after the own ones. */
  readonly from: XInstAtom | null;
  /** Values that its calls go on to (`prompt.pipe(model)`), and wrappers around it that add recipients. */
  readonly via: readonly Value[];
  readonly wraps: readonly RecipientRule[];
  /** Type arguments of the call that made it, or of its declared type. */
  readonly types?: readonly Type[];
}

/** Text with a structure that matters: parts of a URL. Its data is that of its parts. */
export interface StrAtom extends Conditional {
  readonly k: 'str';
  readonly parts: readonly Value[];
}

export interface OpaqueAtom extends Conditional {
  readonly k: 'opaque';
  readonly request: boolean;
  readonly type: Type | null;
}

export interface ConstAtom extends Conditional {
  readonly k: 'const';
  readonly v: string | number | boolean | null | undefined;
}
export interface EnvAtom extends Conditional {
  readonly k: 'env';
  readonly name: string;
}
export interface BuiltAtom extends Conditional {
  readonly k: 'built';
  readonly array: boolean;
  readonly fn: number;
  readonly span: Span | null;
}
export interface ModuleAtom extends Conditional {
  readonly k: 'module';
  readonly file: number;
}
export interface TestAtom extends Conditional {
  readonly k: 'test';
  readonly test: Test;
}
/** What a library gave out for something that it keeps: a promise's resolver, a setter of state, a reader of an answer. */
export interface ResolverAtom extends Conditional {
  readonly k: 'resolver';
  readonly cell: string;
  /**
   * `store` keeps what it is given as it is; `update` as well, or what a function that it is given (or the reducer) makes
   * of the old value; `through` calls `reducer` and keeps its result; `read` gives what is kept.
   */
  readonly how: 'store' | 'update' | 'through' | 'read';
  readonly reducer: Value | null;
}

/**
 * One of several objects, under the condition that it is this one. Keeps its own properties: what a factory makes for
 * one argument must not mix with what it makes for another.
 */
export interface AltAtom {
  readonly k: 'alt';
  readonly v: Value;
  readonly guard: Guard;
}

export type Atom =
  | AltAtom
  | LabelAtom
  | SymAtom
  | FnAtom
  | ClassAtom
  | InstAtom
  | ExtAtom
  | XInstAtom
  | StrAtom
  | ConstAtom
  | EnvAtom
  /** Nothing is known but perhaps the declared type; `request`: it came from outside. */
  | OpaqueAtom
  /** Built here (object or array literal): what is not in `fields` is not there. */
  | BuiltAtom
  | ModuleAtom
  /** A comparison of a symbolic value with a constant, kept for guards; carries no data. */
  | TestAtom
  /** A function that the engine itself provides (promise resolvers): calling it stores into the channel. */
  | ResolverAtom;

export interface Value {
  readonly atoms: readonly Atom[];
  readonly fields: ReadonlyMap<string, Value> | null;
  /** Whether any `sym` is inside (or a function value that has not left its function). */
  readonly open: boolean;
  /** Whether any `sym` is inside, function values left aside. */
  readonly symbolic: boolean;
  /** Whether anything is inside that could be or become a label. */
  readonly carries: boolean;
  readonly depth: number;
  /** Alternatives of it and of all its properties. */
  readonly weight: number;
  /** `contents` and `text`, once asked for. */
  inside: readonly Atom[] | null;
  said: Value | null;
}

export const NOTHING: Value = {
  atoms: [],
  fields: null,
  open: false,
  symbolic: false,
  carries: false,
  depth: 0,
  weight: 0,
  inside: null,
  said: null,
};
export const OPAQUE: Value = value([{ k: 'opaque', request: false, type: null }]);
export const UNDEFINED: Value = value([{ k: 'const', v: undefined }]);

const MAX_ATOMS = 24;
/** Beyond `MAX_ATOMS` only alternatives that may carry data or effects are kept, beyond this none; that is counted. */
const MOST_ATOMS = 256;
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
export const overflow = { count: 0 };

const MAX_DEPTH = 6;
const MAX_FIELDS = 96;
const MAX_PATH = 6;
const MAX_MINUS = 48;
const MAX_GUARD = 3;
const MAX_ALTERNATIVES = 8;

function atomOpen(a: Atom): boolean {
  if (a.guard) return true;
  switch (a.k) {
    case 'sym':
    case 'test':
      return true;
    case 'fn':
      return a.closure || a.self !== null || a.bound.length > 0;
    case 'class':
      return true;
    case 'xinst':
      return (
        (a.args !== null && a.args.some((v) => v.open)) ||
        a.via.some((v) => v.open) ||
        (a.from !== null && atomOpen(a.from))
      );
    case 'str':
      return a.parts.some((v) => v.open);
    case 'alt':
      return true;
    case 'resolver':
      return a.reducer?.open === true;
    default:
      return false;
  }
}

function atomSymbolic(a: Atom): boolean {
  switch (a.k) {
    case 'sym':
      return true;
    case 'xinst':
      return (
        (a.args !== null && a.args.some((v) => v.symbolic)) ||
        a.via.some((v) => v.symbolic) ||
        (a.from !== null && atomSymbolic(a.from))
      );
    case 'str':
      return a.parts.some((v) => v.symbolic);
    case 'alt':
      return a.v.symbolic;
    default:
      return false;
  }
}

/** Whether all symbols inside stand for what channels hold: no caller has anything to add. */
export function onlyHeld(v: Value): boolean {
  if (!v.symbolic) return true;
  for (const a of v.atoms) {
    if (a.k === 'sym') {
      if (!a.root.startsWith('cell:') || a.guard) return false;
    } else if (atomSymbolic(a)) {
      if (a.k === 'str') {
        if (!a.parts.every(onlyHeld)) return false;
      } else return false;
    }
  }
  if (v.fields) for (const f of v.fields.values()) if (!onlyHeld(f)) return false;
  return true;
}

function atomCarries(a: Atom): boolean {
  switch (a.k) {
    case 'label':
    case 'sym':
      return true;
    case 'str':
      return a.parts.some((v) => v.carries);
    case 'alt':
      return a.v.carries;
    default:
      return false;
  }
}

/** Makes a value, computing what is cached in it. */
export function value(atoms: readonly Atom[], fields: ReadonlyMap<string, Value> | null = null): Value {
  let open = false;
  let symbolic = false;
  let carrying = false;
  let depth = 0;
  let weight = atoms.length;
  for (const a of atoms) {
    if (!open && atomOpen(a)) open = true;
    if (!symbolic && atomSymbolic(a)) symbolic = true;
    if (!carrying && atomCarries(a)) carrying = true;
  }
  if (fields) {
    if (fields.size === 0) fields = null;
    else {
      for (const f of fields.values()) {
        if (f.open) open = true;
        if (f.symbolic) symbolic = true;
        if (f.carries) carrying = true;
        if (f.depth + 1 > depth) depth = f.depth + 1;
        weight += f.weight;
      }
      if (weight > HEAVY) {
        fields = lightened(fields);
        weight = atoms.length;
        depth = 0;
        for (const f of fields.values()) {
          if (f.depth + 1 > depth) depth = f.depth + 1;
          weight += f.weight;
        }
      }
      if (depth > MAX_DEPTH || fields.size > MAX_FIELDS) {
        const star = flattenFields(fields);
        fields = new Map([['*', star]]);
        depth = star.depth + 1;
        weight = atoms.length + star.weight;
      }
    }
  }
  return { atoms, fields, open, symbolic, carries: carrying, depth, weight, inside: null, said: null };
}

/** Heavier objects are kept with less structure: their heaviest properties as what is in them. */
const HEAVY = 2000;

function lightened(fields: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const out = new Map<string, Value>();
  const share = HEAVY / 2 / fields.size;
  for (const [k, f] of fields) out.set(k, f.fields !== null && f.weight > share ? value(contents(f).map(asText)) : f);
  return out;
}

function flattenFields(fields: ReadonlyMap<string, Value>): Value {
  const out = new AtomList([]);
  for (const f of fields.values()) for (const x of contents(f)) out.add(asText(x));
  return value(out.done());
}

const WIDE_DEPTH = 3;

/** Cuts nested structure and long paths to text: an upper bound that a recursion cannot outgrow. */
export function widen(whole: Value, depth = 0): Value {
  const v = unfold(whole);
  if (depth >= WIDE_DEPTH && v.fields) return value(narrowed(contents(v)).map(asText));
  const atoms = narrowed(v.atoms);
  if (!v.fields) return value(atoms);
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields) fields.set(k, widen(f, depth + 1));
  return value(atoms, fields);
}

/** One function value, one client of a kind: which activation or call they are from is what grows. */
function narrowed(atoms: readonly Atom[]): readonly Atom[] {
  const seen = new Set<string>();
  const kept = atoms.filter((a) => {
    const key = a.k === 'fn' ? `fn:${a.fn}` : a.k === 'xinst' ? `${a.sym}|${a.path}|${a.type ?? ''}` : null;
    if (key === null) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return addAtoms([], kept.map(cut));
}

function cut(a: Atom): Atom {
  return a.k === 'sym' && a.path.length > WIDE_DEPTH
    ? { ...a, path: a.path.slice(0, WIDE_DEPTH), dflt: null, t: { ...a.t, text: true, minus: [] } }
    : a;
}

export function constant(v: string | number | boolean | null | undefined): Value {
  return v === undefined ? UNDEFINED : value([{ k: 'const', v }]);
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameTest(a: Test, b: Test): boolean {
  return (
    a.root === b.root &&
    a.negated === b.negated &&
    sameStrings(a.path, b.path) &&
    (a.equals === b.equals ||
      (typeof a.equals === 'object' && typeof b.equals === 'object' && a.equals.c === b.equals.c))
  );
}

/** Whether two atoms stand for the same thing (their transforms, guards and trails may differ). */
function sameThing(a: Atom, b: Atom): boolean {
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
        ((a.type === null && a.wraps.length === 0 && o.wraps.length === 0 && a.via.length === o.via.length) ||
          (sameArguments(a, o) && a.via === o.via && a.wraps === o.wraps))
      );
    }
    case 'const':
      return Object.is(a.v, (b as { v: unknown }).v);
    case 'env':
      return a.name === (b as { name: string }).name;
    case 'opaque':
      return a.request === (b as OpaqueAtom).request && a.type === (b as OpaqueAtom).type;
    case 'built':
      return a.array === (b as { array: boolean }).array;
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
  if (a === null || b === null) return null;
  const both = a.filter((x) => b.some((y) => sameTest(x, y)));
  return both.length === 0 ? null : both;
}

/** What two atoms that stand for the same thing have in common: narrows the search in long lists. */
function bucket(a: Atom): unknown {
  switch (a.k) {
    case 'label':
      return a.place;
    case 'sym':
      return a.path.length === 0 ? a.root : a.path[a.path.length - 1];
    case 'fn':
      return a.fn;
    case 'xinst':
      return a.span[0];
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

/** From how many atoms on a list is searched by buckets. */
const LONG = 12;

/** From how many atoms on a list is looked through for what others in it say already. */
const MANY = 32;
/** From how many on what is left is cut shorter. */
const TOO_MANY = 96;

/** Whether all that the second atom can be is part of what the first one can be. */
function covers(a: SymAtom, b: SymAtom): boolean {
  if (a.guard !== null || a.t.letters !== 0 || a.t.year || a.t.output !== b.t.output || a.ev < b.ev) return false;
  if (a.path.length >= b.path.length) return false;
  for (let i = 0; i < a.path.length; i++) if (a.path[i] !== b.path[i]) return false;
  return !a.t.minus.includes(b.path[a.path.length]!);
}

function withoutParts(list: readonly Atom[]): Atom[] {
  const roots = new Map<string, SymAtom[]>();
  for (const a of list)
    if (a.k === 'sym' && a.t.text) {
      const known = roots.get(a.root);
      if (known) known.push(a);
      else roots.set(a.root, [a]);
    }
  for (const [root, syms] of roots) {
    syms.sort((a, b) => a.path.length - b.path.length);
    const wholes: SymAtom[] = [];
    for (const a of syms) if (!wholes.some((w) => covers(w, a) || sameThing(w, a))) wholes.push(a);
    roots.set(root, wholes);
  }
  return list.filter((a) => !(a.k === 'sym' && a.t.text) || roots.get(a.root)!.includes(a));
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
    for (const i of this.buckets.get(bucket(b)) ?? []) if (sameThing(this.list[i]!, b)) return i;
    return -1;
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
    return sameTransform(t, a.t) && guard === a.guard && trail === a.trail && ev === a.ev
      ? a
      : { ...a, t, guard, trail, ev };
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

function sameTransform(a: Transform, b: Transform): boolean {
  return (
    a === b ||
    (a.text === b.text &&
      a.letters === b.letters &&
      a.year === b.year &&
      a.output === b.output &&
      sameStrings(a.minus, b.minus))
  );
}

/** Least upper bound. */
export function join(a: Value, b: Value): Value {
  if (a === b || b === NOTHING) return a;
  if (a === NOTHING) return b;
  const out = new Joined();
  out.add(a);
  out.add(b);
  return out.done();
}

/** The least upper bound of many values, gathered at the cost of their size. */
export class Joined {
  private first: Value = NOTHING;
  private atoms: AtomList | null = null;
  private fields: Map<string, Joined> | null = null;

  add(v: Value): void {
    if (v === NOTHING || v === this.first) return;
    if (this.first === NOTHING) {
      this.first = v;
      return;
    }
    this.atoms ??= new AtomList(this.first.atoms);
    for (const a of v.atoms) this.atoms.add(a);
    if (!v.fields) return;
    if (this.fields === null) {
      this.fields = new Map();
      for (const [k, f] of this.first.fields ?? []) this.field(k, f);
    }
    for (const [k, f] of v.fields) this.field(k, f);
  }

  private field(key: string, v: Value): void {
    let one = this.fields!.get(key);
    if (one === undefined) this.fields!.set(key, (one = new Joined()));
    one.add(v);
  }

  /** The first value itself, if the others add nothing to it. */
  done(): Value {
    if (this.atoms === null) return this.first;
    const atoms = this.atoms.done();
    let fields = this.first.fields;
    if (this.fields !== null) {
      const joined = new Map<string, Value>();
      let changed = this.fields.size !== (fields?.size ?? 0);
      for (const [k, f] of this.fields) {
        const v = f.done();
        joined.set(k, v);
        if (v !== fields?.get(k)) changed = true;
      }
      if (changed) fields = joined;
    }
    if (atoms === this.first.atoms && fields === this.first.fields) return this.first;
    const out = value(atoms, fields);
    let alternatives = 0;
    for (const a of atoms) if (a.k === 'alt') alternatives++;
    return alternatives > MAX_ALTERNATIVES ? unfold(out) : out;
  }
}

/** Forgets which of several objects it is: their properties mix. */
function unfold(v: Value): Value {
  const out = new Joined();
  out.add(
    value(
      v.atoms.filter((a) => a.k !== 'alt'),
      v.fields,
    ),
  );
  for (const a of v.atoms) if (a.k === 'alt') out.add(unfold(a.v));
  return out.done();
}

export function joinAll(values: readonly Value[]): Value {
  const out = new Joined();
  for (const v of values) out.add(v);
  return out.done();
}

/** Equality up to witnesses: what fixpoints compare. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.atoms.length !== b.atoms.length || (a.fields?.size ?? 0) !== (b.fields?.size ?? 0)) return false;
  for (let i = 0; i < a.atoms.length; i++) {
    const x = a.atoms[i]!;
    const y = b.atoms[i]!;
    if (x === y) continue;
    if (x.k === 'fn' && y.k === 'fn') {
      if (x.fn !== y.fn) return false;
      continue;
    }
    if (x.k === 'str' && y.k === 'str') continue;
    if (x.k === 'xinst' && y.k === 'xinst') {
      if (x.sym !== y.sym || x.path !== y.path || x.span[0] !== y.span[0]) return false;
      continue;
    }
    if (!sameThing(x, y)) return false;
    if ((x.k === 'label' && y.k === 'label') || (x.k === 'sym' && y.k === 'sym')) {
      if (!sameTransform(x.t, y.t)) return false;
    }
  }
  if (a.fields && b.fields) {
    for (const [k, v] of a.fields) {
      const o = b.fields.get(k);
      if (o === undefined || !equal(v, o)) return false;
    }
  }
  return true;
}

export function asText(a: Atom): Atom {
  if ((a.k === 'label' || a.k === 'sym') && !a.t.text) return { ...a, t: { ...a.t, text: true } };
  return a;
}

/** Writes a property. Strong: what was there before is gone. */
export function update(v: Value, key: string, x: Value): Value {
  const atoms = v.atoms.map((a): Atom =>
    a.k === 'alt'
      ? { ...a, v: update(a.v, key, x) }
      : (a.k === 'sym' || a.k === 'label') && !a.t.text
        ? minus(a, [key])
        : a,
  );
  if (atoms.length > 0 && atoms.every((a) => a.k === 'alt')) return value(atoms, v.fields);
  const fields = new Map(v.fields ?? []);
  fields.set(key, x);
  return value(atoms, fields);
}

/** Writes an unknown property: weak. */
export function updateAny(v: Value, x: Value): Value {
  const fields = new Map(v.fields ?? []);
  const old = fields.get('*');
  fields.set('*', old ? join(old, x) : x);
  return value(v.atoms, fields);
}

function minus<A extends SymAtom | LabelAtom>(a: A, keys: readonly string[]): A {
  const fresh = keys.filter((k) => !a.t.minus.includes(k));
  if (fresh.length === 0 || a.t.minus.length >= MAX_MINUS) return a;
  return { ...a, t: { ...a.t, minus: [...a.t.minus, ...fresh].sort() } };
}

/** Object rest: everything but these keys. */
export function without(v: Value, keys: readonly string[]): Value {
  const known = keys.filter((k) => k !== '*');
  let fields = v.fields;
  if (fields && known.some((k) => fields!.has(k))) {
    const copy = new Map(fields);
    for (const k of known) copy.delete(k);
    fields = copy;
  }
  return value(
    v.atoms.map((a): Atom =>
      a.k === 'alt'
        ? { ...a, v: without(a.v, keys) }
        : (a.k === 'sym' || a.k === 'label') && !a.t.text
          ? minus(a, known)
          : a,
    ),
    fields,
  );
}

/** Object spread `{...into, ...from}`: later properties win where they are certain. */
export function spread(into: Value, from: Value): Value {
  if (from.atoms.some((a) => a.k === 'alt')) {
    let out = into;
    for (const a of from.atoms) if (a.k === 'alt') out = join(out, spread(into, guardedFields(a.v, a.guard)));
    const rest = value(
      from.atoms.filter((a) => a.k !== 'alt'),
      from.fields,
    );
    return rest.atoms.length === 0 && !rest.fields ? out : join(out, spread(into, rest));
  }
  let atoms = into.atoms;
  const keys = from.fields ? [...from.fields.keys()].filter((k) => k !== '*') : [];
  if (keys.length > 0) atoms = atoms.map((a) => ((a.k === 'sym' || a.k === 'label') && !a.t.text ? minus(a, keys) : a));
  const fields = new Map(into.fields ?? []);
  const certain = from.atoms.every((a) => a.k === 'built');
  for (const [k, v] of from.fields ?? []) {
    const old = fields.get(k);
    fields.set(k, old && (k === '*' || !certain) ? join(old, v) : v);
  }
  const moved = from.atoms.filter((a) => a.k === 'label' || a.k === 'sym' || a.k === 'opaque' || a.k === 'env');
  // A whole object that is spread over fields written before may overwrite them, or not: both stay.
  return value(addAtoms(atoms, moved), fields);
}

/** Where a promise keeps what it is rejected with: not part of what it holds. */
const REJECTED = '!throw';

/** Where a map keeps its keys. */
export const KEYS = '!keys';

/** Where a text keeps what it was made of, for whoever reads it back: the text itself holds all of its data. */
const MADE_OF = '!json';

/** Text that was made of a structured value remembers it. */
export function asJson(v: Value): Value {
  const flat = text(v);
  const structured = v.fields !== null || v.atoms.some((a) => (a.k === 'sym' || a.k === 'label') && !a.t.text);
  return structured && flat !== NOTHING && v.depth < 5 ? value(flat.atoms, new Map([[MADE_OF, v]])) : flat;
}

/** What a text was made of, as far as it remembers; else itself: reading it back gives all that is in it. */
export function madeOf(v: Value): Value {
  const own = v.fields?.get(MADE_OF);
  if (!own)
    return value(
      v.atoms.map((a) =>
        a.k === 'sym' && !a.t.text ? { ...a, path: atomPath(a.path, MADE_OF) ?? a.path, dflt: null } : a,
      ),
      v.fields,
    );
  const name = (a: DataAtom): string => (a.k === 'label' ? a.place.key : `${a.root}.${a.path.join('.')}`);
  const inside = new Set(data(own).map(name));
  const beside = v.atoms.filter((a) => (a.k === 'label' || a.k === 'sym') && !inside.has(name(a)));
  return beside.length === 0 ? own : join(own, value(beside));
}

/** What a promise is rejected with. */
export function rejection(v: Value): Value {
  let out = v.fields?.get(REJECTED) ?? NOTHING;
  for (const a of v.atoms) {
    if (a.k === 'alt') out = join(out, guarded(rejection(a.v), a.guard));
    else if (
      a.k === 'sym' &&
      !a.t.text &&
      !a.t.minus.includes(REJECTED) &&
      (a.dflt === null || a.dflt.k === 'promise')
    ) {
      const path = atomPath(a.path, REJECTED);
      if (path) out = join(out, value([{ ...a, path, dflt: null, t: NO_TRANSFORM }]));
    }
  }
  return out;
}

/** The promise of this value that may as well be rejected. */
export function rejectedWith(v: Value, why: Value): Value {
  if (why === NOTHING) return v;
  const old = v.fields?.get(REJECTED);
  return value(v.atoms, new Map([...(v.fields ?? []), [REJECTED, old ? join(old, why) : why]]));
}

/** What a promise holds once it is fulfilled. */
export function settled(v: Value): Value {
  return without(v, [REJECTED]);
}

export function atomPath(path: readonly string[], key: string): readonly string[] | null {
  return path.length >= MAX_PATH ? null : [...path, key];
}

/** All data-carrying atoms anywhere inside, and functions and clients as they are. Text structure is dissolved. */
export function contents(v: Value): readonly Atom[] {
  return (v.inside ??= gathered(v));
}

function gathered(v: Value): readonly Atom[] {
  if (v.fields === null && v.atoms.every((a) => a.k !== 'str' && a.k !== 'alt')) return v.atoms;
  const out = new AtomList([]);
  for (const a of v.atoms) {
    if (a.k === 'str') for (const p of a.parts) for (const x of contents(p)) out.add(asText(x));
    else if (a.k === 'alt') for (const x of contents(a.v)) out.add(underGuard(x, a.guard));
    else out.add(a);
  }
  if (v.fields)
    for (const [k, f] of v.fields) if (k !== REJECTED && k !== MADE_OF) for (const x of contents(f)) out.add(x);
  return out.done();
}

export type DataAtom = LabelAtom | SymAtom;

/** Only labels and symbolic values: what matters at a recipient. */
export function data(v: Value): DataAtom[] {
  return contents(v).filter((a): a is DataAtom => a.k === 'label' || a.k === 'sym');
}

/** Whether anything is inside that could be or become a label. */
export function carries(v: Value): boolean {
  return v.carries;
}

/** Path of what is known to be falsy: it has no properties and says nothing about anybody. */
export const FALSY = '!falsy';

function isFalsy(a: SymAtom): boolean {
  return a.path[a.path.length - 1] === FALSY;
}

/** Turns a value into text: all data inside, no properties. */
export function text(v: Value): Value {
  return v === NOTHING ? v : (v.said ??= said(v));
}

function said(v: Value): Value {
  if (v.fields === null && v.atoms.every((a) => a.k === 'const' || a.k === 'env' || a.k === 'str')) return v;
  const atoms = contents(v)
    .filter(
      (a) =>
        a.k === 'label' ||
        (a.k === 'sym' && !isFalsy(a)) ||
        a.k === 'opaque' ||
        (a.k === 'xinst' && a.sym.endsWith('#URL')),
    )
    .map(asText);
  return value(atoms);
}

/** Applies what a symbolic atom did to its data to the value that it stands for. */
export function transform(v: Value, by: SymAtom): Value {
  const t = by.t;
  let out = v;
  if (t.minus.length > 0) out = without(out, t.minus);
  if (t.text) out = text(out);
  const touch = t.letters !== 0 || t.year || t.output || by.trail !== null || by.ev < 3;
  if (!touch) return out;
  return mapData(out, (a) => ({
    ...a,
    t:
      t.letters === 0 && !t.year && !t.output
        ? a.t
        : { ...a.t, letters: a.t.letters | t.letters, year: a.t.year || t.year, output: a.t.output || t.output },
    trail: concat(a.trail, by.trail),
    ev: a.ev < by.ev ? a.ev : by.ev,
  }));
}

/** Maps all data atoms, at any depth. */
export function mapData(v: Value, f: (a: DataAtom) => DataAtom | null): Value {
  let atoms: Atom[] | null = null;
  for (let i = 0; i < v.atoms.length; i++) {
    const a = v.atoms[i]!;
    let next: Atom | null = a;
    if (a.k === 'label' || a.k === 'sym') next = f(a);
    else if (a.k === 'str') {
      const parts = a.parts.map((p) => mapData(p, f));
      if (parts.some((p, j) => p !== a.parts[j])) next = { ...a, parts };
    } else if (a.k === 'alt') {
      const inner = mapData(a.v, f);
      if (inner !== a.v) next = { ...a, v: inner };
    }
    if (next !== a) {
      atoms ??= v.atoms.slice(0, i);
      if (next) atoms.push(next);
    } else if (atoms) atoms.push(a);
  }
  let fields: Map<string, Value> | null = null;
  if (v.fields) {
    for (const [k, x] of v.fields) {
      const next = mapData(x, f);
      if (next !== x) {
        fields ??= new Map(v.fields);
        fields.set(k, next);
      }
    }
  }
  if (!atoms && !fields) return v;
  return value(atoms ?? v.atoms, fields ?? v.fields);
}

/** Adds tests under which the alternatives exist. */
export function guarded(v: Value, guard: Guard): Value {
  if (guard.length === 0 || v === NOTHING) return v;
  if (v.fields) return value([{ k: 'alt', v, guard: mergeGuards(null, guard) ?? [] }]);
  return value(v.atoms.map((a) => underGuard(a, guard)));
}

function underGuard(a: Atom, guard: Guard): Atom {
  return a.k === 'alt'
    ? { ...a, guard: mergeGuards(a.guard, guard) ?? [] }
    : { ...a, guard: mergeGuards(a.guard ?? null, guard) };
}

function guardedFields(v: Value, guard: Guard): Value {
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields ?? []) fields.set(k, guardedData(f, guard));
  return value(
    v.atoms.map((a) => (a.k === 'label' || a.k === 'sym' ? underGuard(a, guard) : a)),
    fields,
  );
}

function guardedData(v: Value, guard: Guard): Value {
  return mapData(v, (a) => {
    const merged = mergeGuards(a.guard, guard);
    return merged === a.guard ? a : { ...a, guard: merged };
  });
}

export function mergeGuards(a: Guard | null, b: Guard | null): Guard | null {
  if (!a || a.length === 0) return b && b.length > 0 ? b.slice(0, MAX_GUARD) : null;
  if (!b || b.length === 0) return a;
  const out = a.slice();
  for (const t of b) if (out.length < MAX_GUARD && !out.some((x) => sameTest(x, t))) out.push(t);
  return out;
}

export function commonGuard(guards: readonly Guard[]): Guard {
  if (guards.length === 0) return [];
  return guards[0]!.filter((t) => guards.every((g) => g.some((x) => sameTest(x, t))));
}

export function guardMinus(a: Guard, b: Guard): Guard {
  return b.length === 0 ? a : a.filter((t) => !b.some((x) => sameTest(x, t)));
}

/** The constants that the value may be, or null if it may be anything else as well. */
export function constants(v: Value): readonly (string | number | boolean | null | undefined)[] | null {
  const out: (string | number | boolean | null | undefined)[] = [];
  if (v.fields || v.atoms.length === 0) return null;
  for (const a of v.atoms) {
    if (a.k !== 'const') return null;
    out.push(a.v);
  }
  return out;
}

/** true/false if every alternative is truthy/falsy, else null. */
export function truthiness(v: Value): boolean | null {
  let out: boolean | null = null;
  if (v.atoms.length === 0) return null;
  for (const a of v.atoms) {
    let t: boolean;
    switch (a.k) {
      case 'const':
        t = Boolean(a.v);
        break;
      case 'fn':
      case 'class':
      case 'inst':
      case 'built':
        t = true;
        break;
      case 'alt': {
        const inner = truthiness(a.v);
        if (inner === null) return null;
        t = inner;
        break;
      }
      default:
        return null;
    }
    if (out !== null && out !== t) return null;
    out = t;
  }
  return out;
}
