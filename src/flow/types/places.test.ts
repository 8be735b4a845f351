import { describe, expect, it } from 'vitest';
import { tell, world } from './testing/world.js';

describe('models of the code base', () => {
  const w = world({
    'a.ts': `
      enum Gender { Female, Male } enum Status { Open, Done }
      export interface Patient {
        id: string; firstName: string; lastName: string; dob: Date; ssn?: string | null; gender: 'male' | 'female';
        hasInsurance: boolean; active: boolean; status: 'new' | 'seen'; phones: string[]; address: Address;
        send(): void; onChange: (name: string) => void; photo: Blob;
      }
      interface Address { line1: string; city: string; state: string }
      interface Visit { patient: Patient; diagnosis: string; doctor: Practitioner; createdAt: Date }
      interface Practitioner { firstName: string; lastName: string; email: string; npi: string }
      interface Organization { name: string; phone: string; address: string }
      interface Person { gender: Gender; sex: Gender; state: Status; dob: string; email: string }
      interface Clinic { site: Address; contact: { phone: string }; patients: Patient[] }
      interface Params { ehr: 'athena' | 'canvas'; patientMrn: string; memberId: string }
      interface Directory { addressLine: string; city: string; zip: string }
      interface Settings { theme: string; pageSize: number }
      interface Row { email: string; score: number }
      type Intake = { fullName: string; mrn: string; contact: { phone: string; relation: string }; tags: { name: string }[] };
      interface Props { visit: Visit; title: string; onClose: () => void }
      type SafePatient = Omit<Patient, 'firstName' | 'lastName' | 'ssn'>;
      type Errors = { [K in keyof Patient]?: boolean };
      type Result<T> = { ok: true; data: T } | { ok: false; error: string };
      interface Note { medications: { label: string; id: string; verified: boolean }[] }
      interface SoapNote { s: string; o: string; a: string; p: string; id: string }
      interface Everything extends Patient { email: string }
      type Both = Patient & { visits: Visit[] };
    `,
  });

  it('names fields that say something, gravest first', () => {
    const letters = w
      .says('Patient')
      .split(' ')
      .map((item) => item.split(':')[0]);
    expect(letters.slice(0, 3)).toEqual(['A', 'A', 'G']);
    expect(letters).toContain('C');
    expect(letters).toContain('D');
  });

  it.each([
    ['a field', 'Patient', ['dob'], 'C:Patient.dob'],
    ['an optional, nullable field', 'Patient', ['ssn'], 'G:Patient.ssn'],
    ['an array field and its elements', 'Patient', ['phones', '0'], 'D:Patient.phones'],
    ['a boolean', 'Patient', ['hasInsurance'], ''],
    ['a closed list of states', 'Patient', ['status'], ''],
    ['a closed list of genders', 'Patient', ['gender'], 'demographic:Patient.gender'],
    ['an enum of genders', 'Person', ['gender'], 'demographic:Person.gender'],
    ['an enum of states', 'Person', ['state'], ''],
    ['a method', 'Patient', ['send'], ''],
    ['a callback', 'Patient', ['onChange'], ''],
    ['a field that is not declared', 'Patient', ['nothing'], ''],
    ['the length of a name', 'Patient', ['firstName', 'length'], ''],
    ['a count of elements', 'Patient', ['phones', 'length'], ''],
    ['a model in a model', 'Visit', ['patient', 'ssn'], 'G:Patient.ssn'],
    ['an address of a patient', 'Patient', ['address', 'city'], 'B:Address.city'],
    ['a state of an address', 'Patient', ['address', 'state'], ''],
    ['a clinical field', 'Visit', ['diagnosis'], 'clinical:Visit.diagnosis'],
    ['an anonymous model in a model', 'Intake', ['contact', 'phone'], 'D:Intake.contact.phone'],
    ['the name of a tag', 'Intake', ['tags', '0', 'name'], ''],
    ['a model behind props', 'Props', ['visit', 'patient', 'firstName'], 'A:Patient.firstName'],
    ['a title', 'Props', ['title'], ''],
    ['an element of an array', 'Visit[]', ['0', 'patient', 'dob'], 'C:Patient.dob'],
    ['a value of a record', 'Record<string, Patient>', ['p1', 'dob'], 'C:Patient.dob'],
    ['a value of a map', 'Map<string, Patient>', ['get', 'dob'], 'C:Patient.dob'],
    ['the size of a map', 'Map<string, Patient>', ['size'], ''],
    ['data in a result', 'Result<Patient>', ['data', 'ssn'], 'G:Patient.ssn'],
    ['a flag of a result', 'Result<Patient>', ['ok'], ''],
    ['a field that was left out', 'SafePatient', ['ssn'], ''],
    ['a field that stayed', 'SafePatient', ['dob'], 'C:Patient.dob'],
    ['an intersection', 'Both', ['visits', 'diagnosis'], 'clinical:Visit.diagnosis'],
    ['an inherited field', 'Everything', ['ssn'], 'G:Everything.ssn'],
    ['text of a clinical field', 'Note', ['medications', 'label'], 'clinical:Note.medications.label'],
    ['an id in a clinical field', 'Note', ['medications', 'id'], 'R:Note.medications.id'],
    ['a flag in a clinical field', 'Note', ['medications', 'verified'], ''],
    ['text of a note whose fields say nothing', 'SoapNote', ['s'], 'free-text:SoapNote.s'],
    ['an address of a clinic', 'Clinic', ['site', 'city'], ''],
    ['a phone of a clinic', 'Clinic', ['contact', 'phone'], ''],
    ['a patient of a clinic', 'Clinic', ['patients', '0', 'ssn'], 'G:Patient.ssn'],
    ['a closed list beside identifiers', 'Params', ['ehr'], ''],
    ['an awaited value', 'Promise<Patient>', ['ssn'], 'G:Patient.ssn'],
  ])('%s', (_, type, path, expected) => expect(w.at(type, ...path)).toBe(expected));

  it.each([
    'Settings',
    'Organization',
    'Practitioner',
    'Errors',
    'string',
    'boolean',
    '() => Patient',
    'typeof globalThis',
  ])('%s says nothing', (type) => expect(w.types.place(w.type(type))).toBeNull());

  it('leaves staff out of what a visit says', () => {
    expect(w.says('Visit')).not.toContain('Practitioner');
    expect(w.says('Visit')).toContain('G:Patient.ssn');
  });

  it('says how sure it is', () => {
    const evidence = (text: string, ...path: string[]): number | undefined => {
      let place = w.types.place(w.type(text));
      for (const name of path) place = place && w.types.select(place, name);
      return place === null ? undefined : w.types.items(place)[0]?.evidence;
    };
    expect(evidence('Patient', 'dob')).toBe(3); // called a patient
    expect(evidence('Intake', 'mrn')).toBe(3); // two identifiers
    expect(evidence('Row', 'email')).toBe(2); // a strong name alone
    expect(evidence('Directory', 'zip')).toBe(2); // an address alone
  });

  it('interns places', () => {
    const { types } = w;
    const place = types.place(w.type('Visit'))!;
    expect(types.place(w.type('Visit[]'))).toBe(place);
    expect(types.select(place, 'patient')).toBe(types.place(w.type('Patient')));
    expect(types.elementPlace(place)).toBe(place);
    const map = types.place(w.type('Record<string, Visit>'))!;
    expect(types.elementPlace(map)).toBe(place);
    expect(map.via).toBe('Visit');
  });

  it('tells what is left when fields are taken out', () => {
    const place = w.types.place(w.type('Visit'))!;
    expect(tell(w.types, place, ['patient'])).toBe('clinical:Visit.diagnosis');
    expect(tell(w.types, place, ['patient.firstName', 'patient.lastName'])).not.toContain('A:');
    expect(tell(w.types, place, ['diagnosis'])).not.toContain('clinical');
  });

  it('reads any of several models', () => {
    const both = w.types.place(w.type('Patient | Intake'))!;
    expect(tell(w.types, w.types.select(both, 'mrn'))).toBe('H:Intake.mrn');
    expect(tell(w.types, w.types.select(both, 'ssn'))).toBe('G:Patient.ssn');
    expect(tell(w.types, both)).toContain('H:Intake.mrn');
  });
});

