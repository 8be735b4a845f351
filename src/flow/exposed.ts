/** What decorators of a class let through when an object is made of plain data, or plain data of an object. */
import { update, without } from './fields.js';
import type { Engine } from './engine.js';
import { join } from './join.js';
import type { ClsEntry } from './program.js';
import { select } from './select.js';
import { NOTHING, value, type InstAtom, type Value } from './value.js';

/** The decorators that hide and show a property, and whether only what is shown stays. */
export interface Decorators {
  readonly hides: string;
  readonly shows: string;
  readonly only: boolean;
}

/** Classes that are looked at for their decorators, bases included. */
const MOST_BASES = 12;

/** An instance of the class at `of` with what is in `plain`, without what the class hides. */
export function instanceOf(e: Engine, of: Value, plain: Value, by: Decorators): Value {
  let out = NOTHING;
  for (const a of of.atoms) {
    if (a.k !== 'class') continue;
    const inst: InstAtom = { k: 'inst', cls: a.cls, exact: true };
    const list = plain.atoms.some((x) => x.k === 'built' && x.array);
    const one = through(e, a.cls, list ? select(e, plain, '*') : plain, by);
    const made = value([inst, ...one.atoms.filter((x) => x.k !== 'built')], one.fields, one.marks);
    out = join(out, list ? update(value(plain.atoms), '*', made) : made);
  }
  return out === NOTHING ? plain : out;
}

/** The properties of an object, without what its class hides. */
export function plainOf(e: Engine, v: Value, by: Decorators): Value {
  const classes = v.atoms.filter((a) => a.k === 'inst');
  if (classes.length === 0) return v;
  let out = v;
  for (const a of classes) out = through(e, a.cls, out, by);
  const atoms = out.atoms.filter((a) => a.k !== 'inst');
  const plain = { k: 'built', array: false, fn: 0, span: null } as const;
  return value(atoms.length > 0 ? atoms : [plain], out.fields, out.marks);
}

function through(e: Engine, cls: number, v: Value, by: Decorators): Value {
  const { hidden, shown, all } = marksOf(e, cls, by);
  if (by.only || all) {
    const kept = new Map(shown.map((name) => [name, select(e, v, name)] as const));
    return value([{ k: 'built', array: false, fn: 0, span: null }], kept);
  }
  return hidden.length === 0 ? v : without(v, hidden);
}

/** Which properties a class and its bases hide and show; `all`: hidden is what is not shown. */
function marksOf(e: Engine, cls: number, by: Decorators): { hidden: string[]; shown: string[]; all: boolean } {
  const hidden: string[] = [];
  const shown: string[] = [];
  let all = false;
  const line: ClsEntry[] = [e.program.classes[cls]!];
  for (let n = 0; n < line.length && n < MOST_BASES; n++) {
    const c = line[n]!;
    all ||= c.facts.decorators.some((d) => d.name === by.hides);
    for (const m of c.facts.members)
      for (const d of m.decorators) {
        // With options it may hide in one direction alone.
        if (d.name === by.hides && d.args.length === 0) hidden.push(m.name);
        else if (d.name === by.shows) shown.push(m.name);
      }
    for (const base of e.program.superclasses(c)) if (typeof base !== 'string') line.push(base);
  }
  return { hidden, shown, all };
}
