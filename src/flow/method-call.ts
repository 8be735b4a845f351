/** `receiver.name(…)`: which functions that may be, and what each of them does here. */
import type { ResolvedMember } from '../knowledge/index.js';
import type { CallSite } from './call-site.js';
import { callValue, apply, fnAtom, clientOfType, under } from './call.js';
import { attachedValue } from './attached.js';
import { typeOf } from './symbol-type.js';
import { givenToNext, storeInChannel } from './channels.js';
import { bodyFromCallers } from './conventions.js';
import { calledAsDeclared } from './declared-call.js';
import { defer, beside } from './defer.js';
import { parseFlow } from './flow-rules.js';
import type { Engine } from './engine.js';
import type { Frame } from './frame.js';
import { callExternal, callBuiltin } from './library.js';
import { callUnmodelled } from './unmodelled.js';
import { keptMethod } from './kept-members.js';
import { parsedByName, describesData } from './schemas.js';
import { select, typedDefault } from './select.js';
import type { Type, TypeSystem } from './types/type.js';
import { type Value, NOTHING, UNDEFINED, value, type FnAtom, type SymAtom, type XInstAtom } from './value.js';
import { join } from './join.js';
import { mergeGuards, guarded } from './guards.js';
import { mapData } from './contents.js';

const BY_NAME = 3;

/** Names of built-in methods that projects give to their own as well. */
const AMBIGUOUS = new Set([
  'find',
  'get',
  'set',
  'add',
  'search',
  'match',
  'test',
  'append',
  'next',
  'exec',
  'encode',
  'decode',
  'fill',
  'values',
  'delete',
  'has',
  'clear',
  'json',
  'text',
  'normalize',
]);

