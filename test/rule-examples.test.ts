/** The examples of every rule in rules/policies, run: the bad one is reported by its rule, the good one is not. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeSync } from '../src/analyze.js';
import { policyCatalog } from '../src/policies/catalog.js';
import { exampleFiles, writeFiles } from '../src/policies/testing/example-files.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'phitrace-examples-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function findings(id: string, kind: 'bad' | 'good'): readonly string[] {
  const { examples } = policyCatalog().policy(id);
  const dir = path.join(folder, `${id}-${kind}`);
  writeFiles(dir, exampleFiles(examples[kind], examples.language));
  const { analysis } = analyzeSync({ dir, today: '2026-11-22' });
  return analysis.findings.filter((one) => one.suppressed === null).map((one) => one.ruleId);
}

describe('examples of rules/policies', () => {
  it.each(
    policyCatalog()
      .all()
      .map((rule) => rule.id),
  )('%s', (id) => {
    expect(findings(id, 'bad'), 'the bad example').toContain(id);
    expect(findings(id, 'good'), 'the good example').not.toContain(id);
  });
});
