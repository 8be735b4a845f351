/** What goes out: from a modelled sink to a flow, composed call by call until data and recipient are both known. */
import type { RecipientRule, Sink } from '../knowledge/model.js';
import type { ResolvedMember } from '../knowledge/index.js';
import type { CallSite } from './call-site.js';
import { settleCleaned } from './cleaned.js';
import { channelKey, channelValue } from './channels.js';
import type { Frame } from './frame.js';
import { joinMarks } from './marks.js';
import { narrowAtom, narrowed, typeTest } from './narrow.js';
import { at, selectPath } from './select.js';
import { evaluate, substitute, type Substitution } from './substitute.js';
import type { Egress, Spot } from './summary.js';
import {
  addAtoms,
  AtomList,
  NOTHING,
  onlyHeld,
  value,
  type Guard,
  type Mark,
  type SymAtom,
  type Value,
} from './value.js';
import { constants, data, isAddress, marksIn, type DataAtom } from './contents.js';
import { join, joinAll } from './join.js';
import { mergeGuards } from './guards.js';

const MAX_EGRESS = 240;

/** A sink reached in the frame's own code (or in a callee resolved here). */
export function reach(
  site: CallSite,
  rm: ResolvedMember,
  sink: Sink,
  mod: string | null,
  recv: Value | null,
  args: readonly Value[],
): void {
  const { frame } = site;
  const e = frame.e;
  let to: Value | null = null;
  let kind: Egress['toKind'] = 'fixed';
  let rule: RecipientRule | null = null;
  const content = sink.content ?? ['*'];
  const spec = sink.to;
  if (spec === undefined) {
    const has = recv?.atoms.some((a) => a.k === 'xinst' || a.k === 'sym');
    if (recv && has) {
      to = onlyClients(recv);
      kind = 'instance';
    } else if (rm.vendor !== null) rule = { vendor: rm.vendor };
    else return;
  } else if ('arg' in spec) {
    to = at(e, args, spec.arg);
    kind = 'instance';
    rule = spec.text ?? null;
  } else if ('url' in spec) {
    kind = 'url';
    const paths = typeof spec.url === 'string' ? [spec.url] : spec.url;
    let url = NOTHING;
    for (const p of paths) {
      const v = at(e, args, p);
      if (v.atoms.length > 0 && !v.atoms.every((a) => a.k === 'const' && a.v === undefined)) {
        url = v;
        break;
      }
    }
    to = recv ? join(url, onlyClients(recv)) : url;
  } else if ('command' in spec) {
    const command = at(e, args, spec.command);
    for (const a of command.atoms) {
      if (a.k !== 'xinst' || !a.type) continue;
      const t = e.knowledge.type(a.type);
      if (!t?.command) continue;
      const commands: readonly Sink[] = Array.isArray(t.command) ? t.command : [t.command as Sink];
      for (const c of commands)
        reach(site, { ...rm, id: `${rm.id}(${t.id.slice(t.id.indexOf('#') + 1)})` }, c, mod, recv, a.args ?? []);
    }
    return;
  } else {
    rule = spec;
  }
  if (sink.when && definitelyNot(e, sink.when, args)) return;
  const base = {
    out: site.spot,
    place: site.spot,
    sink,
    vendor: rm.vendor,
    member: rm.id,
    mod,
    to,
    toKind: kind,
    rule,
    args: args.map((a) => options(a, 0)),
    guard: frame.guard.length > 0 ? frame.guard : null,
    chain: [] as Spot[],
  };
  let body: DataAtom[] = [];
  let url: DataAtom[] = [];
  let through: readonly Mark[] | null = null;
  const query = sink.query ?? [];
  const based = isBased(to);
  for (const p of content) {
    const v = contentAt(site, recv, args, p);
    through = joinMarks(through, marksIn(v));
    const d = p === sink.urlArg && !based ? inAddress(v) : data(v);
    if (query.includes(p) || (sink.urlArg !== undefined && (p === sink.urlArg || p.startsWith(`${sink.urlArg}.`))))
      url = addAtoms(url, d) as DataAtom[];
    else body = addAtoms(body, d) as DataAtom[];
  }
  if (sink.urlArg !== undefined && !content.includes(sink.urlArg))
    url = addAtoms(url, based ? data(at(e, args, sink.urlArg)) : inAddress(at(e, args, sink.urlArg))) as DataAtom[];
  settle(frame, { ...base, atoms: body, inUrl: false, inInstructions: false });
  settleCleaned(frame, { ...base, atoms: [], inUrl: false, inInstructions: false }, through);
  if (url.length > 0) settle(frame, { ...base, atoms: url, inUrl: true, inInstructions: false });
  const told = addAtoms(
    [],
    (sink.instructions ?? []).flatMap((p) => data(instructions(e, args, p))),
  ) as DataAtom[];
  if (told.length > 0) settle(frame, { ...base, atoms: told, inUrl: false, inInstructions: true });
}

