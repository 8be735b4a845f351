/** `--format html`: the page that a review reads. The answers and the map come first, the tables after them. */
import type { AnalysisResult } from '../analysis.js';
import { counted } from './layout.js';
import { answers, exposures, flowsOf } from './map-answers.js';
import { changeOf, goneTexts } from './map-compare.js';
import { vendorName, type MapContext } from './map-context.js';
import { pageData } from './map-data.js';
import { fold } from './map-fold.js';
import { mapSection } from './map-html-drawing.js';
import { buildMap, phiFlows, type MapFlow, type MapModel } from './map-model.js';
import { mark } from './map-svg.js';
import { tables } from './map-tables.js';
import { dataOf, dataText, isEmpty, listed, placesOf, TRUST_WORDS, TRUSTS } from './words.js';
import { jsonInScript, markup } from './markup.js';
import { page, pageFoot, pageHead, pageWarnings } from './page.js';
import { foldable, scrolled, section, tableHtml } from './table.js';

export function renderMapHtml(result: AnalysisResult, context: MapContext): string {
  const model = buildMap(result.analysis, result.cleanings);
  const folded = fold(model);
  const { organization = null } = context.terms ?? {};
  const title = `PHI data-flow map${organization === null ? '' : `: ${organization}`}`;
  return page({
    title,
    kind: 'map-page',
    scripts: ['links', 'map-page'],
    body: [
      pageHead(result, title),
      '<main>',
      '<div class="first">',
      pageWarnings(result),
      counts(model),
      questions(result, model, context),
      mapSection(result, model, folded, context),
      '</div>',
      changes(model, context),
      ...tables(result, model, context).map(tableHtml),
      exposureTable(model, context),
      flowTable(model, context),
      '</main>',
      pageFoot(result),
      DIALOG,
    ],
    data: `<script type="application/json" id="page-data">${jsonInScript(pageData(result, model, folded, context))}</script>`,
  });
}

const DIALOG =
  '<dialog id="flows-dialog" aria-labelledby="dialog-title"><div class="dialog-head"><h2 id="dialog-title">Flows</h2><button type="button" id="dialog-close">Close</button></div><p id="dialog-note" class="soft"></p><div id="dialog-flows"></div></dialog>';

function counts(model: MapModel): string {
  const items = TRUSTS.filter((t) => t !== 'deidentified').map((trust) => {
    const n = model.recipients.filter((r) => r.trust === trust && phiFlows(model, r.flows).length > 0).length;
    const flows = counted(flowsOf(model, trust), 'flow');
    return `<li class="${trust}"><svg width="20" height="20" aria-hidden="true">${mark(trust, 10, 10)}</svg><b>${n}</b><span>${TRUST_WORDS[trust].title}<br> <span class="soft">${flows}</span></span></li>`;
  });
  const clean = flowsOf(model, 'deidentified');
  if (clean > 0)
    items.push(
      `<li class="deidentified"><svg width="20" height="20" aria-hidden="true">${mark('deidentified', 10, 10)}</svg><b>${clean}</b><span>De-identified in full<br> <span class="soft">${clean === 1 ? 'flow' : 'flows'}, as declared</span></span></li>`,
    );
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

function changes(model: MapModel, { changes: c }: MapContext): string {
  if (c === null) return '';
  const now = model.flows.flatMap(({ flow, recipient, trust }) => {
    const change = changeOf(c, flow.fingerprint);
    return change === ''
      ? []
      : [[change, `${flow.file}:${flow.line}`, `${recipient.vendor} ${recipient.service}`, TRUST_WORDS[trust].short]];
  });
  const gone = goneTexts(c).map((text) => ['gone', text, '', '']);
  const about = [
    c.newRecipients.length > 0 ? `New recipients: ${listed(c.newRecipients)}.` : 'No new recipient.',
    ...(c.goneRecipients.length > 0 ? [`Recipients that are no more: ${listed(c.goneRecipients)}.`] : []),
  ].join(' ');
  return tableHtml({
    id: 'changes',
    title: `Changes since ${c.since}`,
    about,
    head: ['Change', 'Where', 'Recipient', 'Now'],
    rows: [...now, ...gone],
  });
}

function exposureTable(model: MapModel, { vendors }: MapContext): string {
  return tableHtml({
    id: 'exposure',
    title: 'What rests on each agreement',
    about: 'Flows that would stand without cover if the agreement ended or its scope shrank.',
    head: ['Vendor', 'Services in use', 'Data', 'Flows'],
    rows: exposures(model).map((e) => [vendorName(vendors, e.vendor), listed(e.services), e.data, String(e.flows)]),
    numbers: [3],
  });
}

/** What a flow carries, and what is gone of it by which step. */
function carried({ phi, removed }: MapFlow['flow'], gone: MapFlow['gone'], cleanings: MapFlow['cleanings']): string {
  const taken = dataOf([...gone, ...removed.map((letter) => ({ letter, category: '' }))]);
  const by = cleanings.length > 0 ? `, by ${listed([...new Set(cleanings.map((c) => c.by))])}` : '';
  if (phi.length === 0) return `nothing left of ${dataText(taken)}${by}`;
  return `${dataText(dataOf(phi))}${isEmpty(taken) ? '' : ` (without ${dataText(taken)}${by})`}`;
}

/** Every flow in one row; on paper it is what the click shows on the screen. */
function flowTable(model: MapModel, { vendors, changes: c }: MapContext): string {
  const names = new Map(model.sources.map((s) => [s.id, s.name]));
  const rows = model.flows.map(({ flow, recipient: r, trust, from, gone, cleanings }, i) => {
    const to = [vendorName(vendors, r.vendor), r.service, ...placesOf(r)].join(' ');
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
      `<td>${markup(carried(flow, gone, cleanings))}</td>`,
      `<td>${markup(to)}</td>`,
      `<td><span class="tag ${trust}">${TRUST_WORDS[trust].short}</span>${change === '' ? '' : ` <span class="tag">${change}</span>`}</td>`,
      `<td class="loose">${foldable(path.join(' → '))}</td>`,
    ];
    return `<tr data-flow="${i}">${cells.join('')}</tr>`;
  });
  const head = ['Flow', 'From', 'Data', 'To', 'Cover', 'Path'].map((t) => `<th scope="col">${t}</th>`).join('');
  return section(
    {
      id: 'all-flows',
      title: 'Every flow',
      about:
        'One row for each place and recipient, with where its data is read, handed on and sent. Of data that was de-identified in full it tells the step that is said to do so; what that step really does is for its evidence to show.',
    },
    rows.length === 0 ? '<p>None.</p>' : scrolled('every flow', head, rows.join('')),
  );
}
