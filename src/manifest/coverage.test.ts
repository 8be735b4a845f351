import { describe, expect, it } from 'vitest';
import { decideCoverage, type CoverableServices } from './coverage.js';
import { NO_MANIFEST } from './load.js';
import type { Agreement, CoverageGap, Manifest, RecipientQuery } from './types.js';

const TODAY = '2026-11-22';

const knowledge: CoverableServices = {
  coverableServices: (vendor) =>
    ({ openai: ['chat-completions', 'embeddings'], aws: ['bedrock-runtime', 's3', 'transcribe-medical'] })[vendor] ??
    null,
};

function agreement(part: Partial<Agreement> = {}): Agreement {
  return {
    vendor: 'openai',
    plan: null,
    executed: '2025-03-01',
    expires: null,
    reviewed: null,
    services: ['chat-completions'],
    excludes: [],
    regions: null,
    models: null,
    clients: null,
    hosts: null,
    packages: null,
    environments: null,
    terms: { training: null, retention: null, sensitive: [] },
    document: null,
    line: 1,
    ...part,
  };
}

function query(part: Partial<RecipientQuery> = {}): RecipientQuery {
  return {
    vendor: 'openai',
    service: 'chat-completions',
    endpoint: null,
    host: null,
    region: null,
    model: null,
    apiKeyEnv: null,
    project: null,
    environment: null,
    package: null,
    sensitive: [],
    features: [],
    ...part,
  };
}

function manifest(agreements: readonly Agreement[], part: Partial<Manifest> = {}): Manifest {
  return { ...NO_MANIFEST, path: 'baa.yaml', agreements, ...part };
}

type Expected = 'covered' | 'own' | CoverageGap;
const decide = (m: Manifest, q: RecipientQuery): Expected => {
  const c = decideCoverage(m, q, TODAY, knowledge);
  expect(c.why).not.toMatch(/\.$|\n/);
  expect(c.why.length).toBeGreaterThan(5);
  if (c.own) return 'own';
  if (c.covered) expect(c.gap).toBeNull();
  return c.covered ? 'covered' : (c.gap ?? 'no-agreement');
};

