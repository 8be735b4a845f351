/** What no one should feed to a tool and everyone does: said with its place, counted, and the rest analysed. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  besideLeak,
  checkJson,
  emptyFolder,
  gaps,
  LEAK_TOLD,
  OURS,
  PACKAGE,
  phitrace,
  project,
  told,
} from './command.js';

/** Analyses the folder, expects the leak beside the bad file, and returns the gaps and the status. */
function survived(dir: string): { readonly gaps: string[]; readonly status: number | null } {
  const ran = checkJson(dir);
  expect(told(ran.analysis)).toContain(LEAK_TOLD);
  expect(ran.out + ran.err).not.toMatch(OURS);
  return { gaps: gaps(ran.analysis), status: ran.status };
}

describe('one bad file among good ones', () => {
  it('a syntax error is noted at its line, and the recovered rest is analysed', () => {
    const leaky =
      "import OpenAI from 'openai';\nexport function f(p: { ssn: string }) {\n  return new OpenAI().responses.create({ model: 'm', input: p.ssn });\n}\nconst broken = ;\n";
    const dir = besideLeak({ 'broken.ts': leaky });
    const ran = survived(dir);
    expect(ran.gaps).toEqual([expect.stringMatching(/^note broken\.ts:5 /)]);
    expect(ran.status).toBe(1);
    expect(told(checkJson(dir).analysis)).toContain('warning phi-to-uncovered-vendor broken.ts:3');
  });

  it('a minified file of 20 MB is a note', () => {
    const line = 'function a(b,c){return b(c)};var d=a(e,f);'.repeat(500_000);
    const ran = survived(besideLeak({ 'vendor.js': line }));
    expect(ran.gaps).toEqual([expect.stringMatching(/^note vendor\.js:1 .*2 MB/)]);
    expect(ran.status).toBe(1);
  });

  it('a minified file of half a megabyte is a note', () => {
    const line = 'function a(b,c){return b(c)};var d=a(e,f);'.repeat(12_000);
    expect(survived(besideLeak({ 'vendor.js': line })).gaps).toEqual([
      expect.stringMatching(/^note vendor\.js:1 .*minified/),
    ]);
  });

  it('a binary named .ts is a note (video streams have that name, too)', () => {
    const ran = survived(besideLeak({ 'clip.ts': Uint8Array.from({ length: 40_000 }, (_, i) => (i * 7919) % 256) }));
    expect(ran.gaps).toEqual([expect.stringMatching(/^note clip\.ts:1 .*binary/)]);
    expect(ran.status).toBe(1);
  });

  it('a file that cannot be read is a warning, and exit status 2 unless that is accepted', () => {
    const dir = besideLeak({});
    // Access rights do not stop root, so it is a link that leads in a circle under a name that a package points to …
    const secret = path.join(dir, 'secret.ts');
    writeFileSync(secret, 'export const a = 1;\n');
    chmodSync(secret, 0o000);
    const ran = checkJson(dir);
    expect(told(ran.analysis)).toContain(LEAK_TOLD);
    if (process.getuid?.() === 0) return; // … and for root the file is readable.
    expect(gaps(ran.analysis)).toEqual([expect.stringMatching(/^warning secret\.ts:1 .*cannot be read/)]);
    expect([ran.status, ran.analysis.summary.unanalysed]).toEqual([2, 1]);
    expect(checkJson(dir, '--allow-partial').status).toBe(1);
  });

  it('a tsconfig that extends nothing is said at its line', () => {
    const ran = survived(
      besideLeak({ 'tsconfig.json': '{\n  "extends": "./base.json",\n  "compilerOptions": {}\n}\n' }),
    );
    expect(ran.gaps).toEqual([expect.stringMatching(/^(warning|note) tsconfig\.json:2 .*base\.json/)]);
    expect(ran.status).toBe(ran.gaps[0]?.startsWith('warning') ? 2 : 1);
  });

  it('a tsconfig that is no JSON is a warning: its paths are lost', () => {
    const ran = survived(besideLeak({ 'tsconfig.json': '{\n  "compilerOptions": {\n    "paths" [\n' }));
    expect(ran.gaps).toEqual([expect.stringMatching(/^warning tsconfig\.json:3 /)]);
    expect(ran.status).toBe(2);
  });

  it('a tsconfig that extends itself and a package.json that is no JSON do not stop it', () => {
    const ran = survived(
      besideLeak({ 'tsconfig.json': '{ "extends": "./tsconfig.json" }', 'apps/x/package.json': '{,}' }),
    );
    expect(ran.gaps.map((gap) => gap.split(' ')[1])).toEqual(['apps/x/package.json:1', 'tsconfig.json:1']);
  });

  it('an empty file, one with a byte-order mark, and one with Windows line ends are files', () => {
    const text =
      '\ufeff' +
      "import OpenAI from 'openai';\r\nexport const f = (p: { ssn: string }) =>\r\n  new OpenAI().responses.create({ model: 'm', input: p.ssn });\r\n";
    const dir = besideLeak({ 'empty.ts': '', 'windows.ts': text });
    expect(survived(dir)).toEqual({ gaps: [], status: 1 });
    expect(told(checkJson(dir).analysis)).toContain('warning phi-to-uncovered-vendor windows.ts:3');
  });
});

