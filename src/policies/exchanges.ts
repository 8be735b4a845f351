/** Flows as the policies see them: what reaches one recipient at one place, and whether the manifest covers it. */
import type { Confidence, FlowJson, PhiJson, RecipientJson, StepJson } from '../analysis.js';
import type { PhiFlow, Recipient } from '../flow/result.js';
import type { PhiItem } from '../flow/types/type.js';
import type { Sensitive } from '../knowledge/phi.js';
import type { Coverage } from '../manifest/types.js';
import { CONFIDENCES, compareLocations, compareText, lessSure, locate, step } from './draft.js';
import { Fingerprints, placeIdentity, recipientKey } from './fingerprint.js';
import { gravest, toPhi } from './gravity.js';
import type { PolicyInput } from './input.js';
import { describeData, describeRecipient } from './wording.js';

/** Whether one recipient may have these data. */
export interface Verdict {
  /** Own side: in map and registry, never a finding. */
  readonly own: boolean;
  readonly covered: boolean;
  readonly coverage: Coverage;
  readonly recipient: RecipientJson;
}

export interface JudgedFlow {
  readonly flow: PhiFlow;
  readonly verdict: Verdict;
}

/** All flows that meet at one place with one recipient and one answer. */
export interface Exchange {
  /** The witness first: gravest letter, then the shorter path, then position. */
  readonly flows: readonly [JudgedFlow, ...JudgedFlow[]];
  readonly items: readonly PhiItem[];
  readonly phi: readonly PhiJson[];
  readonly removed: readonly string[];
  readonly path: readonly StepJson[];
  readonly confidence: Confidence;
  /** Of source and place of the witness. */
  readonly functions: readonly string[];
}

/** Asks the manifest about a recipient. */
export function judgeRecipient(input: PolicyInput, to: Recipient, sensitive: readonly Sensitive[]): Verdict {
  const { vendor, service, endpoint, host, region, model, apiKeyEnv, project, environment } = to;
  const coverage: Coverage =
    to.own !== null
      ? { covered: true, own: true, agreement: null, gap: null, why: `own side: ${to.own}` }
      : input.decide({
          ...{ vendor, service, endpoint, host, region, model, apiKeyEnv, project, environment },
          package: to.package,
          sensitive,
          features: [],
        });
  const covered = (coverage.covered && vendor !== 'unknown') || coverage.own;
  const why =
    vendor === 'unknown' && !coverage.own
      ? `the destination ${to.unresolved === null ? '' : `(${to.unresolved}) `}cannot be resolved from the code`
      : coverage.why;
  return {
    own: coverage.own,
    covered,
    coverage,
    recipient: { vendor, service, endpoint, region, environment, kind: to.kind, covered, why },
  };
}

/** Labels of other kinds are for the governance rules. */
function isPhi(flow: PhiFlow): boolean {
  return (flow.labelKind === 'phi' || flow.labelKind === 'model-output') && flow.items.length > 0;
}

export function exchanges(input: PolicyInput): readonly Exchange[] {
  const judged = input.flows.flows.filter(isPhi).map((flow): JudgedFlow => {
    const sensitive = [...new Set(flow.items.map((item) => item.kind.sensitive))].filter((kind) => kind !== null);
    return { flow, verdict: judgeRecipient(input, flow.recipient, sensitive.sort()) };
  });
  const groups = new Map<string, JudgedFlow[]>();
  for (const { flow, verdict } of acrossEnvironments(judged)) {
    const key = [
      flow.place.file,
      ...flow.place.span,
      recipientKey(verdict.recipient),
      flow.recipient.vendor === 'unknown' ? flow.recipient.unresolved : '',
      verdict.covered,
    ].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ flow, verdict }]);
    else group.push({ flow, verdict });
  }
  return [...groups.values()].map((group) => merge(input, group)).sort(compareExchanges);
}

