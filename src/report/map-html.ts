/**
 * `--format html`: the page that a review reads. One file that needs nothing else and may load nothing else: the policy
 * in its head allows this very style sheet and this very script, by their hashes, and no address at all.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AnalysisResult } from '../analysis.js';
import { counted } from './layout.js';
import { answers, exposures, flowsOf } from './map-answers.js';
import { changeOf, goneText } from './map-compare.js';
import { vendorName, type MapContext } from './map-context.js';
import { pageData } from './map-data.js';
import { fold } from './map-fold.js';
import { PAGE_STYLE } from './map-html-style.js';
import { layOut } from './map-layout.js';
import { buildMap, type MapModel } from './map-model.js';
import { drawing, endsOf, mark } from './map-svg.js';
import { tables, type Table } from './map-tables.js';
import { dataOf, dataText, LETTER_WORDS, listed, TRUSTS, TRUST_WORDS } from './map-words.js';
import { jsonInScript, markup } from './markup.js';

/** Compiled from page/map-page.ts; the same place from src and from dist. */
const SCRIPT = new URL('../../dist/report/page/map-page.js', import.meta.url);

/** Rows of a column that fit on one page with the answers. */
const PAPER_ROWS = 26;

export function renderMapHtml(result: AnalysisResult, context: MapContext): string {
  const model = buildMap(result.analysis);
  const folded = fold(model);
  const script = `\n${readFileSync(SCRIPT, 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, '')}`;
  const policy = `default-src 'none'; style-src '${hash(PAGE_STYLE)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'`;
  const { organization = null } = context.terms ?? {};
  const title = `PHI data-flow map${organization === null ? '' : `: ${organization}`}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${markup(title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    '<body class="map-page">',
    head(result, title),
    '<main>',
    counts(model),
    questions(result, model, context),
    map(result, model, folded, context),
    changes(model, context),
    ...tables(result, model, context).map((t) => table(t)),
    exposureTable(model, context),
    flowTable(model, context),
    '</main>',
    `<footer>Made by phitrace ${markup(result.analysis.tool.version)} from the code alone, as of ${markup(result.analysis.asOf)}. Evidence for a review, not legal advice and not proof of compliance. Names of data are names in the code; values are never read.</footer>`,
    DIALOG,
    `<script type="application/json" id="map-data">${jsonInScript(pageData(result, model, folded, context))}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const DIALOG =
  '<dialog id="flows-dialog" aria-labelledby="dialog-title"><div class="dialog-head"><h2 id="dialog-title">Flows</h2><button type="button" id="dialog-close">Close</button></div><p id="dialog-note" class="soft"></p><div id="dialog-flows"></div></dialog>';

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function head({ analysis, details, partial }: AnalysisResult, title: string): string {
  const warnings = [
    ...(partial
      ? ['The analysis is partial: some code was not analysed, so flows may be missing. See “What was not analysed”.']
      : []),
    ...(details.manifest === null
      ? ['There is no baa.yaml: nothing is known of agreements, and no vendor counts as covered.']
      : []),
    ...(analysis.flows.length === 0 && details.sources === 0
      ? ['No PHI source was recognised in this folder: nothing could be traced.']
      : []),
  ];
  const { files, lines } = analysis.summary;
  const read = `${counted(files, 'file')}, ${counted(lines, 'line')} read`;
  return `<header><h1>${markup(title)}</h1><p class="soft">As of <b>${markup(analysis.asOf)}</b> · ${read} · phitrace ${markup(analysis.tool.version)}</p></header>${warnings.map((w) => `<p class="warning"><b>Note:</b> ${markup(w)}</p>`).join('')}`;
}

function counts(model: MapModel): string {
  const items = TRUSTS.map((trust) => {
    const n = model.recipients.filter((r) => r.trust === trust).length;
    const flows = counted(flowsOf(model, trust), 'flow');
    return `<li class="${trust}"><svg width="20" height="20" aria-hidden="true">${mark(trust, 10, 10)}</svg><b>${n}</b><span>${TRUST_WORDS[trust].title}<br> <span class="soft">${flows}</span></span></li>`;
  });
  return `<ul class="counts" aria-label="Recipients of PHI by trust">${items.join('')}</ul>`;
}

const SIGNS = { good: '✓', bad: '✗', open: '?' } as const;
const SAID = { good: 'in order', bad: 'needs action', open: 'not proved' } as const;

function questions(result: AnalysisResult, model: MapModel, context: MapContext): string {
  const cards = answers(result, model, context).map(
    (a) =>
      `<article class="answer ${a.verdict}"><h2>${markup(a.question)}</h2><p class="short"><span role="img" aria-label="${SAID[a.verdict]}">${SIGNS[a.verdict]}</span> ${markup(a.short)}</p><p class="long">${markup(a.text)}</p></article>`,
  );
  return `<section class="questions" aria-label="What reviewers ask"><div class="answers">${cards.join('')}</div></section>`;
}

function map(result: AnalysisResult, model: MapModel, folded: MapModel, context: MapContext): string {
  const ends = endsOf(context, result.analysis.asOf);
  const svg = (m: MapModel, prefix: string, paper = false): string => {
    const layout = layOut(m, paper);
    const name = `Map of PHI flows: ${counted(m.sources.length, 'source')}, ${counted(m.recipients.length, 'recipient')}. Arrow keys move, Enter opens the flows.`;
    return `<svg class="map" viewBox="0 0 ${layout.width} ${layout.height}" role="group" aria-label="${markup(name)}">${drawing(layout, { vendors: context.vendors, ends, prefix, interactive: !paper })}</svg>`;
  };
  const both = folded !== model;
  const hint = 'Choose a source, a step, a recipient or a line to see its flows and their paths through the code.';
  return [
    `<section class="drawing" id="map" aria-labelledby="map-title"><h2 id="map-title">The map</h2><p class="soft hint">${hint}</p>`,
    controls(model, both),
    narrow(model, context),
    `<div class="scroll" id="map-folded" tabindex="0" role="region" aria-label="Drawing">${svg(folded, 'm')}</div>`,
    both
      ? `<div class="scroll" id="map-whole" tabindex="0" role="region" aria-label="Drawing with all recipients" hidden>${svg(model, 'w')}</div>`
      : '',
    `<div class="paper-map" aria-hidden="true">${svg(fold(model, PAPER_ROWS), 'p', true)}</div>`,
    LEGEND,
    '</section>',
  ].join('');
}

/** On a narrow screen a list stands before the drawing, which has to be scrolled there. */
function narrow(model: MapModel, { vendors }: MapContext): string {
  const groups = TRUSTS.flatMap((trust) => {
    const own = model.recipients.filter((r) => r.trust === trust);
    if (own.length === 0) return [];
    const items = own.map((r) => {
      const where = [r.region, r.environment].filter((w) => w !== null).join(', ');
      const name = [vendorName(vendors, r.vendor), r.service, where].filter((w) => w !== '').join(' · ');
      return `<li><button type="button" data-list="${markup(r.id)}"><b>${markup(name)}</b><br><span class="soft">${counted(r.flows.length, 'flow')}: ${markup(dataText(r))}</span></button></li>`;
    });
    return [
      `<h3 class="${trust}"><svg width="18" height="18" aria-hidden="true">${mark(trust, 9, 9)}</svg> ${TRUST_WORDS[trust].title}</h3><ul>${items.join('')}</ul>`,
    ];
  });
  return `<div class="narrow">${groups.join('')}</div>`;
}

function controls(model: MapModel, both: boolean): string {
  const letters = dataOf(model.flows.flatMap((f) => f.flow.phi)).letters;
  const options = letters.map(
    (l) => `<option value="${markup(l)}">${markup(`${l} ${LETTER_WORDS[l] ?? ''}`)}</option>`,
  );
  const boxes = TRUSTS.filter((t) => flowsOf(model, t) > 0).map(
    (t) => `<label><input type="checkbox" name="trust" value="${t}" checked> ${TRUST_WORDS[t].short}</label>`,
  );
  const unfold = both
    ? `<button type="button" id="unfold" aria-pressed="false">Show all ${model.recipients.length} recipients</button>`
    : '';
  return `<div class="controls" id="controls" role="search" aria-label="Filter the flows" hidden><label>Search <input type="search" id="search" placeholder="vendor, data, file …" autocomplete="off"></label><label>Identifier <select id="letter"><option value="">any</option>${options.join('')}</select></label><fieldset><legend>Recipients</legend>${boxes.join('')}</fieldset>${unfold}<span id="status" role="status"></span></div>`;
}

const SAMPLE = (classes: string): string =>
  `<svg width="44" height="12" aria-hidden="true"><g class="edge ${classes}"><path class="line" d="M1 6H43" stroke-width="5"/></g></svg>`;
const LEGEND = `<ul class="legend" aria-label="Legend">${[
  ...TRUSTS.map((t) => `${SAMPLE(t)} to ${TRUST_WORDS[t].title.toLowerCase().replace('baa', 'BAA')}`),
  `${SAMPLE('uncovered cleaned')} de-identified in part: −A stands for letters that are gone`,
  'Width: number of flows; one flow can carry data of several sources',
  'A–R: identifiers of 45 CFR 164.514(b)(2)(i)',
]
  .map((item) => `<li>${item}</li>`)
  .join('')}</ul>`;

function changes(model: MapModel, { changes: c }: MapContext): string {
  if (c === null) return '';
  const now = model.flows.flatMap(({ flow, recipient, trust }) => {
    const change = changeOf(c, flow.fingerprint);
    return change === ''
      ? []
      : [[change, `${flow.file}:${flow.line}`, `${recipient.vendor} ${recipient.service}`, TRUST_WORDS[trust].short]];
  });
  const gone = c.gone.map((flow) => ['gone', goneText(flow), '', '']);
  const about = [
    c.newRecipients.length > 0 ? `New recipients: ${listed(c.newRecipients)}.` : 'No new recipient.',
    ...(c.goneRecipients.length > 0 ? [`Recipients that are no more: ${listed(c.goneRecipients)}.`] : []),
  ].join(' ');
  return table({
    id: 'changes',
    title: `Changes since ${c.since}`,
    about,
    head: ['Change', 'Where', 'Recipient', 'Now'],
    rows: [...now, ...gone],
  });
}

function exposureTable(model: MapModel, { vendors }: MapContext): string {
  return table({
    id: 'exposure',
    title: 'What rests on each agreement',
    about: 'Flows that would stand without cover if the agreement ended or its scope shrank.',
    head: ['Vendor', 'Services in use', 'Data', 'Flows'],
    rows: exposures(model).map((e) => [vendorName(vendors, e.vendor), listed(e.services), e.data, String(e.flows)]),
    numbers: [3],
  });
}

function table(t: Table): string {
  const numbers = new Set(t.numbers ?? []);
  const kind = (i: number): string => (numbers.has(i) ? ' class="number"' : '');
  const rows = t.rows.map((row, r) => {
    const trust = t.trusts?.[r] ?? null;
    const cells = row.map((text, i) => {
      if (i === 0) return `<th scope="row">${markup(text)}</th>`;
      if (i === 2 && trust !== null) return `<td><span class="tag ${trust}">${markup(text)}</span></td>`;
      return `<td${numbers.has(i) ? ' class="number"' : text.length > 24 ? ' class="loose"' : ''}>${markup(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const body =
    rows.length === 0
      ? '<p>None.</p>'
      : `<div class="scroll" tabindex="0" role="region" aria-label="Table: ${markup(t.title)}"><table><thead><tr>${t.head.map((h, i) => `<th scope="col"${kind(i)}>${markup(h)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  return `<section class="appendix" aria-labelledby="${t.id}"><h2 id="${t.id}">${markup(t.title)}</h2><p class="about">${markup(t.about)}</p>${body}</section>`;
}

/** Every flow in one row; on paper it is what the click shows on the screen. */
function flowTable(model: MapModel, { vendors, changes: c }: MapContext): string {
  const names = new Map(model.sources.map((s) => [s.id, s.name]));
  const rows = model.flows.map(({ flow, recipient: r, trust, from }, i) => {
    const to = [vendorName(vendors, r.vendor), r.service, r.region ?? '', r.environment ?? '']
      .filter((w) => w !== '')
      .join(' ');
    const stations: string[] = [];
    for (const { file, line } of flow.path) if (stations.at(-1) !== `${file}:${line}`) stations.push(`${file}:${line}`);
    const path =
      stations.length > 4 ? [...stations.slice(0, 1), `… ${stations.length - 3} …`, ...stations.slice(-2)] : stations;
    const change = changeOf(c, flow.fingerprint);
    const cells = [
      `<th scope="row">${i + 1} <button type="button" class="screen" aria-label="Path of flow ${i + 1}">path</button></th>`,
      `<td>${markup(
        listed(
          from.map((id) => names.get(id) ?? id),
          5,
        ),
      )}</td>`,
      `<td>${markup(dataText(dataOf(flow.phi)))}${flow.removed.length > 0 ? markup(` (without ${flow.removed.join(' ')})`) : ''}</td>`,
      `<td>${markup(to)}</td>`,
      `<td><span class="tag ${trust}">${TRUST_WORDS[trust].short}</span>${change === '' ? '' : ` <span class="tag">${change}</span>`}</td>`,
      `<td class="loose">${markup(path.join(' → '))}</td>`,
    ];
    return `<tr data-flow="${i}">${cells.join('')}</tr>`;
  });
  const titles = ['Flow', 'From', 'Data', 'To', 'Cover', 'Path'];
  const body = `<div class="scroll" tabindex="0" role="region" aria-label="Table: every flow"><table><thead><tr>${titles.map((t) => `<th scope="col">${t}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  return `<section class="appendix" aria-labelledby="all-flows"><h2 id="all-flows">Every flow</h2><p class="about">One row for each place and recipient, with where its data is read, handed on and sent.</p>${rows.length === 0 ? '<p>None.</p>' : body}</section>`;
}
