/**
 * Code around a step, for the page. The lines of the step itself are quoted as everywhere, masked. The lines beside
 * them only help to find the place: of those we quote what is plainly code, and leave out what stands in its strings
 * and comments, for the page goes to people who have no other access to the code.
 */
import type { AnalysisResult, StepJson } from '../analysis.js';

export interface Excerpt {
  /** Number of the first line. */
  readonly start: number;
  readonly lines: readonly string[];
  /** Of the step, counted from zero. */
  readonly from: number;
  readonly to: number;
}

const AROUND = 1;
const MOST = 6;
const WIDEST = 160;

const CODE =
  /^\s*(?:(?:export|import|const|let|var|return|await|async|function|class|if|for|while|try|throw|switch)\b.*[({=;]|[}\])][)\]};, ]*$|@?[\w$]+(?:\.[\w$]+)*\()/;

export function excerptOf(step: StepJson, read: AnalysisResult['excerpt']): Excerpt | null {
  const last = Math.min(Math.max(step.endLine, step.line), step.line + MOST - 1);
  const own: string[] = [];
  for (let line = step.line; line <= last; line++) {
    const text = read(step.file, line);
    if (text === null) break;
    own.push(text);
  }
  if (own.length === 0) return null;
  const before = beside(step.line - AROUND, step.file, read);
  const after = own.length === last - step.line + 1 ? beside(last + AROUND, step.file, read) : null;
  const lines = [...(before === null ? [] : [before]), ...own, ...(after === null ? [] : [after])];
  const from = before === null ? 0 : AROUND;
  return { start: step.line - from, lines: unindented(lines), from, to: from + own.length - 1 };
}

/** A neighbouring line without words of its own; null if it may not be shown. */
function beside(line: number, file: string, read: AnalysisResult['excerpt']): string | null {
  const text = line < 1 ? null : read(file, line);
  if (text === null || !CODE.test(text)) return null;
  const bare = text.replace(/(["'`])(?:\\.|(?!\1).)*\1/g, '$1…$1').replace(/\s*(?:\/\/|\/\*).*$/, '');
  // A quote that does not close here belongs to a text that goes on.
  return /["'`].*/.test(bare.replace(/["'`]…["'`]/g, '')) ? null : bare;
}

function unindented(lines: readonly string[]): string[] {
  const indents = lines.filter((l) => l.trim() !== '').map((l) => /^[ \t]*/.exec(l)?.[0].length ?? 0);
  const common = indents.length > 0 ? Math.min(...indents) : 0;
  return lines.map((l) => {
    const text = l.slice(common).replace(/\t/g, '  ');
    return text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text;
  });
}