/** Environments in which recipient and answer are the same do not differ: they are one, named by none. */
function acrossEnvironments(judged: readonly JudgedFlow[]): readonly JudgedFlow[] {
  const environments = new Map<string, Set<string | null>>();
  const keyOf = ({ flow, verdict }: JudgedFlow): string => {
    const { vendor, service, region, covered, why } = verdict.recipient;
    return [flow.place.file, ...flow.place.span, vendor, service, region, covered, why].join('\0');
  };
  for (const one of judged) {
    const key = keyOf(one);
    environments.set(key, (environments.get(key) ?? new Set()).add(one.flow.recipient.environment));
  }
  return judged.map((one) => {
    if ((environments.get(keyOf(one))?.size ?? 0) < 2) return one;
    return { ...one, verdict: { ...one.verdict, recipient: { ...one.verdict.recipient, environment: null } } };
  });
}

function merge(input: PolicyInput, group: readonly JudgedFlow[]): Exchange {
  const sorted = [...group].sort(compareWitnesses);
  const [witness, ...others] = sorted;
  if (witness === undefined) throw new Error('an exchange without flows');
  const items = sorted.flatMap(({ flow }) => flow.items);
  const phi = toPhi(items);
  const best = sorted
    .map(({ flow }) => flow.confidence)
    .sort((a, b) => CONFIDENCES.indexOf(b) - CONFIDENCES.indexOf(a));
  const named = items.every((item) => item.evidence === 1);
  const { flow } = witness;
  return {
    flows: [witness, ...others],
    items,
    phi,
    removed: flow.removed.filter((letter) => others.every((other) => other.flow.removed.includes(letter))),
    path: flow.steps.map((one) => step(input, one.site, one.kind, one.text)),
    confidence: lessSure(best[0] ?? 'low', named ? 'medium' : 'high'),
    functions: [flow.sourceFn, flow.place.fn],
  };
}

function compareWitnesses(a: JudgedFlow, b: JudgedFlow): number {
  return (
    gravest(a.flow.items) - gravest(b.flow.items) ||
    a.flow.steps.length - b.flow.steps.length ||
    comparePaths(a.flow, b.flow)
  );
}

function comparePaths(a: PhiFlow, b: PhiFlow): number {
  for (const [index, { site }] of a.steps.entries()) {
    const other = b.steps[index]?.site;
    if (other === undefined) return 1;
    const order = compareText(site.file, other.file) || site.span[0] - other.span[0] || site.span[1] - other.span[1];
    if (order !== 0) return order;
  }
  return a.outbound.span[0] - b.outbound.span[0];
}

function compareExchanges(a: Exchange, b: Exchange): number {
  const [x, y] = [a.flows[0].flow, b.flows[0].flow];
  return (
    compareText(x.place.file, y.place.file) ||
    x.place.span[0] - y.place.span[0] ||
    x.place.span[1] - y.place.span[1] ||
    compareText(recipientKey(a.flows[0].verdict.recipient), recipientKey(b.flows[0].verdict.recipient)) ||
    Number(a.flows[0].verdict.covered) - Number(b.flows[0].verdict.covered) ||
    compareText(x.recipient.unresolved ?? '', y.recipient.unresolved ?? '')
  );
}

/** The map's entries: every exchange, covered or not. */
export function toFlows(input: PolicyInput, all: readonly Exchange[]): readonly (readonly [Exchange, FlowJson])[] {
  const numbers = new Fingerprints();
  const located = all.map((exchange) => ({ exchange, at: locate(input, exchange.flows[0].flow.place) }));
  located.sort((a, b) => compareLocations(a.at, b.at));
  return located.map(({ exchange, at }) => {
    const { recipient } = exchange.flows[0].verdict;
    const { phi, path, removed, confidence } = exchange;
    const fingerprint = numbers.next(placeIdentity('flow', recipient, phi, exchange.functions));
    const verb = recipient.covered ? 'covered' : 'not covered';
    const flow: FlowJson = {
      confidence,
      message: `${describeData(phi)} to ${describeRecipient(recipient, input.knowledge)}, ${verb}: ${recipient.why}.`,
      ...at,
      recipient,
      phi,
      removed,
      path,
      places: [{ ...at, phi, path, fingerprint }],
      fingerprint,
      suppressed: null,
      help: 'docs/map.md',
    };
    return [exchange, flow] as const;
  });
}
