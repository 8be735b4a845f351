import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from './load.js';

/** The YAML of a guide that is a pack, or the part of one. */
function packsIn(guide: string): readonly string[] {
  const text = readFileSync(new URL(`../../docs/guides/${guide}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n([^]*?)```/g)]
    .map(([, yaml]) => yaml!)
    .filter((yaml) => /^packages:/m.test(yaml))
    .map((yaml) => (/^id:/m.test(yaml) ? yaml : `id: example\nname: Example\n${yaml}`));
}

describe.each(['own-recipients.md', 'own-sources.md', 'new-vendor.md'])('%s', (guide) => {
  it('shows packs that phitrace takes', () => {
    const packs = packsIn(guide);
    expect(packs.length).toBeGreaterThan(0);
    for (const text of packs) expect(() => loadKnowledge({ packs: [{ path: guide, text }] })).not.toThrow();
  });
});
