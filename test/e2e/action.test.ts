/** action.yml, step by step, as far as it can be carried out without GitHub. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SNIPPETS } from '../../src/init/snippets.js';
import { BIN, emptyFolder, LEAK, PACKAGE, project, ROOT, run } from './command.js';

interface Step {
  readonly name: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
const action = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as {
  inputs: Readonly<Record<string, { default: string }>>;
  runs: { using: string; steps: readonly Step[] };
};
const step = (name: string): Step => {
  const found = action.runs.steps.find((one) => one.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
};

/** Runs a step's script with what the expressions in its `env` would have become. */
function perform(name: string, cwd: string, env: Readonly<Record<string, string>>): ReturnType<typeof run> {
  return run('bash', ['-e', '-c', step(name).run ?? ''], { cwd, env: { GITHUB_ACTION_PATH: ROOT, ...env } });
}

const git = (dir: string, ...args: string[]): string =>
  run('git', ['-c', 'user.name=t', '-c', 'user.email=t@e.org', ...args], { cwd: dir }).out.trim();

function check(
  dir: string,
  env: Readonly<Record<string, string>> = {},
): { ran: ReturnType<typeof run>; reports: string; outputs: string } {
  const reports = emptyFolder();
  const ran = perform('Check', dir, {
    PHITRACE: BIN,
    REPORTS: reports,
    GITHUB_OUTPUT: path.join(reports, 'output'),
    GITHUB_STEP_SUMMARY: path.join(reports, 'summary.md'),
    ...env,
  });
  return { ran, reports, outputs: readFileSync(path.join(reports, 'output'), 'utf8') };
}

