import { describe, expect, it } from 'vitest';
import { classifyOthers } from './infrastructure.js';
import { openWorkspace } from './open.js';
import { overlaySource } from './overlay-source.js';
import { parsePrisma } from './prisma.js';

describe('classifyOthers', () => {
  it('tells data from infrastructure and leaves the rest', () => {
    const { data, infrastructure } = classifyOthers([
      'fixtures/patients.json',
      'seed.sql',
      'dump.ndjson',
      'a.csv',
      'msg.hl7',
      'ccda.xml',
      'fixtures/x.yaml',
      'package.json',
      'yarn.lock',
      'docker-compose.dev.yml',
      'Dockerfile',
      '.env.production',
      'main.tf',
      'vercel.json',
      'k8s/web.yaml',
      '.github/workflows/ci.yml',
      'serverless.yml',
      'logo.png',
      'README.md',
    ]);
    expect(data.map((file) => file.format)).toEqual(['json', 'sql', 'ndjson', 'csv', 'hl7', 'xml', 'yaml']);
    expect(infrastructure.map((file) => file.kind)).toEqual([
      'package',
      'lockfile',
      'compose',
      'dockerfile',
      'env',
      'terraform',
      'platform',
      'kubernetes',
      'ci',
      'serverless',
    ]);
  });
});

describe('platforms', () => {
  it('are known by their files, not by those of tests', () => {
    const texts = {
      'vercel.json': '{}',
      'supabase/config.toml': '',
      'services/scribe/serverless.yml': 'provider:\n  name: aws\n',
      'infra/main.tf': 'resource "google_cloud_run_v2_service" "x" {}',
      'sam/template.yaml': 'Type: AWS::Serverless::Function',
      'app.yaml': 'runtime: nodejs20\n',
      'data.json': '"AWS::Lambda::Function"',
      'e2e/fly.toml': '',
      'e2e/a.test.ts': '',
    };
    const { platforms } = openWorkspace('/x', { source: overlaySource(null, new Map(Object.entries(texts))) });
    expect(platforms.map((platform) => `${platform.id} ${platform.file}`)).toEqual([
      'aws-lambda sam/template.yaml',
      'aws-lambda services/scribe/serverless.yml',
      'google-cloud-app-engine app.yaml',
      'google-cloud-run infra/main.tf',
      'supabase supabase/config.toml',
      'vercel vercel.json',
    ]);
  });
});

describe('parsePrisma', () => {
  it('reads models, views and composite types with their fields', () => {
    const text = `generator client { provider = "prisma-client-js" }
enum Sex { F M }
/// A person
model Patient {
  id        String   @id @default(cuid()) // key
  ssn       String?  @db.VarChar(11)
  notes     Note[]
  embedding Unsupported("vector(3)")?
  /* old String
  older Int */
  sex       Sex

  @@index([ssn])
}
type Address {
  line String
}
view Recent { 
  at DateTime
}
model Broken {
  !!!
  ok Int
`;
    const models = parsePrisma('prisma/schema.prisma', text);
    expect(models.map((model) => model.name)).toEqual(['Patient', 'Address', 'Recent', 'Broken']);
    expect(models[0]).toEqual({
      name: 'Patient',
      file: 'prisma/schema.prisma',
      fields: [
        { name: 'id', type: 'String', list: false, optional: false, line: 5 },
        { name: 'ssn', type: 'String', list: false, optional: true, line: 6 },
        { name: 'notes', type: 'Note', list: true, optional: false, line: 7 },
        { name: 'embedding', type: 'Unsupported', list: false, optional: true, line: 8 },
        { name: 'sex', type: 'Sex', list: false, optional: false, line: 11 },
      ],
    });
    expect(models[3]?.fields.map((field) => field.name)).toEqual(['ok']);
  });

  it('is asked lazily and over all *.prisma files', () => {
    const texts = new Map([['a.prisma', 'model A {\n x Int\n}'], ['s/b.prisma', 'model B {\n}']]); // prettier-ignore
    const workspace = openWorkspace('/x', { source: overlaySource(null, texts) });
    expect(workspace.prisma.map((model) => model.file)).toEqual(['a.prisma', 's/b.prisma']);
  });
});
