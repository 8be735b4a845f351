import { describe, expect, it } from 'vitest';
import { loadFhir } from './fhir.js';
import type { PhiKind } from './phi.js';

const fhir = loadFhir();
const short = (kinds: readonly PhiKind[]): string => kinds.map((kind) => kind.letter ?? kind.category).join(' ');
const carried = (resource: string): string => short(fhir.carried(resource).map(({ kind }) => kind));
const via = (resource: string, what: string): string | undefined =>
  fhir.carried(resource).find(({ kind }) => (kind.letter ?? kind.category) === what)?.via;

describe('structure', () => {
  it('knows types of R4, R4B and R5', () => {
    for (const type of ['Patient', 'HumanName', 'Patient.contact', 'GenomicStudy', 'Citation', 'CodeableReference']) {
      expect(fhir.has(type)).toBe(true);
    }
    expect(fhir.has('constructor')).toBe(false);
    expect(fhir.has('Widget')).toBe(false);
    expect([fhir.isResource('Patient'), fhir.isResource('HumanName')]).toEqual([true, false]);
  });

  it('answers elements, choices and targets', () => {
    expect(fhir.element('Patient', 'name')).toEqual({ type: 'HumanName', many: true, targets: [] });
    expect(fhir.element('Patient', 'birthDate')?.type).toBe('date');
    expect(fhir.element('Patient', 'id')?.type).toBe('string');
    expect(fhir.element('Patient', 'contact')?.type).toBe('Patient.contact');
    expect(fhir.element('Observation', 'valueQuantity')?.type).toBe('Quantity');
    expect(fhir.element('Observation', 'valueWidget')).toBeNull();
    expect(fhir.element('Observation', 'subject')?.targets).toContain('Patient');
    expect(fhir.element('Bundle.entry', 'resource')?.type).toBe('Resource');
    expect(fhir.element('QuestionnaireResponse.item', 'item')).toEqual({
      type: 'QuestionnaireResponse.item',
      many: true,
      targets: [],
    });
    expect(fhir.element('MedicationRequest', 'medication')?.type).toBe('CodeableReference'); // R5
    expect(fhir.element('Patient', 'toString')).toBeNull();
    expect(fhir.elements('Observation')).toEqual(expect.arrayContaining(['id', 'text', 'valueString', 'component']));
  });
});

