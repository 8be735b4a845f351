/** One instruction: the value that it gives, and what it writes. */
import { isMissingOnText } from './text-members.js';
import type { Instr, Span } from '../facts/ir.js';
import { readProperty, toText, runGetter, iterate, runSetter } from './accessors.js';
import { takesThis } from './branch.js';
import { evalCall, assignMember } from './call.js';
import { awaitsCaller } from './cleaned.js';
import type { Engine } from './engine.js';
import { Frame, THIS } from './frame.js';
import { UNDECLARED } from './interpret.js';
import { evalJsx } from './jsx.js';
import { declaredAs } from './narrow.js';
import { concatenate, operate } from './operate.js';
import { type FnEntry, GLOBAL_OBJECT } from './program.js';
import { extValue, bindingValue, fnValue, select, typed, CALLERS_KEY } from './select.js';
import { underTypeName, asWritten } from './tagged.js';
import type { Type } from './types/type.js';
import { placeByName } from './use-shape.js';
import { heldBy, NOTHING, constant, sym, type Value, value, UNDEFINED, OPAQUE, type SymAtom } from './value.js';
import { mapData, constants, carries, text } from './contents.js';
import { givenToNext } from './channels.js';
import { join } from './join.js';
import { withEach } from './alternatives.js';
import { updateAny, update, updateAll, spread, rejection, RETURNED, settled, without, KEYS } from './fields.js';
import { guarded } from './guards.js';

