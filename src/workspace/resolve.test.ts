import { describe, expect, it } from 'vitest';
import { openWorkspace } from './open.js';
import { overlaySource } from './overlay-source.js';
import type { Resolution, Workspace } from './types.js';

type Texts = Record<string, string | object>;

function open(texts: Texts): Workspace {
  const entries = Object.entries(texts).map(
    ([path, text]) => [path, typeof text === 'string' ? text : JSON.stringify(text)] as const,
  );
  return openWorkspace('/project', { source: overlaySource(null, new Map(entries)) });
}

/** Short form: the path of a file or asset, else `kind name`. */
function short(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'file':
      return resolution.path;
    case 'asset':
      return `asset ${resolution.path}`;
    case 'package':
      return `package ${resolution.specifier} ${resolution.version ?? '-'}`;
    case 'builtin':
      return `builtin ${resolution.name}`;
    case 'missing':
      return 'missing';
  }
}

function resolving(texts: Texts, from: string): (specifier: string) => string {
  const workspace = open(texts);
  return (specifier) => short(workspace.resolve(from, specifier));
}

describe('relative imports', () => {
  const resolve = resolving(
    {
      'src/a.ts': '',
      'src/b.tsx': '',
      'src/both.ts': '',
      'src/both.js': '',
      'src/typed.js': '',
      'src/typed.d.ts': '',
      'src/m.mts': '',
      'src/c.cts': '',
      'src/models/index.ts': '',
      'src/models.ts': '',
      'src/user.service.ts': '',
      'src/data.json': '{}',
      'src/style.css': '',
      'src/types.d.ts': '',
      'src/native.ios.tsx': '',
      'src/api.generated.ts': '',
      'lib/package.json': { main: './dist/main.js' },
      'lib/src/main.ts': '',
      'index.ts': '',
    },
    'src/a.ts',
  );
  it.each([
    ['./b', 'src/b.tsx'],
    ['./b.js', 'src/b.tsx'],
    ['./b.jsx', 'src/b.tsx'],
    ['./both.js', 'src/both.ts'],
    ['./both', 'src/both.ts'],
    ['./typed', 'src/typed.js'],
    ['./m.mjs', 'src/m.mts'],
    ['./c.cjs', 'src/c.cts'],
    ['./b.tsx', 'src/b.tsx'],
    ['./models', 'src/models.ts'],
    ['./models/', 'src/models/index.ts'],
    ['./user.service', 'src/user.service.ts'],
    ['./data.json', 'asset src/data.json'],
    ['./data', 'asset src/data.json'],
    ['./style.css?inline', 'asset src/style.css'],
    ['raw-loader!./style.css', 'asset src/style.css'],
    ['./types', 'src/types.d.ts'],
    ['./native', 'src/native.ios.tsx'],
    ['./api.generated', 'asset src/api.generated.ts'],
    ['..', 'index.ts'],
    ['../lib', 'lib/src/main.ts'],
    ['../dist/b.js', 'src/b.tsx'],
    ['./none', 'missing'],
    ['../../outside', 'missing'],
    ['', 'missing'],
  ])('%s', (specifier, expected) => expect(resolve(specifier)).toBe(expected));
});

