/** Taking properties out of abstract values, and giving values the types that the code declares for them. */
import { keptMethod } from './kept-members.js';
import type { Span } from '../facts/ir.js';
import { pathSteps } from '../knowledge/paths.js';
import type { Engine } from './engine.js';
import { attachedValue } from './attached.js';
import { GLOBAL_OBJECT, type Binding } from './program.js';
import { declaredAs } from './narrow.js';
import { readValue } from './sources.js';
import type { Spot } from './summary.js';
import { extend } from './trail.js';
import type { Place, Type } from './types/type.js';
import {
  addAtoms,
  heldBy,
  NO_TRANSFORM,
  NOTHING,
  OPAQUE,
  UNDEFINED,
  value,
  type Atom,
  type LabelAtom,
  type LabelKind,
  type SymAtom,
  type Value,
} from './value.js';
import { atomPath, KEYS, madeOf, rejection } from './fields.js';
import { FALSY } from './contents.js';
import { guarded } from './guards.js';
import { join, joinAll, Joined } from './join.js';

/** Properties that say how much or of what kind, not what: they carry no data wherever they are read. */
const COUNTS = new Set(['length', 'size', 'byteLength', 'byteOffset', 'constructor', 'prototype']);

/** Envelope of an answer: about the call, not about the person. */
const ENVELOPE = new Set([
  'id',
  'object',
  'created',
  'model',
  'usage',
  'status',
  'finish_reason',
  'stop_reason',
  'finishReason',
  'system_fingerprint',
  'role',
  'type',
  'statusCode',
  'statusText',
  'ok',
  '$metadata',
]);

const INDEX = /^\d+$/;

/** Properties followed into an object of which only the maker is known. */
const SHALLOW = 3;

/** Begins a property whose name a caller decides: the root of the symbol that is its name, and the path from there. */
export const CALLERS_KEY = '?';

/** From how many alternatives on it pays to remember what a property is. */
const WORTH = 3;

/** From how many alternatives on it pays to keep apart what is text. */
const MANY = 8;

/** Under which name that is kept: no property is called so. */
const TEXTS = '!text';

/** The value of `v.key`. */
export function select(e: Engine, v: Value, key: string): Value {
  if (key === '!throw') return rejection(v);
  if (key === '!json') return madeOf(v);
  const named = key;
  if (key.startsWith(CALLERS_KEY)) key = '*';
  const known = v.parts?.get(named);
  if (known !== undefined) return known;
  const own = v.fields?.get(key);
  if (!own && COUNTS.has(key)) return NOTHING;
  const texts = v.atoms.length < MANY || key === KEYS || COUNTS.has(key) ? null : textsOf(v);
  if (texts === v) return v;
  const out = new Joined();
  if (own) out.add(own);
  const star = key === KEYS ? undefined : v.fields?.get('*');
  if (star) out.add(star);
  if (v.fields && (key === '*' || key === '[]')) for (const [k, f] of v.fields) if (!k.startsWith('!')) out.add(f);
  // What fields of instances, modules and classes hold is not known for good before all is computed.
  let forGood = v.atoms.length >= WORTH;
  if (texts !== null) out.add(texts);
  for (const a of v.atoms) {
    if (texts !== null && isPlainText(a)) continue;
    if (a.k === 'label' || a.k === 'sym') {
      const part = selectData(e, a, named);
      if (part !== null) out.atom(part);
    } else {
      if (a.k !== 'built' && a.k !== 'opaque' && a.k !== 'const') forGood = false;
      out.add(selectAtom(e, a, key, v, own !== undefined));
    }
  }
  if (v.marks !== null && v.marks.length > 0 && key !== KEYS) out.mark(v.marks);
  const found = out.done();
  if (forGood) (v.parts ??= new Map()).set(named, found);
  return found;
}

function isPlainText(a: Atom): boolean {
  return (a.k === 'label' || a.k === 'sym') && a.t.text && !a.t.output;
}

/** What of a value is text: the same text, whichever property is asked of it. The value itself if that is all. */
function textsOf(v: Value): Value {
  const known = v.parts?.get(TEXTS);
  if (known !== undefined) return known;
  const atoms = v.atoms.filter(isPlainText);
  const texts = atoms.length === v.atoms.length && !v.fields ? v : value(atoms);
  (v.parts ??= new Map()).set(TEXTS, texts);
  return texts;
}

