/** Handlers that a framework finds by the path of their file: which request reaches them, and where their answer goes. */
import type { CallSite } from './call-site.js';
import { channelValue, normalPath, setter, storeInChannel } from './channels.js';
import type { FnEntry } from './program.js';
import { select } from './select.js';
import { join } from './join.js';
import { NOTHING, value, type SymAtom, type Value } from './value.js';

/** A handler's place in the code base's own address space. */
export interface Convention {
  /** `POST:/api/intake`; `*` for any method. */
  readonly key: string;
  /** `request`: takes a request of the web's kind and returns the answer; `node`: `(req, res)`. */
  readonly style: 'request' | 'node';
}

const APP_ROUTE = /(?:^|\/)app\/(.*\/)?route\.[cm]?[jt]sx?$/;
const PAGES_API = /(?:^|\/)pages\/(api\/.+?)(?:\/index)?\.[cm]?[jt]sx?$/;
/** Methods that give a request's body. */
const BODY = new Set(['json', 'text', 'formData']);
const VERBS = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;

/** The route that a file's path alone makes of an exported handler; null if no convention applies. */
export function conventionOf(fn: FnEntry): Convention | null {
  const { path, facts } = fn.file;
  const app = APP_ROUTE.exec(path);
  if (app) {
    const exported = facts.exports.find((x) => x.kind === 'local' && x.var === fn.facts.name);
    const verb = exported?.kind === 'local' ? exported.name : fn.facts.name;
    // Groups `(name)` and slots `@name` are no part of the address.
    const parts = (app[1] ?? '').split('/').filter((p) => !/^[(@]/.test(p));
    return VERBS.test(verb) ? { key: `${verb}:${normalPath(parts.join('/'))}`, style: 'request' } : null;
  }
  const pages = PAGES_API.exec(path);
  return pages ? { key: `*:${normalPath(pages[1]!)}`, style: 'node' } : null;
}

/** A handler's parameters, with what own code sends to its address. */
export function withCallers(c: Convention, params: readonly Value[]): readonly Value[] {
  const req = params[0] ?? NOTHING;
  const fields = new Map(req.fields ?? []);
  const body = `cell:route:${c.key}`;
  if (c.style === 'request') for (const name of BODY) fields.set(name, setter(body, 'read'));
  else {
    const add = (name: string, v: Value): void => void fields.set(name, join(fields.get(name) ?? NOTHING, v));
    add('body', channelValue(body, ['!json']));
    add('query', channelValue(`cell:route-query:${c.key}`));
  }
  return [value(req.atoms, fields), ...params.slice(1)];
}

/** What own code sends to a handler's address, where the handler reads the body of its request (`await request.json()`). */
export function bodyFromCallers(fn: FnEntry, request: SymAtom, method: string): Value {
  if (request.root !== 'p0' || request.path.length > 0 || !BODY.has(method)) return NOTHING;
  const route = conventionOf(fn);
  return route?.style === 'request'
    ? channelValue(`cell:route:${route.key}`, method === 'json' ? ['!json'] : [])
    : NOTHING;
}

/** What the callers get: the handler's result, or what it passed to its response object. */
export function answer(site: CallSite, c: Convention, result: Value, params: readonly Value[]): void {
  const key = `cell:route-answer:${c.key}`;
  if (c.style === 'request') return storeInChannel(site, key, select(site.frame.e, result, '!json'));
  const res = params[1]?.atoms.find((a) => a.k === 'xinst');
  if (res?.k === 'xinst') storeInChannel(site, key, channelValue(`cell:answer:${res.fn}.${res.span[0]}`));
}

/** Decorated classes whose methods a framework calls, and the method of those that it calls with what the others throw. */
const THROWING = new Set(['Controller', 'Resolver', 'WebSocketGateway', 'JsonController']);
const CATCHING: Readonly<Record<string, string>> = { Catch: 'catch', Middleware: 'error' };

/** The channel of answers between handlers and what a framework lets see them (interceptors); null if it is no handler. */
export function answerChannel(fn: FnEntry): string | null {
  const thrown = errorChannel(fn, 'throws');
  return thrown && thrown.replace('cell:thrown:', 'cell:answers:');
}

/** The channel of errors between handlers and the filter that a framework calls with them; null if the function is neither. */
export function errorChannel(fn: FnEntry, how: 'throws' | 'catches'): string | null {
  const cls = fn.file.facts.classes[fn.facts.cls];
  const method = cls?.members.find((m) => fn.file.fnBase + m.fn === fn.id)?.name;
  for (const d of cls?.decorators ?? []) {
    const from = fn.file.facts.imports[d.import]?.specifier;
    if (from === undefined || !/^(@nestjs\/|routing-controllers)/.test(from)) continue;
    if (how === 'throws' ? THROWING.has(d.name) : CATCHING[d.name] === method)
      return `cell:thrown:${from.split('/')[0]!}`;
  }
  return null;
}
