/** Calls into code that is not the project's: modelled by rules/, or taken at the one default. */
import type { Engine } from './engine.js';
import type { Member, RecipientRule } from '../knowledge/model.js';
import type { ResolvedMember } from '../knowledge/index.js';
import { answered, sinksOf } from './answered.js';
import { answeredBy } from './answers.js';
import { callValue } from './call.js';
import { converted } from './accessors.js';
import { functionsIn } from './jsx.js';
import type { CallSite } from './call-site.js';
import { applied, atLibrary } from './applied.js';
import { attach } from './attached.js';
import { applyDeidentifier } from './deidentify.js';
import { enumerable, madeError } from './error-values.js';
import { reach } from './egress.js';
import { setter } from './channels.js';
import { as, put, runFlow } from './run-flow.js';
import { at, select } from './select.js';
import type { ConfigEffect, Decision } from './summary.js';
import { parsed, transformed } from './schemas.js';
import { clientKey, made, madeAt } from './made.js';
import { sourceValue } from './sources.js';
import type { Type } from './types/type.js';
import {
  constant,
  isAbsent,
  sym,
  NOTHING,
  OPAQUE,
  value,
  type Atom,
  type ExtAtom,
  type Value,
  type XInstAtom,
} from './value.js';
import { carries, constants, data, mapData, marked, marksIn, text, type DataAtom } from './contents.js';
import { join, joinAll } from './join.js';
import { rejectedWith, update } from './fields.js';

const ERRORS =
  /^(Error|TypeError|RangeError|SyntaxError|EvalError|URIError|ReferenceError|AggregateError|DOMException|SuppressedError)$/;

/** Calls an export, a global, or a member of a package's object. */
export function callExternal(
  site: CallSite,
  f: ExtAtom | XInstAtom,
  recv: Value | null,
  args: readonly Value[],
): Value {
  const e = site.frame.e;
  const mod = f.k === 'ext' ? f.mod : f.sym.slice(0, Math.max(0, f.sym.indexOf('#')));
  if (f.k === 'ext' && f.mod === '' && ERRORS.test(f.path)) return errorValue(site, f.path, args);
  const env = environmentRead(f, args);
  if (env) return env;
  const declared = e.externalDeidentifier(f.k === 'ext' ? `${f.mod}#${f.path}` : `${f.sym}.${f.path}`);
  if (declared) {
    const result = callModelOrDefault(site, f, recv, args, mod);
    return applyDeidentifier(result, declared, { spot: site.spot, by: f.path === '' ? mod : f.path, given: args });
  }
  return callModelOrDefault(site, f, recv, args, mod);
}

/** `const OpenAI = require('openai')`: what a CommonJS module is when it is called. */
function calledNamespace(k: Engine['knowledge'], mod: string): ResolvedMember | null {
  const whole = k.exportMember(mod, '*');
  const says = (m: ResolvedMember | null): boolean =>
    m !== null &&
    (m.member.new !== undefined ||
      m.member.returns !== undefined ||
      m.member.sink !== undefined ||
      m.member.source !== undefined);
  if (says(whole)) return whole;
  const dflt = k.exportMember(mod, 'default');
  return (dflt?.member.type === undefined ? null : k.member(dflt.member.type, '()')) ?? dflt ?? whole;
}

/** An export by name; of a package that is one object (`const axios = require('axios')`) a member of that object. */
function exported(k: Engine['knowledge'], mod: string, path: string): ResolvedMember | null {
  const own = k.exportMember(mod, path);
  if (own !== null) return own;
  const type = k.exportMember(mod, 'default')?.member.type;
  return type === undefined ? k.exportMember(mod, `default.${path}`) : k.member(type, path);
}

/** `Deno.env.get('NAME')` reads what `process.env.NAME` reads. */
function environmentRead(f: ExtAtom | XInstAtom, args: readonly Value[]): Value | null {
  if (f.k !== 'ext' || f.mod !== '' || f.path !== 'Deno.env.get') return null;
  const name = args[0] ? constants(args[0]) : null;
  return name?.length === 1 && typeof name[0] === 'string' ? value([{ k: 'env', name: name[0] }]) : null;
}