/**
 * What an address tells the host that it names. An address that as a whole is what the record holds (a link to a document)
 * tells its host nothing; what was built into a text does.
 */
export function inAddress(given: Value): DataAtom[] {
  // Of a request only its address is one; its body is sent as such.
  const requests = given.atoms.filter((a) => a.k === 'xinst' && a.sym.endsWith('#Request'));
  const v =
    requests.length === 0
      ? given
      : joinAll(requests.map((a) => (a.k === 'xinst' ? (a.args?.[0] ?? NOTHING) : NOTHING)));
  const whole = new Set(v.atoms.filter((a) => a.k === 'label' && !a.t.text));
  let kept = data(v).filter((a) => !whole.has(a)) as DataAtom[];
  for (const a of v.atoms) {
    // `new URL(link)` is that link: in the place of its text stands what it was made of.
    const link = a.k === 'xinst' && a.sym.endsWith('#URL') && a.args?.length === 1 ? a.args[0]! : null;
    if (link === null) continue;
    const direct = link.atoms.filter((x): x is DataAtom => (x.k === 'label' || x.k === 'sym') && !x.t.text);
    kept = kept.filter((x) => !direct.some((y) => sameSource(x, y)));
    kept.push(...direct.filter((y) => y.k === 'sym'));
  }
  return kept;
}

function sameSource(a: DataAtom, b: DataAtom): boolean {
  if (a.k === 'label') return b.k === 'label' && a.place === b.place;
  return b.k === 'sym' && a.root === b.root && a.path.join() === b.path.join();
}

/** Whether a client of a known base sends it: then the address is a path below that. */
export function isBased(to: Value | null): boolean {
  return to !== null && to.atoms.some((a) => a.k === 'xinst' && !isAddress(a.sym));
}

/** Content of a sink: an argument, or what a channel holds. */
function contentAt(site: CallSite, recv: Value | null, args: readonly Value[], path: string): Value {
  if (!path.startsWith('channel:')) return at(site.frame.e, args, path);
  const key = channelKey(site, path.slice(8), recv ?? NOTHING, args);
  return key === null ? NOTHING : channelValue(key);
}

/** Emits what is known, keeps what is not. */
function settle(frame: Frame, g: Egress): void {
  const e = frame.e;
  if (g.to?.symbolic) {
    if (g.guard || !onlyHeld(g.to) || !g.args.every(onlyHeld)) {
      keep(frame, g);
      return;
    }
    // Who receives is in a channel: no caller can say more about it.
    const given = g.atoms.filter(
      (a): a is SymAtom => a.k === 'sym' && (a.guard !== null || !a.root.startsWith('cell:')),
    );
    e.wait({ ...g, atoms: g.atoms.filter((a) => a.k !== 'sym' || !given.includes(a)) }, frame.by);
    if (given.length > 0) keep(frame, { ...g, atoms: given });
    return;
  }
  e.use(g, frame.by);
  const labels = g.atoms.filter((a) => a.k === 'label');
  if (labels.length > 0) e.emit({ ...g, atoms: labels }, frame.by);
  const syms = g.atoms.filter((a): a is SymAtom => a.k === 'sym');
  if (syms.length === 0) return;
  // What channels hold is the same for every caller: it waits for the channels, not for them.
  const held = g.guard ? [] : syms.filter((a) => a.root.startsWith('cell:') && !a.guard);
  if (held.length > 0) e.wait({ ...g, atoms: held }, frame.by);
  if (held.length < syms.length) keep(frame, { ...g, atoms: syms.filter((a) => !held.includes(a)) });
}

