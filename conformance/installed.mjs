/** Which releases of a package stand in this folder's node_modules, and under which import path. */
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';

export const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const EARLIER = { previous: '@previous/', earlier: '@earlier/' };

/**
 * @typedef {object} Release
 * @property {'current' | 'previous' | 'earlier'} age
 * @property {string | null} version   null: part of the platform
 * @property {string | null} specifier   what a probe imports; null: nothing, the names are global
 */

/**
 * The newest release of a specifier's package, the last one of the major before it, and of one before that where it is
 * still in wide use: as far as they are installed, older ones as `@previous/scope__name` and `@earlier/scope__name`.
 */
export function releasesOf(specifier) {
  if (specifier === 'global') return [{ age: 'current', version: null, specifier: null }];
  if (isBuiltin(specifier)) return [{ age: 'current', version: null, specifier }];
  const { name, subpath } = split(specifier);
  const alias = name.replace(/^@/, '').replace('/', '__');
  const places = { current: name, previous: EARLIER.previous + alias, earlier: EARLIER.earlier + alias };
  return Object.entries(places).flatMap(([age, at]) => {
    const version = versionOf(at);
    return version === null ? [] : [{ age, version, specifier: at + subpath }];
  });
}

export function split(specifier) {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return { name, subpath: specifier.slice(name.length) };
}

function versionOf(name) {
  const file = `${FOLDER}node_modules/${name}/package.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version.replace(/^v/, '') : null;
}
