/** Sentry: what its configuration sends by itself, by major version, runtime and options. */
import type { ConfigSite, Folded, Site } from '../../flow/result.js';
import type { Draft } from '../draft.js';
import type { PolicyInput } from '../input.js';
import { configDraft, monitorRecipient } from './config-draft.js';
import {
  type Answer,
  type EnvLookup,
  holds,
  isOn,
  isOneOf,
  isPresent,
  not,
  prop,
  propAt,
  siteOfOption,
} from './folded.js';
import { type BodyVerdict, KNOWN_MAJORS, extras, incomingBodies } from './sentry-bodies.js';
import { hasOwnNumbering, runtimeOf } from './sentry-packages.js';
import { mayServeHttp } from './http-servers.js';
import { withIntegrations } from './integrations.js';
import { type Version, parseVersion } from './version.js';

const MAIN = ['init', 'withSentry', 'sentryPagesPlugin'];

export function sentry(input: PolicyInput): readonly Draft[] {
  const sites = input.flows.configs.filter((site) => site.product === 'sentry');
  return sites.flatMap((site) => judgeSite(input, withIntegrations(site, sites)));
}

function judgeSite(input: PolicyInput, site: ConfigSite): readonly Draft[] {
  const env: EnvLookup = (name) => input.workspace.env(name).map((one) => one.value);
  const member = site.member.split('.').at(-1) ?? '';
  if (isOneOf(prop(site.options, 'enabled'), [false], env) === 'yes') return [];
  if (isOneOf(prop(site.options, 'dsn'), ['', false, null], env) === 'yes') return [];
  const { recipient, safe } = monitorRecipient(input, site, dsnHost(site.options, env), 'errors');
  if (safe) return [];
  const context: Context = { input, site, env, recipient, version: parseVersion(site.version) };
  if (member === 'requestHandler') return requestHandler7(context);
  if (member === 'trpcMiddleware') return trpcInput(context);
  if (!MAIN.includes(member)) return [];
  return [...bodies(context), ...more(context), ...defaultPii(context)];
}

interface Context {
  readonly input: PolicyInput;
  readonly site: ConfigSite;
  readonly env: EnvLookup;
  readonly recipient: ReturnType<typeof monitorRecipient>['recipient'];
  readonly version: Version | null;
}

/** The host decides whether it is Sentry's service or one's own. */
export function dsnHost(options: Folded, env: EnvLookup): string | null | 'unknown' {
  const dsn = prop(options, 'dsn');
  const text = dsn.k === 'const' ? dsn.value : dsn.k === 'env' ? env(dsn.name)[0] : undefined;
  if (typeof text === 'string' && URL.canParse(text)) return new URL(text).hostname;
  return isPresent(dsn) === 'no' ? null : 'unknown';
}

function nameOf(site: ConfigSite, major: number | null): string {
  return major === null ? site.package : `${site.package} ${String(major)}`;
}

const WHAT = 'The body of every incoming request';

function bodies(context: Context): readonly Draft[] {
  const { site, env, version } = context;
  const { runtime, sure } = runtimeOf(site.package, site.site.file);
  const ask = (major: number, name: string): BodyVerdict | null =>
    incomingBodies({ major, runtime, options: site.options, env, name });
  if (version !== null) {
    const verdict = ask(version.major, nameOf(site, version.major));
    if (verdict === null) return [];
    const served = runtime !== 'server' || mayServeHttp(context.input, site.site.file);
    const because = served ? verdict.because : `${verdict.because}; no HTTP server is in sight here`;
    return bodyDraft(context, { ...verdict, because }, sure && served ? verdict.captured : soften(verdict.captured));
  }
  // No version is declared: what most of the known ones do.
  const verdicts = KNOWN_MAJORS.map((major) => ask(major, nameOf(site, null))).filter((one) => one !== null);
  const risky = verdicts.filter((one) => one.captured !== 'no');
  const [first] = risky;
  if (first === undefined || risky.length * 2 < KNOWN_MAJORS.length) return [];
  return bodyDraft(
    context,
    { ...first, because: `${site.package} does so by default in most versions; which one is used is not declared` },
    'maybe',
  );
}

function soften(answer: Answer): Answer {
  return answer === 'yes' ? 'maybe' : answer;
}

function bodyDraft(context: Context, verdict: BodyVerdict, captured: Answer): readonly Draft[] {
  if (captured === 'no') return [];
  return [
    configDraft(context.input, context.site, context.recipient, {
      rule: 'monitor-captures-bodies',
      option: 'incoming-bodies',
      at: verdict.site,
      severity: verdict.filtered === true ? 'note' : captured === 'yes' ? 'error' : 'warning',
      confidence: verdict.filtered === true ? 'low' : captured === 'yes' ? 'high' : 'medium',
      words: { what: WHAT, why: verdict.because, fix: verdict.fix },
    }),
  ];
}