export function selectPath(e: Engine, v: Value, path: readonly string[]): Value {
  let out = v;
  for (const k of path) {
    if (out === NOTHING) return out;
    out = select(e, out, k);
  }
  return out;
}

function dots(path: string): number {
  let n = 0;
  for (let i = path.indexOf('.'); i >= 0; i = path.indexOf('.', i + 1)) n++;
  return n;
}

/** A property of what a label or a symbol stands for; null: it has none, or it says nothing. */
function selectData(e: Engine, a: LabelAtom | SymAtom, named: string): Atom | null {
  const key = named.startsWith(CALLERS_KEY) ? '*' : named;
  if (COUNTS.has(key) || key === KEYS) return null;
  if (a.t.output && ENVELOPE.has(key)) return null;
  if (a.t.text) return a;
  if (a.t.minus.includes(key)) return null;
  const t = a.t.minus.length > 0 ? { ...a.t, minus: [] } : a.t;
  if (a.k === 'label') {
    if (key === '*' || key === '[]' || INDEX.test(key)) {
      const el = e.types.elementPlace(a.place);
      if (el) return { ...a, place: el, t };
      return key === '*' ? a : null;
    }
    const place = e.types.select(a.place, key);
    return place ? { ...a, place, t } : null;
  }
  // What is falsy has no properties.
  if (a.path[a.path.length - 1] === FALSY) return null;
  const path = atomPath(a.path, named);
  const element = key === '*' || INDEX.test(key);
  const dflt = a.dflt ? ((element ? e.types.element(a.dflt) : e.types.member(a.dflt, key)) ?? null) : null;
  const declared = a.declared && (element ? e.types.elementPlace(a.declared) : e.types.select(a.declared, key));
  if (path === null) return { ...a, dflt, declared, t: { ...a.t, text: true, minus: [] } };
  // A model says of its properties which resources they are.
  if (dflt === null || !e.types.resources(dflt)) return { ...a, path, dflt, declared, t };
  const as = [...(a.as ?? []), { at: path.length, types: [dflt], tested: false }];
  return { ...a, path, dflt, declared, t, as };
}

function selectAtom(
  e: Engine,
  a: Exclude<Atom, LabelAtom | SymAtom>,
  key: string,
  whole: Value,
  overlaid: boolean,
): Value {
  // What was found falsy is of interest as a caller's value alone.
  if (key === FALSY) return NOTHING;
  switch (a.k) {
    case 'inst': {
      if (overlaid && a.exact && e.program.fieldWritersOf(a.cls, key).length === 0) return NOTHING;
      const method = e.program.member(a.cls, key, 'method');
      const kept = keptMethod(e, a.cls, key, method && 'fn' in method ? method.fn : null);
      if (kept) return kept;
      if (method && 'fn' in method) return fnValue(e, method.fn, whole);
      return e.fieldDefault(a.cls, key);
    }
    case 'class': {
      if (overlaid) return NOTHING;
      const own = select(e, e.statics(a.cls), key);
      return e.program.isStaticWritten(a.cls, key) ? join(own, heldBy(`cell:static:${a.cls}#${key}`)) : own;
    }
    case 'module': {
      const file = e.program.files[a.file]!;
      const b = e.program.exported(file, key);
      if (b.k !== 'none') return bindingValue(e, b);
      const assigned = e.program.assigned(file);
      if (assigned !== null) {
        const all = e.moduleVar(file.index, assigned);
        return key === 'default' ? all : select(e, all, key);
      }
      return NOTHING;
    }
    case 'ext':
      return extValue(e, a.mod, a.path === '' ? key : `${a.path}.${key}`);
    case 'xinst': {
      const path = a.path === '' ? key : `${a.path}.${key}`;
      // `*` is any property: a list or a record of clients (`doc.sheetsByTitle['Visits']`).
      const m = a.type
        ? (e.knowledge.member(a.type, path) ?? (a.path === '' ? e.knowledge.member(a.type, '*') : null))
        : null;
      const attached = m === null ? attachedValue(e, a, key) : NOTHING;
      if (attached !== NOTHING) return join(attached, value([{ ...a, path }]));
      if (m?.member.type) return value([{ ...a, type: m.member.type, from: a, args: null, path: '', via: [] }]);
      const source = m?.member.source;
      if (source?.at === 'read') return readValue(e, a, source);
      // A method that is taken off its object gives what it gives when it is called.
      if (source && (source.at !== undefined || /^(typearg|schema|instance|fhir|prisma):/.test(source.gives)))
        return value([{ ...a, path }]);
      if (source) return value([{ k: 'opaque', request: source.gives === 'request', type: null }]);
      if (path.length > 120) return OPAQUE;
      // Of what an unmodelled call gave, the first properties may be methods; what lies deeper is data.
      if (a.type === null && a.wraps.length === 0 && dots(path) >= SHALLOW) return OPAQUE;
      return value([{ ...a, path }]);
    }
    case 'opaque': {
      if (a.type) {
        const t =
          key === '*' || key === '[]' || INDEX.test(key) ? e.types.element(a.type) : e.types.member(a.type, key);
        if (t) return bare(e, t, null);
      }
      if (a.type !== null && a.type.k !== 'any') return OPAQUE;
      if (!a.request) return OPAQUE;
      return value([a.rowOf === undefined || key === '*' || INDEX.test(key) ? a : { ...a, rowOf: undefined }]);
    }
    case 'built':
      // The elements of a list are those that it has, not one more that is missing.
      return overlaid || key === '*' || key === '[]' || whole.atoms.length > 1 || whole.fields?.has('*')
        ? NOTHING
        : UNDEFINED;
    case 'alt':
      return guarded(select(e, a.v, key), a.guard);
    case 'fn':
    case 'const':
    case 'env':
    case 'str':
    case 'test':
    case 'resolver':
      return NOTHING;
  }
}

