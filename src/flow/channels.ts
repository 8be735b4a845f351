/**
 * Channels: what a library keeps between two calls (state, stores, events, queues, requests to an own route). A channel
 * has a key that both sides work out for themselves; what it holds is known when all functions have been read. Channels of
 * a call (`useState()`) are told apart by the place of that call in the code, not by who calls the function around it.
 */
import type { CallSite } from './call-site.js';
import { awaitsCaller } from './cleaned.js';
import { at } from './select.js';
import type { Spot } from './summary.js';
import type { Type } from './types/type.js';
import { symbolAtom, NOTHING, onlyHeld, value, type Atom, type ResolverAtom, type Value } from './value.js';
import { carries, constants, isAddress } from './contents.js';

/** The URL's path on this code base's own host, with `*` for what is not constant; null if it is somebody else's. */
export function ownPath(v: Value): string | null {
  const text = shape(v);
  if (text === null) return null;
  const m = /^(?:(?:https?:)?\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?|\*|https?:\/\/\*)?(\/[^?#]*)/.exec(text);
  const path = m?.[1];
  if (path === undefined || path.startsWith('//')) return null;
  return normalPath(path);
}

/** `/api/patients/:id`, `/api/patients/[id]` and `/api/patients/{id}` are one path. */
export function normalPath(path: string): string {
  const parts = path.split('/').filter((p) => p !== '');
  return `/${parts.map((p) => (/^[:[{]|\*/.test(p) ? '*' : p.toLowerCase())).join('/')}`;
}

/** A text with `*` for each part that is not constant. */
function shape(v: Value): string | null {
  if (v.fields) return null;
  const texts = v.atoms.map((a) => {
    if (a.k === 'const') return typeof a.v === 'string' ? a.v : null;
    if (a.k === 'str') return a.parts.map((p) => (p.atoms.length === 1 ? (shape(p) ?? '*') : '*')).join('');
    if (a.k === 'xinst' && isAddress(a.sym) && a.args?.[0]) return shape(a.args[0]);
    return a.k === 'env' || a.k === 'sym' || a.k === 'opaque' || a.k === 'label' ? '*' : null;
  });
  return texts.length === 1 ? texts[0]! : (texts.find((t) => t?.startsWith('/')) ?? null);
}

/** Where the object behind a value was made. */
function identity(v: Value | undefined): string | null {
  for (const a of v?.atoms ?? []) {
    if (a.k === 'xinst') return `${a.fn}.${a.span[0]}`;
    if (a.k === 'inst' || a.k === 'class') return `c${a.cls}`;
    if (a.k === 'built' && a.span) return `${a.fn}.${a.span[0]}`;
    // A setter that a library gave out: what it stands for is the channel that it stores into.
    if (a.k === 'resolver') return a.cell.replace(/^cell:[^:]*:/, '');
  }
  return null;
}

/** The arguments of the call that made a value. */
function makerOf(v: Value): readonly Value[] {
  const made = v.atoms.find((a) => a.k === 'xinst');
  return (made?.k === 'xinst' ? made.args : null) ?? [];
}

/** A constant's text, or the name of an environment variable; `?` for anything else. */
function one(v: Value): string {
  const c = constants(v);
  if (c?.length === 1) return String(c[0]);
  const env = v.atoms.length === 1 ? v.atoms[0]! : null;
  return env?.k === 'env' ? `env ${env.name}` : '?';
}

/** Supabase serves an edge function under its folder's name. */
const EDGE = /(?:^|\/)supabase\/functions\/([^/]+)\//;

/** The file of the code base that a value names from where it stands: `'./worker.js'`, `new URL('./worker.ts', import.meta.url)`. */
function fileNamed(site: CallSite, v: Value): string | null {
  const { program } = site.frame.e;
  const made = v.atoms.find((a) => a.k === 'xinst');
  const name = constants(made?.k === 'xinst' && made.sym.endsWith('#URL') ? (made.args?.[0] ?? v) : v)?.[0];
  if (typeof name !== 'string') return null;
  const to = program.resolveBinding(program.fns[site.spot.fn]!.file, name, '*');
  return to.k === 'module' ? program.files[to.file]!.path : null;
}

/** Fills a channel's name in at a call (see `Member.flow`); null if what it asks for is not there. */
export function channelKey(site: CallSite, name: string, self: Value, args: readonly Value[]): string | null {
  const e = site.frame.e;
  let whole = true;
  const key = name.replace(/\{([^}]+)\}/g, (_, spec: string) => {
    if (spec === 'call') return `${site.spot.fn}.${site.spot.span[0]}`;
    if (spec === 'edge') {
      const folder = EDGE.exec(e.program.fns[site.spot.fn]!.file.path)?.[1];
      if (folder === undefined) whole = false;
      return folder ?? '';
    }
    if (spec === 'here') return e.program.fns[site.spot.fn]!.file.path;
    if (spec.startsWith('file:')) {
      const found = fileNamed(
        site,
        spec.startsWith('file:this.') ? at(e, makerOf(self), spec.slice(10)) : at(e, args, spec.slice(5)),
      );
      if (found === null) whole = false;
      return found ?? '';
    }
    if (spec.startsWith('text:')) {
      const found = one(at(e, args, spec.slice(5)));
      if (found === '?') whole = false;
      return found;
    }
    if (spec === 'this') return identity(self) ?? '?';
    if (spec.startsWith('this.')) {
      return one(at(e, makerOf(self), spec.slice(5)));
    }
    if (spec.startsWith('@') || spec.startsWith('path:')) {
      const v = at(e, args, spec.slice(spec.indexOf(spec[0] === '@' ? '@' : ':') + 1));
      const found = spec[0] === '@' ? identity(v) : ownPath(v);
      if (found === null) whole = false;
      return found ?? '';
    }
    if (spec.startsWith('verb:')) {
      const v = at(e, args, spec.slice(5));
      const c = constants(v);
      if (v.atoms.length === 0 || c?.every((x) => x === undefined)) return 'GET';
      return c?.length === 1 ? String(c[0]).toUpperCase() : '*';
    }
    return one(at(e, args, spec));
  });
  return whole ? `cell:${key}` : null;
}

/** What a channel holds, to be put in when it is known. */
export function channelValue(
  key: string,
  path: readonly string[] = [],
  dflt: Type | null = null,
  declaredAt: Spot | null = null,
): Value {
  return value([symbolAtom(key, path, 2, dflt, declaredAt)]);
}

/** Data, functions and modelled clients of a value: where unmodelled objects came from is of no use beyond a channel. */
function worthKeeping(v: Value): Value {
  const atoms = v.atoms.filter((a) => a.k !== 'xinst' || a.type !== null || a.wraps.length > 0);
  let fields: Map<string, Value> | null = null;
  for (const [k, f] of v.fields ?? []) {
    const next = worthKeeping(f);
    if (next !== f) (fields ??= new Map(v.fields ?? [])).set(k, next);
  }
  return atoms.length === v.atoms.length && fields === null ? v : value(atoms, fields ?? v.fields, v.marks);
}

/** The channel of what is handed to `next()` of a generator: the value of its `yield`. */
export function givenToNext(generator: number): string {
  return `cell:next:${generator}`;
}

/** Stores a value into a channel: at once if it is known, else through the callers. */
export function storeInChannel(site: CallSite, key: string, whole: Value): void {
  const v = worthKeeping(whole);
  if (v === NOTHING || (v.atoms.length === 0 && !v.fields && v.marks === null)) return;
  const { frame } = site;
  // A function takes the variables around it along, when the function that made it is left.
  const closures = holdsFunctions(v, true);
  if ((v.symbolic && !onlyHeld(v)) || closures || awaitsCaller(v)) frame.stored(key, v);
  if (closures && !carries(v) && v.marks === null) return;
  if (carries(v) || v.marks !== null || v.atoms.some(isWorthKnowing) || holdsFunctions(v, false)) frame.e.cell(key, v);
}

/** What came from somewhere, and clients: calls of what a channel holds are made on them. */
function isWorthKnowing(a: Atom): boolean {
  return a.k === 'opaque' || (a.k === 'xinst' && a.type !== null);
}

/** Whether functions stand in a value or its properties (`closures`: such that use variables around them). */
export function holdsFunctions(v: Value, closures = false): boolean {
  if (closures && !v.open) return false;
  for (const a of v.atoms) if (a.k === 'fn' ? !closures || a.closure : a.k === 'resolver' && !closures) return true;
  for (const f of v.fields?.values() ?? []) if (holdsFunctions(f, closures)) return true;
  return false;
}

export function setter(cell: string, how: ResolverAtom['how'], reducer: Value | null = null): Value {
  return value([{ k: 'resolver', cell, how, reducer }]);
}

/** `route:POST:/api/intake`: the parts of a key that names a request by method and path. */
function routeOf(
  key: string,
): { readonly kind: string; readonly verb: string; readonly parts: readonly string[] } | null {
  const m = /^cell:(route[\w-]*):([A-Z*]+):(\/.*)$/.exec(key);
  return m && { kind: m[1]!, verb: m[2]!, parts: m[3]!.split('/').filter((p) => p !== '') };
}

/**
 * Whether two keys name one channel. Routes are told apart by method and path; a router may be mounted under a prefix
 * that only one side knows, so that one path may be the end of the other.
 */
export function sameChannel(a: string, b: string): boolean {
  if (a === b) return true;
  const x = routeOf(a);
  const y = x && routeOf(b);
  if (!x || !y || x.kind !== y.kind || (x.verb !== y.verb && x.verb !== '*' && y.verb !== '*')) return false;
  const n = Math.min(x.parts.length, y.parts.length);
  let known = 0;
  for (let i = 1; i <= n; i++) {
    const p = x.parts[x.parts.length - i]!;
    const q = y.parts[y.parts.length - i]!;
    if (p !== q && p !== '*' && q !== '*') return false;
    if (p === q && p !== '*') known++;
  }
  return known > 0;
}

export const isRoute = (key: string): boolean => key.startsWith('cell:route');
