/** Whether a function of the project looks through what Sentry sends, and whether it does anything. */
import type { ConfigSite, Folded } from '../../flow/result.js';
import type { Draft } from '../draft.js';
import type { PolicyInput } from '../input.js';
import { configDraft, monitorRecipient } from './config-draft.js';
import { type EnvLookup, isOneOf, isPresent, prop, siteOfOption } from './folded.js';
import { dsnHost } from './sentry.js';
import { hasOwnNumbering } from './sentry-packages.js';
import { parseVersion } from './version.js';

const HOOKS = ['beforeSend', 'beforeSendTransaction', 'beforeSendSpan'] as const;
/** What a function may do with an event without changing it. */
const IDLE = new Set(['log', 'debug', 'info', 'warn', 'error', 'console']);

export function scrubbers(input: PolicyInput): readonly Draft[] {
  const env: EnvLookup = (name) => input.workspace.env(name).map((one) => one.value);
  return input.flows.configs
    .filter((site) => site.product === 'sentry' && site.part === null && site.member.split('.').at(-1) === 'init')
    .flatMap((site) => judgeSite(input, site, env));
}

function judgeSite(input: PolicyInput, site: ConfigSite, env: EnvLookup): readonly Draft[] {
  const { options } = site;
  if (isOneOf(prop(options, 'enabled'), [false], env) === 'yes') return [];
  if (isOneOf(prop(options, 'dsn'), ['', false, null], env) === 'yes') return [];
  const { recipient, safe } = monitorRecipient(input, site, dsnHost(options, env), 'errors');
  if (safe) return [];
  const say = (option: string, severity: 'note' | 'warning', why: string): Draft =>
    configDraft(input, site, recipient, {
      rule: 'monitor-without-scrubber',
      option,
      at: siteOfOption(options, option),
      severity,
      confidence: 'high',
      words: { why },
    });
  const there = HOOKS.filter((hook) => isPresent(prop(options, hook)) !== 'no');
  if (there.length === 0) return [say('beforeSend', 'note', `${site.package} has no beforeSend here`)];
  const idle = there.filter((hook) => isIdle(prop(options, hook)));
  if (idle.length === there.length)
    return idle.map((hook) => say(hook, 'warning', `${hook} gives every event on as it is`));
  const major = hasOwnNumbering(site.package) ? null : (parseVersion(site.version)?.major ?? null);
  const lifecycle = prop(options, 'traceLifecycle');
  if (
    major !== null &&
    major >= 11 &&
    there.join() === 'beforeSendTransaction' &&
    isOneOf(lifecycle, ['static'], env) === 'no'
  )
    return [
      say('beforeSendTransaction', 'warning', `${site.package} ${String(major)} never calls beforeSendTransaction`),
    ];
  return [];
}

/** A function of this code base that neither takes anything out, nor drops, nor hands the event to another. */
function isIdle(hook: Folded): boolean {
  return (
    hook.k === 'fn' && hook.deletes.length === 0 && !hook.returnsNull && hook.calls.every((name) => IDLE.has(name))
  );
}
