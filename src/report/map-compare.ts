/** `--compare OLD.json`: what changed since an earlier analysis. */
import type { Analysis, CleaningJson, FlowJson } from '../analysis.js';
import { byText } from './words.js';

/** What an earlier document must have; the rest of it is not read. */
export interface OldDocument {
  readonly asOf: string;
  readonly flows: readonly Pick<FlowJson, 'fingerprint' | 'recipient' | 'phi' | 'file' | 'line' | 'message'>[];
  /** Steps of de-identification; null in documents of `check` and of versions that did not tell them. */
  readonly cleanings: readonly OldCleaning[] | null;
}

export type OldCleaning = Pick<CleaningJson, 'by' | 'fingerprint' | 'rest' | 'file' | 'line'> & {
  readonly recipient: Pick<CleaningJson['recipient'], 'vendor' | 'service'>;
};

export interface Changes {
  /** Day of the earlier analysis. */
  readonly since: string;
  /** Fingerprints of flows that were not there. */
  readonly added: ReadonlySet<string>;
  readonly gone: OldDocument['flows'];
  /** De-identified in full before, and no more: a step that is left out now, or a flow that is gone. */
  readonly goneCleanings: readonly OldCleaning[];
  /** Flows that are there in both, and whose cover was lost or won. */
  readonly lost: ReadonlySet<string>;
  readonly won: ReadonlySet<string>;
  /** `vendor/service`. */
  readonly newRecipients: readonly string[];
  readonly goneRecipients: readonly string[];
}

/** `cleanings`: of today's analysis. */
export function compare(analysis: Analysis, old: OldDocument, cleanings: readonly CleaningJson[] = []): Changes {
  const before = new Map(old.flows.map((flow) => [flow.fingerprint, flow]));
  const now = new Set(analysis.flows.map((flow) => flow.fingerprint));
  const both = analysis.flows.filter((flow) => before.has(flow.fingerprint));
  const turned = (to: boolean): Set<string> =>
    new Set(
      both
        .filter((flow) => flow.recipient?.covered === to && before.get(flow.fingerprint)?.recipient?.covered === !to)
        .map((flow) => flow.fingerprint),
    );
  const then = recipientsOf(old.flows);
  const today = recipientsOf(analysis.flows);
  const cleanBefore = old.cleanings?.filter((c) => c.rest === null) ?? [];
  const cleanNow = old.cleanings === null ? [] : cleanings.filter((c) => c.rest === null);
  const known = new Set([...before.keys(), ...cleanBefore.map((c) => c.fingerprint)]);
  const there = new Set(cleanings.map((c) => c.fingerprint));
  return {
    since: old.asOf,
    added: new Set([...now, ...cleanNow.map((c) => c.fingerprint)].filter((fingerprint) => !known.has(fingerprint))),
    goneCleanings: cleanBefore.filter((c) => !there.has(c.fingerprint)),
    gone: old.flows.filter((flow) => !now.has(flow.fingerprint)),
    lost: turned(false),
    won: turned(true),
    newRecipients: [...today].filter((name) => !then.has(name)).sort(byText),
    goneRecipients: [...then].filter((name) => !today.has(name)).sort(byText),
  };
}

function recipientsOf(flows: OldDocument['flows']): Set<string> {
  return new Set(flows.flatMap(({ recipient: r }) => (r === null ? [] : [`${r.vendor}/${r.service}`])));
}

/** What happened to a flow that is there now, in one word; empty if nothing. */
export function changeOf(changes: Changes | null, fingerprint: string): '' | 'new' | 'cover lost' | 'cover won' {
  if (changes === null) return '';
  if (changes.added.has(fingerprint)) return 'new';
  if (changes.lost.has(fingerprint)) return 'cover lost';
  return changes.won.has(fingerprint) ? 'cover won' : '';
}

/** The document of an earlier run of `map` or `check`, or what is wrong with it. */
export function parseOld(text: string): OldDocument | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  if (!isRecord(document)) return 'is no document of phitrace';
  if (document['schemaVersion'] !== 1) return 'is no document of schema version 1';
  const { flows, asOf, deidentification = null } = document;
  if (
    typeof asOf !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}$/.test(asOf) ||
    !Array.isArray(flows) ||
    !flows.every(isFlow) ||
    !areCleanings(deidentification)
  )
    return 'is no document of `phitrace map --format json` or `phitrace check --format json`';
  return { asOf, flows, cleanings: deidentification };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFlow(value: unknown): value is OldDocument['flows'][number] {
  if (!isRecord(value)) return false;
  const { fingerprint, recipient, phi, file, line, message } = value;
  return (
    typeof fingerprint === 'string' &&
    typeof file === 'string' &&
    typeof line === 'number' &&
    typeof message === 'string' &&
    Array.isArray(phi) &&
    phi.every(
      (p) =>
        isRecord(p) && typeof p['category'] === 'string' && (p['letter'] === null || typeof p['letter'] === 'string'),
    ) &&
    (recipient === null ||
      (isRecord(recipient) &&
        typeof recipient['vendor'] === 'string' &&
        typeof recipient['service'] === 'string' &&
        typeof recipient['why'] === 'string' &&
        typeof recipient['covered'] === 'boolean'))
  );
}

function areCleanings(value: unknown): value is readonly OldCleaning[] | null {
  return value === null || (Array.isArray(value) && value.every(isCleaning));
}

function isCleaning(value: unknown): value is OldCleaning {
  if (!isRecord(value)) return false;
  const { by, fingerprint, rest, file, line, recipient } = value;
  return (
    typeof by === 'string' &&
    typeof fingerprint === 'string' &&
    (rest === null || typeof rest === 'string') &&
    typeof file === 'string' &&
    typeof line === 'number' &&
    isRecord(recipient) &&
    typeof recipient['vendor'] === 'string' &&
    typeof recipient['service'] === 'string'
  );
}

/** What is gone since the earlier document, a text each. */
export function goneTexts(changes: Changes): readonly string[] {
  return [
    ...changes.gone.map(goneText),
    ...changes.goneCleanings.map(
      ({ by, recipient: r, file, line }) =>
        `${file}:${line} to ${r.vendor} ${r.service}, de-identified in full by ${by}`,
    ),
  ];
}

/** Where a flow of the earlier document went. */
function goneText({ recipient, file, line }: OldDocument['flows'][number]): string {
  const to = recipient === null ? '' : ` to ${recipient.vendor} ${recipient.service}`;
  return `${file}:${line}${to}`;
}
