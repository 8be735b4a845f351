import { describe, expect, it } from 'vitest';
import { judge } from './index.js';
import { type Files, type Made, NAME, agreement, flow, handmade, recipient, siteOf, use } from './testing/handmade.js';

const files: Files = { 'src/a.ts': 'capture(1);\ncapture(2);\n', 'src/a.test.ts': 'capture(1);' };
const first = siteOf(files, 'src/a.ts', 'capture(1)');
const second = siteOf(files, 'src/a.ts', 'capture(2)');
const posthog = recipient('posthog', 'events', { category: 'analytics' });
const rules = (made: Made): readonly string[] =>
  judge(handmade({ files, ...made })).findings.map((f) => `${f.ruleId} ${f.severity}`);

describe('recipient-not-in-registry', () => {
  const uses = [use(first, posthog), use(second, posthog)];
  it('names a vendor once, with all its calls', () => {
    const [found, ...rest] = judge(handmade({ files, flows: { uses } })).findings;
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ ruleId: 'recipient-not-in-registry', severity: 'note', line: 1 });
    expect(found?.places).toHaveLength(2);
    expect(found?.message).toContain('PostHog');
  });
  const silent: readonly (readonly [string, Made])[] = [
    ['an agreement', { flows: { uses }, manifest: { agreements: [agreement('posthog', { executed: null })] } }],
    ['no manifest', { flows: { uses }, manifest: { path: null } }],
    ['unreached', { flows: { uses: [use(first, posthog, false)] } }],
    ['own', { flows: { uses: [use(first, recipient('http', 'http', { own: 'loopback' }))] } }],
    ['unknown', { flows: { uses: [use(first, recipient('unknown', 'http'))] } }],
    ['a test', { flows: { uses: [use(siteOf(files, 'src/a.test.ts', 'capture(1)'), posthog)] } }],
  ];
  it.each(silent)('is silent: %s', (_name, made) => {
    expect(rules(made)).toEqual([]);
  });
  it('leaves to the egress finding what that one tells', () => {
    expect(rules({ flows: { uses, flows: [flow(first, posthog, [NAME])] } })).toEqual(['phi-to-ad-tracker warning']);
  });
  it('is a warning in strict', () => {
    expect(rules({ flows: { uses }, profile: 'strict' })).toEqual(['recipient-not-in-registry warning']);
  });
});

describe('manifest-unused-entry', () => {
  const own = { selfHosted: [{ hosts: ['llm.internal'], runsOn: null, line: 12 }] };
  it.each<readonly [string, Made, readonly string[]]>([
    ['agreement', { manifest: { agreements: [agreement('openai')] } }, ['manifest-unused-entry note']],
    ['used', { manifest: { agreements: [agreement('posthog')] }, flows: { uses: [use(first, posthog)] } }, []],
    ['own host', { manifest: own }, ['manifest-unused-entry note']],
    [
      'own host used',
      { manifest: own, flows: { uses: [use(first, recipient('http', 'http', { host: 'llm.internal' }))] } },
      [],
    ],
  ])('%s', (_name, made, expected) => {
    expect(rules(made)).toEqual(expected);
  });
});

describe('registry', () => {
  it('counts call sites and flows of a vendor and service', () => {
    const { registry } = judge(
      handmade({
        files,
        flows: { uses: [use(first, posthog), use(second, posthog)], flows: [flow(first, posthog, [NAME])] },
      }),
    );
    expect(registry).toEqual([
      { vendor: 'posthog', service: 'events', covered: false, agreement: null, callSites: 2, phiFlows: 1 },
    ]);
  });
});

describe('unanalysed-file', () => {
  it('is a warning for failures and a note for what is so by nature', () => {
    const unanalysed = [
      { path: 'src/big.ts', line: null, reason: 'larger than 5 MB', kind: 'failed' },
      { path: 'src/gen.ts', line: 4, reason: 'generated', kind: 'note' },
    ] as const;
    const cut = [{ site: first, file: 'src/a.ts', reason: 'too many alternatives' }];
    const found = judge(handmade({ files, workspace: { unanalysed }, flows: { cut } })).findings;
    expect(found.map((f) => [f.file, f.line, f.severity])).toEqual([
      ['src/a.ts', 1, 'warning'],
      ['src/big.ts', 1, 'warning'],
      ['src/gen.ts', 4, 'note'],
    ]);
  });
});
