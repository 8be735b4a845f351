/** Which state of the code is meant: the work tree, git's index, or what changed since a revision. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AnalysisResult, AnalyzeOptions } from '../analysis.js';
import { analyzeSync, type Means } from '../analyze.js';
import { InputError } from '../manifest/problems.js';
import { repositoryTop } from '../workspace/ignore-rules.js';
import { GitError, gitSource, mergeBase, type GitRevision } from '../workspace/git-source.js';
import { gitInputs } from './git-inputs.js';
import { judgedBy } from './policy-from.js';
import { onlyNew } from './only-new.js';

/**
 * Reads the folder, or what git has of it, and tells where PHI goes. Rejects with `InputError` for mistakes in manifest,
 * configuration or packs, and with an Error of one line where the folder or the revision cannot be read.
 */
export function analyze(options: AnalyzeOptions): Promise<AnalysisResult> {
  return new Promise((done, fail) => {
    try {
      done(analyzeAsked(options));
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function analyzeAsked(options: AnalyzeOptions): AnalysisResult {
  const { staged, changedSince, policyFrom } = options;
  if (staged !== true && changedSince === undefined && policyFrom === undefined) return analyzeSync(options);
  const dir = folder(options.dir);
  const top = repositoryTop(dir);
  if (top === null) throw new GitError(`"${options.dir}" is not in a git repository`);
  const base = options.changedSince === undefined ? null : mergeBase(dir, options.changedSince);
  const means = options.staged === true ? at(dir, top, { index: true }) : {};
  const now =
    policyFrom === undefined
      ? analyzeSync({ ...options, dir }, means)
      : judgedBy(policyFrom, { ...options, dir }, top, means);
  if (base === null) return now;
  options.onProgress?.('analysing the code before the change');
  return { ...now, analysis: onlyNew(now.analysis, before({ ...options, dir }, top, base).analysis) };
}

function folder(asked: string): string {
  const absolute = resolve(asked);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`folder "${asked}" does not exist`);
  return realpathSync(absolute);
}

function at(dir: string, top: string, what: GitRevision): Means {
  return { source: gitSource(dir, what), inputs: gitInputs(top, what) };
}

/** The merge base. A manifest that is named but was not there yet, or could not be read then, covered nothing. */
function before(options: AnalyzeOptions, top: string, revision: string): AnalysisResult {
  const means = at(options.dir, top, { revision });
  const there = (path: string | undefined): string | undefined =>
    path !== undefined && means.inputs?.isFile(resolve(path)) === true ? path : undefined;
  const then = { ...options, manifest: there(options.manifest), config: there(options.config) };
  try {
    return analyzeSync(then, means);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const nothing = { isFile: () => false, read: () => '' };
    return analyzeSync({ ...then, manifest: undefined, config: undefined }, { ...means, inputs: nothing });
  }
}
