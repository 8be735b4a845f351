/** `npm run demo`: the main job on the bundled clinic, as a first look. */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { readdirSync, statSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = (command, args, options = {}) => spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });

const changed = (path) => statSync(new URL(`../${path}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const built = changed('dist/.tsbuildinfo');
if (
  readdirSync(new URL('../src', import.meta.url), { recursive: true }).some((name) => changed(`src/${name}`) > built)
) {
  const build = run('npm', ['run', '--silent', 'build'], { shell: process.platform === 'win32' });
  if (build.status !== 0) process.exit(2);
}

const args = ['check', 'fixtures/clinic', '--today', '2026-11-22', '--brief'];
console.log(`$ npx phitrace ${args.join(' ')}\n`);
const { status } = run(process.execPath, ['bin/phitrace.js', ...args]);
if (status === 1) {
  console.log(
    '\nExit status 1: here a CI gate would have stopped the change. Without --brief every finding is told in full.',
  );
} else {
  console.error(`\nThe clinic is made to be stopped with exit status 1, but phitrace ended with ${String(status)}.`);
  process.exitCode = 2;
}
