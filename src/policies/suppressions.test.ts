import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../analysis.js';
import type { Manifest } from '../manifest/types.js';
import { judge } from './index.js';
import { BIRTH, type Files, type Made, NAME, flow, handmade, recipient, siteOf } from './testing/handmade.js';
import { isDate } from './suppressions.js';

const openai = recipient('openai', 'chat-completions');

/** `send(p)` under a comment, judged. */
function under(comment: string, made: Made = {}): readonly FindingJson[] {
  const files: Files = { 'src/referral/a.ts': `${comment}\nsend(p);\n` };
  const flows = [flow(siteOf(files, 'src/referral/a.ts', 'send(p)'), openai, [NAME, BIRTH])];
  return judge(handmade({ files, flows: { flows }, ...made })).findings;
}
const brief = (found: readonly FindingJson[]): readonly string[] =>
  found.map((f) => `${f.ruleId}${f.suppressed === null ? '' : ` by ${f.suppressed.by}`}`);

const IGNORE = '// phitrace-ignore-next-line phi-to-uncovered-vendor';
const VENDOR = 'phi-to-uncovered-vendor';

describe('comments', () => {
  it('accept the next line, with reason and end', () => {
    const [found] = under(`${IGNORE} -- synthetic demo data (until 2027-01-31)`);
    expect(found?.suppressed).toEqual({ by: 'comment', reason: 'synthetic demo data', until: '2027-01-31' });
  });
  const rows: readonly (readonly [comment: string, expected: readonly string[]])[] = [
    [`${IGNORE} -- demo`, [`${VENDOR} by comment`]],
    [`${IGNORE} -- demo (until 2026-11-22)`, [`${VENDOR} by comment`]],
    [`${IGNORE} -- demo (until 2026-11-21)`, ['expired-suppression', VENDOR]],
    [`/* phitrace-ignore-next-line ${VENDOR} -- demo */`, [`${VENDOR} by comment`]],
    [`${IGNORE}, phi-in-logs -- demo`, [`${VENDOR} by comment`]],
    [`// phitrace-ignore-next-line phi-in-logs -- a\n${IGNORE} -- b`, ['unused-suppression', `${VENDOR} by comment`]],
    [`${IGNORE}`, ['unused-suppression', VENDOR]],
    [`${IGNORE} --`, ['unused-suppression', VENDOR]],
    [`${IGNORE} demo`, ['unused-suppression', VENDOR]],
    [`// phitrace-ignore-next-line -- demo`, ['unused-suppression', VENDOR]],
    [`${IGNORE} -- demo (until soon)`, ['unused-suppression', VENDOR]],
    [`${IGNORE} -- demo (until 2026-02-30)`, ['unused-suppression', VENDOR]],
    [`${IGNORE} -- demo (until 2027-01-01`, ['unused-suppression', VENDOR]],
    [`// phitrace-ignore-next-line phi-to-uncoverd-vendor -- demo`, ['unused-suppression', VENDOR]],
    [`// phitrace-ignore-line ${VENDOR} -- demo`, ['unused-suppression', VENDOR]],
    [`// phitrace-disable ${VENDOR}`, ['unused-suppression', VENDOR]],
    [`${IGNORE} -- demo\n`, ['unused-suppression', VENDOR]],
    [`// phitrace-ignore-next-line phi-in-url -- demo`, ['unused-suppression', VENDOR]],
    [`// phitrace-ignore-next-line model-call-without-audit -- demo`, ['unused-suppression', VENDOR]],
  ];
  it.each(rows)('%s', (comment, expected) => {
    expect(brief(under(comment))).toEqual(expected);
  });
  it('suggests the nearest rule', () => {
    expect(under(`// phitrace-ignore-next-line phi-to-uncoverd-vendor -- demo`)[0]?.message).toContain(
      `did you mean ${VENDOR}?`,
    );
  });
  it('are not called unused where the rule is off or the file was cut', () => {
    const off = { rules: { 'phi-in-url': 'off' } } as const;
    expect(brief(under('// phitrace-ignore-next-line phi-in-url -- demo', off))).toEqual([VENDOR]);
    const files: Files = { 'src/a.ts': '// phitrace-ignore-next-line phi-in-url -- demo\n' };
    const cut = [{ site: null, file: 'src/a.ts', reason: 'too many functions' }];
    expect(brief(judge(handmade({ files, flows: { cut } })).findings)).toEqual(['unanalysed-file']);
  });
});

describe('accept entries of the manifest', () => {
  const entry = (over: Partial<Manifest['accept'][number]>): Made => ({
    manifest: {
      accept: [{ rule: VENDOR, where: 'src/**', reason: 'pilot', approvedBy: 'CO', until: null, line: 9, ...over }],
    },
  });
  const fingerprint = under('')[0]?.places[0]?.fingerprint ?? '';
  const rows: readonly (readonly [string, Made, readonly string[]])[] = [
    ['a glob', entry({}), [`${VENDOR} by manifest`]],
    ['another glob', entry({ where: 'lib/**' }), ['unused-suppression', VENDOR]],
    ['vendor and service', entry({ where: 'openai/chat-completions' }), [`${VENDOR} by manifest`]],
    ['another service', entry({ where: 'openai/embeddings' }), ['unused-suppression', VENDOR]],
    ['the fingerprint of the place', entry({ where: fingerprint }), [`${VENDOR} by manifest`]],
    ['another rule', entry({ rule: 'phi-in-logs' }), ['unused-suppression', VENDOR]],
    ['a date to come', entry({ until: '2027-01-01' }), [`${VENDOR} by manifest`]],
    ['a past date', entry({ until: '2026-01-01' }), ['expired-suppression', VENDOR]],
  ];
  it.each(rows)('%s', (_name, made, expected) => {
    expect(brief(under('', made))).toEqual(expected);
  });
  it('stand in the manifest', () => {
    expect(under('', entry({ until: '2026-01-01' }))[0]).toMatchObject({ file: 'baa.yaml', line: 9 });
  });
  it('have globs relative to the folder of the manifest', () => {
    const made = entry({ where: 'project/src/**' });
    expect(brief(under('', { manifest: { ...made.manifest, path: '../baa.yaml' } }))).toEqual([
      `${VENDOR} by manifest`,
    ]);
  });
});

describe('places', () => {
  const files: Files = {
    'src/a.ts': `${IGNORE} -- synthetic\nsend(one);\nsend(one);\nfunction send(p) { client.post(p); }\n`,
  };
  const outbound = siteOf(files, 'src/a.ts', 'client.post(p)', 'send');
  const flows = [0, 1].map((nth) =>
    flow(siteOf(files, 'src/a.ts', 'send(one)', 'main', nth), openai, [NAME, BIRTH], { outbound }),
  );
  it('are accepted one by one', () => {
    const found = judge(handmade({ files, flows: { flows } })).findings;
    expect(found.map((f) => [f.line, f.places.length, f.suppressed?.by ?? null])).toEqual([
      [2, 1, 'comment'],
      [3, 1, null],
    ]);
    expect(found[0]?.fingerprint).toBe(found[1]?.fingerprint);
    expect(found[0]?.places[0]?.fingerprint).not.toBe(found[1]?.places[0]?.fingerprint);
  });
});

it('knows days of the calendar', () => {
  expect(['2024-02-29', '2026-12-31'].every(isDate)).toBe(true);
  expect(['2026-02-29', '2026-13-01', '26-01-01', 'soon', '2026-1-1'].some(isDate)).toBe(false);
});
