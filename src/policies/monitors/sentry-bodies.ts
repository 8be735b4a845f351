/**
 * What each major version of Sentry's SDK does with bodies of incoming requests. Measured on 7.120, 8.55, 9.47, 10.78 and
 * 11.12 with a plain HTTP server: the option that protects in one version is silently ignored in the next.
 */
import type { Folded, Site } from '../../flow/result.js';
import {
  type Answer,
  type EnvLookup,
  allOf,
  anyOf,
  hasElements,
  holds,
  integrationsOf,
  isOff,
  isOneOf,
  isPresent,
  not,
  prop,
  propAt,
  siteOfOption,
  test,
} from './folded.js';
import type { Runtime } from './sentry-packages.js';

export interface BodyVerdict {
  readonly captured: Answer;
  /** Why, as the reason in a message. */
  readonly because: string;
  /** Where the option stands that decides, or that was meant to. */
  readonly site: Site | null;
  readonly fix: string;
  /** A function decides request by request: no more than a note. */
  readonly filtered?: boolean;
}

/** Oldest and newest major versions that are known; newer ones are read as the newest. */
export const KNOWN_MAJORS = [7, 8, 9, 10, 11] as const;

interface Asked {
  readonly major: number;
  readonly runtime: Runtime;
  readonly options: Folded;
  readonly env: EnvLookup;
  /** `@sentry/node 9` */
  readonly name: string;
}

export function incomingBodies(asked: Asked): BodyVerdict | null {
  const { major, runtime } = asked;
  if (runtime === 'browser' || runtime === 'lambda') return null;
  if (runtime === 'worker') return major < 10 ? null : worker(asked);
  if (major >= 11) return since11(asked);
  if (major >= 8) return from8to10(asked);
  return runtime === 'framework-server' ? framework7(asked) : null;
}

/** `include: { data: false }` of the integration that attaches request data; honoured by all versions. */
function leavesDataOut({ options, env }: Asked): Answer {
  const included = integrationsOf(options).find('requestDataIntegration', 'RequestData');
  return included === null ? 'no' : isOff(propAt(included, 'include.data'), env);
}

/** No default integrations: nobody listens to requests unless the list says so. */
function withoutDefaults({ options, env }: Asked): Answer {
  const listed = integrationsOf(options).find('httpIntegration', 'httpServerIntegration', 'Http');
  return listed === null ? isOff(prop(options, 'defaultIntegrations'), env) : 'no';
}

/** A hook of this code base that deletes the body before events are sent. */
function hookDeletes(options: Folded, hook: string): Answer {
  const value = prop(options, hook);
  if (isPresent(value) === 'no') return 'no';
  if (value.k !== 'fn') return 'maybe';
  const isBody = (path: string): boolean => /^(?:request|request\.data|request\.\*)$/.test(path);
  if (value.deletes.some(isBody)) return 'yes';
  return value.handsOn || value.rewrites.some(isBody) ? 'maybe' : 'no';
}

function isTracing({ options, env }: Asked): Answer {
  const rate = test(prop(options, 'tracesSampleRate'), (value) => value !== undefined && Number(value) !== 0, env);
  return anyOf(rate, isPresent(prop(options, 'tracesSampler')));
}

/** beforeSend sees errors only; transactions carry the body, too. */
function hooksDelete(asked: Asked, transactions: boolean): Answer {
  const errors = hookDeletes(asked.options, 'beforeSend');
  if (!transactions) return errors;
  return allOf(errors, anyOf(not(isTracing(asked)), hookDeletes(asked.options, 'beforeSendTransaction')));
}

/** A list that cannot be read may hold the protection. */
function hidden({ options }: Asked): Answer {
  return integrationsOf(options).open ? 'maybe' : 'no';
}

function framework7(asked: Asked): BodyVerdict {
  const stopped = anyOf(leavesDataOut(asked), hooksDelete(asked, true), hidden(asked));
  return {
    captured: stopped === 'no' ? 'maybe' : not(stopped),
    because: `${asked.name} attaches the parsed body of requests to API routes`,
    site: siteOfOption(asked.options, 'integrations'),
    fix: 'Add new Sentry.Integrations.RequestData({ include: { data: false } }).',
  };
}

function from8to10(asked: Asked): BodyVerdict {
  const { options, env, major, name } = asked;
  const integrations = integrationsOf(options);
  const http = integrations.find('httpIntegration');
  const server = major === 10 ? integrations.find('httpServerIntegration') : null;
  const sizeOff = http !== null && major >= 9 ? isOneOf(prop(http, 'maxIncomingRequestBodySize'), ['none'], env) : 'no';
  const serverOff = server === null ? 'no' : isOneOf(prop(server, 'maxRequestBodySize'), ['none'], env);
  const ignoring = http !== null && major >= 9 ? prop(http, 'ignoreIncomingRequestBody') : null;
  const filtered =
    ignoring?.k === 'fn' && ignoring.returnsTrue
      ? 'yes'
      : ignoring !== null && isPresent(ignoring) === 'yes'
        ? 'maybe'
        : 'no';
  const stopped = anyOf(
    sizeOff,
    serverOff,
    filtered,
    leavesDataOut(asked),
    withoutDefaults(asked),
    hooksDelete(asked, true),
    hidden(asked),
  );
  const incoming = optionSite(http, 'maxIncomingRequestBodySize');
  const explicit = incoming ?? optionSite(server, 'maxRequestBodySize');
  const fix =
    major === 8
      ? 'Add requestDataIntegration({ include: { data: false } }).'
      : explicit !== null
        ? `Set ${incoming === null ? 'maxRequestBodySize' : 'maxIncomingRequestBodySize'}: 'none'.`
        : "Add httpIntegration({ maxIncomingRequestBodySize: 'none' }).";
  const hoped = major === 10 ? siteOfOption(options, 'dataCollection.httpBodies') : null;
  const hopedInVain =
    hoped !== null && holds(propAt(options, 'dataCollection.httpBodies'), 'incomingRequest', env) === 'no';
  const errorsOnly = hookDeletes(options, 'beforeSend') === 'yes';
  return {
    captured: not(stopped),
    filtered: filtered === 'maybe',
    because: hopedInVain
      ? `${name} ignores dataCollection.httpBodies for incoming requests`
      : errorsOnly
        ? `beforeSend of ${name} sees errors only, and transactions carry the body, too`
        : explicit !== null
          ? `this option of ${name} asks for it`
          : `${name} does so by default, whatever sendDefaultPii says`,
    site: explicit ?? (hopedInVain ? hoped : errorsOnly ? siteOfOption(options, 'beforeSend') : null),
    fix,
  };
}