describe('names that are not files', () => {
  const resolve = resolving(
    {
      'package.json': { dependencies: { openai: '^4.20.0', 'openai-old': 'npm:openai@3.3.0', events: '^3' } },
      'src/a.ts': '',
    },
    'src/a.ts',
  );
  it.each([
    ['node:fs/promises', 'builtin fs/promises'],
    ['fs', 'builtin fs'],
    ['node:test', 'builtin test'],
    ['bun:sqlite', 'builtin bun:sqlite'],
    ['openai', 'package openai ^4.20.0'],
    ['openai/resources/chat', 'package openai/resources/chat ^4.20.0'],
    ['openai-old', 'package openai 3.3.0'],
    ['@sentry/node/light', 'package @sentry/node/light -'],
    ['constructor', 'package constructor -'],
    ['npm:openai@4.1.0/uploads', 'package openai/uploads 4.1.0'],
    ['npm:@anthropic-ai/sdk', 'package @anthropic-ai/sdk -'],
    ['jsr:@supabase/supabase-js@2', 'package @supabase/supabase-js 2'],
    ['https://esm.sh/v135/@supabase/supabase-js@2.39.0/dist/x?bundle', 'package @supabase/supabase-js/dist/x 2.39.0'],
    ['https://esm.sh/openai@4', 'package openai 4'],
    ['https://cdn.jsdelivr.net/npm/openai@4/+esm', 'package openai/+esm 4'],
    ['https://deno.land/x/openai@v4.69.0/mod.ts', 'package openai v4.69.0'],
    ['https://deno.land/x/sentry/index.mjs', 'package @sentry/deno -'],
    ['https://deno.land/std@0.168.0/http/server.ts', 'package @std/http/server 0.168.0'],
    ['https://cdn.example.com/lib@1.2/x.js', 'package cdn.example.com/lib/x.js -'],
    ['@/none', 'missing'],
    ['#none', 'missing'],
    ['https://', 'missing'],
  ])('%s', (specifier, expected) => expect(resolve(specifier)).toBe(expected));
});

