/** Whether every call to a model leaves an audit record, also when it fails. */
import { auditPassage } from './code/audit-records.js';
import { listingOf } from './code/listing.js';
import type { Gap } from './code/waypoints.js';
import type { Draft } from './draft.js';
import { governanceDraft } from './governance-draft.js';
import type { PolicyInput } from './input.js';
import { modelCalls } from './model-calls.js';

export function modelCallAudit(input: PolicyInput): readonly Draft[] {
  // Recorded outside of the code (CloudTrail and the like), as somebody has attested.
  if (Object.hasOwn(input.manifest.attestations, 'calls-audited')) return [];
  const code = listingOf(input);
  const passage = auditPassage(input);
  return modelCalls(input).flatMap((one): Draft[] => {
    const gaps = passage.gaps(one.call.within, one.outbound.span);
    const [first] = gaps;
    if (first === undefined) return [];
    const partly = gaps.some((gap) => gap.partly || gap.unawaited) || !gaps.some((gap) => gap.normal);
    const fns = gaps.map((gap) => code.fn(gap.entry)?.facts.name).filter((name) => name !== undefined);
    return [
      governanceDraft(input, {
        rule: partly ? 'audit-gap-on-failure-path' : 'model-call-without-audit',
        at: one.outbound,
        severity: one.flows.some((flow) => flow.reached && !flow.test) ? 'warning' : 'note',
        confidence: partly ? 'high' : 'medium',
        recipient: one.recipient,
        flow: null,
        // Where nothing is recorded at all, there is one thing to build.
        cause: partly ? undefined : ['no record'],
        words: {
          why: partly ? reason(gaps) : 'no way through the code leaves an audit record of it',
          ways: ways([...new Set(fns)].sort()),
        },
        reached: one.reached,
        test: one.test,
      }),
    ];
  });
}

function reason(gaps: readonly Gap[]): string {
  if (gaps.some((gap) => gap.unawaited)) return 'the record is written, but nobody waits for it';
  return gaps.some((gap) => gap.normal && !gap.failureOnly)
    ? 'some ways through the code end without a record'
    : 'when the call fails, no record is left';
}

const NAMED = 3;

function ways(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${shown} and ${String(names.length - NAMED)} more` : shown;
}