function lookup(site: CallSite, f: ExtAtom | XInstAtom): ResolvedMember | null {
  const k = site.frame.e.knowledge;
  if (f.k === 'ext')
    return f.mod === '' ? k.global(f.path) : f.path === '' ? calledNamespace(k, f.mod) : exported(k, f.mod, f.path);
  return f.type ? (k.member(f.type, f.path) ?? delegate(site, f.type, f.path) ?? byAnyName(k, f.type, f.path)) : null;
}

/** `prisma.patient.findMany`: members of a Prisma client beside its own are the delegates of the schema's models. */
function delegate(site: CallSite, type: string, path: string): ResolvedMember | null {
  const e = site.frame.e;
  const at = path.indexOf('.');
  if (at < 0 || !type.endsWith('#PrismaClient')) return null;
  const found = e.knowledge.member(`${type.slice(0, type.indexOf('#'))}#ModelDelegate`, path.slice(at + 1));
  const source = found?.member.source;
  if (!found || !source) return found;
  const model = path.charAt(0).toUpperCase() + path.slice(1, at);
  return {
    ...found,
    member: { ...found.member, source: { ...source, gives: source.gives.replace('{model}', model) } },
  };
}

/** `db.query.patients.findMany`, described as `query.*.findMany`: the name in between goes where the source says `{*}`. */
function byAnyName(k: Engine['knowledge'], type: string, path: string): ResolvedMember | null {
  const [first, name, ...rest] = path.split('.');
  if (name === undefined || rest.length === 0) return null;
  const found = k.member(type, [first, '*', ...rest].join('.'));
  const source = found?.member.source;
  if (!found || !source) return found;
  return { ...found, member: { ...found.member, source: { ...source, gives: source.gives.replaceAll('{*}', name) } } };
}

function callModelOrDefault(
  site: CallSite,
  f: ExtAtom | XInstAtom,
  recv: Value | null,
  args: readonly Value[],
  mod: string,
): Value {
  const e = site.frame.e;
  const rm = lookup(site, f);
  if (rm && rm.id === 'JSON.stringify' && args[0]) {
    const own = enumerable(converted(site, args[0], 'toJSON'));
    if (own !== args[0]) return callModelOrDefault(site, f, recv, [own, ...args.slice(1)], mod);
  }
  if (rm && rm.id === 'String' && args[0]) {
    const own = converted(site, args[0], 'toString');
    if (own !== args[0]) return text(own);
  }
  if (rm && rm.id === 'JSON.stringify' && args[1]) return text(onlyListed(site, args[0] ?? NOTHING, args[1]));
  if (rm) return callModel(site, rm, f, recv, args, mod);
  if (f.k === 'ext' && f.mod === '' && f.path === 'Promise.withResolvers') return withResolvers(site);
  if (f.k === 'xinst' && f.wraps.length > 0 && f.path === '()' && f.type === null) return callWrapped(site, f, args);
  if (f.k === 'xinst' && recv) {
    const out = parse(site, value([{ ...f, path: '' }]), f.path, args);
    if (out) return out;
  }
  if (f.k === 'xinst') {
    const name = f.path.slice(f.path.lastIndexOf('.') + 1);
    const method = f.type === null || e.knowledge.type(f.type) === null ? e.knowledge.method(name) : null;
    if (method && recv) return callBuiltin(site, method, recv, args);
  }
  const out = join(callUnmodelled(site, recv ?? NOTHING, args), callInside(site, f, args));
  // Remember where it came from: members of the result may be modelled, or name the package for people.
  const sym = f.k === 'ext' ? `${f.mod}#${f.path}` : `${f.sym}.${f.path}`;
  if (sym.length > 200) return out;
  return join(out, value([made(e, site.spot, null, sym, args, f.k === 'xinst' ? f : null)]));
}

