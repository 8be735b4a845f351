import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileFacts, Instr, Span, Variant } from './ir.js';
import { lowerFile } from './lower.js';
import { verifyFacts } from './verify.js';

function calls(facts: FileFacts): Extract<Instr, { op: 'call' }>[] {
  return facts.functions.flatMap((f) => f.blocks.flatMap((b) => b.instrs)).filter((i) => i.op === 'call');
}

describe('spans', () => {
  const at = (text: string, span: Span): string => text.slice(...span);

  it('a call goes from its callee to its closing parenthesis', () => {
    const text =
      'async () => { /* c */ await  a . b?.( 1 , ...x )  ; new  C ( { k } ) ; new D; (f)(); `t`; tag `x${1}`; }';
    expect(calls(lowerFile(text, 'ts')).map((c) => [at(text, c.span), ...c.argSpans.map((s) => at(text, s))])).toEqual([
      ['a . b?.( 1 , ...x )', '1', '...x'],
      ['C ( { k } )', '{ k }'],
      ['D'],
      ['(f)()'],
      ['tag `x${1}`', '`x${1}`', '1'],
    ]);
  });

  it('members, properties, patterns and returns know their place', () => {
    const text = 'function f({ a: { b } }) { const o = { k: b.c, ...b }; return o.k; }';
    const f = lowerFile(text, 'ts').functions[1]!;
    const [block] = f.blocks;
    const spans = block!.instrs.flatMap((i) => ('span' in i && i.span !== undefined ? [[i.op, at(text, i.span)]] : []));
    expect(spans).toEqual([
      ['load', 'a: { b }'],
      ['load', 'b'],
      ['load', 'b.c'],
      ['object', '{ k: b.c, ...b }'],
      ['load', 'o.k'],
    ]);
    const object = block!.instrs.find((i) => i.op === 'object');
    expect(object!.spans.map((s) => at(text, s))).toEqual(['k: b.c', '...b']);
    expect(block!.term.t === 'return' && at(text, block!.term.span)).toBe('return o.k;');
    expect(at(text, f.span)).toBe(text.slice('function '.length));
    expect(at(text, f.params[0]!.span)).toBe('{ a: { b } }');
  });

  it('lines start where the parser says', () => {
    expect(lowerFile('a\r\nb\nc', 'ts').lineStarts).toEqual([0, 3, 5]);
  });
});

describe('names', () => {
  const names = (text: string, variant: Variant = 'ts'): string[] =>
    lowerFile(text, variant)
      .functions.map((f) => f.name)
      .slice(1);

  it('variables, properties and classes name their functions', () => {
    expect(
      names(`
        const f = () => {}; let g; g = function () {}; const api = { send() {}, deep: { x: () => {} } };
        obj.handler = () => {}; Foo.prototype.bar = function () {};
        class Chart { summarise() { const inner = () => {}; } load = async () => {}; static { (() => {})(); } }
      `),
    ).toEqual([
      'f',
      'g',
      'api.send',
      'api.deep.x',
      'obj.handler',
      'Foo.prototype.bar',
      'Chart.summarise',
      'Chart.summarise.inner',
      'Chart.<fields>',
      'Chart.load',
      'Chart.<static>',
      'Chart.<static>.<callback 1>',
    ]);
  });

  it('callbacks count within the function around them', () => {
    expect(names('app.get("/", (req) => { a(() => 1); b(() => 2, { on() {} }); }); c(function named() {});')).toEqual([
      '<callback 1>',
      '<callback 1>.<callback 1>',
      '<callback 1>.<callback 2>',
      '<callback 1>.on',
      'named',
    ]);
  });

  it('defaults and exports name their functions', () => {
    expect(names('export default () => {}; function f(cb = () => {}) { const { g = () => {} } = x; }')).toEqual([
      'default',
      'f',
      'f.cb',
      'f.g',
    ]);
    expect(names('module.exports = { a() {} }; exports.b = () => {};', 'js')).toEqual(['a', 'b']);
  });
});

describe('comments', () => {
  const comments = (text: string): string[] => lowerFile(text, 'tsx').comments.map((c) => c.text);

  it('keeps those that address the tool', () => {
    expect(
      comments(`
        // phitrace-ignore-next-line phi: reason
        a(); // phitrace-expect x
        /* phitrace-one */ b(/* phitrace-two
          lines */); // another
        const s = "// phitrace-no", t = \`/* phitrace-no \${1 /* phitrace-three */} */\`, u = 'http://x'; // phitrace-four
        const j = <p title="// phitrace-no">// phitrace-no {/* phitrace-five */}</p>;
      `),
    ).toEqual([
      'phitrace-ignore-next-line phi: reason',
      'phitrace-expect x',
      'phitrace-one',
      'phitrace-two\n          lines',
      'phitrace-three',
      'phitrace-four',
      'phitrace-five',
    ]);
  });

  it('takes no start of a comment for one where it stands in another', () => {
    const globs = '// all of src/* and lib/**\n// phitrace-a\na();\n/* not // the end */ // phitrace-b\n';
    expect(comments(globs)).toEqual(['phitrace-a', 'phitrace-b']);
  });

  it('knows their place', () => {
    const text = 'a();\n// phitrace-x\n';
    expect(lowerFile(text, 'ts').comments).toEqual([{ text: 'phitrace-x', span: [5, 18] }]);
  });
});

describe('facts', () => {
  it('are the same for the same text, and survive JSON', () => {
    const text = readFileSync(new URL('./bind.ts', import.meta.url), 'utf8');
    const facts = lowerFile(text, 'ts');
    expect(lowerFile(text, 'ts')).toEqual(facts);
    const again = JSON.parse(JSON.stringify(facts)) as FileFacts;
    expect(JSON.stringify(again)).toBe(JSON.stringify(facts));
  });
});

describe('real code keeps every promise of the representation', () => {
  const root = new URL('../../node_modules/', import.meta.url).pathname;
  const variantOf = (name: string): Variant | null =>
    /\.[mc]?ts$/.test(name) ? 'ts' : /\.[mc]?jsx?$/.test(name) ? 'js' : name.endsWith('.tsx') ? 'tsx' : null;

  function* sources(folder: string): Generator<string> {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* sources(path);
      else if (variantOf(entry.name) !== null) yield path;
    }
  }

  for (const folder of [
    'commander',
    'yaml',
    'vitest/dist/chunks',
    'eslint/lib/rules',
    '@typescript-eslint/eslint-plugin/dist/rules',
    '@typescript-eslint/scope-manager',
    'ajv/lib',
    '../src',
  ])
    it(folder, () => {
      const wrong: string[] = [];
      let files = 0;
      for (const path of sources(join(root, folder))) {
        const facts = lowerFile(readFileSync(path, 'utf8'), variantOf(path)!);
        files++;
        for (const error of verifyFacts(facts)) wrong.push(`${path}: ${error}`);
        for (const s of facts.skipped) wrong.push(`${path}: skipped ${s.reason}`);
      }
      expect(wrong).toEqual([]);
      expect(files).toBeGreaterThan(0);
    });
});
