/**
 * The recipes for hooks under the tools that they are for: husky, lefthook, the pre-commit framework. husky is among our
 * own dependencies; the others are large or not of npm, so their tests run where they are installed and are skipped, and
 * say so, where they are not.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, LEAK, PACKAGE, phitrace, ROOT, run, TODAY } from './command.js';
import { git, installed } from './installed.js';

type Command = readonly [string, ...string[]];

/** The first of these that answers. */
function found(...candidates: Command[]): Command | null {
  return candidates.find(([command, ...args]) => run(command, [...args, '--version']).status === 0) ?? null;
}

const TOOLS: readonly { readonly id: string; readonly tool: Command | null; readonly install: readonly string[] }[] = [
  { id: 'husky', tool: [process.execPath, path.join(ROOT, 'node_modules/husky/bin.js')], install: [] },
  { id: 'lefthook', tool: found(['lefthook']), install: ['install'] },
  { id: 'pre-commit', tool: found(['pre-commit'], ['python3', '-m', 'pre_commit']), install: ['install'] },
];

describe.each(TOOLS)('$id', ({ id, tool, install }) => {
  it('stops a commit that leaks, also of a part of a file, and lets others pass', { timeout: 240_000 }, (test) => {
    if (tool === null) {
      test.skip(`${id} is not installed here`);
      return;
    }
    const dir = installed({ 'package.json': PACKAGE, 'leak.ts': LEAK });
    expect(phitrace(['init', dir, '--yes', '--today', TODAY, '--with', id]).status).toBe(0);
    const env = { PRE_COMMIT_HOME: emptyFolder() };
    git(dir, 'init', '-q');
    // lefthook puts aside what is not staged, for which there must be a commit.
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(dir, 'add', '-A');
    const [command, ...args] = tool;
    const made = run(command, [...args, ...install], { cwd: dir, env });
    expect([made.status, made.err]).toEqual([0, made.err]);
    const commit = (): ReturnType<typeof run> => git(dir, 'commit', '-q', '-m', 'x');
    const stopped = commit();
    expect(stopped.out + stopped.err).toContain('leak.ts:7');
    expect(stopped.status).toBe(1);
    // What is staged counts, not what lies in the folder.
    writeFileSync(path.join(dir, 'leak.ts'), 'export {};\n');
    expect(commit().status).toBe(1);
    git(dir, 'add', '-A');
    writeFileSync(path.join(dir, 'leak.ts'), LEAK);
    const passed = commit();
    expect([passed.status, passed.err]).toEqual([0, passed.err]);
    expect(git(dir, 'log', '--oneline').out).toMatch(/ x$/m);
  });
});
