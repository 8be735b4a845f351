/** Object literals of code as nested data: constants only, with the names of their variables or types. */
import type { FileFacts, FunctionFacts, Instr, Val } from '../../facts/ir.js';
import type { DataNode } from './tree.js';

type Definition = Exclude<Instr, { op: 'setvar' | 'setcap' | 'store' | 'storex' | 'delete' | 'deletex' }>;

/** Outermost object and array literals, each with the name it is known by. */
export function readLiterals(facts: FileFacts): readonly { readonly node: DataNode; readonly kind: string }[] {
  return facts.functions.flatMap(literalsOf);
}

const MAX_DEPTH = 6;

function literalsOf(fn: FunctionFacts): readonly { readonly node: DataNode; readonly kind: string }[] {
  const defined = new Map<Val, Definition>();
  const names = new Map<Val, string>();
  const inner = new Set<Val>();
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if ('d' in instr) defined.set(instr.d, instr);
      if (instr.op === 'setvar' || instr.op === 'setcap') names.set(instr.v, instr.name);
      if (instr.op === 'typed') note(names, instr);
      if (instr.op === 'object') for (const part of instr.parts) if ('v' in part) inner.add(part.v);
      if (instr.op === 'array') for (const element of instr.els) inner.add(element.v);
    }
  for (const instr of defined.values()) if (instr.op === 'typed' && inner.has(instr.d)) inner.add(instr.v);
  return [...defined.values()].flatMap((instr) => {
    if ((instr.op !== 'object' && instr.op !== 'array') || inner.has(instr.d)) return [];
    const node = nodeOf(instr.d, defined, 0);
    return node === null ? [] : [{ node, kind: names.get(instr.d) ?? '' }];
  });
}

/** The name of a declared type says more than that of a variable. */
function note(names: Map<Val, string>, typed: Extract<Instr, { op: 'typed' }>): void {
  const type = typed.type.k === 'array' ? typed.type.of : typed.type;
  const name = type.k === 'ref' ? type.name : names.get(typed.d);
  if (name !== undefined) names.set(typed.v, name);
}

function nodeOf(value: Val, defined: ReadonlyMap<Val, Definition>, depth: number): DataNode | null {
  const instr = defined.get(value);
  if (instr === undefined || depth > MAX_DEPTH) return null;
  switch (instr.op) {
    case 'const':
      if (typeof instr.v !== 'string' && typeof instr.v !== 'number') return null;
      return { k: 'scalar', at: instr.span?.[0] ?? 0, text: String(instr.v) };
    case 'typed':
      return nodeOf(instr.v, defined, depth);
    case 'object': {
      const entries = instr.parts.flatMap((part): (readonly [string, DataNode])[] => {
        if (!('k' in part) || !('v' in part)) return [];
        const node = nodeOf(part.v, defined, depth + 1);
        return node === null ? [] : [[part.k, node]];
      });
      return { k: 'object', at: instr.span[0], entries };
    }
    case 'array': {
      const items = instr.els.flatMap((element) => {
        const node = element.spread === true ? null : nodeOf(element.v, defined, depth + 1);
        return node === null ? [] : [node];
      });
      return { k: 'array', at: instr.span[0], items };
    }
    default:
      return null;
  }
}
