import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyCatalog, RULES_FOLDER } from './catalog.js';
import { checkCatalog } from './catalog-check.js';
import { EGRESS_RULES } from './egress.js';
import { fill } from './wording.js';

const catalog = policyCatalog();

describe('rules/policies', () => {
  const ids = readdirSync(RULES_FOLDER).map((name) => name.replace('.yaml', ''));
  it.each(ids)('%s is as the schema says, and a rule of the contract', (id) => {
    expect(checkCatalog(catalog, [id])).toEqual([]);
  });
  it('finds mistakes', () => {
    const broken = { ...catalog.policy('phi-in-url'), id: 'x', question: 'no' };
    expect(checkCatalog({ ...catalog, policy: () => broken }, ['phi-in-urls'])).toEqual([
      expect.stringContaining('/question'),
      expect.stringContaining('/question'),
      'rules/policies/phi-in-urls.yaml: its id is "x"',
      'rules/policies/phi-in-urls.yaml: the contract names no such rule',
    ]);
  });
  it('describes every egress rule', () => {
    for (const id of EGRESS_RULES) expect(catalog.policy(id).family).toBe('egress');
  });
  it('throws for a rule without a file', () => {
    expect(() => catalog.policy('no-such-rule')).toThrow('no-such-rule');
  });
  it.each(catalog.all().map((policy) => [policy.id, policy] as const))('%s is whole', (_id, policy) => {
    expect(policy.message.endsWith('{fix}'), 'the message ends with the next step').toBe(true);
    for (const { cite } of policy.basis) expect(cite).toMatch(/^(45 CFR 16\d\.\d|42 CFR|HHS )/);
    expect(policy.examples.bad).not.toBe(policy.examples.good);
    expect(policy.message + policy.fix).not.toMatch(/\bcompliant\b|\bguarantee/);
  });
});

it('refuses a template with an unknown word', () => {
  expect(fill('{a} b', { a: 'x' })).toBe('x b');
  expect(() => fill('{a}', {})).toThrow('{a}');
});