export function step(frame: Frame, i: Instr, fn: FnEntry): void {
  const e = frame.e;
  switch (i.op) {
    case 'const':
      frame.vals[i.d] = typeof i.v === 'object' && i.v !== null ? NOTHING : constant(i.v);
      return;
    case 'param': {
      const p = fn.facts.params[i.i];
      let v = sym(`p${i.i}`);
      if (p?.type) {
        const t = e.types.resolve(fn.file.path, fn.index, p.type);
        v = mapData(v, (a) => (a.k === 'sym' ? { ...a, dflt: t, declaredAt: { fn: fn.id, span: p.span } } : a));
        v = declaredAs(e, v, t);
      }
      const declared = placeByName(e, fn, i.i);
      if (declared) {
        const told = { declared, declaredAt: { fn: fn.id, span: p!.span }, byUse: true };
        v = mapData(v, (a) => (a.k === 'sym' ? { ...a, ...told } : a));
      }
      frame.vals[i.d] = v;
      return;
    }
    case 'arguments': {
      const fields = new Map<string, Value>();
      // What is passed beyond the declared parameters is there as well.
      for (let n = 0; n < fn.facts.params.length + UNDECLARED; n++) fields.set(String(n), sym(`p${n}`));
      frame.vals[i.d] = value([{ k: 'built', array: true, fn: fn.id, span: null }], fields);
      return;
    }
    case 'this':
      frame.alias(i.d, THIS);
      return;
    case 'global':
      // One object for the whole function: what is written to it is there at the next mention.
      frame.alias(
        i.d,
        frame.slot(`global:${i.name}`, () =>
          i.name === 'undefined'
            ? UNDEFINED
            : i.name === 'process'
              ? value([{ k: 'ext', mod: '', path: 'process' }])
              : extValue(e, '', i.name),
        ),
      );
      return;
    case 'import': {
      const b = e.program.importBinding(fn.file, i.i);
      // An object of another module that is written to from here: what is written counts as written there.
      if (b.k === 'var' && e.program.isFilled(b.file, b.name)) {
        const root = `cap:${e.program.files[b.file]!.fnBase}#${b.name}`;
        frame.alias(
          i.d,
          frame.slot(root, () => bindingValue(e, b)),
        );
      } else frame.vals[i.d] = bindingValue(e, b);
      return;
    }
    case 'getvar':
      frame.alias(
        i.d,
        frame.slot(`var:${i.name}`, () => NOTHING),
      );
      return;
    case 'setvar': {
      const single = fn.facts.shared.find((s) => s.name === i.name)?.single ?? false;
      const v = frame.get(i.v);
      if (single) frame.varSsa.set(i.name, i.v);
      else
        frame.state.set(
          frame.slot(`var:${i.name}`, () => NOTHING),
          v,
        );
      frame.setVariable(i.name, v);
      return;
    }
    case 'getcap': {
      const owner = fn.file.fnBase + i.fn;
      const root = `cap:${owner}#${i.name}`;
      const slot = frame.slot(root, () => {
        if (i.fn === 0) return e.moduleVar(fn.file.index, i.name);
        // A function that was written there works on the same variables: it is called as what it is.
        const known = e.program.innerFn(owner, i.name);
        if (known < 0 || (fn.facts.kind !== 'arrow' && takesThis(e.program.fns[known]!))) return sym(root);
        return fnValue(e, known, null);
      });
      frame.alias(i.d, slot);
      return;
    }
    case 'setcap': {
      const owner = fn.file.fnBase + i.fn;
      const root = `cap:${owner}#${i.name}`;
      const v = frame.get(i.v);
      const slot = frame.slot(root, () => NOTHING);
      frame.state.set(slot, v);
      frame.stores.set(root, join(frame.stores.get(root) ?? NOTHING, v));
      if (i.fn === 0 && (v.symbolic || awaitsCaller(v))) frame.stored(`cell:var:${fn.file.index}#${i.name}`, v);
      return;
    }
    case 'load': {
      const spot = { fn: fn.id, span: i.span };
      frame.vals[i.d] = isMissingOnText(frame, i)
        ? UNDEFINED
        : (frame.narrowedProperty(i.d) ?? underTypeName(frame, i.b, i.k, readProperty(frame, i.b, i.k, i.span), spot));
      return;
    }
    case 'loadx': {
      const key = constants(frame.get(i.key));
      if (key && key.length <= 4 && key.every((k) => typeof k === 'string' || typeof k === 'number')) {
        let v = NOTHING;
        for (const k of key) v = join(v, readProperty(frame, i.b, String(k), i.span));
        frame.vals[i.d] = v;
      } else frame.vals[i.d] = lookUp(frame, frame.get(i.b), frame.get(i.key));
      return;
    }
    case 'store':
      store(frame, i.b, i.k, frame.get(i.v), i.span);
      return;
    case 'storex': {
      const key = constants(frame.get(i.key));
      if (key?.length === 1 && (typeof key[0] === 'string' || typeof key[0] === 'number'))
        store(frame, i.b, String(key[0]), frame.get(i.v), i.span);
      else frame.mutateAt(i.b, '*', keyed(updateAny(frame.get(i.b), frame.get(i.v)), frame.get(i.key)));
      return;
    }
    case 'delete':
      frame.mutateAt(i.b, i.k, update(frame.get(i.b), i.k, UNDEFINED));
      return;
    case 'deletex':
      for (const name of namesOf(frame, i.key)) frame.mutate(i.b, update(frame.get(i.b), name, UNDEFINED));
      return;
    case 'superload': {
      const cls = e.program.classOf(fn.file, fn.index);
      frame.vals[i.d] = NOTHING;
      if (cls < 0) return;
      for (const base of e.program.superclasses(e.program.classes[cls]!)) {
        const m = typeof base === 'string' ? null : e.program.member(base.id, i.k, 'method', fn.facts.isStatic);
        if (m && 'fn' in m) frame.vals[i.d] = join(frame.vals[i.d]!, fnValue(e, m.fn, null));
      }
      return;
    }
    case 'call':
      frame.vals[i.d] = evalCall(frame, i);
      return;
    case 'jsx':
      frame.vals[i.d] = evalJsx(frame, i);
      return;
    case 'concat': {
      frame.vals[i.d] = concatenate(
        frame,
        i.parts.map((p) => toText(frame, p, i.span)),
        i.span,
      );
      return;
    }
    case 'object': {
      let v: Value = value([{ k: 'built', array: false, fn: fn.id, span: i.span }]);
      // Named properties that stand in a row are written at once: one by one, each would copy those before it.
      let row = new Map<string, Value>();
      const written = (): Value => {
        v = updateAll(v, row);
        row = new Map();
        return v;
      };
      for (const p of i.parts) {
        if ('spread' in p) {
          const into = written();
          v = withEach(frame, p.spread, (one) => spread(into, one));
        } else if ('kx' in p) {
          const key = constants(frame.get(p.kx));
          if (key?.length === 1 && typeof key[0] === 'string') row.set(key[0], frame.get(p.v));
          else v = keyed(updateAny(written(), frame.get(p.v)), frame.get(p.kx));
        } else if ('v' in p) row.set(p.k, frame.get(p.v));
        else if (p.get !== undefined) {
          const got = runGetter(frame, fn.file.fnBase + p.get, written(), i.span);
          row.set(p.k, got);
        }
      }
      frame.vals[i.d] = asWritten(frame, written(), { fn: fn.id, span: i.span });
      return;
    }
    case 'array': {
      const fields = new Map<string, Value>();
      let exact = i.els.length <= 16;
      i.els.forEach((el, n) => {
        const v = frame.get(el.v);
        if (el.spread) {
          exact = false;
          fields.set('*', join(fields.get('*') ?? NOTHING, iterate(frame, el.v, i.span)));
        } else if (exact) fields.set(String(n), v);
        else fields.set('*', join(fields.get('*') ?? NOTHING, v));
      });
      frame.vals[i.d] = value([{ k: 'built', array: true, fn: fn.id, span: i.span }], fields);
      return;
    }
    case 'phi':
      return;
    case 'fn':
      frame.vals[i.d] = fnValue(e, fn.file.fnBase + i.f, null);
      return;
    case 'class':
      frame.vals[i.d] = value([{ k: 'class', cls: fn.file.clsBase + i.c, env: null }]);
      return;
    case 'await': {
      const v = frame.get(i.v);
      frame.throws(rejection(v));
      frame.vals[i.d] = v.fields?.has('!throw') ? settled(v) : v;
      return;
    }
    case 'yield': {
      const v = frame.get(i.v);
      frame.yields = join(frame.yields, i.star ? select(e, v, '*') : v);
      frame.vals[i.d] = join(OPAQUE, i.star ? delegated(v) : heldBy(givenToNext(fn.id)));
      return;
    }
    case 'op':
      frame.vals[i.d] = operate(i.o, frame.get(i.a), i.b === -1 ? NOTHING : frame.get(i.b));
      return;
    case 'typed': {
      const t = e.types.resolve(fn.file.path, fn.index, i.type);
      const v = frame.get(i.v);
      frame.vals[i.d] = i.how === 'as' && isSwitch(t, v) ? OPAQUE : typed(e, v, t, { fn: fn.id, span: i.span });
      return;
    }
    case 'iter':
      frame.vals[i.d] = i.how === 'in' ? NOTHING : iterate(frame, i.v, i.span);
      return;
    case 'rest':
      frame.vals[i.d] = without(frame.get(i.v), i.minus);
      return;
    case 'slice': {
      const v = frame.get(i.v);
      frame.vals[i.d] = value(
        [{ k: 'built', array: true, fn: fn.id, span: null }],
        new Map([['*', sliceFrom(e, v, i.from)]]),
      );
      return;
    }
    case 'catch':
      frame.vals[i.d] = join(frame.thrown.get(frame.block) ?? NOTHING, OPAQUE);
      return;
  }
}

