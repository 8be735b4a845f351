/**
 * Objects of a function's callers that it hands on to what its callers hand in (`visit(this)`, `listener(state)`): what the
 * called function writes to them is written for the caller, too.
 */
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import { select } from './select.js';
import { update } from './fields.js';
import type { Value } from './value.js';

/** Where a summary says that an object comes from: a parameter or `this`, and the properties taken from it. */
interface Origin {
  readonly root: string;
  readonly path: readonly string[];
}

/** Properties between a parameter and the object in it that is written to. */
const DEEPEST = 3;

/** The arguments and the receiver of one put-off call while it is made, each in a variable of its own. */
export class Handed {
  readonly args: number[];
  self = -1;
  private readonly held: { readonly at: Origin; readonly slot: number; readonly before: Value }[] = [];

  constructor(
    private readonly site: CallSite,
    private readonly count: number,
  ) {
    this.args = new Array<number>(count).fill(-1);
  }

  /** Argument `n` (the receiver comes last): `said` as the summary says it, `v` as it is here. */
  hold(n: number, said: Value, v: Value): void {
    const at = originOf(said);
    if (at === null || !canBeWritten(v)) return;
    const { frame, depth, spot } = this.site;
    const slot = frame.slot(`var:!handed${depth}.${n}:${spot.span[0]}`, () => v);
    frame.state.set(slot, v);
    this.held.push({ at, slot, before: v });
    if (n < this.count) this.args[n] = slot;
    else this.self = slot;
  }

  /** What became of those that were written to. */
  changes(): (readonly [Origin, Value])[] {
    const { frame } = this.site;
    const out: (readonly [Origin, Value])[] = [];
    for (const { at, slot, before } of this.held) {
      const now = frame.read(slot, frame.state);
      frame.state.delete(slot);
      if (now !== before) out.push([at, now]);
    }
    return out;
  }
}

function originOf(v: Value): Origin | null {
  const a = v.atoms.length === 1 && v.fields === null ? v.atoms[0]! : null;
  if (a?.k !== 'sym' || a.t.text || a.t.minus.length > 0 || a.path.length > DEEPEST) return null;
  return /^(?:this$|p\d|cap:)/.test(a.root) ? { root: a.root, path: a.path } : null;
}

function canBeWritten(v: Value): boolean {
  return v.fields !== null || v.atoms.some((a) => a.k === 'inst' || a.k === 'built' || (a.k === 'sym' && !a.t.text));
}

/** The object with another value at a path of properties. */
export function written(e: Engine, v: Value, path: readonly string[], now: Value): Value {
  const [head, ...rest] = path;
  return head === undefined ? now : update(v, head, written(e, select(e, v, head), rest, now));
}
