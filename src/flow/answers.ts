/**
 * What comes back of a request, where its address says so (`Member.answer`): resources of a FHIR server. An address that
 * depends on what a caller hands in is read where the caller is known.
 */
import type { Answer } from '../knowledge/model.js';
import { defer } from './defer.js';
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import { ANYTHING, CALLERS, readAddress, type FhirAnswer } from './fhir-address.js';
import type { FnEntry } from './program.js';
import { included } from './included.js';
import { put } from './run-flow.js';
import { at, select, typedDefault } from './select.js';
import { parseUrl } from './strings.js';
import type { Spot } from './summary.js';
import { asJson } from './fields.js';
import { constants, isAddress, mapData } from './contents.js';
import { join } from './join.js';
import { NOTHING, OPAQUE, value, type Atom, type ResolverAtom, type Value } from './value.js';
import { wrapBundle } from './sources.js';

/** Alternatives of one address that are read. */
const MOST = 6;
const DEEPEST = 5;
/** What names a FHIR server, and what names something else beside it. */
const NAMED = /fhir|(?:^|[^a-z])ehr(?:[^a-z]|$)|ehr(?:base|url|server|api)/i;
const BESIDE = /auth|token|login|callback|redirect|metadata|config|well.?known|launch|register/i;

/** The result of a call with what its answer holds in its places. */
export function answeredBy(site: CallSite, rule: Answer, client: Value | null, args: readonly Value[]): Value {
  const e = site.frame.e;
  const of = typeof rule.of === 'string' ? [rule.of] : rule.of;
  const path = of.find((p) => isThere(at(e, args, p)));
  const address = path === undefined ? NOTHING : at(e, args, path);
  const maker = made(client);
  const base = (rule.base ?? []).map((p) => at(e, maker.args, p)).find(isThere) ?? NOTHING;
  if (address === NOTHING && base === NOTHING) return NOTHING;
  const headers = [
    ...(rule.headers ?? []).map((p) => at(e, args, p)),
    ...(rule.base ? [at(e, maker.args, '0.headers')] : []),
  ];
  const arg = Number((path ?? '').split('.')[0]);
  const sign =
    headers.some((v) => speaksFhir(v, 0)) ||
    namesIn(site, site.argSsa[arg] ?? -1, 0) ||
    [address, base].some((v) => isNamed(e, site.frame.fn, v, 0));
  const verb = verbOf(e, rule.verb, args);
  const cell = [site.spot.fn, ...site.spot.span, verb, sign ? 'fhir' : ''].join(':');
  const reader: ResolverAtom = { k: 'resolver', cell: `answer:${cell}`, how: 'answer', reducer: null };
  const given = answerOf(site, reader, [address, base]);
  if (given === NOTHING) return NOTHING;
  let out = NOTHING;
  for (const place of rule.at) out = placed(site, out, place, given);
  return out;
}

/** The call that made a client. */
function made(client: Value | null): { readonly args: readonly Value[] } {
  for (const a of client?.atoms ?? []) {
    if (a.k !== 'xinst') continue;
    for (let x = a, n = 0; n < 8; n++) {
      if (x.args && x.args.length > 0) return { args: x.args };
      if (x.from === null) break;
      x = x.from;
    }
  }
  return { args: [] };
}

const isThere = (v: Value): boolean =>
  (v.atoms.length > 0 && !v.atoms.every((a) => a.k === 'const' && (a.v === undefined || a.v === null))) ||
  (v.fields !== null && v.fields.size > 0);

function placed(site: CallSite, out: Value, place: string, given: Value): Value {
  const text = /^json\((.*)\)$/.exec(place);
  const path = (text?.[1] ?? place).split('.').slice(1);
  const last = path[path.length - 1] ?? '';
  let v = text ? asJson(given) : given;
  if (last.endsWith('()')) {
    path[path.length - 1] = last.slice(0, -2);
    const cell = `answered:${site.spot.fn}:${site.spot.span[0]}:${place}`;
    v = value([{ k: 'resolver', cell, how: 'gives', reducer: v }]);
  }
  return put(site, out, path, v);
}