function keep(frame: Frame, g: Egress): void {
  const key = `${g.out.fn}:${g.out.span[0]}:${g.member}:${g.place.fn}:${g.place.span[0]}:${g.place.span[1]}:${which(g)}`;
  const old = frame.egress.get(key);
  if (old) {
    frame.egress.set(key, {
      ...old,
      atoms: addAtoms(old.atoms, g.atoms) as DataAtom[],
      to: old.to && g.to ? join(old.to, g.to) : (old.to ?? g.to),
    });
    return;
  }
  if (frame.egress.size >= MAX_EGRESS) {
    frame.e.gap('outbound effects beyond bound');
    frame.e.leftOut(frame.fn.id, 'more outbound calls than can be followed');
    return;
  }
  frame.egress.set(key, g);
}

/** Effects of one call that differ in where the data stand. */
function which(g: Egress): number {
  return g.inUrl ? 1 : g.inInstructions ? 2 : 0;
}

/** The value at a path of `Sink.instructions`: of a marked list, the elements whose field may have one of the words. */
function instructions(e: Frame['e'], args: readonly Value[], path: string): Value {
  const marked = /^(.+)\[(\w+)=([\w|]+)\]$/.exec(path);
  if (!marked) return at(e, args, path);
  const [, list = '', field = '', words = ''] = marked;
  let out = NOTHING;
  for (const [key, element] of at(e, args, list).fields ?? []) {
    const mark = element.fields?.get(field);
    const says = mark === undefined ? null : constants(mark);
    if ((key === '*' || /^\d+$/.test(key)) && says?.some((x) => words.split('|').includes(String(x))) === true)
      out = join(out, element);
  }
  return out;
}

/** Composes one outbound effect of a callee at a call. */
export function emitOrKeep(site: CallSite, g: Egress, sub: Substitution, inline: boolean): void {
  const { frame } = site;
  const e = frame.e;
  let guard = g.guard;
  if (guard) {
    guard = evaluate(e, guard, sub);
    if (guard === null) return;
  }
  guard = mergeGuards(guard, frame.guard);
  const to = g.to ? substitute(e, g.to, sub) : null;
  const known = g.to !== null && g.to.symbolic && !(to?.symbolic ?? false);
  const args = g.args.some((a) => a.open) ? g.args.map((a) => substitute(e, a, sub)) : g.args;
  const handedOver = new AtomList([]);
  const left = new AtomList([]);
  let through: readonly Mark[] | null = null;
  const within = new Map<number, AtomList>();
  for (const a of g.atoms) {
    const v = substitute(e, value([a]), sub);
    if (v.marks !== null) through = joinMarks(through, marksIn(v));
    const d = leftBy(
      e,
      g.guard,
      a,
      sub,
      g.inUrl && !isBased(to) && a.k === 'sym' && !a.t.text ? inAddress(v) : data(v),
    );
    const given = a.k === 'sym' ? sub.own?.get(a.root) : undefined;
    const symbol =
      known || (a.k === 'sym' && (a.root[0] === 'p' || a.root.startsWith('def:')) && sub.get(a.root) !== null);
    for (const x of d) {
      const here = symbol && (known || given === undefined || given.has(x.k === 'label' ? x.srcFn : -1));
      // What a parameter's own type promises begins in the callee: it was handed over there, not here.
      const own = x.k === 'label' && x.srcFn === g.place.fn && !known;
      // So does what a function further in says of what it is given, where no caller knew more.
      const inner =
        x.k === 'label' && x.ev === 3 && here && !own && !known ? g.chain.findIndex((at) => at.fn === x.srcFn) : -1;
      if (inner >= 0 && x.k === 'label' && !arrived(x.srcFn, a, sub)) {
        const there = within.get(inner) ?? new AtomList([]);
        within.set(inner, there);
        there.add(x);
        continue;
      }
      // Nobody in the code base calls an entry: what it was given from outside is handed over inside of it.
      if (here && !own && !inline && !site.entry) handedOver.add(x);
      else left.add(x);
    }
  }
  const handed = handedOver.done() as readonly DataAtom[];
  const stored = left.done() as readonly DataAtom[];
  const next = { ...g, to, args, guard };
  if (handed.length > 0)
    settle(frame, {
      ...next,
      atoms: handed,
      place: site.entry ? g.place : site.spot,
      chain: g.chain.length < 8 ? [g.place, ...g.chain] : g.chain,
    });
  if (stored.length > 0) settle(frame, { ...next, atoms: stored });
  for (const [at, atoms] of within)
    settle(frame, {
      ...next,
      atoms: atoms.done() as readonly DataAtom[],
      place: g.chain[at]!,
      chain: g.chain.slice(at + 1),
    });
  settleCleaned(frame, { ...next, atoms: [] }, through);
  if (handed.length === 0 && stored.length === 0 && within.size === 0 && g.to?.symbolic)
    settle(frame, { ...next, atoms: [] });
}

