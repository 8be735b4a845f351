/**
 * What rules/ says about code, taken apart into single claims that a type checker can confirm or refute.
 *
 * An entry is one call, constructor, option, argument or property that rules/ names. It knows nothing of what that
 * means for PHI; only that code can be written that way.
 */
import { createHash } from 'node:crypto';
import { pathSteps } from '../dist/knowledge/paths.js';

/**
 * @typedef {object} Entry
 * @property {string} id       package, place and argument: `openai#OpenAI.chat.completions.create 0.messages`
 * @property {string} pkg      the specifier that the model stands under; `global` for names of the platform
 * @property {string | null} type   the type that the member is of; null for exports
 * @property {string | null} path   dotted name of the export or member; null: the calls that make a value of `type`
 * @property {'new' | 'call' | 'read' | 'set'} use
 * @property {readonly string[] | null} arg   argument path in steps (`0`, `messages`, `[]`); null: the call as such
 * @property {boolean} anywhere   all arguments count (`*`, `0..`), so that no position is claimed
 */

/** All entries of one package of the merged rules, in a fixed order. */
export function entriesOf(store, pkg) {
  const entries = new Map();
  const add = (type, path, use, arg) => {
    const place = type === null ? `${pkg}.${path}` : `${pkg}#${type}${path === null ? '' : `.${path}`}`;
    const id = `${place} ${arg === null ? (use === 'call' ? '()' : use) : arg}`;
    if (!entries.has(id))
      entries.set(id, {
        id,
        pkg,
        type,
        path,
        use,
        arg: arg === null ? null : steps(arg),
        anywhere: /^\*|\.\.$/.test(arg ?? ''),
      });
  };
  const named = pkg === 'global' ? [...store.globals] : [...(store.packages.get(pkg)?.exports ?? [])];
  for (const [name, { member }] of named) memberEntries(member, (use, arg) => add(null, name, use, arg), true);
  for (const [name, type] of store.packages.get(pkg)?.types ?? []) {
    for (const arg of recipientPaths(type.model.recipient)) add(name, null, 'new', arg);
    for (const property of propertyPaths(type.model.recipient)) add(name, `${property}=`, 'set', null);
    for (const sink of list(type.model.command))
      for (const arg of [...contentPaths(sink), ...decisionPaths(sink)]) add(name, null, 'new', arg);
    for (const [path, { member }] of type.members)
      memberEntries(member, (use, arg) => add(name, path, use, arg), false);
  }
  for (const { member, arg } of decidingCalls(store, pkg)) {
    const isIt = (path) => path === member || path === `default.${member}` || path.endsWith(`.${member}`);
    for (const [name, { member: it }] of named) if (isIt(name)) addDeciding(null, name, it, arg);
    for (const [name, type] of store.packages.get(pkg)?.types ?? [])
      for (const [path, { member: it }] of type.members) if (isIt(path)) addDeciding(name, path, it, arg);
  }
  return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

  function addDeciding(type, path, it, arg) {
    if (path.endsWith('=')) add(type, path, 'set', null);
    else add(type, path, it.new === undefined ? 'call' : 'new', arg);
  }
}

/** The calls that decide about a recipient from elsewhere (`on:init.0.dsn`), by the member's name and the argument. */
function decidingCalls(store, pkg) {
  const stored = store.packages.get(pkg);
  const members = [...(stored?.exports.values() ?? [])].map(({ member }) => member);
  const rules = [];
  for (const { model, members: own } of stored?.types.values() ?? []) {
    rules.push(model.recipient);
    for (const { member } of own.values()) members.push(member);
  }
  for (const { sink } of members) for (const { to } of list(sink)) rules.push(to);
  const paths = rules.flatMap((rule) => allPaths(rule)).filter((path) => path.startsWith('on:'));
  return [...new Set(paths)].map((path) => {
    const [, member, arg] = /^on:(.+?)\.((?:\d|\*).*)$/.exec(path);
    return { member, arg };
  });
}

