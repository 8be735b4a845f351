/** Packages and global namespaces that declare FHIR types (rules/phi/fhir-packages.yaml). */
import { readPhiYaml } from './phi-data.js';

export type FhirRelease = 'DSTU2' | 'STU3' | 'R4' | 'R4B' | 'R5';

export interface FhirPackage {
  readonly release: FhirRelease;
  /** Members of the package that hold the types, by release: `R4.Patient`; absent: the types are exported themselves. */
  readonly namespaces?: Readonly<Record<string, FhirRelease>>;
  /** What stands before the FHIR name in exported names: `IPatient`. */
  readonly strip?: readonly string[];
  /** If present, only these names are FHIR types. */
  readonly only?: readonly string[];
}

interface PackageEntry extends FhirPackage {
  readonly subpaths?: Readonly<Record<string, FhirRelease>>;
}

interface PackageFile {
  readonly packages: Readonly<Record<string, PackageEntry>>;
  readonly globals: Readonly<Record<string, FhirRelease>>;
  readonly any: readonly string[];
}

let file: PackageFile | null = null;
const data = (): PackageFile => (file ??= readPhiYaml<PackageFile>('fhir-packages.yaml'));

/** What FHIR types an import specifier stands for: `fhir/r4b`, `@medplum/fhirtypes`, `npm:@types/fhir@0.0.41/r5`; null: none. */
export function fhirPackage(specifier: string): FhirPackage | null {
  const parts = /^(?:npm:)?\/?(?<name>@[^/@]+\/[^/@]+|[^/@]+)(?:@[^/]*)?(?<subpath>\/.*)?$/.exec(specifier)?.groups;
  const name = parts?.name ?? '';
  const packages = data().packages;
  if (!Object.hasOwn(packages, name)) return null;
  const { subpaths, ...entry } = packages[name]!;
  const first = parts?.subpath
    ?.slice(1)
    .replace(/(?:\.d)?\.[cm]?[jt]s$/, '')
    .split('/')[0];
  if (first === undefined || subpaths === undefined) return entry;
  const release = Object.hasOwn(subpaths, first) ? subpaths[first] : undefined;
  return release === undefined ? entry : { ...entry, release };
}

/** The release of a global namespace: `fhir4` of `fhir4.Patient`; null: not one of them. */
export function fhirNamespace(name: string): FhirRelease | null {
  const { globals } = data();
  return Object.hasOwn(globals, name) ? (globals[name] ?? null) : null;
}

/**
 * The FHIR type behind a dotted name exported by such a package: `Patient`, `R4.IPatient` → `Patient`; null: it is none
 * that a namespace or prefix leads to. Names for any resource (`FhirResource`) give `Resource`.
 */
export function fhirTypeName(from: FhirPackage, exported: string): string | null {
  let name = exported;
  if (from.namespaces !== undefined) {
    const dot = name.indexOf('.');
    if (dot === -1 || !Object.hasOwn(from.namespaces, name.slice(0, dot))) return null;
    name = name.slice(dot + 1);
  }
  if (from.only?.includes(name) === false) return null;
  const prefix = from.strip?.find((each) => name.startsWith(each) && /^\p{Lu}/u.test(name.slice(each.length)));
  if (prefix !== undefined) name = name.slice(prefix.length);
  return data().any.includes(name) ? 'Resource' : name;
}
