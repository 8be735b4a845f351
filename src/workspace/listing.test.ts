import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { diskSource } from './disk-source.js';
import { GitError, gitSource } from './git-source.js';
import { openWorkspace } from './open.js';
import { overlaySource } from './overlay-source.js';
import type { FileSource } from './types.js';

const folders: string[] = [];

function project(files: Record<string, string | Buffer>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'phitrace-ws-')));
  folders.push(root);
  write(root, files);
  return root;
}

function write(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function git(root: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const codeOf = (root: string): string[] => openWorkspace(root).code.map((file) => file.path);

describe('listing the disk', () => {
  it('takes all spellings of code, sorted, and says their variant', () => {
    const root = project(
      Object.fromEntries(
        ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'd.ts', 'css'].map((e) => [`a.${e}`, 'x']),
      ),
    );
    const workspace = openWorkspace(root);
    expect(workspace.code.map((file) => `${file.path} ${file.variant}`)).toEqual([
      'a.cjs js',
      'a.cts ts',
      'a.d.ts ts',
      'a.js js',
      'a.jsx jsx',
      'a.mjs js',
      'a.mts ts',
      'a.ts ts',
      'a.tsx tsx',
    ]);
    expect(workspace.others).toEqual(['a.css']);
    expect(workspace.code[0]!.bytes).toBe(1);
  });

  it('respects .gitignore at every level, negations included, without a repository', () => {
    const root = project({
      '.gitignore': '*.log.ts\n/secret\n!keep.log.ts\n',
      'a.log.ts': '',
      'keep.log.ts': '',
      'secret/a.ts': '',
      'src/secret/a.ts': '',
      'src/.gitignore': 'gen*\n!/gen-not.ts\n',
      'src/gen-1.ts': '',
      'src/gen-not.ts': '',
      'gen-2.ts': '',
    });
    expect(codeOf(root)).toEqual(['gen-2.ts', 'keep.log.ts', 'src/gen-not.ts', 'src/secret/a.ts']);
  });

  it('respects .git/info/exclude and ignore files above the scanned folder', () => {
    const root = project({
      '.gitignore': 'app/x.ts\ny.ts\n',
      'app/x.ts': '',
      'app/y.ts': '',
      'app/z.ts': '',
      'app/q.ts': '',
    });
    git(root, 'init', '-q');
    writeFileSync(join(root, '.git/info/exclude'), 'q.ts\n');
    expect(codeOf(join(root, 'app'))).toEqual(['z.ts']);
  });

  it('scans a folder that git ignores when it is asked for by name', () => {
    const root = project({ '.gitignore': 'tmp/\n', 'tmp/app/a.ts': '' });
    git(root, 'init', '-q');
    expect(codeOf(join(root, 'tmp/app'))).toEqual(['a.ts']);
  });

  it('lists what git tracks although it is ignored, so that an ignore line cannot hide a file', () => {
    const root = project({ '.gitignore': 'leak.ts\nlocal.ts\n', 'leak.ts': '', 'local.ts': '', 'a.ts': '' });
    git(root, 'init', '-q');
    git(root, 'add', '-f', 'leak.ts', 'a.ts');
    expect(codeOf(root)).toEqual(['a.ts', 'leak.ts']);
    expect(openWorkspace(root, { tracked: [] }).code.map((file) => file.path)).toEqual(['a.ts']);
  });

  it('leaves out dependencies and build output, and says so for output that git does not ignore', () => {
    const root = project({
      'package.json': '{}',
      'node_modules/x/index.js': '',
      'dist/a.js': '',
      'vendor/a.js': '',
      '.next/a.js': '',
      'src/vendor/portal.ts': '',
      'src/build/plan.ts': '',
      'packages/x/package.json': '{}',
      'packages/x/dist/a.js': '',
    });
    const workspace = openWorkspace(root);
    expect(workspace.code.map((file) => file.path)).toEqual(['src/build/plan.ts', 'src/vendor/portal.ts']);
    expect(workspace.unanalysed.map((item) => `${item.path} ${item.kind}`)).toEqual([
      'dist note',
      'packages/x/dist note',
      'vendor note',
    ]);
  });

  it('reads .env files although git ignores them, and marks them', () => {
    const root = project({ '.gitignore': '.env*\n!.env.example\n', '.env': 'A=1', '.env.example': 'A=0' });
    expect(openWorkspace(root).env('A')).toMatchObject([
      { value: '1', ignored: true, origin: 'env-file' },
      { value: '0', ignored: false, origin: 'env-example' },
    ]);
  });

  it('survives link loops and resolves imports through links within the root', () => {
    const root = project({ 'src/a.ts': '', 'shared/x.ts': '', 'real.ts': '' });
    symlinkSync('..', join(root, 'src/up'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('../shared', join(root, 'src/shared'));
    symlinkSync('../real.ts', join(root, 'src/alias.ts'));
    symlinkSync(tmpdir(), join(root, 'outside'));
    const workspace = openWorkspace(root);
    expect(workspace.code.map((file) => file.path)).toEqual(['real.ts', 'shared/x.ts', 'src/a.ts']);
    expect(workspace.resolve('src/a.ts', './shared/x')).toEqual({ kind: 'file', path: 'shared/x.ts' });
    expect(workspace.resolve('src/a.ts', './alias')).toEqual({ kind: 'file', path: 'real.ts' });
    expect(workspace.unanalysed.map((item) => item.path)).toEqual(['loop', 'outside', 'src/up']);
  });

  it('stops at the bounds on files and depth and says what is missing', () => {
    const root = project({ 'a.ts': '', 'b.ts': '', 'c.ts': '', 'd/e/f.ts': '' });
    const few = diskSource(root, { maxFiles: 2 });
    expect(few.list()).toEqual(['a.ts', 'b.ts']);
    expect(few.problems?.()).toMatchObject([{ path: '.', kind: 'failed' }]);
    const flat = diskSource(root, { maxDepth: 1 });
    expect(flat.list()).toEqual(['a.ts', 'b.ts', 'c.ts']);
    expect(flat.problems?.()).toMatchObject([{ path: 'd/e', kind: 'failed' }]);
  });

  it('does not read outside the root', () => {
    const root = project({ 'app/a.ts': '', 'secret.ts': 'x' });
    expect(diskSource(join(root, 'app')).read('../secret.ts')).toBeNull();
  });

  it('applies include to code and exclude to everything', () => {
    const root = project({ 'src/a.ts': '', 'src/b.ts': '', 'lib/c.ts': '', 'src/d.json': '', 'src/.env': 'A=1' });
    const workspace = openWorkspace(root, { include: ['src'], exclude: ['**/b.ts', 'src/.env'] });
    expect(workspace.code.map((file) => file.path)).toEqual(['src/a.ts']);
    expect(workspace.others).toEqual(['src/d.json']);
    expect(workspace.env('A')).toEqual([]);
  });

  it('says in one line what is wrong with the folder', () => {
    const root = project({ 'a.ts': '' });
    expect(() => openWorkspace(join(root, 'none'))).toThrow(/does not exist/);
    expect(() => openWorkspace(join(root, 'a.ts'))).toThrow(/is not a folder/);
  });

  it('lists 20,000 files quickly', () => {
    const files: Record<string, string> = { '.gitignore': '*.log\ntmp/\n/out\n' };
    for (let index = 0; index < 20_000; index += 1) files[`src/d${index % 400}/f${index}.ts`] = 'export {};\n';
    const root = project(files);
    const start = performance.now();
    expect(openWorkspace(root).code).toHaveLength(20_000);
    expect(performance.now() - start).toBeLessThan(8000); // idle: well under two seconds; a shared machine is slower
  });
});

describe('files that are not code after all', () => {
  const reasons = (files: Record<string, string | Buffer>): string[] =>
    openWorkspace(project(files)).unanalysed.map((item) => `${item.path}: ${item.reason} (${item.kind})`);

  it('notes binary, generated, huge and minified files', () => {
    const minified = 'function a(b){var c=b.d;if(c){return c.e(f,g)}else{for(var h=0;h<c.i;h++){c.j(h)}}}'.repeat(200);
    expect(
      reasons({
        'a.ts': Buffer.from([0x47, 0x40, 0, 0x10]),
        'b.ts': '/* eslint-disable */\n// @generated by protoc\nexport {};',
        'c.generated.ts': '',
        'd.min.js': '',
        'e.js': minified,
        'f.js': 'var a=1;'.repeat((20 * 1024 * 1024) / 8),
      }),
    ).toEqual([
      'a.ts: is binary (note)',
      'b.ts: is marked as @generated (note)',
      'c.generated.ts: is generated by its name (note)',
      'd.min.js: is minified by its name (note)',
      'e.js: is minified (note)',
      'f.js: is larger than 2 MB (note)',
    ]);
  });

  it('keeps long prompts, embedded images, UTF-16 text and mentions of the mark', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('export const a = 1;', 'utf16le')]);
    const root = project({
      'a.ts': `export const PROMPT = ${JSON.stringify('You are a careful scribe; sum up (briefly). '.repeat(300))};`,
      'b.ts': `export const LOGO = 'data:image/png;base64,${'iVBORw0KGgo'.repeat(2000)}';`,
      'c.ts': utf16,
      'd.ts': 'import x from "x";\n// skips @generated files\n',
    });
    const workspace = openWorkspace(root);
    expect(workspace.code).toHaveLength(4);
    expect(workspace.read('c.ts')).toBe('export const a = 1;');
    expect(workspace.unanalysed).toEqual([]);
  });

  it('reports an unreadable file as a failure and goes on', () => {
    const base = overlaySource(null, new Map([['b.ts', 'x']]));
    const source: FileSource = { list: () => ['a.ts', 'b.ts'], read: (path) => base.read(path) };
    const workspace = openWorkspace('/nowhere', { source });
    expect(workspace.code.map((file) => file.path)).toEqual(['b.ts']);
    expect(workspace.unanalysed).toEqual([{ path: 'a.ts', line: null, reason: 'cannot be read', kind: 'failed' }]);
  });

  it('says that single-file components are left out', () => {
    expect(reasons({ 'a.vue': '<script lang="ts"></script>' })).toEqual([
      'a.vue: single-file components are not analysed (note)',
    ]);
  });
});

