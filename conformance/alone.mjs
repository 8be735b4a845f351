/**
 * Proving one package without the gigabytes of all others: its locked releases alone, in a folder of their own.
 *
 * npm run conformance -- PACKAGE --alone
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { HOME, split } from './installed.mjs';

/**
 * Installs what the lock file holds of these specifiers (newest release and older ones) into `folder`; no install script
 * is run. Throws where the lock file does not know one of them, or npm fails.
 */
export function installAlone(folder, specifiers) {
  const { packages } = JSON.parse(readFileSync(`${HOME}package-lock.json`, 'utf8'));
  const wanted = ['@types/node', ...specifiers.flatMap((specifier) => lockedNames(packages, split(specifier).name))];
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
