/** The package as npm makes it: what it holds, and that it runs in a project that has nothing else. */
import { cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis.js';
import { emptyFolder, LEAK, OURS, PACKAGE, project, ROOT, run, TODAY } from './command.js';

const MEGABYTE = 1_000_000;
const NPM = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
/** What the package is made of; everything else of the checkout is not looked at. */
const MADE_OF = [
  'bin',
  'src',
  'rules',
  'schemas',
  'scripts',
  'docs',
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.page.json',
];

let tarball = '';
let listed: { readonly path: string; readonly size: number }[] = [];
let unpacked = 0;

beforeAll(() => {
  // In a copy, because packing builds from nothing, and other tests use the build.
  const copy = emptyFolder();
  for (const name of MADE_OF)
    if (existsSync(path.join(ROOT, name))) cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
  const out = emptyFolder();
  const packed = run('npm', ['pack', '--json', '--silent', '--pack-destination', out], {
    cwd: copy,
    env: NPM,
    timeout: 180_000,
  });
  expect(packed.status, packed.err).toBe(0);
  // The build's own words may come before the list.
  const [entry] = JSON.parse(packed.out.slice(packed.out.indexOf('[\n'))) as {
    filename: string;
    unpackedSize: number;
    files: { path: string; size: number }[];
  }[];
  if (!entry) throw new Error('npm packed nothing');
  tarball = path.join(out, entry.filename);
  listed = entry.files;
  unpacked = entry.unpackedSize;
}, 240_000);

describe('the package', () => {
  it('is smaller than 3 MB', () => {
    expect(unpacked).toBeLessThan(3 * MEGABYTE);
  });

  it('holds what is needed and nothing else', () => {
    const folders = new Set(listed.map((f) => (f.path.includes('/') ? f.path.slice(0, f.path.indexOf('/')) : f.path)));
    const allowed = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json', 'rules', 'schemas'];
    expect([...folders].filter((name) => !allowed.includes(name))).toEqual([]);
    for (const name of ['LICENSE', 'README.md', 'bin', 'dist', 'package.json', 'rules', 'schemas'])
      expect(folders).toContain(name);
    const odd = listed.filter(
      (f) =>
        /\.test\.|testing\/|fixtures|tsbuildinfo|\.map$|(^|\/)\.[^/]+$/.test(f.path) ||
        /^(src|test|bench)\//.test(f.path),
    );
    expect(odd).toEqual([]);
    const stray = listed.filter(
      (f) => f.path.startsWith('dist/') && f.path !== 'dist/rules.json.gz' && !/\.d\.ts$|\.js$/.test(f.path),
    );
    expect(stray).toEqual([]);
    expect(listed.filter((f) => f.path.startsWith('docs/') && !f.path.startsWith('docs/rules/'))).toEqual([]);
  });

  it('keeps to what its manifest says', () => {
    const { exports, bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
      bin: Record<string, string>;
    };
    const there = new Set(listed.map((f) => f.path));
    const targets = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets);
    for (const target of [...targets(exports), ...Object.values(bin)])
      if (!target.includes('*')) expect(there).toContain(target.replace(/^\.\//, ''));
  });

  it('declares whatever its API names', () => {
    const there = new Set(listed.map((f) => f.path));
    const waiting = ['dist/index.d.ts', 'dist/eslint/index.d.ts'];
    const seen = new Set(waiting);
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      expect(there).toContain(name);
      for (const [, from = ''] of readFileSync(path.join(ROOT, name), 'utf8').matchAll(/'(\.[^']*)\.js'/g)) {
        const next = path.posix.join(path.posix.dirname(name), `${from}.d.ts`);
        if (!seen.has(next)) waiting.push(next);
        seen.add(next);
      }
    }
    expect(seen.size).toBeGreaterThan(5);
  });
});

