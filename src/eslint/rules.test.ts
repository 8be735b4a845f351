/** Each rule under ESLint's own RuleTester, with both parsers, on files that exist only in the editor. */
import { RuleTester } from 'eslint';
import * as typescript from '@typescript-eslint/parser';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policyCatalog } from '../policies/index.js';
import plugin from './index.js';

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

let projects = 0;
/** A project of its own for each case: files in the editor stay there for the cases after it. */
function project(files: Readonly<Record<string, string>>): string {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), `phitrace-rule-${projects++}-`)));
  made.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

const settings = (root: string): Record<string, unknown> => ({ phitrace: { root, today: '2026-11-22', cache: false } });
const packageJson = (dependencies: Record<string, string>): string => JSON.stringify({ dependencies });
const OPENAI = packageJson({ openai: '^6.0.0' });

RuleTester.describe = describe;
RuleTester.it = it;
const js = new RuleTester({ languageOptions: { ecmaVersion: 'latest', sourceType: 'module' } });
const ts = new RuleTester({ languageOptions: { parser: typescript } });

const rule = (id: string): NonNullable<typeof plugin.rules>[string] => {
  const found = plugin.rules[id];
  if (!found) throw new Error(id);
  return found;
};

const CLIENT = `import OpenAI from 'openai';
const openai = new OpenAI();
export const complete = (input) => openai.responses.create({ model: 'gpt-5.4', input });
`;

{
  const root = project({ 'package.json': OPENAI, 'src/client.js': CLIENT });
  const leak = `import { complete } from './client.js';
/** @param {import('fhir/r4').Patient} patient */
export const summarise = (patient) => complete(JSON.stringify(patient));
`;
  js.run('phi-to-uncovered-vendor (JavaScript, default parser)', rule('phi-to-uncovered-vendor'), {
    valid: [
      {
        code: leak.replace('JSON.stringify(patient)', "'hello'"),
        filename: `${root}/src/page.js`,
        settings: settings(root),
      },
      // No file of the program: a text without a name.
      { code: leak, settings: settings(root) },
    ],
    invalid: [
      {
        code: leak,
        filename: `${root}/src/page.js`,
        settings: settings(root),
        errors: [
          {
            message: /OpenAI.*Path: .*src\/page\.js:3 .*src\/client\.js:3 sent by/s,
            line: 3,
            column: 39,
            endLine: 3,
            endColumn: 72,
          },
        ],
      },
    ],
  });
}

{
  const root = project({ 'package.json': OPENAI });
  const code = `import OpenAI from 'openai';
import type { Patient } from 'fhir/r4';
const openai = new OpenAI();
export async function summarise(patient: Patient) {
  await openai.responses.create({ model: 'gpt-5.4', input: JSON.stringify({ name: patient.name, room: 3 }) });
}
`;
  ts.run('phi-to-uncovered-vendor (TypeScript)', rule('phi-to-uncovered-vendor'), {
    valid: [{ code: code.replace('name: patient.name, ', ''), filename: `${root}/a.ts`, settings: settings(root) }],
    invalid: [
      {
        code,
        filename: `${root}/a.ts`,
        settings: settings(root),
        errors: [
          {
            messageId: 'finding',
            line: 5,
            column: 9,
            suggestions: [{ messageId: 'removeField', output: code.replace('name: patient.name, ', '') }],
          },
        ],
      },
    ],
  });
}

{
  const root = project({
    'package.json': OPENAI,
    'src/client.js': CLIENT,
    'src/privacy/clean.ts': 'export function clean(text: string): string { return text.replace(/./g, "x"); }\n',
    'baa.yaml':
      'version: 1\ndeidentifiers:\n  - {function: "src/privacy/clean.ts#clean", method: safe-harbor, removes: all, evidence: docs/x.md}\n',
  });
  const code = `import type { Patient } from 'fhir/r4';
import { complete } from './client.js';
export async function summarise(patient: Patient) {
  const prompt = JSON.stringify(patient);
  await complete(prompt);
}
`;
  const fixed = code
    .replace("client.js';\n", "client.js';\nimport { clean } from './privacy/clean.js';\n")
    .replace('complete(prompt)', 'complete(clean(prompt))');
  ts.run('the declared de-identifier', rule('phi-to-uncovered-vendor'), {
    valid: [{ code: fixed, filename: `${root}/src/a.ts`, settings: settings(root) }],
    invalid: [
      {
        code,
        filename: `${root}/src/a.ts`,
        settings: settings(root),
        errors: [{ messageId: 'finding', suggestions: [{ messageId: 'deidentify', output: fixed }] }],
      },
    ],
  });
}

