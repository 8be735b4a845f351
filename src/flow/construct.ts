/** `new`: field initialisers and constructors along the base classes. */
import type { CallSite } from './call-site.js';
import { fnAtom, apply } from './call.js';
import { withMessage } from './error-values.js';
import { select } from './select.js';
import { type Value, value, NOTHING, type FnAtom } from './value.js';
import { carries, text } from './contents.js';
import { update } from './fields.js';
import { joinAll } from './join.js';

/** Makes an instance: field initialisers and constructors along the base classes. */
export function constructClass(site: CallSite, cls: number, args: readonly Value[]): Value {
  const instance = value([{ k: 'inst', cls, exact: true }]);
  return initialise(site, cls, instance, args);
}

function initialise(site: CallSite, cls: number, instance: Value, args: readonly Value[]): Value {
  const { frame } = site;
  const e = frame.e;
  const c = e.program.classes[cls]!;
  let self = instance;
  const base = e.program.superclass(c);
  const run = (fn: number, a: readonly Value[]): void => {
    const id = c.file.fnBase + fn;
    self = applyWithSelf(site, fnAtom(frame, id), self, a);
  };
  if (c.facts.constructorFn < 0) {
    if (base && typeof base !== 'string') self = initialise(site, base.id, self, args);
    else if (typeof base === 'string') self = externalBase(site, base, self, args);
    if (c.facts.fieldInit >= 0) run(c.facts.fieldInit, []);
    return self;
  }
  if (c.facts.fieldInit >= 0) run(c.facts.fieldInit, []);
  run(c.facts.constructorFn, args);
  return self;
}

/** `super(...)`: the base constructor works on this very object. */
export function superCall(site: CallSite, args: readonly Value[]): Value {
  const { frame } = site;
  const cls = frame.e.program.classOf(frame.fn.file, frame.fn.index);
  if (cls < 0) return NOTHING;
  const base = frame.e.program.superclass(frame.e.program.classes[cls]!);
  const self = frame.read(-2, frame.state);
  let next = self;
  if (base && typeof base !== 'string') next = initialise(site, base.id, self, args);
  else if (typeof base === 'string') next = externalBase(site, base, self, args);
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
  return applyWithSelf(site, f, value([{ k: 'built', array: false, fn: site.spot.fn, span: site.spot.span }]), args);
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
