/**
 * phitrace as a library: `analyze(options)` reads a folder and tells where PHI goes.
 *
 * @example
 * import { analyze } from 'phitrace';
 * const { analysis } = await analyze({ dir: '.' });
 * for (const f of analysis.findings) console.log(f.ruleId, f.file, f.line, f.message);
 */
export { analyze } from './revision/analyze.js';
export { InputError } from './manifest/problems.js';
export { RULE_IDS, ruleDocs } from './policies/index.js';
export type * from './analysis.js';
