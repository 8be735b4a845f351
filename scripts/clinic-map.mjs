/** `npm run clinic-map`: draws the map of the bundled clinic for the README and the docs. A test keeps it current. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const args = ['map', 'fixtures/clinic', '--today', '2026-11-22', '--format', 'svg', '--output', 'docs/clinic-map.svg'];
const cwd = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(process.execPath, ['bin/phitrace.js', ...args], { cwd, stdio: 'inherit' });
process.exitCode = status ?? 2;
