/** Analyses for tests of the map: a small one, a hostile one, and one of any size. */
import type { AnalysisResult, CleaningJson, FlowJson, RecipientJson } from '../../analysis.js';
import type { MapContext } from '../map-context.js';
import { PATH, sampleFinding, sampleResult } from './sample.js';

/** What nobody may write into a page, a diagram or a spreadsheet as it stands. */
export const EVIL =
  '"><img src=x onerror=window.hacked=1></script><script>window.hacked=1</script>`${1}`\'--></style>]]>\n%%{init:1}%% end;click x href "javascript:hacked()" | =1+1 @all \u202e\u001b[31m\ud800';

export function mapContext(part: Partial<MapContext> = {}): MapContext {
  return {
    terms: {
      organization: 'Example Health',
      agreements: [
        {
          vendor: 'aws',
          plan: 'standard',
          executed: '2025-03-01',
          expires: '2028-03-01',
          reviewed: '2026-10-20',
          services: ['s3', 'bedrock-runtime'],
          regions: ['us-east-1'],
          environments: null,
          terms: { training: false, retention: null },
          document: 'contracts/aws.pdf',
        },
      ],
      deidentifiers: [],
    },
    vendors: { aws: 'Amazon Web Services', openai: 'OpenAI API' },
    rules: [],
    changes: null,
    repository: null,
    fromPage: '.',
    text: { color: 0, width: 100 },
    ...part,
  };
}

export function recipient(part: Partial<RecipientJson> = {}): RecipientJson {
  return {
    vendor: 'openai',
    service: 'chat-completions',
    endpoint: null,
    region: null,
    environment: null,
    kind: 'partner',
    covered: false,
    why: 'no agreement with openai in the manifest',
    ...part,
  };
}

export function flow(to: Partial<RecipientJson>, part: Partial<FlowJson> = {}): FlowJson {
  const { ruleId: _rule, severity: _severity, ...sample } = sampleFinding();
  return { ...sample, recipient: recipient(to), ...part };
}

/** A step before this recipient that left nothing. */
export function cleaning(to: Partial<RecipientJson>, part: Partial<CleaningJson> = {}): CleaningJson {
  const { file, line, column, endLine, endColumn, confidence, phi, path } = sampleFinding();
  const at = { file, line, column, endLine, endColumn };
  return {
    ...{ ...at, by: 'deidentify', step: at, recipient: recipient(to), gone: phi, rest: null, confidence, path },
    fingerprint: 'c1',
    ...part,
  };
}

/** An analysis with these flows and a registry that fits. */
export function mapResult(flows: readonly FlowJson[], part: Partial<AnalysisResult> = {}): AnalysisResult {
  const base = sampleResult([]);
  const rows = new Map<string, { vendor: string; service: string; covered: boolean; n: number }>();
  for (const { recipient: r } of flows) {
    if (r === null) continue;
    const key = `${r.vendor}/${r.service}`;
    const row = rows.get(key) ?? { vendor: r.vendor, service: r.service, covered: r.covered, n: 0 };
    rows.set(key, { ...row, n: row.n + 1 });
  }
  const recipients = [...rows.values()].map(({ n, ...row }) => ({
    ...row,
    agreement: row.covered ? row.vendor : null,
    callSites: 1,
    phiFlows: n,
  }));
  return { ...base, analysis: { ...base.analysis, flows, recipients }, ...part };
}

export const OWN = { vendor: 'same-origin', service: 'http', covered: true, why: 'own side: same origin' };
export const COVERED = {
  vendor: 'aws',
  service: 's3',
  region: 'us-east-1',
  covered: true,
  why: 'covered by the agreement with aws of 2025-03-01',
};
export const UNKNOWN = { vendor: 'unknown', service: 'http', why: 'the destination cannot be resolved from the code' };

/** One flow of each trust, one of them de-identified in part, one answered by a model. */
export function smallResult(): AnalysisResult {
  const output = { letter: null, category: 'free-text', via: 'model output about Patient.name', sensitive: null };
  return mapResult([
    flow({}, { fingerprint: 'f1' }),
    flow({ service: 'responses' }, { fingerprint: 'f2', removed: ['A', 'B', 'C'] }),
    flow(COVERED, { fingerprint: 'f3', phi: [output] }),
    flow(OWN, { fingerprint: 'f4', path: [{ ...PATH[0]!, text: 'reads Visit: prisma.visit.findMany()' }] }),
    flow(UNKNOWN, { fingerprint: 'f5' }),
  ]);
}

