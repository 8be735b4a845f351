import { describe, expect, it } from 'vitest';
import { analysed, said } from './projects.js';

const HEAD = `import OpenAI from 'openai';
import { PrismaClient } from '@prisma/client';
const openai = new OpenAI();
const prisma = new PrismaClient();
const audit = (action: string) => prisma.auditLog.create({ data: { action } });
const model = (text: string) => openai.chat.completions.create({ model: 'gpt-4o-2024-11-20', messages: [{ role: 'user', content: text }] });
`;

function rules(code: string, manifest?: string): readonly string[] {
  const files = { 'src/ask.ts': HEAD + code, ...(manifest === undefined ? {} : { 'baa.yaml': manifest }) };
  const found = said(analysed(files).findings, 'model-call-without-audit', 'audit-gap-on-failure-path');
  return found.map((one) => one.split(' ')[0] ?? '');
}

const GAP = ['audit-gap-on-failure-path'];
const NONE = ['model-call-without-audit'];

describe('an audit record of every model call', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['none at all', 'export async function ask(t: string) { return model(t); }', NONE],
    ['before', 'export async function ask(t: string) { await audit("a"); return model(t); }', []],
    [
      'before, on one branch only',
      'export async function ask(t: string, b: boolean) { if (b) await audit("a"); return model(t); }',
      GAP,
    ],
    [
      'before, on both branches',
      'export async function ask(t: string, b: boolean) { if (b) await audit("a"); else await audit("b"); return model(t); }',
      [],
    ],
    ['after', 'export async function ask(t: string) { const r = await model(t); await audit("a"); return r; }', GAP],
    [
      'in finally',
      'export async function ask(t: string) { try { return await model(t); } finally { await audit("a"); } }',
      [],
    ],
    [
      'after and in catch',
      'export async function ask(t: string) { try { const r = await model(t); await audit("a"); return r; } catch (e) { await audit("b"); throw e; } }',
      [],
    ],
    [
      'after, and catch gives up silently',
      'export async function ask(t: string) { try { const r = await model(t); await audit("a"); return r; } catch { return null; } }',
      GAP,
    ],
    [
      'early return after the call',
      'export async function ask(t: string) { let r; try { r = await model(t); if (!r.id) return null; await audit("a"); } catch (e) { await audit("b"); throw e; } return r; }',
      GAP,
    ],
    ['nobody waits', 'export async function ask(t: string) { void audit("a"); return model(t); }', GAP],
    [
      'a retry without a record of its own',
      'export async function ask(t: string) { for (let i = 0; i < 3; i++) { try { const r = await model(t); await audit("a"); return r; } catch { continue; } } await audit("b"); return null; }',
      GAP,
    ],
    [
      'a retry with one',
      'export async function ask(t: string) { for (let i = 0; i < 3; i++) { await audit("a"); try { return await model(t); } catch { continue; } } return null; }',
      [],
    ],
    [
      'in the caller',
      'async function inner(t: string) { return model(t); } export async function ask(t: string) { await audit("a"); return inner(t); }',
      [],
    ],
    [
      'in one caller of two',
      'async function inner(t: string) { return model(t); } export async function ask(t: string) { await audit("a"); return inner(t); } export async function other(t: string) { return inner(t); }',
      GAP,
    ],
    [
      'in a wrapper that takes a function',
      'async function audited<T>(run: () => Promise<T>) { try { return await run(); } finally { await audit("a"); } } export async function ask(t: string) { return audited(() => model(t)); }',
      [],
    ],
    [
      'in a wrapper, but not when it fails',
      'async function audited<T>(run: () => Promise<T>) { const r = await run(); await audit("a"); return r; } export async function ask(t: string) { return audited(() => model(t)); }',
      GAP,
    ],
    [
      'as promise.finally',
      'export function ask(t: string) { return model(t).finally(async () => { await audit("a"); }); }',
      [],
    ],
    [
      'a table that is only read',
      'export async function ask(t: string) { await prisma.auditLog.findMany(); return model(t); }',
      NONE,
    ],
    [
      'a word that is none',
      'export async function ask(t: string) { await prisma.auditorium.create({ data: { t } }); return model(t); }',
      NONE,
    ],
    [
      'a FHIR AuditEvent by HTTP',
      'export async function ask(t: string) { await fetch("https://fhir.example.org/AuditEvent", { method: "POST", body: "{}" }); return model(t); }',
      [],
    ],
  ];
  it.each(rows)('%s', (_name, code, expected) => {
    expect(rules(code)).toEqual(expected);
  });

  it('knows a model by the host of plain HTTP', () => {
    const of = (before: string): readonly string[] =>
      said(
        analysed({
          'src/a.ts': `import { PrismaClient } from '@prisma/client';
            const prisma = new PrismaClient();
            export async function ask(t: string) { ${before} return fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: t }); }`,
        }).findings,
        ...NONE,
      );
    expect(of('')).toHaveLength(1);
    expect(of("await prisma.auditLog.create({ data: { action: 'a' } });")).toEqual([]);
  });

  it('takes recorders from the manifest, by file and function', () => {
    const code = `import { note } from './trail.js';
      export async function ask(t: string) { await note(t); return model(t); }`;
    const files = {
      'src/ask.ts': HEAD + code,
      'src/trail.ts': 'export async function note(text: string) { return text.length; }',
    };
    const of = (audit: string): readonly string[] =>
      said(
        analysed({ ...files, 'baa.yaml': `version: 1\nagreements: []\naudit:\n  - function: ${audit}\n` }).findings,
        ...NONE,
        ...GAP,
      );
    expect(of('src/other.ts#note')).toHaveLength(1);
    expect(of('src/trail.ts#note')).toEqual([]);
  });

  it('says nothing where somebody attests to a record outside of the code', () => {
    const attested =
      'version: 1\nagreements: []\nattestations:\n  calls-audited: { evidence: CloudTrail, by: ops, date: 2026-10-01 }\n';
    expect(rules('export async function ask(t: string) { return model(t); }', attested)).toEqual([]);
  });
});
