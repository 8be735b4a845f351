/** The code base as rules about order and control read it: functions, their calls, who calls whom. */
import type { Block, FunctionFacts, Instr, Span, Val } from '../../facts/ir.js';
import { usesOf } from '../../facts/uses.js';
import type { FnKey } from '../../flow/result.js';
import type { PolicyInput } from '../input.js';

export type CallInstr = Extract<Instr, { op: 'call' }>;

/** A call where it stands. */
export interface PlacedCall {
  readonly call: CallInstr;
  readonly block: number;
  readonly index: number;
}

export interface Listed {
  readonly key: FnKey;
  readonly file: string;
  readonly facts: FunctionFacts;
  readonly calls: readonly PlacedCall[];
  /** The instruction that defines a value. */
  readonly def: (v: Val) => Instr | null;
  /** Instructions that use a value, joins and control flow apart. */
  readonly uses: (v: Val) => readonly Instr[];
}

export interface Listing {
  fn(key: FnKey): Listed | null;
  /** Functions that the call at a span may run. */
  targets(from: FnKey, span: Span): readonly FnKey[];
  /** Calls that may run a function. */
  callers(to: FnKey): readonly { readonly from: FnKey; readonly span: Span }[];
  isEntry(key: FnKey): boolean;
  /** Every function, file by file. */
  all(): Iterable<Listed>;
  /**
   * What a value is called where it comes from: `zod#z.object`, `JSON.parse`, `src/audit.ts#log.record`; null for what is
   * made on the way.
   */
  nameOf(fn: Listed, v: Val): string | null;
}

const listings = new WeakMap<PolicyInput, Listing>();

/** The listing of an input; made once. */
export function listingOf(input: PolicyInput): Listing {
  const known = listings.get(input);
  if (known !== undefined) return known;
  const made = makeListing(input);
  listings.set(input, made);
  return made;
}

function makeListing(input: PolicyInput): Listing {
  const { graph } = input.flows;
  const listed = new Map<FnKey, Listed | null>();
  const callers = new Map<FnKey, { from: FnKey; span: Span }[]>();
  for (const [from, calls] of graph.calls)
    for (const { span, to } of calls) {
      const list = callers.get(to);
      if (list === undefined) callers.set(to, [{ from, span }]);
      else list.push({ from, span });
    }
  const fn = (key: FnKey): Listed | null => {
    const known = listed.get(key);
    if (known !== undefined) return known;
    const made = list(input, key);
    listed.set(key, made);
    return made;
  };
  return {
    fn,
    targets: (from, span) =>
      (graph.calls.get(from) ?? []).flatMap((one) =>
        one.span[0] === span[0] && one.span[1] === span[1] ? [one.to] : [],
      ),
    callers: (to) => callers.get(to) ?? [],
    isEntry: (key) => graph.entries.has(key),
    *all() {
      for (const { path } of input.workspace.code) {
        const count = input.facts(path)?.functions.length ?? 0;
        for (let index = 0; index < count; index++) {
          const one = fn(`${path}#${String(index)}`);
          if (one !== null) yield one;
        }
      }
    },
    nameOf: (from, v) => nameOf(input, fn, from, v, 0),
  };
}

function list(input: PolicyInput, key: FnKey): Listed | null {
  const hash = key.lastIndexOf('#');
  const file = key.slice(0, hash);
  const facts = input.facts(file)?.functions[Number(key.slice(hash + 1))];
  if (facts === undefined) return null;
  const calls: PlacedCall[] = [];
  facts.blocks.forEach((block, at) => {
    block.instrs.forEach((instr, index) => {
      if (instr.op === 'call') calls.push({ call: instr, block: at, index });
    });
  });
  // Few functions are ever asked what defines and uses their values.
  let defs: ReadonlyMap<Val, Instr> | null = null;
  let uses: ReadonlyMap<Val, readonly Instr[]> | null = null;
  return {
    key,
    file,
    facts,
    calls,
    def: (v) => (defs ??= definitions(facts)).get(v) ?? null,
    uses: (v) => (uses ??= users(facts)).get(v) ?? [],
  };
}