/** `process.env.NAME`, `import.meta.env.NAME`; `*` where the name is not constant. */
const ENVIRONMENT = /^(?:(?:globalThis\.)?process\.|default\.|import\.meta\.)?env\.([A-Za-z_]\w*|\*)$/;

/** What a package's export (or a global, `mod` '') is as a value. */
export function extValue(e: Engine, mod: string, path: string): Value {
  const env = mod === '' || mod === 'process' || mod === 'node:process' ? ENVIRONMENT.exec(path) : null;
  if (env) return value([{ k: 'env', name: env[1]! }]);
  const m = mod === '' ? e.knowledge.global(path) : path === '' ? null : e.knowledge.exportMember(mod, path);
  if (m?.member.type) {
    return value([
      {
        k: 'xinst',
        type: m.member.type,
        sym: `${mod}#${path}`,
        args: null,
        path: '',
        fn: 0,
        span: [0, 0],
        from: null,
        via: [],
        wraps: [],
      },
    ]);
  }
  if (path.length > 160) return OPAQUE;
  const out = value([{ k: 'ext', mod, path }]);
  // What the platform provides is known by its model, also where a polyfill or a test puts something in its place.
  const name = mod === '' && m === null ? ownGlobal(e, path) : null;
  return name === null ? out : join(out, heldBy(`cell:global:${name}`));
}

/** `window.name`, or `name` alone, where the code itself sets that property of the global object. */
function ownGlobal(e: Engine, path: string): string | null {
  if (e.program.globals.size === 0) return null;
  const [head, ...rest] = path.split('.');
  const name = GLOBAL_OBJECT.has(head!) && rest.length === 1 ? rest[0]! : rest.length === 0 ? head! : null;
  return name !== null && e.program.globals.has(name) ? name : null;
}

export function fnValue(e: Engine, fn: number, self: Value | null): Value {
  const f = e.program.fns[fn]!.facts;
  const closure =
    f.captures.some((c) => c.fn !== 0) || (f.kind === 'arrow' && f.parent > 0) || (f.kind === 'arrow' && self !== null);
  return value([{ k: 'fn', fn, closure, env: null, self: f.kind === 'arrow' ? self : null, bound: [] }]);
}

export function bindingValue(e: Engine, b: Binding): Value {
  switch (b.k) {
    case 'var':
      return e.moduleVar(b.file, b.name);
    case 'member': {
      const v = select(e, e.moduleVar(b.file, b.name), b.key);
      return v === NOTHING ? OPAQUE : v;
    }
    case 'module': {
      const assigned = e.program.assigned(e.program.files[b.file]!);
      const module = value([{ k: 'module', file: b.file }]);
      return assigned !== null ? join(module, e.moduleVar(b.file, assigned)) : module;
    }
    case 'ext':
      return extValue(e, b.mod, b.path);
    case 'none':
      return OPAQUE;
  }
}

