/** Findings at a configuration site. */
import type { Confidence, Location, RecipientJson, Severity } from '../../analysis.js';
import type { ConfigSite, Recipient, Site } from '../../flow/result.js';
import type { Known } from '../../flow/result.js';
import type { RuleId } from '../catalog.js';
import { type Draft, locate } from '../draft.js';
import { judgeRecipient } from '../exchanges.js';
import type { PolicyInput } from '../input.js';

/** Who receives what the SDK sends; `safe` if the manifest covers it, or it is one's own. */
export function monitorRecipient(
  input: PolicyInput,
  site: ConfigSite,
  host: Known,
  service: string,
): { readonly recipient: RecipientJson; readonly safe: boolean } {
  const recipient: Recipient = {
    ...{ vendor: site.product, service: site.service || service, endpoint: null, host, region: null, model: null },
    ...{ apiKeyEnv: null, project: null, environment: null, package: site.package, kind: 'incidental' },
    ...{ category: 'monitor', own: null, unresolved: null, ignoredFile: null },
  };
  const verdict = judgeRecipient(input, recipient, []);
  return { recipient: verdict.recipient, safe: verdict.covered };
}

export interface ConfigProblem {
  readonly rule: RuleId;
  /** Stable name of what is wrong, for the fingerprint. */
  readonly option: string;
  /** The option; null: it is missing, so the finding stands at the call. */
  readonly at: Site | Location | null;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly words: Readonly<Record<string, string>>;
}

export function configDraft(
  input: PolicyInput,
  site: ConfigSite,
  recipient: RecipientJson,
  problem: ConfigProblem,
): Draft {
  const at = problem.at ?? site.site;
  return {
    rule: problem.rule,
    severity: problem.severity,
    atMost: site.reached && !site.test ? 'error' : 'note',
    confidence: problem.confidence,
    at: 'span' in at ? locate(input, at) : at,
    functions: [site.package, site.member, problem.option, site.site.fn],
    recipient,
    phi: [],
    removed: [],
    path: [],
    cause: `${site.site.file}:${String(site.site.span[0])}:${problem.option}`,
    causeName: [site.package, site.member, problem.option, site.site.fn],
    words: problem.words,
    test: site.test,
  };
}
