/** The formats of `check`, by name. */
import type { AnalysisResult } from '../analysis.js';
import { renderJson } from '../report/json.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { renderText, type TextOptions } from '../report/text.js';

export interface FormatContext {
  readonly text: TextOptions;
  readonly rules: readonly RuleDoc[];
}

type Render = (result: AnalysisResult, context: FormatContext) => string;

const RENDERERS: Readonly<Record<string, Render>> = {
  text: (result, { text }) => renderText(result, text),
  json: ({ analysis }) => renderJson(analysis),
};

/** Every format that `check` promises; those without a renderer are refused, not ignored. */
export const CHECK_FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'markdown', 'html'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

export function rendererOf(format: CheckFormat): Render | null {
  return RENDERERS[format] ?? null;
}
