/** The readiness card as data: rows, weights, and from where on a project is ready. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface CardRow {
  readonly id: string;
  readonly weight: number;
  readonly proof: 'code' | 'manifest' | 'attested' | 'either';
  /** An attestation that it does not apply takes the row off the card. */
  readonly optional?: boolean;
  readonly holds: string;
}

export interface Card {
  /** Per cent. */
  readonly ready: number;
  readonly proceed: number;
  readonly rows: readonly CardRow[];
}

let loaded: Card | null = null;

/** rules/ stands beside both src/ and dist/. */
export function readinessCard(): Card {
  loaded ??= parse(readFileSync(new URL('../../../rules/scorecard/card.yaml', import.meta.url), 'utf8')) as Card;
  return loaded;
}
