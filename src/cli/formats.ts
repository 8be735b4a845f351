/** The formats of `check`, by name. */
import type { AnalysisResult } from '../analysis.js';
import type { PageLinks } from '../report/page.js';
import { renderGithub } from '../report/github.js';
import { renderGitlab } from '../report/gitlab.js';
import { renderJson } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderSarif } from '../report/sarif.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { renderText, type TextOptions } from '../report/text.js';

export const CHECK_FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'markdown', 'html'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

export interface FormatContext {
  readonly text: TextOptions;
  readonly rules: readonly RuleDoc[];
  /** Where the links of a page lead; asked only by a page. */
  readonly links: () => PageLinks;
}

type Render = (result: AnalysisResult, context: FormatContext) => string | Promise<string>;

const RENDERERS: Readonly<Record<CheckFormat, Render>> = {
  sarif: ({ analysis }, { rules }) => renderSarif(analysis, rules),
  junit: ({ analysis }) => renderJunit(analysis),
  github: ({ analysis }) => renderGithub(analysis),
  gitlab: ({ analysis }) => renderGitlab(analysis),
  markdown: ({ analysis }, { text }) => renderMarkdown(analysis, text.fixes),
  text: (result, { text }) => renderText(result, text),
  json: ({ analysis }) => renderJson(analysis),
  // The page brings its style sheet and reads its script: loaded when it is asked for.
  html: async (result, { rules, links }) =>
    (await import('../report/check-html.js')).renderCheckHtml(result, rules, links()),
};

export function rendererOf(format: CheckFormat): Render {
  return RENDERERS[format];
}
