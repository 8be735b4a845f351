import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Span, Variant } from './ir.js';
import { lowerFile } from './lower.js';
import { numbered, type NumberedFacts } from './numbered.js';

/** Everything under the names that hold positions, wherever it stands. */
function spansIn(value: unknown, found: Span[] = []): Span[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'span') found.push(inner as Span);
    else if (key === 'spans' || key === 'argSpans') found.push(...(inner as Span[]));
    else spansIn(inner, found);
  }
  return found;
}

function programs(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
    .map((name) => path.join(folder, name));
}

const lower = (text: string, variant: Variant = 'tsx'): NumberedFacts => numbered(lowerFile(text, variant));
const code = (text: string): unknown => lower(text).code;

describe('ordinals', () => {
  it('lead back to every position of every fixture, in its order', () => {
    const files = ['fixtures/flow', 'fixtures/clinic', 'fixtures/rules'].flatMap(programs);
    expect(files.length).toBeGreaterThan(300);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const variant = /\.[cm]?ts$/.test(file) ? 'ts' : 'tsx';
      const { facts, offsets } = lower(text, variant);
      const before = spansIn(lowerFile(text, variant));
      const back = spansIn(facts).map(([start, end]) => [offsets[start], offsets[end]]);
      expect(back, file).toEqual(before);
    }
  });

  it('keep what stands in what', () => {
    const text = 'f(a, `x${b}${c}`)`t`; class K { @d() m(x: { y: string }): Promise<{ z: 1 }> { return g(x)(y)[0]; } }';
    const before = spansIn(lowerFile(text, 'ts'));
    const after = spansIn(lower(text, 'ts').facts);
    const inside = (a: Span, b: Span): boolean => a[0] >= b[0] && a[1] <= b[1];
    const ahead = (a: Span, b: Span): boolean => a[1] <= b[0];
    for (let i = 0; i < before.length; i++)
      for (let j = 0; j < before.length; j++) {
        expect(inside(after[i]!, after[j]!)).toBe(inside(before[i]!, before[j]!));
        expect(ahead(after[i]!, after[j]!)).toBe(ahead(before[i]!, before[j]!));
      }
  });

  const TEXT = `import OpenAI from 'openai';
const openai = new OpenAI();
/** @param {string} a */
export async function send(a: { name: string }, ...rest: string[]): Promise<void> {
  const {name} = a;
  if (name) await openai.responses.create({ model: 'm', input: [\`\${name}\${a.name}\`, ...rest] });
  return;
}
export const View = (p: { name: string }) => <b title={p.name}>{p.name}</b>;
`;

  it('do not change with comments, lines and layout', () => {
    const same = [
      `// a file\n\n${TEXT}`,
      `${TEXT}// the end`,
      `${TEXT}\n\n`,
      TEXT.replaceAll('\n', '\r\n'),
      TEXT.replaceAll('  ', '\t'),
      TEXT.replace('{name}', '{ name }').replace('(a:', '(\n  a:'),
      TEXT.replace('const openai', '/* the client */ const openai'),
      TEXT.replace('  return;', '  // phitrace-ignore-next-line phi-in-url -- no reason\n  return;'),
      TEXT.replace('`${name}', '` ${name}').replace('` ${name}', '`${ name /* whose */ }'),
    ];
    for (const text of same) expect(code(text), text).toEqual(code(TEXT));
  });

  it('change with anything else', () => {
    const other = [
      TEXT.replace("'m'", "'n'"),
      TEXT.replace('`${name}', '` ${name}'),
      TEXT.replace('if (name) ', ''),
      TEXT.replace('string[]', 'number[]'),
      TEXT.replace('View', 'Sight'),
      TEXT.replace('<b title', '<b  title').replace('{p.name}</b>', 'x {p.name}</b>'),
      `${TEXT}export {};let y = 1;`,
    ];
    for (const text of other) expect(code(text), text).not.toEqual(code(TEXT));
  });

  it('stay within a text that is broken or empty', () => {
    for (const text of ['', '(', '`${', '<a', 'class {', "import '", '/* ', 'function f(', '\ufeff', 'x\u2028y(']) {
      const { facts, offsets } = lower(text);
      for (const span of spansIn(facts)) for (const at of span) expect(offsets[at]).toBeLessThanOrEqual(text.length);
      expect(spansIn(facts).map(([a, b]) => [offsets[a], offsets[b]])).toEqual(spansIn(lowerFile(text, 'tsx')));
    }
  });
});
