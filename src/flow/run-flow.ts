/** Runs the data movement that rules/ declare for one call (`Member.flow`, `Member.callbacks`). */
import type { Member } from '../knowledge/model.js';
import { withEach } from './alternatives.js';
import { answered, sinksOf } from './answered.js';
import { callStep, atLibrary, applied } from './applied.js';
import type { CallSite } from './call-site.js';
import { channelKey, storeInChannel, channelValue, setter } from './channels.js';
import { chosen } from './choice.js';
import { withColumns } from './columns.js';
import { constants, carries, text, mapData, data, marksIn } from './contents.js';
import type { Engine } from './engine.js';
import { plainOf, instanceOf } from './exposed.js';
import { rejectedWith, updateAny, update, settled, rejection, spread, madeOf, asJson } from './fields.js';
import { give, callback, callAll, isBeginning, nameOf } from './flow-callbacks.js';
import { elements, project, flattened } from './flow-lists.js';
import { forEach, parseFlow, parseCallback, type FlowTerm, segments } from './flow-rules.js';
import type { Run } from './flow-run.js';
import { join, joinAll } from './join.js';
import { parsed } from './schemas.js';
import { at, select } from './select.js';
import { namesAt, sourceValue } from './sources.js';
import { filled } from './templates.js';
import type { Type } from './types/type.js';
import { type Value, NOTHING, type XInstAtom, value, constant, OPAQUE } from './value.js';

export function runFlow(
  site: CallSite,
  m: Member,
  recv: Value | null,
  args: readonly Value[],
  receiver: Value | null,
): Value {
  const run: Run = { site, member: m, self: receiver ?? recv ?? NOTHING, args, called: new Map() };
  const listed = forEach(m.flow ?? [], (where) => [...(argument(run, where).fields?.keys() ?? [])]);
  const rules = parseFlow(listed).filter((r) => r.when === null || isGiven(run, r.when.path) === r.when.given);
  for (const [key, type] of Object.entries(m.callbacks ?? {})) {
    const cb = parseCallback(key);
    const [param, ...path] = cb?.rest.split('.') ?? [];
    const x: XInstAtom = {
      k: 'xinst',
      type,
      sym: type,
      args: null,
      path: '',
      fn: site.spot.fn,
      span: site.spot.span,
      from: null,
      via: [],
      wraps: [],
    };
    if (cb) give(run, cb.ref, Number(param), put(site, NOTHING, path, value([x])));
  }
  for (const r of rules)
    if (r.to.k === 'cb' && r.from.k !== 'cbret')
      give(run, r.to.cb, r.to.param, put(site, NOTHING, r.to.path, evaluate(run, r.from)));
  for (const r of rules) {
    if (r.from.k === 'cbret' || r.from.k === 'cbthrow' || r.from.k === 'cb') callback(run, r.from.cb);
    if (r.to.k === 'cb') callback(run, r.to.cb);
  }
  callAll(run, rules);
  let out: Value = NOTHING;
  for (const r of rules) {
    if (r.to.k === 'cb') continue;
    if (r.to.k === 'return' && r.to.path.length === 0 && isBeginning(run, rules, r)) continue;
    const v = evaluate(run, r.from);
    if (v !== NOTHING) out = deliver(run, r.to, v, out);
  }
  return out;
}

/**
 * The value at an argument path; `this.0` is an argument of the call that made the receiver, `this.from` the object whose
 * member that call was.
 */
export function argument(run: Run, where: string): Value {
  const { e } = run.site.frame;
  if (where === 'this') return run.self;
  if (!where.startsWith('this.')) return at(e, run.args, where);
  const made = run.self.atoms.find((a): a is XInstAtom => a.k === 'xinst');
  if (where === 'this.from') return made?.from ? value([made.from]) : NOTHING;
  return at(e, made?.args ?? [], where.slice(5));
}

/** `0.agents.{0}`: the property that an argument names; any of them if it is not constant. */
export function named(run: Run, where: string): string {
  return where.replace(/\.?\{(\d+)\}/g, (_, n: string) => {
    const names = constants(run.args[Number(n)] ?? NOTHING);
    return names?.length === 1 && typeof names[0] === 'string' ? `.${names[0]}` : '[]';
  });
}

/** Whether an argument is there, as far as the call shows. */
export function isGiven(run: Run, where: string): boolean {
  // `0.length`: what has parameters, a function.
  if (where.endsWith('.length'))
    return argument(run, where.slice(0, -'.length'.length)).atoms.some((a) => a.k === 'fn');
  // `0.{any}`: an object, or a list, of which the code names what is in it.
  if (where.endsWith('.{any}'))
    return [...(argument(run, where.slice(0, -'.{any}'.length)).fields?.keys() ?? [])].some((k) => k !== '*');
  const v = argument(run, where);
  return v.fields !== null || v.atoms.some((a) => a.k !== 'const' || a.v !== undefined);
}

