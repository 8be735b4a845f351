/** The guides name files that are there, and commands and options that the program has. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RULE_IDS } from '../src/index.js';
import type { Doors } from '../src/cli/doors.js';
import { run } from '../src/cli/program.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => path.join('docs', name)),
].filter((name) => name.endsWith('.md'));

async function helpOf(command: string): Promise<string> {
  let out = '';
  const stream = { isTTY: false, columns: 200, write: (text: string) => Promise.resolve(void (out += text)) };
  await run([command, '--help'], { version: '0' } as Doors, {
    stdout: stream,
    stderr: stream,
    env: {},
    cwd: ROOT,
    ask: null,
    now: () => 0,
  });
  return out;
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(path.join(ROOT, page), 'utf8');

  it('links to pages that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(path.join(ROOT, path.dirname(page), target)))).toEqual([]);
  });

  it('names options that there are', async () => {
    const wrong: string[] = [];
    // One command with its options, as far as the line goes; what another person adds later is theirs to add here.
    for (const [, command = '', rest = ''] of text.matchAll(/npx (?:--no-install )?phitrace ([a-z]+)([^\n`|]*)/g)) {
      const help = await helpOf(command);
      for (const [option] of rest.matchAll(/--[a-z][a-z-]+/g))
        if (!help.includes(option)) wrong.push(`${command} ${option}`);
    }
    expect(wrong).toEqual([]);
  });

  it('names rules that there are', () => {
    const named = [...text.matchAll(/`((?:phi|monitor|baa|model|vendor|replay|error)-[a-z]+(?:-[a-z]+)+)`/g)].map(
      ([, id = '']) => id,
    );
    const known = new Set([...RULE_IDS]);
    expect(named.filter((id) => /^phi-(?:to|in|for)-/.test(id) && !known.has(id))).toEqual([]);
  });
});
