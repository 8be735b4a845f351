/** What a model wrote is parsed and used as data, and nothing checks that it has the shape that the code expects. */
import type { Instr, Val } from '../facts/ir.js';
import type { Folded, FnKey } from '../flow/result.js';
import { listOf, policyCatalog } from './catalog.js';
import { propertyNames, propertyOf } from './code/constants.js';
import { type Listed, type Listing, listingOf } from './code/listing.js';
import { originOf } from './code/origins.js';
import type { Draft } from './draft.js';
import { governanceDraft } from './governance-draft.js';
import type { PolicyInput } from './input.js';
import { type ModelCall, modelCalls } from './model-calls.js';

/** Methods that give a text's content on, cut or cleaned. */
const TEXTUAL = new Set(
  'trim trimStart trimEnd replace replaceAll slice substring substr match split join toString at pop shift text then catch finally exec'.split(
    ' ',
  ),
);
const MAX_FUNCTIONS = 2000;

export function unvalidatedOutput(input: PolicyInput): readonly Draft[] {
  const code = listingOf(input);
  const validators = listOf(policyCatalog().policy('unvalidated-model-output'), 'validators');
  const drafts: Draft[] = [];
  for (const one of modelCalls(input)) {
    if (isStructured(one) || isBoundInPlace(code, one)) continue;
    for (const { fn, parse } of parses(input, code, one)) {
      if (isUnused(fn, parse.d) || new Checks(input, code, validators).checked(fn, parse.d)) continue;
      drafts.push(
        governanceDraft(input, {
          rule: 'unvalidated-model-output',
          at: { file: fn.file, span: parse.span, fn: fn.facts.name },
          severity: one.flows.length > 0 ? 'warning' : 'note',
          confidence: 'medium',
          recipient: one.recipient,
          flow: null,
          words: {},
          reached: one.reached,
          test: one.test,
        }),
      );
    }
  }
  return drafts;
}

