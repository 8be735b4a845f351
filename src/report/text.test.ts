import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../analysis.js';
import { renderJson } from './json.js';
import { wrap, cut, widthOf } from './layout.js';
import { renderText, itemsText, type TextOptions } from './text.js';
import { NAME, PATH, sampleFinding, sampleResult } from './testing/sample.js';

const options: TextOptions = {
  color: 0,
  width: 100,
  atLeast: 'note',
  quiet: false,
  brief: false,
  stats: false,
  fixes: {},
};
const text = (result = sampleResult([sampleFinding()]), part: Partial<TextOptions> = {}): string =>
  renderText(result, { ...options, ...part });

describe('text', () => {
  it('tells a finding from source to what to do', () => {
    const fixes = { 'phi-to-uncovered-vendor': 'Sign a BAA with the vendor, or de-identify before the call.' };
    expect(text(undefined, { fixes })).toBe(`error  phi-to-uncovered-vendor  src/summarize.ts:42:24
  Patient.name and Condition.code reach OpenAI, with which there is no agreement
  data       Patient.name (A names), Condition.code (clinical, mental-health)
  recipient  openai chat-completions
  why        no agreement with openai in the manifest
  path
    1. src/ehr.ts:4  Patient read from the EHR (Medplum)
           4 │ const patient = await medplum.readResource('Patient', id);
    2. src/prompt.ts:9  becomes part of a text
           9 │ return \`Summarise \${patient.name}\`;
    3. src/summarize.ts:42  sent to openai chat-completions
          42 │ const answer = await openai.chat.completions.create({ model, messages });
  fix        Sign a BAA with the vendor, or de-identify before the call.
  rule       phitrace explain phi-to-uncovered-vendor
  more       phitrace explain cc33dd44

Recipients
  recipient  service           kind     covered  calls  PHI flows  findings
  aws        s3                         yes          2          1         0
  openai     chat-completions  partner  NO           1          1         1

Understood 34 files (2,130 lines), 12 PHI sources, 2 recipients, 14 PHI flows in 420 ms, as of
2026-11-22.
1 error, 0 warnings, 0 notes
`);
  });

  it('says what was understood when there is nothing to report', () => {
    const out = text(
      sampleResult([], { details: { ...sampleResult([]).details, gaps: { 'unresolved receiver': 3 } } }),
    );
    expect(out).toContain('Understood 34 files');
    expect(out).toContain('Not understood: unresolved receiver (3).');
    expect(out).toMatch(/No findings\.\n$/);
  });

  it('says that there is no manifest, no source, no file', () => {
    const base = sampleResult([]);
    expect(text({ ...base, details: { ...base.details, manifest: null, sources: 0 } })).toMatch(
      /No baa.yaml found[^]*No PHI source was recognised/,
    );
    const empty = { ...base.analysis, summary: { ...base.analysis.summary, files: 0 } };
    expect(text({ ...base, analysis: empty })).toContain('No code file was found here');
  });

  it('puts errors first, notes last and in short, suppressed ones nowhere', () => {
    const out = text(
      sampleResult([
        sampleFinding({ severity: 'note', file: 'a.ts', ruleId: 'minimum-necessary' }),
        sampleFinding({ severity: 'warning', file: 'b.ts', confidence: 'low' }),
        sampleFinding({ severity: 'error', file: 'c.ts' }),
        sampleFinding({ file: 'd.ts', suppressed: { by: 'comment', reason: 'r', until: null } }),
      ]),
    );
    expect(
      [out.indexOf('c.ts:42'), out.indexOf('b.ts:42'), out.indexOf('a.ts:42')].every((n, i, a) => n > (a[i - 1] ?? -1)),
    ).toBe(true);
    expect(out).not.toContain('d.ts');
    expect(out).toContain('confidence low');
    expect(out).toContain('1 error, 1 warning, 1 note · 1 suppressed');
  });

  it('tells a few notes of a rule in words, and of the others the places', () => {
    const notes = (n: number, ruleId: string): ReturnType<typeof sampleFinding>[] =>
      Array.from({ length: n }, (_, i) => sampleFinding({ severity: 'note', file: `${ruleId}-${i}.ts`, ruleId }));
    const out = text(sampleResult([...notes(12, 'minimum-necessary'), ...notes(4, 'baa-stale')]));
    expect(out.match(/^note {2}minimum-necessary {2}\S+:42:24$/gm)).toHaveLength(3);
    expect(out).toMatch(/^note {2}minimum-necessary {2}9 more\n {2}minimum-necessary-\d+\.ts:42, /m);
    expect(out.match(/^note {2}baa-stale {2}\S+:42:24$/gm)).toHaveLength(4);
    for (let i = 0; i < 12; i++) expect(out).toContain(`minimum-necessary-${i}.ts:42`);
  });

  it('shows only what counts when quiet', () => {
    const out = text(sampleResult([sampleFinding({ severity: 'warning' })]), { quiet: true, atLeast: 'error' });
    expect(out).toBe('0 errors, 1 warning, 0 notes · 1 not shown\n');
  });

  it('tells the gravest in full and a line each of the others when brief', () => {
    const out = text(
      sampleResult([
        sampleFinding({ severity: 'note', file: 'a.ts' }),
        sampleFinding({ file: 'b.ts', confidence: 'medium' }),
        sampleFinding({ file: 'c.ts' }),
        sampleFinding({ file: 'd.ts', recipient: null, phi: [] }),
      ]),
      { brief: true },
    );
    expect(out).toMatch(/^error {2}phi-to-uncovered-vendor {2}c\.ts:42:24$/m);
    expect(out.match(/^ {2}path$/gm)).toHaveLength(1);
    // Of two errors the surer one comes first.
    expect(out).toMatch(
      /^phi-to-uncovered-vendor\n {2}error {4}d\.ts:42 {2}Patient\.name and Condition\.code reach OpenAI/m,
    );
    expect(out).toMatch(/^ {2}error {4}b\.ts:42 {2}A clinical → openai chat-completions$/m);
    expect(out).toMatch(/^ {2}note {5}a\.ts:42/m);
  });

  it('does not say twice what to do', () => {
    const fixes = { 'phi-to-uncovered-vendor': 'Sign a BAA.' };
    expect(text(undefined, { fixes })).toContain('Sign a BAA.');
    const said = sampleResult([sampleFinding({ message: 'No agreement. Sign a BAA.' })]);
    expect(text(said, { fixes }).match(/Sign a BAA/g)).toHaveLength(1);
  });

  it('names further places, folds long paths and long data', () => {
    const steps = Array.from({ length: 30 }, (_, i) => ({ ...PATH[1]!, line: i + 1, text: `step ${i + 1}` }));
    const place = sampleFinding().places[0]!;
    const places = Array.from({ length: 7 }, (_, i) => ({ ...place, file: `src/p${i}.ts` }));
    const out = text(sampleResult([sampleFinding({ path: steps, places })]));
    expect(out).toContain('and 7 more places: src/p0.ts:42, src/p1.ts:42, src/p2.ts:42, src/p3.ts:42, …');
    expect(out).toContain('… 22 more steps …');
    expect(out).toContain(' 3. src/prompt.ts:3  step 3');
    expect(out).not.toContain('step 4\n');
    expect(out).toContain('30. src/prompt.ts:30  step 30');
    const many = Array.from({ length: 20 }, (_, i) => ({ ...NAME, via: `Patient.f${i}`, letter: i > 15 ? 'C' : 'A' }));
    expect(itemsText(many)).toMatch(/Patient\.f7 \(A names\) and 12 more \(A, C\)$/);
  });

  it('lets no escape sequence, control or bidi character through', () => {
    const evil = 'a\u001b[31m\u0007\u202e\u009b\r\nb';
    const finding = sampleFinding({
      file: evil,
      message: evil,
      phi: [{ ...NAME, via: evil }],
      path: [{ ...PATH[0]!, file: evil, text: evil }],
      ruleId: evil,
      help: evil,
    });
    const result = sampleResult([finding], { excerpt: () => evil });
    for (const out of [text(result), text(result, { stats: true }), renderJson(result.analysis)]) {
      // eslint-disable-next-line no-control-regex -- the very characters
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain('\\u001b');
    }
    expect((JSON.parse(renderJson(result.analysis)) as { findings: { file: string }[] }).findings[0]?.file).toBe(evil);
  });

  it('colours only when asked', () => {
    // eslint-disable-next-line no-control-regex -- SGR sequences
    expect(text(undefined, { color: 1 })).toMatch(/\u001b\[/);
    expect(text()).not.toContain('\u001b');
  });

  it('keeps the numbers of the table on a narrow screen', () => {
    const { analysis, ...rest } = sampleResult([]);
    const recipients = [
      {
        ...analysis.recipients[0]!,
        vendor: 'a-vendor-with-a-long-name',
        service: 'and-a-service-too',
        callSites: 4321,
      },
    ];
    const lines = text({ ...rest, analysis: { ...analysis, recipients } }, { width: 72 }).split('\n');
    const table = lines.slice(lines.indexOf('Recipients') + 1, lines.indexOf('Recipients') + 3);
    expect(table[0]).toMatch(/PHI flows {2}findings$/);
    expect(table[1]).toMatch(/^ {2}a-v\S*… {2}\S*….* 4,321 /);
    for (const line of table) expect(widthOf(line)).toBeLessThanOrEqual(72);
  });

  it('asks of coverage only where data are named', () => {
    const told = (phi: FindingJson['phi']): string => text(sampleResult([sampleFinding({ phi })]));
    expect(told(sampleFinding().phi)).toContain('\n  why ');
    expect(told([])).not.toContain('\n  why ');
  });

  it('keeps to the width', () => {
    const long = sampleFinding({ message: 'word '.repeat(80).trim() });
    for (const line of text(sampleResult([long]), { width: 60 }).split('\n'))
      expect(widthOf(line), line).toBeLessThanOrEqual(62);
  });

  it('shows statistics on demand', () => {
    expect(text(undefined, { stats: true })).toMatch(
      /Statistics\n {2}functions +210\n[^]*time: facts +200 ms\n[^]*peak memory +120 MB/,
    );
  });
});

describe('layout', () => {
  it('wraps, cuts and measures', () => {
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(wrap('aaaaaaaaaa b', 5)).toEqual(['aaaaaaaaaa', 'b']);
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(widthOf('日本')).toBe(4);
  });
});

describe('json', () => {
  it('has the keys of the contract in their order', () => {
    const { analysis } = sampleResult([sampleFinding()]);
    const shuffled = JSON.parse(
      JSON.stringify(analysis, (_k, v: unknown) =>
        typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).reverse()) : v,
      ),
    ) as typeof analysis;
    expect(renderJson(shuffled)).toBe(renderJson(analysis));
    const doc = JSON.parse(renderJson(analysis)) as Record<string, unknown> & { findings: Record<string, unknown>[] };
    expect(Object.keys(doc)).toEqual([
      'schemaVersion',
      'tool',
      'root',
      'asOf',
      'findings',
      'flows',
      'recipients',
      'summary',
    ]);
    expect(Object.keys(doc.findings[0] ?? {}).join(' ')).toBe(
      'ruleId severity confidence message file line column endLine endColumn recipient phi removed path places fingerprint suppressed help',
    );
    expect(doc).toEqual(analysis);
  });
  it('leaves findings out for the map', () => {
    const { analysis } = sampleResult([sampleFinding()]);
    expect(Object.keys(JSON.parse(renderJson(analysis, { findings: false })) as object)).not.toContain('findings');
  });
});
