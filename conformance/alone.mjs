/**
 * Proving one package without the gigabytes of all others: its locked releases alone, in a folder of their own.
 *
 * npm run conformance -- PACKAGE --alone
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { HOME, split } from './installed.mjs';

/**
 * Installs what the lock file holds of these specifiers (newest release and older ones) into `folder`, and of `others` as
 * far as it knows them; no install script is run. Throws where the lock file does not know one of the specifiers, or npm
 * fails.
 */
export function installAlone(folder, specifiers, others) {
  const { packages } = JSON.parse(readFileSync(`${HOME}package-lock.json`, 'utf8'));
  const known = others.filter((other) => packages[`node_modules/${split(other).name}`] !== undefined);
  const names = [...new Set([...specifiers, ...known].map((specifier) => split(specifier).name))];
  const wanted = ['@types/node', ...names.flatMap((name) => lockedNames(packages, name))];
  const dependencies = Object.fromEntries(
    wanted.map((at) => {
      const { name, version } = packages[`node_modules/${at}`];
      return [at, name === undefined || name === at ? version : `npm:${name}@${version}`];
    }),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(`${HOME}.npmrc`, `${folder}.npmrc`);
  writeFileSync(`${folder}package.json`, JSON.stringify({ private: true, dependencies }));
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm install failed');
}

function lockedNames(packages, name) {
  if (packages[`node_modules/${name}`] === undefined)
    throw new Error(
      `${name} is not locked: add it to conformance/package.json, then npm install --prefix conformance --package-lock-only`,
    );
  const alias = name.replace(/^@/, '').replace('/', '__');
  const older = Object.keys(packages)
    .map((at) => at.slice('node_modules/'.length))
    .filter((at) => at === `@previous/${alias}` || new RegExp(`^@earlier/${alias}(\\.[\\d.]+)?$`).test(at));
  return [name, ...older];
}
