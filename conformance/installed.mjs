/** Which releases of a package stand in this folder's node_modules, and under which import path. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';

export const HOME = fileURLToPath(new URL('.', import.meta.url));
/** Where the packages are installed: here, or, for some of them by themselves, in a folder of their own. */
export const FOLDER = process.argv.includes('--alone') ? `${HOME}.alone/` : HOME;
const PREVIOUS = '@previous/';
const EARLIER = '@earlier/';

/**
 * @typedef {object} Release
 * @property {'current' | 'previous' | 'earlier'} age
 * @property {string | null} version   null: part of the platform
 * @property {string | null} specifier   what a probe imports; null: nothing, the names are global
 */

/**
 * The newest release of a specifier's package, the last one of the major before it, and of those before that which are
 * still in use: as far as they are installed, older ones as `@previous/scope__name`, `@earlier/scope__name` and
 * `@earlier/scope__name.4`, the later ones first.
 */
export function releasesOf(specifier) {
  if (specifier === 'global') return [{ age: 'current', version: null, specifier: null }];
  if (isBuiltin(specifier)) return [{ age: 'current', version: null, specifier }];
  const { name, subpath } = split(specifier);
  const alias = name.replace(/^@/, '').replace('/', '__');
  const places = [['current', name], ['previous', PREVIOUS + alias], ...earlierOf(alias).map((at) => ['earlier', at])];
  return places.flatMap(([age, at]) => {
    const version = versionOf(at);
    return version === null ? [] : [{ age, version, specifier: at + subpath }];
  });
}

export function split(specifier) {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return { name, subpath: specifier.slice(name.length) };
}

function earlierOf(alias) {
  const folder = `${FOLDER}node_modules/${EARLIER}`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const own = names.filter(
    (name) => name === alias || (/^\.[\d.]+$/.test(name.slice(alias.length)) && name.startsWith(alias)),
  );
  return own.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map((name) => EARLIER + name);
}

function versionOf(name) {
  const file = `${FOLDER}node_modules/${name}/package.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version.replace(/^v/, '') : null;
}