/** The request itself binds the answer to a schema. */
function isStructured({ call }: ModelCall): boolean {
  if (/\.parse$|#(?:generate|stream)Object$|withStructuredOutput/.test(call.member)) return true;
  const binds = (value: Folded, depth: number): boolean => {
    if (value.k === 'either') return value.of.every((one) => binds(one, depth));
    if (value.k === 'call')
      return /(?:zod\w*|json_?schema\w*)(?:Format|Output|ResponseFormat)?$|Output\.object/i.test(value.symbol);
    if (value.k === 'array') return value.items.some((one) => depth < 4 && binds(one, depth + 1));
    if (value.k !== 'object') return false;
    for (const [name, one] of value.props) {
      if (name === 'type' && one.k === 'const' && one.value === 'json_schema') return true;
      if (/^(?:responseSchema|response_schema|responseJsonSchema|json_schema)$/.test(name)) return true;
      if (
        /^(?:response_format|text|format|output_config|output_format|config|generationConfig|response|output)$/.test(
          name,
        ) &&
        depth < 4 &&
        binds(one, depth + 1)
      )
        return true;
    }
    return false;
  };
  return call.args.some((arg) => binds(arg, 0));
}

const BINDING = /^(?:json_schema|jsonSchema|responseSchema|response_schema|responseJsonSchema|output_schema)$/;
const FORMATS = ['response_format', 'text', 'format', 'output_config', 'output_format', 'config', 'generationConfig'];

/** The same where the schema is written down at the call: options keep no deep objects. */
function isBoundInPlace(code: Listing, { call, outbound }: ModelCall): boolean {
  const fn = code.fn(call.within);
  const at = fn?.calls.find((one) => one.call.span[0] === outbound.span[0] && one.call.span[1] === outbound.span[1]);
  if (fn === null || at === undefined) return false;
  return at.call.args.some(({ v }) => {
    if (propertyNames(fn, v).some((name) => BINDING.test(name))) return true;
    return FORMATS.some((name) => {
      const value = propertyOf(fn, v, name);
      const def = value === null ? null : fn.def(value);
      return def?.op === 'call' && /zod|json_?schema/i.test(code.nameOf(fn, def.f) ?? '');
    });
  });
}

type Call = Extract<Instr, { op: 'call' }>;

/** Every `JSON.parse` of the answer, in the function of the call and in those that it is given back to. */
function parses(
  input: PolicyInput,
  code: Listing,
  one: ModelCall,
): readonly { readonly fn: Listed; readonly parse: Call }[] {
  const out: { fn: Listed; parse: Call }[] = [];
  const done = new Set<string>();
  const work: { key: FnKey; from: (fn: Listed) => readonly Val[] }[] = [
    { key: one.call.within, from: (fn) => callsAt(fn, one.outbound.span) },
  ];
  for (let next = work.pop(); next !== undefined && done.size < MAX_FUNCTIONS; next = work.pop()) {
    const fn = code.fn(next.key);
    if (fn === null) continue;
    const seeds = next.from(fn).filter((v) => !done.has(`${fn.key}:${String(v)}`));
    if (seeds.length === 0) continue;
    for (const v of seeds) done.add(`${fn.key}:${String(v)}`);
    const answers = spread(fn, seeds);
    for (const { call } of fn.calls)
      if (
        call.args[0] !== undefined &&
        answers.has(call.args[0].v) &&
        originOf(input, code, fn, call.f) === 'JSON.parse'
      )
        out.push({ fn, parse: call });
    if (returns(fn, answers))
      for (const { from, span } of code.callers(fn.key))
        work.push({ key: from, from: (caller) => callsAt(caller, span) });
  }
  return out;
}

function callsAt(fn: Listed, span: readonly [number, number]): readonly Val[] {
  return fn.calls.filter(({ call }) => call.span[0] === span[0] && call.span[1] === span[1]).map(({ call }) => call.d);
}

/** Values of the function that hold the answer or a part of its text. */
function spread(fn: Listed, seeds: readonly Val[]): ReadonlySet<Val> {
  const out = new Set(seeds);
  const work = [...seeds];
  for (let v = work.pop(); v !== undefined; v = work.pop())
    for (const user of fn.uses(v)) {
      const next =
        user.op === 'await' ||
        user.op === 'typed' ||
        user.op === 'phi' ||
        user.op === 'load' ||
        user.op === 'loadx' ||
        user.op === 'iter'
          ? user.d
          : user.op === 'call' && user.self === v && isTextual(fn, user)
            ? user.d
            : null;
      if (next !== null && !out.has(next)) {
        out.add(next);
        work.push(next);
      }
    }
  return out;
}

function isTextual(fn: Listed, call: Call): boolean {
  const method = fn.def(call.f);
  return method?.op === 'load' && TEXTUAL.has(method.k);
}

function returns(fn: Listed, values: ReadonlySet<Val>): boolean {
  return fn.facts.blocks.some(({ term }) => term.t === 'return' && values.has(term.value));
}

function isUnused(fn: Listed, v: Val): boolean {
  return fn.uses(v).length === 0 && !returns(fn, new Set([v]));
}

/** Whether the parsed value meets a check of its shape. */
class Checks {
  private readonly seen = new Set<string>();

  constructor(
    private readonly input: PolicyInput,
    private readonly code: Listing,
    private readonly validators: readonly string[],
  ) {}

  checked(fn: Listed, v: Val, depth = 0): boolean {
    const key = `${fn.key}:${String(v)}`;
    if (this.seen.has(key) || depth > 5) return false;
    this.seen.add(key);
    for (const user of fn.uses(v)) {
      switch (user.op) {
        case 'await':
        case 'typed':
        case 'phi':
        case 'load':
        case 'iter':
          if (this.checked(fn, user.d, depth)) return true;
          break;
        case 'op':
          // Written out by hand: typeof, instanceof, in. That something is there at all is no check of its shape.
          if (user.o === 'typeof' || user.o === 'instanceof' || user.o === 'in') return true;
          break;
        case 'call':
          if (user.self !== v && user.f !== v && this.checks(fn, user, v, depth)) return true;
          break;
        default:
          break;
      }
    }
    if (!returns(fn, new Set([v]))) return false;
    const callers = this.code.callers(fn.key).filter(({ from }) => from !== fn.key);
    return (
      callers.length > 0 &&
      callers.every(({ from, span }) => {
        const caller = this.code.fn(from);
        return caller !== null && callsAt(caller, span).some((result) => this.checked(caller, result, depth + 1));
      })
    );
  }

  private checks(fn: Listed, call: Call, v: Val, depth: number): boolean {
    const name = originOf(this.input, this.code, fn, call.f);
    if (name === 'Array.isArray') return true;
    if (
      name !== null &&
      this.validators.some(
        (word) => (name.split('#')[0] ?? '') === word || name.startsWith(`${word}#`) || name.startsWith(`${word}/`),
      )
    )
      return true;
    const method = fn.def(call.f);
    if (
      method?.op === 'load' &&
      /^(?:safeParse|parseAsync|safeParseAsync|validate|validateSync|validateAsync|assert)$/.test(method.k)
    )
      return true;
    const at = call.args.findIndex((arg) => arg.v === v);
    return this.code.targets(fn.key, call.span).some((to) => {
      const target = this.code.fn(to);
      if (target === null || at < 0) return false;
      if (target.facts.returnType?.k === 'guard') return true;
      const params = target.facts.blocks
        .flatMap((block) => block.instrs)
        .filter((instr) => instr.op === 'param' && instr.i === at);
      return params.some((param) => param.op === 'param' && this.checked(target, param.d, depth + 1));
    });
  }
}
