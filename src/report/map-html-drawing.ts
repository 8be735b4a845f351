/** The picture on the page: how it is filtered, how it is drawn on a wide and a narrow screen and on paper, what its signs mean. */
import type { AnalysisResult } from '../analysis.js';
import { counted } from './layout.js';
import { flowsOf } from './map-answers.js';
import { vendorName, type MapContext } from './map-context.js';
import { fold } from './map-fold.js';
import { layOut } from './map-layout.js';
import { phiFlows, type MapModel, type MapRecipient } from './map-model.js';
import { drawing, endsOf, mark } from './map-svg.js';
import { dataOf, dataText, LETTER_WORDS, placesOf, TRUST_WORDS, TRUSTS } from './words.js';
import { markup } from './markup.js';
import { kindFilter } from './page.js';

/** Rows of a column that fit on one page with the answers. */
const PAPER_ROWS = 26;

export function mapSection(result: AnalysisResult, model: MapModel, folded: MapModel, context: MapContext): string {
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
    controls(model, folded),
    narrow(model, context),
    `<div class="scroll" id="map-folded" tabindex="0" role="region" aria-label="Drawing">${svg(folded, 'm')}</div>`,
    both
      ? `<div class="scroll" id="map-whole" tabindex="0" role="region" aria-label="Drawing with nothing folded" hidden>${svg(model, 'w')}</div>`
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
      const where = placesOf(r).join(', ');
      const name = [vendorName(vendors, r.vendor), r.service, where].filter((w) => w !== '').join(' · ');
      return `<li><button type="button" data-list="${markup(r.id)}"><b>${markup(name)}</b><br><span class="soft">${markup(received(model, r))}</span></button></li>`;
    });
    return [
      `<h3 class="${trust}"><svg width="18" height="18" aria-hidden="true">${mark(trust, 9, 9)}</svg> ${TRUST_WORDS[trust].title}</h3><ul>${items.join('')}</ul>`,
    ];
  });
  return `<div class="narrow">${groups.join('')}</div>`;
}

/** `3 flows: A C + clinical; 1 de-identified in full`. */
function received(model: MapModel, r: MapRecipient): string {
  const phi = phiFlows(model, r.flows).length;
  const clean = r.flows.length - phi;
  const parts = [
    ...(phi > 0 ? [`${counted(phi, 'flow')}: ${dataText(r)}`] : []),
    ...(clean > 0 ? [`${counted(clean, 'flow')} de-identified in full`] : []),
  ];
  return parts.join('; ');
}

function controls(model: MapModel, folded: MapModel): string {
  const letters = dataOf(model.flows.flatMap((f) => f.flow.phi)).letters;
  const options = letters.map(
    (l) => `<option value="${markup(l)}">${markup(`${l} ${LETTER_WORDS[l] ?? ''}`)}</option>`,
  );
  const boxes = TRUSTS.filter((t) => flowsOf(model, t) > 0).map(
    (t) => `<label><input type="checkbox" name="trust" value="${t}" checked> ${TRUST_WORDS[t].short}</label>`,
  );
  const kind = kindFilter('Kind', new Set(model.recipients.map((r) => r.kind)));
  const unfold =
    folded === model
      ? ''
      : `<button type="button" id="unfold" aria-pressed="false">Show all ${folded.recipients.length < model.recipients.length ? counted(model.recipients.length, 'recipient') : counted(model.sources.length, 'source')}</button>`;
  return `<div class="controls" id="controls" role="search" aria-label="Filter the flows" hidden><label>Search <input type="search" id="search" placeholder="vendor, data, file …" autocomplete="off"></label><label>Identifier <select id="letter"><option value="">any</option>${options.join('')}</select></label>${kind}<div class="boxes" role="group" aria-label="Recipients">${boxes.join('')}</div>${unfold}<span id="status" role="status"></span></div>`;
}

const SAMPLE = (classes: string): string =>
  `<svg width="44" height="12" aria-hidden="true"><g class="edge ${classes}"><path class="line" d="M1 6H43" stroke-width="5"/></g></svg>`;
const LEGEND = `<ul class="legend" aria-label="Legend">${[
  ...TRUSTS.filter((t) => t !== 'deidentified').map(
    (t) => `${SAMPLE(t)} to ${TRUST_WORDS[t].title.toLowerCase().replace('baa', 'BAA')}`,
  ),
  `${SAMPLE('deidentified')} de-identified in full, by a step that baa.yaml declares or the rules know`,
  `${SAMPLE('uncovered cleaned')} de-identified in part: (−A) stands for letters that are gone`,
  'Width: number of flows; one flow can carry data of several sources',
  'A–R: identifiers of 45 CFR 164.514(b)(2)(i)',
]
  .map((item) => `<li>${item}</li>`)
  .join('')}</ul>`;
