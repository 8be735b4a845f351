/** Pages that are made from data are what the data say now. Needs the build. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

it('docs/rules is current (npm run docs)', () => {
  const script = path.join(import.meta.dirname, '../scripts/rule-pages.mjs');
  const ran = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  expect(ran.status).toBe(0);
});
