import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.js';
import { findConfig, findManifest } from './find.js';
import { loadManifest, type Vocabulary } from './load.js';
import { schemaOf } from './shape.js';

const vocabulary: Vocabulary = {
  vendorIds: ['anthropic', 'aws', 'openai', 'google-cloud'],
  servicesOf: (v) =>
    ({
      openai: ['chat-completions', 'embeddings'],
      aws: ['bedrock-runtime', 's3', 'transcribe-medical', 'cloudwatch-logs'],
    })[v] ?? [],
  ruleIds: ['phi-in-url', 'phi-in-logs'],
};

const FULL = `version: 1
organization: Example Health
agreements:
  - vendor: aws                       # catalogue id
    plan: standard
    executed: 2025-03-01
    expires: 2028-03-01
    reviewed: 2026-10-20
    services: [bedrock-runtime, transcribe-medical, s3, cloudwatch-logs]
    excludes: [web-search]
    regions: [us-east-1, us-west-2]
    models: ["anthropic.claude-*"]
    clients: [{ apiKeyEnv: OPENAI_BAA_API_KEY }, { project: proj_clinical_baa }, { host: northbay.openai.azure.com }]
    hosts: [results.partner.example]
    environments: [production]
    terms: { training: false, retention: zero, sensitive: [part2] }
    document: contracts/aws-baa-2025.pdf
  - vendor: lab
    hosts: ["*.lab.example"]
    services: all
self_hosted:   [{ hosts: ["llm.internal.example.com", "localhost:11434", "*.svc.example.com"], runs_on: aws }]
deidentifiers: [{ function: "src/privacy/deidentify.ts#deidentify", method: safe-harbor, removes: all, output: text, evidence: docs/deid.md }]
audit:         [{ function: "src/audit/log.ts#AuditLog.record" }]
review:        [{ function: "src/review/queue.ts#submitForSignature" }]
purposes:      [{ where: "src/referral/**", needs: [A, C, clinical], reason: referral letters }]
environments:  { production: { phi: allowed }, development: { phi: forbidden, files: [".env.development"] } }
accept:        [{ rule: phi-in-url, where: "src/x.ts", reason: legacy, approved_by: CISO, until: 2027-01-31 }]
attestations:  { baa-executed: { evidence: contracts/, by: Counsel, date: 2026-01-01 } }
`;