/** Takes a value to where a rule says; gives the call's result as it is then. */
function deliver(run: Run, to: FlowTerm, v: Value, out: Value): Value {
  const { site, args } = run;
  switch (to.k) {
    case 'return':
      return put(site, out, keyed(run, to.path), v);
    case 'error':
      return rejectedWith(out, v);
    case 'this':
      write(site, site.selfSsa, keyed(run, to.path), v);
      return out;
    case 'arg': {
      write(site, site.argSsa[to.arg] ?? -1, keyed(run, to.path), v);
      return out;
    }
    case 'instead': {
      const ssa = to.of < 0 ? site.selfSsa : (site.argSsa[to.of] ?? -1);
      // Of what nobody knows what is in it, nothing is known to be gone.
      if (ssa !== -1 && (site.frame.get(ssa).fields !== null || carries(v))) site.frame.mutate(ssa, v);
      return out;
    }
    case 'throw':
      site.frame.throws(v);
      return out;
    case 'channel': {
      const key = channelKey(site, to.name, run.self, args);
      if (key !== null) storeInChannel(site, key, put(site, NOTHING, to.path, v));
      return out;
    }
    default:
      return out;
  }
}

function write(site: CallSite, ssa: number, path: readonly string[], v: Value): void {
  if (ssa === -1) return;
  const now = site.frame.get(ssa);
  site.frame.mutate(
    ssa,
    path.length === 0
      ? join(now, v)
      : path[0] === '*'
        ? updateAny(now, v)
        : update(
            now,
            path[0]!,
            path.length === 1 ? v : put(site, select(site.frame.e, now, path[0]!), path.slice(1), v),
          ),
  );
}

/** Writes a result at a path, making the containers on the way. */
export function put(site: CallSite, into: Value, path: readonly string[], v: Value): Value {
  if (path.length === 0) return join(into, v);
  const [head, ...rest] = path;
  const base =
    into.atoms.length > 0
      ? into
      : value([{ k: 'built', array: head === '*', fn: site.spot.fn, span: null }], into.fields);
  const next = put(site, base.fields?.get(head!) ?? NOTHING, rest, v);
  return value(base.atoms, new Map([...(base.fields ?? []), [head!, next]]), into.marks);
}

function path(e: Engine, v: Value, keys: readonly string[]): Value {
  let out = v;
  for (const k of keys) out = select(e, out, k);
  return out;
}

/** `{0}` in a path is the path of keys that the argument names (`'a.b'`, `['a', 'b']`); any key if it is not constant. */
function keyed(run: Run, keys: readonly string[]): readonly string[] {
  return keys.flatMap((k) => {
    const m = /^\{(lower:)?(\d+)\}$/.exec(k);
    if (!m) return [k];
    const given = run.args[Number(m[2])] ?? NOTHING;
    const list = elements(run.site.frame.e, given);
    const named = (list.length > 0 ? list : [given]).map((v) => constants(v));
    if (named.some((c) => c?.length !== 1 || (typeof c[0] !== 'string' && typeof c[0] !== 'number'))) return ['*'];
    return named.flatMap((c) =>
      m[1]
        ? [String(c![0]).toLowerCase()]
        : String(c![0])
            .split(/[.[\]]+/)
            .filter((x) => x !== ''),
    );
  });
}

