/** What the map tells of de-identification: which step, what went in, who gets the rest. No finding hangs on it. */
import { describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../src/analysis.js';
import { wholly } from './projects.js';

const MANIFEST = `version: 1
organization: Example Health
agreements: []
deidentifiers:
  - { function: 'src/privacy.ts#scrub', method: safe-harbor, removes: all, evidence: docs/scrub.md }
  - { function: 'src/privacy.ts#clean', method: safe-harbor, removes: all, output: text, evidence: docs/scrub.md }
  - { function: 'src/privacy.ts#blank', method: safe-harbor, removes: all, mutates: 0, evidence: docs/scrub.md }
  - { function: 'src/privacy.ts#noNames', method: safe-harbor, removes: [A], evidence: docs/scrub.md }
`;
const PRIVACY = `export function scrub(text: string): string { return text.replace(/\\d/g, '#'); }
export function clean(chart: { name: string }): { text: string; back: string } {
  return { text: 'A person of ' + chart.name.length, back: chart.name };
}
export function blank(chart: object): void { Object.assign(chart, { name: '' }); }
export function noNames(text: string): string { return text.replace(/[A-Z]/g, '*'); }
`;
const HEAD = `import OpenAI from 'openai';
import type { Patient } from 'fhir/r4';
import { ask, mail } from './out';
import { blank, clean, noNames, scrub } from './privacy';
const openai = new OpenAI();
const born = (p: Patient) => p.birthDate ?? '';
`;
const OUT = `import OpenAI from 'openai';
const openai = new OpenAI();
export const ask = (input: string) => openai.responses.create({ model: 'gpt-4o-2024-11-20', input });
export const mail = (text: string) => fetch('https://mail.example.com/send', { method: 'POST', body: text });
`;

function result(code: string, manifest = MANIFEST): AnalysisResult {
  return wholly({ 'baa.yaml': manifest, 'src/privacy.ts': PRIVACY, 'src/out.ts': OUT, 'src/app.ts': HEAD + code });
}

/** `step -> recipient: letters gone`, with `…` where something is left. */
function told({ cleanings }: AnalysisResult): readonly string[] {
  return cleanings.map(({ by, recipient, gone, rest }) => {
    const letters = [...new Set(gone.map((p) => p.letter ?? p.category))].sort().join('');
    return `${by} -> ${recipient.vendor}: ${letters}${rest === null ? '' : '…'}`;
  });
}

/** Letters of each flow that carries something. */
function carried({ analysis }: AnalysisResult): readonly string[] {
  return analysis.flows.map((f) => [...new Set(f.phi.map((p) => p.letter ?? p.category))].sort().join(''));
}

describe('what is de-identified in full', () => {
  const rows: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ['is told, and no flow', 'export const f = (p: Patient) => ask(scrub(born(p)));', ['scrub -> openai: C'], []],
    [
      'in a function in between',
      'const safe = (t: string) => scrub(t); export const f = (p: Patient) => ask(safe(born(p)));',
      ['scrub -> openai: C'],
      [],
    ],
    [
      'at a clean path of the result',
      'export async function f(p: Patient) { const c = clean({ name: p.name?.[0]?.family ?? "" }); await ask(`On ${c.text}`); await mail(c.back); }',
      ['clean -> openai: A'],
      ['A'],
    ],
    [
      'in place',
      'export async function f(p: Patient) { const c = { born: born(p) }; blank(c); await ask(JSON.stringify(c)); }',
      ['blank -> openai: C'],
      [],
    ],
    [
      'for two recipients after one step',
      'export async function f(p: Patient) { const t = scrub(born(p)); await ask(t); await mail(t.trim()); }',
      ['scrub -> openai: C', 'scrub -> mail.example.com: C'],
      [],
    ],
    [
      'in one branch only: both are told',
      'export const f = (p: Patient, open: boolean) => ask(open ? scrub(born(p)) : born(p));',
      ['scrub -> openai: C'],
      ['C'],
    ],
    [
      'with its result thrown away: nothing is',
      'export async function f(p: Patient) { scrub(born(p)); await ask(born(p)); }',
      [],
      ['C'],
    ],
    ['of what is nobody’s: nothing is', 'export const f = () => ask(scrub("how is the weather"));', [], []],
    ['and goes nowhere: nothing is', 'export const f = (p: Patient) => scrub(born(p)).length;', [], []],
    [
      'in a list',
      'export async function f(ps: Patient[]) { const all = ps.map((p) => scrub(born(p))); for (const t of all) await ask(t); }',
      ['scrub -> openai: C'],
      [],
    ],
    [
      'and kept in a variable of the module',
      'let last = ""; export function keep(p: Patient) { last = scrub(born(p)); } export const f = () => ask(last);',
      ['scrub -> openai: C'],
      [],
    ],
    [
      'once only, whatever comes after: the model’s answer is another matter',
      'export async function f(p: Patient) { const a = await ask(scrub(born(p))); await mail(a.output_text); }',
      ['scrub -> openai: C'],
      [],
    ],
    [
      'by one caller of a shared function, and not by another',
      'export const f = (p: Patient) => ask(scrub(born(p))); export const g = (p: Patient) => ask(p.id ?? "");',
      ['scrub -> openai: C'],
      ['R'],
    ],
  ];
  it.each(rows)('%s', (_what, code, steps, flows) => {
    const found = result(code);
    expect([told(found), carried(found)]).toEqual([steps, flows]);
  });

  it('leads from the source over the step to the outbound call, and stands there', () => {
    const [one] = result('export const f = (p: Patient) => ask(scrub(born(p)));').cleanings;
    const kinds = one?.path.map((s) => s.kind) ?? [];
    expect([kinds[0], new Set(kinds.slice(1, -1)), kinds.at(-1)]).toEqual(['source', new Set(['step']), 'sink']);
    expect(one?.path.map((s) => s.text)).toContain('de-identified: scrub(born(p))');
    expect([one?.file, one?.step.file, one?.step.line]).toEqual(['src/out.ts', 'src/app.ts', 7]);
  });

  it('changes no finding', () => {
    const code = 'export const f = (p: Patient) => ask(scrub(born(p)));';
    const { analysis, partial } = result(code);
    const leaks = analysis.findings.filter((f) => f.phi.length > 0);
    expect([leaks, analysis.flows, partial]).toEqual([[], [], false]);
  });
});

