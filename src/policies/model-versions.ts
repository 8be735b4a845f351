/** Which model answered: named exactly in the code, and kept with what it said. */
import type { PhiFlow } from '../flow/result.js';
import { policyCatalog, rowsOf } from './catalog.js';
import { propertyNames } from './code/constants.js';
import { type Listed, listingOf } from './code/listing.js';
import type { Draft } from './draft.js';
import { governanceDraft } from './governance-draft.js';
import type { PolicyInput } from './input.js';
import { type ModelCall, modelCalls } from './model-calls.js';

/** Names that stand for whatever the vendor serves today. */
export function floatingModelVersion(input: PolicyInput): readonly Draft[] {
  const aliases = rowsOf(policyCatalog().policy('floating-model-version'), 'aliases').map((row) => {
    const [vendor = '', pattern = ''] = row.split(/\s+/);
    return { vendor, pattern: new RegExp(pattern) };
  });
  return modelCalls(input).flatMap((one) => {
    // By environment a model may have several names, each of which answers somewhere.
    const floating = [...new Set(one.recipients.flatMap(({ model, models }) => [model, ...(models ?? [])]))].find(
      (model) =>
        typeof model === 'string' &&
        model !== 'unknown' &&
        aliases.some(({ vendor, pattern }) => {
          const bare = model.slice(model.lastIndexOf('/') + 1);
          const from =
            vendor === '*' || one.recipients.some((to) => to.vendor === vendor) || model.startsWith(`${vendor}/`);
          return from && pattern.test(bare);
        }),
    );
    if (floating === undefined || floating === null || one.recipient.own !== null) return [];
    return [
      governanceDraft(input, {
        rule: 'floating-model-version',
        at: one.outbound,
        severity: 'warning',
        confidence: 'high',
        recipient: one.recipient,
        flow: null,
        cause: [floating],
        words: { model: floating },
        reached: one.reached,
        test: one.test,
      }),
    ];
  });
}

/** Ways of keeping the version: a property or a field of the answer that says which model it was. */
const MODEL_NAME = /^(?:(?:ai|llm|gen)_?)?model(?:_?(?:id|name|version|used|slug))?$/i;

/** Answers that are kept somewhere, with no word of which model gave them. */
export function modelVersionNotRecorded(input: PolicyInput): readonly Draft[] {
  const kept = input.flows.flows.filter(
    (flow) => flow.labelKind === 'model-output' && (flow.as === 'record-write' || flow.as === 'stored'),
  );
  return modelCalls(input)
    .filter(speaks)
    .flatMap((one) => {
      const flows = kept.filter((flow) => comesFrom(flow, one));
      const [first] = flows;
      if (first === undefined || flows.some((flow) => tellsModel(input, flow, one))) return [];
      return [
        governanceDraft(input, {
          rule: 'model-version-not-recorded',
          at: first.outbound,
          severity: 'warning',
          confidence: 'medium',
          recipient: first.recipient,
          flow: first,
          words: { model: one.call.member.replace(/^.*#/, '') },
          reached: first.reached,
          test: first.test,
        }),
      ];
    });
}

/** The answer is something to read: vectors, sounds and pictures are not. */
function speaks({ recipient }: ModelCall): boolean {
  return !/embed|speech|moderation|rerank|image|video/.test(recipient.service);
}

function comesFrom(flow: PhiFlow, call: ModelCall): boolean {
  const { file, span } = call.outbound;
  return flow.steps.some(({ site }) => site.file === file && site.span[0] === span[0] && site.span[1] === span[1]);
}

/** Somewhere between answer and store, or where the call is recorded, the model is named beside the answer. */
function tellsModel(input: PolicyInput, flow: PhiFlow, call: ModelCall): boolean {
  const code = listingOf(input);
  const names = new Set(flow.steps.map(({ site }) => `${site.file}:${site.fn}`));
  const within = code.fn(call.call.within);
  const functions: Listed[] = within === null ? [] : [within];
  for (const file of new Set(flow.steps.map(({ site }) => site.file)))
    input.facts(file)?.functions.forEach((fn, index) => {
      const listed = names.has(`${file}:${fn.name}`) ? code.fn(`${file}#${String(index)}`) : null;
      if (listed !== null) functions.push(listed);
    });
  return functions.some(
    (fn) =>
      fn.calls.some(({ call: one }) => {
        if (fn === within && one.span[0] === call.outbound.span[0]) return false;
        // The request to the model names it as well, and so does what builds the request.
        if (one.kind === 'new') return false;
        return one.args.some((arg) => propertyNames(fn, arg.v).some((name) => MODEL_NAME.test(name)));
      }) ||
      fn.facts.blocks.some((block) =>
        block.instrs.some(
          (instr) => instr.op === 'load' && MODEL_NAME.test(instr.k) && fn.def(instr.b)?.op === 'await',
        ),
      ),
  );
}