function definitions(facts: FunctionFacts): ReadonlyMap<Val, Instr> {
  const out = new Map<Val, Instr>();
  for (const block of facts.blocks) for (const instr of block.instrs) if ('d' in instr) out.set(instr.d, instr);
  return out;
}

function users(facts: FunctionFacts): ReadonlyMap<Val, readonly Instr[]> {
  const out = new Map<Val, Instr[]>();
  for (const block of facts.blocks)
    for (const instr of block.instrs)
      for (const v of operands(instr)) {
        const known = out.get(v);
        if (known === undefined) out.set(v, [instr]);
        else known.push(instr);
      }
  return out;
}

/** Values that an instruction reads, joins included; what is left out in the code is none. */
function operands(instr: Instr): readonly Val[] {
  return instr.op === 'phi' ? instr.ins : usesOf(instr).filter((v) => v >= 0);
}

/** Blocks that may follow without an exception. */
export function successors(block: Block): readonly number[] {
  const { term } = block;
  if (term.t === 'jump') return [term.to];
  return term.t === 'branch' ? [term.then, term.else] : [];
}

const MAX_STEPS = 12;

function nameOf(
  input: PolicyInput,
  fn: (key: FnKey) => Listed | null,
  from: Listed,
  v: Val,
  depth: number,
): string | null {
  const def = from.def(v);
  if (def === null || depth > MAX_STEPS) return null;
  const of = (next: Val): string | null => nameOf(input, fn, from, next, depth + 1);
  switch (def.op) {
    case 'global':
      return def.name;
    case 'import': {
      const fact = input.facts(from.file)?.imports[def.i];
      if (fact === undefined) return null;
      const found = input.workspace.resolve(from.file, fact.specifier);
      const where =
        found.kind === 'file'
          ? found.path
          : found.kind === 'package'
            ? found.specifier
            : found.kind === 'builtin'
              ? found.name
              : fact.specifier;
      return `${where}#${fact.imported}`;
    }
    case 'load': {
      const base = of(def.b);
      if (base === null) return null;
      return base.endsWith('#*') ? `${base.slice(0, -1)}${def.k}` : `${base}.${def.k}`;
    }
    case 'call':
    case 'await':
    case 'typed': {
      if (def.op !== 'call') return of(def.v);
      // Fluent: what a call on something gives is called after it.
      const callee = of(def.f);
      return callee === null ? null : `${callee}()`;
    }
    case 'getcap':
    case 'getvar':
      return variable(input, fn, from, def, depth);
    case 'this':
      return 'this';
    default:
      return null;
  }
}

/** A variable that is assigned once is what was assigned; a module's own is called by file and name. */
function variable(
  input: PolicyInput,
  fn: (key: FnKey) => Listed | null,
  from: Listed,
  def: Extract<Instr, { op: 'getcap' | 'getvar' }>,
  depth: number,
): string | null {
  const owner = def.op === 'getcap' ? fn(`${from.file}#${String(def.fn)}`) : from;
  if (owner === null) return null;
  const assigned = owner.facts.blocks.flatMap((block) =>
    block.instrs.filter((instr) => instr.op === 'setvar' && instr.name === def.name),
  );
  const [only] = assigned;
  const own = owner.facts.kind === 'module' ? `${from.file}#${def.name}` : null;
  if (assigned.length !== 1 || only?.op !== 'setvar') return own;
  const value = owner.def(only.v);
  // Imports and plain aliases keep their name; what is made here is called after the variable.
  if (value?.op === 'import' || value?.op === 'load' || value?.op === 'getcap' || value?.op === 'typed')
    return nameOf(input, fn, owner, only.v, depth + 1) ?? own;
  return own;
}
