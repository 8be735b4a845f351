import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../../analysis.js';
import { judge, type PolicyInput } from '../index.js';
import {
  type Files,
  type Made,
  UNKNOWN,
  agreement,
  call,
  config,
  either,
  env,
  fn,
  fold,
  handmade,
  open,
  siteOf,
} from '../testing/handmade.js';

type Options = Parameters<typeof fold>[0];

/** What is sent without anybody handing it over; whether a scrubber looks through it is another rule's question. */
function withoutScrubbers(input: PolicyInput): readonly FindingJson[] {
  return judge(input).findings.filter((one) => one.ruleId !== 'monitor-without-scrubber');
}

function findings(
  pkg: string,
  version: string | null,
  options: Options,
  file: string,
  member = 'init',
  made: Made = {},
): readonly FindingJson[] {
  const files: Files = { [file]: 'Sentry.init({});\n' };
  const site = config({
    ...{ product: 'sentry', package: pkg, version, member, options: fold(options) },
    site: siteOf(files, file, 'Sentry.init({})', '<module>'),
  });
  return withoutScrubbers(handmade({ files, ...made, flows: { configs: [site], ...made.flows } }));
}

function verdict(found: readonly FindingJson[], rule: string): string {
  const own = found.filter((finding) => finding.ruleId === rule);
  return own.length === 0 ? '-' : own.map((finding) => `${finding.severity} ${finding.confidence}`).join(', ');
}

const http = (options: Options) => ({ integrations: [call('@sentry/node#httpIntegration', options)] });
const httpServer = (options: Options) => ({ integrations: [call('@sentry/node#httpServerIntegration', options)] });
const requestData = (options: Options) => ({ integrations: [call('@sentry/node#requestDataIntegration', options)] });
const dropsBody = fn(['request.data']);

const YES = 'error high';
const MAYBE = 'warning medium';
const NO = '-';

