/** What the analysis shows of each row of the card. A row that is not here rests on attestation alone. */
import type { Recipient } from '../../flow/result.js';
import { textOf } from '../code/constants.js';
import { listingOf } from '../code/listing.js';
import type { JudgedFlow } from '../exchanges.js';
import { type MomentaryStore, momentaryStores } from '../stored-without-expiry.js';
import { type Evidence, type Shown, type Told, shown, some } from './evidence.js';

const NOTHING_SEEN = 'nothing in the code says so';

/** Errors fail a row, warnings and what was accepted leave half of it; nothing to report proves it where there was something to see. */
function by({ errors, warnings, accepted }: Told, seen: boolean, proof: string, missing = NOTHING_SEEN): Shown {
  if (errors.length > 0) return shown('failed', ...some(errors));
  if (warnings.length > 0 || accepted.length > 0) return shown('partly', ...some([...warnings, ...accepted]));
  return seen ? shown('proved', proof) : shown('open', missing);
}

/** As `by`, for rules whose warning says that the row does not hold. */
function strictly(told: Told, seen: boolean, proof: string, missing = NOTHING_SEEN): Shown {
  return by({ ...told, errors: [...told.errors, ...told.warnings], warnings: told.notes }, seen, proof, missing);
}

function recipients(flows: readonly JudgedFlow[]): readonly string[] {
  return flows.map(
    ({ verdict }) => `${verdict.recipient.vendor}/${verdict.recipient.service}: ${verdict.recipient.why}`,
  );
}

/** Every recipient of a kind that gets PHI is covered. */
function covered(e: Evidence, is: (flow: JudgedFlow) => boolean, none: string): Shown {
  const flows = e.flowsTo(is);
  const bad = flows.filter(({ verdict }) => !verdict.covered);
  if (bad.length > 0) return shown('failed', ...some(recipients(bad)));
  return flows.length > 0 ? shown('proved', ...some(recipients(flows))) : shown('open', none);
}

