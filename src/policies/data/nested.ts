/** Records in nested data: FHIR resources by their elements, other objects by the names of their fields. */
import { type DataRecord, MAX_RECORDS, plainName } from './record.js';
import type { DataNode } from './tree.js';

type ObjectNode = Extract<DataNode, { k: 'object' }>;
type Field = readonly [name: string, value: string];

const PEOPLE = new Set(['Patient', 'RelatedPerson', 'Person']);

/** All records below a node, in the order of the text. `isField` says whether a name counts for a record at all. */
export function readNested(root: DataNode, kind: string, isField: (name: string) => boolean): readonly DataRecord[] {
  const records: DataRecord[] = [];
  const visit = (node: DataNode, name: string): void => {
    if (records.length >= MAX_RECORDS || node.k === 'scalar') return;
    if (node.k === 'array') {
      for (const item of node.items) visit(item, name);
      return;
    }
    const type = scalar(node, 'resourceType');
    if (type !== '') {
      if (PEOPLE.has(type)) records.push(fhirPerson(node, type));
      for (const [key, value] of node.entries)
        if (key === 'entry' || key === 'contained' || key === 'resource') visit(value, key);
      return;
    }
    const resources = node.entries.filter(([, value]) => scalar(value, 'resourceType') !== '');
    if (resources.length > 0) {
      for (const [key, value] of resources) visit(value, key);
      return;
    }
    const fields = flatten(node, isField, 0);
    const counted = new Set(fields.filter(([field]) => isField(field)).map(([field]) => plainName(field)));
    if (counted.size >= 2) {
      records.push({ kind: name, fields, at: node.at, patient: false, synthetic: false });
      for (const [key, value] of node.entries) if (value.k === 'array') visit(value, key);
    } else for (const [key, value] of node.entries) visit(value, key);
  };
  visit(root, kind);
  return records;
}

/** Own and nested fields; a nested one is called by its own name, or with its parent's if that is what counts. */
function flatten(node: ObjectNode, isField: (name: string) => boolean, depth: number): readonly Field[] {
  return node.entries.flatMap(([key, value]): readonly Field[] => {
    if (value.k === 'scalar') return value.text === '' ? [] : [[key, value.text]];
    if (value.k === 'array') {
      const texts = value.items.flatMap((item) => (item.k === 'scalar' ? [item.text] : []));
      if (texts.length > 0) return [[key, texts.join(' ')]];
      return value.items.length > 0 ? [[key, '[]']] : [];
    }
    if (depth >= 2) return [];
    return flatten(value, isField, depth + 1).map(([name, text]): Field => {
      const joined = `${key}.${name}`;
      return [isField(joined) ? joined : name, text];
    });
  });
}

function child(node: DataNode | undefined, key: string): DataNode | undefined {
  return node?.k === 'object' ? node.entries.find(([name]) => name === key)?.[1] : undefined;
}

function scalar(node: DataNode | undefined, key: string): string {
  const value = child(node, key);
  return value?.k === 'scalar' ? value.text : '';
}

function all(node: DataNode | undefined): readonly DataNode[] {
  return node === undefined ? [] : node.k === 'array' ? node.items : [node];
}

function fhirPerson(node: ObjectNode, type: string): DataRecord {
  const fields: Field[] = [];
  const add = (name: string, value: string): void => {
    if (value !== '') fields.push([name, value]);
  };
  for (const name of all(child(node, 'name'))) {
    add('family', scalar(name, 'family'));
    add(
      'given',
      all(child(name, 'given'))
        .flatMap((one) => (one.k === 'scalar' ? [one.text] : []))
        .join(' '),
    );
    if (scalar(name, 'family') === '') add('name', scalar(name, 'text'));
  }
  add('birthDate', scalar(node, 'birthDate'));
  for (const telecom of all(child(node, 'telecom'))) {
    const system = scalar(telecom, 'system');
    add(system === 'email' ? 'email' : system === 'fax' ? 'fax' : 'phone', scalar(telecom, 'value'));
  }
  for (const address of all(child(node, 'address'))) {
    add(
      'street',
      all(child(address, 'line'))
        .flatMap((one) => (one.k === 'scalar' ? [one.text] : []))
        .join(' '),
    );
    add('postalCode', scalar(address, 'postalCode'));
  }
  for (const identifier of all(child(node, 'identifier'))) {
    const code = all(child(child(identifier, 'type'), 'coding')).map((coding) => scalar(coding, 'code'));
    const isSsn = scalar(identifier, 'system').includes('us-ssn') || code.includes('SS') || code.includes('SB');
    add(isSsn ? 'ssn' : code.includes('MR') ? 'mrn' : 'identifier', scalar(identifier, 'value'));
  }
  const meta = child(node, 'meta');
  const tags = [...all(child(meta, 'tag')), ...all(child(meta, 'security'))].map((tag) => scalar(tag, 'code'));
  return { kind: type, fields, at: node.at, patient: true, synthetic: tags.includes('HTEST') };
}