/** Steps of de-identification: to one who gets PHI as well, to one who gets nothing else, to a covered one, and in part. */
export function cleanedResult(): AnalysisResult {
  const { analysis, ...rest } = mapResult([
    flow(
      {},
      { fingerprint: 'f1', phi: [{ letter: 'C', category: 'dates', via: 'Patient.birthDate', sensitive: null }] },
    ),
    flow({}, { fingerprint: 'f2' }),
  ]);
  const other = { vendor: 'anthropic', service: 'messages' };
  const row = { ...other, covered: false, agreement: null, callSites: 1, phiFlows: 0 };
  return {
    ...rest,
    analysis: { ...analysis, recipients: [...analysis.recipients, row] },
    cleanings: [
      cleaning({}),
      cleaning(other, { fingerprint: 'c2' }),
      cleaning(COVERED, { fingerprint: 'c3', by: 'Redactor.redact' }),
      cleaning({}, { fingerprint: 'c4', by: 'noNames', rest: 'f1' }),
    ],
  };
}

export function evilResult(): AnalysisResult {
  const phi = [{ letter: 'A', category: EVIL, via: `${EVIL}.name`, sensitive: null }];
  const path = PATH.map((step) => ({ ...step, file: EVIL, text: EVIL }));
  const flows = [
    flow(
      { vendor: EVIL, service: EVIL, region: EVIL, environment: EVIL, why: EVIL },
      { file: EVIL, message: EVIL, phi, path, removed: ['A'] },
    ),
    flow({ vendor: EVIL, service: `2${EVIL}` }, { phi, path }),
  ];
  const to = { vendor: EVIL, service: EVIL, region: EVIL, environment: EVIL, why: EVIL };
  const at = { file: EVIL, line: 1, column: 1, endLine: 1, endColumn: 2 };
  const cleanings = [
    cleaning(to, { ...at, by: EVIL, step: at, gone: phi, path }),
    cleaning(to, { ...at, by: EVIL, step: at, gone: phi, path, rest: flows[1]?.fingerprint ?? '', fingerprint: 'c2' }),
  ];
  return mapResult(flows, { excerpt: () => EVIL, cleanings });
}

/** A company with this many recipients and flows, always the same one. */
export function largeResult(recipients: number, flows: number): AnalysisResult {
  const kinds = ['Patient', 'Condition', 'Observation', 'Encounter', 'Coverage', 'IntakeForm', 'Visit', 'Message'];
  const letters = 'ABCDEFGHIJKLMNOPQR';
  const all = Array.from({ length: flows }, (_, i) => {
    const n = (i * 7) % recipients;
    const trust = n % 4;
    const vendor = `vendor-${String(n % 41).padStart(2, '0')}`;
    const file = `apps/service-${i % 23}/src/modules/feature-${i % 211}/handler-${i}.ts`;
    const to = {
      vendor,
      service: `service-${n}`,
      region: n % 3 === 0 ? 'us-east-1' : null,
      covered: trust !== 0,
      why: trust === 1 ? 'own side: own host' : 'of this kind',
    };
    const phi = [0, 1, 2].map((k) => ({
      letter: letters[(i + k * 5) % 18] ?? 'A',
      category: 'names',
      via: `${kinds[(i + k) % kinds.length] ?? 'Patient'}.field${(i + k) % 29}`,
      sensitive: null,
    }));
    const path = Array.from({ length: 8 }, (_step, s) => ({
      file: s < 2 ? `packages/ehr/src/client-${i % 17}.ts` : file,
      line: 10 + s * 9 + (i % 31),
      column: 5,
      endLine: 10 + s * 9 + (i % 31) + 1,
      kind: s === 0 ? ('source' as const) : s === 7 ? ('sink' as const) : ('step' as const),
      text:
        s === 3 && i % 2 === 0
          ? 'built into text: `${a} and ${b}`'
          : `passed to function${s}: function${s}(patient, options, ${i})`,
    }));
    return flow(to, { file, line: 73 + (i % 31), fingerprint: `f${i}`, phi, path, removed: i % 40 === 0 ? ['A'] : [] });
  });
  return mapResult(all, {
    excerpt: (file, line) =>
      `  const value${line} = await client.request(payload, { source: '${file.slice(-20)}', retry: true });`,
  });
}
