import { describe, expect, it } from 'vitest';
import { openWorkspace } from './open.js';
import { overlaySource } from './overlay-source.js';

/** Texts of about a megabyte, each made to make a careless reader slow; together they must be read in no time. */
const MEGA = 1_000_000;
/** YAML has a bound of its own; its parser is linear but not fast. */
const YAML = 200_000;

describe('hostile texts', () => {
  it.each([
    ['main.tf', '\n'.repeat(MEGA)],
    ['main.tf', `environment ${' '.repeat(MEGA)}x`],
    ['main.tf', `name = "X"${' '.repeat(MEGA)}x`],
    ['main.tf', 'environment {'.repeat(MEGA / 13)],
    ['Dockerfile', `ENV ${'a'.repeat(MEGA)}`],
    ['Dockerfile', 'ENV a \\\n'.repeat(MEGA / 8)],
    ['.env', `A=${'${A-'.repeat(MEGA / 4)}`],
    ['.env', `A="${'\n'.repeat(MEGA)}`],
    ['.env', `A=${'x'.repeat(60_000)}\nB=${'$A'.repeat(30_000)}`],
    ['.env', 'A="\n'.repeat(MEGA / 4)],
    ['.env', Array.from({ length: 4000 }, (_, index) => `A${index}=$A${index + 1}$A${index + 1}`).join('\n')],
    ['wrangler.toml', '[a]\n'.repeat(MEGA / 4)],
    ['wrangler.toml', Array.from({ length: 90_000 }, (_, index) => `[a${index}]`).join('\n')],
    ['wrangler.toml', `a = {${'b=1,'.repeat(MEGA / 4)}}`],
    ['tsconfig.json', '/*'.repeat(MEGA / 2)],
    ['tsconfig.json', '{"a":'.repeat(MEGA / 5)],
    ['package.json', `{"scripts":{"a":"${'A=1 '.repeat(MEGA / 4)}"}}`],
    ['yarn.lock', `a@1:\n  version "${'1'.repeat(MEGA)}"`],
    ['schema.prisma', `model A {\n${'a '.repeat(MEGA / 2)}\n}`],
    ['docker-compose.yml', 'a:\n'.repeat(YAML / 3)],
    ['docker-compose.yml', `a: ${'*b '.repeat(YAML / 3)}`],
    [
      'docker-compose.yml',
      Array.from({ length: 3000 }, (_, index) => `${' '.repeat(index % 300)}a${index}:`).join('\n'),
    ],
    ['k8s/a.yaml', `kind: Pod\na: ${'{a: '.repeat(YAML / 4)}`],
    ['a.ts', '/*'.repeat(4096)],
    ['a.ts', `// @generated${' '.repeat(8000)}`],
  ])('%s', (path, text) => {
    const texts = new Map([
      [path, text],
      ['b.ts', ''],
    ]);
    const start = performance.now();
    const workspace = openWorkspace('/x', { source: overlaySource(null, texts) });
    workspace.resolve('b.ts', 'openai');
    void [workspace.envNames(), workspace.unanalysed, workspace.prisma, workspace.platforms];
    expect(performance.now() - start).toBeLessThan(10_000); // a quadratic reader takes minutes
  });
});
