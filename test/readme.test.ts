import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Totals } from '../conformance/totals.mjs';
import { countsTable, withCounts } from '../scripts/readme-counts.mjs';
import { loadKnowledge } from '../src/knowledge/load.js';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('the README counts what phitrace knows (else: npm run docs)', () => {
  const table = countsTable(loadKnowledge(), JSON.parse(read('conformance/result.json')) as Totals);
  expect(read('README.md')).toContain(table);
  expect(withCounts(read('README.md'), table)).toBe(read('README.md'));
});
