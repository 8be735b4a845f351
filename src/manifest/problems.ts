/** A user's mistake in a manifest, configuration or pack: every place of it, one line each. */
import type { ManifestProblem } from './types.js';

/** Thrown by an analysis that cannot start because of its inputs; the command line prints the problems and ends with 2. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(readonly problems: readonly ManifestProblem[]) {
    super(problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`).join('\n'));
  }
}
