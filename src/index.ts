/**
 * phitrace as a library: `analyze(options)` reads a folder and tells where PHI goes.
 *
 * @example
 * import { analyze } from 'phitrace';
 * const { analysis } = await analyze({ dir: '.' });
 * for (const f of analysis.findings) console.log(f.ruleId, f.file, f.line, f.message);
 */
export { analyze, UserError } from './analyze.js';
export type * from './analysis.js';