describe('bodies of incoming requests', () => {
  const rows: [pkg: string, version: string | null, options: Options, expected: string, file?: string][] = [
    // Version 7 attaches request data in its middleware only.
    ['@sentry/node', '7.120.4', {}, NO],
    ['@sentry/node', '^7.0.0', { sendDefaultPii: true }, NO],
    ['@sentry/nextjs', '7.120.4', {}, MAYBE, 'sentry.server.config.ts'],
    [
      '@sentry/nextjs',
      '7.120.4',
      { integrations: [call('@sentry/nextjs#Integrations.RequestData', { include: { data: false } })] },
      NO,
      'sentry.server.config.ts',
    ],
    ['@sentry/nextjs', '7.120.4', {}, NO, 'sentry.client.config.ts'],
    // Version 8: by default, up to 1 MB.
    ['@sentry/node', '8.55.2', {}, YES],
    ['@sentry/node', '^8.0.0', { sendDefaultPii: false }, YES],
    ['@sentry/node', '8.55.2', requestData({ include: { data: false } }), NO],
    ['@sentry/node', '8.55.2', requestData({ include: { cookies: false } }), YES],
    ['@sentry/node', '8.55.2', http({ maxIncomingRequestBodySize: 'none' }), YES],
    ['@sentry/node', '8.55.2', { beforeSend: dropsBody }, NO],
    ['@sentry/node', '8.55.2', { beforeSend: dropsBody, tracesSampleRate: 1 }, YES],
    ['@sentry/node', '8.55.2', { beforeSend: dropsBody, beforeSendTransaction: dropsBody, tracesSampleRate: 1 }, NO],
    ['@sentry/node', '8.55.2', { beforeSend: fn(['user.email']) }, YES],
    ['@sentry/node', '8.55.2', { beforeSend: fn([], true) }, MAYBE],
    ['@sentry/node', '8.55.2', { beforeSend: UNKNOWN }, MAYBE],
    ['@sentry/node', '8.55.2', { defaultIntegrations: false }, NO],
    ['@sentry/node', '8.55.2', { integrations: fn() }, MAYBE],
    ['@sentry/nestjs', '8.55.2', {}, YES],
    ['@sentry/nextjs', '8.55.2', {}, YES, 'sentry.server.config.ts'],
    ['@sentry/nextjs', '8.55.2', {}, NO, 'sentry.client.config.ts'],
    ['@sentry/nextjs', '8.55.2', {}, NO, 'src/sentry.edge.config.ts'],
    ['@sentry/nextjs', '8.55.2', {}, NO, 'src/instrumentation-client.ts'],
    ['@sentry/nextjs', '8.55.2', {}, YES, 'src/instrumentation.ts'],
    ['@sentry/nextjs', '8.55.2', {}, MAYBE, 'src/lib/monitoring.ts'],
    ['@sentry/aws-serverless', '8.55.2', {}, NO],
    ['@sentry/react', '8.55.2', {}, NO],
    ['@sentry/google-cloud-serverless', '8.55.2', {}, YES],
    // Version 9: 10 KB by default, with an option of its own.
    ['@sentry/node', '9.47.2', {}, YES],
    ['@sentry/node', '^9', { sendDefaultPii: false }, YES],
    ['@sentry/node', '9.47.2', http({ maxIncomingRequestBodySize: 'none' }), NO],
    ['@sentry/node', '9.47.2', http({ maxIncomingRequestBodySize: 'small' }), YES],
    ['@sentry/node', '9.47.2', http({ maxIncomingRequestBodySize: 'always' }), YES],
    ['@sentry/node', '9.47.2', http({}), YES],
    ['@sentry/node', '9.47.2', http({ maxIncomingRequestBodySize: either('none', 'medium') }), MAYBE],
    ['@sentry/node', '9.47.2', http({ maxRequestBodySize: 'none' }), YES],
    ['@sentry/node', '9.47.2', http({ ignoreIncomingRequestBody: fn() }), 'note low'],
    ['@sentry/node', '9.47.2', requestData({ include: { data: false } }), NO],
    ['@sentry/node', '9.47.2', { dataCollection: { httpBodies: [] } }, YES],
    ['@sentry/node', '9.47.2', open({}), MAYBE],
    ['@sentry/node', '9.47.2', open(http({ maxIncomingRequestBodySize: 'none' })), NO],
    ['@sentry/node', '9.47.2', { enabled: false }, NO],
    ['@sentry/node', '9.47.2', { dsn: '' }, NO],
    ['@sentry/cloudflare', '9.47.2', {}, NO],
    ['@sentry/nestjs', '9.47.2', http({ maxIncomingRequestBodySize: 'none' }), NO],
    ['@sentry/aws-serverless', '9.47.2', {}, NO],
    // Version 10: dataCollection is there, but does not stop bodies.
    ['@sentry/node', '10.78.0', {}, YES],
    ['@sentry/node', '10.78.0', { dataCollection: { httpBodies: [] } }, YES],
    ['@sentry/node', '10.78.0', { dataCollection: {} }, YES],
    ['@sentry/node', '10.78.0', http({ maxIncomingRequestBodySize: 'none' }), NO],
    ['@sentry/node', '10.78.0', httpServer({ maxRequestBodySize: 'none' }), NO],
    ['@sentry/node', '10.78.0', requestData({ include: { data: false } }), NO],
    ['@sentry/node', '10.78.0', { beforeSend: dropsBody, tracesSampler: fn() }, YES],
    ['@sentry/nextjs', '10.75.0', {}, YES, 'sentry.server.config.ts'],
    ['@sentry/cloudflare', '10.75.3', {}, YES],
    ['@sentry/cloudflare', '10.75.3', httpServer({ maxRequestBodySize: 'none' }), NO],
    ['@sentry/aws-serverless', '10.75.2', {}, NO],
    // Version 11: dataCollection decides, and everything is on by default.
    ['@sentry/node', '11.12.0', {}, YES],
    ['@sentry/node', '^11.0.0', { sendDefaultPii: false }, YES],
    ['@sentry/node', '11.12.0', { dataCollection: {} }, YES],
    ['@sentry/node', '11.12.0', { dataCollection: { httpBodies: [] } }, NO],
    ['@sentry/node', '11.12.0', { dataCollection: { httpBodies: ['outgoingRequest'] } }, NO],
    ['@sentry/node', '11.12.0', { dataCollection: { httpBodies: ['incomingRequest'] } }, YES],
    ['@sentry/node', '11.12.0', { dataCollection: { httpBodies: UNKNOWN } }, MAYBE],
    ['@sentry/node', '11.12.0', { dataCollection: { httpBodies: [] }, ...http({ maxRequestBodySize: 'always' }) }, YES],
    ['@sentry/node', '11.12.0', http({ maxRequestBodySize: 'none' }), NO],
    ['@sentry/node', '11.12.0', http({ maxIncomingRequestBodySize: 'none' }), YES],
    ['@sentry/node', '11.12.0', requestData({ include: { data: false } }), NO],
    ['@sentry/node', '11.12.0', { beforeSend: dropsBody, tracesSampleRate: 1 }, NO],
    ['@sentry/nextjs', '11.8.0', {}, YES, 'sentry.server.config.ts'],
    ['@sentry/cloudflare', '11.0.0', {}, YES],
    ['@sentry/cloudflare', '11.0.0', { dataCollection: { httpBodies: [] } }, NO],
    ['@sentry/browser', '11.12.0', {}, NO],
    ['@sentry/node', '12.0.0', {}, YES],
    // No version is declared.
    ['@sentry/node', null, {}, MAYBE],
    ['@sentry/node', 'latest', {}, MAYBE],
    ['@sentry/node', 'workspace:*', requestData({ include: { data: false } }), NO],
    ['@sentry/react', null, {}, NO],
  ];
  it.each(rows)('%s %s %j: %s (%s)', (pkg, version, options, expected, file) => {
    expect(verdict(findings(pkg, version, options, file ?? 'src/instrument.ts'), 'monitor-captures-bodies')).toBe(
      expected,
    );
  });

  const handlers: [version: string, options: Options, expected: string][] = [
    ['7.120.4', undefined, YES],
    ['7.120.4', {}, YES],
    ['7.120.4', { include: { request: ['method', 'url'] } }, NO],
    ['7.120.4', { include: { request: ['data', 'url'] } }, YES],
    ['7.120.4', { request: ['method'] }, NO],
    ['7.120.4', { request: ['method', 'data'] }, YES],
    ['7.120.4', { request: false }, NO],
    ['7.120.4', { request: UNKNOWN }, MAYBE],
  ];
  it.each(handlers)('requestHandler of %s with %j: %s', (version, options, expected) => {
    const found = findings('@sentry/node', version, options, 'src/app.ts', 'Handlers.requestHandler');
    expect(verdict(found, 'monitor-captures-bodies')).toBe(expected);
  });

  const more: [pkg: string, options: Options, expected: string][] = [
    ['@sentry/node', { includeLocalVariables: true, dataCollection: { httpBodies: [] } }, YES],
    [
      '@sentry/node',
      { includeLocalVariables: true, dataCollection: { httpBodies: [], stackFrameVariables: false } },
      NO,
    ],
    ['@sentry/node', { includeLocalVariables: false, dataCollection: { httpBodies: [] } }, NO],
    [
      '@sentry/react',
      { integrations: [call('@sentry/react#replayIntegration', { networkDetailAllowUrls: ['/api'] })] },
      YES,
    ],
    ['@sentry/react', { integrations: [call('@sentry/react#replayIntegration', { networkDetailAllowUrls: [] })] }, NO],
    [
      '@sentry/react',
      {
        integrations: [
          call('@sentry/react#replayIntegration', { networkDetailAllowUrls: ['/api'], networkCaptureBodies: false }),
        ],
      },
      NO,
    ],
    ['@sentry/react', { integrations: [call('@sentry/react#replayIntegration')] }, NO],
    ['@sentry/react', { integrations: [call('@sentry/react#graphqlClientIntegration', {})] }, 'warning high'],
    ['@sentry/react', { integrations: [call('@sentry/react#extraErrorDataIntegration')] }, 'warning high'],
  ];
  it.each(more)('what else is captured: %s %j: %s', (pkg, options, expected) => {
    expect(verdict(findings(pkg, '11.12.0', options, 'src/instrument.ts'), 'monitor-captures-bodies')).toBe(expected);
  });
});

