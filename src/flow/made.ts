/**
 * What packages' constructors and factories give: clients, their options, schemas, commands. Of the arguments that made
 * one, only what can decide about it later is kept: settings, names, functions and other clients, not the content.
 */
import type { Engine } from './engine.js';
import { describesData } from './schemas.js';
import type { Spot } from './summary.js';
import { isAddress } from './contents.js';
import { NOTHING, value, type Atom, type Value, type XInstAtom } from './value.js';

/** How deep options are looked into (`{ integrations: [replay({ … })] }`), and objects made with objects made with objects. */
const OPTION_DEPTH = 4;
const NESTED = 3;
const MOST_OPTIONS = 64;
const MOST_ALTERNATIVES = 12;
/** Links of a chain of calls (`client.a().b().c()`). */
const CHAIN = 6;

/** The value that a package's call `sym` at `spot` gave, `type` if it is modelled, made by a member of `from`. */
export function made(
  e: Engine,
  spot: Spot,
  type: string | null,
  sym: string,
  args: readonly Value[] | null,
  from: XInstAtom | null,
): XInstAtom {
  // A command carries the content that its client will send, a schema the shape of data.
  const described = type === null ? null : e.knowledge.type(type);
  const whole = (described !== null && described.command !== null) || described?.keeps === true || describesData(sym);
  const pack = sym.slice(0, sym.indexOf('#'));
  const foreign = type === null && pack !== '' && !whole && !isAddress(sym) && !e.knowledge.pkg(pack);
  return {
    k: 'xinst',
    type,
    sym,
    args: args === null || whole ? args : args.map((a) => (foreign ? callables(a) : settings(e, a, 0, NESTED))),
    path: '',
    fn: spot.fn,
    span: spot.span,
    from: from && links(from) < CHAIN ? from : null,
    via: [],
    wraps: from?.wraps ?? [],
  };
}

/** Where a client was made, as a text that two values of the same client share. */
export function madeAt({ fn, span }: XInstAtom): string {
  return `${fn}:${span.join('-')}`;
}

/**
 * Whose properties are set or asked for: a client that the code constructs, by the place; the one object of a package, or a
 * client of which only the declared type is known, by that type.
 */
export function clientKey(x: XInstAtom, type: string): string {
  return x.args === null ? type : madeAt(x);
}

function links(x: XInstAtom): number {
  let n = 0;
  for (let i: XInstAtom | null = x; i; i = i.from) n++;
  return n;
}

/** Nothing that a package without rules was given can decide about a recipient; functions it may call later. */
function callables(v: Value): Value {
  const atoms = v.atoms.filter((a) => a.k === 'fn' || (a.k === 'sym' && a.dflt?.k === 'fn'));
  return atoms.length === 0 ? NOTHING : value(atoms);
}

function settings(e: Engine, v: Value, depth: number, nested: number): Value {
  const atoms: Atom[] = [];
  for (const a of v.atoms) {
    if (atoms.length >= MOST_ALTERNATIVES) break;
    switch (a.k) {
      case 'label':
      case 'opaque':
      case 'inst':
      case 'alt':
      case 'test':
        break;
      case 'sym':
        if (!a.t.text) atoms.push(a);
        break;
      case 'xinst':
        if (nested > 0) atoms.push(clipped(e, a, nested - 1));
        break;
      default:
        atoms.push(a);
    }
  }
  if (!v.fields || depth >= OPTION_DEPTH || v.fields.size > MOST_OPTIONS) return value(atoms);
  const fields = new Map<string, Value>();
  for (const [k, f] of v.fields) fields.set(k, settings(e, f, depth + 1, nested));
  return value(atoms, fields);
}

/** The same object with less of what it was made with. */
function clipped(e: Engine, a: XInstAtom, nested: number): XInstAtom {
  if (describesData(a.sym)) return a;
  const keeps = a.type !== null && e.knowledge.type(a.type)?.keeps === true;
  const args = keeps ? a.args : (a.args?.map((x) => settings(e, x, 0, nested)) ?? null);
  return { ...a, args, from: a.from && clipped(e, a.from, nested) };
}
