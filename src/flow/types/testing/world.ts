/** A code base in a few lines, for the tests of this room. */
import { posix } from 'node:path';
import type { FileFacts, TypeRef, Variant } from '../../../facts/ir.js';
import { lowerFile } from '../../../facts/lower.js';
import type { PrismaModel, Resolution } from '../../../workspace/types.js';
import { healthKnowledge } from '../health-knowledge.js';
import { createTypeSystem, type TypeDeps } from '../system.js';
import type { Place, Type, TypeSystem } from '../type.js';

export interface World {
  readonly types: TypeSystem;
  readonly facts: (file: string) => FileFacts;
  /** The type that a type expression means at the top of a file (the first one by default). */
  readonly type: (text: string, file?: string) => Type;
  /** What a value of this type carries: `A:Patient.name C:Patient.dob`. */
  readonly says: (text: string, file?: string) => string;
  /** What is found at a path below it. */
  readonly at: (text: string, ...path: string[]) => string;
}

export function tell(types: TypeSystem, place: Place | null, minus?: readonly string[]): string {
  if (place === null) return '';
  return types
    .items(place, minus)
    .map(({ kind, via }) => `${kind.letter ?? kind.category}:${via}`)
    .join(' ');
}

export function typeRef(text: string): TypeRef {
  return lowerFile(`type Probe = ${text}`, 'ts').types[0]!.type;
}

export function world(
  sources: Readonly<Record<string, string>>,
  more: Partial<TypeDeps> & { readonly models?: readonly PrismaModel[] } = {},
): World {
  const files = Object.keys(sources).sort();
  const lowered = new Map<string, FileFacts>();
  const facts = (file: string): FileFacts => {
    let found = lowered.get(file);
    if (found === undefined) {
      const variant = (/\.([jt]sx?)$/.exec(file)?.[1] ?? 'ts') as Variant;
      lowered.set(file, (found = lowerFile(sources[file]!, variant)));
    }
    return found;
  };
  const types = createTypeSystem({
    file: (path) => (path in sources ? facts(path) : null),
    files: () => files,
    resolveImport: (from, specifier) => resolveIn(files, from, specifier),
    prisma: more.models ?? [],
    ...healthKnowledge(),
    knownType: () => false,
    ...more,
  });
  const first = Object.keys(sources)[0] ?? '';
  const type = (text: string, file = first): Type => types.resolve(file, 0, typeRef(text));
  return {
    types,
    facts,
    type,
    says: (text, file) => tell(types, types.place(type(text, file))),
    at: (text, ...path) => {
      let place = types.place(type(text));
      for (const name of path) place = place && types.select(place, name);
      return tell(types, place);
    },
  };
}

function resolveIn(files: readonly string[], from: string, specifier: string): Resolution {
  if (specifier.startsWith('node:')) return { kind: 'builtin', name: specifier.slice(5) };
  if (!specifier.startsWith('.')) {
    const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)![0];
    return { kind: 'package', name, specifier, version: null };
  }
  const base = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '');
  const path = files.find((file) =>
    [base, `${base}.ts`, `${base}.tsx`, `${base}.js`, `${base}.d.ts`, `${base}/index.ts`].includes(file),
  );
  return path === undefined ? { kind: 'missing', specifier } : { kind: 'file', path };
}