/** Reads the address that `args` name (itself, and the base that the client was made with) now, or leaves it to the caller. */
export function answerOf(site: CallSite, reader: ResolverAtom, args: readonly Value[]): Value {
  const e = site.frame.e;
  const [, fn, from, to, verb, sign] = reader.cell.split(':');
  const [address = NOTHING, base = NOTHING] = args;
  const named = sign === 'fhir' || args.some((v) => isNamed(e, site.frame.fn, v, 0));
  let out = NOTHING;
  const asked = { verb: verb!, sign: named, host: (name: string) => hostOf(e, name) };
  for (const text of addresses(e, address, base)) {
    const answer = readAddress(e.fhir, text, asked);
    if (answer === 'open') {
      const cell = named && sign !== 'fhir' ? `${reader.cell}fhir` : reader.cell;
      const callee = value([{ ...reader, cell }]);
      return defer(site, { callee, method: null, self: null, args, kind: 'call' });
    }
    if (answer && answer.server !== null && verb === 'GET') e.reads(recordAt(answer.server));
    if (answer)
      out = join(out, resources(site, answer, { fn: Number(fn), span: [Number(from), Number(to)] }, [address]));
  }
  return out;
}

const recordAt = (server: string): string => `fhir:${server}`;

/** Whether a request goes to a FHIR server whose resources the code reads. */
export function isRecordServer(e: Engine, to: Value, args: readonly Value[]): boolean {
  const clients = to.atoms.flatMap((a) => (a.k === 'xinst' && !isAddress(a.sym) && a.args ? a.args : []));
  const base = clients.flatMap((c) => ['baseURL', 'prefixUrl', 'baseUrl'].map((k) => select(e, c, k))).find(isThere);
  const headers = [...args, ...clients].map((a) => select(e, a, 'headers'));
  const address = value(to.atoms.filter((a) => a.k !== 'xinst' || isAddress(a.sym)));
  const sign = headers.some((v) => speaksFhir(v, 0)) || [address, base ?? NOTHING].some((v) => isNamed(e, null, v, 0));
  const asked = { verb: '*', sign, host: (name: string) => hostOf(e, name) };
  const all = addresses(e, address, base ?? NOTHING).map((text) => readAddress(e.fhir, text, asked));
  return (
    all.length > 0 &&
    all.every((a) => a !== null && a !== 'open' && a.server !== null && e.readsFrom(recordAt(a.server)))
  );
}

function hostOf(e: Engine, name: string): 'fhir' | 'other' | null {
  const known = e.knowledge.host(name);
  if (!known) return null;
  return known.service === 'fhir' ? 'fhir' : 'other';
}

/** The values that an answer holds. */
function resources(site: CallSite, answer: FhirAnswer, spot: Spot, args: readonly Value[]): Value {
  const e = site.frame.e;
  let out = NOTHING;
  const also = answer.bundle === false ? [] : included(e.fhir, args);
  for (const name of new Set([...answer.types, ...also])) {
    const one = typedDefault(e, e.types.fhir(name), spot);
    const sure = mapData(one, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a));
    if (answer.bundle !== true && answer.types.includes(name)) out = join(out, sure);
    if (answer.bundle !== false) out = join(out, wrapBundle(site, sure));
  }
  return join(out, OPAQUE);
}

/** Texts that an address may be, completed by the client's base. */
function addresses(e: Engine, address: Value, base: Value): readonly string[] {
  const paths = address === NOTHING ? [''] : texts(e, address, 0);
  const bases = isThere(base) ? texts(e, base, 0) : [];
  if (bases.length === 0) return paths;
  return paths
    .flatMap((path) =>
      parseUrl(path).host !== null ? [path] : bases.map((b) => `${b.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`),
    )
    .slice(0, MOST);
}

function texts(e: Engine, v: Value, depth: number): readonly string[] {
  const out = new Set<string>();
  for (const a of v.atoms) {
    for (const text of textsOf(e, a, depth)) out.add(text);
    if (out.size >= MOST) break;
  }
  // A default beside what is not known says what it looks like.
  const told = [...out].filter((text) => text !== ANYTHING && text !== '');
  if (out.size === 0) return [ANYTHING];
  return told.length > 0 ? told : [...out];
}

