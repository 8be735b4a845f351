/** What the analysis shows, as the rows of the card ask for it. */
import type { FindingJson } from '../../analysis.js';
import type { Agreement } from '../../manifest/types.js';
import { daysBetween } from '../../manifest/dates.js';
import { REVIEW_DAYS } from '../baa-stale.js';
import { type Exchange, type JudgedFlow, judgeRecipient } from '../exchanges.js';
import type { PolicyInput } from '../input.js';
import { type ModelCall, modelCalls } from '../model-calls.js';

/** How far a row holds by the analysis alone, and what shows it. */
export interface Shown {
  readonly state: 'proved' | 'partly' | 'failed' | 'open';
  readonly evidence: readonly string[];
}

export function shown(state: Shown['state'], ...evidence: readonly string[]): Shown {
  return { state, evidence };
}

/** What findings of some rules say: an accepted one is known, but not repaired. */
export interface Told {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly accepted: readonly string[];
}

export class Evidence {
  readonly calls: readonly ModelCall[];
  /** Rules that were asked about since it was emptied, and that are switched off: their silence shows nothing. */
  readonly silenced = new Set<string>();

  constructor(
    readonly input: PolicyInput,
    readonly exchanges: readonly Exchange[],
    readonly findings: readonly FindingJson[],
  ) {
    this.calls = modelCalls(input).filter((call) => call.reached && !call.test);
  }

  told(...rules: readonly string[]): Told {
    for (const rule of rules) if (this.input.rules[rule] === 'off') this.silenced.add(rule);
    const of = this.findings.filter((one) => rules.includes(one.ruleId));
    const line = (one: FindingJson): string => `${one.ruleId} ${one.file}:${String(one.line)}`;
    const live = (severity: string): readonly string[] =>
      of.filter((one) => one.suppressed === null && one.severity === severity).map(line);
    return {
      errors: live('error'),
      warnings: live('warning'),
      notes: live('note'),
      accepted: of
        .filter((one) => one.suppressed !== null)
        .map((one) => `${line(one)} (accepted: ${one.suppressed?.reason ?? ''})`),
    };
  }

  /** PHI that reaches a kind of recipient in live code. */
  flowsTo(is: (flow: JudgedFlow) => boolean): readonly JudgedFlow[] {
    return this.exchanges.flatMap((one) => one.flows).filter((one) => one.flow.reached && !one.flow.test && is(one));
  }

  /** Agreements in force with those that answer in this code base. */
  modelAgreements(): readonly Agreement[] {
    const found = new Set<number>();
    for (const call of this.calls)
      for (const recipient of call.recipients) {
        const { agreement } = judgeRecipient(this.input, recipient, []).coverage;
        if (agreement !== null) found.add(agreement);
      }
    return this.inForce().filter((one) => found.has(this.input.manifest.agreements.indexOf(one)));
  }

  inForce(): readonly Agreement[] {
    const { today } = this.input;
    return this.input.manifest.agreements.filter(
      (one) => one.executed !== null && one.executed <= today && (one.expires === null || one.expires >= today),
    );
  }

  isReviewed(agreement: Agreement): boolean {
    return agreement.reviewed !== null && daysBetween(agreement.reviewed, this.input.today) <= REVIEW_DAYS;
  }

  /** Whether anything about people was understood at all: without it, no finding proves nothing. */
  get understood(): boolean {
    return this.input.flows.sources > 0 && this.exchanges.length > 0;
  }
}

/** The first few of a list, and how many more. */
export function some(list: readonly string[], shownOf = 3): readonly string[] {
  const unique = [...new Set(list)];
  return unique.length <= shownOf
    ? unique
    : [...unique.slice(0, shownOf), `and ${String(unique.length - shownOf)} more`];
}
