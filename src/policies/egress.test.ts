import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../analysis.js';
import type { PhiFlow } from '../flow/result.js';
import { EGRESS_RULES, judge } from './index.js';
import {
  BIRTH,
  CLINICAL,
  type Files,
  INTERNAL,
  type Made,
  NAME,
  agreement,
  flow,
  handmade,
  item,
  recipient,
  siteOf,
} from './testing/handmade.js';

const files: Files = {
  'src/a.ts': 'export async function ask(p) {\n  await send(p);\n}\nfunction send(p) {\n  client.post(p);\n}\n',
  'src/b.ts': 'send(one);\nsend(two);\nsend(one);\nlog.info(one);\nlog.info(two);\n',
};
const place = siteOf(files, 'src/a.ts', 'send(p)', 'ask');
const outbound = siteOf(files, 'src/a.ts', 'client.post(p)', 'send');
const openai = recipient('openai', 'chat-completions');

function findings(flows: readonly PhiFlow[], made: Made = {}): readonly FindingJson[] {
  return judge(handmade({ files, ...made, flows: { flows, ...made.flows } })).findings;
}

const brief = (found: readonly FindingJson[]): readonly string[] =>
  found.map((f) => `${f.ruleId} ${f.severity} ${f.confidence}`);

describe('which rule applies first', () => {
  const all = [NAME, BIRTH, CLINICAL];
  const rows: [rule: string, flow: Partial<PhiFlow>, made?: Made][] = [
    ['phi-to-uncovered-vendor', {}],
    ['phi-to-uncovered-service', {}, { manifest: { agreements: [agreement('openai', { services: ['embeddings'] })] } }],
    ['baa-not-in-force', { as: 'error' }, { manifest: { agreements: [agreement('openai', { executed: null })] } }],
    ['baa-not-in-force', {}, { manifest: { agreements: [agreement('openai', { executed: '2027-01-01' })] } }],
    [
      'phi-to-unknown-recipient',
      { recipient: recipient('unknown', 'http', { unresolved: 'PARTNER_URL' }), as: 'error' },
    ],
    ['error-carries-phi', { as: 'error', deidentified: true, recipient: recipient('sentry', 'errors') }],
    ['phi-to-ad-tracker', { as: 'tracker', inUrl: true }],
    ['phi-to-ad-tracker', { recipient: recipient('posthog', 'events', { category: 'analytics' }) }],
    ['phi-to-ad-tracker', { recipient: recipient('logrocket', 'replay', { category: 'replay' }), as: 'log' }],
    ['phi-in-notification', { as: 'notification', inUrl: true }],
    ['phi-in-notification', { recipient: recipient('twilio', 'messaging', { category: 'sms' }) }],
    ['phi-in-notification', { as: 'message-to-patient' }],
    ['phi-in-notification', { recipient: recipient('aws', 'ses', { category: 'cloud' }) }],
    ['phi-in-logs', { as: 'log', inUrl: true }],
    ['phi-in-url', { inUrl: true, deidentified: true }],
    ['phi-in-url', { as: 'url' }],
    ['partial-deidentification', { deidentified: true, removed: ['A'] }],
    ['partial-deidentification', { removed: ['A'] }],
  ];
  it.each(rows)('%s %j', (rule, over, made) => {
    const found = findings([flow(place, openai, all, { outbound, ...over })], made);
    expect(brief(found.filter((f) => f.ruleId !== 'manifest-unused-entry'))).toEqual([
      `${rule} ${rule === 'phi-to-unknown-recipient' ? 'warning' : 'error'} high`,
    ]);
    expect(found[0]?.message).toContain('Patient.name (A)');
    expect(found[0]?.help).toBe(`docs/rules/${rule}.md`);
  });
  it('is the order of the contract', () => {
    expect(EGRESS_RULES[0]).toBe('baa-not-in-force');
    expect(EGRESS_RULES.at(-1)).toBe('phi-to-uncovered-vendor');
    expect(EGRESS_RULES).toHaveLength(10);
  });
});

