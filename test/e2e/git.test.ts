/** `check --staged` and `check --changed-since` in real repositories. */
import { rmSync, writeFileSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkJson,
  emptyFolder,
  LEAK,
  LEAK_TOLD,
  OURS,
  PACKAGE,
  phitrace,
  project,
  run,
  told,
  TODAY,
} from './command.js';

const COVERED =
  'version: 1\nagreements:\n  - { vendor: openai, executed: 2026-01-01, reviewed: 2026-11-01, services: all }\n';
const SAFE = LEAK.replace('JSON.stringify(patient)', "'nobody'");

function git(dir: string, ...args: string[]): string {
  const ran = run(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
    {
      cwd: dir,
    },
  );
  expect(ran.status, `git ${args.join(' ')}: ${ran.err}`).toBe(0);
  return ran.out.trim();
}

function repository(files: Readonly<Record<string, string>>): string {
  const dir = project(files);
  git(dir, 'init', '-q', '-b', 'main');
  commit(dir);
  return dir;
}

function commit(dir: string): void {
  git(dir, 'add', '-A');
  git(dir, 'commit', '-q', '-m', 'state');
}

function put(dir: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  writeFileSync(path.join(dir, name), text);
}

describe('--staged', () => {
  it('analyses what would be committed, not what lies in the folder', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': SAFE });
    put(dir, 'leak.ts', LEAK);
    git(dir, 'add', 'leak.ts');
    put(dir, 'leak.ts', SAFE);
    expect(told(checkJson(dir, '--staged').analysis)).toContain(LEAK_TOLD);
    expect(told(checkJson(dir).analysis)).not.toContain(LEAK_TOLD);
    git(dir, 'add', 'leak.ts');
    put(dir, 'leak.ts', LEAK);
    put(dir, 'untracked.ts', LEAK);
    const after = checkJson(dir, '--staged');
    expect([told(after.analysis).join(), after.status]).toEqual([expect.not.stringContaining('error'), 0]);
  });

  it('sees both halves of a file that is staged in part', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': SAFE });
    const more = `${SAFE}\nexport async function other(patient: Patient): Promise<void> {\n  await openai.responses.create({ model: 'gpt-5.4', input: JSON.stringify(patient) });\n}\n`;
    put(dir, 'leak.ts', more);
    git(dir, 'add', 'leak.ts');
    // The work tree goes on: a second leak, and all lines moved.
    put(dir, 'leak.ts', `\n\n${more.replace("'nobody'", 'JSON.stringify(patient)')}`);
    expect(told(checkJson(dir, '--staged').analysis).filter((line) => line.startsWith('error'))).toEqual([
      'error phi-to-uncovered-vendor leak.ts:11',
    ]);
  });

  it('takes the manifest and the configuration of the index, from folders above as well', () => {
    const dir = repository({ 'package.json': PACKAGE, 'app/leak.ts': LEAK });
    const app = path.join(dir, 'app');
    put(dir, 'baa.yaml', COVERED);
    expect(checkJson(app, '--staged').status).toBe(1);
    git(dir, 'add', 'baa.yaml');
    rmSync(path.join(dir, 'baa.yaml'));
    expect(checkJson(app, '--staged').status).toBe(0);
    expect(checkJson(app).status).toBe(1);
    put(dir, 'app/phitrace.yaml', 'rules:\n  phi-to-uncovered-vendor: off\n');
    git(dir, 'rm', '-q', '--cached', 'baa.yaml');
    expect(checkJson(app, '--staged').status).toBe(1);
    git(dir, 'add', 'app/phitrace.yaml');
    expect(checkJson(app, '--staged').status).toBe(0);
    put(dir, 'app/phitrace.yaml', 'rules: {}\n');
    git(dir, 'add', 'app/phitrace.yaml');
    put(dir, 'baa.yaml', 'version: 1\nagreements:\n  - vendor: opnai\n    services: all\n');
    git(dir, 'add', 'baa.yaml');
    const wrong = phitrace(['check', app, '--staged', '--today', TODAY]);
    expect([wrong.status, wrong.err]).toEqual([2, expect.stringMatching(/baa\.yaml:3:13 unknown vendor "opnai"/)]);
  });

  it('works as a hook: the commit that leaks is stopped', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': SAFE });
    const bin = path.resolve('bin/phitrace.js');
    put(dir, '.git/hooks/pre-commit', `#!/bin/sh\nexec "${process.execPath}" "${bin}" check --staged --quiet\n`);
    run('chmod', ['+x', path.join(dir, '.git/hooks/pre-commit')]);
    put(dir, 'leak.ts', LEAK);
    const args = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'x'];
    const stopped = run('git', [...args, '-a'], { cwd: dir });
    expect(stopped.status).toBe(1);
    expect(stopped.out + stopped.err).toContain('leak.ts:7');
    // `git commit -a` and `git commit FILE` have an index of their own; the one on disk is still clean.
    expect(run('git', [...args, 'leak.ts'], { cwd: dir }).status).toBe(1);
    put(dir, 'leak.ts', `${SAFE}\n`);
    expect(run('git', [...args, '-a'], { cwd: dir }).status).toBe(0);
  });

  it('says what is missing outside of a repository', () => {
    const ran = phitrace(['check', '--staged'], { cwd: emptyFolder() });
    expect([ran.status, ran.err.trim()]).toEqual([
      2,
      expect.stringMatching(/^phitrace: ".*" is not in a git repository$/),
    ]);
    expect(ran.err).not.toMatch(OURS);
  });
});

