/** A user's pack says what rules/ say, in the same words: new recipients, sources and de-identifiers, and corrections. */
import { describe, expect, it } from 'vitest';
import { checkJson, phitrace, project, TODAY, told } from './command.js';

const PACK = `id: example-lab
name: Example Lab
vendor:
  category: exchange
  kind: partner
  services: { results: { name: Results, coverable: conditions } }
  baa: { available: conditions, facts: [] }
hosts: [{ host: lab.example.com, service: results }]
packages:
  '@example/lab-client':
    exports:
      LabClient: { new: LabClient }
      redact: { sanitizer: { removes: all, method: safe-harbor, input: '0' } }
    types:
      LabClient:
        recipient: { vendor: example-lab, host: [0.baseUrl] }
        members:
          submit: { sink: { service: results, content: ['0'] } }
          fetchReport: { source: { gives: 'fhir:DiagnosticReport', origin: lab } }
`;
const CODE = `import { LabClient, redact } from '@example/lab-client';
import OpenAI from 'openai';

const lab = new LabClient({ baseUrl: 'https://lab.example.com/v2' });
const ai = new OpenAI();

export async function main(id: string): Promise<void> {
  const report = await lab.fetchReport(id);
  await ai.responses.create({ model: 'gpt-4.1', input: JSON.stringify(report) });
  await ai.responses.create({ model: 'gpt-4.1', input: redact(JSON.stringify(report)) });
  await lab.submit(report);
}
`;
const FILES = {
  'package.json': '{ "name": "clinic", "private": true }\n',
  'phitrace.yaml': 'packs: [compliance/lab.yaml]\n',
  'main.ts': CODE,
};
const MANIFEST = `version: 1
organization: Example Health
agreements: [{ vendor: example-lab, executed: 2026-01-01, services: [results] }]
`;

/** What is said of data and its recipients: the other rules have tests of their own. */
const egress = (analysis: Parameters<typeof told>[0]): string[] =>
  told(analysis).filter((line) => / (phi-to-|recipient-not-in-registry)/.test(line));

describe("a user's pack", () => {
  it('adds a recipient, a source and a de-identifier', () => {
    const { analysis } = checkJson(project({ ...FILES, 'compliance/lab.yaml': PACK }));
    expect(egress(analysis)).toEqual([
      'error phi-to-uncovered-vendor main.ts:11',
      'error phi-to-uncovered-vendor main.ts:9',
    ]);
    expect(new Set(analysis.findings.map(({ recipient }) => recipient?.vendor))).toEqual(
      new Set(['example-lab', 'openai']),
    );
  });

  it('adds a vendor that the manifest may name', () => {
    const dir = project({ ...FILES, 'compliance/lab.yaml': PACK, 'baa.yaml': MANIFEST });
    expect(egress(checkJson(dir).analysis)).toEqual(['error phi-to-uncovered-vendor main.ts:9']);
  });

  it('has the last word on what phitrace knows', () => {
    const correction = `${PACK}  openai:
    exports: {}
    types:
      OpenAI: { members: { responses.create: { sink: { service: responses, content: [0.instructions] } } } }
`;
    const dir = project({ ...FILES, 'compliance/lab.yaml': correction, 'baa.yaml': MANIFEST });
    expect(egress(checkJson(dir).analysis)).toEqual(['note recipient-not-in-registry main.ts:9']);
  });

  it('names file, line and the nearest valid key of a mistake', () => {
    const cwd = project({ ...FILES, 'compliance/lab.yaml': PACK.replace('{ sink:', '{ snk:') });
    const { status, err } = phitrace(['check'], { cwd });
    expect(status).toBe(2);
    expect(err).toMatch(/^compliance\/lab\.yaml:18:\d+ unknown key "snk": did you mean "sink"\?$/m);
  });

  it('is listed with what phitrace knows, from the configuration and by name', () => {
    const configured = project({ ...FILES, 'compliance/lab.yaml': PACK });
    expect(JSON.parse(phitrace(['vendors', 'example-lab', '--format', 'json'], { cwd: configured }).out)).toMatchObject(
      {
        id: 'example-lab',
        baa: { available: 'conditions' },
      },
    );
    const bare = project({ 'own/lab.yaml': PACK });
    expect(phitrace(['vendors', '--pack', 'own/lab.yaml'], { cwd: bare }).out).toMatch(/^example-lab +exchange/m);
    expect(phitrace(['vendors', 'example-lab'], { cwd: bare })).toMatchObject({ status: 2 });
    expect(phitrace(['vendors', '--pack', 'none.yaml'], { cwd: bare }).err).toMatch(/none\.yaml/);
  });

  it('lets the map tell the terms of an agreement with its vendor', () => {
    const dir = project({ ...FILES, 'compliance/lab.yaml': PACK, 'baa.yaml': MANIFEST });
    expect(phitrace(['map', dir, '--today', TODAY, '--format', 'html']).out).toMatch(/Example Lab/);
  });

  it('is refused by `vendors` as by `check`, with file, line and the nearest word', () => {
    const { status, err } = phitrace(['vendors', '--pack', 'own.yaml'], {
      cwd: project({ 'own.yaml': 'id: own\nnam: Own\n' }),
    });
    expect(err).toMatch(/own\.yaml:\d+:\d+ .*nam/);
    expect(status).toBe(2);
  });
});
