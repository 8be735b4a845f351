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

const { analyze, ruleDocs } = await import('../dist/index.js');
const { renderText } = await import('../dist/report/text.js');
const result = await analyze({
  dir: fileURLToPath(new URL('../fixtures/clinic', import.meta.url)),
  today: '2026-11-22',
});
console.log(
  '$ npx phitrace check fixtures/clinic      (shortened: the gravest finding in full, a line each of the others)\n',
);
console.log(
  renderText(result, {
    color: process.stdout.isTTY && !process.env.NO_COLOR ? 1 : 0,
    width: process.stdout.columns ?? 100,
    atLeast: 'note',
    quiet: false,
    brief: true,
    stats: false,
    fixes: Object.fromEntries(ruleDocs().map((rule) => [rule.id, rule.fix])),
  }),
);
const { status } = run(process.execPath, ['bin/phitrace.js', 'check', 'fixtures/clinic', '--today', '2026-11-22'], {
  stdio: 'ignore',
});
if (status === 1) {
  console.log('Exit status 1: here a CI gate would have stopped the change.');
} else {
  console.error(`The clinic is made to be stopped with exit status 1, but phitrace ended with ${String(status)}.`);
  process.exitCode = 2;
}