describe('kinds', () => {
  it.each([
    ['Patient', 'name', 'A'],
    ['Patient', 'name.given', 'A'],
    ['Patient', 'name[0].given', 'A'],
    ['Patient', 'name.0.family', 'A'],
    ['Patient', 'name.use', ''],
    ['Patient', 'name.period', 'C'],
    ['Patient', 'birthDate', 'C'],
    ['Patient', 'deceasedDateTime', 'C'],
    ['Patient', 'deceasedBoolean', 'demographic'],
    ['Patient', 'id', 'R'],
    ['Patient', 'name.id', ''],
    ['Patient', 'active', ''],
    ['Patient', 'resourceType', ''],
    ['Patient', 'meta.versionId', ''],
    ['Patient', 'gender', 'demographic'],
    ['Patient', 'maritalStatus', 'demographic'],
    ['Patient', 'communication.language', 'demographic'],
    ['Patient', 'address', 'B'],
    ['Patient', 'address.line', 'B'],
    ['Patient', 'address.postalCode', 'B'],
    ['Patient', 'address.state', ''],
    ['Patient', 'address.country', ''],
    ['Patient', 'telecom', 'F D E N'],
    ['Patient', 'telecom.value', 'F D E N'],
    ['Patient', 'telecom.system', ''],
    ['Patient', 'identifier', 'G H I J K R'],
    ['Patient', 'identifier.value', 'G H I J K R'],
    ['Patient', 'identifier.system', ''],
    ['Patient', 'photo', 'Q'],
    ['Patient', 'photo.url', 'N'],
    ['Patient', 'photo.contentType', ''],
    ['Patient', 'contact', 'A C F D E B N demographic'],
    ['Patient', 'contact.name', 'A'],
    ['Patient', 'contact.telecom.value', 'F D E N'],
    ['Patient', 'generalPractitioner', ''],
    ['Patient', 'managingOrganization', ''],
    ['Patient', 'text', 'free-text'],
    ['Patient', 'text.div', 'free-text'],
    ['Patient', 'text.status', ''],
    ['Patient', 'extension', 'free-text'],
    ['Patient', 'nonsense', ''],
    ['Patient', '_birthDate', ''],
    ['RelatedPerson', 'name', 'A'],
    ['Person', 'telecom', 'F D E N'],
    ['Practitioner', 'name', ''],
    ['Practitioner', 'id', ''],
    ['Organization', 'telecom', ''],
    ['Location', 'address', ''],
    ['HealthcareService', 'comment', ''],
    ['Questionnaire', 'item.text', ''],
    ['OperationOutcome', 'issue.diagnostics', ''],
    ['CapabilityStatement', 'description', ''],
    ['Condition', 'code', 'clinical'],
    ['Condition', 'code.text', 'clinical'],
    ['Condition', 'code.coding.display', 'clinical'],
    ['Condition', 'code.coding.code', 'clinical'],
    ['Condition', 'code.coding.system', ''],
    ['Condition', 'onsetDateTime', 'C'],
    ['Condition', 'note', 'free-text'],
    ['Condition', 'note.text', 'free-text'],
    ['Condition', 'subject', 'A R'],
    ['Condition', 'subject.reference', 'R'],
    ['Condition', 'subject.display', 'A'],
    ['Condition', 'subject.type', ''],
    ['Condition', 'recorder.display', 'A'],
    ['Condition', 'category', ''],
    ['Encounter', 'serviceProvider', ''],
    ['Encounter', 'period.start', 'C'],
    ['Encounter', 'location.location', ''],
    ['Encounter', 'status', ''],
    ['Observation', 'status', ''],
    ['Observation', 'value[x]', 'clinical'],
    ['Observation', 'valueQuantity', 'clinical'],
    ['Observation', 'valueQuantity.value', 'clinical'],
    ['Observation', 'valueQuantity.unit', ''],
    ['Observation', 'valueString', 'clinical free-text'],
    ['Observation', 'component.valueQuantity', 'clinical'],
    ['Observation', 'effectiveDateTime', 'C'],
    ['MedicationRequest', 'medicationCodeableConcept', 'clinical'],
    ['MedicationRequest', 'medicationCodeableConcept.text', 'clinical'],
    ['MedicationRequest', 'medicationReference.display', 'clinical'],
    ['MedicationRequest', 'dosageInstruction.text', 'clinical'],
    ['DiagnosticReport', 'conclusion', 'clinical free-text'],
    ['DiagnosticReport', 'presentedForm.data', 'free-text'],
    ['DocumentReference', 'content.attachment', 'free-text N'],
    ['Binary', 'data', 'free-text'],
    ['Coverage', 'subscriberId', 'I'],
    ['Coverage', 'class.value', 'I'],
    ['Claim', 'diagnosis', 'clinical insurance'],
    ['Patient', 'photo.data', 'Q'],
    ['Device', 'serialNumber', 'M'],
    ['AuditEvent', 'agent.network.address', 'O'],
    ['QuestionnaireResponse', 'item.answer.valueString', 'clinical free-text'],
    ['QuestionnaireResponse', 'item.item.answer.valueString', 'clinical free-text'],
    ['QuestionnaireResponse', 'item.linkId', ''],
    ['Task', 'input.valueString', 'free-text'],
    ['Bundle', 'total', ''],
    ['Bundle', 'type', ''],
    ['Bundle', 'entry.fullUrl', 'N R'],
    ['Bundle', 'entry.resource.birthDate', 'C'],
    ['Bundle', 'entry.resource.id', 'R'],
    ['Bundle', 'entry.resource.resourceType', ''],
    ['Parameters', 'parameter.name', ''],
    ['HumanName', 'given', 'A'],
    ['Address', 'state', ''],
    ['Widget', 'name', ''],
  ])('%s.%s → %s', (resource, path, expected) => expect(short(fhir.kinds(resource, path))).toBe(expected));

  it('gives the union of all patient resources where any resource may stand', () => {
    const entry = short(fhir.kinds('Bundle', 'entry')).split(' ');
    expect(entry).toEqual(expect.arrayContaining(['G', 'A', 'C', 'clinical', 'free-text', 'R']));
    expect(entry[0]).toBe('G');
    expect(short(fhir.kinds('Observation', 'contained')).split(' ')).toEqual(expect.arrayContaining(['G', 'clinical']));
  });

  it('names genetic data', () => {
    expect(fhir.kinds('MolecularSequence', 'observedSeq')[0]?.sensitive).toBe('genetic');
    expect(fhir.kinds('FamilyMemberHistory', 'condition.code')[0]?.sensitive).toBe('genetic');
    expect(fhir.kinds('Condition', 'code')[0]?.sensitive).toBeNull();
  });
});

describe('carried', () => {
  it('lists each kind of a whole resource once, the gravest first, with its witness', () => {
    expect(carried('Patient')).toBe('G H A I J K C F D E B Q free-text N demographic R');
    expect(via('Patient', 'A')).toBe('Patient.name');
    expect(via('Patient', 'G')).toBe('Patient.identifier');
    expect(via('Patient', 'R')).toBe('Patient.id');
    expect(via('Patient', 'free-text')).toBe('Patient.text');
    expect(carried('Observation')).toBe('A C clinical free-text R');
    expect(via('Observation', 'clinical')).toBe('Observation.code');
    expect(via('Claim', 'clinical')).toBe('Claim.supportingInfo.value[x]');
  });

  it('takes a bundle for all that it may hold', () => {
    expect(via('Bundle', 'A')).toBe('Patient.name');
    expect(carried('Bundle')).toContain('clinical');
    expect(carried('Resource').split(' ')).toEqual(expect.arrayContaining(['G', 'A', 'clinical', 'M', 'O']));
    expect(fhir.carried('Bundle').every(({ kind }) => kind.sensitive === null)).toBe(true);
  });

  it('says nothing of workforce, organisations and definitions', () => {
    for (const type of [
      'Practitioner',
      'PractitionerRole',
      'Organization',
      'Location',
      'ValueSet',
      'OperationOutcome',
    ]) {
      expect(fhir.carried(type)).toEqual([]);
    }
    expect(fhir.carried('Widget')).toEqual([]);
  });

  it('answers for parts and datatypes, too', () => {
    expect(carried('HumanName')).toBe('A');
    expect(carried('Patient.contact')).toBe('A C F D E B N demographic');
  });
});
