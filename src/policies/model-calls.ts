/** Calls that a model answers, each once, with what is known of what goes in. */
import type { OutboundCall, PhiFlow, Recipient, Site } from '../flow/result.js';
import type { PolicyInput } from './input.js';

export interface ModelCall {
  readonly outbound: Site;
  readonly call: OutboundCall;
  /** Who answers: not the proxies and recorders around it. */
  readonly recipient: Recipient;
  /** All recipients that answer (one for each environment or alternative). */
  readonly recipients: readonly Recipient[];
  readonly reached: boolean;
  readonly test: boolean;
  /** PHI that goes in, from wherever. */
  readonly flows: readonly PhiFlow[];
}

/** Categories of those that answer; others only listen. */
const LISTENERS = new Set(['tracing', 'monitor', 'apm', 'logging', 'analytics', 'ads', 'replay']);

/** Services by which plain HTTP to a model's host is known to be answered. */
const ANSWERS =
  /^(?:chat|messages|responses|completions|generate|embed|audio-trans|inference|bedrock-runtime|vertex-ai)/;

function isAnswered({ call, recipient }: { readonly call: OutboundCall; readonly recipient: Recipient }): boolean {
  if (LISTENERS.has(recipient.category)) return false;
  return call.output || (/^(?:llm|gateway)$/.test(recipient.category) && ANSWERS.test(recipient.service));
}

const made = new WeakMap<PolicyInput, readonly ModelCall[]>();

export function modelCalls(input: PolicyInput): readonly ModelCall[] {
  const known = made.get(input);
  if (known !== undefined) return known;
  const calls = new Map<
    string,
    { uses: (Pick<ModelCall, 'outbound' | 'call' | 'reached' | 'test'> & { recipient: Recipient })[]; flows: PhiFlow[] }
  >();
  const at = (site: Site): string => `${site.file}:${site.span.join('-')}`;
  const add = (
    one: Pick<ModelCall, 'outbound' | 'call' | 'reached' | 'test'> & { recipient: Recipient },
  ): PhiFlow[] => {
    const group = calls.get(at(one.outbound)) ?? { uses: [], flows: [] };
    calls.set(at(one.outbound), group);
    group.uses.push(one);
    return group.flows;
  };
  for (const use of input.flows.uses) if (isAnswered(use)) add(use);
  for (const flow of input.flows.flows) if (isAnswered(flow)) add(flow).push(flow);
  const list = [...calls.values()].map(({ uses, flows }): ModelCall => {
    const recipients = uses.map((use) => use.recipient);
    // A gateway in front of a model is not the model.
    const sorted = [...recipients].sort(
      (a, b) => rank(a) - rank(b) || (a.vendor < b.vendor ? -1 : a.vendor > b.vendor ? 1 : 0),
    );
    const [first] = uses;
    const [recipient] = sorted;
    if (first === undefined || recipient === undefined) throw new Error('a model call without a use');
    return {
      outbound: first.outbound,
      call: first.call,
      recipient,
      recipients,
      reached: uses.some((use) => use.reached),
      test: uses.every((use) => use.test),
      flows: flows.filter((flow) => flow.items.length > 0),
    };
  });
  list.sort((a, b) =>
    a.outbound.file < b.outbound.file
      ? -1
      : a.outbound.file > b.outbound.file
        ? 1
        : a.outbound.span[0] - b.outbound.span[0],
  );
  made.set(input, list);
  return list;
}

function rank(recipient: Recipient): number {
  if (recipient.vendor === 'unknown') return 2;
  return recipient.category === 'gateway' ? 1 : 0;
}
