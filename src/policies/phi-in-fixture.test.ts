import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../analysis.js';
import type { FileFacts, Instr } from '../facts/ir.js';
import { judge } from './index.js';
import { type Made, handmade } from './testing/handmade.js';

/** Every name and number here is invented; the realistic ones only have a shape that is given out. */
function findings(file: string, text: string, made: Made = {}): readonly FindingJson[] {
  const { findings: all } = judge(handmade({ files: { [file]: text }, ...made }));
  return all.filter((finding) => finding.ruleId === 'phi-in-fixture');
}
const brief = (found: readonly FindingJson[]): string =>
  found.map((f) => `${f.severity} ${f.confidence} ${String(f.line)}:${String(f.column)}`).join('; ') || '-';

const HEAD = 'mrn,first_name,last_name,dob,ssn,phone,email,zip,diagnosis\n';
const FIRST = ['Marisol', 'Tobias', 'Keisha', 'Henrik', 'Priya', 'Dolores', 'Anselm', 'Yolanda', 'Casimir', 'Noreen'];
const LAST = ['Quintanilla', 'Abernathy', 'Okonkwo', 'Lindqvist', 'Raghavan', 'Vukovic', 'Pemberton', 'Castellano'];
/** Row number n of a table that looks real. */
function row(n: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [first, last] = [FIRST[n % FIRST.length] ?? '', LAST[n % LAST.length] ?? ''];
  const dob = `19${String(40 + (n % 50))}-${two(2 + (n % 10))}-${two(2 + (n % 26))}`;
  const ssn = `4${two(12 + (n % 80))}-${two(11 + (n % 80))}-${String(1083 + n * 7)}`;
  return `00${String(48291 + n * 37)},${first},${last},${dob},${ssn},617-4${two(n % 90)}-${String(9913 - n)},${first.toLowerCase()}.${last.toLowerCase()}@gmail.com,021${two(n % 90)},E11.9\n`;
}
const rowsOf = (count: number): string => [...Array(count).keys()].map(row).join('');

const fhir = (over: object): string =>
  JSON.stringify({
    resourceType: 'Patient',
    name: [{ family: 'Quintanilla', given: ['Marisol'] }],
    birthDate: '1967-03-22',
    telecom: [{ system: 'phone', value: '617-482-9913' }],
    address: [{ line: ['482 Tremont Ave'], postalCode: '02118' }],
    ...over,
  });
const bundle = (patient: string): string =>
  `{\n  "resourceType": "Bundle",\n  "entry": [\n    { "resource": ${patient} }\n  ]\n}\n`;

const hl7 = (processing: string): string =>
  `MSH|^~\\&|ADT|CLINIC|LAB|HOSP|202501021200||ADT^A01|1|${processing}|2.5\rPID|1||00482913^^^H^MR||QUINTANILLA^MARISOL||19670322|F|||482 TREMONT AVE^^BOSTON^MA^02118||(617)482-9913||||||412-66-9083\r`;

const ccda = (family: string, phone: string): string =>
  `<?xml version="1.0"?>\n<ClinicalDocument>\n <recordTarget><patientRole><id root="1.2.3" extension="00482913"/>\n  <addr><streetAddressLine>482 Tremont Ave</streetAddressLine><postalCode>02118</postalCode></addr><telecom value="tel:${phone}"/>\n  <patient><name><given>Marisol</given><family>${family}</family></name><birthTime value="19670322"/></patient></patientRole></recordTarget>\n</ClinicalDocument>\n`;

