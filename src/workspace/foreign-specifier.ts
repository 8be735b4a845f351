import { builtinModules } from 'node:module';
import { withoutTrailingSlashes } from './paths.js';

/** A package as an import names it, whatever the spelling: bare, `npm:`, `jsr:` or a CDN's URL. */
export interface PackageSpecifier {
  readonly name: string;
  /** `name` or `name/sub`, without version. */
  readonly specifier: string;
  readonly version: string | null;
}

const BUILTINS = new Set(builtinModules);
/** Later versions of Node have these under the prefix only. */
const PREFIXED = /^node:/;

/** The name of a Node module without prefix, or null. */
export function builtinName(specifier: string): string | null {
  if (PREFIXED.test(specifier)) return specifier.slice(5);
  return BUILTINS.has(specifier) || BUILTINS.has(specifier.split('/')[0]!) ? specifier : null;
}

const BARE = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~_-][\w.~-]*)(\/.*)?$/i;

/** `@scope/pkg/sub` → name and rest; null for what no registry would take (`@/x`, `~/x`, `#x`). */
export function barePackage(specifier: string): PackageSpecifier | null {
  const match = BARE.exec(specifier);
  if (match === null) return null;
  const name = match[1]!;
  const rest = withoutTrailingSlashes(match[2] ?? '');
  return { name, specifier: name + rest, version: null };
}

/** `name@version/sub` as `npm:` specifiers and CDNs have it. */
export function versionedPackage(text: string): PackageSpecifier | null {
  const match = /^((?:@[\w.~-]+\/)?[\w.~-]+)(?:@([^/]*))?(\/.*)?$/.exec(text);
  if (match === null) return null;
  const [, name = '', version = '', rest = ''] = match;
  return { name, specifier: name + withoutTrailingSlashes(rest), version: version === '' ? null : version };
}

/** Ways in which CDNs put a package into the path of a URL. */
const CDN_PATH: readonly [host: RegExp, path: RegExp][] = [
  [/^(?:www\.)?esm\.sh$/, /^\/(?:v\d+\/|stable\/)?(?!gh\/|jsr\/)\*?(.+)$/],
  [/^esm\.run$/, /^\/(.+)$/],
  [/^cdn\.skypack\.dev$/, /^\/(?:-\/)?(.+)$/],
  [/^(?:www\.)?unpkg\.com$/, /^\/(.+)$/],
  [/^cdn\.jsdelivr\.net$/, /^\/npm\/(.+)$/],
  [/^(?:ga|dev)\.jspm\.(?:io|dev)$/, /^\/npm:(.+)$/],
  [/^(?:www\.)?esm\.sh$/, /^\/(?:v\d+\/)?jsr\/(.+)$/],
  [/^npm\.jsr\.io$/, /^\/(.+)$/],
];

/** Modules of deno.land/x that are the same product as an npm package. */
const DENO_LAND: Readonly<Record<string, string>> = { sentry: '@sentry/deno', supabase: '@supabase/supabase-js' };

/** The package that a URL import means; for an unknown host, the URL without scheme and version. */
export function urlPackage(text: string): PackageSpecifier | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  for (const [host, pattern] of CDN_PATH) {
    const path = host.test(url.hostname) ? pattern.exec(url.pathname)?.[1] : undefined;
    const found = path === undefined ? null : versionedPackage(path);
    if (found !== null) return found;
  }
  if (url.hostname === 'deno.land' || url.hostname === 'www.deno.land') {
    const std = /^\/std(?:@([^/]+))?\/(.+)$/.exec(url.pathname);
    if (std !== null) {
      const rest = std[2]!.replace(/\/mod\.ts$|\.ts$/, '');
      return { name: `@std/${rest.split('/')[0]!}`, specifier: `@std/${rest}`, version: std[1] ?? null };
    }
    const found = versionedPackage(url.pathname.replace(/^\/x\//, ''));
    if (found === null) return null;
    const name = Object.hasOwn(DENO_LAND, found.name) ? DENO_LAND[found.name]! : found.name;
    const rest = found.specifier.slice(found.name.length).replace(/^\/(?:mod|index)\.[cm]?[jt]s$/, '');
    return { name, specifier: name + rest, version: found.version };
  }
  const plain = withoutTrailingSlashes(`${url.host}${url.pathname.replace(/@[^/]+/g, '')}`);
  return { name: plain, specifier: plain, version: null };
}
