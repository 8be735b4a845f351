/** Components: functions and classes of their properties, whose handlers somebody will call. */
import type { Instr } from '../facts/ir.js';
import type { CallSite } from './call-site.js';
import { apply } from './call.js';
import { constructClass } from './construct.js';
import type { Frame } from './frame.js';
import { callComponent } from './library.js';
import { callMethod } from './method-call.js';
import { NOTHING, type Value, OPAQUE, type FnAtom } from './value.js';
import { text, carries, marked, marksIn } from './contents.js';
import { join } from './join.js';
import { update } from './fields.js';

/** A component is a function of its properties; what it renders is made of them. */
export function evalJsx(frame: Frame, i: Extract<Instr, { op: 'jsx' }>): Value {
  const props = frame.get(i.props);
  const site: CallSite = {
    frame,
    spot: { fn: frame.fn.id, span: i.span },
    argSpans: [],
    argSsa: [-1],
    selfSsa: -1,
    depth: 0,
    entry: false,
  };
  const known = i.f === -1 ? [] : frame.get(i.f).atoms;
  // What a component of the code base renders is what comes out of it, whatever else it is given.
  const own = known.length > 0 && known.every((a) => a.k === 'fn');
  let out = own ? NOTHING : text(props);
  // Whoever renders this will call the handlers that stand in its properties.
  const handlers = (args: readonly Value[]): void => {
    for (const fn of functionsIn(props)) {
      apply({ ...site, library: true }, fn, null, args);
      frame.e.escapes(fn.fn);
    }
  };
  if (i.f !== -1) {
    const f = frame.get(i.f);
    const callable = f.atoms.filter((a) => a.k === 'fn');
    const classes = f.atoms.filter((a) => a.k === 'class');
    for (const a of callable) if (a.k === 'fn') out = join(out, text(apply(site, a, null, [props])));
    for (const a of classes) {
      if (a.k !== 'class') continue;
      const inst = update(constructClass(site, a.cls, [props]), 'props', props);
      out = join(out, text(callMethod(site, inst, 'render', [])));
    }
    for (const a of f.atoms) {
      if (a.k !== 'xinst' && a.k !== 'ext') continue;
      const modelled = callComponent(site, a, props);
      if (modelled) out = join(out, text(modelled));
    }
    if (callable.length === 0 && classes.length === 0) handlers([OPAQUE, OPAQUE]);
  } else handlers([OPAQUE]);
  return carries(out) ? out : marked(OPAQUE, marksIn(out));
}

/** Tables of handlers: `{ Mutation: { addNote(…) {} } }`. */
const DEEPEST_TABLE = 3;

const MOST_HANDLERS = 32;

/** Functions that stand in an object's properties (event handlers), and in those of the objects in it. */
export function functionsIn(v: Value): FnAtom[] {
  const out: FnAtom[] = [];
  gatherFunctions(v, 0, out);
  return out;
}

function gatherFunctions(v: Value, depth: number, out: FnAtom[]): void {
  for (const a of v.atoms) if (a.k === 'fn' && out.length < MOST_HANDLERS) out.push(a);
  if (depth >= DEEPEST_TABLE) return;
  for (const [key, f] of v.fields ?? [])
    if (!key.startsWith('#') && !key.startsWith('!')) gatherFunctions(f, depth + 1, out);
}
