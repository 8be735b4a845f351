/**
 * PHI that reaches somebody who may not have it. One place and recipient yields one finding: the first rule that
 * applies, from the most telling to the most general. A new egress rule is one row here and one file in rules/policies.
 */
import type { Severity } from '../analysis.js';
import type { PhiFlow } from '../flow/result.js';
import type { PhiItem } from '../flow/types/type.js';
import type { RuleId } from './catalog.js';
import { type Draft, lessSure, locate, milder } from './draft.js';
import type { Exchange, JudgedFlow } from './exchanges.js';
import { kindsOf, weigh } from './gravity.js';
import type { PolicyInput } from './input.js';

const TRACKERS = new Set(['analytics', 'ads', 'replay']);
const NOTIFIERS = new Set(['messaging', 'email', 'sms', 'push', 'chat']);

/** Services of clouds that do nothing but send messages. */
const NOTIFYING = new Set([
  'ses',
  'sesv2',
  'pinpoint',
  'pinpoint-email',
  'pinpoint-sms-voice-v2',
  'email',
  'sms',
  'push',
]);

/** In the order of the contract. */
const FIRST_THAT_APPLIES: readonly { readonly rule: RuleId; readonly applies: (judged: JudgedFlow) => boolean }[] = [
  { rule: 'baa-not-in-force', applies: ({ verdict }) => verdict.coverage.gap === 'not-in-force' },
  { rule: 'phi-to-unknown-recipient', applies: ({ flow }) => flow.recipient.vendor === 'unknown' },
  { rule: 'error-carries-phi', applies: ({ flow }) => flow.as === 'error' },
  {
    rule: 'phi-to-ad-tracker',
    applies: ({ flow }) => flow.as === 'tracker' || TRACKERS.has(flow.recipient.category),
  },
  {
    rule: 'phi-in-notification',
    applies: ({ flow }) =>
      flow.as === 'notification' ||
      flow.as === 'message-to-patient' ||
      NOTIFIERS.has(flow.recipient.category) ||
      NOTIFYING.has(flow.recipient.service),
  },
  { rule: 'phi-in-logs', applies: ({ flow }) => flow.as === 'log' || flow.recipient.category === 'logging' },
  { rule: 'phi-in-url', applies: ({ flow }) => flow.inUrl || flow.as === 'url' },
  // By a cleaner, or by hand: some identifiers are gone on this path, others still travel.
  { rule: 'partial-deidentification', applies: ({ flow }) => flow.deidentified || flow.removed.length > 0 },
  { rule: 'phi-to-uncovered-service', applies: ({ verdict }) => verdict.coverage.gap !== 'no-agreement' },
  { rule: 'phi-to-uncovered-vendor', applies: () => true },
];

export const EGRESS_RULES: readonly RuleId[] = FIRST_THAT_APPLIES.map((row) => row.rule);

/** One draft for every uncovered place and recipient. */
export function egress(input: PolicyInput, all: readonly Exchange[]): readonly Draft[] {
  return all.filter((exchange) => !exchange.flows[0].verdict.covered).map((exchange) => judge(input, exchange));
}

function judge(input: PolicyInput, exchange: Exchange): Draft {
  const [witness] = exchange.flows;
  const { flow } = witness;
  const rule = ruleOf(exchange);
  const unproved = exchange.flows.every(({ verdict }) => verdict.coverage.gap === 'not-proved');
  const ignored = exchange.flows.every((judged) => judged.flow.recipient.ignoredFile !== null)
    ? flow.recipient.ignoredFile
    : null;
  const unreached = exchange.flows.every((judged) => !judged.flow.reached);
  const test = exchange.flows.every((judged) => judged.flow.test);
  const confidence = lessSure(exchange.confidence, unproved ? 'low' : 'high');
  let atMost: Severity = 'error';
  const later = exchange.flows.every((judged) => judged.flow.recipient.later === true);
  if (confidence === 'low' || ignored !== null || later) atMost = milder(atMost, 'warning');
  if (unreached || test) atMost = 'note';
  const why = [
    witness.verdict.recipient.why,
    ignored === null ? null : `known only from ${ignored}, which git ignores`,
    later ? 'what is printed goes with the next event' : null,
    unreached ? 'no entry point leads here today' : null,
  ];
  return {
    rule,
    severity: severityOf(exchange.flows),
    atMost,
    confidence,
    at: locate(input, flow.place),
    functions: exchange.functions,
    recipient: witness.verdict.recipient,
    phi: exchange.phi,
    removed: exchange.removed,
    path: exchange.path,
    ...causeOf(rule, flow, exchange),
    words: {
      why: why.filter((part) => part !== null).join('; '),
      removed: exchange.removed.length === 0 ? 'none of the 18 identifiers' : exchange.removed.join(', '),
    },
    test,
  };
}

