/** The tables of the map, as rows of plain text: the page and the Markdown dress them. */
import type { AnalysisResult, Severity } from '../analysis.js';
import { counted, thousands } from './layout.js';
import { inForce, vendorName, type MapContext } from './map-context.js';
import type { MapModel } from './map-model.js';
import { registryRows, type RegistryRow } from './map-registry.js';
import {
  byText,
  dataText,
  isEmpty,
  KIND_WORDS,
  LETTER_WORDS,
  listed,
  TRUSTS,
  TRUST_WORDS,
  type Trust,
} from './words.js';
import { scorecardTable } from './scorecard.js';
import { SEVERITIES } from './severity.js';
import type { Table } from './table.js';

export function tables(result: AnalysisResult, model: MapModel, context: MapContext): readonly Table[] {
  return [
    registry(result, model, context),
    agreements(result, context),
    deidentification(model, context),
    inventory(model, context),
    findings(result, context),
    scorecardTable(result.scorecard()),
    notAnalysed(result, model),
  ];
}

/** Every recipient that the code talks to, with PHI or without. */
function registry(result: AnalysisResult, model: MapModel, context: MapContext): Table {
  const rows = registryRows(result, model, context);
  return {
    id: 'registry',
    title: 'BAA registry',
    about:
      'Every recipient that the code talks to. The declared agreement nearest to it is named even where it does not cover.',
    head: [
      'Recipient',
      'Service',
      'Status',
      'Kind',
      'Data',
      'Calls',
      'PHI flows',
      'Agreement',
      'Effective',
      'Expires',
      'Reviewed',
      'Why',
    ],
    rows: rows.map((r) => [
      r.name,
      [r.service, listed([...r.regions, ...r.environments])].filter((w) => w !== '').join(': '),
      r.status,
      r.kind === null ? '–' : KIND_WORDS[r.kind],
      received(r),
      thousands(r.callSites),
      thousands(r.phiFlows),
      r.agreement || '–',
      r.terms === null ? '–' : (r.terms.executed ?? 'not executed'),
      r.terms?.expires ?? '–',
      r.terms === null ? '–' : (r.terms.reviewed ?? 'never'),
      r.why.join('; ') || '–',
    ]),
    tags: { column: 2, of: rows.map((r) => r.trust) },
    numbers: [5, 6],
  };
}

function received(r: RegistryRow): string {
  const parts = [
    ...(r.phiFlows > 0 ? [dataText(r)] : []),
    ...(r.cleanFlows > 0 ? [`nothing left in ${counted(r.cleanFlows, r.phiFlows > 0 ? 'more flow' : 'flow')}`] : []),
  ];
  return parts.join('; ') || '–';
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

/** What the manifest says of its cleaners, and which letters were seen to be taken out before a recipient got the rest. */
function deidentification(model: MapModel, { terms, vendors }: MapContext): Table {
  const through = (name: string): number => model.flows.filter((f) => f.cleanings.some((c) => c.by === name)).length;
  const declared = (terms?.deidentifiers ?? []).map((d) => [
    d.function,
    `declared: ${d.method}`,
    d.removes === 'all' ? 'all identifiers' : d.removes.join(' '),
    '–',
    '–',
    thousands(through(d.function.slice(d.function.indexOf('#') + 1))),
    d.evidence ?? 'none named',
  ]);
  const seen = model.processes
    .filter((p) => p.kind === 'cleaned' || p.by.length > 0 || !isEmpty(p.removes))
    .map((p) => {
      const to = new Set(p.flows.map((i) => vendorName(vendors, model.flows[i]?.recipient.vendor ?? '')));
      const places = new Set(
        p.flows.flatMap((i) => model.flows[i]?.cleanings.map(({ step }) => `${step.file}:${step.line}`) ?? []),
      );
      return [
        p.by.length > 0
          ? `${listed(p.by)}, called at ${listed([...places].sort(byText), 3)}`
          : 'fields left out by the code',
        'seen in the code',
        isEmpty(p.removes) ? 'nothing that was seen' : dataText(p.removes),
        p.kind === 'cleaned' ? 'nothing' : dataText(p),
        listed([...to].sort(byText)),
        thousands(p.flows.length),
        '–',
      ];
    });
  return {
    id: 'deidentification',
    title: 'De-identification',
    about:
      'Steps as they are declared, then as they are seen on the way of data. What a step takes out is what the manifest or the rules say of it; whether it really does is for its evidence to show. A declared step without flows was seen on no way to a recipient.',
    head: ['Step', 'Known from', 'Removes', 'Leaves', 'On the way to', 'Flows', 'Evidence'],
    rows: [...declared, ...seen],
    numbers: [5],
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
  const sent = TRUSTS.filter((t) => t !== 'deidentified');
  const order = (key: string): string => (key.length === 1 ? `0${key}` : `1${key}`);
  const rows = [...items]
    .sort(([a], [b]) => byText(order(a), order(b)))
    .map(([key, item]) => [
      key.length === 1 ? `${key} ${LETTER_WORDS[key] ?? ''}`.trim() : key.replace(/-/g, ' '),
      listed([...item.places].sort(byText), 8),
      thousands(item.flows.size),
      ...sent.map((t) => listed([...(item.to.get(t) ?? [])].sort(byText)) || '–'),
      [...item.sensitive].sort().join(', ') || '–',
    ]);
  return {
    id: 'inventory',
    title: 'PHI by Safe Harbor letter',
    about: 'Identifiers of 45 CFR 164.514(b)(2)(i)(A)–(R), then health information without a letter.',
    head: ['Identifier', 'Found in', 'Flows', ...sent.map((t) => `To: ${TRUST_WORDS[t].short}`), 'Needs more care'],
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
