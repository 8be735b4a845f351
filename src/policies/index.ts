/** Flows and settings in, findings out. */
import type { FindingJson } from '../analysis.js';
import { assemble, place } from './assemble.js';
import { policyCatalog, type Policy } from './catalog.js';
import { compareLocations, compareText, type Draft } from './draft.js';
import { cleanings } from './deidentification.js';
import { EGRESS_RULES, egress } from './egress.js';
import { exchanges, toFlows } from './exchanges.js';
import { recipientKey } from './fingerprint.js';
import type { Judgement, PolicyInput } from './input.js';
import { optionRows } from './monitors/option-rows.js';
import { modelCallAudit } from './model-call-audit.js';
import { floatingModelVersion, modelVersionNotRecorded } from './model-versions.js';
import { scrubbers } from './monitors/scrubbers.js';
import { sentry } from './monitors/sentry.js';
import { phiInFixture } from './phi-in-fixture.js';
import { environmentNotCovered } from './environment-not-covered.js';
import { baaStale } from './baa-stale.js';
import { realDataInDev } from './real-data-in-dev.js';
import { review } from './review.js';
import { scorecard } from './scorecard/scorecard.js';
import { storedWithoutExpiry } from './stored-without-expiry.js';
import { terms } from './terms.js';
import { untrustedInstructions } from './untrusted-instructions.js';
import { unvalidatedOutput } from './unvalidated-output.js';
import { vendorKeyInBrowser, vendorKeyInSource } from './vendor-keys.js';
import { notInRegistry, registry, unusedEntries } from './registry.js';
import { aboutSuppressions, unanalysed } from './self.js';
import { Suppressions } from './suppressions.js';

export type { Judgement, PolicyInput, VendorBook } from './input.js';
export { maskCode } from '../mask.js';
export { policyCatalog, RULE_IDS, type Catalog, type Policy, type Profile } from './catalog.js';

/** Rules that need nothing but the input. A new one is a row here, a file beside it, and a file in rules/policies. */
const RULES: readonly ((input: PolicyInput) => readonly Draft[])[] = [
  sentry,
  optionRows,
  scrubbers,
  realDataInDev,
  phiInFixture,
  environmentNotCovered,
  baaStale,
  storedWithoutExpiry,
  modelCallAudit,
  review,
  untrustedInstructions,
  unvalidatedOutput,
  floatingModelVersion,
  modelVersionNotRecorded,
  vendorKeyInSource,
  vendorKeyInBrowser,
  unanalysed,
];

export function judge(input: PolicyInput): Judgement {
  const catalog = policyCatalog();
  const all = exchanges(input);
  const leaks = egress(input, all);
  const told = new Set(leaks.map((draft) => draft.recipient?.vendor ?? ''));
  const drafts = [
    ...leaks,
    ...terms(input, all),
    ...RULES.flatMap((rule) => rule(input)),
    ...notInRegistry(input, told),
    ...unusedEntries(input, all),
  ];
  const suppressions = new Suppressions(input);
  const placed = place(input, catalog.policy, drafts, suppressions);
  const judged = (rule: string): boolean => catalog.has(rule) && input.rules[rule] !== 'off';
  const incomplete = new Set([
    ...input.flows.cut.map((gap) => gap.file),
    ...input.workspace.unanalysed.map((gap) => gap.path),
    // Under this profile tests are not followed, nor is anything in them reported.
    ...input.workspace.code.flatMap(({ path, role }) =>
      role === 'test' && input.profile === 'recommended' ? [path] : [],
    ),
    ...input.workspace.code.flatMap(({ path }) => ((input.facts(path)?.skipped.length ?? 0) > 0 ? [path] : [])),
  ]);
  const problems = aboutSuppressions(suppressions.problems(judged, incomplete));
  const findings = assemble(input, catalog.policy, [
    ...placed,
    ...place(input, catalog.policy, problems, suppressions),
  ]);
  const flows = toFlows(input, all);
  const sorted = [...findings].sort(compareFindings);
  return {
    findings: sorted,
    scorecard: () => scorecard(input, all, sorted),
    flows: flows.map(([, flow]) => flow),
    cleanings: cleanings(input, flows),
    registry: registry(input, all),
  };
}

/** The contract's order; what stands at one place under one rule is told apart by recipient and number. */
function compareFindings(a: FindingJson, b: FindingJson): number {
  return (
    compareLocations(a, b) ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(recipientKey(a.recipient), recipientKey(b.recipient)) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

export { EGRESS_RULES };

/** What reports and `explain` tell of each rule. */
export function ruleDocs(): readonly Policy[] {
  return policyCatalog().all();
}
