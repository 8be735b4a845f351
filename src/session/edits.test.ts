/** Whatever is typed, a session says what a fresh analysis of the same texts says, also where it follows the code no more. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis.js';
import { analyzeSync } from '../analyze.js';
import { diskSource } from '../workspace/disk-source.js';
import { overlaySource } from '../workspace/overlay-source.js';
import { Session } from './session.js';

const TODAY = '2026-11-22';
const FILES = [
  'src/app/api/visits/[id]/summary/route.ts',
  'src/llm/openai.ts',
  'src/prompts/visit-summary.ts',
  'src/ehr/chart.ts',
];

let dir: string;
beforeAll(() => {
  dir = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), 'phitrace-edits-'))), 'clinic');
  cpSync(path.resolve('fixtures/clinic'), dir, { recursive: true });
});
afterAll(() => {
  rmSync(path.dirname(dir), { recursive: true, force: true });
});

/** Park and Miller: the same edits in every run. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48271) % 2147483647) % below;
}

const timeless = (analysis: Analysis | null): unknown =>
  analysis && { ...analysis, summary: { ...analysis.summary, durationMs: 0 } };

function editor(): { session: Session; edit: (file: string, text: string) => void } {
  let now = 0;
  const session = new Session({ dir, today: TODAY, now: () => (now += 1e9) });
  const texts = new Map<string, string>();
  return {
    session,
    edit: (file, text) => {
      texts.set(file, text);
      const fresh = analyzeSync({ dir, today: TODAY }, { source: overlaySource(diskSource(dir), texts) });
      expect(timeless(session.look(file, text).analysis)).toEqual(timeless(fresh.analysis));
    },
  };
}

const saved = (file: string): string => readFileSync(path.join(dir, file), 'utf8');

describe('an edit', () => {
  it('of comments, lines and layout moves the places, and follows no code', { timeout: 120_000 }, () => {
    const { session, edit } = editor();
    session.look();
    const files = FILES.slice(0, 2);
    for (const file of files) {
      const text = saved(file);
      edit(file, `// first\n\n${text}`);
      edit(file, text.replaceAll('\n', '\r\n'));
      edit(file, text.replaceAll(/^( +)/gm, '$1$1'));
      edit(file, text.replaceAll(/;$/gm, '; // so\n'));
      // A comment that is told to phitrace counts at once, also where no code has changed.
      edit(file, text.replaceAll(/^( +)(?=return|await|const)/gm, '$1// phitrace-ignore-next-line phi-in-logs\n$1'));
    }
    expect([session.analyses, session.followed]).toEqual([1 + 5 * files.length, 1]);
    edit(FILES[1]!, `${saved(FILES[1]!)}export const more = 1;\n`);
    expect(session.followed).toBe(2);
  });

  it('anywhere, of anything, gives what a fresh analysis gives', { timeout: 240_000 }, () => {
    const { session, edit } = editor();
    session.look();
    const random = randomly(20_261_122);
    const typed = ['\n', ' ', '// x\n', '/* x */', '\t', 'x', "'", '{', '}', ';', '\r\n', '1', '`', '.name', ')'];
    const now = new Map(FILES.map((file) => [file, saved(file)]));
    for (let i = 0; i < 24; i++) {
      const file = FILES[random(FILES.length)]!;
      // Mostly layout; a text that is broken for long would stay broken.
      const what = typed[random(random(3) === 0 ? typed.length : 5)]!;
      const before = random(6) === 0 ? saved(file) : now.get(file)!;
      const at = random(before.length + 1);
      const text = before.slice(0, at) + what + before.slice(at + (random(4) === 0 ? 1 : 0));
      now.set(file, text);
      edit(file, text);
    }
    expect(session.followed).toBeLessThan(session.analyses);
    expect(session.followed).toBeGreaterThan(2);
  });
});
