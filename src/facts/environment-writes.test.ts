import { describe, expect, it } from 'vitest';
import { environmentWrites } from './environment-writes.js';
import { lowerFile } from './lower.js';

const written = (text: string): readonly string[] =>
  environmentWrites(lowerFile(text, 'ts')).map((one) => `${one.name}=${one.value} at ${String(one.at)}`);

describe('variables that code sets', () => {
  it.each([
    [`process.env.TRACE = 'true';`, ['TRACE=true at 0']],
    [`process.env['TRACE'] = '1';`, ['TRACE=1 at 0']],
    [`export function start() { process.env.TRACE = 'on'; }`, ['TRACE=on at 26']],
    [`Deno.env.set('TRACE', 'true');`, ['TRACE=true at 0']],
  ])('%s', (text, expected) => {
    expect(written(text)).toEqual(expected);
  });

  it.each([
    `process.env.TRACE = wanted();`,
    `config.env.TRACE = 'true';`,
    `const on = process.env.TRACE === 'true';`,
    `function f(process: { env: Record<string, string> }) { process.env.TRACE = 'true'; }`,
    `Deno.env.get('TRACE');`,
  ])('not %s', (text) => {
    expect(written(text)).toEqual([]);
  });
});