export function callMethod(site: CallSite, recv: Value, name: string, args: readonly Value[]): Value {
  const { frame } = site;
  const e = frame.e;
  let out = NOTHING;
  let builtin = false;
  let asDeclaredOnly = false;
  const own = recv.fields?.get(name);
  let handled = false;
  if (own) {
    out = join(out, callValue(site, own, recv, args, 'call'));
    handled = true;
  }
  for (const a of recv.atoms) {
    if (a.k === 'alt') {
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(out, guarded(callMethod({ ...site, selfSsa: -1 }, a.v, name, args), a.guard));
      frame.guard = before;
      handled = true;
      continue;
    }
    if (a.guard && a.k !== 'sym' && a.k !== 'label' && recv.atoms.length > 1) {
      const before = frame.guard;
      frame.guard = mergeGuards(before, a.guard) ?? [];
      out = join(
        out,
        guarded(
          callMethod(
            site,
            value([{ ...a, guard: null }], a.k === 'inst' || a.k === 'built' ? recv.fields : null),
            name,
            args,
          ),
          a.guard,
        ),
      );
      frame.guard = before;
      handled = true;
      continue;
    }
    switch (a.k) {
      case 'inst': {
        if (own && a.exact) break;
        const classes = a.exact ? [a.cls] : e.program.withSubclasses(a.cls);
        const done = new Set<number>();
        for (const c of classes) {
          const m = e.program.member(c, name, 'method');
          const written = m && 'fn' in m ? m.fn : null;
          const kept = keptMethod(e, c, name, written);
          if (kept) {
            done.add(written ?? -1);
            out = join(out, callValue(site, kept, recv, args, 'call'));
            handled = true;
          } else if (m && 'fn' in m && m.fn >= 0) {
            if (done.has(m.fn)) continue;
            done.add(m.fn);
            out = join(out, asDeclared(site, apply(site, fnAtom(frame, m.fn), recv, args), recv, c, name));
            handled = true;
          } else if (m && 'base' in m) {
            out = join(out, callExternal(site, { ...clientOfType(m.base, site.spot), path: name }, recv, args));
            handled = true;
          }
        }
        if (done.size === 0 && !own) {
          const f = select(e, recv, name);
          if (f.atoms.some((x) => x.k === 'fn' || x.k === 'sym' || (x.k === 'opaque' && x.type?.k === 'fn'))) {
            out = join(out, callValue(site, f, recv, args, 'call'));
            handled = true;
          } else builtin = true;
        }
        break;
      }
      case 'class': {
        const m = e.program.member(a.cls, name, 'method', true);
        if (m && 'fn' in m && m.fn >= 0) out = join(out, apply(site, fnAtom(frame, m.fn), recv, args));
        else if (m && 'base' in m && e.knowledge.member(m.base, name)) {
          const x = { ...clientOfType(m.base, site.spot), path: name };
          out = join(out, callExternal(site, x, value([a]), args));
        } else out = join(out, callValue(site, select(e, recv, name), recv, args, 'call'));
        handled = true;
        break;
      }
      case 'module':
        out = join(out, callValue(site, select(e, value([a]), name), null, args, 'call'));
        handled = true;
        break;
      case 'ext': {
        const path = a.path === '' ? name : `${a.path}.${name}`;
        out = join(out, callExternal(site, { ...a, path }, recv, args));
        handled = true;
        break;
      }
      case 'xinst': {
        const path = a.path === '' ? name : `${a.path}.${name}`;
        const modelled = isModelled(e, a, name);
        const attached = modelled ? NOTHING : attachedValue(e, a, name);
        if (attached !== NOTHING) {
          out = join(out, callValue(site, attached, recv, args, 'call'));
          handled = true;
          break;
        }
        // A query that is what it will give as well: the library's own methods take the data along, others are the data's.
        const labels = recv.atoms.filter((x) => x.k === 'label' || (modelled && x.k === 'sym'));
        const data = recv.fields !== null || labels.length > 0;
        if (data && !modelled && a.type !== null && e.knowledge.method(name)) {
          builtin = true;
          break;
        }
        // What was put into it goes along: a bundle's entries into `unbundle()`.
        const self = value(data && modelled ? [a, ...labels] : [a], recv.fields, recv.marks);
        out = join(out, callExternal(site, { ...a, path }, self, args));
        handled = true;
        break;
      }
      case 'fn':
        if (name === 'call' || name === 'apply' || name === 'bind') {
          out = join(out, functionMethod(site, a, name, args));
          handled = true;
        } else builtin = true;
        break;
      case 'sym':
        out = join(out, symbolicMethod(site, a, recv, name, args));
        handled = true;
        break;
      case 'opaque': {
        const declared = a.type && !own && !handled ? calledAsDeclared(site, a.type, name, args) : null;
        if (declared === null) builtin = true;
        else {
          out = join(out, declared);
          handled = true;
          asDeclaredOnly = true;
        }
        break;
      }
      case 'built':
        if (a.generator !== undefined && name === 'next' && args[0])
          storeInChannel(site, givenToNext(a.generator), args[0]);
        // What a library's collection was made of has the collection's methods.
        if (!recv.atoms.some((x) => x.k === 'xinst' && takesItsOwn(e, x, name))) builtin = true;
        break;
      case 'label':
      case 'str':
      case 'const':
      case 'env':
        builtin = true;
        break;
      case 'test':
      case 'resolver':
        break;
    }
  }
  if (builtin && !own && !asDeclaredOnly) {
    const known = e.knowledge.method(name);
    if (known) out = join(out, callBuiltin(site, known, recv, args));
    else if (!handled) {
      const only = recv.atoms.every((a) => a.k === 'opaque');
      const ids = only ? e.program.methodsByName.get(name) : undefined;
      if (ids && ids.length <= BY_NAME && name.length > 3) {
        for (const fn of ids) out = join(out, weaken(apply({ ...site, guess: true }, fnAtom(frame, fn), recv, args)));
      } else out = join(out, parsedByName(e, name, args, site.spot) ?? callUnmodelled(site, recv, args));
      // What a method of something from outside gives (`snapshot.data()`) is from outside.
      for (const a of recv.atoms) if (a.k === 'opaque' && a.request) out = join(out, value([a]));
    }
  }
  if (recv.atoms.length === 0 && !own) {
    const known = e.knowledge.method(name);
    out = known
      ? callBuiltin(site, known, recv, args)
      : (parsedByName(e, name, args, site.spot) ?? callUnmodelled(site, recv, args));
  }
  return out;
}

