/** result.json is the proof of rules/ as they are: of every entry, of no other, against the releases that are locked. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../src/knowledge/load.js';
import { entriesOf, keyOf, packagesOf } from './entries.mjs';
import { LEAST, shareProved, totalsOf, type PackageRecord, type Totals } from './totals.mjs';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const result = read('result.json') as Totals & { readonly packages: Readonly<Record<string, PackageRecord>> };
const lock = read('package-lock.json') as {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
};
const store = loadKnowledge();

describe('conformance/result.json', () => {
  it('is of the rules as they are (else: npm run conformance -- --update)', () => {
    const now = packagesOf(store).map((pkg) => `${pkg} ${keyOf(entriesOf(store, pkg))}`);
    expect(Object.entries(result.packages).map(([pkg, { key }]) => `${pkg} ${key}`)).toEqual(now);
  });

  it('is of the releases that are locked', () => {
    const wrong = Object.values(result.packages).flatMap(({ releases }) =>
      releases.filter((release) => {
        const at = release.lastIndexOf('@');
        const specifier = release.slice(0, at);
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        return release !== 'platform' && lock.packages[`node_modules/${name}`]?.version !== release.slice(at + 1);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('adds up', () => {
    const { packages, ...totals } = result;
    expect(totals).toEqual(totalsOf(packages));
    for (const { entries, proved, unproved } of Object.values(packages))
      expect(entries - proved).toBe(Object.keys(unproved).length);
  });

  it('proves no smaller share of the entries than it did', () => {
    expect(Number(shareProved(result))).toBeGreaterThanOrEqual(LEAST);
  });

  it('is locked without the name of a registry', () => {
    expect(JSON.stringify(lock).match(/"resolved":"(?!https:\/\/registry\.npmjs\.org\/)[^"]*"/g) ?? []).toEqual([]);
  });
});

describe('an entry', () => {
  it('stands for each thing that the rules say of a call', () => {
    const ids = new Set(entriesOf(store, 'openai').map(({ id }) => id));
    for (const id of [
      'openai.OpenAI new',
      'openai#OpenAI 0.baseURL',
      'openai#OpenAI.chat.completions.create 0.messages',
      'openai#OpenAI.chat.completions.create 0.model',
    ])
      expect(ids).toContain(id);
  });

  it('changes the key of its package', () => {
    const entries = entriesOf(store, 'openai');
    expect(keyOf(entries.slice(1))).not.toBe(keyOf(entries));
    expect(keyOf([...entries])).toBe(keyOf(entries));
  });
});