describe('--changed-since', () => {
  it('tells what the change brought, wherever lines and files went', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    git(dir, 'checkout', '-q', '-b', 'topic');
    renameSync(path.join(dir, 'leak.ts'), path.join(dir, 'moved.ts'));
    put(dir, 'moved.ts', `// a line more\n${LEAK.replaceAll('patient)', 'patient )')}`);
    commit(dir);
    const none = checkJson(dir, '--changed-since', 'main');
    expect([told(none.analysis).filter((line) => line.startsWith('error')), none.status]).toEqual([[], 0]);
    expect(checkJson(dir).status).toBe(1);
    put(dir, 'new.ts', LEAK.replace('summarise', 'explain'));
    const one = checkJson(dir, '--changed-since', 'main');
    expect(told(one.analysis).filter((line) => line.startsWith('error'))).toEqual([
      'error phi-to-uncovered-vendor new.ts:7',
    ]);
    expect([one.status, one.analysis.summary.errors]).toEqual([1, 1]);
  });

  it('compares with the merge base, not with what the branch became since', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    git(dir, 'checkout', '-q', '-b', 'topic');
    put(dir, 'other.ts', 'export {};\n');
    commit(dir);
    git(dir, 'checkout', '-q', 'main');
    put(dir, 'leak.ts', SAFE);
    commit(dir);
    git(dir, 'checkout', '-q', 'topic');
    expect(checkJson(dir, '--changed-since', 'main').status).toBe(0);
  });

  it('says how many places of a finding are new, and stands at one of them', () => {
    const wrapper = `import OpenAI from 'openai';\nconst openai = new OpenAI();\nexport const ask = (input: string) => openai.responses.create({ model: 'gpt-5.4', input });\n`;
    const caller = (name: string): string =>
      `import type { Patient } from 'fhir/r4';\nimport { ask } from './ask.js';\nexport const ${name} = (p: Patient) => ask(JSON.stringify(p));\n`;
    const dir = repository({ 'package.json': PACKAGE, 'ask.ts': wrapper, 'a.ts': caller('a') });
    put(dir, 'b.ts', caller('b'));
    const { analysis } = checkJson(dir, '--changed-since', 'HEAD');
    const [finding] = analysis.findings.filter((f) => f.severity === 'error');
    expect([finding?.file, finding?.places.length]).toEqual(['b.ts', 1]);
    expect(finding?.message).toContain('At 2 places. 1 of them is new.');
  });

  it('gives each place and finding the fingerprint of a full run', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    put(dir, 'more/leak.ts', LEAK);
    put(dir, 'new.ts', LEAK.replace('summarise', 'explain'));
    const prints = ({ analysis }: ReturnType<typeof checkJson>): string[] =>
      analysis.findings.flatMap((f) => [f.fingerprint, ...f.places.map((one) => one.fingerprint)]);
    const whole = new Set(prints(checkJson(dir)));
    const brought = prints(checkJson(dir, '--changed-since', 'HEAD'));
    expect(brought.length).toBeGreaterThan(2);
    expect(brought.filter((print) => !whole.has(print))).toEqual([]);
  });

  it('judges the old code by the old manifest: an agreement that ends is news', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': LEAK, 'baa.yaml': COVERED });
    expect(checkJson(dir, '--changed-since', 'HEAD').status).toBe(0);
    put(dir, 'baa.yaml', 'version: 1\nagreements: []\n');
    expect(told(checkJson(dir, '--changed-since', 'HEAD').analysis)).toContain(LEAK_TOLD);
    // A manifest that could not be read then covered nothing.
    put(dir, 'baa.yaml', 'version: 7\n');
    commit(dir);
    put(dir, 'baa.yaml', 'version: 1\nagreements: []\n');
    expect(checkJson(dir, '--changed-since', 'HEAD').status).toBe(0);
  });

  it('counts a suppression that is taken away', () => {
    const line = '  // phitrace-ignore-next-line phi-to-uncovered-vendor -- pilot (until 2027-01-31)\n  await openai';
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': LEAK.replace('  await openai', line) });
    expect(checkJson(dir, '--changed-since', 'HEAD').status).toBe(0);
    put(dir, 'leak.ts', LEAK);
    expect(told(checkJson(dir, '--changed-since', 'HEAD').analysis)).toContain(LEAK_TOLD);
  });

  it('goes with --staged', () => {
    const dir = repository({ 'package.json': PACKAGE, 'leak.ts': SAFE });
    put(dir, 'leak.ts', LEAK);
    expect(checkJson(dir, '--changed-since', 'HEAD', '--staged').status).toBe(0);
    git(dir, 'add', '-A');
    expect(checkJson(dir, '--changed-since', 'HEAD', '--staged').status).toBe(1);
  });

  it('names what git does not know', () => {
    const dir = repository({ 'package.json': PACKAGE });
    const ran = phitrace(['check', '--changed-since', 'nope'], { cwd: dir });
    expect([ran.status, ran.err]).toEqual([2, 'phitrace: git does not know the revision "nope" here\n']);
    git(dir, 'checkout', '-q', '--orphan', 'island');
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'x');
    const apart = phitrace(['check', '--changed-since', 'main'], { cwd: dir });
    expect([apart.status, apart.err]).toEqual([2, expect.stringContaining('fetch-depth: 0')]);
    const option = phitrace(['check', '--changed-since', '--output=/tmp/x'], { cwd: dir });
    expect(option.status).toBe(2);
  });
});
