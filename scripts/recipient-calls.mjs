/**
 * How a program sends something to a vendor, as rules/ describe it: the calls from which the fixtures of a recipient
 * are written. Only what the rules say is used; what an API wants besides is for a person to add.
 */

import { membersOf } from '../conformance/routes.mjs';

const DEEPEST = 3;

/**
 * @typedef {object} SendingCall
 * @property {readonly string[]} imports
 * @property {readonly string[]} setup   statements before the function
 * @property {(text: string) => string} write   the call that sends this expression
 * @property {string} service
 */

/** Every way to send to the vendor through its packages, then by a plain request to its hosts. */
export function* sendingCalls(knowledge, files, vendorId) {
  const own = files.filter(({ id, of, vendor }) => (vendor === undefined ? of : id) === vendorId);
  for (const file of own)
    for (const [pkg, model] of Object.entries(file.packages ?? {}))
      for (const [name, member] of Object.entries(model.exports)) yield* callsOf(knowledge, pkg, name, member, model);
  for (const file of own) for (const rule of file.hosts ?? []) if (rule.vendor === undefined) yield requestTo(rule);
}

function* callsOf(knowledge, pkg, name, member, model) {
  if (/[*()]/.test(name.replace(/^default/, ''))) return;
  const { imports, value } = importOf(pkg, name, member.returns === undefined ? member.new : undefined);
  for (const sink of list(member.sink)) {
    const made = member.new === undefined ? '' : 'new ';
    for (const arg of argumentsOf(sink))
      yield { imports, setup: [], service: sink.service, write: (text) => `${made}${value}(${written(arg, text)})` };
  }
  const typeId = member.new ?? member.returns ?? member.type;
  if (typeId === undefined || typeId === 'same') return;
  const id = typeId.includes('#') ? typeId : `${pkg}#${typeId}`;
  const type = knowledge.type(id);
  if (type === null) return;
  for (const sink of list(type.command)) {
    const client = clientOf(model);
    if (client === null || member.new === undefined) continue;
    for (const arg of argumentsOf(sink))
      yield {
        imports: [`import { ${client}, ${name} } from '${pkg}';`],
        setup: [`const client = new ${client}({});`],
        service: sink.service,
        write: (text) => `client.send(new ${name}(${written(arg, text)}))`,
      };
  }
  const options = optionsOf(type);
  const built =
    member.new !== undefined && member.returns === undefined ? `new ${value}(${options})` : `${value}(${options})`;
  const setup = member.type !== undefined ? [] : [`const client = ${built};`];
  const start = member.type !== undefined ? value : 'client';
  for (const { text: receiver, sink } of sinksOf(knowledge, id, start, 0))
    for (const arg of argumentsOf(sink))
      yield { imports, setup, service: sink.service, write: (text) => receiver(written(arg, text)) };
}

/** Sinks of a type and of what its members return, the nearest first. */
function* sinksOf(knowledge, typeId, start, depth) {
  const members = [...membersOf(knowledge, typeId)].map(([path, { member }]) => [path, member]);
  for (const [path, member] of members)
    for (const sink of list(member.sink)) {
      if (sink.to?.command !== undefined) continue;
      if (path.endsWith('=')) yield { text: (args) => `${start}.${path.slice(0, -1)} = ${args}`, sink };
      else yield { text: (args) => (path === '()' ? `${start}(${args})` : `${start}.${path}(${args})`), sink };
    }
  if (depth >= DEEPEST) return;
  for (const [path, member] of members) {
    const next = member.returns ?? member.type;
    if (next === undefined || next === 'same' || path === '()') continue;
    const call = member.type === undefined ? '()' : '';
    const id = next.includes('#') ? next : `${typeId.split('#')[0]}#${next}`;
    if (id !== typeId) yield* sinksOf(knowledge, id, `${start}.${path}${call}`, depth + 1);
  }
}

/** A client class of a package whose `send` takes commands. */
function clientOf(model) {
  for (const [name, member] of Object.entries(model.exports)) {
    const send = member.new === undefined ? undefined : model.types?.[member.new]?.members?.send;
    if (list(send?.sink).some((sink) => sink.to?.command !== undefined)) return name;
  }
  return null;
}

/** How the export is imported; a default export that is a class by the class's name. */
function importOf(pkg, name, className) {
  const [head, ...rest] = name.split('.');
  const value = (local) => [local, ...rest].join('.');
  if (head === 'default' || head === '*') {
    const local = className === undefined ? localName(pkg) : className.split('#').at(-1);
    return { imports: [`import ${local} from '${pkg}';`], value: value(local) };
  }
  return { imports: [`import { ${head} } from '${pkg}';`], value: value(head) };
}

/** `@acme/node-sdk` → `acme` */
function localName(pkg) {
  const words = pkg.replace(/^@/, '').split(/[^A-Za-z0-9]+/);
  return (
    words[0] +
    words
      .slice(1, 2)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')
  );
}

/** The options of a client: the key, if the rules know where it stands. */
function optionsOf(type) {
  const key = (type.recipient?.apiKey ?? []).find((path) => /^0(\.[A-Za-z]+)?$/.test(path));
  if (key === undefined) return '';
  return key === '0' ? 'process.env.API_KEY' : `{ ${key.slice(2)}: process.env.API_KEY }`;
}

/** Where a sink takes its content; the first argument if it does not say. */
function argumentsOf(sink) {
  return sink.content ?? ['0'];
}

/** The arguments of a call that holds `text` at a path: `1.body` → `{}, { body: text }`. */
function written(path, text) {
  const [index, ...keys] = path.replace(/\.\.$/, '').replace('*', '0').replaceAll('[]', '.[]').split('.');
  const value = keys.reduceRight((inner, key) => {
    if (key === '[]') return `[${inner}]`;
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
    return name === inner ? `{ ${name} }` : `{ ${name}: ${inner} }`;
  }, text);
  return [...Array.from({ length: Number(index) }, (_, i) => (i === 0 ? "'visit'" : '{}')), value].join(', ');
}

function requestTo({ host, paths, service }) {
  const [path, byPath] = Object.entries(paths ?? {})[0] ?? ['/', service];
  const name = host
    .replace(/\{[^}]*\}/g, 'us-east-1')
    .replace(/^\*\./, 'clinic.')
    .replaceAll('*', 'clinic');
  const url = `https://${name}${path.replaceAll('*', 'clinic')}`;
  return {
    imports: [],
    setup: [],
    service: byPath ?? service,
    write: (text) => `fetch('${url}', { method: 'POST', body: ${text} })`,
  };
}

function list(value) {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}