describe('the action', () => {
  it('pastes no input into a script', () => {
    for (const one of action.runs.steps) expect(one.run ?? '', one.name).not.toContain('${{');
    expect(action.inputs['policy-from']?.default).toBe('base');
  });

  it('checks, writes both reports and annotations, and leaves the verdict to the end', () => {
    const dir = project({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    const { ran, reports, outputs } = check(dir);
    expect([ran.status, outputs]).toEqual([0, 'status=1\nsarif=true\n']);
    expect(ran.out).toMatch(/^::error .*file=leak\.ts/m);
    const sarif = JSON.parse(readFileSync(path.join(reports, 'phitrace.sarif'), 'utf8')) as {
      runs: { results: unknown[] }[];
    };
    expect(sarif.runs[0]?.results.length).toBeGreaterThan(0);
    expect(readFileSync(path.join(reports, 'summary.md'), 'utf8')).toContain('phi-to-uncovered-vendor');
    expect(perform('Verdict', dir, { STATUS: '1' }).status).toBe(1);
    expect(perform('Verdict', dir, { STATUS: '' }).status).toBe(2);
  });

  it('hands options on as words, never to a shell', () => {
    const dir = project({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    const { outputs } = check(dir, { INPUT_ARGS: '--rule phi-to-uncovered-vendor=off --profile strict' });
    expect(outputs).toContain('status=0');
    const evil = check(dir, { INPUT_ARGS: '; touch evil $(touch evil)', INPUT_DIRECTORY: '$(touch evil)' });
    expect(evil.outputs).toBe('status=2\n');
    expect(existsSync(path.join(dir, 'evil'))).toBe(false);
  });

  it('tells only what a pull request brings, if asked to', () => {
    const dir = project({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    git(dir, 'init', '-q');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'x');
    const env = { BASE_SHA: git(dir, 'rev-parse', 'HEAD'), INPUT_POLICY_FROM: 'none', INPUT_CHANGED_ONLY: 'true' };
    expect(check(dir, env).outputs).toContain('status=0');
    writeFileSync(path.join(dir, 'more.ts'), LEAK.replace('summarise', 'explain'));
    expect(check(dir, env).outputs).toContain('status=1');
  });

  it('asks for the policy of the base, and of nothing where there is none', () => {
    const dir = project({ 'package.json': PACKAGE });
    const fake = path.join(dir, 'fake');
    writeFileSync(fake, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const words = (env: Readonly<Record<string, string>>): string => check(dir, { PHITRACE: fake, ...env }).ran.out;
    expect(words({ BASE_SHA: 'abc' })).toContain('--policy-from abc');
    expect(words({ BASE_SHA: '' })).not.toContain('--policy-from');
    expect(words({ BASE_SHA: 'abc', INPUT_POLICY_FROM: 'none' })).not.toContain('--policy-from');
    expect(words({ BASE_SHA: 'abc', INPUT_POLICY_FROM: 'v1' })).toContain('--policy-from v1');
  });

  it('does not let a pull request open its own gate', () => {
    const dir = project({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    git(dir, 'init', '-q');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'x');
    const BASE_SHA = git(dir, 'rev-parse', 'HEAD');
    writeFileSync(
      path.join(dir, 'baa.yaml'),
      'version: 1\nagreements:\n  - { vendor: openai, executed: 2026-01-01, services: all }\n',
    );
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'open');
    expect(check(dir, { BASE_SHA }).outputs).toContain('status=1');
    expect(check(dir, { BASE_SHA, INPUT_POLICY_FROM: 'none' }).outputs).toContain('status=0');
  });

  it('keeps one comment', () => {
    const dir = emptyFolder();
    const bin = path.join(dir, 'bin');
    mkdirSync(bin);
    // A stand-in for GitHub's command: it knows a comment once one was made.
    writeFileSync(
      path.join(bin, 'gh'),
      `#!/bin/sh\necho "$@" >> "$REPORTS/calls"\ncase "$*" in *--jq*) [ -f "$REPORTS/made" ] && echo 17 ;; *POST*) touch "$REPORTS/made" ;; esac\nexit 0\n`,
    );
    chmodSync(path.join(bin, 'gh'), 0o755);
    writeFileSync(path.join(dir, 'phitrace.md'), '## phitrace: 1 error\n');
    const env = {
      REPORTS: dir,
      REPOSITORY: 'o/r',
      NUMBER: '5',
      GH_TOKEN: 'x',
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    };
    for (let i = 0; i < 2; i++) expect(perform('Comment', dir, env).status).toBe(0);
    const calls = readFileSync(path.join(dir, 'calls'), 'utf8').trim().split('\n');
    expect(calls[1]).toContain('repos/o/r/issues/5/comments --method POST');
    expect(calls[3]).toContain('repos/o/r/issues/comments/17 --method PATCH');
    expect(readFileSync(path.join(dir, 'comment.md'), 'utf8')).toMatch(/^<!-- phitrace -->\n## phitrace/);
  });

  it('fetches the base if the checkout is shallow', () => {
    const origin = project({ 'package.json': PACKAGE });
    git(origin, 'init', '-q');
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    git(origin, 'add', '-A');
    git(origin, 'commit', '-q', '-m', 'base');
    const BASE_SHA = git(origin, 'rev-parse', 'HEAD');
    git(origin, 'commit', '-q', '--allow-empty', '-m', 'next');
    const clone = path.join(emptyFolder(), 'clone');
    git(origin, 'clone', '-q', '--depth=1', `file://${origin}`, clone);
    expect(run('git', ['cat-file', '-e', BASE_SHA], { cwd: clone }).status).not.toBe(0);
    expect(perform('Fetch the base', clone, { BASE_SHA }).status).toBe(0);
    expect(run('git', ['cat-file', '-e', BASE_SHA], { cwd: clone }).status).toBe(0);
  });
});

describe('the GitLab template', () => {
  const template = readFileSync(path.join(ROOT, 'templates/gitlab.yml'), 'utf8');
  const job = (parse(template) as { phitrace: { script: string[]; artifacts: { reports: Record<string, string> } } })
    .phitrace;

  it('is what init writes', () => {
    expect(template.endsWith(SNIPPETS.gitlab.text)).toBe(true);
  });

  it('makes the reports that it names', () => {
    const dir = project({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    const line = job.script.find((one) => one.includes('phitrace')) ?? '';
    const command = line.replace('npx --no-install phitrace', `"${process.execPath}" "${BIN}"`);
    const ran = run('bash', ['-e', '-c', command], { cwd: dir, env: { CI_MERGE_REQUEST_DIFF_BASE_SHA: '' } });
    expect(ran.status).toBe(1);
    for (const file of Object.values(job.artifacts.reports)) expect(existsSync(path.join(dir, file))).toBe(true);
    expect(JSON.parse(readFileSync(path.join(dir, 'gl-code-quality-report.json'), 'utf8'))).not.toEqual([]);
  });
});
