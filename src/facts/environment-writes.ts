/** Variables of the environment that code sets itself, before it starts what reads them. */
import type { FileFacts, FunctionFacts, Instr, Val } from './ir.js';

/** `process.env.LANGSMITH_TRACING = 'true'`, `Deno.env.set('LANGSMITH_TRACING', 'true')`. */
export interface EnvironmentWrite {
  readonly name: string;
  readonly value: string;
  /** Offset in the file's text. */
  readonly at: number;
}

/** The variables that a file sets to constants, in the order of its functions. */
export function environmentWrites(facts: FileFacts): readonly EnvironmentWrite[] {
  return facts.functions.flatMap((fn) => (mentionsEnvironment(fn) ? writesOf(fn) : []));
}

function mentionsEnvironment(fn: FunctionFacts): boolean {
  return fn.blocks.some((b) => b.instrs.some((i) => i.op === 'load' && i.k === 'env'));
}

function writesOf(fn: FunctionFacts): readonly EnvironmentWrite[] {
  const defs = new Map<Val, Instr>();
  for (const b of fn.blocks) for (const i of b.instrs) if ('d' in i) defs.set(i.d, i);
  const isEnvironmentOf = (v: Val, owner: string): boolean => {
    const env = defs.get(v);
    const of = env?.op === 'load' && env.k === 'env' ? defs.get(env.b) : undefined;
    return of?.op === 'global' && of.name === owner;
  };
  const text = (v: Val | undefined): string | null => {
    const def = v === undefined ? undefined : defs.get(v);
    if (def?.op !== 'const' || (typeof def.v === 'object' && def.v !== null) || def.v === undefined) return null;
    return String(def.v);
  };
  return fn.blocks.flatMap((b) =>
    b.instrs.flatMap((i): EnvironmentWrite[] => {
      if (i.op === 'store' && isEnvironmentOf(i.b, 'process')) {
        const value = text(i.v);
        return value === null ? [] : [{ name: i.k, value, at: i.span[0] }];
      }
      if (i.op !== 'call' || i.args.length !== 2 || !isEnvironmentOf(i.self, 'Deno')) return [];
      const callee = defs.get(i.f);
      const [name, value] = i.args.map((a) => text(a.v));
      if (callee?.op !== 'load' || callee.k !== 'set' || typeof name !== 'string' || typeof value !== 'string')
        return [];
      return [{ name, value, at: i.span[0] }];
    }),
  );
}