{
  const root = project({ 'package.json': packageJson({ '@sentry/node': '9.47.2' }) });
  const code = `import * as Sentry from '@sentry/node';
Sentry.init({ dsn: process.env.SENTRY_DSN, sendDefaultPii: true });
`;
  const pii = code.replace('sendDefaultPii: true', 'sendDefaultPii: false');
  const bodies = code.replace(
    ' });',
    ", integrations: [Sentry.httpIntegration({ maxIncomingRequestBodySize: 'none' })] });",
  );
  const at = { filename: `${root}/a.ts`, settings: settings(root) };
  ts.run('monitor-sends-default-pii', rule('monitor-sends-default-pii'), {
    valid: [{ code: pii, ...at }],
    invalid: [
      { code, ...at, errors: [{ messageId: 'finding', suggestions: [{ messageId: 'setOption', output: pii }] }] },
    ],
  });
  ts.run('monitor-captures-bodies', rule('monitor-captures-bodies'), {
    valid: [{ code: bodies, ...at }],
    invalid: [
      {
        code,
        ...at,
        errors: [{ messageId: 'finding', suggestions: [{ messageId: 'addIntegration', output: bodies }] }],
      },
    ],
  });
}

{
  const root = project({ 'package.json': packageJson({ 'dd-trace': '6.21.0' }) });
  const code = `import tracer from 'dd-trace';
tracer.init({ clientIpEnabled: true, logInjection: true });
`;
  const at = { filename: `${root}/a.ts`, settings: settings(root) };
  const fixed = code.replace('clientIpEnabled: true', 'clientIpEnabled: false');
  ts.run('a switch', rule('monitor-sends-default-pii'), {
    valid: [{ code: fixed, ...at }],
    invalid: [
      { code, ...at, errors: [{ messageId: 'finding', suggestions: [{ messageId: 'setOption', output: fixed }] }] },
    ],
  });
}

/** Options that are missing, or that an integration holds: what the code becomes, and that it is then silent. */
describe('options', () => {
  const SENTRY = "import * as Sentry from '@sentry/node';\n";
  const cases: readonly [what: string, id: string, packages: Record<string, string>, code: string, fixed: string][] = [
    [
      'LangSmith records no inputs',
      'llm-tracing-captures-prompts',
      { langsmith: '0.12.0' },
      "import { Client } from 'langsmith';\nexport const client = new Client({ apiKey: 'k', hideOutputs: true });\n",
      "import { Client } from 'langsmith';\nexport const client = new Client({ apiKey: 'k', hideOutputs: true, hideInputs: true });\n",
    ],
    [
      'a client without any options',
      'llm-tracing-captures-prompts',
      { '@traceloop/node-server-sdk': '0.22.0' },
      "import * as traceloop from '@traceloop/node-server-sdk';\ntraceloop.initialize();\n",
      "import * as traceloop from '@traceloop/node-server-sdk';\ntraceloop.initialize({ traceContent: false });\n",
    ],
    [
      'replay masks all text',
      'replay-unmasked',
      { '@datadog/browser-rum': '6.0.0' },
      "import { datadogRum } from '@datadog/browser-rum';\ndatadogRum.init({ applicationId: 'a', clientToken: 'b', defaultPrivacyLevel: 'allow' });\n",
      "import { datadogRum } from '@datadog/browser-rum';\ndatadogRum.init({ applicationId: 'a', clientToken: 'b', defaultPrivacyLevel: 'mask' });\n",
    ],
    [
      'an option that is nested and missing',
      'replay-unmasked',
      { logrocket: '12.4.0' },
      "import LogRocket from 'logrocket';\nLogRocket.init('a/b', { release: '1' });\n",
      "import LogRocket from 'logrocket';\nLogRocket.init('a/b', { release: '1', dom: { inputSanitizer: true } });\n",
    ],
    [
      'an integration that asks for bodies (11)',
      'monitor-captures-bodies',
      { '@sentry/node': '11.12.0' },
      `${SENTRY}Sentry.init({ dsn: 'https://k@o1.ingest.sentry.io/1', dataCollection: { userInfo: false }, integrations: [Sentry.httpIntegration({ maxRequestBodySize: 'always' })] });\n`,
      `${SENTRY}Sentry.init({ dsn: 'https://k@o1.ingest.sentry.io/1', dataCollection: { userInfo: false }, integrations: [Sentry.httpIntegration({ maxRequestBodySize: 'none' })] });\n`,
    ],
    [
      'bodies by default (11), beside other options of its kind',
      'monitor-captures-bodies',
      { '@sentry/node': '11.12.0' },
      `${SENTRY}Sentry.init({ dsn: 'https://k@o1.ingest.sentry.io/1', dataCollection: { userInfo: false } });\n`,
      `${SENTRY}Sentry.init({ dsn: 'https://k@o1.ingest.sentry.io/1', dataCollection: { userInfo: false, httpBodies: [] } });\n`,
    ],
    [
      'an integration that asks for bodies (10)',
      'monitor-captures-bodies',
      { '@sentry/node': '10.78.0' },
      `${SENTRY}Sentry.init({ dsn: 'https://k@o1.ingest.sentry.io/1', integrations: [Sentry.httpIntegration({ maxIncomingRequestBodySize: 'always' })] });\n`,
      `${SENTRY}Sentry.init({ dsn: 'https://k@o1.ingest.sentry.io/1', integrations: [Sentry.httpIntegration({ maxIncomingRequestBodySize: 'none' })] });\n`,
    ],
  ];
  for (const [what, id, packages, code, fixed] of cases) {
    const root = project({ 'package.json': packageJson(packages) });
    const at = { filename: `${root}/a.ts`, settings: settings(root) };
    ts.run(what, rule(id), {
      valid: [{ code: fixed, ...at }],
      invalid: [
        { code, ...at, errors: [{ messageId: 'finding', suggestions: [{ messageId: 'setOption', output: fixed }] }] },
      ],
    });
  }
});

