/** A small made-up analysis, for tests of the formats and of the command line. */
import type { AnalysisResult, FindingJson, PhiJson, StepJson } from '../../analysis.js';

export const NAME: PhiJson = { letter: 'A', category: 'names', via: 'Patient.name', sensitive: null };
export const NOTE: PhiJson = { letter: null, category: 'clinical', via: 'Condition.code', sensitive: 'mental-health' };

const CODE: Readonly<Record<string, string>> = {
  'src/ehr.ts:4': "  const patient = await medplum.readResource('Patient', id);",
  'src/prompt.ts:9': '  return `Summarise ${patient.name}`;',
  'src/summarize.ts:42': '  const answer = await openai.chat.completions.create({ model, messages });',
};

export const PATH: readonly StepJson[] = [
  { file: 'src/ehr.ts', line: 4, column: 25, endLine: 4, kind: 'source', text: 'Patient read from the EHR (Medplum)' },
  { file: 'src/prompt.ts', line: 9, column: 10, endLine: 9, kind: 'step', text: 'becomes part of a text' },
  {
    file: 'src/summarize.ts',
    line: 42,
    column: 24,
    endLine: 42,
    kind: 'sink',
    text: 'sent to openai chat-completions',
  },
];

export function sampleFinding(part: Partial<FindingJson> = {}): FindingJson {
  const place = { file: 'src/summarize.ts', line: 42, column: 24, endLine: 42, endColumn: 76 };
  const phi = [NAME, NOTE];
  return {
    ruleId: 'phi-to-uncovered-vendor',
    severity: 'error',
    confidence: 'high',
    message: 'Patient.name and Condition.code reach OpenAI, with which there is no agreement',
    ...place,
    recipient: {
      vendor: 'openai',
      service: 'chat-completions',
      endpoint: 'chat-completions',
      region: null,
      environment: null,
      kind: 'partner',
      covered: false,
      why: 'no agreement with openai in the manifest',
    },
    phi,
    removed: [],
    path: PATH,
    places: [{ ...place, phi, path: PATH, fingerprint: '11aa22bb' }],
    fingerprint: 'cc33dd44',
    suppressed: null,
    help: 'https://example.org/rules/phi-to-uncovered-vendor',
    ...part,
  };
}

/** An analysis with these findings, counted as the engine counts them. */
export function sampleResult(findings: readonly FindingJson[], part: Partial<AnalysisResult> = {}): AnalysisResult {
  const count = (severity: string): number =>
    findings.filter((f) => f.suppressed === null && f.severity === severity).length;
  return {
    analysis: {
      schemaVersion: 1,
      tool: { name: 'phitrace', version: '0.0.0' },
      root: '.',
      asOf: '2026-11-22',
      findings,
      flows: findings.map(({ ruleId: _rule, severity: _severity, ...flow }) => flow),
      recipients: [
        { vendor: 'aws', service: 's3', covered: true, agreement: 'aws', callSites: 2, phiFlows: 1 },
        { vendor: 'openai', service: 'chat-completions', covered: false, agreement: null, callSites: 1, phiFlows: 1 },
      ],
      summary: {
        files: 34,
        lines: 2130,
        unanalysed: 0,
        errors: count('error'),
        warnings: count('warning'),
        notes: count('note'),
        suppressed: findings.filter((f) => f.suppressed !== null).length,
        durationMs: 420,
      },
    },
    details: {
      manifest: 'baa.yaml',
      sources: 12,
      functions: 210,
      flows: 14,
      gaps: {},
      phases: { facts: 200.4, flow: 150 },
      peakMemoryMb: 120.2,
    },
    cleanings: [],
    scorecard: () => ({ rows: [], total: { points: 0, of: 0, percent: 0, band: 'not-ready' } }),
    partial: false,
    excerpt: (file, line) => CODE[`${file}:${line}`] ?? null,
    ...part,
  };
}
