/** Functions that the manifest names (`path#name`, `path#Class.method`, `package#name`), found in the code. */
import path from 'node:path';
import type { PolicyInput } from '../input.js';
import { fromManifest } from '../suppressions.js';
import type { CallInstr, Listed, Listing } from './listing.js';

export interface DeclaredFunctions {
  readonly any: boolean;
  /** Whether a call runs one of them. */
  calls(fn: Listed, call: CallInstr): boolean;
  /** Whether the function is one of them. */
  is(fn: Listed): boolean;
}

export function declaredFunctions(
  input: PolicyInput,
  code: Listing,
  entries: readonly { readonly function: string }[],
): DeclaredFunctions {
  const names = new Set(entries.map((entry) => entry.function.replace(/^\.\//, '')));
  const folder = path.posix.dirname(input.manifest.path ?? 'baa.yaml');
  const seenFrom = (file: string): string => fromManifest(input.workspace.root, folder, file);
  const is = (fn: Listed): boolean => names.has(`${seenFrom(fn.file)}#${fn.facts.name}`);
  return {
    any: names.size > 0,
    is,
    calls(fn, call) {
      if (names.size === 0) return false;
      if (
        code.targets(fn.key, call.span).some((to) => {
          const target = code.fn(to);
          return target !== null && is(target);
        })
      )
        return true;
      const name = code.nameOf(fn, call.f);
      if (name === null) return false;
      const hash = name.indexOf('#');
      return names.has(name) || (hash > 0 && names.has(`${seenFrom(name.slice(0, hash))}${name.slice(hash)}`));
    },
  };
}