const problemsOf = (text: string): string[] =>
  loadManifest(text, 'baa.yaml', vocabulary).problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`);

describe('a manifest without mistakes', () => {
  it('is read whole', () => {
    const { manifest, problems } = loadManifest(FULL, '../baa.yaml', vocabulary);
    expect(problems).toEqual([]);
    expect(manifest).toMatchObject({
      path: '../baa.yaml',
      organization: 'Example Health',
      selfHosted: [{ runsOn: 'aws', line: 21 }],
      deidentifiers: [{ removes: 'all', output: 'text', mutates: null }],
      environments: { production: { phi: 'allowed', files: [] }, development: { phi: 'forbidden' } },
      accept: [{ approvedBy: 'CISO', until: '2027-01-31', line: 27 }],
      attestations: { 'baa-executed': { by: 'Counsel' } },
    });
    expect(manifest?.agreements.map((a) => [a.vendor, a.executed, a.expires, a.services, a.line])).toEqual([
      ['aws', '2025-03-01', '2028-03-01', ['bedrock-runtime', 'transcribe-medical', 's3', 'cloudwatch-logs'], 4],
      ['lab', null, null, 'all', 18],
    ]);
    expect(manifest?.agreements[0]?.terms).toEqual({ training: false, retention: 'zero', sensitive: ['part2'] });
  });
  it('may have Windows line ends, a byte order mark, and nothing but a version', () => {
    expect(problemsOf(`\uFEFF${FULL.replaceAll('\n', '\r\n')}`)).toEqual([]);
    expect(problemsOf('version: 1\n')).toEqual([]);
    expect(problemsOf('version: 1\nagreements: []\n')).toEqual([]);
  });
});

const A = 'version: 1\nagreements:\n  - vendor: openai\n    services: [chat-completions]\n';
const mistakes: readonly [string, string, string][] = [
  ['an empty file', '', 'baa.yaml:1:1 the manifest is empty'],
  ['only a comment', '# later\n', 'baa.yaml:1:1 the manifest is empty'],
  ['a list', '- a\n', 'baa.yaml:1:1 the document must be keys and values, found a list'],
  ['no version', 'organization: X\n', 'baa.yaml:1:1 the key "version" is missing'],
  ['another version', 'version: 2\n', 'baa.yaml:1:10 "version" cannot be "2"'],
  ['broken syntax', 'version: 1\nagreements: [\n', 'baa.yaml:3:1 not valid YAML'],
  ['a tab', 'version: 1\nagreements:\n\t- vendor: openai\n', 'baa.yaml:3:1 tabs may not indent YAML'],
  ['two documents', 'version: 1\n---\nversion: 1\n', 'baa.yaml:2:1 more than one YAML document'],
  ['a key twice', 'version: 1\norganization: A\norganization: B\n', 'baa.yaml:3:1 this key is there twice'],
  ['an unknown key', 'version: 1\nagreemnts: []\n', 'baa.yaml:2:1 unknown key "agreemnts": did you mean "agreements"?'],
  ['a nested unknown key', `${A}    region: [us]\n`, 'baa.yaml:5:5 unknown key "region": did you mean "regions"?'],
  ['a far unknown key', `${A}    zzz: 1\n`, 'baa.yaml:5:5 unknown key "zzz" (nearest: "'],
  [
    'a camel-cased key',
    'version: 1\nselfHosted: []\n',
    'baa.yaml:2:1 unknown key "selfHosted": did you mean "self_hosted"?',
  ],
  [
    'an unknown vendor',
    'version: 1\nagreements:\n  - vendor: opnai\n    services: all\n',
    'baa.yaml:3:13 unknown vendor "opnai": did you mean "openai"? (a vendor of your own needs',
  ],
  [
    'a working name',
    'version: 1\nagreements:\n  - vendor: google_cloud\n    services: all\n',
    'baa.yaml:3:13 unknown vendor "google_cloud": did you mean "google-cloud"?',
  ],
  [
    'an unknown service',
    'version: 1\nagreements:\n  - vendor: openai\n    services:\n      - chat-completions\n      - embedings\n',
    'baa.yaml:6:9 openai has no service "embedings": did you mean "embeddings"?',
  ],
  [
    'a service cut short',
    'version: 1\nagreements:\n  - vendor: openai\n    services: [chat]\n',
    'baa.yaml:4:16 openai has no service "chat": did you mean "chat-completions"?',
  ],
  [
    'no services',
    'version: 1\nagreements:\n  - vendor: openai\n',
    'baa.yaml:3:5 the key "services" is missing in an entry of "agreements"',
  ],
  [
    'services as a word',
    'version: 1\nagreements:\n  - vendor: openai\n    services: embeddings\n',
    'baa.yaml:4:15 "services" must be a list, or the word all, found "embeddings"',
  ],
  [
    'services as a number',
    'version: 1\nagreements:\n  - vendor: openai\n    services: 3\n',
    'baa.yaml:4:15 "services" must be a list, or all, found "3"',
  ],
  [
    'all in a list',
    'version: 1\nagreements:\n  - vendor: openai\n    services: [all]\n',
    'baa.yaml:4:16 write `services: all`',
  ],
  [
    'no services at all',
    'version: 1\nagreements:\n  - vendor: openai\n    services: []\n',
    'baa.yaml:4:15 "services" is empty',
  ],
  [
    'a date that does not exist',
    `${A}    executed: 2025-02-30\n`,
    'baa.yaml:5:15 "2025-02-30" is no date: write YYYY-MM-DD',
  ],
  ['an American date', `${A}    executed: 03/01/2025\n`, 'baa.yaml:5:15 "03/01/2025" is no date'],
  ['a date as a number', `${A}    executed: 20250301\n`, 'baa.yaml:5:15 "executed" must be text, found "20250301"'],
  [
    'an end before the start',
    `${A}    executed: 2025-03-01\n    expires: 2024-03-01\n`,
    'baa.yaml:6:14 "expires" ("2024-03-01") is before',
  ],
  [
    'a region as text',
    `${A}    regions: us-east-1\n`,
    'baa.yaml:5:14 "regions" must be a list, found the text "us-east-1"',
  ],
  [
    'a host with scheme',
    `${A}    hosts: ["https://api.example.com/v1"]\n`,
    'baa.yaml:5:13 "https://api.example.com/v1" is no host name',
  ],
  ['a client without a mark', `${A}    clients: [{}]\n`, 'baa.yaml:5:15 an entry of "clients" is empty'],
  [
    'an unknown client mark',
    `${A}    clients: [{ apiKey: X }]\n`,
    'baa.yaml:5:17 unknown key "apiKey": did you mean "apiKeyEnv"?',
  ],
  ['a bad retention', `${A}    terms: { retention: 30 days }\n`, 'baa.yaml:5:25 "30 days" is no retention'],
  [
    'a bad sensitive kind',
    `${A}    terms: { sensitive: [part-2] }\n`,
    'baa.yaml:5:26 an entry of "sensitive" cannot be "part-2": did you mean "part2"?',
  ],
  [
    'training as text',
    `${A}    terms: { training: never }\n`,
    'baa.yaml:5:24 "training" must be true or false, found the text "never"',
  ],
  [
    'runs_on without agreement',
    `${A}self_hosted: [{ hosts: [a.example], runs_on: openia }]\n`,
    'baa.yaml:5:46 "runs_on" names "openia", with which there is no agreement: did you mean "openai"?',
  ],
  [
    'expert without evidence',
    'version: 1\ndeidentifiers: [{ function: "a.ts#f", method: expert-determination, removes: all }]\n',
    'baa.yaml:2:47 expert-determination needs the key "evidence"',
  ],
  [
    'a method nobody knows',
    'version: 1\ndeidentifiers: [{ function: "a.ts#f", method: safeharbor, removes: all }]\n',
    'baa.yaml:2:47 "method" cannot be "safeharbor": did you mean "safe-harbor"?',
  ],
  [
    'a function without name',
    'version: 1\naudit: [{ function: src/audit.ts }]\n',
    'baa.yaml:2:21 "src/audit.ts" names no function',
  ],
  [
    'an environment rule',
    'version: 1\nenvironments: { dev: { phi: forbiden } }\n',
    'baa.yaml:2:29 "phi" cannot be "forbiden": did you mean "forbidden"?',
  ],
  [
    'an unknown rule',
    'version: 1\naccept: [{ rule: phi-in-log, where: a, reason: b, approved_by: c }]\n',
    'baa.yaml:2:18 unknown rule "phi-in-log": did you mean "phi-in-logs"?',
  ],
  [
    'acceptance without approver',
    'version: 1\naccept: [{ rule: phi-in-url, where: a, reason: b }]\n',
    'baa.yaml:2:10 the key "approved_by" is missing',
  ],
  [
    'an unknown row',
    'version: 1\nattestations: { baa-excuted: { evidence: a, by: b, date: 2026-01-01 } }\n',
    'baa.yaml:2:17 unknown key "baa-excuted": did you mean "baa-executed"?',
  ],
  [
    'an alias',
    'version: 1\norganization: &a X\npurposes: [{ where: *a, needs: [A], reason: r }]\n',
    'baa.yaml:3:21 aliases (*name) are not supported',
  ],
  ['escapes in a word', 'version: 1\n"\\e[31m": 1\n', 'baa.yaml:2:1 unknown key "\\u001b[31m"'],
];

describe('mistakes', () => {
  it.each(mistakes)('%s', (_name, text, expected) => {
    const problems = problemsOf(text);
    expect(
      problems.some((p) => p.startsWith(expected)),
      problems.join('\n'),
    ).toBe(true);
    expect(loadManifest(text, 'baa.yaml', vocabulary).manifest).toBeNull();
  });
  it('says each once, in the order of the file', () => {
    expect(problemsOf(`${A}    executed: soon\n    region: [x]\nfoo: 1\n`)).toHaveLength(3);
    expect(problemsOf('version: 1\nattestations: { bogus: 1 }\n').length).toBeLessThanOrEqual(2);
    const lines = problemsOf(`${A}    executed: soon\n    region: [x]\nfoo: 1\n`).map((p) => Number(p.split(':')[1]));
    expect(lines).toEqual([5, 6, 7]);
  });
  it('lets own vendors in by hosts or packages', () => {
    expect(
      problemsOf('version: 1\nagreements:\n  - vendor: lab\n    packages: ["@lab/sdk"]\n    services: [orders]\n'),
    ).toEqual([]);
  });
});

describe('hostile input is bounded', () => {
  it.each([
    ['brackets', '['.repeat(100_000)],
    ['dashes', '- '.repeat(50_000)],
    ['maps', '{a: '.repeat(50_000)],
    ['size', `version: 1 #${'x'.repeat(2_000_000)}`],
    ['deep blocks', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['laughs', `version: 1\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n`],
  ])('%s', (_name, text) => {
    const start = performance.now();
    const { manifest, problems } = loadManifest(text, 'baa.yaml', vocabulary);
    expect(manifest).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(50);
    expect(performance.now() - start).toBeLessThan(5000);
  });
  it('keeps __proto__ a word', () => {
    expect(problemsOf('version: 1\n__proto__: { a: 1 }\n')[0]).toContain('unknown key "__proto__"');
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});

