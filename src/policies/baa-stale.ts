/** Agreements whose scope nobody has compared with the vendor's current list for a while. */
import { daysBetween } from '../manifest/dates.js';
import type { Draft } from './draft.js';
import type { PolicyInput } from './input.js';
import { manifestLine } from './suppressions.js';

/** Days after which a review no longer counts. */
export const REVIEW_DAYS = 90;

export function baaStale(input: PolicyInput): readonly Draft[] {
  return input.manifest.agreements.flatMap((agreement): Draft[] => {
    const { vendor, executed, expires, reviewed, line } = agreement;
    // What is not in force covers nothing; that is another rule's word.
    if (executed === null || executed > input.today || (expires !== null && expires < input.today)) return [];
    const age = reviewed === null ? null : daysBetween(reviewed, input.today);
    if (age !== null && age <= REVIEW_DAYS) return [];
    return [
      {
        rule: 'baa-stale',
        severity: age === null ? 'note' : 'warning',
        atMost: 'error',
        confidence: 'high',
        at: manifestLine(input, line),
        functions: [vendor, agreement.plan ?? ''],
        recipient: null,
        phi: [],
        removed: [],
        path: [],
        cause: `${String(line)}`,
        causeName: [vendor, agreement.plan ?? ''],
        words: {
          agreement: vendor,
          why:
            age === null
              ? 'the manifest names no day of review'
              : `its scope was last reviewed on ${reviewed ?? ''}, ${String(age)} days ago`,
        },
        test: false,
      },
    ];
  });
}