function more(context: Context): readonly Draft[] {
  const { site, env, version } = context;
  const { runtime } = runtimeOf(site.package, site.site.file);
  const name = nameOf(site, version?.major ?? null);
  return (
    extras({ major: version?.major ?? 10, runtime, options: site.options, env, name })
      // An unreadable value is worth a word only where the option is written down.
      .filter((extra) => extra.captured === 'yes' || (extra.captured === 'maybe' && extra.site !== null))
      .map((extra) =>
        configDraft(context.input, site, context.recipient, {
          rule: 'monitor-captures-bodies',
          option: extra.what,
          at: extra.site,
          severity: extra.grave && extra.captured === 'yes' ? 'error' : 'warning',
          confidence: extra.captured === 'yes' ? 'high' : 'medium',
          words: { what: extra.what, why: extra.because },
        }),
      )
  );
}

/** Version 7 attaches request data where its middleware is used; both shapes of its option count. */
function requestHandler7(context: Context): readonly Draft[] {
  const { site, env } = context;
  if (context.version !== null && context.version.major > 7) return [];
  const lists = ['include.request', 'request'].map((path) => [path, propAt(site.options, path)] as const);
  const [path, list] = lists.find(([, value]) => isPresent(value) !== 'no') ?? [null, null];
  const captured: Answer =
    list === null ? 'yes' : isOneOf(list, [false], env) === 'yes' ? 'no' : holds(list, 'data', env);
  return bodyDraft(
    context,
    {
      captured,
      because: path === null ? `requestHandler of ${nameOf(site, 7)} does so by default` : `the list names "data"`,
      site: path === null ? null : siteOfOption(site.options, path),
      fix: "Use requestHandler({ include: { request: ['method', 'url'] } }).",
    },
    captured,
  );
}

function trpcInput(context: Context): readonly Draft[] {
  const captured = isOn(prop(context.site.options, 'attachRpcInput'), context.env);
  const verdict: BodyVerdict = {
    captured,
    because: 'attachRpcInput asks for it',
    site: siteOfOption(context.site.options, 'attachRpcInput'),
    fix: 'Remove attachRpcInput.',
  };
  return bodyDraft(context, verdict, captured);
}

interface PiiVerdict {
  readonly sends: Answer;
  readonly because: string;
  readonly site: Site | null;
  readonly fix: string;
}

function defaultPii(context: Context): readonly Draft[] {
  const verdict = piiVerdict(context);
  if (verdict === null || verdict.sends === 'no') return [];
  return [
    configDraft(context.input, context.site, context.recipient, {
      rule: 'monitor-sends-default-pii',
      option: 'default-pii',
      at: verdict.site,
      severity: 'warning',
      confidence: verdict.sends === 'yes' ? 'high' : 'medium',
      words: { why: verdict.because, fix: verdict.fix },
    }),
  ];
}

function piiVerdict({ site, env, version }: Context): PiiVerdict | null {
  const { options } = site;
  const asked = isOn(prop(options, 'sendDefaultPii'), env);
  const written = siteOfOption(options, 'sendDefaultPii');
  const major = hasOwnNumbering(site.package) ? null : (version?.major ?? null);
  const name = nameOf(site, version?.major ?? null);
  const legacy: PiiVerdict = {
    sends: asked === 'maybe' && written === null ? 'no' : asked,
    because: `sendDefaultPii of ${name} asks for it`,
    site: written,
    fix: 'Set sendDefaultPii: false.',
  };
  const collects = isPresent(prop(options, 'dataCollection'));
  if (major === null || major < 10) return legacy;
  const modern: PiiVerdict = {
    sends: not(isOneOf(propAt(options, 'dataCollection.userInfo'), [false], env)),
    because: becauseModern(name, major, options, written),
    site: siteOfOption(options, 'dataCollection.userInfo') ?? written ?? siteOfOption(options, 'dataCollection'),
    fix: 'Set dataCollection: { userInfo: false, cookies: false, httpHeaders: false, urlQueryParams: false }.',
  };
  if (major >= 11) return modern;
  // 10.57 brought dataCollection; where it is present, even empty, it replaces sendDefaultPii.
  const knows = version?.minor === null || (version?.minor ?? 0) >= 57;
  if (!knows || collects === 'no') return legacy;
  return collects === 'yes' ? modern : { ...legacy, sends: legacy.sends === 'yes' ? 'maybe' : legacy.sends };
}

function becauseModern(name: string, major: number, options: Folded, written: Site | null): string {
  if (siteOfOption(options, 'dataCollection.userInfo') !== null)
    return `dataCollection.userInfo of ${name} asks for it`;
  if (major >= 11 && written !== null) return `${name} ignores sendDefaultPii, and sends them by default`;
  return major >= 11 ? `${name} sends them by default` : `dataCollection of ${name} turns on all that it does not name`;
}
