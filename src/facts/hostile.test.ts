import { describe, expect, it } from 'vitest';
import type { FileFacts, Variant } from './ir.js';
import { lowerFile } from './lower.js';
import { printFacts } from './print.js';
import { verifyFacts } from './verify.js';

function lower(text: string, variant: Variant = 'ts'): FileFacts {
  const facts = lowerFile(text, variant);
  expect(verifyFacts(facts)).toEqual([]);
  expect(facts.skipped.filter((s) => s.reason.startsWith('internal'))).toEqual([]);
  expect(JSON.parse(JSON.stringify(facts))).toBeTruthy();
  printFacts(facts);
  return facts;
}

const MANY = 10_000;

describe('long chains are lowered whole', () => {
  const chains: Record<string, string> = {
    sum: `x = ${'a + '.repeat(MANY)}b`,
    'sum and difference': `x = ${'a - b + '.repeat(MANY)}c`,
    product: `x = ${'a * '.repeat(MANY)}b`,
    comma: `x = (${'a, '.repeat(MANY)}b)`,
    and: `if (${'a && '.repeat(MANY)}b) {}`,
    nullish: `x = ${'a ?? '.repeat(MANY)}b`,
    members: `x = a${'.b'.repeat(MANY)}`,
    calls: `x = a${'.b()'.repeat(MANY)}`,
    tags: `x = a${'``'.repeat(MANY)}`,
    'else if': `${'if (a) b(); else '.repeat(1000)}c()`,
    statements: 'if (a) b();'.repeat(MANY),
    'many joins': `function f() { let x; ${'if (a) x = b;'.repeat(MANY)} return x; }`,
    'many returns through finally': `function f() { try { ${'if (a) return b;'.repeat(1000)} } finally { c(); } }`,
  };
  for (const [name, text] of Object.entries(chains))
    it(name, () => {
      expect(lower(text).skipped).toEqual([]);
    });
});

describe('deep nesting is bounded and said', () => {
  const nest = (open: string, inner: string, close: string, n = 2000): string =>
    open.repeat(n) + inner + close.repeat(n);
  const deep: Record<string, string> = {
    arrays: `x = ${nest('[', '', ']')}`,
    objects: `x = ${nest('{ a: ', '1', '}')}`,
    calls: `x = ${nest('f(', '1', ')')}`,
    parentheses: `x = ${nest('(', '1', ')')}`,
    arrows: `x = ${nest('a => ', '1', '')}`,
    ternaries: `x = ${nest('a ? b : ', 'c', '', 400)}`,
    blocks: nest('{', '', '}'),
    loops: nest('while (a) ', 'b();', ''),
    functions: nest('function f() {', '', '}'),
    classes: `x = ${nest('class extends ', 'A', '{}')}`,
    patterns: `let ${nest('[', 'a', ']')} = b`,
    'assignment patterns': `${nest('[', 'a', ']')} = b`,
    types: `let x: ${nest('A<', 'B', '>')}`,
    templates: `x = ${nest('`${', 'a', '}`')}`,
    prefixes: `x = ${nest('!', 'a', '')}`,
    casts: `x = a${' as any'.repeat(2000)}`,
    'finally in finally': nest('try { a(); } finally {', '', '}', 30),
    'try in try': nest('try {', 'a();', '} finally { b(); }', 30),
  };
  for (const [name, text] of Object.entries(deep))
    it(name, () => {
      lower(text);
    });

  it('elements nested in elements', () => {
    lower(nest('<a>', '', '</a>'), 'tsx');
  });

  it('what is cut is listed with its place, the rest is lowered', () => {
    const facts = lower(`const before = 1; x = ${nest('!', 'a', '', 600)}; function after() {}`);
    expect(facts.skipped).toHaveLength(1);
    expect(facts.skipped[0]!.reason).toBe('nested too deeply');
    expect(facts.functions.map((f) => f.name)).toEqual(['<module>', 'after']);
  });

  it('copies of finally in finally are bounded', () => {
    const facts = lower(`function f() { ${nest('try { a(); } finally {', 'b();', '}', 30)} }`);
    expect(facts.functions[1]!.blocks.length).toBeLessThan(2000);
  });
});

describe('bounds', () => {
  it('a huge function is left out, its neighbours stay', () => {
    const facts = lower(`function huge() { ${'a();'.repeat(120_000)} } function small() { b(); }`);
    expect(facts.skipped.map((s) => s.reason)).toEqual(['more than 200000 instructions']);
    expect(facts.functions[1]!.blocks).toEqual([{ preds: [], instrs: [], term: { t: 'stop' }, handler: -1 }]);
    expect(facts.functions[2]!.blocks[0]!.instrs).toHaveLength(2);
  });

  it('syntax errors are listed and the rest is lowered', () => {
    const facts = lower('function f() { return x. }\nconst a = ;\nexport const b = g(');
    expect(facts.syntaxErrors.length).toBeGreaterThan(0);
    expect(facts.exports).toContainEqual({ kind: 'local', name: 'b', var: 'b' });
  });

  for (const text of [
    '',
    '\0\0',
    '\uFEFFconst a = 1',
    '#!/usr/bin/env node\na()',
    '}{)('.repeat(100),
    '/* open',
    '`open',
    "'",
  ])
    it(`survives ${JSON.stringify(text.slice(0, 20))}`, () => {
      lower(text);
      lower(text, 'jsx');
    });

  it('a name may be anything', () => {
    const facts = lower(
      'const __proto__ = 1, constructor = 2, __x = 3; g(__proto__, constructor, __x, hasOwnProperty);',
    );
    expect(facts.functions[0]!.shared.map((s) => s.name)).toEqual(['__proto__', 'constructor', '__x']);
  });
});
