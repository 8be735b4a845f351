import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis.js';
import { analyzeSync } from '../analyze.js';
import { cacheFolder } from './cache-folder.js';
import { type Look, Session } from './session.js';
import { forgetLooks, sharedLooks } from './shared-looks.js';

const TODAY = '2026-11-22';
const CLIENT = `import OpenAI from 'openai';
const openai = new OpenAI();
export async function complete(prompt: string): Promise<void> {
  await openai.responses.create({ model: 'gpt-5.4', input: prompt });
}
`;
const PAGE = `import type { Patient } from 'fhir/r4';
import { complete } from './client.js';
export async function summarise(patient: Patient): Promise<void> {
  await complete(\`Summarise \${JSON.stringify(patient)}\`);
}
`;
const SAFE = PAGE.replace('JSON.stringify(patient)', 'patient.name?.length');

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function folder(files: Readonly<Record<string, string>> = {}): string {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'phitrace-session-')));
  made.push(dir);
  const all = { 'package.json': '{"dependencies":{"openai":"^6.0.0"}}', 'src/client.ts': CLIENT, 'src/page.ts': PAGE };
  for (const [name, text] of Object.entries({ ...all, ...files })) put(dir, name, text);
  return dir;
}

function put(dir: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  writeFileSync(path.join(dir, name), text);
}

/** A clock that always says that it is time to look at the disk again. */
function impatient(): () => number {
  let now = 0;
  return () => (now += 1e9);
}

const session = (dir: string): Session => new Session({ dir, today: TODAY, now: impatient() });
const told = (look: Look): string[] =>
  (look.analysis?.findings ?? []).map((f) => `${f.severity} ${f.ruleId} ${f.file}:${f.line}`);
const timeless = (analysis: Analysis | null): unknown =>
  analysis && { ...analysis, summary: { ...analysis.summary, durationMs: 0 } };
const LEAK = 'error phi-to-uncovered-vendor src/page.ts:4';

describe('a session', () => {
  it('says what a fresh analysis says, after every change', () => {
    const dir = folder();
    const one = session(dir);
    const steps: (() => void)[] = [
      () => undefined,
      () => put(dir, 'src/page.ts', SAFE),
      () => put(dir, 'src/page.ts', `\n\n${PAGE}`),
      () => put(dir, '.env', 'OPENAI_BASE_URL=https://llm.example.com/v1\n'),
      () =>
        put(dir, 'baa.yaml', 'version: 1\nagreements:\n  - {vendor: openai, executed: 2026-01-01, services: all}\n'),
      () => rmSync(path.join(dir, 'baa.yaml')),
      () => renameSync(path.join(dir, 'src/page.ts'), path.join(dir, 'src/chart.ts')),
      () => rmSync(path.join(dir, 'src/client.ts')),
      () => put(dir, '.gitignore', 'src/chart.ts\n'),
    ];
    for (const step of steps) {
      step();
      expect(timeless(one.look().analysis)).toEqual(timeless(analyzeSync({ dir, today: TODAY }).analysis));
    }
  });

  it('lowers only what has changed, and analyses nothing if nothing has', () => {
    const dir = folder();
    const one = session(dir);
    one.look();
    expect([one.lowered, one.analyses]).toEqual([2, 1]);
    one.look();
    one.look('src/page.ts', PAGE);
    expect([one.lowered, one.analyses]).toEqual([2, 1]);
    one.look('src/page.ts', SAFE);
    expect([one.lowered, one.analyses]).toEqual([3, 2]);
    // Written again with the same text: another time stamp, the same content.
    put(dir, 'src/client.ts', CLIENT);
    one.look('src/page.ts', SAFE);
    expect([one.lowered, one.analyses]).toEqual([3, 2]);
  });

  it('lays the text in the editor over the disk, file by file, until it is saved', () => {
    const dir = folder({ 'src/page.ts': SAFE });
    const one = session(dir);
    expect(told(one.look())).not.toContain(LEAK);
    expect(told(one.look('src/page.ts', PAGE))).toContain(LEAK);
    // The other file is linted next; the buffer still counts.
    expect(told(one.look('src/client.ts', CLIENT))).toContain(LEAK);
    expect(
      told(one.look('src/client.ts', CLIENT.replace('input: prompt', 'input: String(prompt.length)'))),
    ).not.toContain(LEAK);
    expect(told(one.look('src/client.ts', CLIENT))).toContain(LEAK);
    put(dir, 'src/page.ts', `// closed without saving, changed elsewhere\n${SAFE}`);
    expect(told(one.look())).not.toContain(LEAK);
  });

  it('knows a file that was never saved, and none that git ignores', () => {
    const dir = folder({ '.gitignore': 'src/old.ts\n', 'src/old.ts': PAGE });
    const one = session(dir);
    expect(told(one.look('src/new.ts', PAGE))).toContain('error phi-to-uncovered-vendor src/new.ts:4');
    expect(told(one.look('src/old.ts', `\n${PAGE}`)).join()).not.toContain('src/old.ts');
  });

  it('does not look at the disk for every file of one run', () => {
    const dir = folder();
    let now = 0;
    const one = new Session({ dir, today: TODAY, now: () => now });
    one.look('src/page.ts', PAGE);
    put(dir, 'src/page.ts', SAFE);
    expect(told(one.look('src/client.ts', CLIENT))).toContain(LEAK);
    now += 60_000;
    expect(told(one.look('src/client.ts', CLIENT))).not.toContain(LEAK);
  });

  it('tells of a mistake in the manifest, and of the end of it', () => {
    const dir = folder({ 'baa.yaml': 'version: 1\nagreements:\n  - vendor: opnai\n    services: all\n' });
    const one = session(dir);
    expect(one.look().failure).toMatchObject({ name: expect.anything() as string });
    put(dir, 'baa.yaml', 'version: 1\nagreements: []\n');
    expect(one.look().failure).toBeNull();
    expect(new Session({ dir: path.join(dir, 'nowhere') }).look().failure?.message).toContain('nowhere');
  });
});