describe('roles', () => {
  it('tells tests and scripts from the product, and laboratory tests from both', () => {
    const paths = [
      'src/a.test.ts',
      'src/b.spec.tsx',
      'src/__tests__/c.ts',
      'src/__mocks__/d.ts',
      'src/e.stories.tsx',
      'test/f.ts',
      'tests/g.ts',
      'e2e/h.ts',
      'cypress/i.ts',
      'playwright.config.ts',
      'packages/x/test/j.ts',
      'src/unit/test/k.ts',
      'src/unit/test/l.test.ts',
      'mocks/m.ts',
      'sync_test.ts',
    ];
    const products = [
      'src/tests/order.ts',
      'app/tests/route.ts',
      'lib/blood-test.ts',
      'sentry.client.config.ts',
      'sync.ts',
    ];
    const scripts = ['scripts/a.ts', 'prisma/seed.ts', 'db/seeds/users.ts', 'src/patients.seed.ts'];
    const texts = new Map([...paths, ...products, ...scripts].map((path) => [path, '']));
    texts.set('packages/x/package.json', '{}');
    const { code } = openWorkspace('/x', { source: overlaySource(null, texts) });
    const withRole = (role: string): string[] => code.filter((file) => file.role === role).map((file) => file.path);
    expect(withRole('test')).toEqual([...paths].sort());
    expect(withRole('script')).toEqual([...scripts].sort());
    expect(withRole('product')).toEqual([...products].sort());
  });
});

