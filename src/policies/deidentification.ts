/**
 * The map's de-identification steps: which data went in, to whom what came out was sent, and whether anything is left of
 * it. Told, never judged: what is left is a flow like any other, and judged as one.
 */
import type { CleaningJson, FlowJson } from '../analysis.js';
import type { Passage, Site } from '../flow/result.js';
import { CONFIDENCES, compareLocations, compareText, locate, step } from './draft.js';
import { judgeRecipient, type Exchange, type Verdict } from './exchanges.js';
import { Fingerprints, placeIdentity, recipientKey } from './fingerprint.js';
import { gravest, toPhi } from './gravity.js';
import type { PolicyInput } from './input.js';

/** What one step took out on the way to one recipient, in all environments in which the answer is the same. */
interface Group {
  readonly verdict: Verdict;
  readonly passages: [Passage, ...Passage[]];
}

/**
 * Steps in the order of the outbound calls behind them. `flows` are the map's entries for `all`, in the same order or any
 * other; a step names the one that holds what is left.
 */
export function cleanings(
  input: PolicyInput,
  all: readonly (readonly [Exchange, FlowJson])[],
): readonly CleaningJson[] {
  const left = restsByPlace(all);
  const numbers = new Fingerprints();
  const told = grouped(input).map((group) => ({ group, at: locate(input, group.passages[0].outbound) }));
  told.sort(
    (a, b) =>
      compareLocations(a.at, b.at) ||
      compareText(recipientKey(a.group.verdict.recipient), recipientKey(b.group.verdict.recipient)) ||
      compareSites(a.group.passages[0].step, b.group.passages[0].step),
  );
  return told.flatMap(({ group: { verdict, passages }, at }): CleaningJson[] => {
    const [witness] = passages;
    const { by, outbound, steps, sourceFn } = witness;
    const gone = toPhi(passages.flatMap((p) => p.gone));
    const rests = [...new Set(passages.flatMap((p) => left.get(passageKey(p.outbound, p.step, p.recipient)) ?? []))];
    if (rests.length === 0 && gone.length === 0) return [];
    const { recipient } = verdict;
    const sure = passages.map((p) => CONFIDENCES.indexOf(p.confidence));
    const whole = {
      by,
      step: locate(input, witness.step),
      recipient,
      gone,
      confidence: CONFIDENCES[Math.max(...sure)] ?? 'low',
      ...at,
      path: steps.map((one) => step(input, one.site, one.kind, one.text)),
    };
    const identity = placeIdentity(`deidentified by ${by}`, recipient, gone, [sourceFn, outbound.fn]);
    return (rests.length === 0 ? [null] : rests).map((rest) => ({
      ...whole,
      rest,
      fingerprint: numbers.next(identity),
    }));
  });
}

/** Fingerprints of the flows that went through a step, by its place, the outbound call and the recipient. */
function restsByPlace(all: readonly (readonly [Exchange, FlowJson])[]): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const [exchange, { fingerprint }] of all)
    for (const { flow } of exchange.flows)
      for (const { by, site } of flow.steps) {
        if (by === undefined) continue;
        const key = passageKey(flow.outbound, site, flow.recipient);
        const known = out.get(key);
        if (known === undefined) out.set(key, [fingerprint]);
        else if (!known.includes(fingerprint)) known.push(fingerprint);
      }
  return out;
}

function passageKey(outbound: Site, at: Site, to: { readonly vendor: string; readonly service: string }): string {
  return [outbound.file, ...outbound.span, at.file, ...at.span, to.vendor, to.service].join('\0');
}

function grouped(input: PolicyInput): Group[] {
  const groups = new Map<string, Group>();
  const environments = new Map<string, Set<string | null>>();
  const judged = input.flows.passages.map((p) => ({ p, verdict: judgeRecipient(input, p.recipient, []) }));
  const same = (p: Passage, { recipient: r }: Verdict): string =>
    [passageKey(p.outbound, p.step, p.recipient), r.region, r.covered, r.why].join('\0');
  for (const { p, verdict } of judged) {
    const key = same(p, verdict);
    environments.set(key, (environments.get(key) ?? new Set()).add(p.recipient.environment));
  }
  for (const { p, verdict } of judged) {
    const key = same(p, verdict);
    // Environments in which recipient and answer are the same do not differ: they are one, named by none.
    const one = (environments.get(key)?.size ?? 0) > 1;
    const recipient = one ? { ...verdict.recipient, environment: null } : verdict.recipient;
    const name = `${key}\0${recipient.environment ?? ''}`;
    const old = groups.get(name);
    if (old === undefined) groups.set(name, { verdict: { ...verdict, recipient }, passages: [p] });
    else if (graver(p, old.passages[0])) old.passages.unshift(p);
    else old.passages.push(p);
  }
  return [...groups.values()];
}

/** The witness: the gravest that is gone, then the shorter path. */
function graver(a: Passage, b: Passage): boolean {
  return (gravest(a.gone) - gravest(b.gone) || a.steps.length - b.steps.length) < 0;
}

function compareSites(a: Site, b: Site): number {
  return compareText(a.file, b.file) || a.span[0] - b.span[0] || a.span[1] - b.span[1];
}