describe('who is no finding', () => {
  const good: [name: string, flow: PhiFlow, made?: Made][] = [
    ['covered', flow(place, openai, [NAME, BIRTH]), { manifest: { agreements: [agreement('openai')] } }],
    ['own side', flow(place, recipient('http', 'http', { own: 'relative URL' }), [NAME, BIRTH])],
    [
      'a self-hosted host',
      flow(place, recipient('llm.internal', 'http', { host: 'llm.internal' }), [NAME]),
      { manifest: { selfHosted: [{ hosts: ['llm.internal'], runsOn: null, line: 2 }] } },
    ],
    ['no items', flow(place, openai, [])],
    ['a credential', flow(place, openai, [NAME], { labelKind: 'credential' })],
    ['test code in the recommended profile', flow(place, openai, [NAME, BIRTH], { test: true })],
  ];
  it.each(good)('%s', (_name, one, made) => {
    expect(brief(findings([one], made))).toEqual([]);
  });
  it('keeps covered and own flows in the map and the registry', () => {
    const own = recipient('http', 'http', { own: 'relative URL' });
    const judged = judge(
      handmade({
        files,
        manifest: { agreements: [agreement('openai', { document: 'contracts/openai.pdf' })] },
        flows: { flows: [flow(place, openai, [NAME]), flow(outbound, own, [NAME])] },
      }),
    );
    expect(judged.flows.map((f) => [f.recipient?.vendor, f.recipient?.covered])).toEqual([
      ['openai', true],
      ['http', true],
    ]);
    expect(judged.registry).toEqual([
      { vendor: 'http', service: 'http', covered: true, agreement: null, callSites: 1, phiFlows: 1 },
      {
        vendor: 'openai',
        service: 'chat-completions',
        covered: true,
        agreement: 'contracts/openai.pdf',
        callSites: 1,
        phiFlows: 1,
      },
    ]);
  });
});

describe('severity follows harm and certainty', () => {
  const weak = { ...NAME, evidence: 1 as const };
  const rows: [name: string, expected: string, flow: Partial<PhiFlow>, made?: Made][] = [
    ['identifier and clinical content', 'error high', { items: [NAME, CLINICAL] }],
    ['two identifiers', 'error high', { items: [NAME, BIRTH] }],
    ['one identifier', 'warning high', { items: [NAME] }],
    ['clinical content alone', 'warning high', { items: [CLINICAL] }],
    ['internal id alone', 'note high', { items: [INTERNAL] }],
    ['internal id and clinical content', 'warning high', { items: [INTERNAL, CLINICAL] }],
    [
      'internal id and sensitive content',
      'error high',
      { items: [INTERNAL, item('Observation.code', null, 'clinical', 'hiv')] },
    ],
    ['a clinical text', 'error high', { items: [item('DocumentReference.content', null, 'free-text')] }],
    ['some text', 'warning medium', { items: [{ ...item('text', null, 'free-text'), evidence: 1 }] }],
    ['names alone say so', 'error medium', { items: [weak, { ...BIRTH, evidence: 1 as const }] }],
    ['low confidence', 'warning low', { items: [NAME, BIRTH], confidence: 'low' }],
    ['unreached code', 'note high', { items: [NAME, BIRTH], reached: false }],
    ['an ignored file', 'warning high', { items: [NAME, BIRTH], recipient: { ...openai, ignoredFile: '.env.local' } }],
    [
      'a region that is not proved',
      'warning low',
      { items: [NAME, BIRTH], recipient: { ...openai, region: 'unknown' } },
      { manifest: { agreements: [agreement('openai', { regions: ['us-east-1'] })] } },
    ],
    ['test code in strict', 'note high', { items: [NAME, BIRTH], test: true }, { profile: 'strict' }],
    [
      'a user who wants it lower',
      'note high',
      { items: [NAME, BIRTH] },
      { rules: { 'phi-to-uncovered-vendor': 'note' } },
    ],
    [
      'a user who wants it higher',
      'error high',
      { items: [INTERNAL] },
      { rules: { 'phi-to-uncovered-vendor': 'error' } },
    ],
    [
      'a user who wants doubt higher',
      'warning low',
      { items: [NAME, BIRTH], confidence: 'low' },
      { rules: { 'phi-to-uncovered-vendor': 'error' } },
    ],
  ];
  it.each(rows)('%s: %s', (_name, expected, over, made) => {
    expect(findings([flow(place, openai, [], over)], made).map((f) => `${f.severity} ${f.confidence}`)).toEqual([
      expected,
    ]);
  });
  it('says what it rests on', () => {
    const ignored = { ...openai, ignoredFile: '.env.local' };
    expect(findings([flow(place, ignored, [NAME])])[0]?.message).toContain(
      'known only from .env.local, which git ignores',
    );
    expect(findings([flow(place, openai, [NAME], { reached: false })])[0]?.message).toContain('no entry point');
    const hiv = item('Observation.code', null, 'clinical', 'hiv');
    expect(findings([flow(place, openai, [NAME, hiv])])[0]?.message).toContain('Holds HIV data');
  });
  it('turns a rule off', () => {
    expect(findings([flow(place, openai, [NAME])], { rules: { 'phi-to-uncovered-vendor': 'off' } })).toEqual([]);
  });
});