describe('circles', () => {
  it('links that lead in circles, out of the folder and nowhere', () => {
    const dir = besideLeak({ 'src/a.ts': 'export const a = 1;\n' });
    symlinkSync('..', path.join(dir, 'src/up'), 'dir');
    symlinkSync('.', path.join(dir, 'src/self'), 'dir');
    symlinkSync('two', path.join(dir, 'one'), 'dir');
    symlinkSync('one', path.join(dir, 'two'), 'dir');
    symlinkSync('gone.ts', path.join(dir, 'dangling.ts'));
    symlinkSync(emptyFolder(), path.join(dir, 'outside'), 'dir');
    const ran = survived(dir);
    expect(ran.status).toBe(1);
    expect(ran.gaps.map((gap) => gap.split(' ')[1]).filter((at) => /up|self|dangling/.test(at ?? ''))).toEqual([
      'dangling.ts:1',
      'src/self:1',
      'src/up:1',
    ]);
  });

  it('imports in a circle, and a barrel that exports itself', () => {
    const dir = besideLeak({
      'a.ts': "import { b } from './b.js';\nexport const a = (x: string): string => b(x);\n",
      'b.ts': "import { a } from './a.js';\nexport const b = (x: string): string => a(x);\n",
      'index.ts': "export * from './index.js';\nexport * from './other.js';\n",
      'other.ts': "export * from './index.js';\nexport { x } from './other.js';\n",
      'use.ts': "import { x } from './index.js';\nx(1);\n",
    });
    expect(survived(dir)).toEqual({ gaps: [], status: 1 });
  });

  it('types, classes, values and promises that contain themselves', () => {
    const dir = besideLeak({
      'types.ts': `interface A extends B {} interface B extends A {}
type T = T; type U = { u: U } & T; type V<X> = V<V<X>>; type W = W[number] | keyof W;
class C extends D {} class D extends C {} class E extends E {}
const o: Record<string, unknown> = {}; o.self = o; o[String(o)] = [o, ...Object.values(o)];
export let f = () => f; f = () => f()(); export const g = (h = g) => h(g);
export async function p(): Promise<void> { await p(); }
export function* s(): Generator { yield* s(); }
new (class X { constructor(readonly x = new X()) {} })(); new C(); new E();
let w = ''; for (;;) { w = w + w; }
export function r(a: T, b: U, c: V<W>): unknown { return r(b as never, c as never, r(a, b, c) as never); }
`,
    });
    expect(survived(dir)).toEqual({ gaps: [], status: 1 });
  });
});

describe('names', () => {
  it('odd file names and reserved words are names', () => {
    const dir = besideLeak({
      'a b/[id]/(group)/ü✓.ts': 'export const __proto__ = 1; export { __proto__ as constructor };\n',
      'constructor.ts': 'export default { __proto__: null, constructor: 1, toString: 2, hasOwnProperty: 3 };\n',
      '__proto__/index.ts':
        "import c from '../constructor.js';\nimport * as ns from 'constructor';\nexport const toString = c.constructor(ns.__proto__, c['__proto__'].valueOf);\n",
      'a\nb.ts': 'export {};\n',
    });
    expect(survived(dir)).toEqual({ gaps: [], status: 1 });
  });

  it('a folder of nothing, and one without code, say so', () => {
    for (const dir of [emptyFolder(), project({ 'README.md': '#' })]) {
      const ran = phitrace(['check', dir]);
      expect(ran.status).toBe(0);
      expect(ran.out).toContain('No code file was found here');
    }
  });

  it('a folder that is named like a file is no file', () => {
    const dir = besideLeak({});
    mkdirSync(path.join(dir, 'odd.ts'));
    for (const name of ['tsconfig.json', 'schema.prisma', '.env', 'docker-compose.yml'])
      mkdirSync(path.join(dir, name));
    expect(survived(dir)).toEqual({ gaps: [], status: 1 });
    expect(PACKAGE).toContain('openai');
  });
});
