/** The tables of the map, as rows of plain text: the page and the Markdown dress them. */
import type { AnalysisResult, Severity } from '../analysis.js';
import { thousands } from './layout.js';
import { agreementFor, inForce, vendorName, type MapContext } from './map-context.js';
import type { MapModel } from './map-model.js';
import { byText, LETTER_WORDS, listed, TRUSTS, TRUST_WORDS, type Trust } from './map-words.js';
import { SEVERITIES } from './severity.js';

export interface Table {
  readonly id: string;
  readonly title: string;
  /** What it is, and what it is not. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Trust of each row, where a row has one. */
  readonly trusts?: readonly (Trust | null)[];
  /** Columns that hold numbers. */
  readonly numbers?: readonly number[];
}

export function tables(result: AnalysisResult, model: MapModel, context: MapContext): readonly Table[] {
  return [
    registry(result, model, context),
    agreements(result, context),
    inventory(model, context),
    findings(result, context),
    notAnalysed(result, model),
  ];
}

/** Every recipient that the code talks to, with PHI or without. */
function registry({ analysis }: AnalysisResult, model: MapModel, { vendors, terms }: MapContext): Table {
  const rows = analysis.recipients.map((r) => {
    const own = model.recipients.filter((m) => m.registry === `${r.vendor}/${r.service}`);
    const trusts = TRUSTS.filter((t) => own.some((m) => m.trust === t));
    // A recipient that is covered here and not there is as bad as its worst.
    const trust: Trust | null = trusts.at(-1) ?? null;
    const agreement = agreementFor(terms, r.vendor, r.service, analysis.asOf);
    const places = own
      .map((m) => [m.region, m.environment].filter((w) => w !== null).join(', '))
      .filter((w) => w !== '');
    const status =
      trust === null
        ? r.covered
          ? 'covered, no PHI seen'
          : 'no PHI seen'
        : trusts.map((t) => TRUST_WORDS[t].short).join(' and ');
    const cells = [
      vendorName(vendors, r.vendor),
      r.service,
      status,
      r.agreement ?? '–',
      agreement?.expires ?? '–',
      listed([...new Set(places)]) || '–',
      thousands(r.callSites),
      thousands(r.phiFlows),
      listed([...new Set(own.map((m) => m.why))].sort(byText)),
      dataTo(model, r.vendor, r.service),
    ];
    return { cells, trust };
  });
  rows.sort((a, b) => rank(a.trust) - rank(b.trust) || byText(a.cells.join(), b.cells.join()));
  return {
    id: 'registry',
    title: 'BAA registry',
    about:
      'Every recipient that the code talks to. The declared agreement nearest to it is named even where it does not cover.',
    head: [
      'Recipient',
      'Service',
      'Status',
      'Agreement',
      'Ends',
      'Region, environment',
      'Calls',
      'PHI flows',
      'Why',
      'Data',
    ],
    rows: rows.map((r) => r.cells),
    trusts: rows.map((r) => r.trust),
    numbers: [6, 7],
  };
}

/** Letters and categories that reach a service: `A C clinical`. */
function dataTo(model: MapModel, vendor: string, service: string): string {
  const kinds = model.flows
    .filter(({ recipient }) => recipient.vendor === vendor && recipient.service === service)
    .flatMap(({ flow }) => flow.phi.map((item) => item.letter ?? item.category));
  return [...new Set(kinds)].sort(byText).join(' ') || '–';
}

/** The worst first; without PHI last. */
function rank(trust: Trust | null): number {
  return ['uncovered', 'unknown', 'covered', 'own', null].indexOf(trust);
}

function agreements({ analysis }: AnalysisResult, { terms, vendors }: MapContext): Table {
  const rows = (terms?.agreements ?? []).map((a) => [
    vendorName(vendors, a.vendor),
    a.plan ?? '–',
    a.services === 'all' ? 'all that can be covered' : listed(a.services),
    a.regions === null ? 'any' : listed(a.regions),
    a.executed ?? 'not executed',
    a.expires ?? '–',
    a.reviewed ?? 'never',
    inForce(a, analysis.asOf) ? 'in force' : 'not in force',
    a.document ?? '–',
  ]);
  return {
    id: 'agreements',
    title: 'Agreements that the manifest declares',
    about: 'As baa.yaml states them; phitrace does not read the contracts.',
    head: ['Vendor', 'Plan', 'Services', 'Regions', 'Executed', 'Ends', 'Scope reviewed', 'State', 'Document'],
    rows,
  };
}