export function evaluate(run: Run, t: FlowTerm): Value {
  const { site, self, args } = run;
  const e = site.frame.e;
  switch (t.k) {
    case 'this':
      return t.settled ? settled(self) : as(t, path(e, self, keyed(run, t.path)));
    case 'args': {
      const [head, ...keys] = t.path.includes('{') ? segments(t.path) : [];
      if (head !== undefined) return as(t, path(e, args[Number(head)] ?? NOTHING, keyed(run, keys)));
      return as(t, t.path === '*[]' ? joinAll(args.map((a) => select(e, a, '*'))) : at(e, args, t.path));
    }
    case 'error':
      return rejection(evaluate(run, t.of));
    case 'cbret': {
      const v = path(e, run.called.get(nameOf(t.cb))?.result ?? NOTHING, t.path);
      return t.text ? text(v) : v;
    }
    case 'cbthrow':
      return run.called.get(nameOf(t.cb))?.thrown ?? NOTHING;
    case 'cb': {
      const c = run.called.get(nameOf(t.cb));
      return path(e, c?.after[t.param] ?? NOTHING, t.path);
    }
    case 'spread': {
      let out = args[0] ?? NOTHING;
      for (let n = 1; n < args.length; n++) {
        const into = out;
        const ssa = site.argSsa[n] ?? -1;
        out =
          ssa >= 0 && site.frame.get(ssa) === args[n]
            ? withEach(site.frame, ssa, (one) => spread(into, one))
            : spread(into, args[n]!);
      }
      return out;
    }
    case 'emptied':
      return value(self.atoms.filter((a) => a.k !== 'label'));
    case 'project':
      return project(e, t.of === 'this' ? self : at(e, args, t.of), at(e, args, t.keys), t.keep);
    case 'bind': {
      const list = /^(\d+)\.\.$/.exec(t.given);
      const given = list ? args.slice(Number(list[1])) : elements(e, at(e, args, t.given.replace('[]', '')));
      return value(
        at(e, args, t.of).atoms.flatMap((a) => (a.k === 'fn' ? [{ ...a, bound: [...a.bound, ...given] }] : [])),
      );
    }
    case 'channel': {
      const key = channelKey(site, t.name, self, args);
      return key === null ? NOTHING : channelValue(key, t.path, declaredType(site, t.typeArg), site.spot);
    }
    case 'setter': {
      const key = channelKey(site, t.name, self, args);
      const by = t.by === null ? null : at(e, args, t.by);
      return key === null ? NOTHING : setter(key, t.how, by);
    }
    case 'getter': {
      const key = channelKey(site, t.name, self, args);
      return key === null ? NOTHING : setter(key, 'read');
    }
    case 'json': {
      const v = evaluate(run, t.of);
      return t.back ? madeOf(v) : asJson(v);
    }
    case 'chosen': {
      const v = evaluate(run, t.of);
      const one =
        'path' in t.of && /(\[\]|\*)$/.test(typeof t.of.path === 'string' ? t.of.path : (t.of.path.at(-1) ?? ''));
      return chosen(site.frame, v, argument(run, t.by.at), !one, t.truthy);
    }
    case 'flat': {
      const v = evaluate(run, t.of);
      return flattened(site, t.of.k === 'cbret' ? put(site, NOTHING, ['*'], v) : v);
    }
    case 'guess':
      return mapData(evaluate(run, t.of), (a) => (a.ev > 1 ? { ...a, ev: 1 } : a));
    case 'piped': {
      const fns = functionsAt(run, t.by);
      const given = evaluate(run, t.of);
      if (fns.length > 0) return fns.reduce((v, f) => callStep(atLibrary(site), f, v), given);
      // Of steps in an order that the code does not show, each may be the first.
      const any = t.by.endsWith('..') ? NOTHING : select(e, argument(run, t.by.replace('[]', '')), '*');
      return any === NOTHING ? given : join(given, callStep(atLibrary(site), any, given));
    }
    case 'called': {
      const by = argument(run, t.by);
      return by === NOTHING ? NOTHING : callStep(atLibrary(site), by, evaluate(run, t.of));
    }
    case 'instance': {
      const v = at(e, args, t.of);
      return t.cls === null ? plainOf(e, v, t.by) : instanceOf(e, at(e, args, t.cls), v, t.by);
    }
    case 'columns':
      return withColumns(e, evaluate(run, t.of), namesAt(e, args, t.by, self), site.spot);
    case 'keyed':
      return setter(`cell:${t.name}`, t.how);
    case 'giver':
      return setter('cell:!', 'gives', evaluate(run, t.of));
    case 'source':
      return run.member.source ? sourceValue(site, run.member.source, args, self) : NOTHING;
    case 'answer':
      return answered(site, sinksOf(run.member), args) ?? NOTHING;
    case 'shaped': {
      const of = evaluate(run, t.of);
      return parsed(e, argument(run, t.by), 'parse', [of], site.spot) ?? of;
    }
    case 'filled':
      return filled(e, argument(run, t.by), evaluate(run, t.of));
    case 'place': {
      const names = constants(at(e, args, t.of));
      return names?.length === 1 ? constant(`{${String(names[0])}}`) : OPAQUE;
    }
    case 'compose': {
      const fns = functionsAt(run, t.of);
      return applied(site.spot, 'compose', t.reversed ? fns.reverse() : fns);
    }
    case 'made':
      return argument(run, `this.${named(run, t.path)}`);
    case 'data': {
      const v = evaluate(run, t.of);
      return text(value(data(v), null, marksIn(v)));
    }
    case 'whole': {
      const v = evaluate(run, t.of);
      return text(value(v.atoms, null, v.marks));
    }
    case 'promisified':
      return applied(site.spot, 'promisify', [at(e, args, t.of)]);
    case 'const':
      return constant(t.value);
    case 'unknown':
      return OPAQUE;
    default:
      return NOTHING;
  }
}

/** Functions that stand in a list of arguments, in order. */
function functionsAt(run: Run, where: string): Value[] {
  const rest = /^(\d+)\.\.$/.exec(where);
  return rest
    ? [...run.args.slice(Number(rest[1]))]
    : elements(run.site.frame.e, argument(run, where.replace('[]', '')));
}

/** The type argument of a call, for what nothing else is known of. */
function declaredType(site: CallSite, index: number | null): Type | null {
  const ref = index === null ? undefined : site.typeArgs?.[index];
  const fn = site.frame.e.program.fns[site.typesIn ?? site.spot.fn]!;
  const t = ref ? site.frame.e.types.resolve(fn.file.path, fn.index, ref) : null;
  return t && t.k !== 'any' && t.k !== 'prim' && t.k !== 'lit' ? t : null;
}

export function as(t: { readonly text: boolean; readonly year: boolean }, v: Value): Value {
  const out = t.text ? text(v) : v;
  return t.year ? mapData(out, (a) => ({ ...a, t: { ...a.t, year: true } })) : out;
}
