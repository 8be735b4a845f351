import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis.js';
import { renderGithub } from './github.js';
import { renderGitlab } from './gitlab.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import type { RuleDoc } from './rule-doc.js';
import { renderSarif } from './sarif.js';
import { PATH, sampleFinding, sampleResult } from './testing/sample.js';

const DOCS: readonly RuleDoc[] = [
  {
    id: 'phi-to-uncovered-vendor',
    family: 'egress',
    question: 'Does PHI reach a vendor without agreement?',
    severity: { default: 'error', varies: 'By the data.' },
    confidence: 'The path is known.',
    basis: [{ cite: '45 CFR 164.502(e)', says: 'Business associates need a contract.' }],
    fix: 'Sign a BAA.',
    examples: { bad: 'x', good: 'y' },
  },
];

const EVIL = 'a\u001b[31m|`<img src=x>`\u202e"%,:\n## @all ]]>&\ud800';
const suppressed = sampleFinding({ suppressed: { by: 'comment', reason: 'known', until: null }, fingerprint: 'ff' });
const plain = sampleResult([
  sampleFinding(),
  sampleFinding({ severity: 'note', fingerprint: 'ee' }),
  suppressed,
]).analysis;
const nothing = sampleResult([]).analysis;
const evil = sampleResult([
  sampleFinding({
    file: EVIL,
    message: EVIL,
    ruleId: EVIL,
    help: EVIL,
    path: [{ ...PATH[0]!, file: EVIL, text: EVIL }],
  }),
]).analysis;
const at = (root: string): Analysis => ({ ...plain, root });
// eslint-disable-next-line no-control-regex -- the very characters
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string; defaultConfiguration: { level: string } }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
      relatedLocations?: unknown[];
      codeFlows: { threadFlows: { locations: unknown[] }[] }[];
      partialFingerprints: object;
      suppressions?: { kind: string }[];
    }[];
  }[];
}
const sarif = (analysis: Analysis): Sarif => JSON.parse(renderSarif(analysis, DOCS)) as Sarif;

describe('sarif', () => {
  it('has rules, places, code flows, fingerprints and suppressions', () => {
    const run = sarif(plain).runs[0]!;
    expect(run.tool.driver.rules.map((r) => r.id)).toEqual(['phi-to-uncovered-vendor']);
    expect(run.results).toHaveLength(3);
    const first = run.results[0]!;
    expect(first).toMatchObject({ ruleIndex: 0, level: 'error', partialFingerprints: { 'phitrace/v1': 'cc33dd44' } });
    expect(first.locations[0]).toEqual({
      physicalLocation: {
        artifactLocation: { uri: 'src/summarize.ts' },
        region: { startLine: 42, startColumn: 24, endLine: 42, endColumn: 76 },
      },
    });
    expect(first.codeFlows[0]?.threadFlows[0]?.locations).toHaveLength(3);
    expect(run.results.flatMap((r) => r.suppressions ?? [])).toMatchObject([{ kind: 'inSource' }]);
  });
  it('stays within the documented limits, the gravest first', () => {
    const many = sampleResult([
      ...Array.from({ length: 6000 }, (_, i) => sampleFinding({ severity: 'note', fingerprint: `${i}` })),
      sampleFinding({ path: Array.from({ length: 5000 }, () => PATH[1]!) }),
    ]).analysis;
    const { results } = sarif(many).runs[0]!;
    expect(results).toHaveLength(5000);
    expect(results[0]?.level).toBe('error');
    expect(results[0]?.codeFlows[0]?.threadFlows[0]?.locations).toHaveLength(20);
  });
  it('writes URIs relative to the current folder', () => {
    const odd = { ...sampleResult([sampleFinding({ file: 'src/[id]/a b.ts' })]).analysis, root: 'apps/web' };
    expect(sarif(odd).runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
      'apps/web/src/%5Bid%5D/a%20b.ts',
    );
    expect(sarif(evil).runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).not.toMatch(/[\s<>|]/);
  });
  it('is a document without findings, too', () => {
    expect(sarif(nothing).runs[0]?.results).toEqual([]);
  });
});

