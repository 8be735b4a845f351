/** Monitors whose options decide one by one: the rows of `options:` in rules/policies, against code and environment. */
import { pathSteps } from '../../knowledge/paths.js';
import type { ConfigSite, Folded } from '../../flow/result.js';
import type { EnvValue } from '../../workspace/types.js';
import { type OptionRow, policyCatalog, type RuleId } from '../catalog.js';
import { type Draft, milder } from '../draft.js';
import type { PolicyInput } from '../input.js';
import { configDraft, monitorRecipient } from './config-draft.js';
import {
  type Answer,
  type EnvLookup,
  anyOf,
  hasElements,
  isOn,
  isOneOf,
  isPresent,
  prop,
  siteOfOption,
  test,
} from './folded.js';
import { parseVersion } from './version.js';

const RULES: readonly RuleId[] = [
  'monitor-captures-bodies',
  'monitor-sends-default-pii',
  'replay-unmasked',
  'llm-tracing-captures-prompts',
  'dead-privacy-option',
];

export function optionRows(input: PolicyInput): readonly Draft[] {
  return RULES.flatMap((rule) =>
    (policyCatalog().policy(rule).options ?? []).flatMap((row) => judgeRow(input, rule, row)),
  );
}

function judgeRow(input: PolicyInput, rule: RuleId, row: OptionRow): readonly Draft[] {
  const inCode = input.flows.configs
    .filter((site) => concerns(row, site) && (rule !== 'dead-privacy-option' || parseVersion(site.version) !== null))
    .flatMap((site) => judgeSite(input, rule, row, site));
  return [...inCode, ...judgeEnvironment(input, rule, row)];
}

function concerns(row: OptionRow, site: ConfigSite): boolean {
  if (site.product !== row.product) return false;
  if (row.packages !== undefined && !row.packages.includes(site.package)) return false;
  if (!isPart(row, site.part)) return false;
  const plugin = site.args[0];
  if (row.plugin !== undefined && !(plugin?.k === 'const' && plugin.value === row.plugin)) return false;
  const version = parseVersion(site.version);
  return row.versions === undefined || version === null || row.versions.includes(version.major);
}

function isPart(row: OptionRow, part: string | null): boolean {
  return row.parts === undefined ? part === null : part !== null && row.parts.includes(part);
}

function judgeSite(input: PolicyInput, rule: RuleId, row: OptionRow, site: ConfigSite): readonly Draft[] {
  const env: EnvLookup = (name) => input.workspace.env(name).map((one) => one.value);
  if (!hasOneOf(input, row.needs)) return [];
  const options = row.plugin === undefined ? site.options : (site.args[1] ?? site.options);
  const values = row.option === undefined ? [] : at(options, row.option);
  let risky = row.risky.always === true ? 'yes' : anyOf(...values.map((value) => isRisky(row, value, env)));
  if (row.when !== undefined && isEnabled(at(options, row.when.option), row.when.env, env) !== 'yes') return [];
  const known = values.every((value) => isPresent(value) !== 'maybe');
  // What cannot be read at all is not worth a word: most programs leave these options alone.
  if (!known && risky === 'maybe') return [];
  // An environment variable may have set what the code leaves out; it is judged where it stands.
  if (
    row.risky.unset === true &&
    values.every((value) => isPresent(value) === 'no') &&
    row.env !== undefined &&
    env(row.env).length > 0
  )
    risky = 'no';
  if (risky === 'no') return [];
  if (isProtected(row, options, env)) return [];
  if (isFiltered(input, row)) risky = 'maybe';
  const { recipient, safe } = monitorRecipient(input, site, hostOf(row, options, env), site.service);
  if (safe) return [];
  return [
    configDraft(input, site, recipient, {
      rule,
      option: row.option ?? site.member,
      at: row.option === undefined ? null : siteOfOption(options, row.option.replaceAll('[]', '')),
      severity: risky === 'maybe' ? 'warning' : (row.severity ?? policyCatalog().policy(rule).severity.default),
      confidence: risky === 'maybe' ? 'medium' : 'high',
      words: {
        what: row.effect,
        why: reason(row, site, values),
        ...(row.option !== undefined && row.safe !== undefined ? { fix: `Set ${row.option}: ${row.safe}.` } : {}),
      },
    }),
  ];
}

/** Whether something else takes the risk back. */
function isProtected(row: OptionRow, options: Folded | null, env: EnvLookup): boolean {
  return (row.protectedBy ?? []).some((name) => {
    if (/^[A-Z0-9_]+$/.test(name)) return env(name).some(isTrue);
    if (name.startsWith('!')) return env(name.slice(1)).some(isFalse);
    if (options === null) return false;
    const value = prop(options, name);
    // `networkCaptureBodies: false` holds back, `disable_session_recording: true` does.
    return /capture/i.test(name)
      ? isOneOf(value, [false], env) !== 'no'
      : isPresent(value) !== 'no' && isOneOf(value, [false], env) !== 'yes';
  });
}

/** The host that options or variables name; null: the vendor's own. */
function hostOf(row: OptionRow, options: Folded, env: EnvLookup): string | null {
  for (const name of row.host ?? []) {
    const value = /^[A-Z0-9_]+$/.test(name) ? undefined : prop(options, name);
    const text =
      value === undefined
        ? env(name)[0]
        : value.k === 'const'
          ? value.value
          : value.k === 'env'
            ? env(value.name)[0]
            : undefined;
    if (typeof text === 'string' && URL.canParse(text)) return new URL(text).host;
  }
  return null;
}

