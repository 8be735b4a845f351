/** The reviewers' questions, answered in words from the data; what is not proved is said as plainly as what is. */
import type { AnalysisResult, FindingJson } from '../analysis.js';
import { counted } from './layout.js';
import { inForce, vendorName, type MapContext } from './map-context.js';
import { phiFlows, type MapModel, type MapRecipient } from './map-model.js';
import { byText, dataOf, dataText, listed, regionText, SOURCE_KINDS, type SourceKind, type Trust } from './words.js';

export type Verdict = 'good' | 'bad' | 'open';

export interface Answer {
  readonly question: string;
  readonly verdict: Verdict;
  /** The answer in a few words. */
  readonly short: string;
  readonly text: string;
}

const AUDIT_RULES = ['model-call-without-audit', 'audit-gap-on-failure-path'];
const LEAK_RULES = [
  'phi-in-logs',
  'error-carries-phi',
  'phi-in-url',
  'monitor-captures-bodies',
  'monitor-sends-default-pii',
  'monitor-without-scrubber',
  'replay-unmasked',
  'llm-tracing-captures-prompts',
];

export function answers(result: AnalysisResult, model: MapModel, context: MapContext): readonly Answer[] {
  return [
    travels(model),
    agreements(result, model, context),
    leaves(model, context),
    audited(result, context),
    leaks(result, model, context),
    exposed(model, context),
  ];
}

/** Flows whose recipient has this trust. */
export function flowsOf(model: MapModel, trust: Trust): number {
  return model.flows.filter((f) => f.trust === trust).length;
}

const FROM: Readonly<Record<SourceKind, string>> = {
  ehr: 'the EHR',
  database: 'the database',
  form: 'forms and requests',
  audio: 'audio',
  other: 'other data in the program',
};

function travels(model: MapModel): Answer {
  const question = 'Where does PHI travel?';
  const flows = phiFlows(model);
  if (flows.length === 0)
    return {
      question,
      verdict: 'open',
      short: 'No flow seen',
      text: `No flow of PHI to a recipient was seen. ${cleaning(model) ?? 'Check that this is the right folder and that its sources were recognised.'}`,
    };
  const kinds = SOURCE_KINDS.flatMap((kind) => {
    const names = model.sources.filter((s) => s.kind === kind).map((s) => s.name);
    return names.length === 0 ? [] : [`${FROM[kind]} (${listed(names, 4)})`];
  });
  const all = dataOf(flows.flatMap((f) => f.flow.phi));
  const to = model.recipients.filter((r) => phiFlows(model, r.flows).length > 0).length;
  return {
    question,
    verdict: flowsOf(model, 'uncovered') + flowsOf(model, 'unknown') > 0 ? 'bad' : 'good',
    short: `${counted(flows.length, 'flow')} to ${counted(to, 'recipient')}`,
    text: `From ${listed(kinds)}. Data: ${dataText(all)}. ${cleaning(model) ?? 'Nothing is removed from any of these flows on the way.'}`,
  };
}

/** What is taken out on the way, in full and in part; null if nothing is. */
function cleaning(model: MapModel): string | null {
  const partly = phiFlows(model).filter((f) => f.flow.removed.length + f.gone.length > 0);
  const { letters, kinds } = dataOf([
    ...partly.flatMap((f) => f.gone),
    ...partly.flatMap((f) => f.flow.removed.map((letter) => ({ letter, category: '' }))),
  ]);
  const full = model.flows.filter((f) => f.trust === 'deidentified');
  const by = [...new Set(full.flatMap((f) => f.cleanings.map((c) => c.by)))].sort(byText);
  const parts = [
    ...(partly.length > 0
      ? [
          `De-identification takes ${dataText({ letters, kinds })} out of ${counted(partly.length, 'flow')}, and leaves the rest in.`,
        ]
      : []),
    ...(full.length > 0
      ? [
          `${listed(by, 3)} ${by.length === 1 ? 'is' : 'are'} said to leave nothing in ${counted(full.length, 'more flow')}.`,
        ]
      : []),
  ];
  return parts.length > 0 ? parts.join(' ') : null;
}

