/** Types imported from packages: FHIR declarations, Prisma's client, and everything else by its id. */
import { transparent } from './carriers.js';
import type { FhirModel } from '../../knowledge/phi.js';
import type { Scope, T } from './kinds.js';
import { isAnyResource } from './members.js';
import type { TypeRef } from '../../facts/ir.js';
import type { Selection } from './type.js';
import type { Wiring } from './wiring.js';

interface PackageName {
  readonly name: string;
  readonly specifier: string;
  readonly path: readonly string[];
  readonly local: string;
}

export function packageType(
  use: Wiring,
  entity: PackageName,
  args: readonly T[],
  query?: { readonly ref: TypeRef; readonly scope: Scope },
): T {
  const { types, deps } = use;
  const dotted = entity.path.join('.');
  if (dotted === '') return types.any;
  const fhirPackage = deps.fhirPackage(entity.specifier) ?? deps.fhirPackage(entity.name);
  const fhir = fhirType(use, fhirPackage, dotted, args);
  if (fhir !== null) return fhir;
  const generated = prismaType(use, entity, query);
  if (generated !== null) return generated;
  const last = entity.path[entity.path.length - 1]!;
  if (args.length > 0 && transparent(last)) return args[0]!;
  if (/^ComponentProps/.test(last) && args[0] !== undefined) return use.members.param(args[0], 0) ?? types.any;
  if (last === 'ExtractResource' && args[0]?.k === 'lit') return types.fhir(String(args[0].value));
  if (entity.name === 'global' && !deps.knownType(`global#${dotted}`) && args.length === 0) {
    return dotted === 'Date' ? types.date : types.any;
  }
  return types.ext(typeId(use, entity), args);
}

function fhirType(
  use: Wiring,
  named: ((exported: string) => string | null) | null,
  dotted: string,
  args: readonly T[],
): T | null {
  if (named === null) return null;
  const name = fhirName(use.deps.fhir, named(dotted.replace(/^default\./, '')) ?? '');
  return name === null ? null : use.types.fhir(name, args[0] ?? null);
}

/** The model's name of a declared FHIR type: backbone elements are declared as `PatientContact`. */
export function fhirName(fhir: FhirModel, name: string): string | null {
  if (name === '') return null;
  if (fhir.has(name) || isAnyResource(name)) return name;
  const words = name.match(/[A-Z][a-z0-9]*|^[a-z][a-z0-9]*/g) ?? [];
  for (let count = words.length - 1; count > 0; count--) {
    const root = words.slice(0, count).join('');
    if (!fhir.isResource(root)) continue;
    const found = backbone(fhir, root, words.slice(count));
    if (found !== null) return found;
  }
  return null;
}

function backbone(fhir: FhirModel, at: string, words: readonly string[]): string | null {
  if (words.length === 0) return at;
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join('');
    const element = fhir.element(at, name.charAt(0).toLowerCase() + name.slice(1));
    const found = element?.type.includes('.') ? backbone(fhir, element.type, words.slice(count)) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The first spelling that knowledge describes; else the package and the name as exported. */
function typeId(use: Wiring, { name, specifier, path, local }: PackageName): string {
  const dotted = path.join('.');
  const inner = path[0] === 'default' && path.length > 1 ? path.slice(1).join('.') : null;
  const candidates = [dotted];
  if (inner !== null) candidates.push(inner);
  if (dotted === 'default' && local !== '') candidates.push(local);
  for (const from of specifier === name ? [name] : [specifier, name]) {
    for (const candidate of candidates) {
      const id = `${from}#${candidate}`;
      if (use.deps.knownType(id)) return id;
    }
  }
  return `${name}#${inner ?? dotted}`;
}

/** `Patient` and `Prisma.PatientGetPayload<…>` of a generated client. */
function prismaType(
  use: Wiring,
  { specifier, path }: PackageName,
  query?: { readonly ref: TypeRef; readonly scope: Scope },
): T | null {
  if (!/prisma/i.test(specifier)) return null;
  const names = path[0] === 'Prisma' ? path.slice(1) : path;
  const name = names[0];
  if (name === undefined || names.length > 1) return null;
  if (use.prisma.has(name)) return use.types.prisma(name);
  return use.prisma.generated(name, query === undefined ? null : selectionOf(use, query));
}

/** Reads `{ select: {…} }` / `{ include: {…} }`, written out or as `typeof args`. */
function selectionOf(use: Wiring, query: { readonly ref: TypeRef; readonly scope: Scope }): Selection | null {
  return selectionIn(use, use.resolver.resolve(query.ref, query.scope), 0);
}

function selectionIn(use: Wiring, type: T, depth: number): Selection | null {
  const { members } = use;
  if (depth > 6 || type.k === 'any') return null;
  const select = members.member(type, 'select');
  const asked = select ?? members.member(type, 'include');
  if (asked === null) return null;
  const fields = new Map<string, Selection | null>();
  for (const [name, field] of members.fields(asked)) {
    const value = field.type();
    if (value.k === 'lit' && value.value === false) continue;
    fields.set(name, selectionIn(use, value, depth + 1));
  }
  return { only: select !== null, fields };
}
