/** What one file of a lint run has to say: places by rule, or why nothing can be said. */
import type { TSESLint } from '@typescript-eslint/utils';
import { isAbsolute } from 'node:path';
import type { FindingJson, PlaceJson } from '../analysis.js';
import type { DeidentifierDecl } from '../manifest/types.js';
import { maskCode } from '../mask.js';
import { Projects } from './projects.js';
import { readSettings } from './settings.js';

export interface Spot {
  readonly finding: FindingJson;
  readonly place: PlaceJson;
}

export interface FileReport {
  readonly spots: ReadonlyMap<string, readonly Spot[]>;
  /** One line for the user; told once a file. */
  readonly failure: string | null;
  readonly deidentifiers: readonly DeidentifierDecl[];
  readonly manifestPath: string | null;
  readonly root: string;
  readonly path: string | null;
  failureTold: boolean;
}

const NOTHING: FileReport = {
  spots: new Map(),
  failure: null,
  deidentifiers: [],
  manifestPath: null,
  root: '',
  path: null,
  failureTold: false,
};

export const projects = new Projects();
/** All rules of one file in one lint run share a SourceCode, and so one answer. */
const answered = new WeakMap<object, FileReport>();

export function reportOf(context: Readonly<TSESLint.RuleContext<string, readonly unknown[]>>): FileReport {
  const { sourceCode } = context;
  const known = answered.get(sourceCode);
  if (known !== undefined) return known;
  const report = ask(context);
  answered.set(sourceCode, report);
  return report;
}

function ask(context: Readonly<TSESLint.RuleContext<string, readonly unknown[]>>): FileReport {
  const { filename, physicalFilename, sourceCode, cwd } = context;
  // A block of another file (a code sample in Markdown), or a text without a name, is no file of the program.
  if (filename !== physicalFilename || !isAbsolute(filename)) return NOTHING;
  try {
    const asked = readSettings(context.settings['phitrace'], cwd);
    const { look, path, root } = projects.ask(asked, filename, sourceCode.text);
    if (look.analysis === null) return { ...NOTHING, failure: failureOf(look.failure) };
    const { deidentifiers, manifestPath } = look;
    return { ...NOTHING, spots: spotsOf(look.analysis.findings, path), deidentifiers, manifestPath, root, path };
  } catch (error) {
    return { ...NOTHING, failure: failureOf(error) };
  }
}

function spotsOf(findings: readonly FindingJson[], path: string | null): FileReport['spots'] {
  const spots = new Map<string, Spot[]>();
  for (const finding of findings) {
    if (finding.suppressed !== null) continue;
    for (const place of finding.places) {
      if (place.file !== path) continue;
      const list = spots.get(finding.ruleId);
      if (list === undefined) spots.set(finding.ruleId, [{ finding, place }]);
      else list.push({ finding, place });
    }
  }
  return spots;
}

function failureOf(error: unknown): string {
  if (error instanceof Error && 'problems' in error && Array.isArray(error.problems)) {
    const [first] = error.problems as { file: string; line: number; column: number; message: string }[];
    if (first !== undefined) return `${first.file}:${first.line}:${first.column} ${first.message}`;
  }
  return maskCode((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '');
}
