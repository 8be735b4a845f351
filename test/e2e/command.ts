/** Starts the built executable as a user would, on projects that are written for the occasion. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Analysis } from '../../src/analysis.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BIN = path.join(ROOT, 'bin/phitrace.js');
export const TODAY = '2026-11-22';

export interface Ran {
  /** null if it was killed: by its time limit, or because memory ran out. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Where {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeout?: number;
}

const made: string[] = [];
afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** An empty folder of its own that goes away after the tests. */
export function emptyFolder(): string {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'phitrace-e2e-')));
  made.push(dir);
  return dir;
}

/** A folder with these files. */
export function project(files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = emptyFolder();
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return dir;
}

export function run(command: string, args: readonly string[], where: Where = {}): Ran {
  const { NODE_OPTIONS: _options, PHITRACE_DEBUG: _debug, ...env } = process.env;
  const ended = spawnSync(command, [...args], {
    cwd: where.cwd ?? ROOT,
    env: { ...env, FORCE_COLOR: '0', ...where.env },
    encoding: 'utf8',
    timeout: where.timeout ?? 120_000,
    maxBuffer: 256 * 1024 * 1024,
  });
  return { status: ended.status, out: ended.stdout, err: ended.stderr };
}

export function phitrace(args: readonly string[], where: Where = {}): Ran {
  return run(process.execPath, [BIN, ...args], where);
}

/** `check --format json`, parsed; the document must be there whatever the exit status. */
export function checkJson(dir: string, ...args: string[]): Ran & { readonly analysis: Analysis } {
  const ran = phitrace(['check', dir, '--today', TODAY, '--format', 'json', ...args]);
  try {
    return { ...ran, analysis: JSON.parse(ran.out) as Analysis };
  } catch {
    throw new Error(`no JSON document: exit status ${String(ran.status)}, ${ran.err.slice(0, 2000)}`);
  }
}

/** `phi-to-uncovered-vendor src/a.ts:3`, sorted, suppressed ones left out. */
export function told(analysis: Analysis): string[] {
  return analysis.findings
    .filter((f) => f.suppressed === null)
    .map((f) => `${f.severity} ${f.ruleId} ${f.file}:${f.line}`)
    .sort();
}

/** What was not analysed, or only in part: `warning bad.ts:1 message`. */
export function gaps(analysis: Analysis): string[] {
  return analysis.findings
    .filter((f) => f.ruleId === 'unanalysed-file')
    .map((f) => `${f.severity} ${f.file}:${f.line} ${f.message}`);
}

/** One leak in nine lines; what it is told as, at `leak.ts`. */
export const LEAK = `import type { Patient } from 'fhir/r4';
import OpenAI from 'openai';

const openai = new OpenAI();

export async function summarise(patient: Patient): Promise<void> {
  await openai.responses.create({ model: 'gpt-5.4', input: \`Summarise \${JSON.stringify(patient)}\` });
}
`;
export const LEAK_TOLD = 'error phi-to-uncovered-vendor leak.ts:7';

export const PACKAGE = `${JSON.stringify({ name: 'example', private: true, dependencies: { openai: '^6.0.0' } })}\n`;

/** A project in which the leak stands beside these files. */
export function besideLeak(files: Readonly<Record<string, string | Uint8Array>>): string {
  return project({ 'package.json': PACKAGE, 'leak.ts': LEAK, ...files });
}

/** Lines of a stack trace, or the word that stands for an error of ours. */
export const OURS = /^\s+at .*:\d+:\d+\)?$|internal error|is not a function|Cannot read prop|Maximum call stack/m;