describe('two thousand edits', () => {
  it('leave next to no memory behind', { timeout: 300_000 }, () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const used = (): number => {
      gc();
      gc();
      return process.memoryUsage().heapUsed;
    };
    const dir = folder();
    const one = session(dir);
    const edit = (i: number): void => {
      // Typing, in a new name each time; now and then a file is made, renamed, deleted.
      const text = (i % 2 === 0 ? PAGE : SAFE).replaceAll('patient', `patient${i}`);
      const look = one.look('src/page.ts', text);
      const places = (look.analysis?.findings ?? []).flatMap((f) => (f.severity === 'error' ? f.places : []));
      expect(places.some((p) => p.file === 'src/page.ts' && p.line === 4)).toBe(i % 2 === 0);
      if (i % 50 === 0) put(dir, `src/extra${i}.ts`, PAGE);
      if (i % 50 === 10) renameSync(path.join(dir, `src/extra${i - 10}.ts`), path.join(dir, `src/moved${i - 10}.ts`));
      if (i % 50 === 20) one.look(`src/moved${i - 20}.ts`, `\n${PAGE}`);
      if (i % 50 === 30) rmSync(path.join(dir, `src/moved${i - 30}.ts`));
    };
    for (let i = 0; i < 200; i++) edit(i);
    const before = used();
    for (let i = 200; i < 2000; i++) edit(i);
    const grown = used() - before;
    expect(grown).toBeLessThan(4 * 1024 * 1024);
  });
});

describe('looks that are shared', () => {
  const looks = (): { folder: string; look: Look } => ({
    folder: path.join(folder(), 'cache'),
    look: { analysis: { findings: [] } as unknown as Analysis, failure: null, deidentifiers: [], manifestPath: null },
  });

  it('are computed once', () => {
    const { folder: at, look } = looks();
    let computed = 0;
    const compute = (): Look => {
      computed += 1;
      return look;
    };
    for (let i = 0; i < 3; i++) expect(sharedLooks(at).get('key', compute)).toMatchObject(look);
    expect(computed).toBe(1);
    sharedLooks(at).get('other', compute);
    expect(computed).toBe(2);
    expect(forgetLooks(at)).toBe(true);
    sharedLooks(at).get('key', compute);
    expect(computed).toBe(3);
  });

  it('are not those of a failure, and an unusable folder does no harm', () => {
    const { folder: at, look } = looks();
    let computed = 0;
    const fail = (): Look => {
      computed += 1;
      return { ...look, analysis: null, failure: new Error('no') };
    };
    sharedLooks(at).get('key', fail);
    sharedLooks(at).get('key', fail);
    expect(computed).toBe(2);
    const file = path.join(folder(), 'package.json');
    expect(sharedLooks(file).get('key', () => look)).toBe(look);
  });

  it('serve a second session of the same folder, and no other state of it', () => {
    const dir = folder();
    const at = path.join(folder(), 'cache');
    const open = (): Session => new Session({ dir, today: TODAY, now: impatient(), shared: sharedLooks(at) });
    const first = open();
    const second = open();
    expect(told(first.look())).toContain(LEAK);
    expect(told(second.look())).toEqual(told(first.look()));
    expect([first.analyses, second.analyses]).toEqual([1, 0]);
    put(dir, 'src/page.ts', SAFE);
    expect(told(second.look())).not.toContain(LEAK);
    put(dir, 'baa.yaml', 'version: 1\nagreements:\n  - {vendor: openai, executed: 2026-01-01, services: all}\n');
    put(dir, 'src/page.ts', PAGE);
    expect(told(open().look())).not.toContain(LEAK);
  });
});

describe('the cache folder', () => {
  it("is the user's own", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(path.join('/x', 'phitrace'));
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux')).toMatch(/\.cache.phitrace$/);
    expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.phitrace$/);
    expect(cacheFolder({ PHITRACE_CACHE_DIR: '/y' }, 'win32')).toBe('/y');
  });
});