/** Whether what a symbol stands for came with data that began in function `fn` already: an earlier call's result. */
function arrived(fn: number, a: DataAtom, sub: Substitution): boolean {
  const v = a.k === 'sym' ? sub.get(a.root) : null;
  return v !== null && data(v).some((x) => x.k === 'label' && x.srcFn === fn);
}

/** Of what a symbol stood for, what its own tests leave: of a union, the member that is meant. */
function leftBy(
  e: Frame['e'],
  guard: Guard | null,
  a: DataAtom,
  sub: Substitution,
  d: readonly DataAtom[],
): readonly DataAtom[] {
  if (guard === null || a.k !== 'sym') return d;
  let out = d;
  for (const t of guard) {
    const asked = t.root === a.root ? typeTest(t) : null;
    if (!asked || !asked.path.every((k, i) => k === a.path[i])) continue;
    if (asked.path.length < a.path.length) {
      const whole = selectPath(e, sub.get(a.root) ?? NOTHING, asked.path);
      const meant = narrowed(e, whole, asked.test, !t.negated);
      if (meant === whole) continue;
      // A property of the member that is meant, not one that another member has by the same name.
      const places = new Set<unknown>();
      for (const x of data(selectPath(e, meant, a.path.slice(asked.path.length))))
        if (x.k === 'label') places.add(x.place);
      out = out.filter((x) => x.k !== 'label' || places.has(x.place));
      continue;
    }
    out = out.flatMap((x) => {
      // That it was made text of on the way says nothing of what was tested.
      const left = narrowAtom(e, a.t.text ? { ...x, t: { ...x.t, text: false } } : x, asked.test, !t.negated);
      return left ? [{ ...(left as DataAtom), t: x.t }] : [];
    });
  }
  return out;
}

/** Clients and symbols: what can say who receives. */
function onlyClients(v: Value): Value {
  return value(v.atoms.filter((a) => a.k === 'xinst' || a.k === 'sym'));
}

/** Constants and symbols of an argument, for conditions and model names; the content itself is left out. */
function options(v: Value, depth: number): Value {
  const atoms = v.atoms.filter(
    (a) =>
      a.k === 'const' ||
      a.k === 'env' ||
      a.k === 'sym' ||
      a.k === 'str' ||
      a.k === 'built' ||
      (a.k === 'xinst' && depth > 0),
  );
  if (!v.fields || depth >= 2 || v.fields.size > 40) return value(atoms);
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields) if (f.depth <= 1) fields.set(k, options(f, depth + 1));
  return value(atoms, fields);
}

function definitelyNot(e: Frame['e'], c: NonNullable<Sink['when']>, args: readonly Value[]): boolean {
  const path = c.value.startsWith('call:') ? c.value.slice(5) : c.value;
  if (path.includes(':')) return false;
  const v = constants(at(e, args, path));
  if (!v) return false;
  if (c.present !== undefined) return v.every((x) => (x !== undefined) !== c.present);
  if (c.is !== undefined) return v.every((x) => x !== c.is);
  if (c.isNot !== undefined) return v.every((x) => x === c.isNot);
  if (c.matches !== undefined) {
    const re = new RegExp(c.matches);
    return v.every((x) => !re.test(String(x)));
  }
  return false;
}
