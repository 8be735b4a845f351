import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis.js';
import { loadKnowledge } from '../knowledge/load.js';
import { loadManifest } from '../manifest/load.js';
import { vocabularyOf } from '../manifest/vocabulary.js';
import { draftManifest, recipientsFound } from './manifest-draft.js';
import { SNIPPET_IDS, SNIPPETS } from './snippets.js';

const knowledge = loadKnowledge();
const entry = (vendor: string, service: string, phiFlows = 1, covered = false): Analysis['recipients'][number] => ({
  ...{ vendor, service, phiFlows, covered, agreement: null, callSites: 1 },
});
const found = (...recipients: Analysis['recipients'][number][]): ReturnType<typeof recipientsFound> =>
  recipientsFound(
    {
      recipients,
      flows: recipients.filter((r) => r.phiFlows > 0 && !r.covered).map((recipient) => ({ recipient })),
    } as unknown as Analysis,
    knowledge.vendors(),
  );

describe('a first manifest', () => {
  it('is valid, names every recipient, and covers nothing', () => {
    // Every vendor that there is, hosts with names that YAML would read otherwise, and hostile ones.
    const vendors = knowledge.vendors().map((v) => entry(v.id, Object.keys(v.services)[0] ?? 'http'));
    const hosts = ['api.example.com', 'no', '1e3', '*evil', 'a: b', '"quoted"', 'line\nbreak: 1', '- x'].map((h) =>
      entry(h, 'http', 0),
    );
    const text = draftManifest(found(...vendors, ...hosts), 'Dr. "X" & Co: #1\nversion: 2');
    const { manifest, problems } = loadManifest(text, 'baa.yaml', vocabularyOf(knowledge));
    expect(problems).toEqual([]);
    expect(manifest?.agreements).toHaveLength(vendors.length + 3);
    expect(manifest?.agreements.every((a) => a.executed === null)).toBe(true);
  });

  it('is valid for a vendor that is called by the name of another', () => {
    const { problems } = loadManifest(
      draftManifest(found(entry('helicone', 'chat-completions')), 'X'),
      'baa.yaml',
      vocabularyOf(knowledge),
    );
    expect(problems).toEqual([]);
  });

  it("is valid without any recipient, and leaves out one's own side and what cannot be told", () => {
    const text = draftManifest(found(entry('localhost', 'http', 1, true), entry('unknown', 'http')), 'X');
    expect(parse(text)).toEqual({ version: 1, organization: 'X', agreements: [] });
    expect(parse(draftManifest(found(entry('*evil', 'http')), 'X'))).toMatchObject({ agreements: [] });
  });

  it('puts those that are given PHI first, with what is known of them', () => {
    const text = draftManifest(
      found(entry('aws', 's3', 0), entry('openai', 'responses', 2), entry('openai', 'embeddings')),
      'X',
    );
    expect(text.indexOf('vendor: openai')).toBeLessThan(text.indexOf('vendor: aws'));
    expect(text).toContain('services: [embeddings, responses]');
    expect(text).toMatch(/2 calls, 3 PHI flows\. OpenAI API: offers a BAA on conditions/);
  });
});

describe("one's own EHR", () => {
  it('is no decision, though PHI goes there', () => {
    const own = entry('medplum', 'fhir', 9);
    const flows = [{ recipient: { ...own, covered: true } }];
    const analysis = { recipients: [own, entry('medplum', 'email', 0)], flows } as unknown as Analysis;
    expect(recipientsFound(analysis, knowledge.vendors())).toMatchObject([
      { vendor: 'medplum', services: ['email'], phiFlows: 0 },
    ]);
  });
});

describe('snippets', () => {
  it('are well-formed', () => {
    for (const id of SNIPPET_IDS) {
      const { file, text } = SNIPPETS[id];
      expect(text.endsWith('\n')).toBe(true);
      if (/\.ya?ml$/.test(file)) expect(parse(text)).toBeTypeOf('object');
    }
  });
});