/** A value of a declared type without its label: classes, clients, members to be asked for later. */
function bare(e: Engine, type: Type, spot: Spot | null): Value {
  const atoms: Atom[] = [];
  for (const c of e.types.classes(type)) {
    const file = e.program.file(c.file);
    if (file) atoms.push({ k: 'inst', cls: file.clsBase + c.cls, exact: false });
    if (atoms.length >= 8) break;
  }
  const ext = e.types.external(type);
  if (ext)
    atoms.push({
      k: 'xinst',
      type: ext,
      sym: ext,
      args: null,
      path: '',
      fn: spot?.fn ?? 0,
      span: spot?.span ?? [0, 0],
      from: null,
      via: [],
      wraps: [],
      types: e.types.args(type),
    });
  atoms.push({ k: 'opaque', request: false, type });
  return value(atoms);
}

/** A fresh label at its source. */
export function label(e: Engine, place: Place, kind: LabelKind, spot: Spot, text: string): LabelAtom {
  e.source(spot);
  return {
    k: 'label',
    place,
    kind,
    srcFn: spot.fn,
    t: NO_TRANSFORM,
    trail: extend(null, { fn: spot.fn, span: spot.span, text, source: true }),
    ev: 3,
    guard: null,
  };
}

/** The value that a declared type alone promises: its PHI, its class, its client. */
export function typedDefault(e: Engine, type: Type, spot: Spot): Value {
  const place = e.types.place(type);
  const rest = bare(e, type, spot);
  if (!place) return rest;
  return value(addAtoms([label(e, place, 'phi', spot, `reads ${place.via}`)], rest.atoms), rest.fields);
}

/**
 * Gives a value its declared type. What was built or is known beats what was declared: only what is opaque takes the
 * type on; a symbol remembers it for callers that pass something opaque.
 */
export function typed(e: Engine, given: Value, type: Type, spot: Spot): Value {
  if (type.k === 'any' || type.k === 'prim' || type.k === 'lit') return given;
  const v = declaredAs(e, given, type);
  const known = v.atoms.some(
    (a) =>
      a.k === 'label' ||
      a.k === 'built' ||
      a.k === 'alt' ||
      a.k === 'inst' ||
      a.k === 'fn' ||
      a.k === 'class' ||
      (a.k === 'xinst' && a.type !== null && e.knowledge.type(a.type) !== null),
  );
  let changed = false;
  const atoms: Atom[] = [];
  let extra = NOTHING;
  for (const a of v.atoms) {
    if (a.k === 'sym' && a.dflt === null && !a.t.text && (!a.declared || a.byUse)) {
      atoms.push({ ...a, dflt: type, declared: e.types.place(type), declaredAt: spot, byUse: false });
      changed = true;
    } else if ((a.k === 'opaque' && (a.type === null || a.type.k === 'any')) || (a.k === 'xinst' && !known)) {
      if (known && a.k === 'opaque') {
        atoms.push(a);
        continue;
      }
      extra = join(extra, typedDefault(e, type, spot));
      if (a.k === 'xinst') atoms.push(a);
      changed = true;
    } else atoms.push(a);
  }
  if (v === NOTHING) return v;
  if (!changed) return v;
  return join(value(atoms, v.fields, v.marks), extra);
}

/** The value at an argument path (`0.messages[].content`, `*`, `1..`), all alternatives joined. */
export function at(e: Engine, args: readonly Value[], path: string): Value {
  if (path === '*') return joinAll(args);
  const rest = /^(\d+)\.\.$/.exec(path);
  if (rest) return joinAll(args.slice(Number(rest[1])));
  const parts = pathSteps(path);
  const head = Number(parts[0]);
  if (!Number.isInteger(head)) return NOTHING;
  const base = args[head];
  if (!base) return NOTHING;
  return selectPath(
    e,
    base,
    parts.slice(1).map((p) => (p === '[]' ? '*' : p)),
  );
}

export function spot(fn: number, span: Span): Spot {
  return { fn, span };
}
