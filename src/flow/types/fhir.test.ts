import { describe, expect, it } from 'vitest';
import { tell, world } from './testing/world.js';

const w = world({
  'a.ts': `import { Patient, Bundle, BundleEntry, PatientContact, Resource, QuestionnaireResponseItem } from '@medplum/fhirtypes';
    import type * as r4 from 'fhir/r4'; import { R4 } from '@smile-cdr/fhirts'; import { WithId, ExtractResource } from '@medplum/core';
    import { Patient as FhirPatient, FhirResource, Practitioner, Observation, Encounter, HumanName, Reference, Identifier } from 'fhir/r4b';
    interface Visit { patient: Patient; encounter: Encounter; note: string }
    type Named = Pick<Patient, 'name' | 'active'>; type Nameless = Omit<Patient, 'name'>;
    type WithId2 = Patient & { id: string }; type Staff = Practitioner & { id: string };
    type Extended = Patient & { visits: string[] };
    class Chart implements Partial<Patient> { patient!: FhirPatient }`,
});
const { types } = w;

describe('FHIR types', () => {
  it.each([
    'Patient',
    'FhirPatient',
    'r4.Patient',
    'R4.Patient',
    'fhir4.Patient',
    'WithId<Patient>',
    `ExtractResource<'Patient'>`,
  ])('%s is the resource', (text) => expect(w.type(text)).toBe(types.fhir('Patient')));

  it('backbone elements are parts of their resource', () => {
    expect(w.type('PatientContact')).toBe(types.fhir('Patient.contact'));
    expect(w.type('QuestionnaireResponseItem')).toBe(types.fhir('QuestionnaireResponse.item'));
    expect(w.at('PatientContact', 'name')).toBe('A:Patient.contact.name');
  });

  it('have the members of the specification', () => {
    const patient = types.fhir('Patient');
    expect(types.member(patient, 'name')!.name).toBe('HumanName[]');
    expect(types.member(patient, 'birthDate')!.name).toBe('string');
    expect(types.member(patient, 'active')!.name).toBe('boolean');
    expect(types.member(patient, 'resourceType')!.name).toBe('"Patient"');
    expect(types.member(patient, 'nothing')).toBeNull();
    expect(types.member(types.member(w.type('Bundle<Patient>'), 'entry')!, 'resource')).toBeNull();
    const entry = types.element(types.member(w.type('Bundle<Patient>'), 'entry')!)!;
    expect(types.member(entry, 'resource')).toBe(patient);
  });

  it('are told apart by resourceType', () => {
    expect(types.narrow(w.type('FhirResource'), { field: 'resourceType', value: 'Patient' }, true)).toBe(
      types.fhir('Patient'),
    );
    expect(types.narrow(w.type('Patient | Practitioner'), { field: 'resourceType', value: 'Practitioner' }, true)).toBe(
      types.fhir('Practitioner'),
    );
    expect(types.narrow(w.type('FhirResource'), { field: 'resourceType', value: 'Nonsense' }, true)?.name).toBe(
      'Resource',
    );
  });

  it.each([
    ['Patient', ['name'], 'A:Patient.name'],
    ['Patient', ['name', '0', 'given', '0'], 'A:Patient.name.given'],
    ['Patient', ['name', 'use'], ''],
    ['Patient', ['birthDate'], 'C:Patient.birthDate'],
    ['Patient', ['id'], 'R:Patient.id'],
    ['Patient', ['active'], ''],
    ['Patient', ['resourceType'], ''],
    ['Patient', ['meta', 'versionId'], ''],
    ['Patient', ['contact', 'name'], 'A:Patient.contact.name'],
    ['Patient', ['generalPractitioner'], ''],
    ['Patient', ['birthDate', 'length'], ''],
    ['Practitioner', ['name'], ''],
    ['Observation', ['valueQuantity', 'value'], 'clinical:Observation.valueQuantity.value'],
    ['Observation', ['status'], ''],
    ['Bundle<Patient>', ['entry', '0', 'resource', 'birthDate'], 'C:Patient.birthDate'],
    ['Bundle', ['entry', 'resource', 'birthDate'], 'C:Resource.birthDate'],
    ['Bundle', ['total'], ''],
    ['BundleEntry<Patient>', ['resource', 'birthDate'], 'C:Patient.birthDate'],
    ['Visit', ['patient', 'birthDate'], 'C:Patient.birthDate'],
    ['Named', ['name'], 'A:Patient.name'],
    ['Named', ['active'], ''],
    ['Nameless', ['name'], ''],
    ['Nameless', ['birthDate'], 'C:Patient.birthDate'],
    ['Extended', ['birthDate'], 'C:Patient.birthDate'],
    ['HumanName', ['family'], 'A:HumanName.family'],
    ['Patient[]', ['0', 'name'], 'A:Patient.name'],
  ])('%s at %j says %s', (type, path, expected) => expect(w.at(type, ...path)).toBe(expected));

  it.each(['Practitioner', 'Bundle<Practitioner>', 'fhir4.Organization', 'fhir4.CapabilityStatement'])(
    '%s says nothing',
    (type) => expect(types.place(w.type(type))).toBeNull(),
  );

  it('list one item for each letter and category of a whole resource', () => {
    const letters = w
      .says('Patient')
      .split(' ')
      .map((item) => item.split(':')[0]!);
    expect(letters[0]).toBe('A');
    expect(new Set(letters).size).toBe(letters.length);
    expect(letters).toEqual(expect.arrayContaining(['A', 'B', 'C', 'D', 'F', 'H', 'R', 'demographic']));
    expect(w.says('Patient')).toContain('A:Patient.name');
    expect(types.items(types.place(w.type('Patient'))!)[0]!.evidence).toBe(3);
  });

  it('carry what their bundles hold', () => {
    expect(w.says('Bundle<Patient>')).toBe(w.says('Patient'));
    expect(w.says('Bundle')).toContain('clinical');
    expect(w.says('Resource')).toContain('clinical');
  });

  it('standing alone, datatypes say what they are for', () => {
    expect(w.says('HumanName')).toContain('A:HumanName');
    expect(w.says('Identifier')).toContain('R:Identifier');
    expect(w.says('Reference')).toContain('R:Reference');
    expect(types.items(types.place(w.type('HumanName'))!)[0]!.evidence).toBe(2);
  });

  it('tell what is left without some elements', () => {
    const place = types.place(w.type('Patient'))!;
    const left = tell(types, place, ['name'])
      .split(' ')
      .map((item) => item.split(':')[0]);
    expect(left).not.toContain('A');
    expect(left).toContain('C');
    // Another date of the patient stays behind.
    expect(tell(types, place, ['birthDate'])).toContain('C:Patient.deceasedDateTime');
    expect(tell(types, place, ['telecom'])).not.toContain('D:Patient.telecom');
  });

  it('extended by other fields are still the resource', () => {
    expect(w.says('Extended')).toBe(w.says('Patient'));
    expect(w.says('WithId2')).toBe(w.says('Patient'));
    expect(
      w
        .says('Nameless')
        .split(' ')
        .map((item) => item.split(':')[0]),
    ).not.toContain('A');
    expect(w.says('Named')).toBe('A:Patient.name');
    expect(types.place(w.type('Staff'))).toBeNull();
  });

  it('are parts of models of the code base', () => {
    expect(w.says('Visit')).toContain('A:Patient.name');
    expect(w.says('Visit')).toContain('Encounter.');
    expect(w.says('Chart')).toContain('C:Patient.birthDate');
  });
});
