/** What the agreement says besides "may receive": training, retention, purpose. Asked of covered recipients, too. */
import type { Severity } from '../analysis.js';
import type { PhiFlow } from '../flow/result.js';
import { globMatches } from '../manifest/match.js';
import type { Agreement } from '../manifest/types.js';
import type { RuleId } from './catalog.js';
import { type Draft, graver, locate, milder } from './draft.js';
import type { Exchange, JudgedFlow } from './exchanges.js';
import { kindsOf, toPhi, weigh } from './gravity.js';
import type { PolicyInput } from './input.js';
import { fromManifest } from './suppressions.js';
import path from 'node:path';

export function terms(input: PolicyInput, all: readonly Exchange[]): readonly Draft[] {
  return all.flatMap((exchange) => [
    ...training(input, exchange),
    ...retention(input, exchange),
    ...necessity(input, exchange),
  ]);
}

function agreementOf(input: PolicyInput, { verdict }: JudgedFlow): Agreement | null {
  const { agreement } = verdict.coverage;
  return agreement === null ? null : (input.manifest.agreements[agreement] ?? null);
}

/** PHI that a model is trained on, tuned with or measured by. Being allowed to answer is not being allowed to learn. */
function training(input: PolicyInput, exchange: Exchange): readonly Draft[] {
  const flows = exchange.flows.filter(({ flow, verdict }) => flow.as === 'training' && !verdict.own);
  const [first] = flows;
  if (first === undefined) return [];
  const agreement = agreementOf(input, first);
  if (first.verdict.covered && agreement?.terms.training === true) return [];
  const why =
    agreement === null
      ? `no agreement with ${first.flow.recipient.vendor} allows training`
      : agreement.terms.training === false
        ? `the agreement with ${agreement.vendor} rules training out`
        : `the agreement with ${agreement.vendor} does not say that training is allowed`;
  return [draft(input, 'phi-for-training', exchange, flows, weigh(itemsOf(flows)), why)];
}

/** What the vendor keeps after the answer, against the term that was agreed. */
function retention(input: PolicyInput, exchange: Exchange): readonly Draft[] {
  const flows = exchange.flows.filter(({ flow, verdict }) => flow.call.retained !== 'no' && !verdict.own);
  const [first] = flows;
  if (first === undefined) return [];
  const agreement = agreementOf(input, first);
  // Without any agreement the egress finding says all there is to say.
  if (agreement === null || agreement.terms.retention === 'unlimited') return [];
  // Keeping is what a store is for: only a term that was agreed can be broken.
  if (agreement.terms.retention === null && flows.every(({ flow }) => isStore(flow))) return [];
  const sure = flows.some(({ flow }) => flow.call.retained === 'yes');
  const term = agreement.terms.retention;
  const limit = term === null ? 'note' : term === 'zero' ? 'error' : 'warning';
  const keeps = sure ? 'this call leaves it with them' : 'the code does not show whether this call leaves it with them';
  const agreed =
    term === null
      ? `the agreement with ${agreement.vendor} states no term of retention`
      : `the agreement with ${agreement.vendor} allows ${term === 'zero' ? 'no retention' : `${term} of retention`}`;
  const severity = milder(graver(weigh(itemsOf(flows)), 'warning'), sure ? limit : milder(limit, 'warning'));
  return [draft(input, 'phi-retained', exchange, flows, severity, `${keeps}, and ${agreed}`)];
}

const STORES = new Set(['vector', 'storage', 'database', 'cache', 'queue', 'logging', 'search']);

function isStore({ as, recipient }: PhiFlow): boolean {
  return as === 'stored' || STORES.has(recipient.category);
}

/** More than the task needs: a whole record to a model, or what the written purpose does not list. */
function necessity(input: PolicyInput, exchange: Exchange): readonly Draft[] {
  const [first] = exchange.flows;
  if (first.verdict.own) return [];
  const folder = path.posix.dirname(input.manifest.path ?? 'baa.yaml');
  const file = fromManifest(input.workspace.root, folder, first.flow.place.file);
  const purposes = input.manifest.purposes.filter((one) => globMatches(one.where, file));
  const phi = exchange.flows.filter(({ flow }) => flow.labelKind === 'phi');
  if (purposes.length > 0) {
    const needs = new Set(purposes.flatMap((one) => one.needs));
    const beyond = phi
      .flatMap(({ flow }) => flow.items)
      .filter(({ kind }) => !needs.has(kind.letter ?? '') && !needs.has(kind.category));
    if (beyond.length === 0) return [];
    const words = [...new Set(beyond.map(({ kind }) => kind.letter ?? kind.category))].sort().join(', ');
    const why = `${words} ${words.includes(',') ? 'are' : 'is'} not among what the purpose of this code needs (${[...needs].sort().join(', ')})`;
    return [draft(input, 'minimum-necessary', exchange, phi, 'warning', why)];
  }
  const whole = phi.filter(({ flow }) => flow.call.output && isRecord(flow));
  if (whole.length === 0) return [];
  const names = [...new Set(whole.map(({ flow }) => flow.whole ?? ''))].sort().join(', ');
  const why = `${names} goes out whole, and no purpose in the manifest says that all of it is needed`;
  return [draft(input, 'minimum-necessary', exchange, whole, 'warning', why)];
}

const MANY = 4;

/** A whole resource, row or bundle: the place itself, not a field of it, and more than a few kinds of data. */
function isRecord(flow: PhiFlow): boolean {
  if (flow.whole === null || flow.whole.includes('.')) return false;
  return new Set(flow.items.map(({ kind }) => kind.letter ?? kind.category)).size >= MANY;
}

function itemsOf(flows: readonly JudgedFlow[]): PhiFlow['items'] {
  return flows.flatMap(({ flow }) => flow.items);
}

function draft(
  input: PolicyInput,
  rule: RuleId,
  exchange: Exchange,
  flows: readonly JudgedFlow[],
  severity: Severity,
  why: string,
): Draft {
  const [witness] = exchange.flows;
  const { flow } = flows[0] ?? witness;
  const unreached = flows.every((one) => !one.flow.reached);
  const test = flows.every((one) => one.flow.test);
  const phi = toPhi(itemsOf(flows));
  const kinds = kindsOf(phi);
  return {
    rule,
    severity,
    atMost: unreached || test ? 'note' : exchange.confidence === 'low' ? 'warning' : 'error',
    confidence: exchange.confidence,
    at: locate(input, flow.place),
    functions: exchange.functions,
    recipient: witness.verdict.recipient,
    phi,
    removed: exchange.removed,
    path: exchange.path,
    cause: `call ${flow.outbound.file}:${flow.outbound.span.join('-')} ${kinds}`,
    causeName: ['call', flow.outbound.fn, kinds],
    words: { why },
    test,
  };
}