/** The names under which the merged rules know packages that have entries. */
export function packagesOf(store) {
  return ['global', ...[...store.packages.keys()].filter((pkg) => pkg !== 'global')]
    .filter((pkg) => entriesOf(store, pkg).length > 0)
    .sort();
}

/** Changes when the entries of a package change, and with nothing else: facts and texts are not proved. */
export function keyOf(entries) {
  return createHash('sha256')
    .update(entries.map(({ id }) => id).join('\n'))
    .digest('hex')
    .slice(0, 16);
}

function memberEntries(member, add, exported) {
  const use = member.new === undefined ? 'call' : 'new';
  if (member.new !== undefined) add('new', null);
  else if (exported && member.returns !== undefined) add('call', null);
  for (const sink of list(member.sink)) {
    const paths = contentPaths(sink);
    if (paths.length === 0) add(use, null);
    for (const arg of [...paths, ...decisionPaths(sink)]) add(use, arg);
  }
  if (member.source !== undefined) add(use === 'new' ? 'new' : 'read', null);
  if (member.config !== undefined) add(use, member.config.options);
  for (const listener of member.config?.listens ?? []) for (const arg of listenerPaths(listener)) add(use, arg);
  if (member.wraps !== undefined) for (const arg of valuePaths([member.wraps.arg])) add(use, arg);
  for (const arg of valuePaths((member.via ?? []).filter((path) => path !== 'this'))) add(use, arg);
  if (member.sanitizer !== undefined) {
    add(use, null);
    for (const arg of valuePaths([member.sanitizer.input])) add(use, arg);
  }
}

function contentPaths(sink) {
  return valuePaths([...(sink.content ?? []), ...list(sink.urlArg), ...(sink.query ?? [])]);
}

/** Arguments of the same call that decide about a sink: `call:0.model`. */
function decisionPaths(sink) {
  const { to, model, retained, when } = sink;
  const places = to === undefined ? [] : [to.arg, to.command, ...list(to.url)];
  const decided = [model, retained?.value, when?.value].filter((path) => path?.startsWith('call:'));
  return [...valuePaths(places), ...decided.map((path) => path.slice('call:'.length))];
}

/** Arguments of the constructing call that decide who the recipient is. */
function recipientPaths(rule) {
  return valuePaths(allPaths(rule));
}

/** Options of a configuration call that say whether it listens to the console, and to whom it hands that. */
function listenerPaths({ recipient, methodsAt, when, unless }) {
  const conditions = [...(when ?? []), ...(unless ?? []).filter(({ part }) => part === undefined)];
  return [...recipientPaths(recipient), ...valuePaths([methodsAt, ...conditions.map(({ value }) => value)])];
}

/** Properties of the client that do (`this:baseURL`). */
function propertyPaths(rule) {
  return allPaths(rule)
    .filter((path) => path.startsWith('this:'))
    .map((path) => path.slice('this:'.length));
}

/** Every value path of a rule that decides about a recipient. */
function allPaths(rule) {
  if (rule === undefined || rule === null) return [];
  const { host, region, apiKey, project, model, headers, also, instead } = rule;
  const conditions = [...(also ?? []).map(({ when }) => when), ...(instead ?? []).map(({ when }) => when)];
  const own = [host, region, apiKey, project, model, headers].flatMap((paths) => paths ?? []);
  return [
    ...own,
    ...conditions.flatMap((condition) => (condition === undefined ? [] : [condition.value])),
    ...(instead ?? []).flatMap(allPaths),
  ];
}

/** Of value paths those that name an argument of the call at hand. */
function valuePaths(paths) {
  return paths.filter((path) => path !== undefined && /^(\d|\*)/.test(path));
}

/** `0.messages[].content` → `0`, `messages`, `[]`, `content`; `*` and `0..` are their first argument. */
function steps(path) {
  return path === '*' ? ['0'] : pathSteps(path.replace(/\.\.$/, ''));
}

function list(value) {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}
