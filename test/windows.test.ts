/** What differs on Windows, as far as it can be tried elsewhere: line ends, the paths that people and files write. */
import { cpSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../src/analysis.js';
import { analyzeSync } from '../src/analyze.js';
import { loadConfig } from '../src/manifest/config.js';
import { loadManifest } from '../src/manifest/load.js';
import { joinPath } from '../src/workspace/paths.js';
import { emptyFolder, LEAK, PACKAGE, project, ROOT, TODAY } from './e2e/command.js';

function withCrLf(dir: string): void {
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(dir, name);
    if (!statSync(file).isFile()) continue;
    const text = readFileSync(file);
    if (!text.includes(0)) writeFileSync(file, text.toString('utf8').replace(/\r?\n/g, '\r\n'));
  }
}

const document = (dir: string): Analysis => {
  const { analysis } = analyzeSync({ dir, today: TODAY });
  return { ...analysis, root: '.', summary: { ...analysis.summary, durationMs: 0 } };
};

const PACK = `id: example-lab
name: Example Lab
vendor:
  category: exchange
  kind: partner
  services:
    results: { name: Results, coverable: conditions }
  baa: { available: conditions, facts: [] }
packages:
  '@example/lab-client':
    exports:
      LabClient: { new: LabClient }
    types:
      LabClient:
        recipient: { vendor: example-lab }
        members:
          submit: { sink: { service: results, content: ['0'] } }
`;

describe('line ends of Windows', () => {
  it('change nothing in what is said of the clinic', () => {
    const dir = path.join(emptyFolder(), 'clinic');
    cpSync(path.join(ROOT, 'fixtures/clinic'), dir, { recursive: true });
    const before = document(dir);
    withCrLf(dir);
    expect(document(dir)).toEqual(before);
    expect(before.findings.length).toBeGreaterThan(25);
  });

  it('change nothing in comments, packs, data, ignore and lock files, and environments', () => {
    const ignored =
      '  // phitrace-ignore-next-line phi-to-uncovered-vendor -- pilot (until 2027-01-31)\n  await openai';
    const dir = project({
      'package.json': PACKAGE,
      'leak.ts': LEAK.replace('  await openai', ignored),
      'open.ts': LEAK.replace('summarise', 'explain'),
      'left-out.ts': LEAK,
      'own.ts':
        "import { LabClient } from '@example/lab-client';\nimport type { Patient } from 'fhir/r4';\nexport const f = (p: Patient) => new LabClient().submit(`\n  ${p.birthDate}\n`);\n",
      'env.ts': LEAK.replace('new OpenAI()', 'new OpenAI({ baseURL: process.env.LLM_URL })'),
      'yarn.lock': '# yarn lockfile v1\n\nopenai@^6.0.0:\n  version "6.1.0"\n',
      '.env': 'LLM_URL=https://llm.partner.example/v1\nOTHER="a\nb"\n',
      '.gitignore': 'left-out.ts\n',
      'phitrace.yaml': 'packs: [rules/own.yaml]\n',
      'rules/own.yaml': PACK,
      'baa.yaml': 'version: 1\nagreements:\n  - vendor: aws\n    executed: 2026-01-01\n    services: all\n',
    });
    const before = document(dir);
    const places = before.findings.map((f) => `${f.suppressed?.by ?? 'open'} ${f.file} ${f.recipient?.vendor ?? ''}`);
    for (const place of [
      'comment leak.ts openai',
      'open open.ts openai',
      'open own.ts example-lab',
      'open env.ts llm.partner.example',
    ])
      expect(places).toContain(place);
    expect(places.join()).not.toContain('left-out.ts');
    withCrLf(dir);
    expect(document(dir)).toEqual(before);
  });
});

describe('backslashes', () => {
  const vocabulary = { vendorIds: ['aws'], servicesOf: () => [], ruleIds: ['phi-in-url'] };
  const manifest = (text: string): string[] =>
    loadManifest(`version: 1\n${text}`, 'baa.yaml', vocabulary as never).problems.map(
      (p) => `${p.line}:${p.column} ${p.message}`,
    );
  it.each([
    ['accept: [{ rule: phi-in-url, where: src\\old\\**, reason: r, approved_by: a }]', 'src/old/**'],
    ["purposes: [{ where: 'src\\referral\\**', needs: [A], reason: r }]", 'src/referral/**'],
    ["audit: [{ function: 'src\\audit.ts#log' }]", 'src/audit.ts#log'],
    ['environments: { development: { phi: forbidden, files: [config\\.env] } }', 'config/.env'],
  ])('in %s are told with the right way to write them', (text, right) => {
    const [problem] = manifest(text);
    expect(problem).toContain(`paths are written with /, on Windows as well: write "${right}"`);
    expect(problem).toMatch(/^2:\d+ /);
  });

  it('that take a sign of a glob literally are none', () => {
    expect(manifest("purposes: [{ where: 'src/app/\\[id\\]/**', needs: [A], reason: r }]")).toEqual([]);
    expect(loadConfig("include: ['src/\\(group\\)/**']\n", 'phitrace.yaml', []).problems).toEqual([]);
  });

  it('that YAML has read as line breaks are told as well', () => {
    expect(loadConfig('exclude: ["src\\new"]\n', 'phitrace.yaml', []).problems[0]?.message).toContain('written with /');
    expect(loadConfig("packs: ['rules\\own.yaml']\n", 'phitrace.yaml', []).problems[0]).toMatchObject({
      line: 1,
      column: 9,
    });
  });

  it('in tsconfig.json and package.json are read as TypeScript and npm read them', () => {
    expect(joinPath('apps/web', '..\\..\\packages\\ui')).toBe('packages/ui');
    const dir = project({
      'package.json': PACKAGE,
      'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@llm/*": [".\\\\src\\\\llm\\\\*"] } } }',
      'src/llm/ask.ts':
        "import OpenAI from 'openai';\nexport const ask = (input: string) => new OpenAI().responses.create({ model: 'm', input });\n",
      'src/page.ts':
        "import type { Patient } from 'fhir/r4';\nimport { ask } from '@llm/ask';\nexport const f = (p: Patient) => ask(JSON.stringify(p));\n",
    });
    expect(document(dir).findings.map((f) => `${f.ruleId} ${f.file}:${f.line}`)).toContain(
      'phi-to-uncovered-vendor src/page.ts:3',
    );
  });
});
