/** The names of one file, found without searching: declarations by scope, imports by local name, exports by name. */
import type {
  ExportFact,
  FileFacts,
  FunctionFacts,
  ImportFact,
  Instr,
  TypeDecl,
  TypeRef,
  Val,
} from '../../facts/ir.js';

export interface Variable {
  /** Declared type, if the code states one. */
  readonly type: TypeRef | null;
  /** The value it was first given, or -1. */
  readonly value: Val;
  /** Function whose body holds that value. */
  readonly fn: number;
}

export interface FileIndex {
  readonly facts: FileFacts;
  /** Declarations that merge into one type: same scope, same name. */
  decls(scope: number, name: string): readonly TypeDecl[];
  readonly topNames: ReadonlyMap<string, readonly TypeDecl[]>;
  imported(local: string): ImportFact | null;
  exported(name: string): Exclude<ExportFact, { kind: 'star' | 'assign' }> | null;
  readonly stars: readonly string[];
  /** Variable that is the whole module (`module.exports = …`). */
  readonly whole: string | null;
  variable(fn: number, name: string): Variable | null;
  /** The instruction that defines a value. */
  definition(fn: number, value: Val): Instr | null;
  /** No import and no export: what it declares is global. */
  readonly script: boolean;
}

const NONE: readonly TypeDecl[] = [];
const cache = new WeakMap<FileFacts, FileIndex>();

/** Indexes depend on the facts alone; facts are shared between runs, so are they. */
export function indexOf(facts: FileFacts): FileIndex {
  let index = cache.get(facts);
  if (index === undefined) {
    index = build(facts);
    cache.set(facts, index);
  }
  return index;
}

function build(facts: FileFacts): FileIndex {
  const byScope = new Map<number, Map<string, TypeDecl[]>>();
  for (const decl of facts.types) {
    let names = byScope.get(decl.scope);
    if (names === undefined) byScope.set(decl.scope, (names = new Map()));
    const list = names.get(decl.name);
    if (list === undefined) names.set(decl.name, [decl]);
    else list.push(decl);
  }
  const imports = new Map<string, ImportFact>();
  for (const fact of facts.imports) {
    if (fact.local !== '' && fact.how !== 'reexport' && !imports.has(fact.local)) imports.set(fact.local, fact);
  }
  const named = new Map<string, Exclude<ExportFact, { kind: 'star' | 'assign' }>>();
  const stars: string[] = [];
  let whole: string | null = null;
  for (const fact of facts.exports) {
    if (fact.kind === 'star') stars.push(fact.specifier);
    else if (fact.kind === 'assign') whole ??= fact.var;
    else if (!named.has(fact.name)) named.set(fact.name, fact);
  }
  const bodies = new Map<number, Body>();
  const body = (fn: number): Body | null => {
    const facts_ = facts.functions[fn];
    if (facts_ === undefined) return null;
    let found = bodies.get(fn);
    if (found === undefined) bodies.set(fn, (found = readBody(facts_, fn)));
    return found;
  };
  return {
    facts,
    decls: (scope, name) => byScope.get(scope)?.get(name) ?? NONE,
    topNames: byScope.get(0) ?? new Map(),
    imported: (local) => imports.get(local) ?? null,
    exported: (name) => named.get(name) ?? null,
    stars,
    whole,
    variable: (fn, name) => body(fn)?.variables.get(name) ?? null,
    definition: (fn, value) => body(fn)?.definitions.get(value) ?? null,
    script:
      facts.exports.length === 0 &&
      facts.imports.every((fact) => fact.how === 'dynamic') &&
      facts.types.every((decl) => !decl.exported || decl.scope !== 0),
  };
}

interface Body {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly definitions: ReadonlyMap<Val, Instr>;
}

function readBody(fn: FunctionFacts, at: number): Body {
  const definitions = new Map<Val, Instr>();
  const variables = new Map<string, Variable>();
  for (const shared of fn.shared) variables.set(shared.name, { type: shared.type, value: -1, fn: at });
  for (const block of fn.blocks) {
    for (const instr of block.instrs) {
      if ('d' in instr) definitions.set(instr.d, instr);
      if (instr.op !== 'setvar') continue;
      const known = variables.get(instr.name);
      if (known === undefined || known.value < 0) {
        variables.set(instr.name, { type: known?.type ?? null, value: instr.v, fn: at });
      }
    }
  }
  return { variables, definitions };
}
