/** `--format sarif`: SARIF 2.1.0, within the limits that GitHub documents for code scanning. */
import type { Analysis, FindingJson, Location, RecipientJson, Severity, StepJson } from '../analysis.js';
import { printable, printableJson, wellFormed } from './escape.js';
import { fromCwd } from './places.js';
import type { RuleDoc } from './rule-doc.js';
import { itemsText } from './text.js';

const LEVEL: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'note' };
/** GitHub sorts security findings by this number: critical from 9, high from 7, medium from 4. */
const SECURITY: Readonly<Record<Severity, string>> = { error: '8.0', warning: '5.0', note: '2.0' };

/** GitHub keeps the first 5,000 results a run, 100 locations a result and 1,000 steps a thread flow (docs, 2026-11). */
const MAX_RESULTS = 5000;
const MAX_PLACES = 100;
const MAX_STEPS = 100;
const MIN_STEPS = 10;
/** Of all results together: GitHub takes files of up to 10 MB, compressed. */
const STEPS_OF_ALL = 100_000;

export function renderSarif(analysis: Analysis, docs: readonly RuleDoc[]): string {
  // The gravest first, so that a cut takes the least.
  const order: readonly Severity[] = ['error', 'warning', 'note'];
  const findings = order.flatMap((s) => analysis.findings.filter((f) => f.severity === s)).slice(0, MAX_RESULTS);
  const ruleIds = [...new Set(findings.map((f) => f.ruleId))].sort();
  const steps = Math.max(MIN_STEPS, Math.min(MAX_STEPS, Math.floor(STEPS_OF_ALL / Math.max(1, findings.length))));
  const root = analysis.root.replace(/\/+$/, '');
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'phitrace',
            version: analysis.tool.version,
            semanticVersion: analysis.tool.version,
            rules: ruleIds.map((id) => rule(id, docs, findings)),
          },
        },
        automationDetails: { id: `phitrace/${root === '' || root === '.' ? '' : `${root}/`}` },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: analysis.summary.unanalysed === 0 }],
        results: findings.map((f) => result(f, ruleIds.indexOf(f.ruleId), analysis, steps)),
      },
    ],
  };
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}

function rule(id: string, docs: readonly RuleDoc[], findings: readonly FindingJson[]): object {
  const doc = docs.find((d) => d.id === id);
  const witness = findings.find((f) => f.ruleId === id);
  const severity = doc?.severity.default ?? witness?.severity ?? 'warning';
  const basis = (doc?.basis ?? []).map((b) => `- ${b.cite}: ${b.says}`).join('\n');
  const question = doc?.question ?? id;
  return {
    id,
    name: id,
    shortDescription: { text: question.slice(0, 1000) },
    fullDescription: { text: (doc ? `${question} ${doc.fix}` : question).slice(0, 1000) },
    // The format asks for an absolute address; the pages of this package are files.
    ...(witness && URL.canParse(witness.help) ? { helpUri: witness.help } : {}),
    help: {
      text: doc ? `${doc.fix}\n${basis}` : id,
      markdown: doc ? `${doc.question}\n\n**What to do:** ${doc.fix}\n\n**Legal basis**\n\n${basis}` : id,
    },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: { tags: ['security', 'privacy', 'hipaa'], 'security-severity': SECURITY[severity], precision: 'high' },
  };
}

function result(f: FindingJson, ruleIndex: number, analysis: Analysis, steps: number): object {
  const others = f.places.filter((p) => p.fingerprint !== f.fingerprint && (p.line !== f.line || p.file !== f.file));
  return {
    ruleId: f.ruleId,
    ruleIndex,
    level: LEVEL[f.severity],
    message: { text: printable(messageOf(f)) },
    locations: [{ physicalLocation: physical(analysis, f) }],
    ...(others.length > 0
      ? {
          relatedLocations: others.slice(0, MAX_PLACES).map((p, i) => ({
            id: i + 1,
            physicalLocation: physical(analysis, p),
            message: { text: 'the same cause' },
          })),
        }
      : {}),
    partialFingerprints: { 'phitrace/v1': f.fingerprint },
    ...(f.path.length > 0
      ? { codeFlows: [{ threadFlows: [{ locations: shortened(f.path, steps).map((s) => flowStep(analysis, s)) }] }] }
      : {}),
    ...(f.suppressed
      ? {
          suppressions: [
            {
              kind: f.suppressed.by === 'comment' ? 'inSource' : 'external',
              status: 'accepted',
              justification: printable(f.suppressed.reason),
            },
          ],
        }
      : {}),
    properties: {
      confidence: f.confidence,
      ...(f.recipient ? { recipient: recipientName(f.recipient), recipientKind: f.recipient.kind } : {}),
    },
  };
}

function messageOf(f: FindingJson): string {
  return f.phi.length > 0 ? `${f.message} [${itemsText(f.phi)}]` : f.message;
}

function recipientName(r: RecipientJson): string {
  return printable(`${r.vendor}/${r.service}`);
}

/** The ends of a very long path. */
function shortened(path: readonly StepJson[], most: number): readonly StepJson[] {
  const half = Math.floor(most / 2);
  return path.length <= most ? path : [...path.slice(0, half), ...path.slice(-half)];
}

function flowStep(analysis: Analysis, step: StepJson): object {
  const region = { startLine: step.line, startColumn: step.column, endLine: step.endLine };
  return {
    importance: step.kind === 'step' ? 'important' : 'essential',
    location: {
      physicalLocation: { artifactLocation: artifact(analysis, step.file), region },
      message: { text: printable(step.text) },
    },
  };
}

function physical(analysis: Analysis, l: Location): object {
  const region = { startLine: l.line, startColumn: l.column, endLine: l.endLine, endColumn: l.endColumn };
  return { artifactLocation: artifact(analysis, l.file), region };
}

/** A URI relative to the folder where the command ran, which CI takes for the repository's root. */
function artifact(analysis: Analysis, file: string): object {
  const parts = wellFormed(fromCwd(analysis, file)).split('/');
  return { uri: parts.map((part) => encodeURIComponent(part)).join('/') };
}