describe('data files', () => {
  const table: [name: string, file: string, text: string, expected: string][] = [
    // Tables
    ['one realistic row', 'data/patients.csv', HEAD + row(1), 'warning medium 2:1'],
    ['six realistic rows', 'data/patients.csv', HEAD + rowsOf(6), 'error medium 2:1'],
    ['thirty realistic rows', 'data/patients.csv', HEAD + rowsOf(30), 'error high 2:1'],
    ['a comment before the header', 'data/patients.csv', `# export of May\n${HEAD}${row(1)}`, 'warning medium 3:1'],
    ['semicolons', 'data/patients.csv', (HEAD + row(3)).replaceAll(',', ';'), 'warning medium 2:1'],
    ['tabs', 'data/patients.tsv', (HEAD + row(3)).replaceAll(',', '\t'), 'warning medium 2:1'],
    [
      'quoted cells',
      'seed/intake.csv',
      'Patient Name,Date of Birth,SSN\n"Quintanilla, Marisol","03/22/1967","412-66-9083"\n',
      'warning medium 2:1',
    ],
    ['a dump of production', 'dumps/prod-patients.csv', HEAD + row(1), 'error medium 2:1'],
    [
      'many rows of name and date',
      'data/people.csv',
      `name,dob\n${[...Array(24).keys()].map((n) => `${FIRST[n % 10] ?? ''} ${LAST[(n * 3) % 8] ?? ''}${n > 9 ? 'son' : ''},19${String(40 + n)}-03-${String(10 + (n % 15))}`).join('\n')}\n`,
      'warning medium 2:1',
    ],
    ['a sample by name', 'samples/patients.csv', HEAD + rowsOf(30), 'warning medium 2:1'],
    ['synthetic by path', 'data/synthea/patients.csv', HEAD + rowsOf(30), '-'],
    [
      'reserved telephone numbers',
      'data/patients.csv',
      HEAD +
        rowsOf(30)
          .replaceAll('617-4', '617-5')
          .replace(/617-5\d\d/g, '617-555'),
      '-',
    ],
    [
      'numbers that are never given out',
      'data/patients.csv',
      HEAD + rowsOf(8).replace(/4(\d\d)-(\d\d)-/g, '9$1-$2-'),
      '-',
    ],
    ['example.com', 'data/patients.csv', HEAD + rowsOf(8).replaceAll('gmail.com', 'example.com'), '-'],
    [
      'names of test people',
      'data/patients.csv',
      `${HEAD}TEST-1,Testy,Mctestface,1980-01-01,000-12-3456,617-555-0134,t@example.com,12345,E11.9\n`,
      '-',
    ],
    ['John Smith', 'data/patients.csv', `${HEAD}4829131,John,Smith,1967-03-22,,617-482-9913,,02118,E11.9\n`, '-'],
    ['the same person again and again', 'data/patients.csv', HEAD + row(1).repeat(12), '-'],
    [
      'one mark among many',
      'data/patients.csv',
      `${HEAD}${rowsOf(8)}TEST-1,Testy,Mctestface,1980-01-01,000-12-3456,,,,\n`,
      'error medium 2:1',
    ],
    [
      'staff',
      'data/providers.csv',
      'npi,first_name,last_name,phone,email\n1234567893,Marisol,Quintanilla,617-482-9913,m.q@gmail.com\n',
      '-',
    ],
    [
      'users',
      'data/users.csv',
      'first_name,last_name,phone,email,zip\nMarisol,Quintanilla,617-482-9913,m.q@gmail.com,02118\n',
      '-',
    ],
    ['terminology', 'data/terminology/loinc.csv', 'code,name,dob\n1,Glucose,2\n', '-'],
    ['no header', 'data/x.csv', '1,2,3\n4,5,6\n', '-'],
    ['masked values', 'data/patients.csv', `${HEAD}xxx,M***,Q***,****,xxx-xx-9083,,,,\n`, '-'],
    ['an empty file', 'data/patients.csv', '', '-'],
    ['a remark that says so', 'data/patients.csv', `# synthetic data\n${HEAD}${rowsOf(30)}`, '-'],
    // FHIR and JSON
    ['a FHIR patient', 'test/patient.json', fhir({}), 'warning medium 1:1'],
    ['a FHIR bundle', 'test/bundle.json', bundle(fhir({})), 'warning medium 4:19'],
    ['a test health record', 'test/patient.json', fhir({ meta: { tag: [{ code: 'HTEST' }] } }), '-'],
    [
      'Synthea by number',
      'test/patient.json',
      fhir({ name: [{ family: 'Quintanilla218', given: ['Marisol710'] }] }),
      '-',
    ],
    [
      'Synthea by system',
      'test/patient.json',
      fhir({ identifier: [{ system: 'https://github.com/synthetichealth/synthea', value: '1' }] }),
      '-',
    ],
    ['a practitioner', 'test/practitioner.json', fhir({ resourceType: 'Practitioner' }), '-'],
    [
      'a reserved number in FHIR',
      'test/patient.json',
      fhir({ telecom: [{ system: 'phone', value: '+1 617 555 0199' }] }),
      '-',
    ],
    [
      'lines of FHIR',
      'export/Patient.ndjson',
      `${fhir({})}\n${fhir({ name: [{ family: 'Abernathy', given: ['Tobias'] }] })}\n`,
      'error medium 1:1',
    ],
    [
      'plain objects',
      'seeds/patients.json',
      '[\n  { "firstName": "Marisol", "lastName": "Quintanilla", "dob": "1967-03-22", "mrn": "00482913" }\n]\n',
      'warning medium 2:3',
    ],
    [
      'nested objects',
      'seeds/intake.json',
      '{ "patients": [{ "name": { "first": "Marisol", "last": "Quintanilla" }, "birthDate": "1967-03-22", "contact": { "phone": "617-482-9913" } }] }',
      'warning medium 1:16',
    ],
    [
      'a clinic with patients',
      'seeds/clinic.json',
      '{ "name": "Harbor Clinic", "phone": "617-482-9910", "patients": [{ "name": "Marisol Quintanilla", "dob": "1967-03-22", "ssn": "412-66-9083" }] }',
      'warning medium 1:66',
    ],
    [
      'a file that was cut off',
      'seeds/patients.json',
      '[{ "name": "Marisol Quintanilla", "dob": "1967-03-22", "ssn": "412-66-9083" }, { "name": "Tob',
      'warning medium 1:2',
    ],
    [
      'a package file',
      'package-lock.json',
      '{ "name": "Marisol Quintanilla", "dob": "1967-03-22", "ssn": "412-66-9083" }',
      '-',
    ],
    [
      'translations',
      'src/locales/en.json',
      '{ "name": "Full Name", "dob": "Date of Birth", "ssn": "412-66-9083" }',
      '-',
    ],
    ['a form description', 'src/form.json', '{ "name": "Patient Name", "dob": "yyyy-mm-dd", "ssn": "string" }', '-'],
    // SQL
    [
      'INSERT',
      'db/seed.sql',
      "-- seed\nINSERT INTO patients (first_name, last_name, dob, ssn) VALUES ('Marisol', 'Quintanilla', '1967-03-22', '412-66-9083'),\n ('Tobias', 'O''Hara', '1951-11-30', '418-23-7719');\n",
      'warning medium 2:63',
    ],
    [
      'INSERT without columns',
      'db/seed.sql',
      "INSERT INTO patients VALUES (1, 'Marisol', 'Quintanilla', '1967-03-22', '412-66-9083');",
      'warning medium 1:29',
    ],
    [
      'INSERT of staff',
      'db/seed.sql',
      "INSERT INTO users (first_name, last_name, email, phone) VALUES ('Marisol', 'Quintanilla', 'm@gmail.com', '617-482-9913');",
      '-',
    ],
    [
      'INSERT of test people',
      'db/seed.sql',
      "INSERT INTO patients (first_name, last_name, dob, ssn) VALUES ('Test', 'Patient', '1990-01-01', '000-00-0000');",
      '-',
    ],
    [
      'COPY',
      'db/dump.sql',
      'COPY public.patients (id, name, dob, ssn) FROM stdin;\n1\tMarisol Quintanilla\t1967-03-22\t412-66-9083\n\\.\n',
      'error medium 2:1',
    ],
    // HL7, C-CDA
    ['HL7 in production', 'test/adt.hl7', hl7('P'), 'warning medium 2:1'],
    ['HL7 in test', 'test/adt.hl7', hl7('T'), '-'],
    ['C-CDA', 'test/summary.xml', ccda('Quintanilla', '617-482-9913'), 'warning medium 3:2'],
    ['C-CDA with a reserved number', 'test/summary.xml', ccda('Quintanilla', '617-555-0188'), '-'],
    ['C-CDA with a test name', 'test/summary.xml', ccda('Testpatient', '617-482-9913'), '-'],
    ['other XML', 'pom.xml', '<?xml version="1.0"?><project><name>Marisol Quintanilla</name></project>', '-'],
    // YAML
    [
      'YAML',
      'seeds/patients.yaml',
      'patients:\n  - name: Marisol Quintanilla\n    dob: 1967-03-22\n    ssn: 412-66-9083\n',
      'warning medium 2:5',
    ],
    ['YAML of a compose file', 'docker-compose.yml', 'services:\n  db:\n    image: postgres\n', '-'],
    ['bad YAML', 'seeds/patients.yaml', 'a: [\n b: "\n', '-'],
  ];
  it.each(table)('%s', (_name, file, text, expected) => {
    expect(brief(findings(file, text))).toBe(expected);
  });

  it('names columns and counts, and no value', () => {
    const [found] = findings('data/patients.csv', HEAD + rowsOf(6));
    expect(found?.message).toContain('6 records in data/patients.csv look like those of real patients');
    expect(found?.message).toContain('patients.ssn (G)');
    expect(found?.phi.map((p) => p.letter)).toEqual(['G', 'H', 'A', 'F', 'D', 'C', 'B', null]);
    for (const value of ['Abernathy', 'Tobias', '617-4', 'gmail', '1941', 'E11.9'])
      expect(JSON.stringify(found)).not.toContain(value);
  });
  it('reads the first megabyte only, and says so', () => {
    const [found] = findings('data/patients.csv', `${HEAD}${rowsOf(6)}# ${'-'.repeat(1_100_000)}\n`);
    expect(found?.message).toContain('in the first megabyte');
    const head = { text: HEAD + row(1), whole: false };
    expect(
      judge({ ...handmade({ files: { 'data/p.csv': 'not read' } }), head: () => head }).findings[0]?.message,
    ).toContain('megabyte');
  });
});