describe('classes', () => {
  const w = world({
    'a.ts': `
      export class Patient { #ssn = ''; static count = 0; dob?: Date; constructor(public mrn: string, readonly email: string) {}
        get fullName(): string { return '' } set nickname(x: string) {} describe(): string { return '' } }
      class Child extends Patient { guardianPhone = '' }
      class PatientService { constructor(private readonly patient: Patient, private email: EmailSender) {} }
      @Injectable() class Reader { current!: Patient }
      class EmailSender { send() {} }
      class Record<T> { value!: T }
      interface Job { email: EmailSender; run(): void }
    `,
  });

  it('carry their fields, parameter properties and getters', () => {
    const letters = w.says('Patient');
    for (const part of ['H:Patient.mrn', 'F:Patient.email', 'C:Patient.dob', 'A:Patient.fullName'])
      expect(letters).toContain(part);
    expect(letters).not.toContain('count');
    expect(w.at('Patient', 'describe')).toBe('');
  });

  it('inherit', () => {
    expect(w.at('Child', 'mrn')).toBe('H:Child.mrn');
    expect(w.at('Child', 'guardianPhone')).toBe('D:Child.guardianPhone');
  });

  it('that do things are no records', () => {
    for (const type of ['PatientService', 'Reader', 'EmailSender', 'Job']) expect(w.says(type)).toBe('');
  });
});

