import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFhirTables } from './fhir-tables.js';
import { loadFhir } from './fhir.js';

const rules = new URL('../../rules/phi/', import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, rules), 'utf8');
const fhir = loadFhir();

interface Table {
  readonly compartment: readonly string[];
  readonly types: Readonly<Record<string, string>>;
}

describe.each(['fhir-r4.json', 'fhir-later.json'])('%s', (file) => {
  const table = JSON.parse(text(file)) as Table;

  it('has one line a type, each as the generator writes it', () => {
    const lines = text(file).split('\n');
    for (const [name, line] of Object.entries(table.types)) {
      expect(lines.some((row) => row.startsWith(`  ${JSON.stringify(name)}: `))).toBe(true);
      expect(line).toMatch(/^\w*\/(?:resource|type|part)(?: [A-Za-z]\w*(?:\[x\])?:[\w.|()]+\*?)*$/);
    }
  });

  it('names only types that there are', () => {
    const primitive = /^[a-z]/;
    for (const name of Object.keys(table.types)) {
      for (const element of fhir.elements(name)) {
        const type = fhir.element(name, element)?.type ?? '';
        expect(primitive.test(type) || fhir.has(type), `${name}.${element}: ${type}`).toBe(true);
      }
    }
  });
});

describe('fhir-letters.yaml', () => {
  const letters = parse(text('fhir-letters.yaml')) as {
    readonly elements: Readonly<Record<string, readonly string[]>>;
    readonly datatypes: Readonly<Record<string, { readonly same?: string[]; readonly fields?: object }>>;
    readonly gravity: readonly string[];
    readonly also_individual: readonly string[];
    readonly first_told: readonly string[];
  };
  const tables = readFhirTables();

  it('speaks of elements that exist', () => {
    for (const path of Object.keys(letters.elements)) {
      if (path.startsWith('*.')) continue;
      const parts = path.split('.');
      let type = parts.shift() ?? '';
      for (const part of parts) {
        const found = [...tables.elements(type)].find(
          (def) => def.name === part || fhir.element(type, part) !== null || def.name === `${part}[x]`,
        );
        expect(found, path).toBeDefined();
        type = fhir.element(type, part)?.type ?? type;
      }
    }
  });

  it('speaks of datatypes, fields and resources that exist', () => {
    for (const [type, rule] of Object.entries(letters.datatypes)) {
      if (type !== 'SimpleQuantity') expect(fhir.has(type), type).toBe(true);
      for (const field of [...(rule.same ?? []), ...Object.keys(rule.fields ?? {})]) {
        const exists = [...tables.elements(type)].some((def) => def.name === field);
        if (type !== 'SimpleQuantity') expect(exists, `${type}.${field}`).toBe(true);
      }
    }
    for (const resource of [...letters.also_individual, ...letters.first_told]) {
      expect(fhir.isResource(resource), resource).toBe(true);
    }
  });

  it('ranks every kind that it gives', () => {
    const given = new Set(Object.values(letters.elements).flat());
    for (const kind of given) expect([...letters.gravity, 'code', 'measure']).toContain(kind);
  });

  it('covers the whole patient compartment', () => {
    expect(tables.compartment.size).toBeGreaterThan(66);
    for (const resource of tables.compartment) {
      if (!['Schedule'].includes(resource)) expect(fhir.carried(resource).length, resource).toBeGreaterThan(0);
    }
  });
});
