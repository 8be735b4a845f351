/** Texts that a value may be, with what is unknown marked: URLs, host names, regions, model ids. */
import type { EnvValue } from '../workspace/types.js';
import type { Engine } from './engine.js';
import { at } from './select.js';
import { isAddress } from './contents.js';
import type { Value, XInstAtom } from './value.js';

/** Stands for any text that is not known. */
export const UNKNOWN = '\u0000';

export interface Candidate {
  readonly text: string;
  /** The environment for which it holds, if it came from one. */
  readonly environment: string | null;
  readonly ignoredFile: string | null;
  /** Name of the variable that could not be resolved. */
  readonly unresolved: string | null;
  /** An environment variable whose name the code computes. */
  readonly unnamed?: true;
}

const MAX = 8;
const plain = (text: string): Candidate => ({ text, environment: null, ignoredFile: null, unresolved: null });

/** Lines stay outside: they move with an edit of comments, after which the flow is not computed again. */
export type EnvLookup = (name: string) => readonly Unplaced[];
type Unplaced = Omit<EnvValue, 'line'>;

/** All texts that the value may be (bounded); an environment variable that is set nowhere is unknown. */
export function candidates(e: Engine, v: Value, env: EnvLookup, depth = 0): Candidate[] {
  const out: Candidate[] = [];
  // A default stands in for what is unset; what a method of a URL gives (`url.toString()`) is that URL.
  const fallback = v.atoms.some(
    (a) => (a.k === 'const' && typeof a.v === 'string' && a.v !== '') || (a.k === 'xinst' && isUrl(a)),
  );
  for (const a of v.atoms) {
    if (out.length >= MAX) break;
    switch (a.k) {
      case 'const':
        // Nothing before a path is a path of one's own; alone it is no address.
        if (a.v === '' && depth > 0) out.push(plain(''));
        else if (a.v !== undefined && a.v !== null && a.v !== '' && a.v !== false) out.push(plain(String(a.v)));
        break;
      case 'env': {
        if (a.name === '*') {
          if (!fallback) out.push({ ...plain(UNKNOWN), unnamed: true });
          break;
        }
        const found = effective(env(a.name));
        if (found.length === 0 && !fallback) out.push({ ...plain(UNKNOWN), unresolved: a.name });
        for (const x of found.slice(0, 4))
          out.push({
            text: x.value,
            environment: x.environment,
            ignoredFile: x.ignored ? x.file : null,
            unresolved: null,
          });
        break;
      }
      case 'str': {
        if (depth > 4) break;
        let acc: Candidate[] = [plain('')];
        for (const p of a.parts) {
          const next = candidates(e, p, env, depth + 1);
          const list = next.length > 0 ? next : [plain(UNKNOWN)];
          const merged: Candidate[] = [];
          for (const l of acc) {
            for (const r of list) {
              if (l.environment && r.environment && l.environment !== r.environment) continue;
              if (merged.length < MAX)
                merged.push({
                  text: l.text + r.text,
                  environment: l.environment ?? r.environment,
                  ignoredFile: l.ignoredFile ?? r.ignoredFile,
                  unresolved: l.unresolved ?? r.unresolved,
                });
            }
          }
          acc = merged;
        }
        out.push(...acc);
        break;
      }
      case 'xinst':
        out.push(...fromInstance(e, a, env, depth));
        break;
      case 'opaque':
      case 'label':
      case 'sym':
        if (!fallback) out.push(plain(UNKNOWN));
        break;
      default:
        break;
    }
  }
  return out;
}

const isUrl = (a: XInstAtom): boolean => isAddress(a.sym) && a.args?.[0] !== undefined;

/** `new URL(path, base)`, `new Request(url)`: the text is in the constructor's arguments. */
function fromInstance(e: Engine, a: XInstAtom, env: EnvLookup, depth: number): Candidate[] {
  if (!isUrl(a) || !a.args?.[0] || depth > 4) return [];
  const first = candidates(e, at(e, a.args, '0'), env, depth + 1);
  const base = a.args[1] ? candidates(e, at(e, a.args, '1'), env, depth + 1) : [];
  if (base.length === 0) return first;
  return first.flatMap((f) =>
    /^[a-z]+:\/\//i.test(f.text)
      ? [f]
      : base.map((b) => ({ ...b, text: b.text.replace(/\/+$/, '') + (f.text.startsWith('/') ? '' : '/') + f.text })),
  );
}

/** Deployment files before `.env.<environment>` before `.env`; example files only if there is nothing else. One value for each environment. */
function effective(all: readonly Unplaced[]): readonly Unplaced[] {
  const real = all.filter((v) => v.origin !== 'env-example' && v.value !== '');
  const list = real.length > 0 ? real : all.filter((v) => v.value !== '');
  const seen = new Set<string>();
  return list.filter((v) => {
    const key = v.environment ?? '';
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export interface ParsedUrl {
  readonly host: string | null;
  readonly path: string;
  readonly relative: boolean;
}

/** Host and path of a URL text; host null if it is unknown. An unknown part inside a host keeps its known suffix. */
export function parseUrl(text: string): ParsedUrl {
  const t = text.trim();
  const m = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#\\]*)([^]*)$/i.exec(t);
  if (m) {
    const authority = m[1]!.slice(m[1]!.lastIndexOf('@') + 1);
    // A part that may be empty (`${region ?? ''}`) is a part that is not known.
    const host = authority
      .replace(/:\d+$/, '')
      .toLowerCase()
      .replace(/\.(?=\.)/g, `.${UNKNOWN}`);
    return {
      host:
        host === '' || host === UNKNOWN || (host.endsWith(UNKNOWN) && !host.startsWith('localhost'))
          ? null
          : host.replaceAll(UNKNOWN, 'x'),
      path: (m[2]!.split(/[?#]/)[0] ?? '').toLowerCase(),
      relative: false,
    };
  }
  if (t.startsWith(UNKNOWN)) return { host: null, path: t.slice(1).split(/[?#]/)[0] ?? '', relative: false };
  return { host: null, path: t.split(/[?#]/)[0] ?? '', relative: true };
}

/**
 * The address in a connection string (`InstrumentationKey=…;IngestionEndpoint=https://…`), null if it names none; any
 * other text as it is.
 */
export function addressIn(text: string): string | null {
  if (!/^\w+=[^;]*(;\w+=[^;]*)*;?$/.test(text)) return text;
  return /=([a-z][a-z0-9+.-]*:\/\/[^;]*)/i.exec(text)?.[1] ?? null;
}

/** Loopback, link-local and private addresses, and names that never leave the own network. */
export function isOwnHost(host: string): boolean {
  return (
    /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal)$/.test(host) ||
    /^(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+|169\.254\.\d+\.\d+)$/.test(host) ||
    /\.(internal|local|svc|cluster\.local)$/.test(host)
  );
}
