/** `phitrace check`: analyse, print, set the exit status. */
import { existsSync, writeFileSync } from 'node:fs';
import type { AnalysisResult, Severity } from '../analysis.js';
import { shown } from '../manifest/words.js';
import { printable } from '../report/escape.js';
import { reaches } from '../report/severity.js';
import { updatedBaseline } from './baseline.js';
import { GitError } from '../workspace/git-source.js';
import type { Doors } from './doors.js';
import { UserError } from './failure.js';
import { CHECK_FORMATS, rendererOf, type FormatContext } from './formats.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import {
  dayOf,
  existingFile,
  folder,
  oneOf,
  outputFile,
  pairOutputs,
  positive,
  PROFILES,
  ruleLevels,
  THRESHOLDS,
  type OutputWord,
} from './options.js';
import { pageLinks } from './page-links.js';
import { Progress } from './progress.js';
import { ofKind, RECIPIENT_KINDS } from './recipient-kind.js';

/** As commander hands them over. */
export interface CheckOptions {
  readonly manifest?: string;
  readonly config?: string;
  readonly failOn: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly changedSince?: string;
  readonly staged?: boolean;
  readonly policyFrom?: string;
  readonly recipients?: string;
  readonly rule: readonly string[];
  readonly profile?: string;
  readonly today?: string;
  readonly allowPartial?: boolean;
  readonly cache: boolean;
  readonly jobs?: string;
  readonly quiet?: boolean;
  readonly stats?: boolean;
}

export type ExitStatus = 0 | 1 | 2;

export async function check(
  dir: string,
  options: CheckOptions,
  words: readonly OutputWord[],
  doors: Doors,
  io: Io,
): Promise<ExitStatus> {
  const failOn = oneOf('--fail-on', options.failOn, THRESHOLDS);
  const profile = options.profile === undefined ? undefined : oneOf('profile', options.profile, PROFILES);
  const kind = options.recipients === undefined ? null : oneOf('recipients', options.recipients, RECIPIENT_KINDS);
  if (kind !== null && options.updateBaseline === true)
    throw new UserError('--update-baseline writes every place: leave --recipients out');
  const today = dayOf(options.today, io);
  const outputs = pairOutputs(words, CHECK_FORMATS, 'text').map(({ format, file }) => ({
    render: rendererOf(format),
    file: file === null ? null : outputFile(io.cwd, file),
  }));
  // Neither changes the result: without workers and cache, one job and no cache is what every run has.
  if (options.jobs !== undefined) positive('--jobs', options.jobs);
  const root = folder(io.cwd, dir);
  const manifest = options.manifest === undefined ? undefined : existingFile(io.cwd, '--manifest', options.manifest);
  const config = options.config === undefined ? undefined : existingFile(io.cwd, '--config', options.config);
  const baselineFile = baselineOf(options, words, io.cwd);
  const rules = options.rule.length > 0 ? ruleLevels(options.rule, await doors.ruleIds()) : {};

  const whole = await analyse(doors, io, options.quiet === true, {
    dir: root,
    manifest,
    config,
    today,
    rules,
    profile,
    baseline: baselineFile !== null && existsSync(baselineFile) ? baselineFile : undefined,
    staged: options.staged,
    changedSince: options.changedSince,
    policyFrom: options.policyFrom,
  });
  const result = kind === null ? whole : ofKind(whole, kind);
  if (options.updateBaseline === true && baselineFile !== null) {
    const { text, told } = updatedBaseline(result.analysis, baselineFile);
    writeOutput(baselineFile, text);
    await io.stdout.write(`${options.baseline ?? ''}: ${told}\n`);
    return await verdict(result, null, options.allowPartial === true, io);
  }
  const docs = await doors.rules();
  for (const { render, file } of outputs) {
    const text = await render(result, {
      ...contextOf(options, failOn, docs, file === null, io),
      links: () => pageLinks(io, root, file),
    });
    if (file === null) await io.stdout.write(text);
    else writeOutput(file, text);
  }
  await tellWidened(result, options.policyFrom, io);
  return await verdict(result, failOn, options.allowPartial === true, io);
}

/** What the change would have hidden from the gate, had its own policy been asked. */
async function tellWidened(result: AnalysisResult, revision: string | undefined, io: Io): Promise<void> {
  const widened = result.widened ?? [];
  if (revision === undefined || widened.length === 0) return;
  const lines = widened.map((line) => `  ${printable(line)}\n`);
  await io.stderr.write(
    `phitrace: judged by the policy of ${printable(revision)}; the change would widen its own cover:\n${lines.join('')}`,
  );
}

/** The baseline's absolute path; one that is to be written need not be there yet. */
function baselineOf(options: CheckOptions, words: readonly OutputWord[], cwd: string): string | null {
  if (options.updateBaseline === true) {
    if (options.baseline === undefined) throw new UserError('--update-baseline needs --baseline FILE');
    if (words.length > 0)
      throw new UserError('--update-baseline writes the baseline and no report: leave --format out');
    return outputFile(cwd, options.baseline);
  }
  return options.baseline === undefined ? null : existingFile(cwd, '--baseline', options.baseline);
}

/** Analyses with a sign of life. */
export async function analyse(
  doors: Doors,
  io: Io,
  quiet: boolean,
  options: Parameters<Doors['analyze']>[0],
): Promise<AnalysisResult> {
  const progress = new Progress(io);
  try {
    return await doors.analyze({
      ...options,
      onProgress: quiet
        ? undefined
        : (message) => {
            progress.tell(message);
          },
    });
  } catch (error) {
    throw error instanceof GitError ? new UserError(error.message) : error;
  } finally {
    await progress.end();
  }
}

function contextOf(
  options: CheckOptions,
  failOn: Severity,
  rules: FormatContext['rules'],
  onScreen: boolean,
  io: Io,
): Omit<FormatContext, 'links'> {
  return {
    rules,
    text: {
      color: onScreen ? colorLevel(io.stdout, io.env) : 0,
      width: onScreen ? columnsOf(io.stdout, io.env) : 100,
      atLeast: options.quiet === true ? failOn : 'note',
      quiet: options.quiet === true,
      brief: false,
      stats: options.stats === true,
      fixes: Object.fromEntries(rules.map((rule) => [rule.id, rule.fix])),
    },
  };
}

/** Writes a report, or says in plain words why that cannot be. */
export function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(
      `${shown(file)} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    );
  }
}

/** 2 outranks 1, and is said after the full output. */
async function verdict(
  result: AnalysisResult,
  failOn: Severity | null,
  allowPartial: boolean,
  io: Io,
): Promise<ExitStatus> {
  if ((await partialStatus(result, allowPartial, io)) === 2) return 2;
  const { findings } = result.analysis;
  return failOn !== null && findings.some((f) => f.suppressed === null && reaches(f.severity, failOn)) ? 1 : 0;
}

/** 2, with a word about it, if part of the code was left out and nobody has accepted that; else 0. */
export async function partialStatus(result: AnalysisResult, allowPartial: boolean, io: Io): Promise<0 | 2> {
  if (!result.partial || allowPartial) return 0;
  await io.stderr.write('phitrace: part of the code was not analysed; exit status 2 (--allow-partial accepts that)\n');
  return 2;
}