function agreements(result: AnalysisResult, model: MapModel, context: MapContext): Answer {
  const question = 'Who has a BAA with us, for which service?';
  const { terms, vendors } = context;
  const day = result.analysis.asOf;
  const bare = uncovered(model);
  const named = (ids: readonly string[], most: number): string =>
    listed(
      ids.map((id) => vendorName(vendors, id)),
      most,
    );
  if (terms === null)
    return {
      question,
      verdict: 'bad',
      short: 'No manifest',
      text: `There is no baa.yaml, so no vendor counts as covered. PHI reaches ${named(bare, 6) || 'nobody that was seen'}.`,
    };
  const partners = new Set(terms.agreements.filter((a) => inForce(a, day)).map((a) => a.vendor));
  const covered = exposures(model).map((e) => `${vendorName(vendors, e.vendor)} (${listed(e.services, 4)})`);
  const outside = bare.filter((id) => partners.has(id));
  const without = bare.filter((id) => !partners.has(id));
  const parts = [
    covered.length > 0 ? `Covered for what they receive: ${listed(covered, 5)}.` : 'No flow of PHI is covered.',
    ...(outside.length > 0 ? [`Also used beyond the scope of their BAA: ${named(outside, 4)}.`] : []),
    without.length > 0
      ? `PHI, and no BAA in force: ${named(without, 6)}.`
      : 'No vendor that receives PHI is without a BAA in force.',
  ];
  const short =
    without.length > 0
      ? `${counted(without.length, 'vendor')} without a BAA`
      : outside.length > 0
        ? `${counted(outside.length, 'vendor')} beyond scope`
        : `${counted(partners.size, 'vendor')} with a BAA in force`;
  return { question, verdict: bare.length > 0 ? 'bad' : 'good', short, text: parts.join(' ') };
}

/** Vendors that receive PHI they are not covered for, the busiest first. */
function uncovered(model: MapModel): string[] {
  const flows = new Map<string, number>();
  for (const r of model.recipients)
    if (r.trust === 'uncovered') flows.set(r.vendor, (flows.get(r.vendor) ?? 0) + phiFlows(model, r.flows).length);
  return [...flows].sort(([a, n], [b, m]) => m - n || byText(a, b)).map(([vendor]) => vendor);
}

function leaves(model: MapModel, { vendors }: MapContext): Answer {
  const question = 'Does PHI leave our control; where is it processed?';
  const flows = phiFlows(model);
  if (flows.length === 0)
    return {
      question,
      verdict: 'open',
      short: 'Not seen to leave',
      text: 'No flow of PHI was seen at all, which proves nothing if its sources were not recognised.',
    };
  const outside = flows.filter((f) => f.trust !== 'own');
  if (outside.length === 0)
    return {
      question,
      verdict: 'good',
      short: 'Not seen to leave',
      text: 'Every flow that was seen stays on our own infrastructure.',
    };
  const regions = new Map<string, Set<string>>();
  for (const { recipient: r } of outside) {
    const region = regionText(r.region);
    if (region === '') continue;
    const names = regions.get(region) ?? new Set();
    names.add(vendorName(vendors, r.vendor));
    regions.set(region, names);
  }
  const known = [...regions]
    .sort(([a], [b]) => byText(a, b))
    .map(([region, names]) => `${region} (${[...names].sort(byText).join(', ')})`);
  const silent = outside.filter((f) => regionText(f.recipient.region) === '').length;
  const bad = outside.filter((f) => f.trust !== 'covered').length;
  const parts = [
    `${outside.length} of ${counted(flows.length, 'flow')} leave our own infrastructure, ${outside.length - bad} under a BAA, ${bad} without.`,
    ...(known.length > 0 ? [`Regions that the code shows: ${listed(known, 5)}.`] : []),
    ...(silent > 0 ? [`The code names no region for ${silent} of them.`] : []),
  ];
  return {
    question,
    verdict: bad > 0 ? 'bad' : 'good',
    short: bad > 0 ? `Yes: ${counted(bad, 'flow')} without a BAA` : 'Yes, under a BAA',
    text: parts.join(' '),
  };
}

/** Findings of these rules that nobody has accepted, and the rules that this version does not have. */
function judged(
  result: AnalysisResult,
  context: MapContext,
  ids: readonly string[],
): { found: readonly FindingJson[]; missing: readonly string[] } {
  const there = new Set(context.rules.map((r) => r.id));
  return {
    found: result.analysis.findings.filter((f) => f.suppressed === null && ids.includes(f.ruleId)),
    missing: ids.filter((id) => !there.has(id)),
  };
}

