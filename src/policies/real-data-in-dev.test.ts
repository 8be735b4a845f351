import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../analysis.js';
import type { FileFacts, Instr } from '../facts/ir.js';
import type { EnvValue } from '../workspace/types.js';
import { judge } from './index.js';
import { type Files, type Made, handmade } from './testing/handmade.js';

const RULE = 'real-data-in-dev';

function findings(made: Made, rule = RULE): readonly FindingJson[] {
  return judge(handmade(made)).findings.filter((finding) => finding.ruleId === rule);
}
const brief = (found: readonly FindingJson[]): string =>
  found.map((f) => `${f.severity} ${f.confidence} ${f.file}:${String(f.line)}`).join('; ') || '-';

function value(text: string, over: Partial<EnvValue> = {}): EnvValue {
  return {
    ...{
      value: text,
      file: '.env.development',
      line: 2,
      environment: 'development',
      ignored: false,
      origin: 'env-file',
    },
    ...over,
  };
}

describe('values of environment files', () => {
  const SURE = 'error high .env.development:2';
  const MAYBE = 'warning medium .env.development:2';
  const rows: [name: string, text: string, expected: string][] = [
    ['FHIR_BASE_URL', 'https://api.platform.athenahealth.com/fhir/r4', SURE],
    ['FHIR_BASE_URL', 'https://api.preview.platform.athenahealth.com/fhir/r4', '-'],
    ['CERNER_URL', 'https://fhir-ehr.cerner.com/r4/0b8a0111-e8e6-4c26-a91c-5069cbc6b1ca', SURE],
    ['CERNER_URL', 'https://fhir-ehr-code.cerner.com/r4/ec2458f2-1e24-41c8-b71b-0e701af7583d', '-'],
    ['CERNER_URL', 'https://fhir-open.cerner.com/r4', '-'],
    ['EPIC_URL', 'https://fhir.epic.com/interconnect-fhir-oauth/api/FHIR/R4/', '-'],
    ['EPIC_URL', 'https://epicproxy.northbay.org/interconnect-prd-oauth/api/FHIR/R4', SURE],
    ['EPIC_URL', 'https://epicproxy.northbay.org/interconnect-oauth/api/FHIR/R4', MAYBE],
    ['ELATION_URL', 'https://sandbox.elationemr.com/api/2.0', '-'],
    ['ELATION_URL', 'https://api.elationhealth.com/api/2.0', SURE],
    ['HEALTHIE_URL', 'https://staging-api.gethealthie.com/graphql', '-'],
    ['HEALTHIE_URL', 'https://api.gethealthie.com/graphql', SURE],
    ['EHR_HOST', 'api.gethealthie.com', SURE],
    ['MEDPLUM_BASE_URL', 'https://api.medplum.com/', '-'],
    ['MEDPLUM_PROD_BASE_URL', 'https://api.medplum.com/', MAYBE],
    ['FHIR_URL', 'https://clinic-prod.fhir.azurehealthcareapis.com', MAYBE],
    ['FHIR_URL', 'https://fhir.prod.northbay.org/fhir', SURE],
    ['FHIR_URL', 'https://hapi.fhir.org/baseR4', '-'],
    ['FHIR_URL', 'http://localhost:8103/fhir/R4', '-'],
    ['DATABASE_URL', 'postgres://app:pw@clinic-prod.c1a2b3.us-east-1.rds.amazonaws.com/ehr', SURE],
    ['DATABASE_URL', 'postgres://app:pw@clinic-staging.c1a2b3.us-east-1.rds.amazonaws.com/ehr', '-'],
    ['DATABASE_URL', 'postgres://app:pw@clinic.c1a2b3.us-east-1.rds.amazonaws.com/ehr', '-'],
    ['DATABASE_URL', 'mongodb+srv://app:pw@cluster0.ab1c.mongodb.net/clinic_production', SURE],
    ['DATABASE_URL', 'postgres://app:pw@localhost:5432/ehr', '-'],
    ['DATABASE_URL', 'postgres://app:pw@db:5432/prod', SURE],
    ['DATABASE_URL', 'jdbc:postgresql://ehr-prod.northbay.org/ehr', SURE],
    ['PROD_DATABASE_URL', 'postgres://app:pw@ehr.northbay.org/ehr', SURE],
    ['EPIC_PROD_PRIVATE_KEY', 'abcdef', MAYBE],
    ['STRIPE_PROD_KEY', 'abcdef', '-'],
    ['NODE_ENV', 'production', '-'],
    ['DB_SECRET', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/ehr', MAYBE],
    ['DB_SECRET', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/ehr', '-'],
    ['DB_SECRET', 'op://production/ehr/password', MAYBE],
    ['API_URL', 'https://api.stripe.com/v1', '-'],
    ['API_URL', 'https://product.northbay.org', '-'],
    ['DATABASE_URL', '${PROD_DATABASE_URL}', '-'],
    ['DATABASE_URL', '', '-'],
    ['BROKEN_URL', 'https://%zz', '-'],
  ];
  it.each(rows)('%s=%s: %s', (name, text, expected) => {
    expect(brief(findings({ env: { [name]: [value(text)] } }))).toBe(expected);
  });

  const DB = 'postgres://app@clinic-prod.c1a2b3.us-east-1.rds.amazonaws.com/ehr';
  const places: [name: string, over: Partial<EnvValue>, expected: string, manifest?: Made['manifest']][] = [
    ['production', { environment: 'production', file: '.env.production' }, '-'],
    ['staging', { environment: 'staging', file: '.env.staging' }, 'error high .env.staging:2'],
    ['the shared .env', { environment: null, file: '.env' }, 'warning high .env:2'],
    ['an example', { environment: null, file: '.env.example', origin: 'env-example' }, '-'],
    [
      'a compose file',
      { environment: null, file: 'docker-compose.yml', origin: 'deployment' },
      'error high docker-compose.yml:2',
    ],
    [
      'a production compose file',
      { environment: 'production', file: 'docker-compose.prod.yml', origin: 'deployment' },
      '-',
    ],
    ['kubernetes', { environment: null, file: 'k8s/api.yaml', origin: 'deployment' }, '-'],
    ['ignored by git', { ignored: true }, 'warning high .env.development:2'],
    ['allowed by the manifest', {}, '-', { environments: { development: { phi: 'allowed', files: [] } } }],
    [
      'allowed by file',
      { environment: null, file: '.env' },
      '-',
      { environments: { live: { phi: 'allowed', files: ['.env'] } } },
    ],
    [
      'forbidden by file',
      { environment: null, file: '.env' },
      'error high .env:2',
      { environments: { development: { phi: 'forbidden', files: ['.env'] } } },
    ],
    [
      'synthetic by the manifest',
      { environment: 'demo', file: '.env.demo' },
      'error high .env.demo:2',
      { environments: { demo: { phi: 'synthetic', files: [] } } },
    ],
  ];
  it.each(places)('%s', (_name, over, expected, manifest) => {
    expect(
      brief(findings({ env: { DATABASE_URL: [value(DB, over)] }, ...(manifest === undefined ? {} : { manifest }) })),
    ).toBe(expected);
  });
  it('names the variable and whose it is, and no value', () => {
    const [found] = findings({ env: { DATABASE_URL: [value(DB, { ignored: true })] } });
    expect(found?.message).toContain(
      'DATABASE_URL in .env.development: it points at a production database at Amazon RDS',
    );
    expect(found?.message).toContain('git ignores the file');
    expect(JSON.stringify(found)).not.toMatch(/c1a2b3|clinic-prod/);
  });
});

describe('commands and mounts', () => {
  const rows: [file: string, text: string, expected: string][] = [
    ['scripts/restore.sh', '#!/bin/sh\npg_restore -d ehr prod-2026.dump\n', 'error high scripts/restore.sh:2'],
    ['scripts/restore.sh', 'pg_restore -d ehr latest.dump\n', 'warning medium scripts/restore.sh:1'],
    ['scripts/restore.sh', 'pg_restore -d ehr synthetic.dump\n', '-'],
    ['scripts/restore.sh', '# pg_restore -d ehr latest.dump\n', '-'],
    ['scripts/restore.sh', '# takes a snapshot of production\n', 'error high scripts/restore.sh:1'],
    ['scripts/prod-backup.sh', 'pg_dump ehr-prod > x\n', '-'],
    ['scripts/pull.sh', 'pg_dump -h ehr-prod.northbay.org ehr > x.sql\n', 'error high scripts/pull.sh:1'],
    ['scripts/pull.sh', 'pg_dump -h localhost ehr > x.sql\n', '-'],
    ['scripts/pull.sh', 'aws s3 cp s3://northbay-prod-exports/patients.csv data/\n', 'error high scripts/pull.sh:1'],
    ['scripts/pull.sh', 'aws s3 cp s3://northbay-assets/logo.png public/\n', '-'],
    ['scripts/pull.sh', 'heroku pg:pull DATABASE_URL mylocal --app clinic-prod\n', 'error high scripts/pull.sh:1'],
    ['Makefile', 'db:\n\tpsql ehr < dumps/latest.sql\n', 'warning medium Makefile:2'],
    ['Makefile', 'db:\n\tpsql ehr < seeds/seed.sql\n', '-'],
    [
      'docker-compose.yml',
      'services:\n  db:\n    volumes:\n      - ./dumps/ehr.sql:/docker-entrypoint-initdb.d/1.sql\n',
      'warning medium docker-compose.yml:4',
    ],
    [
      'docker-compose.yml',
      'services:\n  db:\n    volumes:\n      - ./seed.sql:/docker-entrypoint-initdb.d/1.sql\n',
      '-',
    ],
    ['docker-compose.prod.yml', 'pg_restore prod.dump', '-'],
    ['README.md', 'pg_restore prod.dump', '-'],
  ];
  it.each(rows)('%s: %j', (file, text, expected) => {
    expect(brief(findings({ files: { [file]: text } }))).toBe(expected);
  });
  it('reads scripts of package.json', () => {
    const scripts = { 'db:pull': 'pg_dump -h ehr-prod > x', 'backup:prod': 'pg_dump -h ehr-prod > y', build: 'tsc' };
    const files: Files = { 'package.json': JSON.stringify({ scripts }, null, 2) };
    const packages = [{ name: null, dir: '', dependencies: {}, scripts, entries: [], type: 'module' } as const];
    expect(brief(findings({ files, workspace: { packages } }))).toBe('error high package.json:3');
  });
});

describe('constants of scripts', () => {
  const facts = (text: string): FileFacts => {
    const made: Instr[] = [{ op: 'const', d: 0, v: text, span: [0, 4] }];
    const block = { preds: [], instrs: made, term: { t: 'stop' }, handler: -1 } as const;
    const base = handmade({ files: { 'a.ts': '' } }).facts('a.ts');
    if (base === null) throw new Error('facts');
    const fn = {
      name: '<module>',
      kind: 'module',
      span: [0, 0],
      params: [],
      returnType: null,
      typeParams: [],
    } as const;
    const flags = {
      isAsync: false,
      isGenerator: false,
      parent: -1,
      cls: -1,
      isStatic: false,
      usesArguments: false,
    } as const;
    return {
      ...base,
      functions: [
        { ...fn, ...flags, blocks: [block], valueCount: 1, shared: [], captures: [], directives: [], decorators: [] },
      ],
    };
  };
  const found = (text: string, role: 'script' | 'test' | 'product'): string =>
    brief(
      findings({
        files: { 'prisma/seed.ts': 'text' },
        facts: () => facts(text),
        workspace: { code: [{ path: 'prisma/seed.ts', variant: 'ts', bytes: 4, role }] },
      }),
    );
  it('are warnings in seeds, and nothing in tests and the product', () => {
    const url = 'https://api.platform.athenahealth.com/v1/195900';
    expect(found(url, 'script')).toBe('warning high prisma/seed.ts:1');
    expect(found(url, 'test')).toBe('-');
    expect(found(url, 'product')).toBe('-');
    expect(found('https://api.preview.platform.athenahealth.com', 'script')).toBe('-');
  });
});

describe('environment-not-covered', () => {
  const made = (environments: Made['manifest'], env: Partial<EnvValue>): Made => ({
    ...(environments === undefined ? {} : { manifest: environments }),
    env: { A: [value('x', env)] },
  });
  const production = { environments: { production: { phi: 'allowed', files: [] } } } as const;
  const staging: Partial<EnvValue> = { environment: 'staging', file: '.env.staging' };
  it.each<[name: string, made: Made, expected: string]>([
    ['not declared', made(production, staging), 'note high .env.staging:2'],
    ['declared', made({ environments: { staging: { phi: 'synthetic', files: [] } } }, staging), '-'],
    ['no environments at all', made({}, staging), '-'],
    ['development', made(production, {}), '-'],
    ['strict', { ...made(production, staging), profile: 'strict' }, 'warning high .env.staging:2'],
  ])('%s', (_name, one, expected) => {
    expect(brief(findings(one, 'environment-not-covered'))).toBe(expected);
  });
});
