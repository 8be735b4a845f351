/** The readiness card as text, JSON and Markdown. */
import { Chalk, type ColorSupportLevel } from 'chalk';
import type { AnalysisResult, ScorecardJson, ScoreRowJson } from '../analysis.js';
import { printable, printableJson } from './escape.js';
import { padded, wrap } from './layout.js';
import { plainMarkdown } from './markdown-text.js';
import type { Table } from './table.js';

export type RenderScorecard = (
  result: AnalysisResult,
  screen: { readonly color: ColorSupportLevel; readonly width: number },
) => string;

const STATES: Readonly<Record<ScoreRowJson['state'], string>> = {
  proved: 'proved',
  partly: 'in part',
  attested: 'attested',
  open: 'open',
  failed: 'FAILED',
  'not-applicable': 'n/a',
};

const BANDS: Readonly<Record<ScorecardJson['total']['band'], string>> = {
  ready: 'ready',
  proceed: 'proceed while the gaps are closed',
  'not-ready': 'not ready: no real PHI yet',
};

const ABOUT = 'Evidence for a review, not legal advice. What neither code nor manifest shows scores nothing.';

/** Half points are halves, not decimals of many digits. */
function points(n: number): string {
  return Number.isInteger(n) ? String(n) : n.toFixed(1);
}

function scoreOf(row: ScoreRowJson): string {
  return row.state === 'not-applicable' ? '–' : `${points(row.points)}/${String(row.weight)}`;
}

function totalLine({ total }: ScorecardJson): string {
  return `${points(total.points)} of ${String(total.of)} points, ${String(total.percent)} %: ${BANDS[total.band]}`;
}

export const renderScorecardText: RenderScorecard = (result, { color, width }) => {
  const paint = new Chalk({ level: color });
  const card = result.scorecard();
  const paints = {
    proved: paint.green,
    attested: paint.green,
    partly: paint.yellow,
    open: paint.dim,
    failed: paint.red,
    'not-applicable': paint.dim,
  };
  const lines = card.rows.flatMap((row) => {
    const score = scoreOf(row);
    const state = paints[row.state](padded(STATES[row.state], 8));
    return [
      `  ${state}  ${padded(score, 5, 'right')}  ${padded(row.id, 22)}  ${row.holds}`,
      ...row.evidence
        .flatMap((one) => wrap(printable(one), Math.max(40, width - 20)))
        .map((one) => paint.dim(`${' '.repeat(19)}${one}`)),
    ];
  });
  return [
    paint.bold(`Readiness card, as of ${result.analysis.asOf}`),
    '',
    ...lines,
    '',
    paint.bold(totalLine(card)),
    paint.dim(ABOUT),
    '',
  ].join('\n');
};

export const renderScorecardJson: RenderScorecard = (result) => {
  const { tool, root, asOf } = result.analysis;
  const { rows, total } = result.scorecard();
  const document = { schemaVersion: 1, tool, root, asOf, rows, total };
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
};

export const renderScorecardMarkdown: RenderScorecard = (result) => {
  const card = result.scorecard();
  const rows = card.rows.map((row) => {
    const score = scoreOf(row);
    return `| ${row.id} | ${plainMarkdown(row.holds)} | ${STATES[row.state]} | ${score} | ${row.evidence.map(plainMarkdown).join('<br>')} |`;
  });
  return [
    '# Readiness card',
    '',
    `As of ${result.analysis.asOf}. **${totalLine(card)}.** ${ABOUT}`,
    '',
    '| row | what must hold | state | points | evidence |',
    '|---|---|---|---:|---|',
    ...rows,
    '',
  ].join('\n');
};

/** The card as a table of the map. */
export function scorecardTable(card: ScorecardJson): Table {
  return {
    id: 'scorecard',
    title: 'Readiness card',
    about: `${totalLine(card)}. ${ABOUT}`,
    head: ['Row', 'What must hold', 'State', 'Points', 'Evidence'],
    rows: card.rows.map((row) => [row.id, row.holds, STATES[row.state], scoreOf(row), row.evidence.join('; ') || '–']),
    tags: { column: 2, of: card.rows.map((row) => row.state) },
    numbers: [3],
  };
}