describe('finding', () => {
  it('takes the nearest manifest upward, the configuration in the folder only', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'phitrace-find-'));
    try {
      const deep = path.join(root, 'a', 'b');
      mkdirSync(deep, { recursive: true });
      writeFileSync(path.join(root, 'baa.yaml'), 'version: 1\n');
      writeFileSync(path.join(root, 'phitrace.yaml'), '');
      expect(findManifest(deep)).toBe(path.join(root, 'baa.yaml'));
      mkdirSync(path.join(root, 'a', 'baa.yaml'));
      expect(findManifest(deep)).toBe(path.join(root, 'baa.yaml'));
      expect(findConfig(deep)).toBeNull();
      expect(findConfig(root)).toBe(path.join(root, 'phitrace.yaml'));
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('phitrace.yaml', () => {
  const load = (text: string): ReturnType<typeof loadConfig> =>
    loadConfig(text, 'phitrace.yaml', ['phi-in-url', 'phi-in-logs']);
  it('is read', () => {
    const { config, problems } = load(
      'profile: strict\nrules: { phi-in-url: off, phi-in-logs: error }\nexclude: ["legacy/**"]\n',
    );
    expect(problems).toEqual([]);
    expect(config).toEqual({
      profile: 'strict',
      rules: { 'phi-in-url': 'off', 'phi-in-logs': 'error' },
      packs: [],
      include: null,
      exclude: ['legacy/**'],
      environments: null,
    });
    expect(load('').config?.profile).toBeNull();
  });
  it.each([
    [
      'profile: strikt\n',
      '1:10 "profile" cannot be "strikt": did you mean "strict"?; possible: recommended, strict, audit',
    ],
    ['rules: { phi-in-urls: off }\n', '1:10 unknown rule "phi-in-urls": did you mean "phi-in-url"?'],
    [
      'rules: { phi-in-url: warn }\n',
      '1:22 "phi-in-url" cannot be "warn": did you mean "warning"?; possible: off, note, warning, error',
    ],
    ['exclud: []\n', '1:1 unknown key "exclud": did you mean "exclude"?'],
    ['packs: a.yaml\n', '1:8 "packs" must be a list, found the text "a.yaml"'],
  ])('%s', (text, expected) => {
    const { config, problems } = load(text);
    expect(config).toBeNull();
    expect(problems.map((p) => `${p.line}:${p.column} ${p.message}`)).toEqual([expected]);
  });
});

describe('published schemas', () => {
  it('describe every key', () => {
    const bare: string[] = [];
    const visit = (schema: Record<string, unknown>, at: string): void => {
      for (const [key, value] of Object.entries(
        (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (typeof value['description'] !== 'string') bare.push(`${at}.${key}`);
        visit(value, `${at}.${key}`);
        visit((value['items'] ?? {}) as Record<string, unknown>, `${at}.${key}[]`);
      }
    };
    visit(schemaOf('baa'), 'baa');
    visit(schemaOf('config'), 'config');
    expect(bare).toEqual([]);
  });
});
