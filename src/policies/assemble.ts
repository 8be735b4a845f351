/** Drafts become findings: numbered, accepted or not, folded by cause, worded, sorted. */
import type { FindingJson, PlaceJson, Severity, SuppressedJson } from '../analysis.js';
import type { Policy } from './catalog.js';
import { type Draft, SEVERITIES, compareLocations, compareText, milder } from './draft.js';
import { Fingerprints, placeIdentity, recipientKey } from './fingerprint.js';
import { unitePhi } from './gravity.js';
import type { PolicyInput } from './input.js';
import type { Suppressions } from './suppressions.js';
import { describeData, describeRecipient, describeSensitive, fill } from './wording.js';

/** A draft with its number, verdict of the suppressions, and final severity (`off`: not shown). */
export interface Placed {
  readonly draft: Draft;
  readonly fingerprint: string;
  readonly suppressed: SuppressedJson | null;
  readonly level: 'off' | Severity;
}

/** Numbers places among equals. Done before anything is left out, so that no option changes a fingerprint. */
export function number(drafts: readonly Draft[]): readonly { readonly draft: Draft; readonly fingerprint: string }[] {
  const numbers = new Fingerprints();
  return [...drafts].sort(compareDrafts).map((draft) => ({
    draft,
    fingerprint: numbers.next(placeIdentity(draft.rule, draft.recipient, draft.phi, draft.functions)),
  }));
}

function compareDrafts(a: Draft, b: Draft): number {
  return (
    compareLocations(a.at, b.at) ||
    compareText(a.rule, b.rule) ||
    compareText(recipientKey(a.recipient), recipientKey(b.recipient)) ||
    compareText(a.cause, b.cause)
  );
}

export function place(
  input: PolicyInput,
  policy: (id: string) => Policy,
  drafts: readonly Draft[],
  suppressions: Suppressions,
): readonly Placed[] {
  return number(drafts).map(({ draft, fingerprint }) => ({
    draft,
    fingerprint,
    suppressed: suppressions.find(draft, fingerprint),
    level: levelOf(input, policy(draft.rule), draft),
  }));
}

/** An override replaces what the rule would say; what the tool cannot be sure of stays capped. */
export function levelOf(input: PolicyInput, policy: Policy, draft: Draft): 'off' | Severity {
  const override = input.rules[policy.id] ?? policy.severity.profiles?.[input.profile];
  if (override === 'off') return 'off';
  if (draft.test && input.profile === 'recommended') return 'off';
  const own = policy.severity.at_most === undefined ? draft.severity : milder(draft.severity, policy.severity.at_most);
  return milder(override ?? own, draft.atMost);
}

interface Shown extends Placed {
  readonly level: Severity;
}

/** One finding for each rule, recipient, cause, and suppression. */
export function assemble(
  input: PolicyInput,
  policy: (id: string) => Policy,
  placed: readonly Placed[],
): readonly FindingJson[] {
  const groups = new Map<string, Shown[]>();
  for (const one of placed) {
    const { level } = one;
    if (level === 'off') continue;
    const { rule, recipient, cause } = one.draft;
    const key = [rule, recipientKey(recipient), cause, JSON.stringify(one.suppressed)].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ ...one, level }]);
    else group.push({ ...one, level });
  }
  const sorted = [...groups.values()].map((group) => group.sort(compareShown));
  sorted.sort((a, b) => compareDrafts(a[0]!.draft, b[0]!.draft));
  const own = new Fingerprints();
  const live = new Map<string, string>();
  return sorted.map((group) => {
    const { draft } = group[0]!;
    const cause = [draft.rule, recipientKey(draft.recipient), draft.cause].join('\0');
    // Accepted and other places of one cause share its fingerprint.
    const fingerprint =
      live.get(cause) ??
      own.next(['finding', draft.rule, recipientKey(draft.recipient), ...draft.causeName].join('\0'));
    live.set(cause, fingerprint);
    return toFinding(input, policy(draft.rule), group, fingerprint);
  });
}

/** The gravest place stands for the finding. */
function compareShown(a: Shown, b: Shown): number {
  return SEVERITIES.indexOf(b.level) - SEVERITIES.indexOf(a.level) || compareDrafts(a.draft, b.draft);
}

function toFinding(input: PolicyInput, policy: Policy, group: readonly Shown[], fingerprint: string): FindingJson {
  const { draft, level, suppressed } = group[0]!;
  const phi = unitePhi(group.map((one) => one.draft.phi));
  const { recipient } = draft;
  const places = group.map((one): PlaceJson => ({
    ...one.draft.at,
    phi: one.draft.phi,
    path: one.draft.path,
    fingerprint: one.fingerprint,
  }));
  const message = fill(policy.message, {
    data: describeData(phi),
    recipient: recipient === null ? '' : describeRecipient(recipient, input.knowledge),
    fix: policy.fix,
    ...draft.words,
  });
  const more = [places.length > 1 ? `At ${String(places.length)} places.` : null, describeSensitive(phi)].filter(
    (sentence) => sentence !== null,
  );
  return {
    ruleId: draft.rule,
    severity: level,
    confidence: draft.confidence,
    message: [message, ...more].join(' '),
    ...draft.at,
    recipient,
    phi,
    removed: draft.removed.filter((letter) => group.every((one) => one.draft.removed.includes(letter))),
    path: draft.path,
    places,
    fingerprint,
    suppressed,
    help: `docs/rules/${draft.rule}.md`,
  };
}