/** What a schema lets through, and what its own functions make of it. */
function parse(site: CallSite, schema: Value, method: string, args: readonly Value[]): Value | null {
  const step = transformed(schema);
  if (!step) return parsed(site.frame.e, schema, method, args, site.spot);
  const before = parse(site, step.before, method, args);
  if (!before || method.startsWith('safe')) return before;
  return callValue(atLibrary(site), step.by, null, [before], 'call');
}

/** `limit(send, 5)(text)`: what unknown code makes of a function and gives back is called as that function. */
function callInside(site: CallSite, f: ExtAtom | XInstAtom, args: readonly Value[]): Value {
  let out = NOTHING;
  if (f.k !== 'xinst' || f.path !== '()' || args.length === 0) return out;
  for (const given of f.args ?? []) {
    const fns = given.atoms.filter((a) => a.k === 'fn' || (a.k === 'sym' && a.dflt?.k === 'fn'));
    if (fns.length > 0) out = join(out, callValue(site, value(fns), null, args, 'call'));
  }
  return mapData(out, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a));
}

export function constructExternal(site: CallSite, f: ExtAtom, args: readonly Value[]): Value {
  const e = site.frame.e;
  if (f.mod === '' && ERRORS.test(f.path)) return errorValue(site, f.path, args);
  if (f.mod === '' && f.path === 'Promise') return promise(site, args);
  const rm = lookup(site, f);
  if (rm) return callModel(site, rm, f, null, args, f.mod, true);
  const unknown = callUnmodelled(site, NOTHING, args);
  const out = value(
    unknown.atoms.filter((a) => a.k !== 'opaque'),
    unknown.fields,
  );
  const type = f.mod === '' ? `global#${f.path}` : `${f.mod}#${f.path}`;
  return join(out, value([made(e, site.spot, e.knowledge.type(type) ? type : null, `${f.mod}#${f.path}`, args, null)]));
}

/** A plain error: its message and its cause travel with it. */
function errorValue(site: CallSite, kind: string, args: readonly Value[]): Value {
  const blank = value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }]);
  return madeError(site.frame.e, blank, kind, args);
}

/** `new Promise((resolve, reject) => …)`: what is resolved is the value. */
function promise(site: CallSite, args: readonly Value[]): Value {
  const { frame } = site;
  const key = `!promise:${site.spot.span[0]}:${frame.serial++}`;
  if (!args[0]) return OPAQUE;
  frame.setVariable(key, NOTHING);
  frame.setVariable(`${key}!`, NOTHING);
  const executor = args[0];
  const thrown = frame.trap(
    () =>
      void callValue(
        { ...site, library: true },
        executor,
        null,
        [setter(key, 'store'), setter(`${key}!`, 'store')],
        'call',
      ),
  );
  // Kept somewhere, it is called by others, whenever they like: what they give is a channel of this place.
  for (const v of frame.state.values()) if (keepsResolver(v, key)) return keptPromise(site, executor);
  const done = frame.variable(key) ?? NOTHING;
  const failed = frame.variable(`${key}!`) ?? NOTHING;
  return rejectedWith(join(done, OPAQUE), join(failed, thrown));
}

function keepsResolver(v: Value, key: string): boolean {
  const isOne = (a: Atom): boolean => a.k === 'resolver' && a.cell === key;
  if (v.atoms.some(isOne)) return true;
  for (const f of v.fields?.values() ?? []) if (f.atoms.some(isOne)) return true;
  return false;
}

/** A promise whose executor stores its `resolve` where others find it. */
function keptPromise(site: CallSite, executor: Value): Value {
  const kept = withResolvers(site);
  const given = ['resolve', 'reject'].map((k) => select(site.frame.e, kept, k));
  callValue({ ...site, library: true }, executor, null, given, 'call');
  return select(site.frame.e, kept, 'promise');
}

/** `Promise.withResolvers()`: what is passed to `resolve` later is what the promise holds. */
function withResolvers(site: CallSite): Value {
  const key = `cell:promise:${site.spot.fn}:${site.spot.span[0]}`;
  const held = sym(key);
  const failed = sym(`${key}!`);
  const fields = new Map([
    ['promise', rejectedWith(join(held, OPAQUE), failed)],
    ['resolve', setter(key, 'store')],
    ['reject', setter(`${key}!`, 'store')],
  ]);
  return value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }], fields);
}

