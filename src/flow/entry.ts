/** Functions that outside code calls: their parameters hold what their declared types, or the code's own use, say. */
import { apply, callValue } from './call.js';
import { functionsIn } from './jsx.js';
import type { CallSite } from './call-site.js';
import { channelValue, storeInChannel } from './channels.js';
import { answer, answerChannel, conventionOf, errorChannel, withCallers } from './conventions.js';
import type { Engine } from './engine.js';
import { Frame } from './frame.js';
import type { FileEntry, FnEntry } from './program.js';
import { keptMethod } from './kept-members.js';
import { fnValue, label, typedDefault } from './select.js';
import type { Egress } from './summary.js';
import { FROM_OUTSIDE, placeByName, shapeByUse } from './use-shape.js';
import { sym, NOTHING, OPAQUE, value, type FnAtom, type Value } from './value.js';
import { join } from './join.js';
import { rejection, settled } from './fields.js';

/** Runs one entry, to the account of `by`; one that is nested too deeply is left out and said, it does not end the run. */
export function evaluateEntry(e: Engine, fn: FnEntry, pending: { g: Egress; fn: number }[], by = fn.id): void {
  try {
    enter(e, fn, pending, by);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    e.leftOut(fn.id, 'nested deeper than can be followed');
  }
}

/** The call of a frame's function by whoever is outside. */
function fromOutside(frame: Frame): CallSite {
  const { fn } = frame;
  const spot = { fn: fn.id, span: fn.facts.span };
  return { frame, spot, argSpans: [], argSsa: [], selfSsa: -1, depth: 0, entry: true };
}

/** Emits what the function sends out of what its own parameters promise. Effects on channels go to `pending`. */
function enter(e: Engine, fn: FnEntry, pending: { g: Egress; fn: number }[], by: number): void {
  const frame = new Frame(e, fn, sym('this'));
  frame.by = by;
  const site = fromOutside(frame);
  const cls = e.program.classOf(fn.file, fn.index);
  const self = cls >= 0 ? value([{ k: 'inst', cls, exact: false }]) : OPAQUE;
  const f = keptBy(e, fn, cls) ?? fnValue(e, fn.id, fn.facts.kind === 'arrow' ? self : null).atoms[0]!;
  if (f.k !== 'fn') return;
  const route = conventionOf(fn);
  const own = fn.facts.params.map((p, i) => parameter(e, fn, p.type !== null, i));
  const params = route ? [...withCallers(route, own)] : own;
  const caught = errorChannel(fn, 'catches');
  if (caught !== null) params[0] = join(params[0] ?? NOTHING, channelValue(caught));
  const kept = keptBeside(e, fn, cls);
  const result = kept ? callValue(site, kept, self, params, 'call') : apply(site, f, self, params);
  if (route) answer(site, route, result, params);
  const boundary = errorChannel(fn, 'throws');
  if (boundary !== null) storeInChannel(site, boundary, join(frame.escaped, rejection(result)));
  const answers = answerChannel(fn);
  if (answers !== null) storeInChannel(site, answers, settled(result));
  callGiven(site, settled(result));
  for (const g of frame.egress.values()) pending.push({ g, fn: by });
  for (const g of frame.cleaned.values()) e.waitCleaned(g, by);
  for (const c of frame.configs) e.emitConfig(c);
}

/** Looks into functions that a module gives out in a variable: what a factory made of them is called from outside. */
export function evaluateExported(e: Engine, file: FileEntry, name: string, pending: { g: Egress; fn: number }[]): void {
  const v = e.moduleVar(file.index, name);
  const fn = e.program.fns[file.fnBase]!;
  const frame = new Frame(e, fn, sym('this'));
  const site = fromOutside(frame);
  try {
    callGiven(site, v, true);
    for (const a of [v, ...(v.fields?.values() ?? [])].flatMap((x) => x.atoms))
      if (a.k === 'inst') callMethods(site, v, a.cls);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    e.leftOut(fn.id, 'nested deeper than can be followed');
  }
  for (const g of frame.egress.values()) pending.push({ g, fn: fn.id });
}

/** Calls the closures (`plain`: any functions) that outside code is given, if nothing in the code base does. */
function callGiven(site: CallSite, v: Value, plain = false): void {
  const { e } = site.frame;
  for (const f of functionsIn(v)) if ((plain || f.env !== null) && !e.isCalled(f.fn)) callDeclared(site, f, f.self);
}

/** The public methods of an instance that a module gives out. */
function callMethods(site: CallSite, self: Value, cls: number): void {
  const { e } = site.frame;
  const c = e.program.classes[cls]!;
  for (const m of c.facts.members) {
    const id = c.file.fnBase + m.fn;
    if (m.fn < 0 || m.isStatic || m.kind !== 'method' || m.name.startsWith('#') || e.isCalled(id)) continue;
    const f = fnValue(e, id, null).atoms[0]!;
    if (f.k === 'fn') callDeclared(site, f, self, keptMethod(e, cls, m.name, id));
  }
}

/** Calls a function, or what stands in its place, with what its parameters declare. */
function callDeclared(site: CallSite, f: FnAtom, self: Value | null, instead: Value | null = null): void {
  const { e } = site.frame;
  const fn = e.program.fns[f.fn]!;
  if (!fn.facts.params.some((p) => p.type !== null)) return;
  e.escapes(f.fn);
  const params = fn.facts.params.map((p, i) => parameter(e, fn, p.type !== null, i));
  const there = { ...site, spot: { fn: fn.id, span: fn.facts.span } };
  if (instead) callValue(there, instead, self, params, 'call');
  else apply(there, f, self, params);
}

/** What decorators put in the place of a method. */
function keptBeside(e: Engine, fn: FnEntry, cls: number): Value | null {
  if (cls < 0 || fn.facts.kind !== 'method' || fn.facts.isStatic) return null;
  return keptMethod(e, cls, fn.facts.name.slice(fn.facts.name.lastIndexOf('.') + 1), fn.id);
}

/** A function that a constructor keeps in a field knows the variables of that constructor. */
function keptBy(e: Engine, fn: FnEntry, cls: number): FnAtom | null {
  if (cls < 0 || fn.facts.cls >= 0) return null;
  const field = e.fieldDefault(cls, fn.facts.name.slice(fn.facts.name.lastIndexOf('.') + 1));
  return field.atoms.find((a): a is FnAtom => a.k === 'fn' && a.fn === fn.id && a.env !== null) ?? null;
}

/** `(patientName: string)` of a function that outside code calls. */
function byName(e: Engine, fn: FnEntry, i: number): Value {
  const place = placeByName(e, fn, i);
  if (place === null) return NOTHING;
  const told = label(e, place, 'phi', { fn: fn.id, span: fn.facts.params[i]!.span }, `reads ${place.via}`);
  return value([{ ...told, ev: 2 }]);
}

function parameter(e: Engine, fn: FnEntry, declared: boolean, i: number): Value {
  const p = fn.facts.params[i]!;
  if (declared && p.type) {
    const t = e.types.resolve(fn.file.path, fn.index, p.type);
    if (t.k !== 'any') return join(typedDefault(e, t, { fn: fn.id, span: p.span }), byName(e, fn, i));
  }
  const used = shapeByUse(e, fn, i);
  return used === FROM_OUTSIDE ? join(used, byName(e, fn, i)) : used;
}
