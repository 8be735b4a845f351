/** `--format json`: schema version 1, keys in the order that the contract gives. */
import type {
  Analysis,
  CleaningJson,
  FindingJson,
  FlowJson,
  Location,
  PhiJson,
  PlaceJson,
  RecipientJson,
  RegistryJson,
  StepJson,
  SuppressedJson,
} from '../analysis.js';
import { printableJson } from './escape.js';

/** What the document holds besides: the map's has no findings, and the steps in which data is de-identified. */
interface Parts {
  readonly findings: boolean;
  readonly cleanings?: readonly CleaningJson[];
}

/** The document as text, with a final line break. */
export function renderJson(analysis: Analysis, parts: Parts = { findings: true }): string {
  const { tool, summary } = analysis;
  const document = {
    schemaVersion: analysis.schemaVersion,
    tool: { name: tool.name, version: tool.version },
    root: analysis.root,
    asOf: analysis.asOf,
    ...(parts.findings ? { findings: analysis.findings.map(finding) } : {}),
    flows: analysis.flows.map(flow),
    recipients: analysis.recipients.map(registry),
    ...(parts.cleanings ? { deidentification: parts.cleanings.map(cleaning) } : {}),
    summary: {
      files: summary.files,
      lines: summary.lines,
      unanalysed: summary.unanalysed,
      errors: summary.errors,
      warnings: summary.warnings,
      notes: summary.notes,
      suppressed: summary.suppressed,
      durationMs: summary.durationMs,
    },
  };
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}

function finding(f: FindingJson): object {
  return { ruleId: f.ruleId, severity: f.severity, ...flow(f) };
}

function flow(f: FlowJson): object {
  return {
    confidence: f.confidence,
    message: f.message,
    ...location(f),
    recipient: f.recipient && recipient(f.recipient),
    phi: f.phi.map(phi),
    removed: f.removed,
    path: f.path.map(step),
    places: f.places.map(place),
    fingerprint: f.fingerprint,
    suppressed: f.suppressed && suppressed(f.suppressed),
    help: f.help,
  };
}

function location(l: Location): Location {
  return { file: l.file, line: l.line, column: l.column, endLine: l.endLine, endColumn: l.endColumn };
}

function recipient(r: RecipientJson): object {
  const { vendor, service, endpoint, region, environment, kind, covered, why } = r;
  return { vendor, service, endpoint, region, environment, kind, covered, why };
}

function phi(p: PhiJson): object {
  return { letter: p.letter, category: p.category, via: p.via, sensitive: p.sensitive };
}

function step(s: StepJson): object {
  return { file: s.file, line: s.line, column: s.column, endLine: s.endLine, kind: s.kind, text: s.text };
}

function place(p: PlaceJson): object {
  return { ...location(p), phi: p.phi.map(phi), path: p.path.map(step), fingerprint: p.fingerprint };
}

function cleaning(c: CleaningJson): object {
  return {
    by: c.by,
    step: location(c.step),
    ...location(c),
    recipient: recipient(c.recipient),
    removed: c.gone.map(phi),
    rest: c.rest,
    confidence: c.confidence,
    path: c.path.map(step),
    fingerprint: c.fingerprint,
  };
}

function suppressed(s: SuppressedJson): object {
  return { by: s.by, reason: s.reason, until: s.until };
}

function registry(r: RegistryJson): object {
  const { vendor, service, covered, agreement, callSites, phiFlows } = r;
  return { vendor, service, covered, agreement, callSites, phiFlows };
}