describe('one place and recipient', () => {
  it('is one finding with the union of the data and the gravest path', () => {
    const long = flow(place, openai, [NAME], {
      steps: [...Array(4).keys()].map(() => ({ site: place, kind: 'step', text: 'long' })),
    });
    const [found, ...rest] = findings([flow(place, openai, [CLINICAL]), long, flow(place, openai, [NAME])]);
    expect(rest).toEqual([]);
    expect(found?.phi.map((p) => p.via)).toEqual(['Patient.name', 'Condition.code']);
    expect(found?.path.map((s) => s.kind)).toEqual(['source', 'sink']);
    expect(found?.severity).toBe('error');
    expect(found).toMatchObject({ line: 2, column: 9, endLine: 2, endColumn: 16 });
  });
  it('is not cleaned if one path leaves everything', () => {
    const cleaned = flow(place, openai, [BIRTH, CLINICAL], { removed: ['A'], deidentified: true });
    const [found] = findings([cleaned, flow(place, openai, [NAME, BIRTH])]);
    expect(found?.ruleId).toBe('phi-to-uncovered-vendor');
    expect(found?.removed).toEqual([]);
  });
  it('keeps letters removed that every path removes', () => {
    const [found] = findings([
      flow(place, openai, [NAME], { removed: ['B', 'C'] }),
      flow(place, openai, [BIRTH], { removed: ['C'] }),
    ]);
    expect(found?.removed).toEqual(['C']);
  });
  it('is judged once for each environment in which it differs', () => {
    const staging = { ...openai, environment: 'staging', region: 'eu-west-1' };
    const production = { ...openai, environment: 'production', region: 'us-east-1' };
    expect(findings([flow(place, staging, [NAME]), flow(place, production, [NAME])])).toHaveLength(2);
  });
  it('is one where environments do not differ', () => {
    const of = (environment: string) => flow(place, { ...openai, environment }, [NAME]);
    const [found, ...rest] = findings([of('staging'), of('production')]);
    expect(rest).toEqual([]);
    expect(found?.recipient?.environment).toBeNull();
    expect(findings([of('production')])[0]?.recipient?.environment).toBe('production');
  });
});

