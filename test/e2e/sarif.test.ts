/** SARIF against the published schema and against what GitHub documents for code scanning. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { renderSarif } from '../../src/report/sarif.js';
import { sampleFinding, sampleResult, PATH } from '../../src/report/testing/sample.js';
import { ruleDocs } from '../../src/index.js';
import { phitrace, ROOT, TODAY } from './command.js';

const published = JSON.parse(readFileSync(path.join(ROOT, 'test/schemas/sarif-schema-2.1.0.json'), 'utf8')) as Record<
  string,
  unknown
>;
// Written for draft 4, of which it uses nothing that later drafts read otherwise.
const { $schema: _schema, id: _id, ...schema } = published;
const ajv = new Ajv({ strict: false, allErrors: true });
(formats as unknown as (to: Ajv) => void)(ajv);
const validate = ajv.compile(schema);

interface Sarif {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly rules: readonly { readonly properties: { readonly tags: readonly string[] } }[] };
    };
    readonly results: readonly {
      readonly locations: readonly unknown[];
      readonly relatedLocations?: readonly unknown[];
      readonly codeFlows?: readonly { readonly threadFlows: readonly { readonly locations: readonly unknown[] }[] }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

function within(text: string): Sarif {
  const document = JSON.parse(text) as Sarif;
  validate(document);
  expect(validate.errors?.slice(0, 3) ?? []).toEqual([]);
  expect(gzipSync(text).length).toBeLessThan(10 * 1024 * 1024);
  expect(document.runs.length).toBeLessThanOrEqual(20);
  for (const { tool, results } of document.runs) {
    expect(results.length).toBeLessThanOrEqual(5000);
    expect(tool.driver.rules.length).toBeLessThanOrEqual(25_000);
    for (const rule of tool.driver.rules) expect(rule.properties.tags.length).toBeLessThanOrEqual(10);
    for (const result of results) {
      expect(result.locations).toHaveLength(1);
      expect(result.relatedLocations?.length ?? 0).toBeLessThanOrEqual(100);
      expect(
        (result.codeFlows ?? []).flatMap((f) => f.threadFlows).flatMap((t) => t.locations).length,
      ).toBeLessThanOrEqual(1000);
    }
  }
  return document;
}

describe('SARIF', () => {
  it('of the clinic is valid and within the limits, with paths and fingerprints', () => {
    const { out } = phitrace(['check', 'fixtures/clinic', '--today', TODAY, '--format', 'sarif']);
    const [run] = within(out).runs;
    expect(run?.results.length).toBeGreaterThan(25);
    expect(new Set(run?.results.map((r) => r.partialFingerprints['phitrace/v1'])).size).toBe(run?.results.length);
    expect(run?.results.some((r) => (r.codeFlows?.length ?? 0) > 0)).toBe(true);
  });

  it('of a code base with far too many findings stays within them', { timeout: 120_000 }, () => {
    const long = Array.from({ length: 400 }, (_, i) => ({
      ...PATH[1]!,
      line: i + 1,
      text: `step ${i} of a long way ${'x'.repeat(80)}`,
    }));
    const place = sampleFinding().places[0]!;
    const findings = Array.from({ length: 7000 }, (_, i) =>
      sampleFinding({
        path: long,
        fingerprint: i.toString(16).padStart(16, '0'),
        message: `finding ${i} ${'m'.repeat(300)}`,
        places: Array.from({ length: i === 0 ? 3000 : 1 }, (_place, n) => ({
          ...place,
          line: n + 1,
          fingerprint: `${i}-${n}`,
        })),
      }),
    );
    expect(within(renderSarif(sampleResult(findings).analysis, ruleDocs())).runs[0]?.results).toHaveLength(5000);
  });
});
