import { describe, expect, it } from 'vitest';
import { fhirNamespace, fhirPackage, fhirTypeName } from './fhir-packages.js';

describe('packages that declare FHIR types', () => {
  it.each([
    ['fhir/r4', 'R4'],
    ['fhir/r4b', 'R4B'],
    ['fhir/r5.d.ts', 'R5'],
    ['@types/fhir/r4', 'R4'],
    ['@medplum/fhirtypes', 'R4'],
    ['npm:@medplum/fhirtypes@4.5.2', 'R4'],
    ['npm:@types/fhir@0.0.41/r5', 'R5'],
    ['@medplum/fhirtypes/dist/Patient', 'R4'],
    ['@oystehr/sdk', 'R4B'],
    ['@bonfhir/core/r5', 'R5'],
    ['@smile-cdr/fhirts', 'R4'],
    ['fhirclient', null],
    ['constructor', null],
    ['./fhir/r4', null],
  ])('%s → %s', (specifier, release) => expect(fhirPackage(specifier)?.release ?? null).toBe(release));

  it.each([
    ['@medplum/fhirtypes', 'Patient', 'Patient'],
    ['fhir/r4b', 'FhirResource', 'Resource'],
    ['@smile-cdr/fhirts', 'R4.Patient', 'Patient'],
    ['@smile-cdr/fhirts', 'Patient', null],
    ['@ahryman40k/ts-fhir-types', 'R4.IPatient', 'Patient'],
    ['@ahryman40k/ts-fhir-types', 'R4.RTTI_Patient', 'Patient'],
    ['@ahryman40k/ts-fhir-types', 'R4.Invoice', 'Invoice'],
    ['@oystehr/sdk', 'Bundle', 'Bundle'],
    ['@oystehr/sdk', 'OystehrConfig', null],
  ])('%s: %s → %s', (specifier, exported, type) => {
    const from = fhirPackage(specifier);
    expect(from && fhirTypeName(from, exported)).toBe(type);
  });

  it('knows the global namespaces', () => {
    expect(['fhir4', 'fhir4b', 'fhir5', 'fhir', 'React', 'toString'].map(fhirNamespace)).toEqual([
      'R4',
      'R4B',
      'R5',
      'STU3',
      null,
      null,
    ]);
  });
});