describe('who was affected', () => {
  const FIRES = 'warning high';
  const rows: [pkg: string, version: string | null, options: Options, expected: string][] = [
    ['@sentry/node', '7.120.4', { sendDefaultPii: true }, FIRES],
    ['@sentry/node', '8.55.2', { sendDefaultPii: true }, FIRES],
    ['@sentry/react', '8.55.2', { sendDefaultPii: true }, FIRES],
    ['@sentry/node', '9.47.2', { sendDefaultPii: true }, FIRES],
    ['@sentry/node', '9.47.2', { sendDefaultPii: false }, NO],
    ['@sentry/node', '9.47.2', {}, NO],
    ['@sentry/node', '9.47.2', { sendDefaultPii: UNKNOWN }, NO],
    ['@sentry/node', '9.47.2', open({}), NO],
    ['@sentry/node', '9.47.2', { dataCollection: {} }, NO],
    ['@sentry/node', '10.20.0', { dataCollection: {} }, NO],
    ['@sentry/node', '10.78.0', {}, NO],
    ['@sentry/node', '10.78.0', { sendDefaultPii: true }, FIRES],
    ['@sentry/node', '10.78.0', { dataCollection: {} }, FIRES],
    ['@sentry/node', '^10.60.0', { dataCollection: { cookies: false } }, FIRES],
    ['@sentry/node', '10.78.0', { sendDefaultPii: false, dataCollection: { httpBodies: [] } }, FIRES],
    ['@sentry/node', '10.78.0', { dataCollection: { userInfo: false } }, NO],
    ['@sentry/node', '11.12.0', {}, FIRES],
    ['@sentry/node', '11.12.0', { sendDefaultPii: false }, FIRES],
    ['@sentry/browser', '11.12.0', {}, FIRES],
    ['@sentry/node', '11.12.0', { dataCollection: { userInfo: false } }, NO],
    ['@sentry/node', '11.12.0', { dataCollection: { userInfo: UNKNOWN } }, 'warning medium'],
    ['@sentry/aws-serverless', '11.0.0', { sendDefaultPii: false }, FIRES],
    ['@sentry/react-native', '8.28.0', { sendDefaultPii: true }, FIRES],
    ['@sentry/react-native', '11.0.0', {}, NO],
    ['@sentry/node', null, { sendDefaultPii: true }, FIRES],
    ['@sentry/node', null, {}, NO],
  ];
  it.each(rows)('%s %s %j: %s', (pkg, version, options, expected) => {
    expect(verdict(findings(pkg, version, options, 'src/instrument.ts'), 'monitor-sends-default-pii')).toBe(expected);
  });
  it('reads an environment value that a file gives', () => {
    const value = {
      value: 'true',
      file: '.env',
      line: 3,
      environment: null,
      ignored: false,
      origin: 'env-file',
    } as const;
    const made: Made = { env: { SEND_PII: [value] } };
    const found = findings(
      '@sentry/node',
      '9.47.2',
      { sendDefaultPii: env('SEND_PII') },
      'src/instrument.ts',
      'init',
      made,
    );
    expect(verdict(found, 'monitor-sends-default-pii')).toBe(FIRES);
  });
});

