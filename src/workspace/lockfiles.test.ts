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

describe('versions', () => {
  const manifest = { dependencies: { '@sentry/node': '^9.0.0', openai: 'catalog:', local: 'workspace:*' } };
  it.each([
    [
      'package-lock.json',
      {
        packages: {
          'node_modules/@sentry/node': { version: '9.47.2' },
          'app/node_modules/openai': { version: '4.1.0' },
        },
      },
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies: {}\n\n  app:\n    dependencies:\n      '@sentry/node':\n        specifier: ^9.0.0\n        version: 9.47.2(react@18.2.0)\n      openai:\n        specifier: 'catalog:'\n        version: 4.1.0\n      local:\n        specifier: workspace:*\n        version: link:../local\n\npackages:\n\n  openai@9.9.9: {}\n",
    ],
    [
      'yarn.lock',
      '# yarn\n"@sentry/node@^8.0.0":\n  version "8.0.0"\n\n"@sentry/node@^9.0.0", "@sentry/node@^9.1.0":\n  version "9.47.2"\n\nopenai@^4:\n  version "4.1.0"\n',
    ],
    [
      'yarn.lock',
      '__metadata:\n  version: 8\n\n"@sentry/node@npm:^9.0.0":\n  version: 9.47.2\n\n"openai@npm:^4":\n  version: 4.1.0\n',
    ],
    [
      'bun.lock',
      '{ "packages": {\n    "@sentry/node": ["@sentry/node@9.47.2", "", {}],\n    "openai": ["openai@4.1.0", ""],\n  }}',
    ],
  ])('come from %s', (file, lock) => {
    const workspace = open({
      'package.json': { workspaces: ['app'] },
      'pnpm-workspace.yaml': 'packages: [app]\ncatalog:\n  openai: ^4\n',
      'app/package.json': manifest,
      'app/a.ts': '',
      [file]: lock,
    });
    expect(workspace.versionOf('app/a.ts', '@sentry/node')).toBe('9.47.2');
    expect(workspace.versionOf('app/a.ts', 'openai')).toBe('4.1.0');
    expect(workspace.versionOf('app/a.ts', 'local')).toBeNull();
    expect(workspace.versionOf('app/a.ts', 'unheard-of')).toBeNull();
    expect(short(workspace.resolve('app/a.ts', '@sentry/node'))).toBe('package @sentry/node 9.47.2');
  });

  it('are the declared range without a lock file, the nearest package first, catalogs looked up', () => {
    const workspace = open({
      'package.json': { dependencies: { openai: '^3', zod: '~3.1' } },
      'pnpm-workspace.yaml': 'packages: [app]\ncatalogs:\n  ai:\n    openai: ^4\n',
      'app/package.json': { dependencies: { openai: 'catalog:ai', git: 'github:a/b' } },
      'package-lock.json': '{ broken',
    });
    expect(workspace.versionOf('app/a.ts', 'openai')).toBe('^4');
    expect(workspace.versionOf('app/a.ts', 'zod')).toBe('~3.1');
    expect(workspace.versionOf('app/a.ts', 'git')).toBeNull();
    expect(workspace.packageOf('app/a.ts')?.dependencies['openai']).toBe('^4');
  });
});