describe('tsconfig', () => {
  it('follows extends, comments, trailing commas, baseUrl and the longest matching path', () => {
    const resolve = resolving(
      {
        'tsconfig.base.json': `{ // base
          "compilerOptions": { "baseUrl": "./src", "paths": { "@app/*": ["app/*", "legacy/*"], "@app/core/*": ["core/*"], "exact": ["app/one.ts"], }, }, }`,
        'tsconfig.json': { extends: './tsconfig.base' },
        'src/app/one.ts': '',
        'src/legacy/two.ts': '',
        'src/core/three/index.ts': '',
        'src/util.ts': '',
      },
      'src/app/one.ts',
    );
    expect(resolve('@app/one')).toBe('src/app/one.ts');
    expect(resolve('@app/two')).toBe('src/legacy/two.ts');
    expect(resolve('@app/core/three')).toBe('src/core/three/index.ts');
    expect(resolve('exact')).toBe('src/app/one.ts');
    expect(resolve('util')).toBe('src/util.ts');
    expect(resolve('fs')).toBe('builtin fs');
  });

  it('takes several parents in order, a package of the code base, and ${configDir}', () => {
    const resolve = resolving(
      {
        'config/package.json': { name: '@acme/tsconfig' },
        'config/base.json': { compilerOptions: { paths: { '~own/*': ['${configDir}/src/*'] } } },
        'config/late.json': { compilerOptions: { baseUrl: '.' } },
        'app/tsconfig.json': { extends: ['@acme/tsconfig/late.json', '@acme/tsconfig/base.json'] },
        'app/src/a.ts': '',
        'config/shared.ts': '',
      },
      'app/src/a.ts',
    );
    expect(resolve('~own/a')).toBe('app/src/a.ts');
    expect(resolve('shared')).toBe('config/shared.ts');
  });

  it('uses the configuration that includes the file, also through references', () => {
    const texts = {
      'tsconfig.json': { files: [], references: [{ path: './tsconfig.app.json' }, { path: './server' }] },
      'tsconfig.app.json': { compilerOptions: { paths: { '@/*': ['./web/*'] } }, include: ['web'] },
      'server/tsconfig.json': { compilerOptions: { paths: { '@/*': ['./lib/*'] } } },
      'web/[id]/x.ts': '',
      'web/y.ts': '',
      'server/a.ts': '',
      'server/lib/y.ts': '',
    };
    const workspace = open(texts);
    expect(short(workspace.resolve('web/[id]/x.ts', '@/y'))).toBe('web/y.ts');
    expect(short(workspace.resolve('server/a.ts', '@/y'))).toBe('server/lib/y.ts');
  });

  it('gives files that are excluded the paths of the nearest configuration', () => {
    const workspace = open({
      'tsconfig.json': {
        compilerOptions: { paths: { '@x/*': ['./src/*'] } },
        include: ['src'],
        exclude: ['**/*.test.ts'],
      },
      'src/a.ts': '',
      'src/a.test.ts': '',
      'scripts/b.ts': '',
    });
    expect(short(workspace.resolve('src/a.test.ts', '@x/a'))).toBe('src/a.ts');
    expect(short(workspace.resolve('scripts/b.ts', '@x/a'))).toBe('src/a.ts');
  });

  it('reports a missing or circular extends and broken JSON with the line, and goes on', () => {
    const workspace = open({
      'a/tsconfig.json': '{\n  "extends": "../none.json",\n  "compilerOptions": { "paths": { "x": ["./x.ts"] } }\n}',
      'a/x.ts': '',
      'b/tsconfig.json': '{ "extends": "./tsconfig.2.json" }',
      'b/tsconfig.2.json': '{ "extends": "./tsconfig.json" }',
      'c/tsconfig.json': '{\n  "compilerOptions": {\n    oops\n  }\n}',
      'd/tsconfig.json': '{ "extends": "@tsconfig/node20/tsconfig.json" }',
      'e/tsconfig.json': '{ "extends": "./.nuxt/tsconfig.json" }',
      'f/jsconfig.json': '['.repeat(5000),
    });
    expect(short(workspace.resolve('a/x.ts', 'x'))).toBe('a/x.ts');
    expect(workspace.unanalysed.map((item) => `${item.path}:${item.line ?? '-'} ${item.kind}`)).toEqual([
      'a/tsconfig.json:2 failed',
      'b/tsconfig.2.json:1 failed',
      'b/tsconfig.json:1 failed',
      'c/tsconfig.json:3 failed',
      'd/tsconfig.json:1 note',
      'e/tsconfig.json:1 note',
      'f/jsconfig.json:1 failed',
    ]);
  });

  it('falls back on the aliases that bundlers share', () => {
    const workspace = open({
      'web/package.json': { dependencies: {} },
      'web/src/lib/a.ts': '',
      'web/src/b.ts': '',
      'package.json': {},
    });
    const resolve = (specifier: string): string => short(workspace.resolve('web/src/b.ts', specifier));
    expect(resolve('@/lib/a')).toBe('web/src/lib/a.ts');
    expect(resolve('~/b')).toBe('web/src/b.ts');
    expect(resolve('$lib/a')).toBe('web/src/lib/a.ts');
    expect(resolve('src/b')).toBe('web/src/b.ts');
    expect(resolve('/src/b.ts')).toBe('web/src/b.ts');
  });
});