function audited(result: AnalysisResult, context: MapContext): Answer {
  const question = 'Is there an audit record of every access and model call?';
  const { found, missing } = judged(result, context, AUDIT_RULES);
  const gaps =
    found.length > 0 ? `${counted(found.length, 'place')} without a record: ${listed(placesOf(found), 4)}. ` : '';
  if (missing.length === AUDIT_RULES.length)
    return {
      question,
      verdict: 'open',
      short: 'Not proved',
      text: 'This version does not check audit records, on success or on failure paths. Show the audit log itself, or the cloud’s (CloudTrail), as evidence.',
    };
  const rest = missing.length > 0 ? `Not checked by this version: ${listed(missing)}. ` : '';
  const reads = 'Model calls are checked; reads of the EHR and the database are not.';
  if (found.length > 0)
    return { question, verdict: 'bad', short: counted(found.length, 'gap'), text: `${gaps}${rest}${reads}` };
  return {
    question,
    verdict: 'open',
    short: 'No gap seen',
    text: `No model call without a record was seen. ${rest}${reads}`,
  };
}

function leaks(result: AnalysisResult, model: MapModel, context: MapContext): Answer {
  const question = 'Does PHI leak into logs, traces, caches or error reports?';
  const { found, missing } = judged(result, context, LEAK_RULES);
  const side = model.recipients.filter((r) => r.kind === 'incidental');
  const open = side.filter((r) => r.trust === 'uncovered' || r.trust === 'unknown');
  const names = [...new Set(open.map((r) => vendorName(context.vendors, r.vendor)))];
  const unproved =
    missing.length > 0
      ? `Not proved: ${listed(missing)} (not in this version).`
      : 'Caches that the code does not name are not seen.';
  if (found.length + open.length === 0)
    return {
      question,
      verdict: 'open',
      short: 'None seen',
      text: `No flow into logs, traces or error reports was seen without cover. ${unproved}`,
    };
  const parts = [
    ...(open.length > 0 ? [`PHI reaches ${listed(names, 6)}, side channels without cover for it.`] : []),
    ...(found.length > 0 ? [`${counted(found.length, 'finding')} in logs, errors, URLs and monitors.`] : []),
    unproved,
  ];
  return {
    question,
    verdict: 'bad',
    short: `Yes: ${counted(names.length > 0 ? names.length : found.length, names.length > 0 ? 'side channel' : 'finding')}`,
    text: parts.join(' '),
  };
}

export interface Exposure {
  readonly vendor: string;
  readonly flows: number;
  readonly services: readonly string[];
  readonly data: string;
}

/** What would stand without cover if an agreement ended, by vendor. */
export function exposures(model: MapModel): readonly Exposure[] {
  const vendors = new Map<string, MapRecipient[]>();
  for (const r of model.recipients)
    if (r.trust === 'covered' && phiFlows(model, r.flows).length > 0)
      vendors.set(r.vendor, [...(vendors.get(r.vendor) ?? []), r]);
  return [...vendors]
    .map(([vendor, own]) => ({
      vendor,
      flows: own.reduce((n, r) => n + phiFlows(model, r.flows).length, 0),
      services: [...new Set(own.map((r) => r.service))].sort(byText),
      data: dataText({
        letters: [...new Set(own.flatMap((r) => r.letters))].sort(),
        kinds: [...new Set(own.flatMap((r) => r.kinds))].sort(),
      }),
    }))
    .sort((a, b) => b.flows - a.flows || byText(a.vendor, b.vendor));
}

function exposed(model: MapModel, { vendors }: MapContext): Answer {
  const question = 'What changes when a vendor’s BAA changes?';
  const all = exposures(model);
  if (all.length === 0)
    return {
      question,
      verdict: 'open',
      short: 'Nothing rests on a BAA',
      text: 'No flow of PHI rests on an agreement, so none would lose its cover.',
    };
  const told = all.slice(0, 3).map((e) => `${vendorName(vendors, e.vendor)} (${counted(e.flows, 'flow')}: ${e.data})`);
  const more = all.length > told.length ? ` and ${all.length - told.length} more, listed below` : '';
  return {
    question,
    verdict: 'good',
    short: `${counted(all.length, 'agreement')} to watch`,
    text: `One edit of the manifest, and the next run names what is exposed. Without its BAA: ${told.join('; ')}${more}.`,
  };
}

function placesOf(findings: readonly FindingJson[]): string[] {
  return findings.map((f) => `${f.file}:${f.line}`);
}
