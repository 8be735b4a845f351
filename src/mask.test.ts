import { describe, expect, it } from 'vitest';
import { maskCode } from './mask.js';

const masked: readonly [string, string][] = [
  [`ssn: '123-45-6789'`, `ssn: '•••'`],
  [`const s = "078-05-1120";`, `const s = "•••";`],
  [`// call 123-45-6789 for`, `// call ••• for`],
  [`phone: '(555) 123-4567'`, `phone: '•••'`],
  [`to: "+1 555-123-4567"`, `to: "•••"`],
  [`to: "+15551234567"`, `to: "•••"`],
  [`to: '+44 20 7946 0958'`, `to: '•••'`],
  [`x = '5551234567'`, `x = '•••'`],
  [`send('jane.doe+x@example.co.uk')`, `send('•••')`],
  [`birthDate: '1980-02-03'`, `birthDate: '•••'`],
  [`f('born 1980-02-03 in')`, `f('born ••• in')`],
  [`f('02/03/1980')`, `f('•••')`],
  [`f('Feb 3, 1980')`, `f('•••')`],
  [`mrn = 'MRN-004512'`, `mrn = '•••'`],
  [`id: "A1234567"`, `id: "•••"`],
  [`patientId: 12345678`, `•••`],
  [`const n = 123456789;`, `const n = •••;`],
  [`mbi: '1EG4-TE5-MK73'`, `mbi: '•••'`],
  [`mbi: '1EG4TE5MK73'`, `mbi: '•••'`],
  [`get('Patient/9f3b7a52-1c1d-4b7e-9a11-0f5b8f3c2d1e')`, `get('Patient/•••')`],
  [`new OpenAI({ apiKey: 'sk-proj-abcdefghijklmnopqrstuv' })`, `new OpenAI({ apiKey: '•••' })`],
  [`key = "sk-ant-api03-abcdefghijk_lmnop"`, `key = "•••"`],
  [`'AKIAIOSFODNN7EXAMPLE'`, `'•••'`],
  [`t = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF123'`, `t = '•••'`],
  [`h = 'Bearer abc123def456ghi789'`, `h = 'Bearer •••'`],
  [
    `dsn: 'https://0a1b2c3d4e5f60718293a4b5c6d7e8f9@o1.ingest.sentry.io/4505'`,
    `dsn: 'https://•••@o1.ingest.sentry.io/4505'`,
  ],
  [`url = "postgres://app:hunter2@db.internal/ehr"`, `url = "postgres://•••@db.internal/ehr"`],
  [`'0a1b2c3d4e5f60718293a4b5c6d7e8f9'`, `'•••'`],
  [`secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'`, `secret = '•••'`],
  [`"ghp_abcdefghijklmnopqrstuvwxyz0123456789"`, `"•••"`],
  [`'AIzaSyA-abcdefghijklmnopqrstuvwxyz1234'`, `'•••'`],
  [`firstName: 'Ada',`, `firstName: '•••',`],
  [`{ given: ['Ada'], family: 'Lovelace' }`, `{ given: ['•••'], family: '•••' }`],
  [`address: "1 Main Street"`, `address: "•••"`],
  [`password: 'hunter2'`, `password: '•••'`],
  ['`dob ${dob} 1980-02-03`', '`dob ${dob} •••`'],
  [`log('it''s 1980-02-03`, `log('it''s •••`],
];

const kept: readonly string[] = [
  `const answer = await openai.chat.completions.create({ model: 'gpt-4o-2024-08-06' });`.replace('-2024-08-06', ''),
  `import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';`,
  `setTimeout(run, 86400000);`,
  `const url = 'https://api.openai.com/v1/chat/completions';`,
  `apiKey: process.env.OPENAI_API_KEY`,
  'return `Summarise ${patient.name} for ${visit.reason}`;',
  `new AnonymizationServiceConfigurationProviderFactory()`,
  `it('does not send names');`,
  `const firstName = patient.name?.[0]?.given?.join(' ');`,
  `region: 'us-east-1',`,
  `const x = a / b / c;`,
  `"src/services/clinical/summarizePatientEncounter"`,
  `model: 'anthropic.claude-3-5-sonnet-v2:0'`,
  `email: patient.telecom.find((t) => t.system === 'email')?.value`,
];

describe('maskCode', () => {
  it.each(masked)('masks %s', (line, expected) => {
    expect(maskCode(line)).toBe(expected);
  });
  it.each(kept)('keeps %s', (line) => {
    expect(maskCode(line)).toBe(line);
  });
  it('is idempotent', () => {
    for (const [line] of masked) expect(maskCode(maskCode(line))).toBe(maskCode(line));
  });
  it('is quick and bounded on long lines', () => {
    for (const part of ['a@', '1-', 'a.b', "'x", 'eyJ', '+1', '://a', 'A1a', '`${', '\\']) {
      const start = performance.now();
      expect(maskCode(part.repeat(500_000)).length).toBeLessThanOrEqual(8100);
      expect(performance.now() - start, part).toBeLessThan(500);
    }
  });
});
