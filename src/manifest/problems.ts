/** A user's mistake in a manifest, configuration or pack: every place of it, one line each. */

/** One mistake, with its place (1-based). */
export interface InputProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Thrown by an analysis that cannot start because of its inputs; the command line prints the problems and ends with 2. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(readonly problems: readonly InputProblem[]) {
    super(problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`).join('\n'));
  }
}
