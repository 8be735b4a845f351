/** What a declaration says of a caller's value. */
import type { Frame } from './frame.js';
import { CALLERS_KEY } from './select.js';
import type { Type } from './types/type.js';
import type { SymAtom } from './value.js';

/** The declared type of a symbolic value, followed along its path. */
export function typeOf(frame: Frame, a: SymAtom): Type | null {
  const e = frame.e;
  if (a.dflt) return a.dflt;
  const fn = frame.fn;
  let t: Type | null = null;
  if (a.root === 'this') {
    const cls = e.program.classOf(fn.file, fn.index);
    if (cls < 0 || fn.facts.isStatic) return null;
    const c = e.program.classes[cls]!;
    t = e.types.classType(c.file.path, c.index);
  } else if (a.root.startsWith('cap:')) {
    const m = /^cap:(\d+)#(.*)$/.exec(a.root);
    const owner = m ? e.program.fns[Number(m[1])] : undefined;
    const shared = owner?.facts.shared.find((s) => s.name === m![2]);
    if (owner && shared?.type) t = e.types.resolve(owner.file.path, owner.index, shared.type);
    const p = owner?.facts.params.find((x) => x.name === m![2]);
    if (!t && owner && p?.type) t = e.types.resolve(owner.file.path, owner.index, p.type);
  }
  for (const k of a.path) {
    if (!t) return null;
    t = k === '*' || k.startsWith(CALLERS_KEY) || /^\d+$/.test(k) ? e.types.element(t) : e.types.member(t, k);
  }
  return t;
}