/** `JSON.stringify(value, ['a', 'b'])` keeps the listed properties. */
function onlyListed(site: CallSite, v: Value, list: Value): Value {
  const e = site.frame.e;
  if (!list.fields || !list.atoms.every((a) => a.k === 'built' && a.array)) return v;
  const names = [...list.fields.values()].map((x) => constants(x));
  if (names.some((n) => n?.length !== 1)) return v;
  const fields = new Map<string, Value>();
  for (const n of names) fields.set(String(n![0]), select(e, v, String(n![0])));
  return value([{ k: 'built', array: false, fn: site.spot.fn, span: null }], fields);
}

function callModel(
  site: CallSite,
  rm: ResolvedMember,
  f: ExtAtom | XInstAtom,
  recv: Value | null,
  args: readonly Value[],
  mod: string,
  isNew = false,
): Value {
  const e = site.frame.e;
  const m = rm.member;
  if (m.arity !== undefined && args.length > 0 && args.length < m.arity && f.k === 'ext')
    return applied(site.spot, 'partial', [value([f]), ...args]);
  const client = recv ?? (f.k === 'xinst' ? value([{ ...f, path: '' }]) : null);
  const base = client ? value(client.atoms.map((a) => (a.k === 'xinst' ? { ...a, path: '' } : a))) : null;
  const sinks = sinksOf(m);
  for (const s of sinks) reach(site, rm, s, mod, base, args);
  if (f.k === 'xinst')
    for (const w of f.wraps)
      for (const s of sinks)
        reach(
          site,
          { ...rm, id: `${rm.id}+${w.vendor}` },
          { ...s, service: w.service ?? s.service, to: w },
          mod,
          null,
          args,
        );
  for (const v of f.k === 'xinst' ? f.via : [])
    for (const s of sinks) if (s.to === undefined) reach(site, { ...rm, id: `${rm.id}>` }, s, mod, v, args);
  const decides = decision(e, f, rm, mod, client);
  if (m.config || decides) {
    decide(site, { point: m.config ?? null, decides, mod: mod || 'global', member: f.path, args, spot: site.spot });
  }
  if (m.wraps) return wrap(site, m, f, args);
  let out: Value | null = m.config ? value([made(e, site.spot, null, `${mod}#${f.path}`, args, null)]) : null;
  if (m.source && !m.source.at?.startsWith('cb')) {
    if (f.k === 'xinst') e.reads(clientOf(rm.id));
    // A client that the caller hands in is known by its declared type.
    const declared = f.k === 'xinst' && client && !client.atoms.some((a) => a.k === 'xinst');
    const owner = declared ? value([...client.atoms, { ...f, path: '' }], client.fields) : client;
    const given = sourceValue(site, m.source, args, owner);
    out = m.source.at
      ? put(
          site,
          NOTHING,
          m.source.at
            .split('.')
            .slice(1)
            .map((k) => (k === '[]' ? '*' : k)),
          given,
        )
      : given;
    if (m.source.at) out = join(out, OPAQUE);
  }
  if (m.answer && !saysWhatItIs(out)) {
    const given = answeredBy(site, m.answer, client, args);
    if (given !== NOTHING) out = join(out ?? NOTHING, given);
  }
  const type = m.new ?? (m.returns && m.returns !== 'same' ? m.returns : null);
  if (m.returns === 'same' && client) out = join(out ?? NOTHING, client);
  if (type) {
    const from = client?.atoms.find((a): a is XInstAtom => a.k === 'xinst') ?? null;
    let x = made(e, site.spot, type, `${mod}#${type.slice(type.indexOf('#') + 1)}`, args, from);
    const types = typeArguments(site);
    if (types.length > 0) x = { ...x, types };
    if (m.via) x = { ...x, via: m.via.map((p) => firstGiven(e, p, recv, args)) };
    if (m.viaText) x = { ...x, viaText: m.viaText };
    const symbolic = client?.atoms.filter((a) => a.k === 'sym') ?? [];
    if (symbolic.length > 0 && !from) x = { ...x, via: [...x.via, value(symbolic)] };
    out = join(out ?? NOTHING, value([x]));
  }
  if (m.flow) out = join(out ?? NOTHING, runFlow(site, m, base ?? recv, args, recv));
  if (m.returns === 'same' && site.selfSsa !== -1) {
    // What was just put into it is in what it gives back, and the other way round.
    out = join(out ?? NOTHING, site.frame.get(site.selfSsa));
    site.frame.givesItself(site.spot.span);
  }
  if (m.source?.at?.startsWith('cb')) callbackSource(site, m, args, client);
  if (m.sanitizer && m.sanitizer.method !== 'detection') {
    const input = m.sanitizer.input ? at(e, args, m.sanitizer.input) : joinAll(args);
    const letters = m.sanitizer.removes === 'all' ? -1 : bits(m.sanitizer.removes);
    const d = { letters, fields: [], output: null, mutates: null };
    const clean = applyDeidentifier(text(input), d, { spot: site.spot, by: rm.id.replace(/^.*#/, ''), given: [] });
    out = m.sanitizer.output
      ? update(out ?? value([{ k: 'built', array: false, fn: site.spot.fn, span: null }]), m.sanitizer.output, clean)
      : join(out ?? NOTHING, clean);
  }
  const answer = answered(site, sinks, args);
  if (answer) out = join(out ?? NOTHING, join(answer, OPAQUE));
  // What comes back of a request is known only as far as the code base answers it itself.
  if (out && sinks.length > 0 && m.flow && m.flow.length > 0 && !type && m.returns === undefined)
    out = join(out, value([made(e, site.spot, null, `${mod}#${f.path}`, args, null)]));
  if (m.callbacks && !m.flow) runFlow(site, m, base, args, recv);
  if (out && isNew && out.atoms.length === 0)
    return value([{ k: 'built', array: true, fn: site.spot.fn, span: null }], out.fields);
  if (out) return out;
  if (sinks.length > 0 || m.config || isNew) return value([made(e, site.spot, null, `${mod}#${f.path}`, args, null)]);
  return callUnmodelled(site, recv ?? NOTHING, args);
}

/** The first of `0.model|this` that is there. */
function firstGiven(e: Engine, places: string, recv: Value | null, args: readonly Value[]): Value {
  for (const place of places.split('|')) {
    const told = place.startsWith('const:') ? constant(place.slice(6)) : null;
    const v = told ?? (place === 'this' ? (recv ?? NOTHING) : at(e, args, place));
    if (!isAbsent(v)) return v;
  }
  return NOTHING;
}

/** Whether the code declares what a call gives. */
function saysWhatItIs(v: Value | null): boolean {
  if (v === null) return false;
  const says = (x: Value): boolean =>
    x.atoms.some(
      (a) => a.k === 'label' || a.k === 'inst' || (a.k === 'opaque' && a.type !== null && a.type.k !== 'any'),
    );
  return says(v) || [...(v.fields?.values() ?? [])].some(says);
}

/** Whether some recipient follows from calls of this member (`on:` paths), and on what it was called. */
function decision(
  e: Engine,
  f: ExtAtom | XInstAtom,
  rm: ResolvedMember,
  mod: string,
  client: Value | null,
): Decision | null {
  const names = [f.path.replace(/^default\./, ''), rm.id.slice(rm.id.lastIndexOf('.') + 1)];
  const name = names.find((one) => e.knowledge.decides(one));
  if (name === undefined) return null;
  const [owner] = rm.id.split('#');
  const pkg = rm.id.includes('#') ? owner! : (e.knowledge.pkg(mod)?.id ?? 'global');
  const made = (client?.atoms ?? []).flatMap((a) => (a.k === 'xinst' && a.args !== null ? [madeAt(a)] : []));
  return { pkg, name, receivers: f.k === 'ext' ? [pkg] : made };
}

/** The type arguments written at a call. */
function typeArguments(site: CallSite): readonly Type[] {
  const { e } = site.frame;
  const fn = e.program.fns[site.typesIn ?? site.spot.fn]!;
  return (site.typeArgs ?? []).map((ref) => e.types.resolve(fn.file.path, fn.index, ref));
}

/** `package#Type` of a member's name. */
export function clientOf(member: string): string {
  return /^[^#]*#[^.]*/.exec(member)?.[0] ?? member;
}

function bits(letters: readonly string[]): number {
  let out = 0;
  for (const l of letters) out |= 1 << (l.charCodeAt(0) - 65);
  return out;
}

/** `wrapOpenAI(client)`: the client, with one more recipient. `traceable(fn)`: the function, its arguments and results recorded. */
function wrap(site: CallSite, m: Member, f: ExtAtom | XInstAtom, args: readonly Value[]): Value {
  const e = site.frame.e;
  const w = m.wraps!;
  const inner = at(e, args, w.arg);
  const rule = settledHost(e, w.adds, args);
  const atoms = inner.atoms.map((a) => {
    if (a.k === 'xinst') return { ...a, wraps: [...a.wraps, rule] };
    if (a.k === 'fn' || a.k === 'sym')
      return {
        ...made(e, site.spot, null, `wrapped#${f.path}`, args.slice(1), null),
        via: [value([a])],
        wraps: [rule],
      };
    return a;
  });
  return value(atoms, inner.fields);
}

/** The recipient that a wrapper adds, with the host that its own call says: later calls have arguments of another kind. */
function settledHost(e: Engine, rule: RecipientRule, args: readonly Value[]): RecipientRule {
  if (rule.host === undefined) return rule;
  const host = rule.host.flatMap((path) => {
    if (!/^\d/.test(path)) return [path];
    const told = constants(at(e, args, path));
    return told?.length === 1 && typeof told[0] === 'string' ? [`const:${told[0]}`] : [];
  });
  return { ...rule, host };
}

function callWrapped(site: CallSite, f: XInstAtom, args: readonly Value[]): Value {
  let out = NOTHING;
  for (const v of f.via) out = join(out, callValue(site, v, null, args, 'call'));
  for (const w of f.wraps) {
    const rm: ResolvedMember = { id: f.sym, member: {}, vendor: w.vendor };
    reach(site, rm, { service: w.service ?? 'traces', content: ['*'], to: w }, f.sym, null, [...args, out]);
  }
  return out;
}

function callbackSource(site: CallSite, m: Member, args: readonly Value[], recv: Value | null): void {
  const match = /^cb(\d+)\.(\d+)((?:\.\w+)*)$/.exec(m.source!.at!);
  if (!match) return;
  const cb = args[Number(match[1])];
  if (!cb) return;
  const params: Value[] = [];
  params[Number(match[2])] = put(
    site,
    NOTHING,
    match[3]!.split('.').filter(Boolean),
    sourceValue(site, m.source!, args, recv),
  );
  for (let i = 0; i < params.length; i++) params[i] ??= OPAQUE;
  callValue({ ...site, argSsa: [], selfSsa: -1, library: true }, cb, null, params, 'call');
}

/** A method that the language provides, on a receiver of which nothing else is known. */
export function callBuiltin(site: CallSite, rm: ResolvedMember, recv: Value, args: readonly Value[]): Value {
  const f: ExtAtom = { k: 'ext', mod: '', path: rm.id };
  if (rm.member.flow) {
    if (isYear(site, rm.id, args)) return as({ text: true, year: true }, recv);
    const out = runFlow(site, rm.member, recv, args, recv);
    // Of an object that is not known to be a built-in, the answer is not known either.
    const unsure =
      rm.member.flow.length > 0 && recv.atoms.some((a) => a.k === 'opaque' || a.k === 'xinst' || a.k === 'ext');
    return unsure || (recv.atoms.length === 0 && rm.member.flow.length > 0) ? join(out, OPAQUE) : out;
  }
  return callModel(site, rm, f, recv, args, '');
}

/** `isoDate.slice(0, 4)`: the first four characters of a date are its year. */
function isYear(site: CallSite, method: string, args: readonly Value[]): boolean {
  if (!/(^|\.)(slice|substring|substr)$/.test(method)) return false;
  const from = constants(at(site.frame.e, args, '0'));
  const to = constants(at(site.frame.e, args, '1'));
  return from?.length === 1 && from[0] === 0 && to?.length === 1 && to[0] === 4;
}

/**
 * The one default for code that we do not know: arguments and receiver go into the result and into the parameters of
 * callbacks, not into other arguments. Fields can no longer be told apart, and confidence is at most medium.
 */
export function callUnmodelled(site: CallSite, recv: Value, args: readonly Value[]): Value {
  const e = site.frame.e;
  let atoms: DataAtom[] = [];
  for (const v of [recv, ...args]) for (const a of data(v)) atoms.push(a);
  if (atoms.length > 12) atoms = data(value(joinAll(atoms.map((a) => value([a]))).atoms));
  const through = value(
    atoms.map((a) => ({ ...a, ev: a.ev > 2 ? 2 : a.ev, t: a.t.text ? a.t : { ...a.t, text: true } })),
  );
  let out = join(OPAQUE, through);
  for (const v of [recv, ...args]) out = marked(out, marksIn(v));
  // Helpers around promises (time-outs, retries) hand the rejection on.
  for (const v of [recv, ...args]) out = rejectedWith(out, v.fields?.get('!throw') ?? NOTHING);
  let returned = NOTHING;
  for (const a of args) {
    for (const fn of functionsIn(a)) {
      e.escapes(fn.fn);
      const result = callValue(
        { ...site, argSsa: [], selfSsa: -1, library: true },
        value([fn]),
        null,
        [out, out, out],
        'call',
      );
      if (a.atoms.includes(fn) && carries(result)) returned = join(returned, result);
    }
    const symbolic = a.atoms.some((x) => x.k === 'sym' && x.path.length === 0 && x.dflt?.k === 'fn');
    if (symbolic) callValue({ ...site, argSsa: [], selfSsa: -1, library: true }, a, null, [out], 'call');
  }
  // What a callback returns may be what the call gives: transactions, retries, memoised loaders.
  return returned === NOTHING
    ? out
    : join(
        out,
        mapData(returned, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a)),
      );
}

/**
 * Assigning a property that a model describes (`image.src = …`, `Parse.serverURL = …`): a call with the value as its
 * argument. Of properties that only decide about a recipient (`axios.defaults.baseURL = …`) a model need say no more.
 */
export function assignExternal(site: CallSite, f: ExtAtom | XInstAtom, key: string, v: Value): void {
  const { e } = site.frame;
  const path = `${f.path === '' ? key : `${f.path}.${key}`}=`;
  if (f.k === 'xinst') attach(site, f, key, v);
  if (lookup(site, { ...f, path })) callExternal(site, { ...f, path }, value([f]), [v]);
  else if (f.k === 'xinst' && f.type !== null && e.knowledge.decides(path)) {
    const pkg = f.type.slice(0, f.type.indexOf('#'));
    const decides = { pkg, name: path, receivers: [clientKey({ ...f, path: '' }, f.type)] };
    decide(site, { point: null, decides, mod: pkg, member: path, args: [v], spot: site.spot });
  }
}

/** Keeps what a call or an assignment configures until the caller's part of it is known. */
function decide(site: CallSite, c: ConfigEffect): void {
  if (c.args.some((a) => a.symbolic)) site.frame.configs.push(c);
  else site.frame.e.emitConfig(c);
}

/** A component of a package that a model describes, called with its properties; null if none does. */
export function callComponent(site: CallSite, f: ExtAtom | XInstAtom, props: Value): Value | null {
  const called = f.k === 'xinst' && f.path === '' ? { ...f, path: '()' } : f;
  const rm = lookup(site, called);
  return rm?.member.flow || rm?.member.callbacks || rm?.member.sink || rm?.member.source
    ? callExternal(site, called, value([f]), [props])
    : null;
}
