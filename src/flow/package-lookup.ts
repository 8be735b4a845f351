/** Which entry of rules/ a member of a package is. */
import type { ResolvedMember } from '../knowledge/index.js';
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import type { ExtAtom, XInstAtom } from './value.js';

/** `const OpenAI = require('openai')`: what a CommonJS module is when it is called. */
function calledNamespace(k: Engine['knowledge'], mod: string): ResolvedMember | null {
  const whole = k.exportMember(mod, '*');
  const says = (m: ResolvedMember | null): boolean =>
    m !== null &&
    (m.member.new !== undefined ||
      m.member.returns !== undefined ||
      m.member.sink !== undefined ||
      m.member.source !== undefined);
  if (says(whole)) return whole;
  const dflt = k.exportMember(mod, 'default');
  return (dflt?.member.type === undefined ? null : k.member(dflt.member.type, '()')) ?? dflt ?? whole;
}

/** An export by name; of a package that is one object (`const axios = require('axios')`) a member of that object. */
function exported(k: Engine['knowledge'], mod: string, path: string): ResolvedMember | null {
  const own = k.exportMember(mod, path);
  if (own !== null) return own;
  const type = k.exportMember(mod, 'default')?.member.type;
  return type === undefined ? k.exportMember(mod, `default.${path}`) : k.member(type, path);
}

export function lookup(site: CallSite, f: ExtAtom | XInstAtom): ResolvedMember | null {
  const k = site.frame.e.knowledge;
  if (f.k === 'ext')
    return f.mod === '' ? k.global(f.path) : f.path === '' ? calledNamespace(k, f.mod) : exported(k, f.mod, f.path);
  return f.type ? (k.member(f.type, f.path) ?? delegate(site, f.type, f.path) ?? byAnyName(k, f.type, f.path)) : null;
}

/** `prisma.patient.findMany`: members of a Prisma client beside its own are the delegates of the schema's models. */
function delegate(site: CallSite, type: string, path: string): ResolvedMember | null {
  const e = site.frame.e;
  const at = path.indexOf('.');
  if (at < 0 || !type.endsWith('#PrismaClient')) return null;
  const found = e.knowledge.member(`${type.slice(0, type.indexOf('#'))}#ModelDelegate`, path.slice(at + 1));
  const source = found?.member.source;
  if (!found || !source) return found;
  const model = path.charAt(0).toUpperCase() + path.slice(1, at);
  return {
    ...found,
    member: { ...found.member, source: { ...source, gives: source.gives.replace('{model}', model) } },
  };
}

/** `db.query.patients.findMany`, described as `query.*.findMany`: the name in between goes where the source says `{*}`. */
function byAnyName(k: Engine['knowledge'], type: string, path: string): ResolvedMember | null {
  const [first, name, ...rest] = path.split('.');
  if (name === undefined || rest.length === 0) return null;
  const found = k.member(type, [first, '*', ...rest].join('.'));
  const source = found?.member.source;
  if (!found || !source) return found;
  return { ...found, member: { ...found.member, source: { ...source, gives: source.gives.replaceAll('{*}', name) } } };
}
