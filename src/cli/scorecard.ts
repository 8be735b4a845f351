/** `phitrace scorecard`: the 25 rows of the readiness card, each with its state and what shows it. */
import {
  type RenderScorecard,
  renderScorecardJson,
  renderScorecardMarkdown,
  renderScorecardText,
} from '../report/scorecard.js';
import { analyse, type ExitStatus, partialStatus, writeOutput } from './check.js';
import type { Doors } from './doors.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { dayOf, existingFile, folder, outputFile, pairOutputs, type OutputWord } from './options.js';

/** As commander hands them over. */
export interface ScorecardOptions {
  readonly manifest?: string;
  readonly config?: string;
  readonly today?: string;
  readonly allowPartial?: boolean;
  readonly quiet?: boolean;
}

export const SCORECARD_FORMATS = ['text', 'json', 'markdown'] as const;

const RENDERERS: Readonly<Record<(typeof SCORECARD_FORMATS)[number], RenderScorecard>> = {
  text: renderScorecardText,
  json: renderScorecardJson,
  markdown: renderScorecardMarkdown,
};

export async function scorecard(
  dir: string,
  options: ScorecardOptions,
  words: readonly OutputWord[],
  doors: Doors,
  io: Io,
): Promise<ExitStatus> {
  const today = dayOf(options.today, io);
  const outputs = pairOutputs(words, SCORECARD_FORMATS, 'text').map(({ format, file }) => ({
    render: RENDERERS[format],
    file: file === null ? null : outputFile(io.cwd, file),
  }));
  const root = folder(io.cwd, dir);
  const manifest = options.manifest === undefined ? undefined : existingFile(io.cwd, '--manifest', options.manifest);
  const config = options.config === undefined ? undefined : existingFile(io.cwd, '--config', options.config);
  const result = await analyse(doors, io, options.quiet === true, {
    dir: root,
    manifest,
    config,
    today,
  });
  for (const { render, file } of outputs) {
    const screen =
      file === null
        ? { color: colorLevel(io.stdout, io.env), width: columnsOf(io.stdout, io.env) }
        : { color: 0 as const, width: 100 };
    const text = render(result, screen);
    if (file === null) await io.stdout.write(text);
    else writeOutput(file, text);
  }
  return await partialStatus(result, options.allowPartial === true, io);
}
