/** Readers that go away, and people who do not wait. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BIN, emptyFolder, OURS, project, ROOT, run } from './command.js';

describe('a pipe', () => {
  it.each([
    ['check fixtures/clinic --today 2026-11-22', 1],
    ['check fixtures/clinic --today 2026-11-22 --format json', 1],
    ['vendors', 0],
    ['completion bash', 0],
  ])('%s | head -1', (line, status) => {
    const script = `"${process.execPath}" "${BIN}" ${line} | head -1; exit "\${PIPESTATUS[0]}"`;
    const ran = run('bash', ['-c', script], { cwd: ROOT });
    expect([ran.status, ran.err.replace(/^phitrace: analysing.*\n/, '')]).toEqual([status, '']);
  });

  it('is filled to the end before the exit', () => {
    const ran = run('bash', ['-c', `"${process.execPath}" "${BIN}" vendors --format json | (sleep 1; cat)`], {
      cwd: ROOT,
    });
    expect(() => JSON.parse(ran.out) as unknown).not.toThrow();
  });
});

describe('Ctrl-C', () => {
  it('ends at once and leaves nothing behind', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [
        `src/f${i}.ts`,
        `export const f${i} = (x: string) => x + ${i};\n`.repeat(20),
      ]),
    );
    const dir = project(files);
    const cache = emptyFolder();
    const before = readdirSync(dir, { recursive: true }).length;
    const child = spawn(process.execPath, [BIN, 'check', '--format', 'json', '--output', 'report.json'], {
      cwd: dir,
      env: { ...process.env, PHITRACE_CACHE_DIR: cache, TMPDIR: cache },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await new Promise((done) => setTimeout(done, 700));
    child.kill('SIGINT');
    const signal = await new Promise((done) => child.on('close', (_code, by) => done(by)));
    expect(signal).toBe('SIGINT');
    expect(err).not.toMatch(OURS);
    expect(readdirSync(dir, { recursive: true })).toHaveLength(before);
    expect(readdirSync(cache)).toEqual([]);
  });
});