describe('what is de-identified in part', () => {
  it('names the flow with the rest', () => {
    const found = result(
      'export const f = (p: Patient) => ask(noNames(JSON.stringify({ n: p.name, b: p.birthDate })));',
    );
    expect([told(found), carried(found)]).toEqual([['noNames -> openai: A…'], ['C']]);
    expect(found.cleanings[0]?.rest).toBe(found.analysis.flows[0]?.fingerprint);
  });
  it('of which nothing is left is told as such', () => {
    const found = result('export const f = (p: Patient) => ask(noNames(p.name?.[0]?.family ?? ""));');
    expect([told(found), carried(found)]).toEqual([['noNames -> openai: A'], []]);
    expect(found.cleanings[0]?.rest).toBeNull();
  });
  it('by a library that the rules know', () => {
    const found = result(
      'import { SyncRedactor } from "redact-pii"; const r = new SyncRedactor(); export const f = (p: Patient) => ask(r.redact(`${p.telecom?.[0]?.value} ${p.birthDate}`));',
    );
    expect(told(found)).toEqual(['SyncRedactor.redact -> openai: DFN…']);
  });
});

describe('bounds', () => {
  it('hold: as many steps as one likes are neither a gap nor slow', () => {
    const many = Array.from(
      { length: 300 },
      (_, i) => `export const f${i} = (p: Patient) => all(scrub(born(p) + ${i}));`,
    ).join('\n');
    const found = result(`const all = (t: string) => ask(t);\n${many}`);
    expect(found.cleanings).toHaveLength(300);
    expect(found.partial).toBe(false);
    const chain = Array.from({ length: 60 }, (_, i) => `t += scrub(born(p) + ${i});`).join('\n');
    const joined = result(`export async function f(p: Patient) { let t = '';\n${chain}\nawait ask(t); }`);
    // Of one value so many steps are told.
    expect(joined.cleanings.length).toBe(8);
    expect(joined.partial).toBe(false);
  });
});