describe('Prisma models', () => {
  const field = (name: string, type: string, list = false) => ({ name, type, list, optional: false, line: 1 });
  const w = world(
    {
      'a.ts': `import { Patient, Prisma, PrismaClient } from '@prisma/client';
        const args = { include: { visits: true } };
        type Full = Prisma.PatientGetPayload<{ include: { visits: { select: { reason: true } } } }>;
        type Some = Prisma.PatientGetPayload<{ select: { mrn: true } }>;
        type ByValue = Prisma.PatientGetPayload<typeof args>;
        type Input = Prisma.PatientCreateInput;`,
    },
    {
      prisma: [
        {
          name: 'Patient',
          file: 'schema.prisma',
          fields: [
            field('id', 'String'),
            field('mrn', 'String'),
            field('dob', 'DateTime'),
            field('sex', 'Sex'),
            field('active', 'Boolean'),
            field('visits', 'Visit', true),
          ],
        },
        {
          name: 'Visit',
          file: 'schema.prisma',
          fields: [field('reason', 'String'), field('diagnosis', 'Json'), field('patient', 'Patient')],
        },
      ],
    },
  );

  it('are found by import and by the client’s property', () => {
    expect(w.type('Patient').k).toBe('prisma');
    expect(w.types.prismaModel('patient')).toBe(w.type('Patient'));
    expect(w.types.prismaModel('Nothing')).toBeNull();
    expect(w.types.external(w.type('PrismaClient'))).toBe('@prisma/client#PrismaClient');
  });

  it('carry their scalar fields; relations only when asked for', () => {
    expect(w.says('Patient')).toContain('H:Patient.mrn');
    expect(w.says('Patient')).not.toContain('Visit');
    expect(w.at('Patient', 'visits', '0', 'diagnosis')).toBe('clinical:Visit.diagnosis');
    expect(w.at('Patient', 'active')).toBe('');
    expect(w.at('Patient', 'sex')).toBe('demographic:Patient.sex');
  });

  it('as payloads carry what the query asks for', () => {
    expect(w.says('Full')).toContain('H:Patient.mrn');
    expect(w.at('Full', 'visits', 'reason')).toBe(w.at('Patient', 'visits', 'reason'));
    expect(w.at('Full', 'visits', 'diagnosis')).toBe('');
    expect(w.says('Some')).toBe('H:Patient.mrn');
    expect(w.at('ByValue', 'visits', 'diagnosis')).toBe('clinical:Visit.diagnosis');
    expect(w.says('Input')).toContain('H:Patient.mrn');
  });
});

describe('models without a declaration', () => {
  const { types } = world({ 'a.ts': '' });

  it('are inferred from the fields that code takes out', () => {
    const place = types.inferred('body', ['firstName', 'dob', 'page'])!;
    expect(tell(types, place)).toBe('A:firstName C:dob');
    expect(types.items(place).every(({ evidence }) => evidence === 2)).toBe(true);
    expect(types.items(types.inferred('body', ['email', 'page'])!)[0]?.evidence).toBe(1);
    expect(types.inferred('user', ['email', 'page'])).toBeNull();
    expect(types.inferred('body', ['email', 'password'])).toBeNull();
    expect(types.inferred('user', ['email', 'dob'])).not.toBeNull();
    expect(tell(types, types.select(place, 'dob'))).toBe('C:dob');
    expect(types.select(place, 'page')).toBeNull();
    expect(types.inferred('body', ['dob', 'page', 'firstName'])).toBe(place);
  });

  it('need a strong name', () => {
    expect(types.inferred('body', ['page', 'size'])).toBeNull();
    expect(types.inferred('body', ['name', 'title'])).toBeNull();
    expect(types.inferred('provider', ['firstName'])).toBeNull();
  });

  it('single fields are what they are said to be', () => {
    const kind = { letter: 'D', category: 'telephone', sensitive: null } as const;
    const place = types.single('Message.from', kind);
    expect(tell(types, place)).toBe('D:Message.from');
    expect(types.single('Message.from', kind)).toBe(place);
    expect(types.select(place, 'anything')).toBe(place);
    expect(types.items(types.single('Message.from', kind, 3))[0]?.evidence).toBe(3);
  });

  it('shapes of schemas are models', () => {
    const shape = types.shape(
      'intakeSchema',
      new Map([
        ['ssn', null],
        ['nested', types.shape('Contact', new Map([['email', null]]))],
      ]),
    );
    expect(tell(types, types.place(shape))).toBe('G:intakeSchema.ssn F:Contact.email');
    expect(types.shape('intakeSchema', new Map([['ssn', null]]))).not.toBe(shape);
  });
});