/** Whether the rules describe this method of an object of a package. */
function isModelled(e: Engine, a: XInstAtom, name: string): boolean {
  return a.type !== null && e.knowledge.member(a.type, under(a.path, name)) !== null;
}

/** Whether the rules say what the method does with what was put into the object. */
function takesItsOwn(e: Engine, a: XInstAtom, name: string): boolean {
  const found = a.type === null ? null : e.knowledge.member(a.type, under(a.path, name));
  return found?.member.flow?.some((rule) => rule.includes('this')) === true;
}

/** A method's result of which its body says nothing, as the receiver's class declares it: `class Patients extends Store<Patient>`. */
function asDeclared(site: CallSite, out: Value, recv: Value, cls: number, name: string): Value {
  const { program, types } = site.frame.e;
  if (!isBlank(types, out)) return out;
  const c = program.classes[cls]!;
  const said = recv.atoms.find((a) => a.k === 'opaque' && a.type !== null && types.classes(a.type).length > 0);
  const t = said?.k === 'opaque' && said.type !== null ? said.type : types.classType(c.file.path, c.index);
  return promised(site, out, t, name);
}

function promised(site: CallSite, out: Value, t: Type, name: string): Value {
  const { e } = site.frame;
  if (!isBlank(e.types, out)) return out;
  const method = e.types.member(t, name);
  const gives = method && e.types.returns(method);
  const one = gives && e.types.awaited(gives);
  return one && one.k !== 'any' && one.k !== 'prim' && one.k !== 'lit'
    ? join(out, typedDefault(e, one, site.spot))
    : out;
}

/** Whether nothing is known of it, a list of such included. */
function isBlank(types: TypeSystem, v: Value): boolean {
  const blank = (t: Type | null): boolean =>
    t === null || t.k === 'any' || (t.k === 'array' && blank(types.element(t)));
  if (v.fields !== null && (v.fields.size > 1 || !isBlank(types, v.fields.get('*') ?? UNDEFINED))) return false;
  return v.atoms.every((a) => (a.k === 'opaque' && blank(a.type)) || (a.k === 'built' && a.array));
}

function weaken(v: Value): Value {
  return mapData(v, (a) => (a.ev > 2 ? { ...a, ev: 2 } : a));
}

function functionMethod(site: CallSite, f: FnAtom, name: string, args: readonly Value[]): Value {
  const [self, ...rest] = args;
  if (name === 'call') return apply(site, f, self ?? null, rest);
  if (name === 'apply') {
    const list = rest[0] ?? NOTHING;
    const params = site.frame.e.program.fns[f.fn]!.facts.params.map((_, n) => select(site.frame.e, list, String(n)));
    return apply(site, f, self ?? null, params);
  }
  return value([{ ...f, self: self ?? f.self, bound: [...f.bound, ...rest] }]);
}

