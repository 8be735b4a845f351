import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelFile } from './model.js';
import { compiledModels, compiledFile, shippedRules } from './shipped.js';

const folder = mkdtempSync(join(tmpdir(), 'phitrace-rules-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('compiled rules', () => {
  const rules = [{ path: 'rules/recipients/acme.yaml', text: 'id: acme\nname: Acme\n' }];
  const models: ModelFile[] = [{ id: 'acme', name: 'Acme' }];
  const file = join(folder, 'rules.json.gz');
  const url = pathToFileURL(file);
  writeFileSync(file, compiledFile(rules, models));

  it('stand for the very texts that they were made from', () => {
    expect(compiledModels(rules, url)).toEqual(models);
  });

  it('are left aside when a text has changed, gone or come', () => {
    expect(compiledModels([{ ...rules[0]!, text: 'id: acme\nname: Acme Corp\n' }], url)).toBeNull();
    expect(compiledModels([], url)).toBeNull();
    expect(compiledModels([...rules, { path: 'rules/recipients/b.yaml', text: '' }], url)).toBeNull();
    expect(compiledModels(rules, pathToFileURL(join(folder, 'none.json.gz')))).toBeNull();
  });
});

describe('shipped rules', () => {
  it('come in one order', () => {
    const paths = shippedRules().map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(150);
    expect(paths.filter((path) => path.startsWith('rules/recipients/'))).toEqual(
      paths.filter((path) => path.startsWith('rules/recipients/')).toSorted(),
    );
  });
});
