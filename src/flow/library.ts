/** Calls into code that is not the project's: modelled by rules/, or taken at the one default. */
import type { ResolvedMember } from '../knowledge/index.js';
import type { Member, RecipientRule } from '../knowledge/model.js';
import { converted } from './accessors.js';
import { sinksOf, answered } from './answered.js';
import { answeredBy } from './answers.js';
import { atLibrary, applied } from './applied.js';
import { attach } from './attached.js';
import type { CallSite } from './call-site.js';
import { callValue } from './call.js';
import { constants, text, mapData } from './contents.js';
import { applyDeidentifier } from './deidentify.js';
import { reach } from './egress.js';
import type { Engine } from './engine.js';
import { enumerable } from './error-values.js';
import { update } from './fields.js';
import { join, joinAll } from './join.js';
import { made, madeAt, clientKey } from './made.js';
import { lookup } from './package-lookup.js';
import { ERRORS, errorValue, withResolvers, promise } from './package-promises.js';
import { put, runFlow, as } from './run-flow.js';
import { transformed, parsed } from './schemas.js';
import { select, at } from './select.js';
import { sourceValue } from './sources.js';
import type { Decision, ConfigEffect } from './summary.js';
import type { Type } from './types/type.js';
import { callUnmodelled } from './unmodelled.js';
import { type ExtAtom, type XInstAtom, type Value, value, NOTHING, OPAQUE, constant, isAbsent } from './value.js';

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

/** `Deno.env.get('NAME')` reads what `process.env.NAME` reads. */
function environmentRead(f: ExtAtom | XInstAtom, args: readonly Value[]): Value | null {
  if (f.k !== 'ext' || f.mod !== '' || f.path !== 'Deno.env.get') return null;
  const name = args[0] ? constants(args[0]) : null;
  return name?.length === 1 && typeof name[0] === 'string' ? value([{ k: 'env', name: name[0] }]) : null;
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
