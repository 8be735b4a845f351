/**
 * What a FHIR search brings along besides what it searches for: `_include` and `_revinclude`, however a client takes
 * them (`{ name: '_include', value: 'Encounter:subject' }`, `{ _revinclude: … }`, a query string).
 */
import type { FhirModel } from '../knowledge/phi.js';
import { constants } from './contents.js';
import type { Value } from './value.js';

const ANY = 'Resource';
const DEEPEST = 4;
const IN_QUERY = /_(rev)?include(?::\w+)?=([^&\s]+)/g;

/** Names of the resources, each once; `Resource` where the code does not show which. */
export function included(fhir: FhirModel, args: readonly Value[]): readonly string[] {
  const out = new Set<string>();
  for (const arg of args) collect(fhir, arg, 0, out);
  return [...out];
}

function collect(fhir: FhirModel, v: Value, depth: number, out: Set<string>): void {
  for (const a of v.atoms) {
    if (a.k === 'const' && typeof a.v === 'string')
      for (const [, rev, what] of a.v.matchAll(IN_QUERY)) add(fhir, what!, rev !== undefined, out);
    if (a.k === 'str') for (const part of a.parts) collect(fhir, part, depth + 1, out);
    if (a.k === 'alt' && depth < DEEPEST) collect(fhir, a.v, depth + 1, out);
  }
  if (v.fields === null || depth >= DEEPEST) return;
  const name = constants(v.fields.get('name') ?? v)?.[0];
  const value = v.fields.get('value');
  if (typeof name === 'string' && value) named(fhir, name, value, out);
  for (const [key, field] of v.fields) {
    if (key.startsWith('_')) named(fhir, key, field, out);
    collect(fhir, field, depth + 1, out);
  }
}

function named(fhir: FhirModel, key: string, value: Value, out: Set<string>): void {
  const [, rev] = /^_(rev)?include(?::\w+)?$/.exec(key) ?? [];
  if (!/^_(rev)?include\b/.test(key)) return;
  const list = value.fields ? [...value.fields.values()] : [value];
  for (const one of list) for (const c of constants(one) ?? [ANY]) add(fhir, String(c), rev !== undefined, out);
}

/** `Encounter:subject`, `Account:patient`, `Encounter:subject:Patient`, `*`. */
function add(fhir: FhirModel, what: string, rev: boolean, out: Set<string>): void {
  const [from = '', param = '', target = ''] = what.split(':');
  const named = rev ? from : target;
  const found = fhir.isResource(named) ? [named] : rev ? [] : targets(fhir, from, param);
  for (const one of found.length > 0 ? found : [ANY]) out.add(one);
}

/** What a search parameter leads to: by its own name, or by the element of that name. */
function targets(fhir: FhirModel, from: string, param: string): readonly string[] {
  const resource = param.slice(0, 1).toUpperCase() + param.slice(1);
  if (fhir.isResource(resource)) return [resource];
  const name = param.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());
  const element = fhir.element(from, name);
  if (element === null) return [];
  // `participant` is a part of the resource; what is in it refers to people and places.
  const below = fhir.elements(element.type).flatMap((each) => fhir.element(element.type, each)?.targets ?? []);
  const all = element.targets.length > 0 ? element.targets : below;
  return [...new Set(all)].filter((each) => fhir.isResource(each) && each !== ANY);
}
