/** Whether a person looks at what a model wrote before it enters the record or reaches the patient. */
import type { Folded, PhiFlow, Site } from '../flow/result.js';
import { policyCatalog, rowsOf } from './catalog.js';
import { declaredFunctions } from './code/declared.js';
import { listingOf } from './code/listing.js';
import { Passage } from './code/waypoints.js';
import type { Draft } from './draft.js';
import { governanceDraft } from './governance-draft.js';
import { weigh } from './gravity.js';
import type { PolicyInput } from './input.js';

const PERSONAL = new Set(['email', 'sms', 'push', 'messaging']);

export function review(input: PolicyInput): readonly Draft[] {
  const answers = input.flows.flows.filter((flow) => flow.labelKind === 'model-output');
  if (answers.length === 0) return [];
  const unreviewed = notReviewed(input);
  const addressed = input.flows.flows.filter((flow) =>
    flow.items.some(({ kind }) => kind.letter === 'D' || kind.letter === 'F'),
  );
  const writes = answers.filter((flow) => flow.as === 'record-write' && !isDraft(flow) && unreviewed(flow));
  const messages = answers.filter(
    (flow) =>
      (flow.as === 'message-to-patient' || (isPersonal(flow) && addressed.some((other) => sameMessage(flow, other)))) &&
      unreviewed(flow),
  );
  return [
    ...once(writes).map((flow) => found(input, 'unreviewed-write-to-record', flow)),
    ...once(messages).map((flow) => found(input, 'unreviewed-message-to-patient', flow)),
  ];
}

/** Both ride on one message: the same outbound call, and the answer passes where the address is handed over. */
function sameMessage(answer: PhiFlow, address: PhiFlow): boolean {
  const same = (a: Site, b: Site): boolean => a.file === b.file && a.span[0] === b.span[0] && a.span[1] === b.span[1];
  return (
    same(answer.outbound, address.outbound) &&
    (same(answer.place, address.place) || answer.steps.some(({ site }) => same(site, address.place)))
  );
}

function outboundKey(flow: PhiFlow): string {
  return `${flow.outbound.file}:${flow.outbound.span.join('-')}:${flow.place.file}:${flow.place.span.join('-')}`;
}

/** E-mail and text messages; a team's chat is read by colleagues. */
function isPersonal({ as, recipient }: PhiFlow): boolean {
  return (
    PERSONAL.has(recipient.category) ||
    (as === 'notification' && /^(?:ses|sesv2|sns|email|sms|push|pinpoint.*)$/.test(recipient.service))
  );
}

function once(flows: readonly PhiFlow[]): readonly PhiFlow[] {
  const seen = new Map<string, PhiFlow>();
  for (const flow of flows) if (!seen.has(outboundKey(flow))) seen.set(outboundKey(flow), flow);
  return [...seen.values()];
}

/** A review lies on the data's own path, or on every way of the control to the call. */
function notReviewed(input: PolicyInput): (flow: PhiFlow) => boolean {
  const code = listingOf(input);
  const declared = declaredFunctions(input, code, input.manifest.review);
  if (!declared.any) return () => true;
  const reviewers = new Set<string>();
  for (const fn of code.all()) if (declared.is(fn)) reviewers.add(`${fn.file}:${fn.facts.name}`);
  const passage = new Passage(code, { kind: (fn, call) => (declared.calls(fn, call) ? 'plain' : 'none') }, false);
  return (flow) => {
    const answered = flow.steps.findLastIndex((step) => step.text === 'answered by the model');
    const after = flow.steps.slice(answered + 1);
    if (after.some(({ site }) => reviewers.has(`${site.file}:${site.fn}`))) return false;
    if (
      after.some(({ site, text }) =>
        [...reviewers].some((name) => text === `passed to ${name.slice(name.indexOf(':') + 1)}` && site.file !== ''),
      )
    )
      return false;
    return passage.gaps(flow.call.within, flow.outbound.span).length > 0;
  };
}

/** The written resource says itself that it waits for a person: a draft, a preliminary note, a proposal, a task. */
function isDraft(flow: PhiFlow): boolean {
  const waiting = new Map<string, Set<string>>();
  for (const row of rowsOf(policyCatalog().policy('unreviewed-write-to-record'), 'drafts')) {
    const [field = '', ...values] = row.split(/\s+/);
    waiting.set(field, new Set(values));
  }
  const says = (value: Folded, depth: number): boolean => {
    if (depth > 4) return false;
    if (value.k === 'either') return value.of.every((one) => says(one, depth + 1));
    if (value.k === 'array') return value.items.some((one) => says(one, depth + 1));
    if (value.k !== 'object') return false;
    for (const [field, one] of value.props) {
      if (one.k === 'const' && typeof one.value === 'string' && waiting.get(field)?.has(one.value) === true)
        return true;
      if (says(one, depth + 1)) return true;
    }
    return false;
  };
  return flow.call.args.some((arg) => says(arg, 0));
}

function found(
  input: PolicyInput,
  rule: 'unreviewed-write-to-record' | 'unreviewed-message-to-patient',
  flow: PhiFlow,
): Draft {
  return governanceDraft(input, {
    rule,
    at: flow.place,
    severity: weigh(flow.items) === 'note' ? 'note' : 'warning',
    confidence: flow.confidence,
    recipient: flow.recipient,
    flow,
    words: {},
    reached: flow.reached,
    test: flow.test,
  });
}
