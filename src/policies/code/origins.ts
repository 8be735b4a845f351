/** Names of values by where they were made, through variables of other modules of the code base. */
import type { Val } from '../../facts/ir.js';
import type { PolicyInput } from '../input.js';
import type { Listed, Listing } from './listing.js';

const MAX_HOPS = 6;

/**
 * As `Listing.nameOf`, but what another module holds is called after what it was made by: `CodesSchema.parse`, with
 * `const CodesSchema = z.object(…)` elsewhere, is `zod#z.object().parse`.
 */
export function originOf(input: PolicyInput, code: Listing, fn: Listed, v: Val): string | null {
  let name = code.nameOf(fn, v);
  for (let hop = 0; hop < MAX_HOPS && name !== null; hop++) {
    const next = throughModule(input, code, name);
    if (next === null || next === name) return name;
    name = next;
  }
  return name;
}

function throughModule(input: PolicyInput, code: Listing, name: string): string | null {
  const hash = name.indexOf('#');
  if (hash < 0) return null;
  const path = name.slice(0, hash);
  const facts = input.facts(path);
  const module = code.fn(`${path}#0`);
  if (facts === null || module === null) return null;
  const [first = '', ...rest] = name.slice(hash + 1).split(/(?=[.(])/);
  const exported = facts.exports.find((one) => one.kind !== 'star' && one.kind !== 'assign' && one.name === first);
  if (exported?.kind === 'from') {
    const found = input.workspace.resolve(path, exported.specifier);
    return found.kind === 'file' ? `${found.path}#${exported.imported}${rest.join('')}` : null;
  }
  for (const one of facts.exports) {
    if (exported !== undefined || one.kind !== 'star') continue;
    const found = input.workspace.resolve(path, one.specifier);
    const holds =
      found.kind === 'file' &&
      input.facts(found.path)?.exports.some((other) => other.kind === 'local' && other.name === first) === true;
    if (holds) return `${found.path}#${first}${rest.join('')}`;
  }
  const variable = exported?.kind === 'local' ? exported.var : first;
  const assigned = module.facts.blocks
    .flatMap((block) => block.instrs)
    .filter((instr) => instr.op === 'setvar' && instr.name === variable);
  const [only] = assigned;
  if (assigned.length !== 1 || only?.op !== 'setvar') return null;
  const made = code.nameOf(module, only.v);
  return made === null ? null : `${made}${rest.join('')}`;
}
