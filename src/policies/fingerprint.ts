/** Fingerprints: what stays the same when lines shift, locals are renamed and files move. */
import { createHash } from 'node:crypto';
import type { PhiJson, RecipientJson } from '../analysis.js';

const LENGTH = 16;

/** Hash of parts; a part may hold any character but NUL. */
function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, LENGTH);
}

export function recipientKey(recipient: RecipientJson | null): string {
  if (recipient === null) return '';
  return `${recipient.vendor}/${recipient.service}${recipient.environment === null ? '' : `@${recipient.environment}`}`;
}

/** Without its ordinal: equal for places that cannot be told apart by names. */
export function placeIdentity(
  rule: string,
  recipient: RecipientJson | null,
  phi: readonly PhiJson[],
  functions: readonly string[],
): string {
  const vias = [...new Set(phi.map((item) => item.via))].sort();
  return [rule, recipientKey(recipient), ...vias, '', ...functions].join('\0');
}

/** Numbers equal identities in the order given. */
export class Fingerprints {
  private readonly counts = new Map<string, number>();

  next(identity: string): string {
    const ordinal = this.counts.get(identity) ?? 0;
    this.counts.set(identity, ordinal + 1);
    return hash([identity, String(ordinal)]);
  }
}
