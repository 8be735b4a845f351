/** `phitrace map` as a user runs it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis.js';
import { besideLeak, checkJson, phitrace, ROOT, TODAY } from './command.js';

describe('map', () => {
  it('prints the document of check without findings, and compares with an older one', () => {
    const dir = besideLeak({});
    const { analysis } = checkJson(dir);
    const old = path.join(dir, 'old.json');
    const json = phitrace([
      'map',
      dir,
      '--today',
      TODAY,
      '--format',
      'json',
      '--output',
      old,
      '--format',
      'text',
      '--quiet',
    ]);
    expect([json.status, json.err]).toEqual([0, '']);
    expect(json.out).toContain('✗ Not covered by a BAA\n  OpenAI API responses');
    const document = JSON.parse(readFileSync(old, 'utf8')) as Analysis;
    expect(document).not.toHaveProperty('findings');
    expect(document.flows).toEqual(analysis.flows);

    writeFileSync(
      path.join(dir, 'leak.ts'),
      readFileSync(path.join(dir, 'leak.ts'), 'utf8').replace(/responses\.create/, 'embeddings.create'),
    );
    const changed = phitrace(['map', dir, '--today', TODAY, '--compare', old]);
    expect(changed.out).toContain(
      `Changes since ${TODAY}\n  new recipient: openai/embeddings\n  recipient gone: openai/responses`,
    );
  });

  it('shows recipients of one kind alone, in check as well', () => {
    const json = (...args: string[]): Analysis =>
      JSON.parse(
        phitrace([...args, 'fixtures/clinic', '--today', TODAY, '--format', 'json', '--quiet']).out,
      ) as Analysis;
    const whole = json('check');
    const side = json('check', '--recipients', 'incidental');
    const of = (kind: string): Analysis['findings'] => whole.findings.filter((f) => f.recipient?.kind === kind);
    expect(side.findings).toEqual(of('incidental'));
    expect(side.recipients.map((r) => r.vendor)).toContain('slack');
    expect(side.recipients.map((r) => r.vendor)).not.toContain('pinecone');
    expect(side.summary.errors).toBe(side.findings.filter((f) => f.severity === 'error').length);
    const partners = json('map', '--recipients', 'partner');
    expect(partners.flows.length + json('map', '--recipients', 'incidental').flows.length).toBe(whole.flows.length);
    const wrong = phitrace(['check', '--recipients', 'partners', '--quiet']);
    expect([wrong.status, wrong.err]).toEqual([
      2,
      'phitrace: unknown recipients "partners": did you mean "partner"?; possible: partner, incidental\n',
    ]);
  });

  it('refuses what it cannot do in one line', () => {
    const dir = besideLeak({ 'no.json': '[]' });
    for (const [args, why] of [
      [
        ['--format', 'sarif'],
        'unknown format "sarif" (nearest: "mermaid"); possible: text, json, mermaid, dot, svg, html, csv, markdown',
      ],
      [['--compare', path.join(dir, 'no.json')], 'is no document of phitrace'],
      [['--format', 'svg', '--format', 'html'], 'would both go to standard output'],
    ] as const) {
      const ran = phitrace(['map', dir, '--quiet', ...args]);
      expect([ran.status, ran.out]).toEqual([2, '']);
      expect(ran.err).toContain(why);
      expect(ran.err.trim().split('\n')).toHaveLength(1);
    }
  });

  it('is what docs/clinic-map.svg shows (npm run clinic-map draws it anew)', () => {
    const { out } = phitrace(['map', 'fixtures/clinic', '--today', TODAY, '--format', 'svg', '--quiet']);
    expect(out === readFileSync(path.join(ROOT, 'docs/clinic-map.svg'), 'utf8')).toBe(true);
  });
});