describe('workspaces', () => {
  const packages = {
    'packages/llm/package.json': {
      name: '@acme/llm',
      exports: {
        '.': { types: './dist/index.d.ts', import: './dist/esm/index.js' },
        './clients/*': './dist/clients/*.js',
        './raw': { '@acme/source': './src/raw-source.ts', default: './dist/raw.js' },
      },
    },
    'packages/llm/src/index.ts': '',
    'packages/llm/src/clients/openai.ts': '',
    'packages/llm/src/raw-source.ts': '',
    'packages/log/package.json': { name: '@acme/log', main: 'lib/index.js', dependencies: { '@acme/llm': '*' } },
    'packages/log/src/index.ts': '',
    'packages/log/src/pino.ts': '',
    'apps/web/package.json': { name: 'web', dependencies: { '@acme/llm': 'workspace:*', '@acme/log': '^1.0.0' } },
    'apps/web/a.ts': '',
  };

  it.each([
    ['npm and yarn', { 'package.json': { workspaces: ['packages/*', 'apps/*'] } }],
    ['yarn, long form', { 'package.json': { workspaces: { packages: ['packages/**', 'apps/*'] } } }],
    ['pnpm', { 'pnpm-workspace.yaml': 'packages:\n  - "packages/*"\n  - apps/*\n  - "!**/test/**"\n' }],
    ['lerna', { 'lerna.json': { packages: ['packages/*', 'apps/*'] } }],
    ['rush', { 'rush.json': { projects: ['llm', 'log'].map((name) => ({ projectFolder: `packages/${name}` })) } }],
  ])('resolves by package name to source: %s', (_name, root) => {
    const resolve = resolving({ ...packages, ...root }, 'apps/web/a.ts');
    expect(resolve('@acme/llm')).toBe('packages/llm/src/index.ts');
    expect(resolve('@acme/llm/clients/openai')).toBe('packages/llm/src/clients/openai.ts');
    expect(resolve('@acme/llm/raw')).toBe('packages/llm/src/raw-source.ts');
    expect(resolve('@acme/log')).toBe('packages/log/src/index.ts');
    expect(resolve('@acme/log/pino')).toBe('packages/log/src/pino.ts');
    expect(resolve('@acme/log/none')).toBe('missing');
  });

  it('follows file: and link: ranges, the own name, and outDir', () => {
    const workspace = open({
      'a/package.json': { name: 'a', main: './compiled/main.js', dependencies: { b: 'file:../b', c: 'link:../gone' } },
      'a/tsconfig.json': { compilerOptions: { outDir: 'compiled', rootDir: 'source' } },
      'a/source/main.ts': '',
      'b/package.json': { name: 'other-name', module: 'dist/index.mjs' },
      'b/src/index.mts': '',
    });
    expect(short(workspace.resolve('a/source/main.ts', 'b'))).toBe('b/src/index.mts');
    expect(short(workspace.resolve('a/source/main.ts', 'a'))).toBe('a/source/main.ts');
    expect(short(workspace.resolve('a/source/main.ts', 'c'))).toBe('package c -');
  });

  it('links members of a workspace by name where a file: range leads nowhere, and nobody else', () => {
    const workspace = open({
      'package.json': { workspaces: ['packages/api', 'packages/core'] },
      'packages/core/package.json': { name: '@acme/core', exports: { './*': './dist/*.js' } },
      'packages/core/src/queue.ts': '',
      'packages/tool/package.json': { name: '@acme/tool', main: 'index.ts' },
      'packages/tool/index.ts': '',
      'packages/api/package.json': {
        dependencies: { '@acme/core': 'file:packages/core', '@acme/tool': 'file:packages/tool' },
      },
      'packages/api/src/a.ts': '',
    });
    expect(short(workspace.resolve('packages/api/src/a.ts', '@acme/core/queue'))).toBe('packages/core/src/queue.ts');
    expect(short(workspace.resolve('packages/api/src/a.ts', '@acme/tool'))).toMatch(/^package @acme\/tool/);
  });

  it('does not let a folder that calls itself openai stand in for the package', () => {
    const workspace = open({
      'package.json': { dependencies: { openai: '^4' } },
      'stubs/package.json': { name: 'openai', main: 'index.js' },
      'stubs/index.js': '',
      'a.ts': '',
    });
    expect(short(workspace.resolve('a.ts', 'openai'))).toBe('package openai ^4');
  });

  it('survives packages that depend on each other and on themselves', () => {
    const workspace = open({
      'package.json': { workspaces: ['p/*'] },
      'p/a/package.json': { name: 'a', main: '.', exports: './', dependencies: { b: '*' } },
      'p/b/package.json': { name: 'b', imports: { '#b': '#b', '#c': 'a' }, dependencies: { a: '*', b: '*' } },
      'p/b/index.ts': '',
    });
    expect(short(workspace.resolve('p/b/index.ts', 'a'))).toBe('missing');
    expect(short(workspace.resolve('p/b/index.ts', '#b'))).toBe('missing');
    expect(short(workspace.resolve('p/b/index.ts', '#c'))).toBe('missing');
    expect(short(workspace.resolve('p/b/index.ts', 'b'))).toBe('p/b/index.ts');
  });

  it('resolves # imports with conditions and patterns', () => {
    const resolve = resolving(
      {
        'package.json': {
          imports: {
            '#db': { node: './dist/db.node.js', default: './dist/db.js' },
            '#lib/*': './src/lib/*.js',
            '#ai': 'openai',
          },
        },
        'src/db.node.ts': '',
        'src/lib/x.ts': '',
      },
      'src/lib/x.ts',
    );
    expect(resolve('#db')).toBe('src/db.node.ts');
    expect(resolve('#lib/x')).toBe('src/lib/x.ts');
    expect(resolve('#ai')).toBe('package openai -');
  });

  it('lists entries: main, bin, exports and what scripts load', () => {
    const workspace = open({
      'package.json': {
        name: 'svc',
        type: 'module',
        main: 'dist/index.js',
        bin: { svc: './dist/cli.js' },
        exports: { './worker': { types: './dist/worker.d.ts', default: './dist/worker.js' } },
        scripts: { start: 'node --import ./instrument.mjs -r ./pre.cjs dist/server.js && tsx src/jobs.ts' },
      },
      'src/index.ts': '',
      'src/cli.ts': '',
      'src/worker.ts': '',
      'src/server.ts': '',
      'src/jobs.ts': '',
      'src/other.ts': '',
      'instrument.mjs': '',
      'pre.cjs': '',
    });
    expect(workspace.packageOf('src/other.ts')).toMatchObject({
      name: 'svc',
      dir: '',
      type: 'module',
      entries: [
        'instrument.mjs',
        'pre.cjs',
        'src/cli.ts',
        'src/index.ts',
        'src/jobs.ts',
        'src/server.ts',
        'src/worker.ts',
      ],
    });
  });

  it('reports broken package.json and pnpm-workspace.yaml', () => {
    const workspace = open({
      'package.json': '{\n  "name": "x",\n  oops }',
      'pnpm-workspace.yaml': 'packages:\n  - "a\n',
      'tpl/package.json': '{ "name": {{name}} }',
      'odd/package.json':
        '{ "name": 1, "dependencies": [], "exports": {"a": 5}, "workspaces": {"packages": 3}, "scripts": null }',
    });
    expect(workspace.unanalysed.map((item) => `${item.path}:${item.line ?? '-'} ${item.kind}`)).toEqual([
      'package.json:3 failed',
      'pnpm-workspace.yaml:3 failed',
      'tpl/package.json:1 note',
    ]);
    expect(workspace.packageOf('odd/x.ts')).toMatchObject({ name: null, dir: 'odd', entries: [] });
  });
});