describe('grouping', () => {
  const call = (code: string, nth: number, items: PhiFlow['items'], over: Partial<PhiFlow> = {}): PhiFlow =>
    flow(siteOf(files, 'src/b.ts', code, `caller${String(nth)}`, nth), openai, items, { outbound, ...over });
  it('folds callers of a wrapper that pass the same kind of data', () => {
    const found = findings([call('send(one)', 1, [NAME, BIRTH]), call('send(one)', 0, [NAME, BIRTH])]);
    expect(found).toHaveLength(1);
    expect(found[0]?.places.map((p) => p.line)).toEqual([1, 3]);
    expect(found[0]?.line).toBe(1);
    expect(found[0]?.message).toContain('At 2 places.');
  });
  it('keeps callers that pass different data apart', () => {
    expect(findings([call('send(one)', 0, [NAME, BIRTH]), call('send(two)', 0, [CLINICAL])])).toHaveLength(2);
  });
  it('keeps direct calls apart', () => {
    const a = siteOf(files, 'src/b.ts', 'send(one)');
    const b = siteOf(files, 'src/b.ts', 'send(two)');
    expect(findings([flow(a, openai, [NAME]), flow(b, openai, [NAME])])).toHaveLength(2);
  });
  it('folds log lines by who takes the log', () => {
    const a = siteOf(files, 'src/b.ts', 'log.info(one)');
    const b = siteOf(files, 'src/b.ts', 'log.info(two)');
    expect(findings([flow(a, openai, [NAME], { as: 'log' }), flow(b, openai, [NAME], { as: 'log' })])).toHaveLength(1);
  });
  it('folds unknown recipients by variable', () => {
    const to = (name: string) => recipient('unknown', 'http', { unresolved: name });
    const a = siteOf(files, 'src/b.ts', 'send(one)');
    const b = siteOf(files, 'src/b.ts', 'send(two)');
    expect(findings([flow(a, to('X'), [NAME]), flow(b, to('X'), [BIRTH])])).toHaveLength(1);
    expect(findings([flow(a, to('X'), [NAME]), flow(b, to('Y'), [BIRTH])])).toHaveLength(2);
  });
});

describe('fingerprints', () => {
  const shifted: Files = { 'src/moved/z.ts': `// moved\n\n${files['src/a.ts'] ?? ''}` };
  it('survive moved lines and files', () => {
    const [before] = findings([flow(place, openai, [NAME, BIRTH], { outbound })]);
    const at = siteOf(shifted, 'src/moved/z.ts', 'send(p)', 'ask');
    const out = siteOf(shifted, 'src/moved/z.ts', 'client.post(p)', 'send');
    const [after] = findings([flow(at, openai, [NAME, BIRTH], { outbound: out })], { files: shifted });
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after?.places[0]?.fingerprint).toBe(before?.places[0]?.fingerprint);
    expect(before?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });
  it('differ by rule, recipient, data, function and ordinal', () => {
    const one = (over: Partial<PhiFlow>): string | undefined =>
      findings([flow(place, openai, [NAME], over)])[0]?.places[0]?.fingerprint;
    const seen = [
      one({}),
      one({ as: 'error' }),
      one({ items: [BIRTH] }),
      one({ sourceFn: 'other' }),
      one({ place: { ...place, fn: 'other' } }),
      one({ recipient: recipient('anthropic', 'messages') }),
    ];
    expect(new Set(seen).size).toBe(seen.length);
    const a = siteOf(files, 'src/b.ts', 'send(one)');
    const b = siteOf(files, 'src/b.ts', 'send(one)', 'main', 1);
    const [x, y] = findings([flow(a, openai, [NAME]), flow(b, openai, [NAME])]);
    expect(x?.fingerprint).not.toBe(y?.fingerprint);
    expect(x?.places[0]?.fingerprint).not.toBe(y?.places[0]?.fingerprint);
  });
  it('come in the same order for any order of flows', () => {
    const sites = ['send(one)', 'send(two)', 'log.info(one)', 'log.info(two)'].map((code) =>
      siteOf(files, 'src/b.ts', code),
    );
    const flows = sites.flatMap((site) => [
      flow(site, openai, [NAME]),
      flow(site, recipient('sentry', 'errors'), [BIRTH]),
    ]);
    const forward = JSON.stringify(judge(handmade({ files, flows: { flows } })));
    expect(JSON.stringify(judge(handmade({ files, flows: { flows: [...flows].reverse() } })))).toBe(forward);
  });
});

describe('paths', () => {
  it('quote code masked', () => {
    const secret: Files = { 'src/a.ts': "client.post({ born: '1967-03-22' })" };
    const at = siteOf(secret, 'src/a.ts', secret['src/a.ts'] ?? '');
    const [found] = findings([flow(at, openai, [NAME])], { files: secret });
    expect(found?.path[1]?.text).toBe("sent: client.post({ born: '•••' })");
  });
});
