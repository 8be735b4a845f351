/** result.json is the proof of rules/ as they are: of every entry, of no other, against the releases that are locked. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../src/knowledge/load.js';
import { entriesOf, keyOf, packagesOf } from './entries.mjs';
import { LEAST, shareProved, totalsOf, type PackageRecord, type Totals } from './totals.mjs';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const result = read('result.json') as Totals & { readonly packages: Readonly<Record<string, PackageRecord>> };
const lock = read('package-lock.json') as {
  readonly packages: Readonly<Record<string, Locked>>;
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

  it('holds what each release answered to each entry', () => {
    for (const { entries, releases, majors } of Object.values(result.packages))
      for (const [release, { proved, absent, loose, otherwise }] of Object.entries(majors)) {
        expect(releases).toContain(release);
        expect(proved + absent + loose + otherwise).toBe(entries);
      }
  });

  it('proves no smaller share of the entries than it did', () => {
    expect(Number(shareProved(result))).toBeGreaterThanOrEqual(LEAST);
  });

  it('is locked without the name of a registry', () => {
    expect(JSON.stringify(lock).match(/"resolved":"(?!https:\/\/registry\.npmjs\.org\/)[^"]*"/g) ?? []).toEqual([]);
  });
});

describe('conformance/package-lock.json', () => {
  /** Whether code in the folder `at` finds a package of that name. */
  function isLocked(at: string, name: string): boolean {
    for (let folder = at; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1)))
      if (lock.packages[`${folder}/node_modules/${name}`] !== undefined) return true;
    return lock.packages[`node_modules/${name}`] !== undefined;
  }

  it('holds the optional builds for all platforms, without which npm ci refuses it', () => {
    const missing = Object.entries(lock.packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(at, name))
        .map((name) => `${at}: ${name}`),
    );
    expect(missing).toEqual([]);
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