const one: readonly [string, Partial<Agreement>, Partial<RecipientQuery>, Expected][] = [
  ['all that is asked is listed', {}, {}, 'covered'],
  ['another vendor', {}, { vendor: 'anthropic' }, 'no-agreement'],
  ['an undetermined vendor', {}, { vendor: 'unknown' }, 'no-agreement'],
  ['even if the manifest says so', { vendor: 'unknown', hosts: ['a.example'] }, { vendor: 'unknown' }, 'no-agreement'],
  // in force
  ['executed missing', { executed: null }, {}, 'not-in-force'],
  ['executed today', { executed: TODAY }, {}, 'covered'],
  ['executed tomorrow', { executed: '2026-11-23' }, {}, 'not-in-force'],
  ['expires today: inclusive', { expires: TODAY }, {}, 'covered'],
  ['expired yesterday', { expires: '2026-11-21' }, {}, 'not-in-force'],
  ['expires later', { expires: '2027-01-01' }, {}, 'covered'],
  ['not in force outranks the rest', { executed: null, services: ['x'] }, {}, 'not-in-force'],
  // service
  ['service not listed', {}, { service: 'embeddings' }, 'service'],
  [
    'a narrower product as endpoint',
    { services: ['transcribe-medical'] },
    { service: 'transcribe', endpoint: 'transcribe-medical' },
    'covered',
  ],
  ['an endpoint does not widen', { services: ['transcribe-medical'] }, { service: 'transcribe' }, 'service'],
  ['all: a coverable service', { services: 'all' }, { service: 'embeddings' }, 'covered'],
  ['all: not a coverable one', { services: 'all' }, { service: 'images' }, 'service'],
  [
    'all: own vendor',
    { vendor: 'lab', hosts: ['lab.example'], services: 'all' },
    { vendor: 'lab.example', host: 'lab.example', service: 'http' },
    'covered',
  ],
  [
    'list: own vendor by host, plain HTTP',
    { vendor: 'lab', hosts: ['lab.example'], services: ['orders'] },
    { vendor: 'api.lab.example', host: 'api.lab.example', service: 'http' },
    'covered',
  ],
  [
    'list: own vendor, other named service',
    { vendor: 'lab', hosts: ['lab.example'], services: ['orders'] },
    { vendor: 'lab', host: 'lab.example', service: 'results' },
    'service',
  ],
  ['service that the code does not show', {}, { service: 'unknown' }, 'not-proved'],
  // excludes
  ['feature left out', { excludes: ['web-search'] }, { features: ['web-search'] }, 'excluded'],
  ['feature not in use', { excludes: ['web-search'] }, {}, 'covered'],
  ['another feature', { excludes: ['web-search'] }, { features: ['file-search'] }, 'covered'],
  ['service left out of all', { services: 'all', excludes: ['embeddings'] }, { service: 'embeddings' }, 'excluded'],
  // regions
  ['region listed', { regions: ['us-east-1'] }, { region: 'us-east-1' }, 'covered'],
  ['region not listed', { regions: ['us-east-1'] }, { region: 'eu-west-1' }, 'region'],
  ['region unknown', { regions: ['us-east-1'] }, { region: 'unknown' }, 'not-proved'],
  ['region unknown, any allowed', {}, { region: 'unknown' }, 'covered'],
  ['region does not show', { regions: ['us-east-1'] }, { region: null }, 'covered'],
  ['region glob', { regions: ['us-*'] }, { region: 'us-west-2' }, 'covered'],
  ['region glob, other', { regions: ['us-*'] }, { region: 'eu-west-1' }, 'region'],
  ['portal spelling', { regions: ['East US'] }, { region: 'eastus' }, 'covered'],
  ['region is no prefix', { regions: ['us-east-1'] }, { region: 'us-east-11' }, 'region'],
  // models and inference profiles
  ['model glob', { models: ['anthropic.claude-*'] }, { model: 'anthropic.claude-3-haiku-20240307-v1:0' }, 'covered'],
  ['model not listed', { models: ['anthropic.claude-*'] }, { model: 'meta.llama3-70b' }, 'model'],
  ['glob is whole', { models: ['claude'] }, { model: 'claude-3' }, 'model'],
  ['dots are dots', { models: ['gpt-4.1'] }, { model: 'gpt-441' }, 'model'],
  ['slashes are characters', { models: ['accounts/*'] }, { model: 'accounts/fireworks/models/x' }, 'covered'],
  ['model unknown', { models: ['gpt-*'] }, { model: 'unknown' }, 'not-proved'],
  ['model does not apply', { models: ['gpt-*'] }, { model: null }, 'covered'],
  [
    'profile prefix is stripped',
    { models: ['anthropic.claude-*'] },
    { model: 'us.anthropic.claude-3-haiku' },
    'covered',
  ],
  [
    'eu profile, us regions',
    { regions: ['us-east-1', 'us-west-2'] },
    { model: 'eu.anthropic.claude-3-haiku' },
    'region',
  ],
  [
    'us profile, one region only',
    { regions: ['us-east-1'] },
    { model: 'us.anthropic.claude-3-haiku', region: 'us-east-1' },
    'region',
  ],
  [
    'us profile, all us regions',
    { regions: ['us-*'] },
    { model: 'us.anthropic.claude-3-haiku', region: 'us-east-1' },
    'covered',
  ],
  [
    'us profile, the sure regions',
    { regions: ['us-east-1', 'us-west-2'] },
    { model: 'us.anthropic.claude-3-haiku' },
    'not-proved',
  ],
  ['apac profile, us regions', { regions: ['us-*'] }, { model: 'apac.anthropic.claude-3-haiku' }, 'region'],
  ['global profile', { regions: ['us-*'] }, { model: 'global.anthropic.claude-sonnet-4' }, 'region'],
  ['global profile, any region', {}, { model: 'global.anthropic.claude-sonnet-4' }, 'covered'],
  [
    'a vendor is no profile',
    { models: ['meta.llama3*'], regions: ['us-east-1'] },
    { model: 'meta.llama3-70b', region: 'us-east-1' },
    'covered',
  ],
  [
    'ARN of a profile',
    { models: ['anthropic.claude-*'], regions: ['us-*'] },
    { model: 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3' },
    'covered',
  ],
  [
    'ARN names its region',
    { regions: ['us-east-1'] },
    { model: 'arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-3' },
    'region',
  ],
  // clients
  ['key matches', { clients: [{ apiKeyEnv: 'BAA' }] }, { apiKeyEnv: 'BAA' }, 'covered'],
  ['other key', { clients: [{ apiKeyEnv: 'BAA' }] }, { apiKeyEnv: 'OPENAI_API_KEY' }, 'client'],
  ['key unknown', { clients: [{ apiKeyEnv: 'BAA' }] }, { apiKeyEnv: 'unknown' }, 'not-proved'],
  ['no mark shows', { clients: [{ apiKeyEnv: 'BAA' }] }, {}, 'not-proved'],
  ['one of several', { clients: [{ apiKeyEnv: 'BAA' }, { project: 'p' }] }, { project: 'p' }, 'covered'],
  ['another mark shows', { clients: [{ apiKeyEnv: 'BAA' }, { project: 'p' }] }, { apiKeyEnv: 'X' }, 'client'],
  [
    'marks of one entry go together',
    { clients: [{ apiKeyEnv: 'BAA', project: 'p' }] },
    { apiKeyEnv: 'BAA', project: 'q' },
    'client',
  ],
  [
    'client host',
    { clients: [{ host: 'northbay.openai.azure.com' }] },
    { host: 'northbay.openai.azure.com' },
    'covered',
  ],
  ['other client host', { clients: [{ host: 'northbay.openai.azure.com' }] }, { host: 'api.openai.com' }, 'client'],
  // hosts
  ['host listed', { hosts: ['openai.com'] }, { host: 'api.openai.com' }, 'covered'],
  ['label boundary', { hosts: ['openai.com'] }, { host: 'notopenai.com' }, 'host'],
  ['host as prefix', { hosts: ['openai.com'] }, { host: 'openai.com.evil.example' }, 'host'],
  ['host unknown', { hosts: ['openai.com'] }, { host: 'unknown' }, 'not-proved'],
  ['host does not show', { hosts: ['openai.com'] }, { host: null }, 'covered'],
  ['wildcard needs a label', { hosts: ['*.openai.com'] }, { host: 'openai.com' }, 'host'],
  ['case and port', { hosts: ['openai.com'] }, { host: 'API.OpenAI.com:443' }, 'covered'],
  ['port asked for', { hosts: ['openai.com:8443'] }, { host: 'openai.com' }, 'host'],
  [
    'own vendor by package',
    { vendor: 'lab', packages: ['@lab/sdk'], services: 'all' },
    { vendor: 'x', package: '@lab/sdk/http', service: 'orders' },
    'covered',
  ],
  ['another package', { vendor: 'lab', packages: ['@lab/sdk'] }, { vendor: 'x', package: '@lab/sdk2' }, 'no-agreement'],
  // environments, sensitive kinds
  ['environment listed', { environments: ['production'] }, { environment: 'production' }, 'covered'],
  ['environment not listed', { environments: ['production'] }, { environment: 'development' }, 'environment'],
  ['environment open', { environments: ['production'] }, { environment: null }, 'covered'],
  [
    'sensitive kind kept away',
    { terms: { training: null, retention: null, sensitive: ['part2'] } },
    { sensitive: ['part2'] },
    'sensitive',
  ],
  [
    'another sensitive kind',
    { terms: { training: null, retention: null, sensitive: ['part2'] } },
    { sensitive: ['hiv'] },
    'covered',
  ],
  // several reasons in one agreement
  ['refuted outranks not proved', { regions: ['us-east-1'], services: ['x'] }, { region: 'unknown' }, 'service'],
];

describe('one agreement', () => {
  it.each(one)('%s', (_name, a, q, expected) => {
    expect(decide(manifest([agreement(a)]), query(q))).toBe(expected);
  });
});

describe('several agreements', () => {
  const cases: readonly [string, readonly Partial<Agreement>[], Partial<RecipientQuery>, Expected, number | null][] = [
    ['the second covers', [{ services: ['files'] }, {}], {}, 'covered', 1],
    [
      'two halves are no whole',
      [{ services: ['embeddings'], regions: ['us-east-1'] }, { regions: ['eu-west-1'] }],
      { service: 'embeddings', region: 'eu-west-1' },
      'region',
      0,
    ],
    [
      'nearest: one reason before two',
      [{ executed: null, services: ['x'] }, { regions: ['us-east-1'] }],
      { region: 'eu-west-1' },
      'region',
      1,
    ],
    [
      'not proved before refuted',
      [{ services: ['x'] }, { regions: ['us-east-1'] }],
      { region: 'unknown' },
      'not-proved',
      1,
    ],
    [
      'signed amendment is more helpful than a missing service',
      [{ services: ['x'] }, { executed: '2027-01-01' }],
      {},
      'not-in-force',
      1,
    ],
    ['a renewed agreement', [{ expires: '2026-01-01' }, { executed: '2026-01-01' }], {}, 'covered', 1],
    ['other vendors do not count', [{ vendor: 'aws', services: ['s3'] }], {}, 'no-agreement', null],
  ];
  it.each(cases)('%s', (_name, list, q, expected, index) => {
    const m = manifest(list.map(agreement));
    expect(decide(m, query(q))).toBe(expected);
    expect(decideCoverage(m, query(q), TODAY, knowledge).agreement).toBe(index);
  });
});

describe('own side', () => {
  const aws = agreement({ vendor: 'aws', services: ['s3'] });
  const hosts = ['llm.internal.example.com', 'localhost:11434', '*.svc.example.com'];
  const cases: readonly [string, string | null, readonly Agreement[], string, Expected][] = [
    ['self-hosted', null, [], 'llm.internal.example.com', 'own'],
    ['below a wildcard', null, [], 'a.b.svc.example.com', 'own'],
    ['the wildcard itself', null, [], 'svc.example.com', 'no-agreement'],
    ['no label boundary', null, [], 'evil-llm.internal.example.com', 'no-agreement'],
    ['runs on an agreement in force', 'aws', [aws], 'llm.internal.example.com', 'own'],
    ['runs on one not executed', 'aws', [{ ...aws, executed: null }], 'llm.internal.example.com', 'not-in-force'],
    ['runs on an expired one', 'aws', [{ ...aws, expires: '2026-01-01' }], 'llm.internal.example.com', 'not-in-force'],
    ['runs on the renewed one', 'aws', [{ ...aws, expires: '2026-01-01' }, aws], 'llm.internal.example.com', 'own'],
    ['runs on no agreement', 'aws', [], 'llm.internal.example.com', 'no-agreement'],
    ['loopback', null, [], '127.0.0.1:8080', 'own'],
    ['loopback by name', null, [], 'localhost:11434', 'own'],
    ['IPv6 loopback', null, [], '[::1]:3000', 'own'],
    ['not loopback', null, [], 'localhost.evil.example', 'no-agreement'],
  ];
  it.each(cases)('%s', (_name, runsOn, agreements, host, expected) => {
    const m = manifest(agreements, { selfHosted: [{ hosts, runsOn, line: 3 }] });
    expect(decide(m, query({ vendor: host, service: 'http', host }))).toBe(expected);
  });
});

describe('why', () => {
  it('says that there is no manifest', () => {
    expect(decideCoverage(NO_MANIFEST, query(), TODAY, knowledge)).toEqual({
      covered: false,
      own: false,
      agreement: null,
      gap: 'no-agreement',
      why: 'there is no baa.yaml, so no vendor is covered',
    });
  });
  it('names vendor, service and day', () => {
    const why = (a: Partial<Agreement>, q: Partial<RecipientQuery>): string =>
      decideCoverage(manifest([agreement(a)]), query(q), TODAY, knowledge).why;
    expect(why({}, { service: 'embeddings' })).toBe('agreement with openai lists no service "embeddings"');
    expect(why({ expires: '2026-01-01' }, {})).toBe('agreement with openai expired on 2026-01-01');
    expect(why({ regions: ['us-east-1'] }, { region: 'unknown' })).toMatch(/^not proved: agreement with openai/);
    expect(why({ clients: [{ apiKeyEnv: 'A' }] }, { apiKeyEnv: 'B' })).toContain('key B');
  });
});