/** `false as boolean`: who writes that says that it may be the other one day. */
function isSwitch(type: Type, v: Value): boolean {
  return type.k === 'prim' && type.name === 'boolean' && constants(v)?.length === 1;
}

/** Names that a key takes one after the other: one constant, or each of a list of constants that a loop runs through. */
function namesOf(frame: Frame, key: number): readonly string[] {
  const def = key >= 0 ? frame.defs[key] : undefined;
  const list = def?.op === 'iter' && def.how === 'of' ? frame.get(def.v) : null;
  const given = list?.fields && !list.fields.has('*') ? [...list.fields.values()] : list ? [] : [frame.get(key)];
  const names = given.map((v) => constants(v));
  return names.every((c) => c?.length === 1) ? names.map((c) => String(c![0])) : [];
}

/** An object with a property whose name is data. */
function keyed(v: Value, key: Value): Value {
  return carries(key) ? update(v, KEYS, join(v.fields?.get(KEYS) ?? NOTHING, text(key))) : v;
}

/** `table[key]` with a key that a caller decides: each entry under the condition that the key names it. */
function lookUp(frame: Frame, base: Value, key: Value): Value {
  const e = frame.e;
  const k = key.atoms.length === 1 && !key.fields ? key.atoms[0]! : null;
  if (
    k?.k !== 'sym' ||
    k.t.text ||
    !base.fields ||
    base.fields.size > 16 ||
    base.fields.has('*') ||
    !base.atoms.every((a) => a.k === 'built')
  ) {
    const literals = k?.k === 'sym' && k.dflt ? e.types.literals(k.dflt) : [];
    if (literals.length > 0 && literals.length <= 16)
      return literals.map((l) => select(e, base, l)).reduce(join, NOTHING);
    if (k?.k === 'sym' && isTheCallers(k) && !base.fields && base.atoms.length === 1 && base.atoms[0]!.k === 'sym')
      return select(e, base, [CALLERS_KEY + k.root, ...k.path].join('\n'));
    return select(e, base, '*');
  }
  let out = NOTHING;
  for (const [name, v] of base.fields)
    out = join(out, guarded(v, [{ root: k.root, path: k.path, equals: { c: name }, negated: false }]));
  return out;
}

