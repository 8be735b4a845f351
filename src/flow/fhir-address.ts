/**
 * What the address of a request says of its answer, where it is an interaction of FHIR's REST interface:
 * `[base]/Patient/123`, `[base]/Observation?patient=1`, `[base]/Patient/1/$everything`. Texts in, resources out; no engine.
 */
import type { FhirModel } from '../knowledge/phi.js';

/** Stands for a part that nobody knows. */
export const ANYTHING = '\ue000';
/** Stands for a part that a caller decides. */
export const CALLERS = '\ue001';

/** What comes back. */
export interface FhirAnswer {
  /** Names of resource types; `Resource` where the code does not show which. */
  readonly types: readonly string[];
  /** In a Bundle, alone, or (where the address leaves it open) either. */
  readonly bundle: boolean | null;
  /** The FHIR server that gives it, as far as the address says; null where only the type's name speaks for one. */
  readonly server: string | null;
}

type Given = Omit<FhirAnswer, 'server'>;

/** What is known of a request beside the text of its address. */
export interface Asked {
  readonly verb: string;
  /** Something else says that it goes to a FHIR server: a header, the name of what holds the base. */
  readonly sign: boolean;
  /** What is known of a host: a FHIR server, somebody else's service, nothing. */
  readonly host: (name: string) => 'fhir' | 'other' | null;
}

const ANY = 'Resource';
const BASE = /^(?:[\w-]*fhir[\w.-]*|base-?(?:r4b?|r5|stu3|dstu2)|(?:dstu2|stu3|r4b?|r5))$/i;
const SERVER = /(?:^|[.-])(?:hapi|fhir)[\w-]*\./i;
const PLACEHOLDERS = /[\ue000\ue001]/;
const ID = /^[\w.\-\ue000\ue001]{1,64}$/;
/** Operations that give a Bundle, of the type that they are called on or of any. */
const BUNDLES: Readonly<Record<string, 'own' | 'any'>> = { $everything: 'any', $match: 'own', $lastn: 'own' };

/**
 * The resources that a request is answered with; null: none that the address tells, `open`: it depends on what the
 * caller hands in.
 */
export function readAddress(fhir: FhirModel, text: string, asked: Asked): FhirAnswer | 'open' | null {
  const [, authority, rest] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)([^]*)$/i.exec(text) ?? [];
  const named = authority !== undefined && !PLACEHOLDERS.test(authority);
  const known = named ? asked.host(authority.replace(/^.*@|:\d+$/g, '').toLowerCase()) : null;
  const [path = '', query = ''] = (rest ?? text).split(/[?#]/, 2);
  const parts = path.split('/').filter((part, i, all) => part !== '' || (i > 0 && i < all.length - 1));
  const base = parts.findLastIndex((part) => BASE.test(part));
  const sign = asked.sign || known === 'fhir' || base >= 0 || (authority !== undefined && SERVER.test(authority));
  if (known === 'other' && !sign) return null;
  const server = sign ? serverOf(text) : null;

  const at = parts.findLastIndex((part) => typeIn(fhir, part) !== null);
  if (at >= 0 && at > base) {
    const type = typeIn(fhir, parts[at]!)!;
    const answer = interaction(type, parts[at]!, parts.slice(at + 1), query, asked.verb);
    if (answer !== null && (sign || speaks(fhir, type, parts, at, authority !== undefined || text[0] !== '/')))
      return { ...answer, server };
    if (answer === null || !PLACEHOLDERS.test(parts.slice(0, at).join('') + (authority ?? ''))) return null;
    return callersIn(authority, parts.slice(0, at)) ? 'open' : null;
  }
  // Only the base is known: what follows it is for the caller to say, or for nobody.
  const first = parts[base + 1];
  const led = base >= 0 || authority === undefined ? first : parts.find((part) => PLACEHOLDERS.test(part));
  if (led === undefined)
    return sign && asked.verb === 'POST' && parts.length === base + 1 ? { ...bundleOf(ANY), server } : null;
  if (!/^[\ue000\ue001]+$/.test(led)) return null;
  // After the base that is a part itself (`${base}/${type}`), words that are no types are the server's own business.
  const after = parts.slice(parts.indexOf(led) + 1).filter((part) => !PLACEHOLDERS.test(part));
  if (after.some((part) => !/^(?:\$\w[\w-]*|_search|_history|[\d.]+)$/.test(part))) return null;
  if (text.includes(CALLERS)) return 'open';
  return sign ? { types: [ANY], bundle: null, server } : null;
}

/** The host of an address, `?` where nobody knows it. */
export function serverOf(text: string): string {
  const host = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i
    .exec(text)?.[1]
    ?.replace(/^.*@|:\d+$/g, '')
    .toLowerCase();
  return host === undefined || PLACEHOLDERS.test(host) ? '?' : host;
}

function callersIn(authority: string | undefined, parts: readonly string[]): boolean {
  return (authority ?? '').includes(CALLERS) || parts.some((part) => part.includes(CALLERS));
}

/** `Patient`, and `Patient` of `Patient${query}`; null: no resource type. */
function typeIn(fhir: FhirModel, part: string): string | null {
  const [name = ''] = part.split(PLACEHOLDERS, 1);
  if (!/^[A-Z][A-Za-z]+$/.test(name) || !fhir.isResource(name)) return null;
  return name === part || /^[A-Za-z]+[\ue000\ue001]+$/.test(part) ? name : null;
}

/** What the rest of the path makes of a type; null: this is no interaction of FHIR's. */
function interaction(type: string, part: string, tail: readonly string[], query: string, verb: string): Given | null {
  if (verb === 'DELETE' || verb === 'HEAD') return null;
  if (part !== type) return tail.length === 0 ? { types: [type], bundle: null } : null;
  const [id, ...more] = tail;
  if (id === undefined || id === '')
    return verb === 'GET' || verb === '*' || query !== '' ? bundleOf(type) : { types: [type], bundle: false };
  if (id === '_search' || id === '_history') return bundleOf(type);
  if (id.startsWith('$')) return more.length === 0 ? operation(type, id) : null;
  if (!ID.test(id)) return null;
  const [next, version, ...further] = more;
  if (next === undefined || next === '') return { types: [type], bundle: false };
  if (next === '_history' && further.length === 0)
    return version === undefined ? bundleOf(type) : { types: [type], bundle: false };
  if (next.startsWith('$') && version === undefined) return operation(type, next);
  // A compartment whose type nobody says: `Patient/1/${type}`.
  return /^[\ue000\ue001]+$/.test(next) && version === undefined ? bundleOf(ANY) : null;
}

function operation(type: string, name: string): Given {
  const gives = BUNDLES[name];
  return gives === undefined ? { types: [ANY], bundle: null } : bundleOf(gives === 'any' ? ANY : type);
}

const bundleOf = (type: string): Given => ({ types: [type], bundle: true });

/**
 * Whether a type's name in its place is enough by itself. Not where it is an everyday word (`/Group/7` of a chat), where
 * the path is one of the code base's own, or behind `/api`, where others spell their routes with capitals.
 */
function speaks(fhir: FhirModel, type: string, parts: readonly string[], at: number, elsewhere: boolean): boolean {
  if (!elsewhere || fhir.isEveryday(type) || parts.slice(0, at).includes('api')) return false;
  // `/Patient/list`: a word in the place of an id is a page.
  return !/^[a-z]{2,}$/i.test(parts[at + 1] ?? '');
}
