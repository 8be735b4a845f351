/** Findings about the analysis itself: what was left out, and suppressions that no longer act. */
import type { Location, Severity } from '../analysis.js';
import { type Draft, locate } from './draft.js';
import type { PolicyInput } from './input.js';
import type { SuppressionProblem } from './suppressions.js';

function about(rule: Draft['rule'], severity: Severity, at: Location, names: readonly string[], why: string): Draft {
  return {
    ...{ rule, severity, at, atMost: 'error', confidence: 'high', functions: names, recipient: null, phi: [] },
    ...{ removed: [], path: [], cause: `${at.file}:${String(at.line)}:${String(at.column)}:${why}`, causeName: names },
    ...{ words: { why, file: at.file }, test: false },
  };
}

/**
 * What is left out for one reason is one cause in all of a file; the functions that it holds for are its places. Named by
 * the file's last part, so that the fingerprint survives a move.
 */
function left(severity: Severity, at: Location, why: string, fn?: string, reason = why): Draft {
  const file = at.file.split('/').at(-1) ?? at.file;
  const draft = about('unanalysed-file', severity, at, [fn ?? file, reason], why);
  return { ...draft, cause: `${at.file}:${reason}`, causeName: [file, reason] };
}

/** Files and functions that were not analysed, or only in part: a gap in the answer, so it is never silent. */
export function unanalysed(input: PolicyInput): readonly Draft[] {
  const files = input.workspace.unanalysed.map((gap) => {
    const line = gap.line ?? 1;
    const at = { file: gap.path, line, column: 1, endLine: line, endColumn: 1 };
    return left(gap.kind === 'failed' ? 'warning' : 'note', at, gap.reason);
  });
  const parts = input.flows.cut.map((gap) => {
    const whole = { file: gap.file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return left('warning', gap.site === null ? whole : locate(input, gap.site), gap.reason, gap.site?.fn);
  });
  return [...files, ...input.workspace.code.flatMap(({ path }) => unread(input, path)), ...parts];
}

/** What the facts of one file say that they do not hold. A syntax error costs little: the parser recovers. */
function unread(input: PolicyInput, file: string): readonly Draft[] {
  const facts = input.facts(file);
  if (facts === null) return [];
  const skipped = facts.skipped.map(({ span, reason }) => left('warning', locate(input, { file, span }), reason));
  const [first, ...others] = facts.syntaxErrors;
  if (first === undefined) return skipped;
  const more = others.length === 0 ? '' : ` and ${String(others.length)} more`;
  const reason = `syntax error (${first.message.replace(/\.$/, '')})${more}; read as far as the parser recovers`;
  return [left('note', locate(input, { file, span: first.span }), reason, undefined, 'syntax error'), ...skipped];
}

export function aboutSuppressions(problems: readonly SuppressionProblem[]): readonly Draft[] {
  return problems.map((problem) => about(problem.rule, 'warning', problem.at, problem.names, problem.why));
}