/** What is said of these stores, or of everything else. */
function onlyOf(told: Told, stores: readonly MomentaryStore[], wanted: boolean): Told {
  const lines = new Set(stores.map(({ at }) => `phi-retained ${at.file}:${String(at.line)}`));
  const pick = (all: readonly string[]): readonly string[] =>
    all.filter((line) => lines.has(line.replace(/ \(accepted: .*$/, '')) === wanted);
  return {
    errors: pick(told.errors),
    warnings: pick(told.warnings),
    notes: pick(told.notes),
    accepted: pick(told.accepted),
  };
}

const TRACING = new Set(['tracing']);
const MONITORS = new Set(['monitor', 'apm', 'replay']);

export const ROWS: Readonly<Record<string, (e: Evidence) => Shown>> = {
  'baa-executed': (e) => covered(e, ({ flow }) => flow.call.output, 'no PHI was seen to reach a model'),
  'baa-scope-reviewed'(e) {
    const services = e.told('phi-to-uncovered-service', 'baa-not-in-force');
    const agreements = e.modelAgreements();
    const stale = agreements.filter((one) => !e.isReviewed(one)).map((one) => `${one.vendor} was not reviewed lately`);
    if (services.errors.length > 0) return shown('failed', ...some(services.errors));
    if (agreements.length === 0) return shown('open', 'no agreement with a model provider is in force');
    if (stale.length > 0) return shown('partly', ...some(stale));
    return shown('proved', ...some(agreements.map((one) => `${one.vendor} reviewed ${one.reviewed ?? ''}`)));
  },
  'training-terms'(e) {
    const told = e.told('phi-for-training');
    const agreements = e.modelAgreements();
    if (told.errors.length + told.warnings.length > 0)
      return shown('failed', ...some([...told.errors, ...told.warnings]));
    if (agreements.length === 0) return shown('open', 'no agreement with a model provider is in force');
    const silent = agreements
      .filter((one) => one.terms.training === null)
      .map((one) => `${one.vendor}: no word on training`);
    if (silent.length === agreements.length) return shown('open', ...some(silent));
    return silent.length > 0
      ? shown('partly', ...some(silent))
      : shown('proved', 'every agreement states its terms on training');
  },
  'pipeline-mapped'(e) {
    const unknown = e.told('phi-to-unknown-recipient');
    const gaps = e.told('unanalysed-file');
    if (unknown.errors.length + unknown.warnings.length > 0)
      return shown('failed', ...some([...unknown.errors, ...unknown.warnings]));
    if (!e.understood) return shown('open', 'no flow of PHI was found');
    return gaps.warnings.length > 0
      ? shown('partly', ...some(gaps.warnings))
      : shown('proved', `${String(e.exchanges.length)} flows, every recipient known`);
  },
  'transcription-covered': (e) =>
    covered(e, ({ flow }) => hears(flow.recipient), 'no audio was seen to be transcribed'),
  'vector-covered': (e) =>
    covered(
      e,
      ({ flow }) => flow.recipient.category === 'vector' || /vector/.test(flow.recipient.service),
      'no vector database was seen',
    ),
  'observability-safe'(e) {
    const told = e.told('llm-tracing-captures-prompts');
    const flows = e.flowsTo(({ flow }) => TRACING.has(flow.recipient.category));
    const bad = flows.filter(({ verdict }) => !verdict.covered);
    if (bad.length > 0) return shown('failed', ...some(recipients(bad)));
    return by(
      told,
      e.calls.length > 0,
      flows.length > 0 ? 'the recorders in use are covered' : 'no recorder of prompts is in use',
      'no call to a model was seen',
    );
  },
  'monitor-safe'(e) {
    const told = e.told('error-carries-phi', 'monitor-captures-bodies', 'monitor-sends-default-pii', 'replay-unmasked');
    const bad = e.flowsTo(({ flow, verdict }) => MONITORS.has(flow.recipient.category) && !verdict.covered);
    if (bad.length > 0 && told.errors.length === 0) return shown('failed', ...some(recipients(bad)));
    return by(told, e.understood, 'no monitor takes PHI', 'no flow of PHI was found');
  },
  'calls-audited'(e) {
    const none = e.told('model-call-without-audit');
    const gaps = e.told('audit-gap-on-failure-path');
    const all = [...none.errors, ...none.warnings, ...none.notes];
    if (all.length > 0) return shown('failed', ...some(all));
    const partial = [...gaps.errors, ...gaps.warnings, ...gaps.notes, ...gaps.accepted, ...none.accepted];
    if (partial.length > 0) return shown('partly', ...some(partial));
    return e.calls.length > 0
      ? shown('proved', `${String(e.calls.length)} calls, each recorded on every path`)
      : shown('open', 'no call to a model was seen');
  },
  'dev-data-synthetic'(e) {
    const told = e.told('real-data-in-dev', 'phi-in-fixture');
    const { environments } = e.input.manifest;
    const said = Object.entries(environments).some(
      ([name, one]) => /^(?:dev|local|test)/.test(name) && one.phi !== 'allowed',
    );
    const result = by(
      told,
      said,
      'the manifest forbids real data in development, and none was found',
      'the manifest says nothing of development',
    );
    return result.state === 'open' && e.understood
      ? shown('partly', 'no real data was found; the manifest says nothing of development')
      : result;
  },
  'safety-prompt'(e) {
    const found = constraint(e);
    return found === null
      ? shown('open', 'no instruction against invention was found in the code')
      : shown('partly', found);
  },
  'entity-validation'(e) {
    const told = e.told('unvalidated-model-output');
    const bad = [...told.errors, ...told.warnings, ...told.notes];
    return bad.length > 0
      ? shown('failed', ...some(bad))
      : shown('open', 'whether drugs and codes are looked up cannot be seen');
  },
  'human-review'(e) {
    const told = e.told('unreviewed-write-to-record', 'unreviewed-message-to-patient');
    const answers = e.input.flows.flows.some((flow) => flow.labelKind === 'model-output');
    const reviewed = e.input.manifest.review.length > 0;
    const result = strictly(told, answers && reviewed, 'what models write passes the declared review');
    if (result.state !== 'open' || !answers) return result;
    return shown('partly', 'no answer is written to the record or sent to patients, and no review is declared');
  },
  'audio-retention'(e) {
    const stores = momentaryStores(e.input).filter(({ content }) => content === 'audio');
    const told = onlyOf(e.told('phi-retained'), stores, true);
    const bad = [...told.errors, ...told.warnings];
    if (bad.length > 0) return shown('failed', ...some(bad));
    if (stores.length === 0) return shown('open', 'no storage for audio was seen to be declared');
    const named = stores.map(({ store, at }) => `${store.name ?? store.label} ${at.file}:${String(at.line)}`);
    const unsure = [...told.notes, ...told.accepted];
    if (unsure.length > 0) return shown('partly', ...some(unsure));
    return shown(stores.every(({ store }) => store.expires === 'yes') ? 'proved' : 'partly', ...some(named));
  },
  'prompt-retention'(e) {
    const audio = momentaryStores(e.input).filter(({ content }) => content === 'audio');
    const told = onlyOf(e.told('phi-retained'), audio, false);
    const agreements = e.modelAgreements();
    const agreed = agreements.length > 0 && agreements.every((one) => one.terms.retention !== null);
    return by(
      told,
      agreed,
      'every agreement states a term, and no call leaves more behind',
      'no term of retention is agreed',
    );
  },
  'finetuning-governed': (e) =>
    strictly(
      e.told('phi-for-training'),
      e.flowsTo(({ flow }) => flow.as === 'training').length > 0,
      'training on PHI is allowed by the agreement',
      'no training was seen',
    ),
  'model-registry'(e) {
    const told = e.told('floating-model-version');
    const floating = [...told.errors, ...told.warnings, ...told.notes];
    const named = e.calls.filter((call) => call.recipients.every((to) => to.model !== null && to.model !== 'unknown'));
    if (floating.length > 0) return shown('failed', ...some(floating));
    return named.length > 0 && named.length === e.calls.length
      ? shown('partly', 'every model is named by a fixed version in the code; the dates are not in it')
      : shown('open', 'not every model is named in the code');
  },
  'output-attributable'(e) {
    const told = e.told('model-version-not-recorded');
    const kept = e.input.flows.flows.some(
      (flow) => flow.labelKind === 'model-output' && (flow.as === 'record-write' || flow.as === 'stored'),
    );
    const bad = [...told.errors, ...told.warnings, ...told.notes];
    return bad.length > 0
      ? shown('failed', ...some(bad))
      : by(told, kept, 'the model is kept with what it wrote', 'no answer was seen to be kept');
  },
  'injection-defence': (e) =>
    strictly(
      e.told('untrusted-text-in-instructions'),
      e.calls.some((call) => call.flows.length > 0),
      'no free text of patients stands among instructions',
      'no PHI was seen to reach a model',
    ),
  'baa-change-monitoring'(e) {
    const agreements = e.inForce();
    const fresh = agreements.filter((one) => e.isReviewed(one));
    if (agreements.length === 0 || fresh.length === 0) return shown('open', 'no agreement was reviewed within 90 days');
    const stale = agreements.filter((one) => !e.isReviewed(one)).map((one) => `${one.vendor} was not reviewed lately`);
    return stale.length > 0
      ? shown('partly', ...some(stale))
      : shown('proved', `${String(fresh.length)} agreements reviewed within 90 days`);
  },
  'baa-registry'(e) {
    if (e.input.manifest.path === null) return shown('open', 'there is no manifest');
    const told = e.told('recipient-not-in-registry');
    const missing = [...told.errors, ...told.warnings, ...told.notes];
    const unlisted = e
      .flowsTo(
        ({ verdict }) =>
          !verdict.own && verdict.recipient.vendor !== 'unknown' && verdict.coverage.gap === 'no-agreement',
      )
      .map(({ verdict }) => `${verdict.recipient.vendor} is not in the manifest`);
    if (unlisted.length > 0) return shown('failed', ...some(unlisted));
    if (missing.length > 0) return shown('partly', ...some(missing));
    return e.input.flows.uses.length > 0
      ? shown('proved', 'every recipient of the code is in the manifest')
      : shown('open', 'no recipient was seen');
  },
};

/** Speech that comes in; what is read aloud is another matter. */
function hears({ category, service }: Recipient): boolean {
  return (
    /transcri|speech-to-text|listen/.test(service) || (category === 'speech' && !/text-to-speech|voice/.test(service))
  );
}

const FORBIDS =
  /\b(?:never|do not|don'?t|must not|avoid)\b[^.]{0,40}\b(?:invent|make up|fabricat\w*|hallucinat\w*|guess|assum\w*|speculat\w*)|\b(?:only|solely|strictly)\b[^.]{0,40}\b(?:chart|record|context|source|provided|given|says?)\b/i;

/** A constant text that forbids invention, in a file with a call to a model or one that such a file takes its text from. */
function constraint(e: Evidence): string | null {
  if (e.calls.length === 0) return null;
  const code = listingOf(e.input);
  const near = new Set(
    e.calls.flatMap((call) => [
      call.outbound.file,
      ...call.flows.flatMap((flow) => flow.steps.map(({ site }) => site.file)),
    ]),
  );
  for (const fn of code.all()) {
    if (!near.has(fn.file)) continue;
    for (const block of fn.facts.blocks)
      for (const instr of block.instrs) {
        if (instr.op !== 'const' && instr.op !== 'concat') continue;
        const text = textOf(fn, instr.d);
        if (text === null || !FORBIDS.test(text)) continue;
        const at = instr.span === undefined ? '' : `:${String(e.input.position(fn.file, instr.span[0]).line)}`;
        return `instructions against invention stand in ${fn.file}${at}`;
      }
  }
  return null;
}
