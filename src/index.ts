/**
 * phitrace as a library: `analyze(options)` reads a folder and tells where PHI goes.
 *
 * @example
 * import { analyze } from 'phitrace';
 * const { analysis } = await analyze({ dir: '.' });
 * for (const f of analysis.findings) console.log(f.ruleId, f.file, f.line, f.message);
 */
import { policyCatalog, RULE_IDS as IDS } from './policies/catalog.js';
import type { RuleDoc } from './report/rule-doc.js';

export { analyze } from './revision/analyze.js';
export { InputError, type InputProblem } from './manifest/problems.js';
export type * from './analysis.js';
export type { RuleDoc } from './report/rule-doc.js';

/** Every rule id that there is or will be; valid in options, comments and manifests. */
export const RULE_IDS: readonly string[] = IDS;

/** What each rule of this version asks, on which law it rests, and how to fix what it finds. */
export function ruleDocs(): readonly RuleDoc[] {
  return policyCatalog().all();
}
