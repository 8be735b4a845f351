import { describe, expect, it } from 'vitest';
import { analysed, said } from './projects.js';

const HEAD = `import OpenAI from 'openai';
import { MedplumClient } from '@medplum/core';
import type { Patient, QuestionnaireResponse, ClinicalImpression } from '@medplum/fhirtypes';
const openai = new OpenAI();
const medplum = new MedplumClient();
async function model(text: string): Promise<string> {
  const answer = await openai.chat.completions.create({ model: 'gpt-4o-2024-11-20', messages: [{ role: 'user', content: text }] });
  return answer.choices[0]?.message.content ?? '';
}
`;

function found(rule: string, code: string, more: Readonly<Record<string, string>> = {}): number {
  return said(analysed({ 'src/a.ts': HEAD + code, ...more }).findings, rule).length;
}

describe('unreviewed-write-to-record', () => {
  const RULE = 'unreviewed-write-to-record';
  const write = (extra: string, before = ''): string =>
    `export async function f(p: Patient) { const t = await model(\`for \${p.birthDate}\`); ${before} await medplum.createResource({ resourceType: 'ClinicalImpression', ${extra}, summary: t }); }`;
  const REVIEW = {
    'baa.yaml': 'version: 1\nagreements: []\nreview:\n  - function: src/review.ts#signed\n',
    'src/review.ts': 'export async function signed(t: string): Promise<string> { return t; }',
  };
  it.each([
    ['final', write("status: 'completed'"), {}, 1],
    ['a draft', write("status: 'draft'"), {}, 0],
    [
      'a status that is not known',
      `export async function f(p: Patient, s: ClinicalImpression['status']) { const t = await model(\`for \${p.birthDate}\`); await medplum.createResource({ resourceType: 'ClinicalImpression', status: s, summary: t }); }`,
      {},
      1,
    ],
    [
      'no answer in it',
      "export async function f(p: Patient) { await model(`for ${p.birthDate}`); await medplum.createResource({ resourceType: 'ClinicalImpression', status: 'completed', summary: 'seen' }); }",
      {},
      0,
    ],
    [
      'the review on the way of the data',
      `import { signed } from './review.js'; export async function f(p: Patient) { const t = await signed(await model(\`for \${p.birthDate}\`)); await medplum.createResource({ resourceType: 'ClinicalImpression', status: 'completed', summary: t }); }`,
      REVIEW,
      0,
    ],
    [
      'the review on every way of the control',
      `import { signed } from './review.js'; ${write("status: 'completed'", 'await signed(t);')}`,
      REVIEW,
      0,
    ],
    [
      'the review on some ways only',
      `import { signed } from './review.js'; ${write("status: 'completed'", 'if (t.length > 9) await signed(t);')}`,
      REVIEW,
      1,
    ],
  ] as const)('%s', (_name, code, more, expected) => {
    expect(found(RULE, code, more)).toBe(expected);
  });
});

describe('untrusted-text-in-instructions', () => {
  const RULE = 'untrusted-text-in-instructions';
  const ask = (system: string, user: string): string =>
    `export async function f(q: QuestionnaireResponse, p: Patient) { return openai.chat.completions.create({ model: 'gpt-4o-2024-11-20', messages: [{ role: 'system', content: ${system} }, { role: 'user', content: ${user} }] }); }`;
  const SAID = '`The patient says ${q.item?.[0]?.answer?.[0]?.valueString}`';
  it.each([
    ['in the system message', ask(SAID, "'go'"), 1],
    ['in the user message', ask("'Be brief.'", SAID), 0],
    ['a birth date in the system message', ask('`Born ${p.birthDate}`', "'go'"), 0],
    [
      'through a wrapper',
      `async function chat(system: string, user: string) { return openai.chat.completions.create({ model: 'gpt-4o-2024-11-20', messages: [{ role: 'system', content: system }, { role: 'user', content: user }] }); }
       export async function f(q: QuestionnaireResponse) { return chat(${SAID}, 'go'); }`,
      1,
    ],
    [
      'through a wrapper, as material',
      `async function chat(system: string, user: string) { return openai.chat.completions.create({ model: 'gpt-4o-2024-11-20', messages: [{ role: 'system', content: system }, { role: 'user', content: user }] }); }
       export async function f(q: QuestionnaireResponse) { return chat('Be brief.', ${SAID}); }`,
      0,
    ],
  ] as const)('%s', (_name, code, expected) => {
    expect(found(RULE, code)).toBe(expected);
  });
});

