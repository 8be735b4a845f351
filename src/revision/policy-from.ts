/**
 * `--policy-from REV`: the change is judged by the manifest, configuration, packs and baseline of REV, and suppressions
 * that it brings do not act. What its own versions of them would have hidden is listed.
 */
import { resolve } from 'node:path';
import type { AnalysisResult, AnalyzeOptions, FindingJson, PlaceJson } from '../analysis.js';
import { analyzeSync, type Means } from '../analyze.js';
import type { InputFiles } from '../inputs.js';
import { EGRESS_RULES } from '../policies/index.js';
import { GitError, gitSource, resolveRevision } from '../workspace/git-source.js';
import { gitInputs } from './git-inputs.js';

const EGRESS: ReadonlySet<string> = new Set(EGRESS_RULES);

/** `means` says where the change's own code is (work tree or index). */
export function judgedBy(revision: string, options: AnalyzeOptions, top: string, means: Means): AnalysisResult {
  const { dir } = options;
  const commit = resolveRevision(dir, revision);
  if (commit === null) throw new GitError(`git does not know the revision "${revision}" here`);
  const inputs = gitInputs(top, { revision: commit });
  const there = (path: string | undefined): string | undefined =>
    path !== undefined && inputs.isFile(resolve(path)) ? path : undefined;
  // What was not there at REV covers and hides nothing.
  const then: AnalyzeOptions = {
    ...options,
    manifest: there(options.manifest),
    config: there(options.config),
    baseline: there(options.baseline),
  };
  options.onProgress?.(`judging by the policy of ${revision}`);
  const all = analyzeSync(then, { ...means, inputs });
  const now = byComment(all)
    ? analyzeSync(then, { ...means, inputs, honoured: honoured(then, inputs, dir, commit) })
    : all;
  const own = ownJudgement(options, means);
  return { ...now, widened: widenings(now, own) };
}

/** By the change's own policy; null if that one is not even valid. */
function ownJudgement(options: AnalyzeOptions, means: Means): AnalysisResult | null {
  try {
    return analyzeSync(options, means);
  } catch {
    return null;
  }
}

function byComment({ analysis }: AnalysisResult): boolean {
  return analysis.findings.some((one) => one.suppressed?.by === 'comment');
}

/** Places that a comment hid at REV: it may go on hiding them, wherever their lines are now. */
function honoured(then: AnalyzeOptions, inputs: InputFiles, dir: string, commit: string): ReadonlySet<string> {
  const base = analyzeSync(then, { source: gitSource(dir, { revision: commit }), inputs });
  return new Set(
    base.analysis.findings
      .filter((one) => one.suppressed?.by === 'comment')
      .flatMap((one) => one.places.map((place) => place.fingerprint)),
  );
}

/** Places that the policy of REV reports and the change's own would not: each a line for people. */
function widenings(now: AnalysisResult, own: AnalysisResult | null): readonly string[] {
  if (own === null) return ['the manifest, configuration or baseline of the change itself cannot be read'];
  const live = (result: AnalysisResult): readonly (readonly [FindingJson, PlaceJson])[] =>
    result.analysis.findings
      .filter((one) => one.suppressed === null)
      .flatMap((one) => one.places.map((place) => [one, place] as const));
  // Of the egress rules one speaks of a place: which one depends on the policy.
  const key = ([finding, place]: readonly [FindingJson, PlaceJson]): string =>
    [
      EGRESS.has(finding.ruleId) ? 'egress' : finding.ruleId,
      place.file,
      place.line,
      place.column,
      finding.recipient?.vendor,
      finding.recipient?.service,
    ].join('\0');
  const shown = new Set(live(own).map(key));
  const hidden = new Map(
    own.analysis.findings
      .filter((one) => one.suppressed !== null)
      .flatMap((one) => one.places.map((place) => [key([one, place]), one.suppressed] as const)),
  );
  return live(now)
    .filter((one) => one[0].severity !== 'note' && !shown.has(key(one)))
    .map(([finding, place]) => {
      const by = hidden.get(key([finding, place]));
      const how =
        by === undefined || by === null
          ? 'no longer reported'
          : `hidden by a ${by.by === 'comment' ? 'comment' : by.by === 'baseline' ? 'baseline' : 'manifest'} entry`;
      return `${place.file}:${String(place.line)} ${finding.ruleId}: by the change's own policy ${how}`;
    });
}
