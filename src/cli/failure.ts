/** Why the command could not do its job, as one clear line. */
import { shown, suggestion } from '../manifest/words.js';
import { maskCode } from '../mask.js';

/** A user's mistake: printed as it is, exit status 2, never a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** A word that is not one of those possible. */
export function unknownWord(what: string, word: string, possible: readonly string[]): UserError {
  const list = possible.length <= 8 ? `; possible: ${possible.join(', ')}` : '';
  return new UserError(`unknown ${what} ${shown(word)}${suggestion(word, possible)}${list}`);
}

interface Placed {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The lines to print for anything that was thrown. */
export function failureLines(error: unknown, debug: boolean): readonly string[] {
  if (error instanceof UserError) return [`phitrace: ${error.message}`];
  const problems = problemsOf(error);
  if (problems) return problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`);
  const first = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  // The message may quote the scanned program.
  const lines = [`phitrace: internal error: ${maskCode(first)}; please report it with the output of PHITRACE_DEBUG=1`];
  if (debug && error instanceof Error && error.stack) lines.push(...error.stack.split('\n'));
  return lines;
}

/** Errors that list places (manifest, configuration, packs) are users' mistakes, whichever room throws them. */
function problemsOf(error: unknown): readonly Placed[] | null {
  if (!(error instanceof Error) || !('problems' in error) || !Array.isArray(error.problems)) return null;
  const problems = error.problems as readonly (Placed & { readonly nearest?: string | null })[];
  if (problems.length === 0) return null;
  return problems.map((p) => ({ ...p, message: p.nearest ? `${p.message}: did you mean "${p.nearest}"?` : p.message }));
}
