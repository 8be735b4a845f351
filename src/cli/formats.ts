/** The formats of `check`, by name. */
import type { AnalysisResult } from '../analysis.js';
import { renderGithub } from '../report/github.js';
import { renderGitlab } from '../report/gitlab.js';
import { renderJson } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderSarif } from '../report/sarif.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { renderText, type TextOptions } from '../report/text.js';

export interface FormatContext {
  readonly text: TextOptions;
  readonly rules: readonly RuleDoc[];
}

type Render = (result: AnalysisResult, context: FormatContext) => string;

const RENDERERS: Readonly<Record<string, Render>> = {
  sarif: ({ analysis }, { rules }) => renderSarif(analysis, rules),
  junit: ({ analysis }) => renderJunit(analysis),
  github: ({ analysis }) => renderGithub(analysis),
  gitlab: ({ analysis }) => renderGitlab(analysis),
  markdown: ({ analysis }, { text }) => renderMarkdown(analysis, text.fixes),
  text: (result, { text }) => renderText(result, text),
  json: ({ analysis }) => renderJson(analysis),
};

/** Every format that `check` promises; those without a renderer are refused, not ignored. */
export const CHECK_FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'markdown', 'html'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

export const FORMATS_THERE = CHECK_FORMATS.filter((format) => format in RENDERERS);

export function rendererOf(format: CheckFormat): Render | null {
  return RENDERERS[format] ?? null;
}
