import { describe, expect, it } from 'vitest';
import { globMatcher } from './glob.js';

describe('globMatcher', () => {
  it.each([
    ['packages/*', 'packages/a', true],
    ['packages/*', 'packages/a/b', false],
    ['packages/**', 'packages/a/b', true],
    ['**/x.ts', 'x.ts', true],
    ['**/x.ts', 'a/b/x.ts', true],
    ['src/**/*', 'src/[id]/(group)/a.ts', true],
    ['src/**/*.t?', 'src/a/b.ts', true],
    ['src/**/test/*', 'src/a/test/b/test/c', true],
    ['src', 'src', true],
    ['src', 'source', false],
    ['{apps,libs}/*', 'libs/a', true],
    ['a*b*c', 'aXbYbc', true],
    ['a*b*c', 'aXbYcd', false],
    ['*', '.hidden', true],
  ])('%s on %s', (pattern, path, expected) => expect(globMatcher([pattern])(path)).toBe(expected));

  it('takes hostile patterns in its stride', () => {
    const matches = globMatcher(['*a'.repeat(500) + 'b', '**/*a/'.repeat(500) + 'b', '{a,b}'.repeat(40)]);
    expect(matches('a'.repeat(2000))).toBe(false);
    expect(matches('a/'.repeat(1000))).toBe(false);
  });
});