/** A method of a caller's value: by its declared type now, or when the caller is known. */
function symbolicMethod(site: CallSite, a: SymAtom, recv: Value, name: string, args: readonly Value[]): Value {
  const { frame } = site;
  const e = frame.e;
  const self = value([a]);
  const whole = recv.atoms.length === 1 ? recv : self;
  const t = typeOf(frame, a);
  if (t) {
    const targets = new Set<number>();
    for (const c of e.types.classes(t)) {
      const file = e.program.file(c.file);
      const m = file ? e.program.member(file.clsBase + c.cls, name, 'method') : null;
      if (m && 'fn' in m && m.fn >= 0) targets.add(m.fn);
      const kept = file && keptMethod(e, file.clsBase + c.cls, name, m && 'fn' in m ? m.fn : null);
      if (kept) return promised(site, callValue(site, kept, whole, args, 'call'), t, name);
    }
    if (targets.size === 1) return promised(site, apply(site, fnAtom(frame, [...targets][0]!), whole, args), t, name);
    // Several overrides: which one runs is the caller's to say.
    if (targets.size > 1) return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' });
  }
  // A client that the caller hands in: the longest path prefix whose declared type a model describes.
  for (let n = a.path.length; n >= 0; n--) {
    const prefix: SymAtom = { ...a, path: a.path.slice(0, n), dflt: n === a.path.length ? a.dflt : null };
    const pt = n === a.path.length ? t : typeOf(frame, prefix);
    const ext = pt ? e.types.external(pt) : null;
    if (!ext) continue;
    const path = [...a.path.slice(n), name].join('.');
    if (!e.knowledge.member(ext, path)) {
      if (e.knowledge.type(ext)) break;
      continue;
    }
    // What the object keeps is told apart by where it was made: only the caller can say.
    const member = e.knowledge.member(ext, path)?.member;
    if (member?.flow?.some((r) => r.includes('{this')) && !a.root.startsWith('cell:'))
      return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' });
    const x = { ...clientOfType(ext, site.spot), path, types: e.types.args(pt!) };
    const sent = bodyFromCallers(frame.fn, a, name);
    return join(callExternal(site, x, value([prefix]), args), sent);
  }
  if (t && e.types.classes(t).length === 0) {
    // An object of a package of which nothing is known: no caller could say more of what its methods do.
    const ext = e.types.external(t);
    if (ext !== null && e.knowledge.type(ext) === null && !describesData(ext)) return callUnmodelled(site, whole, args);
  }
  const known = e.knowledge.method(name);
  const sure =
    !AMBIGUOUS.has(name) ||
    a.t.text ||
    (known !== null && takesCallback(known, args)) ||
    (t !== null &&
      (t.k === 'array' || t.k === 'map' || t.k === 'promise' || t.k === 'prim' || t.k === 'lit' || t.k === 'fhir'));
  // Steps that a caller writes out are taken one after the other, where it is known which they are.
  if (known && isFolding(known) && isWrittenOut(frame, a, t))
    return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' });
  if (known && sure && !(t && e.types.classes(t).length > 0)) return callBuiltin(site, known, whole, args);
  // Text has no methods of the caller's: whatever the caller hands in, nothing more could be said of this call.
  if (a.t.text) return callUnmodelled(site, whole, args);
  // Nobody hands in what a channel holds; what is known of it stands beside this symbol.
  if (a.root.startsWith('cell:'))
    return known ? callBuiltin(site, known, whole, args) : beside(site, recv, a, name, args, 'call');
  return defer(site, { callee: null, method: name, self: whole, args, kind: 'call' });
}

/** Whether a method gives what its callback made of one element to it with the next: `reduce`. */
function isFolding(method: ResolvedMember): boolean {
  return parseFlow(method.member.flow ?? []).some((r) => r.from.k === 'cbret' && r.to.k === 'cb');
}

/** Whether it is a list of functions, or a rest parameter, of which callers know all elements. */
function isWrittenOut(frame: Frame, a: SymAtom, t: Type | null): boolean {
  const { program, types } = frame.e;
  if (a.t.text || a.path.length > 0 || a.root.startsWith('cell:')) return false;
  if (t && types.element(t)?.k === 'fn') return true;
  const captured = /^cap:(\d+)#(.*)$/.exec(a.root);
  const params = captured ? program.fns[Number(captured[1])]?.facts.params : frame.fn.facts.params;
  const p = captured ? params?.find((x) => x.name === captured[2]) : params?.[Number(a.root.slice(1))];
  return p?.rest === true;
}

/** Whether a function is given where the built-in method takes one: `items.find((x) => …)`. */
function takesCallback(method: ResolvedMember, args: readonly Value[]): boolean {
  return parseFlow(method.member.flow ?? []).some(
    (r) => r.to.k === 'cb' && args[Number(r.to.cb.at)]?.atoms.some((a) => a.k === 'fn') === true,
  );
}
