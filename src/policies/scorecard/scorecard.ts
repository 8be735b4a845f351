/** The readiness card of a code base. Silence scores nothing: what neither code nor manifest shows is open. */
import type { FindingJson, ScorecardJson, ScoreRowJson } from '../../analysis.js';
import type { Exchange } from '../exchanges.js';
import type { PolicyInput } from '../input.js';
import { type CardRow, readinessCard } from './card.js';
import { Evidence, type Shown, shown } from './evidence.js';
import { ROWS } from './rows.js';

/** Days for which an attestation counts in full. */
const ATTESTATION_DAYS = 365;

export function scorecard(
  input: PolicyInput,
  exchanges: readonly Exchange[],
  findings: readonly FindingJson[],
): ScorecardJson {
  const card = readinessCard();
  const evidence = new Evidence(input, exchanges, findings);
  const rows = card.rows.map((row) => judge(input, evidence, row));
  const counted = rows.filter((row) => row.state !== 'not-applicable');
  const of = counted.reduce((sum, row) => sum + row.weight, 0);
  const points = counted.reduce((sum, row) => sum + row.points, 0);
  const percent = of === 0 ? 0 : Math.round((points / of) * 100);
  const band = percent >= card.ready ? 'ready' : percent >= card.proceed ? 'proceed' : 'not-ready';
  return { rows, total: { points, of, percent, band } };
}

function shownBy(evidence: Evidence, row: CardRow): Shown {
  evidence.silenced.clear();
  const seen = ROWS[row.id]?.(evidence) ?? shown('open', 'nobody has attested to it');
  const off = [...evidence.silenced].join(', ');
  return off !== '' && seen.state !== 'failed' ? shown('open', `switched off: ${off}`) : seen;
}

function judge(input: PolicyInput, evidence: Evidence, row: CardRow): ScoreRowJson {
  const seen = shownBy(evidence, row);
  const { attestations } = input.manifest;
  const attested = Object.hasOwn(attestations, row.id) ? attestations[row.id] : undefined;
  const base = { id: row.id, holds: row.holds, weight: row.weight };
  const score = (state: ScoreRowJson['state'], share: number, facts: readonly string[]): ScoreRowJson => ({
    ...base,
    state,
    points: row.weight * share,
    evidence: facts,
  });
  if (attested !== undefined) {
    const { by, date } = attested;
    const says = `${attested.evidence} (${by}, ${date})`;
    if (/^not applicable\b/i.test(attested.evidence)) {
      // Nobody can vouch for the absence of what the code shows.
      if (row.optional === true && seen.state === 'open') return score('not-applicable', 0, [says]);
    } else if (seen.state !== 'failed' && seen.state !== 'proved') {
      const age = (Date.parse(input.today) - Date.parse(date)) / 86_400_000;
      const old = age > ATTESTATION_DAYS || age < 0;
      return score(
        'attested',
        old ? 0.5 : 1,
        old ? [says, 'the attestation is not of the last year: half counts'] : [says],
      );
    }
  }
  switch (seen.state) {
    case 'proved':
      return score('proved', 1, seen.evidence);
    case 'partly':
      return score('partly', 0.5, seen.evidence);
    default:
      return score(seen.state, 0, seen.evidence);
  }
}
