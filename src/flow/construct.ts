/** `new`: field initialisers and constructors along the base classes. */
import type { CallSite } from './call-site.js';
import { fnAtom, apply } from './call.js';
import { withMessage } from './error-values.js';
import { withPrototype } from './kept-members.js';
import type { ClsEntry } from './program.js';
import { select } from './select.js';
import { type Value, value, NOTHING, type FnAtom } from './value.js';
import { carries, text } from './contents.js';
import { update } from './fields.js';
import { join, joinAll } from './join.js';

/** Makes an instance: field initialisers and constructors along the base classes. */
export function constructClass(site: CallSite, cls: number, args: readonly Value[]): Value {
  const made = initialise(site, cls, value([{ k: 'inst', cls, exact: true }]), args);
  const told = toldByArguments(site, cls);
  return told ? join(made, told) : made;
}

/** `new Repository<Patient>()`: what the type arguments say of the object, besides what it was made of. */
function toldByArguments(site: CallSite, cls: number): Value | null {
  const { program, types } = site.frame.e;
  const c = program.classes[cls]!;
  const refs = site.typeArgs ?? [];
  if (refs.length === 0 || c.facts.typeParams.length === 0) return null;
  const fn = program.fns[site.typesIn ?? site.spot.fn]!;
  const args = refs.map((ref) => types.resolve(fn.file.path, fn.index, ref));
  if (args.every((t) => t.k === 'any' || t.k === 'prim')) return null;
  return value([{ k: 'opaque', request: false, type: types.classType(c.file.path, c.index, args) }]);
}

function initialise(site: CallSite, cls: number, instance: Value, args: readonly Value[]): Value {
  const { frame } = site;
  const e = frame.e;
  const c = e.program.classes[cls]!;
  let self = instance;
  const run = (fn: number, a: readonly Value[]): void => {
    const id = c.file.fnBase + fn;
    self = applyWithSelf(site, fnAtom(frame, id), self, a);
  };
  if (c.facts.constructorFn < 0) {
    self = initialiseBases(site, c, self, args);
    if (c.facts.fieldInit >= 0) run(c.facts.fieldInit, []);
    return self;
  }
  if (c.facts.fieldInit >= 0) run(c.facts.fieldInit, []);
  run(c.facts.constructorFn, args);
  return self;
}

function initialiseBases(site: CallSite, c: ClsEntry, self: Value, args: readonly Value[]): Value {
  for (const base of site.frame.e.program.superclasses(c))
    self = typeof base === 'string' ? externalBase(site, base, self, args) : initialise(site, base.id, self, args);
  return self;
}

/** `super(...)`: the base constructor works on this very object. */
export function superCall(site: CallSite, args: readonly Value[]): Value {
  const { frame } = site;
  const cls = frame.e.program.classOf(frame.fn.file, frame.fn.index);
  if (cls < 0) return NOTHING;
  const self = frame.read(-2, frame.state);
  const next = initialiseBases(site, frame.e.program.classes[cls]!, self, args);
  if (next !== self) frame.state.set(-2, next);
  return NOTHING;
}

/** Errors keep message and cause; of other packages' bases we only know that they were given the arguments. */
function externalBase(site: CallSite, base: string, self: Value, args: readonly Value[]): Value {
  if (/^#?(\w*Error|Exception)$|#(\w*Error|\w*Exception)$/.test(base)) {
    let out = withMessage(self, args[0]);
    const cause = args[1] ? select(site.frame.e, args[1], 'cause') : NOTHING;
    if (carries(cause)) out = update(out, 'cause', cause);
    return out;
  }
  const data = joinAll(args);
  return carries(data) ? update(self, '!base', text(data)) : self;
}

/** `new f()` of an old-style constructor function. */
export function construct(site: CallSite, f: FnAtom, args: readonly Value[]): Value {
  const self = value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }]);
  return applyWithSelf(site, f, withPrototype(site.frame.e, f, self), args);
}

/** Applies a function to an object under construction; gives the object as it is afterwards. */
function applyWithSelf(site: CallSite, f: FnAtom, self: Value, args: readonly Value[]): Value {
  const { frame } = site;
  const s = frame.slot(`var:!self${frame.serial++}:${site.spot.span[0]}`, () => self);
  frame.state.set(s, self);
  apply({ ...site, selfSsa: s }, f, self, args);
  const out = frame.read(s, frame.state);
  frame.state.delete(s);
  return out;
}
