import { describe, expect, it } from 'vitest';
import type { EnvValue } from '../../workspace/types.js';
import { judge } from '../index.js';
import {
  type Files,
  type Made,
  UNKNOWN,
  agreement,
  config,
  env,
  fold,
  handmade,
  open,
  siteOf,
} from '../testing/handmade.js';

type Options = Parameters<typeof fold>[0];
const files: Files = { 'src/tracer.ts': 'tracer.init({});\n' };
const site = siteOf(files, 'src/tracer.ts', 'tracer.init({})', '<module>');

interface Case {
  readonly pkg?: string;
  readonly product?: string;
  readonly member?: string;
  readonly part?: string;
  readonly plugin?: string;
  readonly version?: string;
  readonly options: Options;
}

function judged(one: Case, made: Made = {}): readonly string[] {
  const folded = fold(one.options);
  const configured = config({
    ...{
      product: one.product ?? 'datadog',
      package: one.pkg ?? 'dd-trace',
      version: one.version ?? '6.21.0',
      service: 'traces',
    },
    ...{ member: one.member ?? 'init', part: one.part ?? null, options: folded, site },
    args: one.plugin === undefined ? [folded] : [fold(one.plugin), folded],
  });
  return judge(handmade({ files, ...made, flows: { configs: [configured] } })).findings.map(
    (f) => `${f.ruleId} ${f.severity}`,
  );
}

const BODY = 'monitor-captures-bodies';
const PII = 'monitor-sends-default-pii';
const use = (plugin: string, options: Options): Case => ({ member: 'use', part: 'plugin', plugin, options });
const rum = (options: Options, version = '7.16.2'): Case => ({
  pkg: '@datadog/browser-rum',
  part: 'rum',
  options,
  version,
});

describe('options in code', () => {
  const rows: [one: Case, expected: readonly string[]][] = [
    [{ options: {} }, []],
    [{ options: undefined }, []],
    [{ options: open({ service: 'api' }) }, []],
    [{ options: { appsec: false } }, []],
    [{ options: { appsec: true } }, [`${PII} warning`]],
    [{ options: { appsec: { enabled: true } } }, [`${PII} warning`]],
    [{ options: { appsec: { enabled: true, eventTracking: { mode: 'identification' } } } }, [`${PII} warning`]],
    [{ options: { appsec: { enabled: true, eventTracking: { mode: 'anonymization' } } } }, []],
    [{ options: { appsec: { enabled: true, eventTracking: { mode: 'disabled' } } } }, []],
    [{ options: { appsec: { rasp: { bodyCollection: true } } } }, [`${BODY} error`]],
    [{ options: { appsec: { rasp: { bodyCollection: false } } } }, []],
    [{ options: { appsec: { extendedHeadersCollection: { enabled: true } } } }, [`${BODY} warning`]],
    [{ options: { cloudPayloadTagging: { request: '$.*' } } }, [`${BODY} error`]],
    [{ options: { cloudPayloadTagging: { response: 'all' } } }, [`${BODY} error`]],
    [{ options: { cloudPayloadTagging: { request: null } } }, []],
    [{ options: { dynamicInstrumentation: { enabled: true } } }, [`${BODY} error`]],
    [{ options: { dynamicInstrumentation: { enabled: UNKNOWN } } }, []],
    [{ options: { clientIpEnabled: true } }, [`${PII} warning`]],
    [{ options: { queryStringObfuscation: false } }, [`${BODY} error`]],
    [use('graphql', { variables: ['id'] }), [`${BODY} error`]],
    [use('graphql', {}), []],
    [use('mongodb-core', { obfuscateQuery: 'redact' }), []],
    [use('mongodb-core', { service: 'db' }), [`${BODY} error`]],
    [use('http', { headers: ['x-request-id'] }), [`${BODY} warning`]],
    [use('http', { headers: [] }), []],
    [use('http', { server: { headers: ['x-patient'] } }), [`${BODY} warning`]],
    [use('http', { queryStringObfuscation: '' }), [`${BODY} error`]],
    [use('express', { headers: ['x-patient'] }), [`${BODY} warning`]],
    [use('pg', { variables: ['id'] }), []],
    [
      { pkg: 'datadog-lambda-js', part: 'lambda', member: 'datadog', options: { captureLambdaPayload: true } },
      [`${BODY} error`],
    ],
    [{ pkg: 'datadog-lambda-js', part: 'lambda', member: 'datadog', options: { captureLambdaPayload: false } }, []],
    [rum({ allowedGraphQlUrls: [{ match: '/graphql', trackPayload: true }] }), [`${BODY} error`]],
    [rum({ allowedGraphQlUrls: [{ match: '/graphql' }] }), []],
    [rum({ trackResourceHeaders: true }), [`${BODY} warning`]],
    [rum({ trackResourceHeaders: true }, '5.9.0'), []],
    [
      { product: 'elastic-apm', pkg: 'elastic-apm-node', member: 'start', options: { captureBody: 'all' } },
      [`${BODY} error`],
    ],
    [{ product: 'elastic-apm', pkg: 'elastic-apm-node', member: 'start', options: { captureBody: 'off' } }, []],
    [{ product: 'elastic-apm', pkg: 'elastic-apm-node', member: 'start', options: {} }, []],
    [
      { product: 'appsignal', pkg: '@appsignal/nodejs', options: { active: true } },
      [`${BODY} note`, `${BODY} warning`],
    ],
    [{ product: 'appsignal', pkg: '@appsignal/nodejs', options: { sendParams: false, sendSessionData: false } }, []],
    [
      { product: 'rollbar', pkg: 'rollbar', part: 'error-handler', member: 'errorHandler', options: undefined },
      [`${BODY} error`],
    ],
    [{ product: 'rollbar', pkg: 'rollbar', options: {} }, []],
    [
      {
        product: 'honeybadger',
        pkg: '@honeybadger-io/js',
        part: 'error-handler',
        member: 'errorHandler',
        options: undefined,
      },
      [`${BODY} error`],
    ],
    [
      { product: 'raygun', pkg: 'raygun', part: 'express-handler', member: 'expressHandler', options: undefined },
      [`${BODY} error`],
    ],
    [
      { product: 'bugsnag', pkg: '@bugsnag/js', part: 'plugin', plugin: 'express', options: undefined },
      [`${BODY} error`],
    ],
    [{ product: 'bugsnag', pkg: '@bugsnag/js', part: 'plugin', plugin: 'react', options: undefined }, []],
  ];
  it.each(rows)('%j: %j', (one, expected) => {
    expect(judged(one)).toEqual(expected);
  });
  it('is a warning where something may filter what is sent', () => {
    const of = (part: string) =>
      config({
        product: 'bugsnag',
        package: '@bugsnag/js',
        part,
        options: fold(undefined),
        args: [fold('express')],
        site,
      });
    const found = judge(handmade({ files, flows: { configs: [of('plugin'), of('on-error')] } })).findings;
    expect(found.map((f) => `${f.severity} ${f.confidence}`)).toEqual(['warning medium']);
  });
  it('is silent where the manifest covers the monitor', () => {
    expect(
      judged({ options: { clientIpEnabled: true } }, { manifest: { agreements: [agreement('datadog')] } }),
    ).toEqual([]);
  });
});