describe('other sources', () => {
  it('lays texts over another source and hides files', () => {
    const root = project({ 'a.ts': 'old', 'b.ts': 'b' });
    const source = overlaySource(diskSource(root), new Map([['a.ts', 'new'], ['b.ts', null], ['c.ts', 'é']])); // prettier-ignore
    expect(source.list()).toEqual(['a.ts', 'c.ts']);
    expect(source.read('a.ts')).toBe('new');
    expect(source.read('b.ts')).toBeNull();
    expect(openWorkspace(root, { source }).code.map((file) => file.bytes)).toEqual([3, 2]);
  });

  it('reads a revision and the index through git, and not the work tree', () => {
    const root = project({ 'src/a.ts': 'one', 'src/ü b.ts': 'two', 'dist/x.js': '', 'empty.ts': '' });
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'first');
    write(root, { 'src/a.ts': 'staged' });
    git(root, 'add', '-A');
    write(root, { 'src/a.ts': 'work tree', 'src/new.ts': '' });

    const revision = gitSource(root, { revision: 'HEAD' });
    expect(revision.list()).toEqual(['empty.ts', 'src/a.ts', 'src/ü b.ts']);
    expect(revision.list().map((path) => revision.read(path))).toEqual(['', 'one', 'two']);
    expect(gitSource(root, { index: true }).read('src/a.ts')).toBe('staged');
    const below = gitSource(join(root, 'src'), { revision: 'HEAD' });
    expect(below.list()).toEqual(['a.ts', 'ü b.ts']);
    expect(below.read('a.ts')).toBe('one');
    expect(revision.read('none.ts')).toBeNull();
    expect(openWorkspace(root, { source: revision }).code.map((file) => file.bytes)).toEqual([0, 3, 3]);
  });

  it('runs nothing of the repository', () => {
    const root = project({ 'a.ts': '' });
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'first');
    git(root, 'config', 'core.fsmonitor', `touch ${join(root, 'ran')}; false`);
    gitSource(root, { index: true }).read('a.ts');
    openWorkspace(root);
    expect(codeOf(root)).toEqual(['a.ts']);
    expect(diskSource(root).list()).not.toContain('ran');
  });

  it('says in one line that a revision is unknown', () => {
    const root = project({ 'a.ts': '' });
    expect(() => gitSource(root, { revision: 'main' })).toThrow(GitError);
    git(root, 'init', '-q');
    expect(() => gitSource(root, { revision: '--all' })).toThrow(/does not know the revision "--all"/);
  });
});
