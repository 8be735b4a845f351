/**
 * Runs when the package is made ready: after `npm install` here, before it is packed, and when somebody installs it from
 * git. npm leaves out what the build needs where that is done with `--global` (https://github.com/npm/cli/issues/8440),
 * as the pre-commit framework does; then it is installed first, into this folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const npm = process.env.npm_execpath;

function run(args) {
  // What the npm around us was told (`global`, `prefix`, …) is not for this folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  // The shell finds npm.cmd on Windows.
  const { status } = spawnSync(command, [...first, ...args], { stdio: 'inherit', env, shell: npm === undefined });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync('node_modules/typescript')) run(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
run(['run', 'build']);
// Packed, code goes without its comments (a sixth of it); declarations keep theirs.
if (['pack', 'publish'].includes(process.env.npm_command)) run(['run', 'build:bare']);
