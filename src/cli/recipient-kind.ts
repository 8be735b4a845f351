/** `--recipients partner|incidental`: the part of an analysis that is about recipients of one kind. */
import type { AnalysisResult, RecipientJson } from '../analysis.js';

export const RECIPIENT_KINDS = ['partner', 'incidental'] as const;

/**
 * Findings, flows and rows of the registry whose recipient is of this kind, with the totals that fit. What concerns no
 * recipient is left out, apart from what says that the analysis itself is incomplete.
 */
export function ofKind(result: AnalysisResult, kind: RecipientJson['kind']): AnalysisResult {
  const { analysis } = result;
  const findings = analysis.findings.filter(
    (f) => f.recipient?.kind === kind || (f.recipient === null && f.ruleId === 'unanalysed-file'),
  );
  const flows = analysis.flows.filter((f) => f.recipient?.kind === kind);
  const names = new Set([...findings, ...flows].flatMap(({ recipient: r }) => (r ? [`${r.vendor}/${r.service}`] : [])));
  const count = (severity: string): number =>
    findings.filter((f) => f.suppressed === null && f.severity === severity).length;
  return {
    ...result,
    analysis: {
      ...analysis,
      findings,
      flows,
      recipients: analysis.recipients.filter((r) => names.has(`${r.vendor}/${r.service}`)),
      summary: {
        ...analysis.summary,
        errors: count('error'),
        warnings: count('warning'),
        notes: count('note'),
        suppressed: findings.filter((f) => f.suppressed !== null).length,
      },
    },
    cleanings: result.cleanings.filter((c) => c.recipient.kind === kind),
    details: { ...result.details, flows: flows.length },
  };
}
