/** A long-lived process at an editor; the 2,000 edits of `npm run bench -- --only editor`, shortened. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './command.js';

describe('an editor that never closes', () => {
  it('keeps its memory over edits, renames and deletions in several folders', { timeout: 240_000 }, async () => {
    // A process of its own: what the test runner holds is not to be counted.
    const soak = spawn(process.execPath, [path.join(ROOT, 'bench/editor-soak.mjs'), '500'], { cwd: ROOT });
    let out = '';
    let err = '';
    soak.stdout.on('data', (text: Buffer) => (out += text.toString()));
    soak.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const status = await new Promise((resolve) => soak.on('close', resolve));
    expect([status, err]).toEqual([0, '']);
    const heap = /^heap, MB +([\d. ]+)/m.exec(out)?.[1]?.trim().split(/ +/).map(Number) ?? [];
    expect(heap).toHaveLength(10);
    // Half a megabyte for 250 edits would be a gigabyte after a day of typing.
    const [middle = NaN, last = NaN] = [heap[4], heap[9]];
    expect(last - middle, out).toBeLessThan(2);
  });
});