/** PHI by letter, and where each goes. */
function inventory(model: MapModel, { vendors }: MapContext): Table {
  const items = new Map<
    string,
    { places: Set<string>; to: Map<Trust, Set<string>>; flows: Set<number>; sensitive: Set<string> }
  >();
  model.flows.forEach(({ flow, recipient, trust }, i) => {
    for (const { letter, category, via, sensitive } of flow.phi) {
      const key = letter ?? category;
      let item = items.get(key);
      if (item === undefined)
        items.set(key, (item = { places: new Set(), to: new Map(), flows: new Set(), sensitive: new Set() }));
      item.places.add(via.replace(/^model output about /, ''));
      item.flows.add(i);
      if (sensitive !== null) item.sensitive.add(sensitive);
      const names = item.to.get(trust) ?? new Set();
      item.to.set(trust, names.add(vendorName(vendors, recipient.vendor)));
    }
  });
  const order = (key: string): string => (key.length === 1 ? `0${key}` : `1${key}`);
  const rows = [...items]
    .sort(([a], [b]) => byText(order(a), order(b)))
    .map(([key, item]) => [
      key.length === 1 ? `${key} ${LETTER_WORDS[key] ?? ''}`.trim() : key.replace(/-/g, ' '),
      listed([...item.places].sort(byText), 8),
      thousands(item.flows.size),
      ...TRUSTS.map((t) => listed([...(item.to.get(t) ?? [])].sort(byText)) || '–'),
      [...item.sensitive].sort().join(', ') || '–',
    ]);
  return {
    id: 'inventory',
    title: 'PHI by Safe Harbor letter',
    about: 'Identifiers of 45 CFR 164.514(b)(2)(i)(A)–(R), then health information without a letter.',
    head: ['Identifier', 'Found in', 'Flows', ...TRUSTS.map((t) => `To: ${TRUST_WORDS[t].short}`), 'Needs more care'],
    rows,
    numbers: [2],
  };
}

function findings({ analysis }: AnalysisResult, { rules }: MapContext): Table {
  const questions = new Map(rules.map((r) => [r.id, r.question]));
  const byRule = new Map<string, { severities: Map<Severity, number>; places: Set<string>; accepted: number }>();
  for (const f of analysis.findings) {
    let rule = byRule.get(f.ruleId);
    if (rule === undefined) byRule.set(f.ruleId, (rule = { severities: new Map(), places: new Set(), accepted: 0 }));
    if (f.suppressed !== null) rule.accepted++;
    else {
      rule.severities.set(f.severity, (rule.severities.get(f.severity) ?? 0) + 1);
      rule.places.add(`${f.file}:${f.line}`);
    }
  }
  const rows = [...byRule]
    .sort(([a], [b]) => byText(a, b))
    .map(([id, rule]) => [
      id,
      questions.get(id) ?? '',
      ...SEVERITIES.map((s) => thousands(rule.severities.get(s) ?? 0)),
      thousands(rule.accepted),
      listed([...rule.places].sort(byText), 6) || '–',
    ]);
  return {
    id: 'findings',
    title: 'Findings by rule',
    about: 'phitrace check tells each in full, with what to do.',
    head: ['Rule', 'Question', 'Errors', 'Warnings', 'Notes', 'Accepted', 'Where'],
    rows,
    numbers: [2, 3, 4, 5],
  };
}

function notAnalysed(result: AnalysisResult, model: MapModel): Table {
  const { analysis, details } = result;
  const unsure = model.flows.filter((f) => f.flow.confidence !== 'high').length;
  const unknown = model.flows.filter((f) => f.trust === 'unknown').length;
  const unread = analysis.findings.filter((f) => f.ruleId === 'unanalysed-file');
  const rows = [
    [
      'Files and functions that were not analysed',
      thousands(analysis.summary.unanalysed),
      listed(
        unread.map((f) => `${f.file}:${f.line}`),
        6,
      ) || '–',
    ],
    ...Object.entries(details.gaps).map(([reason, n]) => ['Not understood', thousands(n), reason]),
    ['Flows whose destination the code does not show', thousands(unknown), 'counted as not covered'],
    ['Flows of medium or low confidence', thousands(unsure), 'a step of the path was inferred'],
  ];
  return {
    id: 'gaps',
    title: 'What was not analysed',
    about: `${thousands(analysis.summary.files)} files (${thousands(analysis.summary.lines)} lines) were. Code in other languages, infrastructure outside of the folder and what people do by hand are not seen.`,
    head: ['What', 'Number', 'Which'],
    rows,
    numbers: [1],
  };
}