/** Whether a symbol is text of the caller's, as it was handed in. */
function isTheCallers(a: SymAtom): boolean {
  return !a.t.text && /^(?:p\d|cap:)/.test(a.root) && a.path.length < 2;
}

function sliceFrom(e: Engine, v: Value, from: number): Value {
  if (!v.fields || v.atoms.some((a) => a.k !== 'built')) return select(e, v, '*');
  let out = NOTHING;
  for (const [k, f] of v.fields) if (k === '*' || Number(k) >= from) out = join(out, f);
  return out;
}

function store(frame: Frame, base: number, key: string, v: Value, span: Span): void {
  if (runSetter(frame, base, key, v, span)) return;
  const old = frame.get(base);
  for (const a of old.atoms) {
    if (a.k === 'xinst' || (a.k === 'ext' && a.mod !== '')) assignMember(frame, a, key, v, span);
    if (a.k === 'inst' && !v.symbolic && (carries(v) || v.marks !== null))
      frame.e.cell(`cell:field:${a.cls}#${key}`, v);
    if (a.k === 'ext' && a.mod === '' && GLOBAL_OBJECT.has(a.path) && (carries(v) || v.marks !== null)) {
      if (v.symbolic || awaitsCaller(v)) frame.stored(`cell:global:${key}`, v);
      frame.e.cell(`cell:global:${key}`, v);
    }
    if (a.k === 'ext' && a.mod === '' && GLOBAL_OBJECT.has(a.path))
      frame.state.set(
        frame.slot(`global:${key}`, () => extValue(frame.e, '', key)),
        v,
      );
    if (a.k === 'class') {
      const cell = `cell:static:${a.cls}#${key}`;
      if (v.symbolic) frame.stored(cell, v);
      frame.e.cell(cell, v);
    }
  }
  // `list.length = 0` throws away what is in it.
  const emptied =
    key === 'length' && constants(v)?.every((c) => c === 0) && old.atoms.every((a) => a.k === 'built' && a.array);
  frame.mutateAt(base, key, emptied === true ? value(old.atoms) : update(old, key, v));
}

/** What `yield*` gives in the end: what a generator returns; of an effect of a package what it holds. */
function delegated(v: Value): Value {
  const returned = v.fields?.get(RETURNED) ?? NOTHING;
  const held = v.atoms.some((a) => a.k === 'xinst') ? v : NOTHING;
  return join(returned, held);
}