{
  const root = project({ 'package.json': packageJson({ '@sentry/node': '11.12.0' }) });
  const code = `import { init } from '@sentry/node';
init({ dsn: process.env.SENTRY_DSN, dataCollection: { userInfo: true } });
`;
  const fixed = code.replace(
    '{ userInfo: true }',
    '{ userInfo: false, cookies: false, httpHeaders: false, urlQueryParams: false }',
  );
  ts.run('monitor-sends-default-pii (11)', rule('monitor-sends-default-pii'), {
    valid: [],
    invalid: [
      {
        code,
        filename: `${root}/a.ts`,
        settings: settings(root),
        errors: [{ messageId: 'finding', suggestions: [{ messageId: 'setOption', output: fixed }] }],
      },
    ],
  });
}

{
  const root = project({ 'package.json': OPENAI });
  const one = `import OpenAI from 'openai';
import type { Patient } from 'fhir/r4';
export const id = (patient: Patient) => new OpenAI().responses.create({ model: 'gpt-5.4', input: patient.id });
`;
  const at = { filename: `${root}/a.ts`, settings: settings(root) };
  ts.run('the option atLeast', rule('phi-to-uncovered-vendor'), {
    valid: [{ code: one, ...at, options: [{ atLeast: 'error' }] }],
    invalid: [{ code: one, ...at, errors: 1 }],
  });
}

{
  const root = project({
    'package.json': OPENAI,
    'baa.yaml': 'version: 1\nagreements:\n  - vendor: opnai\n    services: all\n',
  });
  const told = { messageId: 'unusable', line: 1, column: 1 };
  ts.run('a manifest with a mistake', rule('phi-in-url'), {
    valid: [],
    invalid: [{ code: 'export {};', filename: `${root}/a.ts`, settings: settings(root), errors: [told] }],
  });
  ts.run('a setting with a mistake', rule('phi-in-url'), {
    valid: [],
    invalid: [
      {
        code: 'export {};',
        filename: `${root}/a.ts`,
        settings: { phitrace: { manifst: 'x' } },
        errors: [
          {
            message:
              'phitrace cannot judge this project: settings.phitrace has no key "manifst"; there are root, manifest, config, profile, today and cache',
          },
        ],
      },
    ],
  });
}

describe('the plugin', () => {
  it('has a rule for each policy, described by the policy', () => {
    expect(Object.keys(plugin.rules)).toEqual(
      policyCatalog()
        .all()
        .map((policy) => policy.id),
    );
    for (const policy of policyCatalog().all()) {
      const { meta } = rule(policy.id);
      expect(meta?.docs?.description).toBe(policy.question);
      expect(meta?.docs?.url).toMatch(new RegExp(`docs/rules/${policy.id}\\.md$`));
      expect(meta?.schema).toBeDefined();
    }
  });

  it('has three configurations with all rules, at the level of the policy', () => {
    for (const name of ['recommended', 'strict', 'audit'] as const) {
      const { rules = {}, plugins } = plugin.configs[name];
      expect(plugins?.['phitrace']).toBe(plugin);
      for (const policy of policyCatalog().all())
        expect(rules[`phitrace/${policy.id}`]).toBe(policy.severity.default === 'error' ? 'error' : 'warn');
    }
  });
});
