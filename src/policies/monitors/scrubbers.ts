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
/** Where an event holds what code and requests put into it; names of releases and levels say nothing about anybody. */
const CONTENT = new Set([
  'request',
  'user',
  'extra',
  'contexts',
  'breadcrumbs',
  'exception',
  'message',
  'logentry',
  'spans',
  'tags',
  'attachments',
  'threads',
  '*',
]);

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
    return idle.map((hook) => say(hook, 'warning', `${hook} takes nothing out of what an event holds`));
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

/** A function of this code base that takes nothing of the content out, and lets no other code do so. */
function isIdle(hook: Folded): boolean {
  if (hook.k !== 'fn' || hook.returnsNull || hook.handsOn) return false;
  const isContent = (path: string): boolean => CONTENT.has(path.split('.')[0] ?? '');
  // A tag of its own is one more, not one less.
  const added = new Set(hook.rewrites.filter((path) => path.startsWith('tags.')));
  return ![...hook.deletes, ...hook.rewrites].some((path) => isContent(path) && !added.has(path));
}