/**
 * What is cleaned on some paths only is not cleaned, and neither an internal code in the address nor a text of which
 * nothing is known makes a finding about addresses of one about the body; everything else need hold for one of the flows.
 */
function ruleOf(exchange: Exchange): RuleId {
  const { flows } = exchange;
  const telling = ({ flow }: JudgedFlow): boolean =>
    flow.items.some(({ kind, evidence }) => kind.letter !== 'R' && (kind.category !== 'free-text' || evidence === 3));
  const found = FIRST_THAT_APPLIES.find(({ rule, applies }) => {
    if (rule === 'partial-deidentification') return flows.every(applies);
    if (rule === 'phi-in-url') return flows.every(applies) || flows.some((one) => applies(one) && telling(one));
    return flows.some(applies);
  });
  return found?.rule ?? 'phi-to-uncovered-vendor';
}

/** What waits for a later event is a warning at most, also where something else goes out at once from the same place. */
function severityOf(flows: readonly JudgedFlow[]): Severity {
  const all = weigh(sureItems(flows));
  const now = flows.filter(({ flow }) => flow.recipient.later !== true);
  if (now.length === flows.length || now.length === 0) return all;
  const atOnce = weigh(sureItems(now));
  return atOnce === 'error' ? atOnce : milder(all, 'warning');
}

/** What may decide over an error: items of a sure flow, unless there is none. */
function sureItems(flows: readonly JudgedFlow[]): readonly PhiItem[] {
  const sure = flows.filter(({ flow }) => flow.confidence !== 'low' && flow.reached && !flow.test);
  return (sure.length === 0 ? flows : sure).flatMap(({ flow }) => flow.items);
}

function causeOf(rule: RuleId, flow: PhiFlow, exchange: Exchange): Pick<Draft, 'cause' | 'causeName'> {
  const kinds = kindsOf(exchange.phi);
  const { place, outbound, recipient } = flow;
  if (rule === 'phi-to-unknown-recipient' && recipient.unresolved !== null)
    return { cause: `variable ${recipient.unresolved}`, causeName: ['variable', recipient.unresolved] };
  // What listens is configured once, however much is printed.
  if (
    recipient.heardBy !== undefined &&
    exchange.flows.every(({ flow: { recipient: to } }) => to.heardBy !== undefined)
  ) {
    const { file, span, fn } = recipient.heardBy;
    return { cause: `listener ${file}:${span.join('-')}`, causeName: ['listener', fn] };
  }
  if (rule === 'phi-in-logs') return { cause: `log ${kinds}`, causeName: ['log', kinds] };
  const sent = `${outbound.file}:${outbound.span.join('-')}`;
  // What is not known is where this call goes, whoever hands it what.
  if (rule === 'phi-to-unknown-recipient')
    return { cause: `destination ${sent}`, causeName: ['destination', outbound.fn] };
  const direct =
    place.file === outbound.file && place.span[0] === outbound.span[0] && place.span[1] === outbound.span[1];
  return direct
    ? { cause: `call ${sent}`, causeName: ['call', outbound.fn, kinds] }
    : { cause: `wrapper ${sent} ${kinds}`, causeName: ['wrapper', outbound.fn, kinds] };
}
