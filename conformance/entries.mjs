/**
 * What rules/ says about code, taken apart into single claims that a type checker can confirm or refute.
 *
 * An entry is one call, constructor, option, argument or property that rules/ names. It knows nothing of what that
 * means for PHI; only that code can be written that way.
 */
import { createHash } from 'node:crypto';

/**
 * @typedef {object} Entry
 * @property {string} id       package, place and argument: `openai#OpenAI.chat.completions.create 0.messages`
 * @property {string} pkg      the specifier that the model stands under; `global` for names of the platform
 * @property {string | null} type   the type that the member is of; null for exports
 * @property {string | null} path   dotted name of the export or member; null: the calls that make a value of `type`
 * @property {'new' | 'call' | 'read'} use
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
    for (const sink of list(type.model.command))
      for (const arg of [...contentPaths(sink), ...decisionPaths(sink)]) add(name, null, 'new', arg);
    for (const [path, { member }] of type.members)
      memberEntries(member, (use, arg) => add(name, path, use, arg), false);
  }
  return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
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
  if (rule === undefined) return [];
  const { host, region, apiKey, project, model, headers, also, instead } = rule;
  const conditions = [...(also ?? []).map(({ when }) => when), ...(instead ?? []).map(({ when }) => when)];
  const own = [host, region, apiKey, project, model, headers].flatMap((paths) => paths ?? []);
  return valuePaths([
    ...own,
    ...conditions.flatMap((condition) => (condition === undefined ? [] : [condition.value])),
    ...(instead ?? []).flatMap(recipientPaths),
  ]);
}

/** Of value paths those that name an argument of the call at hand. */
function valuePaths(paths) {
  return paths.filter((path) => path !== undefined && /^(\d|\*)/.test(path));
}

/** `0.messages[].content` → `0`, `messages`, `[]`, `content`; `*` and `0..` are their first argument. */
function steps(path) {
  if (path === '*') return ['0'];
  return path
    .replace(/\.\.$/, '')
    .replaceAll('[]', '.[]')
    .split('.')
    .filter((step) => step !== '');
}

function list(value) {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}