describe('Deno', () => {
  it('applies the import maps of deno.json and import_map.json, nearest first', () => {
    const workspace = open({
      'supabase/functions/import_map.json': {
        imports: { openai: 'npm:openai@4.2.0', 'std/': 'https://deno.land/std@0.2.0/' },
      },
      'supabase/functions/summarise/deno.jsonc':
        '{ "imports": { "@shared/": "../_shared/", "ai": "npm:@ai-sdk/openai@1" } }',
      'supabase/functions/summarise/index.ts': '',
      'supabase/functions/_shared/client.ts': '',
      'deno.json': { importMap: './maps/all.json' },
      'maps/all.json': { imports: { zod: 'jsr:@zod/zod@4' } },
    });
    const resolve = (specifier: string): string =>
      short(workspace.resolve('supabase/functions/summarise/index.ts', specifier));
    expect(resolve('openai')).toBe('package openai 4.2.0');
    expect(resolve('openai/uploads')).toBe('package openai/uploads 4.2.0');
    expect(resolve('std/http/server.ts')).toBe('package @std/http/server 0.2.0');
    expect(resolve('@shared/client.ts')).toBe('supabase/functions/_shared/client.ts');
    expect(resolve('ai')).toBe('package @ai-sdk/openai 1');
    expect(resolve('zod')).toBe('package @zod/zod 4');
  });
});