describe('where and for whom', () => {
  const file = 'src/instrument.ts';
  const files: Files = {
    [file]:
      "Sentry.init({\n  integrations: [\n    Sentry.httpIntegration({ maxIncomingRequestBodySize: 'always' }),\n  ],\n});\n",
  };
  const init = siteOf(files, file, files[file]?.trim().replace(/;$/, '') ?? '', '<module>');
  const option = siteOf(files, file, "maxIncomingRequestBodySize: 'always'", '<module>');
  const judged = (options: Options, made: Made = {}): readonly FindingJson[] => {
    const site = config({
      product: 'sentry',
      package: '@sentry/node',
      version: '9.47.2',
      options: fold(options),
      site: init,
    });
    return withoutScrubbers(
      handmade({ files, ...made, flows: { configs: [{ ...site, ...made.flows?.configs?.[0] }] } }),
    );
  };
  it('stands at the call if the option is missing', () => {
    const [found] = judged({});
    expect(found).toMatchObject({ line: 1, column: 1, endLine: 5, endColumn: 3, path: [], phi: [] });
    expect(found?.message).toContain('@sentry/node 9 does so by default, whatever sendDefaultPii says');
    expect(found?.message).toContain("maxIncomingRequestBodySize: 'none'");
    expect(found?.recipient).toMatchObject({ vendor: 'sentry', service: 'errors', kind: 'incidental', covered: false });
  });
  it('stands at the option if it is there', () => {
    const options = { props: fold({ maxIncomingRequestBodySize: 'always' }, option) };
    const folded = fold({});
    if (folded.k !== 'object') throw new Error('an object');
    const http: typeof folded = {
      ...folded,
      props: new Map([
        [
          'integrations',
          {
            k: 'array',
            items: [{ k: 'call', symbol: '@sentry/node#httpIntegration', args: [options.props], site: null }],
            open: false,
            site: null,
          },
        ],
      ]),
    };
    const site = config({ product: 'sentry', package: '@sentry/node', version: '9.47.2', options: http, site: init });
    expect(withoutScrubbers(handmade({ files, flows: { configs: [site] } }))[0]).toMatchObject({ line: 3, column: 30 });
  });
  it('reads integrations that stand in the list as unknown from their own calls', () => {
    const list = siteOf(
      files,
      file,
      (files[file] ?? '').slice((files[file] ?? '').indexOf('['), (files[file] ?? '').lastIndexOf(']') + 1),
    );
    const unread: ReturnType<typeof fold> = {
      k: 'array',
      items: [{ k: 'unknown', site: null }],
      open: false,
      site: list,
    };
    const options: ReturnType<typeof fold> = {
      k: 'object',
      props: new Map([['integrations', unread]]),
      open: false,
      site: null,
      propSites: new Map(),
    };
    const base = { product: 'sentry', package: '@sentry/node', version: '9.47.2' };
    const main = config({ ...base, options, site: init });
    const of = (size: string) =>
      config({
        ...base,
        part: 'http-integration',
        member: 'httpIntegration',
        options: fold({ maxIncomingRequestBodySize: size }, option),
        site: option,
      });
    const found = (size: string) =>
      withoutScrubbers(handmade({ files, flows: { configs: [of(size), main] } })).map(
        (f) => `${f.severity} ${String(f.line)}`,
      );
    expect(found('none')).toEqual([]);
    expect(found('always')).toEqual(['error 3']);
    expect(withoutScrubbers(handmade({ files, flows: { configs: [main] } })).map((f) => f.severity)).toEqual([
      'warning',
    ]);
  });
  it('is silent where the manifest covers Sentry', () => {
    expect(judged({}, { manifest: { agreements: [agreement('sentry')] } })).toEqual([]);
  });
  it("is silent for a Sentry of one's own", () => {
    const own = { selfHosted: [{ hosts: ['sentry.internal'], runsOn: null, line: 2 }] };
    expect(
      judged({ dsn: 'https://key@sentry.internal/1' }, { manifest: own }).filter((f) => f.ruleId.startsWith('monitor')),
    ).toEqual([]);
  });
  it('is left out for test code, and a note where nothing leads', () => {
    const site = config({
      product: 'sentry',
      package: '@sentry/node',
      version: '9.47.2',
      options: fold({}),
      site: init,
    });
    const of = (over: Partial<typeof site>): readonly string[] =>
      withoutScrubbers(handmade({ files, flows: { configs: [{ ...site, ...over }] } })).map((f) => f.severity);
    expect(of({ test: true })).toEqual([]);
    expect(of({ reached: false })).toEqual(['note']);
  });
});
