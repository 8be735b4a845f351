/** Drafts of rules about how models are used: they stand at a call, with the recipient and, where it matters, the data. */
import type { Confidence, Severity } from '../analysis.js';
import type { PhiFlow, Recipient, Site } from '../flow/result.js';
import type { RuleId } from './catalog.js';
import { type Draft, locate, step } from './draft.js';
import { judgeRecipient } from './exchanges.js';
import { kindsOf, toPhi } from './gravity.js';
import type { PolicyInput } from './input.js';

export interface GovernanceFinding {
  readonly rule: RuleId;
  readonly at: Site;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly recipient: Recipient | null;
  /** The witness of the data, for rules about what goes where. */
  readonly flow: PhiFlow | null;
  /** What places of one finding share; default: place and kinds of data. */
  readonly cause?: readonly string[];
  readonly words: Readonly<Record<string, string>>;
  readonly reached: boolean;
  readonly test: boolean;
}

export function governanceDraft(input: PolicyInput, found: GovernanceFinding): Draft {
  const { flow, at } = found;
  const phi = flow === null ? [] : toPhi(flow.items);
  const cause = found.cause ?? [at.fn, kindsOf(phi)];
  return {
    rule: found.rule,
    severity: found.severity,
    atMost: found.reached && !found.test ? (found.confidence === 'low' ? 'warning' : 'error') : 'note',
    confidence: found.confidence,
    at: locate(input, at),
    functions: flow === null ? [at.fn] : [flow.sourceFn, at.fn],
    recipient: found.recipient === null ? null : judgeRecipient(input, found.recipient, []).recipient,
    phi,
    removed: flow?.removed ?? [],
    path: flow === null ? [] : flow.steps.map((one) => step(input, one.site, one.kind, one.text)),
    cause: found.cause === undefined ? `${at.file}:${at.span.join('-')}` : cause.join('\0'),
    causeName: cause,
    words: found.words,
    test: found.test,
  };
}