function since11(asked: Asked): BodyVerdict {
  const { options, env, name } = asked;
  const integrations = integrationsOf(options);
  const http = integrations.find('httpIntegration', 'httpServerIntegration');
  const size = http === null ? null : prop(http, 'maxRequestBodySize');
  const asks = size === null ? 'no' : isOneOf(size, ['small', 'medium', 'always'], env);
  const sizeOff = size === null ? 'no' : isOneOf(size, ['none'], env);
  const bodies = propAt(options, 'dataCollection.httpBodies');
  const listed = isPresent(bodies) === 'no' ? 'yes' : holds(bodies, 'incomingRequest', env);
  const stopped = anyOf(
    sizeOff,
    allOf(not(listed), not(asks)),
    leavesDataOut(asked),
    withoutDefaults(asked),
    hooksDelete(asked, false),
    hidden(asked),
  );
  const dead = http === null ? null : optionSite(http, 'maxIncomingRequestBodySize');
  const asking = asks === 'no' ? null : optionSite(http, 'maxRequestBodySize');
  return {
    captured: not(stopped),
    because:
      asking !== null
        ? `this option of ${name} asks for it, whatever dataCollection says`
        : dead !== null
          ? `${name} ignores maxIncomingRequestBodySize, and collects bodies by default`
          : isPresent(bodies) === 'no'
            ? `${name} collects bodies by default, and ignores sendDefaultPii`
            : `dataCollection of ${name} asks for it`,
    site: asking ?? dead ?? siteOfOption(options, 'dataCollection.httpBodies'),
    fix: asking !== null ? "Set maxRequestBodySize: 'none'." : 'Set dataCollection.httpBodies: [].',
  };
}

/** Cloudflare Workers: an integration of their own since version 10. */
function worker(asked: Asked): BodyVerdict {
  const { options, env, major, name } = asked;
  if (major >= 11) return since11(asked);
  const server = integrationsOf(options).find('httpServerIntegration');
  const size = optionSite(server, 'maxRequestBodySize');
  const off = server === null ? 'no' : isOneOf(prop(server, 'maxRequestBodySize'), ['none'], env);
  const filtered = server !== null && isPresent(prop(server, 'ignoreRequestBody')) === 'yes' ? 'maybe' : 'no';
  const listed = isOff(prop(options, 'defaultIntegrations'), env);
  const stopped = anyOf(
    off,
    filtered,
    server === null ? listed : 'no',
    leavesDataOut(asked),
    hooksDelete(asked, true),
    hidden(asked),
  );
  return {
    captured: not(stopped),
    filtered: filtered === 'maybe',
    because: `${name} does so by default`,
    site: size,
    fix:
      size === null ? "Add httpServerIntegration({ maxRequestBodySize: 'none' })." : "Set maxRequestBodySize: 'none'.",
  };
}

function optionSite(integration: Folded | null, option: string): Site | null {
  return integration === null ? null : siteOfOption(integration, option);
}

/** Options that send more than requests: local variables, replayed network traffic, fields of errors. */
export interface Extra {
  readonly captured: Answer;
  readonly what: string;
  readonly because: string;
  readonly site: Site | null;
  readonly grave: boolean;
}

export function extras(asked: Asked): readonly Extra[] {
  const { options, env, name } = asked;
  const integrations = integrationsOf(options);
  const found: Extra[] = [];
  const locals = allOf(
    isOneOf(prop(options, 'includeLocalVariables'), [true], env),
    not(isOff(propAt(options, 'dataCollection.stackFrameVariables'), env)),
  );
  found.push({
    captured: asked.runtime === 'browser' ? 'no' : locals,
    what: 'The values of local variables at each error',
    because: `includeLocalVariables of ${name} asks for it`,
    site: siteOfOption(options, 'includeLocalVariables'),
    grave: true,
  });
  const replay = integrations.find('replayIntegration', 'Replay');
  if (replay !== null)
    found.push({
      captured: allOf(
        hasElements(prop(replay, 'networkDetailAllowUrls')),
        not(isOff(prop(replay, 'networkCaptureBodies'), env)),
      ),
      what: 'Bodies of requests and answers in session replays',
      because: `networkDetailAllowUrls of ${name} turns their capture on`,
      site: siteOfOption(replay, 'networkDetailAllowUrls'),
      grave: true,
    });
  for (const [integration, what] of [
    ['extraErrorDataIntegration', 'All own fields of errors (answers of HTTP clients, received values)'],
    ['ExtraErrorData', 'All own fields of errors (answers of HTTP clients, received values)'],
    ['graphqlClientIntegration', 'Queries and variables of GraphQL requests'],
  ] as const)
    if (integrations.find(integration) !== null)
      found.push({
        captured: 'yes',
        what,
        because: `${integration} is added to ${name}`,
        site: integrations.site,
        grave: false,
      });
  return found;
}
