import { describe, expect, it } from 'vitest';
import type { ScoreRowJson, ScorecardJson } from '../../analysis.js';
import { judge } from '../index.js';
import { agreement, flow, type Made, NAME, handmade, recipient, siteOf, use } from '../testing/handmade.js';
import { readinessCard } from './card.js';

const card = (made: Made = {}): ScorecardJson => judge(handmade(made)).scorecard();
const row = (id: string, made: Made = {}): ScoreRowJson => card(made).rows.find((one) => one.id === id)!;
const said = (id: string, evidence: string, date = '2026-06-01'): Made => ({
  manifest: { attestations: { [id]: { evidence, by: 'privacy officer', date } } },
});

describe('the card', () => {
  it('has 25 rows that weigh 76 together', () => {
    const { rows } = card();
    expect(rows).toHaveLength(25);
    expect(new Set(rows.map((one) => one.id)).size).toBe(25);
    expect(rows.reduce((sum, one) => sum + one.weight, 0)).toBe(76);
    expect([readinessCard().ready, readinessCard().proceed]).toEqual([79, 57]);
  });

  it('gives silence nothing', () => {
    const { rows, total } = card();
    expect(rows.filter((one) => one.points > 0)).toEqual([]);
    expect(total).toEqual({ points: 0, of: 76, percent: 0, band: 'not-ready' });
  });

  it('adds up what its rows score, each with its evidence', () => {
    const attestations = Object.fromEntries(
      readinessCard().rows.map(({ id }) => [id, { evidence: 'minutes', by: 'privacy officer', date: '2026-06-01' }]),
    );
    const { rows, total } = card({ manifest: { attestations } });
    expect(total.points).toBe(rows.reduce((sum, one) => sum + one.points, 0));
    expect([total.of, total.percent, total.band]).toEqual([76, 100, 'ready']);
    expect(rows.filter((one) => one.evidence.length === 0)).toEqual([]);
  });
});

describe('an attestation', () => {
  it('counts with who said it and when', () => {
    expect(row('incident-plan', said('incident-plan', 'docs/incident.md'))).toMatchObject({
      ...{ state: 'attested', points: 2, evidence: ['docs/incident.md (privacy officer, 2026-06-01)'] },
    });
  });
  it.each([
    ['of more than a year ago', '2025-11-01'],
    ['of tomorrow', '2026-11-23'],
  ])('%s counts half', (_when, date) => {
    expect(row('incident-plan', said('incident-plan', 'docs/incident.md', date))).toMatchObject({ points: 1 });
  });
  it('takes an optional row off the total, and no other one', () => {
    const none = 'not applicable: there is no audio';
    expect(row('audio-retention', said('audio-retention', none)).state).toBe('not-applicable');
    expect(card(said('audio-retention', none)).total.of).toBe(74);
    expect(row('incident-plan', said('incident-plan', none)).state).toBe('open');
  });
});

describe('what the code shows', () => {
  const files = { 'src/a.ts': 'send(p);\n' };
  const site = siteOf(files, 'src/a.ts', 'send(p)');
  const openai = recipient('openai', 'chat-completions');
  const sent = flow(site, openai, [NAME]);
  const answered = { ...sent, call: { ...sent.call, output: true } };
  const leak: Made = { files, flows: { flows: [answered], uses: [use(site, openai)] } };

  it('beats what somebody says', () => {
    const found = row('baa-executed', { ...leak, ...said('baa-executed', 'contracts/openai.pdf') });
    expect([found.state, found.points]).toEqual(['failed', 0]);
    expect(found.evidence.join()).toContain('openai/chat-completions');
  });
  it('proves an agreement that is in force', () => {
    const manifest = { agreements: [agreement('openai')] };
    expect(row('baa-executed', { ...leak, manifest })).toMatchObject({ state: 'proved', points: 4 });
  });
});