describe('installed in an empty project', () => {
  let home = '';
  const npx = (...args: string[]) => run('npx', ['--no-install', 'phitrace', ...args], { cwd: home, env: NPM });

  beforeAll(() => {
    home = project({ 'package.json': '{ "name": "elsewhere", "private": true }\n' });
    const installed = run('npm', ['install', tarball, '--ignore-scripts', '--prefer-offline', '--silent'], {
      cwd: home,
      env: NPM,
      timeout: 180_000,
    });
    expect(installed.status, installed.err).toBe(0);
    for (const [name, text] of Object.entries({ 'app/package.json': PACKAGE, 'app/leak.ts': LEAK })) {
      cpSync(project({ [name]: text }), home, { recursive: true });
    }
  }, 240_000);

  it('is clean for publint and attw', () => {
    const publint = run('npx', ['--no-install', 'publint', '--strict', tarball]);
    expect(publint.status, publint.out + publint.err).toBe(0);
    const attw = run('npx', ['--no-install', 'attw', tarball, '--profile', 'esm-only']);
    expect(attw.status, attw.out + attw.err).toBe(0);
  });

  it('has an API whose documented example runs', () => {
    const guide = readFileSync(path.join(ROOT, 'docs/guides/api.md'), 'utf8');
    const [, example = ''] = /```js\n(.*?)```/s.exec(guide) ?? [];
    cpSync(project({ 'example.mjs': example }), home, { recursive: true });
    const ran = run(process.execPath, ['example.mjs'], { cwd: home });
    expect([ran.status, ran.err]).toEqual([1, '']);
    expect(ran.out).toMatch(/^error phi-to-uncovered-vendor leak\.ts:7 .*\bA\b.* to openai\/responses$/m);
  });

  it('has types that a strict program compiles with, under TypeScript as under ESLint', () => {
    const files = {
      'use.ts': `import { analyze, InputError, ruleDocs, type Analysis } from 'phitrace';
export const one: Promise<Analysis> = analyze({ dir: '.', changedSince: 'main' }).then((r) => r.analysis);
export const say = (e: unknown): string => (e instanceof InputError ? (e.problems[0]?.message ?? '') : (ruleDocs()[0]?.fix ?? ''));
// @ts-expect-error: no such option
void analyze({ dir: '.', chnagedSince: 'main' });
`,
      'eslint.config.ts': `import { defineConfig } from 'eslint/config';
import phitrace, { type PhitraceSettings } from 'phitrace/eslint';
const settings: PhitraceSettings = { root: '.', profile: 'strict' };
export default defineConfig([phitrace.configs.recommended, { settings: { phitrace: settings } }]);
`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2023',
          strict: true,
          noEmit: true,
          types: [],
          skipLibCheck: true,
        },
        files: ['use.ts', 'eslint.config.ts'],
      }),
    };
    cpSync(project(files), home, { recursive: true });
    for (const name of ['eslint', '@eslint', '@types', '@humanfs', 'json-schema'])
      if (!existsSync(path.join(home, 'node_modules', name)))
        symlinkSync(path.join(ROOT, 'node_modules', name), path.join(home, 'node_modules', name), 'dir');
    const ran = run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', home]);
    expect([ran.status, ran.out]).toEqual([0, '']);
  });

  it('finds the leak, with exit status 1', () => {
    const ran = npx('check', 'app', '--today', TODAY, '--format', 'json');
    expect(ran.err).not.toMatch(OURS);
    expect(ran.status).toBe(1);
    const { findings } = JSON.parse(ran.out) as Analysis;
    expect(findings.filter((f) => f.severity === 'error').map((f) => `${f.ruleId} ${f.file}:${f.line}`)).toEqual([
      'phi-to-uncovered-vendor leak.ts:7',
    ]);
  });

  it('passes once the agreement is written down, with exit status 0', () => {
    const covered = project({
      'baa.yaml':
        'version: 1\nagreements:\n  - vendor: openai\n    executed: 2026-01-10\n    reviewed: 2026-11-01\n    services: [responses]\n',
      'leak.ts': LEAK,
    });
    const ran = npx('check', covered, '--today', TODAY);
    expect(ran.out).not.toContain('phi-to-uncovered-vendor');
    expect(ran.out).toMatch(/^0 errors/m);
    expect(ran.status).toBe(0);
  });

  it('refuses a wrong option, with exit status 2', () => {
    expect(npx('check', '--nonsense').status).toBe(2);
  });

  it('explains rules and vendors', () => {
    expect(npx('explain', 'phi-to-uncovered-vendor').out).toContain('164.');
    expect(npx('vendors', 'openai').out).toContain('OpenAI');
    expect(npx('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('is a library with types', () => {
    const program =
      "import { analyze } from 'phitrace';\nconst { analysis } = await analyze({ dir: 'app', today: '2026-11-22' });\nconsole.log(analysis.findings.filter((f) => f.severity === 'error').map((f) => f.ruleId).join());\n";
    cpSync(project({ 'use.mjs': program }), home, { recursive: true });
    expect(run(process.execPath, ['use.mjs'], { cwd: home }).out).toBe('phi-to-uncovered-vendor\n');
    expect(statSync(path.join(home, 'node_modules/phitrace/dist/index.d.ts')).size).toBeGreaterThan(0);
    expect(readdirSync(path.join(home, 'node_modules/phitrace'))).not.toContain('node_modules');
  });
});