function isFiltered(input: PolicyInput, row: OptionRow): boolean {
  const filters = row.filters ?? [];
  return input.flows.configs.some((site) => site.product === row.product && filters.includes(site.part ?? ''));
}

function reason(row: OptionRow, site: ConfigSite, values: readonly Folded[]): string {
  if (row.option === undefined) return `${site.member.split('.').at(-1) ?? ''} of ${site.package} collects them`;
  const unset = values.every((value) => isPresent(value) === 'no');
  return `${row.option} of ${site.package} ${unset ? 'does so unless it is set' : 'asks for it'}`;
}

/** The values at a path; `[]` gives those of all elements. */
function at(options: Folded, path: string): readonly Folded[] {
  return pathSteps(path).reduce<readonly Folded[]>(
    (values, step) =>
      step === '[]'
        ? values.flatMap((value) => (value.k === 'array' ? value.items : []))
        : values.map((value) => prop(value, step)),
    [options],
  );
}

/** Switched on by itself or as an object, in code or environment: `appsec: true`, `appsec: { enabled: true }`. */
function isEnabled(values: readonly Folded[], name: string | undefined, env: EnvLookup): Answer {
  const inCode = anyOf(
    ...values.map((value) =>
      anyOf(
        test(value, (one) => one === true || (typeof one === 'number' && one > 0), env),
        value.k === 'object' ? isOn(prop(value, 'enabled'), env) : 'no',
      ),
    ),
  );
  const outside = name === undefined ? [] : env(name);
  return anyOf(inCode, outside.some(isTrue) ? 'yes' : 'no');
}

function isFalse(value: string): boolean {
  return /^(?:false|0)$/i.test(value);
}

function isTrue(value: string): boolean {
  return /^(?:true|1)$/i.test(value);
}

function isRisky(row: OptionRow, value: Folded, env: EnvLookup): Answer {
  const { is, present, unless, elements, unset } = row.risky;
  const there = isPresent(value);
  if (there === 'no') return unset === true ? 'yes' : 'no';
  const answers: Answer[] = [];
  if (is !== undefined) answers.push(isOneOf(value, [...is, ...is.map(String)], env));
  if (elements === true) answers.push(hasElements(value));
  if (present === true) answers.push(unless !== undefined && isOneOf(value, unless, env) === 'yes' ? 'no' : there);
  return anyOf(...answers);
}

/** Options that the environment sets: the finding stands in the file that does. */
function judgeEnvironment(input: PolicyInput, rule: RuleId, row: OptionRow): readonly Draft[] {
  const { env } = row;
  if (env === undefined || !hasOneOf(input, row.needs)) return [];
  if (isProtected(row, null, (name) => input.workspace.env(name).map((one) => one.value))) return [];
  if (row.when?.env !== undefined && !input.workspace.env(row.when.env).some((one) => isTrue(one.value))) return [];
  return input.workspace
    .env(env)
    .filter((one) => one.origin !== 'env-example' && riskyText(row, one.value))
    .flatMap((one) => environmentDraft(input, rule, row, env, one));
}

/** Whether the project depends on one of some packages; `@scope/*` is any of a scope. */
function hasOneOf(input: PolicyInput, needs: readonly string[] | undefined): boolean {
  if (needs === undefined) return true;
  const names = input.workspace.packages.flatMap((one) => Object.keys(one.dependencies));
  return names.some((name) =>
    needs.some((need) => (need.endsWith('*') ? name.startsWith(need.slice(0, -1)) : name === need)),
  );
}

function riskyText(row: OptionRow, value: string): boolean {
  const { is, present, unless, elements } = row.risky;
  if (unless?.some((safe) => String(safe ?? '') === value) === true) return false;
  if (is?.some((risky) => (risky === true ? isTrue(value) : String(risky) === value)) === true) return true;
  return (present === true || elements === true) && value !== '';
}

function environmentDraft(
  input: PolicyInput,
  rule: RuleId,
  row: OptionRow,
  name: string,
  value: EnvValue,
): readonly Draft[] {
  const site: ConfigSite = {
    ...{
      product: row.product,
      part: null,
      service: 'traces',
      package: row.product,
      member: name,
      version: null,
      args: [],
    },
    site: { file: value.file, span: [0, 0], fn: name },
    ...{ options: { k: 'unknown', site: null }, reached: true, test: false },
  };
  const { recipient, safe } = monitorRecipient(input, site, null, 'traces');
  if (safe) return [];
  const ignored = value.ignored ? `; known only from ${value.file}, which git ignores` : '';
  const draft = configDraft(input, site, recipient, {
    rule,
    option: row.option ?? name,
    at: { file: value.file, line: value.line, column: 1, endLine: value.line, endColumn: 1 },
    severity: row.severity ?? policyCatalog().policy(rule).severity.default,
    confidence: 'high',
    words: { what: row.effect, why: `${name} asks for it${ignored}` },
  });
  return [
    {
      ...draft,
      cause: `${value.file}:${String(value.line)}:${row.option ?? name}`,
      atMost: value.ignored ? milder(draft.atMost, 'warning') : draft.atMost,
    },
  ];
}
