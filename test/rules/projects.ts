/** Small projects for tests: files in a folder of their own, analysed as users would. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Analysis, AnalysisResult, AnalyzeOptions, FindingJson } from '../../src/analysis.js';
import { analyzeSync } from '../../src/analyze.js';
import { writeFiles } from '../../src/policies/testing/example-files.js';

/** Analyses the files as of 2026-11-22. */
export function analysed(files: Readonly<Record<string, string>>, options: Partial<AnalyzeOptions> = {}): Analysis {
  return wholly(files, options).analysis;
}

/** The same with all that reports are given. */
export function wholly(
  files: Readonly<Record<string, string>>,
  options: Partial<AnalyzeOptions> = {},
): AnalysisResult {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'phitrace-project-'));
  try {
    writeFiles(dir, { 'package.json': '{ "name": "p", "private": true }\n', ...files });
    return analyzeSync({ dir, today: '2026-11-22', ...options });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What some rules say: `rule line` (of the file, if there are several). */
export function said(findings: readonly FindingJson[], ...rules: readonly string[]): readonly string[] {
  return findings
    .filter((one) => one.suppressed === null && rules.includes(one.ruleId))
    .map((one) => `${one.ruleId} ${String(one.line)}`);
}