describe('options in the environment', () => {
  const value = (text: string, over: Partial<EnvValue> = {}): EnvValue => ({
    ...{ value: text, file: '.env.production', line: 4, environment: 'production', ignored: false, origin: 'env-file' },
    ...over,
  });
  const found = (made: Made) =>
    judge(handmade({ files, ...made })).findings.map((f) => `${f.ruleId} ${f.severity} ${f.file}:${String(f.line)}`);
  const rows: [name: string, env: Made['env'], expected: readonly string[]][] = [
    ['on', { DD_CAPTURE_LAMBDA_PAYLOAD: [value('true')] }, [`${BODY} error .env.production:4`]],
    ['off', { DD_CAPTURE_LAMBDA_PAYLOAD: [value('false')] }, []],
    ['an example', { DD_CAPTURE_LAMBDA_PAYLOAD: [value('true', { origin: 'env-example' })] }, []],
    [
      'ignored by git',
      { DD_CAPTURE_LAMBDA_PAYLOAD: [value('1', { ignored: true })] },
      [`${BODY} warning .env.production:4`],
    ],
    [
      'a list of headers',
      { DD_TRACE_HEADER_TAGS: [value('x-patient:patient')] },
      [`${BODY} warning .env.production:4`],
    ],
    ['an empty list', { DD_TRACE_HEADER_TAGS: [value('')] }, []],
    [
      'a mode',
      { DD_APPSEC_ENABLED: [value('true')], DD_APPSEC_AUTO_USER_INSTRUMENTATION_MODE: [value('identification')] },
      [`${PII} warning .env.production:4`],
    ],
    ['a mode that is off', { DD_APPSEC_AUTO_USER_INSTRUMENTATION_MODE: [value('identification')] }, []],
    ['elastic', { ELASTIC_APM_CAPTURE_BODY: [value('errors')] }, [`${BODY} error .env.production:4`]],
  ];
  it.each(rows)('%s', (_name, variables, expected) => {
    expect(found(variables === undefined ? {} : { env: variables })).toEqual(expected);
  });
  it('decides an option that the code takes from it', () => {
    const made: Made = { env: { DYNAMIC: [value('true')] } };
    expect(judged({ options: { dynamicInstrumentation: { enabled: env('DYNAMIC') } } }, made)).toEqual([
      `${BODY} error`,
    ]);
  });
});