describe('unvalidated-model-output', () => {
  const RULE = 'unvalidated-model-output';
  it.each([
    ['used as it is', 'export async function f(t: string) { return JSON.parse(await model(t)).codes; }', 1],
    [
      'cut out of a text first',
      'export async function f(t: string) { const m = (await model(t)).match(/{.*}/); return JSON.parse(m?.[0] ?? "{}").codes; }',
      1,
    ],
    [
      'a cast is no check',
      'export async function f(t: string) { const x = JSON.parse(await model(t)) as { codes: string[] }; return x.codes; }',
      1,
    ],
    [
      'zod',
      "import { z } from 'zod'; const C = z.object({ codes: z.array(z.string()) }); export async function f(t: string) { return C.parse(JSON.parse(await model(t))).codes; }",
      0,
    ],
    [
      'a type guard',
      "function isCodes(x: unknown): x is { codes: string[] } { return typeof x === 'object'; } export async function f(t: string) { const x: unknown = JSON.parse(await model(t)); if (!isCodes(x)) throw new Error('shape'); return x.codes; }",
      0,
    ],
    [
      'by hand',
      "export async function f(t: string) { const x = JSON.parse(await model(t)); if (!Array.isArray(x.codes)) throw new Error('shape'); return x.codes; }",
      0,
    ],
    [
      'checked by the caller',
      "import { z } from 'zod'; const C = z.object({}); async function g(t: string) { return JSON.parse(await model(t)); } export async function f(t: string) { return C.parse(await g(t)); }",
      0,
    ],
    ['other JSON', 'export async function f(t: string) { await model(t); return JSON.parse(t).codes; }', 0],
  ] as const)('%s', (_name, code, expected) => {
    expect(found(RULE, code)).toBe(expected);
  });

  it('knows a schema in another file, and a request that binds the answer', () => {
    const schema = { 'src/schema.ts': "import { z } from 'zod'; export const C = z.object({});" };
    const index = { ...schema, 'src/index.ts': "export { C as Codes } from './schema.js';" };
    expect(
      found(
        RULE,
        "import { Codes } from './index.js'; export async function f(t: string) { return Codes.parse(JSON.parse(await model(t))); }",
        index,
      ),
    ).toBe(0);
    const bound = `export async function g(t: string) {
      const answer = await openai.chat.completions.create({ model: 'gpt-4o-2024-11-20', response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: {} } }, messages: [{ role: 'user', content: t }] });
      return JSON.parse(answer.choices[0].message.content ?? '{}').codes; }`;
    expect(found(RULE, bound)).toBe(0);
  });
});

describe('keys', () => {
  const KEY = 'sk-proj-' + 'Ab3dEf6hIj9lMn2pQr5tUv8x';
  it.each([
    ['vendor-key-in-source', `export const c = new OpenAI({ apiKey: '${KEY}' });`, 1],
    ['vendor-key-in-source', `export const h = { Authorization: 'Bearer ${KEY}' };`, 1],
    ['vendor-key-in-source', "export const c = new OpenAI({ apiKey: 'sk-your-key-goes-here-0000000' });", 0],
    ['vendor-key-in-source', "export const c = new OpenAI({ apiKey: 'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx' });", 0],
    ['vendor-key-in-browser', 'export const c = new OpenAI({ apiKey: import.meta.env.VITE_OPENAI_API_KEY });', 1],
    ['vendor-key-in-browser', 'export const u = process.env.NEXT_PUBLIC_API_URL;', 0],
    ['vendor-key-in-browser', 'export const u = process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY;', 0],
  ] as const)('%s: %s', (rule, code, expected) => {
    expect(found(rule, code)).toBe(expected);
  });

  it('never prints them', () => {
    const analysis = analysed({
      'src/a.ts': `${HEAD}export const c = new OpenAI({ apiKey: '${KEY}' });`,
      '.env': `OPENAI_API_KEY=${KEY}\n`,
    });
    expect(said(analysis.findings, 'vendor-key-in-source')).toHaveLength(2);
    expect(JSON.stringify(analysis)).not.toContain('Ab3dEf6hIj9');
  });
});

describe('models', () => {
  const call = (name: string): string =>
    `export const f = (t: string) => openai.chat.completions.create({ model: '${name}', messages: [{ role: 'user', content: t }] });`;
  it.each([
    ['gpt-4o', 1],
    ['gpt-4o-mini', 1],
    ['chatgpt-4o-latest', 1],
    ['gpt-4o-2024-11-20', 0],
    ['gpt-4-0613', 0],
    ['ft:gpt-4o-2024-08-06:clinic::abc', 0],
  ] as const)('%s', (name, expected) => {
    expect(found('floating-model-version', call(name))).toBe(expected);
  });
});

it('says nothing to a code base that does all of it', () => {
  const analysis = analysed({
    'package.json': JSON.stringify({ name: 'clean', private: true, dependencies: { openai: '^6.0.0' } }),
    'baa.yaml': `version: 1
agreements:
  - vendor: openai
    executed: 2026-01-10
    reviewed: 2026-11-01
    services: [chat-completions]
    terms: { training: false, retention: zero }
review:
  - function: src/review.ts#signed
`,
    'src/review.ts': 'export async function signed(draft: string): Promise<string> { return draft; }',
    'src/app.ts': `import OpenAI from 'openai';
import { PrismaClient } from '@prisma/client';
import { MedplumClient } from '@medplum/core';
import type { Patient } from '@medplum/fhirtypes';
import { z } from 'zod';
import { signed } from './review.js';
const openai = new OpenAI();
const prisma = new PrismaClient();
const medplum = new MedplumClient();
const Note = z.object({ text: z.string() });
export async function note(patient: Patient, actor: string): Promise<void> {
  await prisma.auditLog.create({ data: { actor, action: 'model-call', model: 'gpt-4o-2024-11-20' } });
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o-2024-11-20',
    messages: [
      { role: 'system', content: 'Never invent findings.' },
      { role: 'user', content: \`Write a note for somebody born on \${patient.birthDate}.\` },
    ],
  });
  const { text } = Note.parse(JSON.parse(answer.choices[0]?.message.content ?? '{}'));
  await medplum.createResource({ resourceType: 'ClinicalImpression', status: 'completed', summary: await signed(text), note: [{ text: answer.model }] });
}
`,
  });
  expect(analysis.findings.map((one) => `${one.severity} ${one.ruleId} ${one.file}:${String(one.line)}`)).toEqual([]);
});