describe('github', () => {
  it('annotates a line', () => {
    expect(renderGithub(at('apps/web')).split('\n')[0]).toBe(
      '::error file=apps/web/src/summarize.ts,line=42,endLine=42,col=24,endColumn=76,title=phi-to-uncovered-vendor::' +
        'Patient.name and Condition.code reach OpenAI, with which there is no agreement%0A' +
        'apps/web/src/ehr.ts:4  Patient read from the EHR (Medplum)%0Aapps/web/src/prompt.ts:9  becomes part of a text%0A' +
        'apps/web/src/summarize.ts:42  sent to openai chat-completions%0Ahttps://example.org/rules/phi-to-uncovered-vendor',
    );
    expect(renderGithub(plain).match(/^::/gm)).toHaveLength(2);
    expect(renderGithub(nothing)).toBe('');
  });
  it('is one command a finding, whatever the names', () => {
    const out = renderGithub(evil);
    expect(out.split('\n')).toHaveLength(2);
    expect(out).not.toMatch(UNSAFE);
    expect(out.split('::')[1]).not.toContain('"%,');
  });
});

describe('gitlab', () => {
  it('has an entry a place with its own fingerprint', () => {
    const entries = JSON.parse(renderGitlab(plain)) as { fingerprint: string; location: object; severity: string }[];
    expect(entries.map((e) => e.severity)).toEqual(['critical', 'info']);
    expect(new Set(entries.map((e) => e.fingerprint)).size).toBe(2);
    expect(entries[0]?.location).toEqual({ path: 'src/summarize.ts', lines: { begin: 42, end: 42 } });
    expect(renderGitlab(nothing)).toBe('[]\n');
  });
});

describe('junit', () => {
  it('counts failures and lets notes pass', () => {
    const out = renderJunit(plain);
    expect(out).toContain('<testsuites name="phitrace" tests="2" failures="1" errors="0" time="0.420">');
    expect(out).toContain('<failure type="error" message="Patient.name and Condition.code reach OpenAI');
    expect(out).toContain('<system-out>');
    expect(renderJunit(nothing)).toContain('<testcase classname="phitrace" name="no findings in 34 files"/>');
  });
  it('is XML whatever the names', () => {
    const out = renderJunit(evil);
    expect(out).not.toMatch(UNSAFE);
    expect(out).not.toContain('<img');
    expect(out).not.toContain(']]>');
    expect(out).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('markdown', () => {
  it('has a table, the paths and what to do', () => {
    const out = renderMarkdown(plain, { 'phi-to-uncovered-vendor': 'Sign a BAA.' });
    expect(out).toContain('## phitrace: 1 error, 0 warnings, 1 note');
    expect(out).toContain(
      '| 🔴 error | <code>phi-to-uncovered-vendor</code> | <code>src/summarize.ts:42</code> | A + clinical | <code>openai chat-completions</code> |',
    );
    expect(out).toContain('Letters: A names (45 CFR 164.514(b)(2)(i)).');
    expect(out).toContain('PHI reaches without cover: <code>openai chat-completions</code>.');
    expect(out).toContain('1. <code>src/ehr.ts:4  Patient read from the EHR (Medplum)</code>');
    expect(out).toContain('**What to do:** Sign a BAA.');
    expect(renderMarkdown(nothing, {})).toContain('## phitrace: no findings');
  });
  it('lets no markup through and stays under the limit of a comment', () => {
    const out = renderMarkdown(evil, {});
    expect(out).not.toMatch(UNSAFE);
    expect(out).not.toContain('<img');
    expect(out).not.toContain('@all');
    expect(out).not.toMatch(/^## [^p]/m);
    const many = sampleResult(Array.from({ length: 3000 }, () => sampleFinding())).analysis;
    const long = renderMarkdown(many, {});
    expect(long.length).toBeLessThan(65_536);
    expect(long).toMatch(/… and [\d,]+ more findings/);
  });
});