describe('code', () => {
  const object = (fields: Readonly<Record<string, string>>): FileFacts => {
    const consts = Object.values(fields).map((v, d): Instr => ({ op: 'const', d, v }));
    const parts = Object.keys(fields).map((k, v) => ({ k, v }));
    const d = consts.length;
    const made: Instr[] = [
      ...consts,
      { op: 'object', d, parts, span: [4, 10], spans: [] },
      { op: 'setvar', name: 'patient', v: d, span: [4, 10] },
    ];
    const block = { preds: [], instrs: made, term: { t: 'stop' }, handler: -1 } as const;
    const fn = {
      ...({ name: '<module>', kind: 'module', span: [0, 0], params: [], returnType: null, typeParams: [] } as const),
    };
    return {
      ...{ version: 1, variant: 'ts', lineStarts: [0], length: 0, imports: [], exports: [], classes: [], types: [] },
      ...{ directives: [], syntaxErrors: [], skipped: [], comments: [] },
      functions: [
        {
          ...fn,
          ...{
            isAsync: false,
            isGenerator: false,
            parent: -1,
            cls: -1,
            isStatic: false,
            blocks: [block],
            valueCount: d + 1,
          },
          ...{ shared: [], captures: [], usesArguments: false, directives: [], decorators: [] },
        },
      ],
    };
  };
  const real = { name: 'Marisol Quintanilla', dob: '1967-03-22', ssn: '412-66-9083' };
  const table: [name: string, file: string, fields: Readonly<Record<string, string>>, expected: string][] = [
    ['a test', 'src/intake.test.ts', real, 'warning medium 2:1'],
    ['a story', 'src/Chart.stories.tsx', real, 'warning medium 2:1'],
    ['a seed', 'prisma/seed.ts', real, 'warning medium 2:1'],
    ['the product', 'src/intake.ts', real, '-'],
    ['made up', 'src/intake.test.ts', { ...real, ssn: '000-12-3456' }, '-'],
    ['too little', 'src/intake.test.ts', { name: 'Marisol Quintanilla', dob: '1967-03-22' }, '-'],
  ];
  it.each(table)('%s', (_name, file, fields, expected) => {
    expect(brief(findings(file, '// x\n{...}', { facts: () => object(fields) }))).toBe(expected.replace('2:1', '1:5'));
  });
});