function textsOf(e: Engine, a: Atom, depth: number): readonly string[] {
  switch (a.k) {
    case 'const':
      return a.v === undefined || a.v === null ? [] : [String(a.v)];
    case 'str': {
      if (depth > DEEPEST) return [ANYTHING];
      let all = [''];
      for (const part of a.parts) {
        const next = texts(e, part, depth + 1);
        all = all.flatMap((text) => next.map((n) => text + n)).slice(0, MOST);
      }
      return all;
    }
    case 'sym':
      // What comes out of a channel, no caller hands in.
      return [a.root.startsWith('cell:') || a.t.text ? ANYTHING : CALLERS];
    case 'alt':
      return depth > DEEPEST ? [ANYTHING] : texts(e, a.v, depth + 1);
    case 'xinst': {
      const [first, second] = a.args ?? [];
      if (!isAddress(a.sym) || !first || depth > DEEPEST) return [ANYTHING];
      return addresses(e, first, a.sym.endsWith('#URL') ? (second ?? NOTHING) : NOTHING);
    }
    case 'env':
    case 'label':
    case 'opaque':
      return [ANYTHING];
    default:
      return [];
  }
}

/** `Accept: application/fhir+json` among headers. */
function speaksFhir(v: Value, depth: number): boolean {
  if (v.atoms.some((a) => a.k === 'const' && typeof a.v === 'string' && /application\/(?:json\+)?fhir/i.test(a.v)))
    return true;
  if (depth >= 2) return false;
  for (const f of v.fields?.values() ?? []) if (speaksFhir(f, depth + 1)) return true;
  return v.atoms.some((a) => a.k === 'xinst' && (a.args ?? []).some((x) => speaksFhir(x, depth + 1)));
}

const isSign = (name: string): boolean => NAMED.test(name) && !BESIDE.test(name);

/** Whether what an address begins with is called after FHIR: an environment variable, a property, a parameter. */
function isNamed(e: Engine, fn: FnEntry | null, v: Value, depth: number): boolean {
  return v.atoms.some((a) => {
    if (a.k === 'env') return isSign(a.name);
    if (a.k === 'str') return depth < DEEPEST && a.parts.slice(0, 2).some((p) => isNamed(e, fn, p, depth + 1));
    if (a.k === 'xinst')
      return isAddress(a.sym) && depth < DEEPEST && (a.args ?? []).some((x) => isNamed(e, fn, x, depth + 1));
    if (a.k !== 'sym') return false;
    const last = a.path[a.path.length - 1];
    if (last !== undefined) return isSign(last);
    const param = /^p(\d+)$/.exec(a.root);
    const name = param ? fn?.facts.params[Number(param[1])]?.name : a.root.slice(a.root.indexOf('#') + 1);
    return name !== undefined && isSign(name);
  });
}

/** Whether the code calls what stands at the beginning of an address after FHIR. */
function namesIn(site: CallSite, ssa: number, depth: number): boolean {
  const def = ssa >= 0 ? site.frame.defs[ssa] : undefined;
  if (!def || depth > DEEPEST) return false;
  switch (def.op) {
    case 'concat':
      return def.parts.slice(0, 2).some((p) => namesIn(site, p, depth + 1));
    case 'load':
      return isSign(def.k);
    case 'getcap':
    case 'getvar':
      return isSign(def.name);
    case 'param':
      return isSign(site.frame.fn.facts.params[def.i]?.name ?? '');
    case 'import': {
      const b = site.frame.e.program.importBinding(site.frame.fn.file, def.i);
      return b.k === 'var' && isSign(b.name);
    }
    case 'typed':
      return namesIn(site, def.v, depth + 1);
    case 'phi':
      return def.ins.some((v) => namesIn(site, v, depth + 1));
    case 'call':
      return def.kind === 'new' && def.args.slice(0, 2).some((a) => namesIn(site, a.v, depth + 1));
    default:
      return false;
  }
}

/** `GET` where nothing is said; `*` where it is not known. */
function verbOf(e: Engine, verb: string | undefined, args: readonly Value[]): string {
  if (verb === undefined) return 'GET';
  if (/^[A-Z]+$/.test(verb)) return verb;
  const v = at(e, args, verb);
  if (!isThere(v)) return 'GET';
  const c = constants(v);
  return c?.length === 1 ? String(c[0]).toUpperCase() : '*';
}
