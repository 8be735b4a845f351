/** Text that a patient writes, among the instructions to a model: whoever writes it can give orders. */
import type { PhiFlow } from '../flow/result.js';
import { listOf, policyCatalog } from './catalog.js';
import type { Draft } from './draft.js';
import { governanceDraft } from './governance-draft.js';
import type { PolicyInput } from './input.js';

export function untrustedInstructions(input: PolicyInput): readonly Draft[] {
  const clinicians = new Set(listOf(policyCatalog().policy('untrusted-text-in-instructions'), 'written_by_staff'));
  const seen = new Set<string>();
  return input.flows.flows
    .filter((flow) => flow.inInstructions && flow.labelKind !== 'model-output' && flow.labelKind !== 'credential')
    .map((flow) => ({ flow, items: written(flow, clinicians) }))
    .filter(({ flow, items }) => {
      const key = `${flow.place.file}:${flow.place.span.join('-')}:${flow.outbound.file}:${flow.outbound.span.join('-')}`;
      if (items.length === 0 || seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .map(({ flow, items }) =>
      governanceDraft(input, {
        rule: 'untrusted-text-in-instructions',
        at: flow.place,
        severity: 'warning',
        confidence:
          flow.labelKind === 'patient-authored' ? flow.confidence : flow.confidence === 'low' ? 'low' : 'medium',
        recipient: flow.recipient,
        flow: { ...flow, items },
        words: {},
        reached: flow.reached,
        test: flow.test,
      }),
    );
}

/** What of the data is free text that the patient, or a family, may have written. */
function written(flow: PhiFlow, clinicians: ReadonlySet<string>): PhiFlow['items'] {
  if (flow.labelKind === 'patient-authored') return flow.items;
  return flow.items.filter(
    ({ kind, via }) => kind.category === 'free-text' && !clinicians.has(via.split('.')[0] ?? ''),
  );
}
