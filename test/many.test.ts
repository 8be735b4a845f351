/** Plain code that is merely long: the one leak stands at its end, after forty or four hundred harmless things. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeSync } from '../src/analyze.js';

const SEND = `import OpenAI from 'openai';
import type { Patient } from 'fhir/r4';
const send = (input: unknown) => new OpenAI().responses.create({ model: 'm', input: input as string });
`;

/** `n` lines, the last of which is another. */
const lines = (n: number, plain: (i: number) => string, last: string): string =>
  [...Array.from({ length: n - 1 }, (_, i) => plain(i)), last].join('\n');

const LONG: Readonly<Record<string, (n: number) => string>> = {
  'implementations of an interface': (n) => `interface I { run(p: Patient): unknown }
${lines(n, (i) => `export class C${i} implements I { run() { return ${i}; } }`, 'export class Z implements I { run(p: Patient) { return send(JSON.stringify(p)); } }')}
export class S { constructor(private readonly i: I) {} handle(p: Patient) { return this.i.run(p); } }`,
  'handlers in a registry': (n) => `const handlers: Record<string, (p: Patient) => unknown> = {
${lines(n, (i) => `h${i}: () => ${i},`, 'z: (p) => send(JSON.stringify(p)),')}
};
export function main(k: string, p: Patient) { return handlers[k]!(p); }`,
  'steps in an array': (n) => `const steps: ((p: Patient) => unknown)[] = [
${lines(n, (i) => `() => ${i},`, '(p) => send(JSON.stringify(p)),')}
];
export function main(p: Patient) { for (const s of steps) s(p); }`,
  parameters: (
    n,
  ) => `function f(${Array.from({ length: n }, (_, i) => `a${i}: unknown`).join(', ')}) { send(a${n - 1}); }
export function main(p: Patient) { f(${lines(n, (i) => `${i},`, 'JSON.stringify(p)')}); }`,
  'callers of one function': (n) => `function f(x: unknown) { return send(x); }
${lines(n, (i) => `export function g${i}() { return f(${i}); }`, 'export function z(p: Patient) { return f(JSON.stringify(p)); }')}`,
  'calls in one function': (n) => `export function main(p: Patient, k: number) {
${lines(n, (i) => `if (k === ${i}) send(p.birthDate);`, 'send(JSON.stringify(p));')}
}`,
  'lines of a prompt': (n) => `export function main(p: Patient) {
const prompt: string[] = [];
${lines(n, (i) => `prompt.push('rule ${i}');`, 'prompt.push(`${p.name?.[0]?.family}`);')}
send(prompt.join('\\n'));
}`,
  'terms of a text': (n) =>
    `export function main(p: Patient) { send(${lines(n, (i) => `'rule ${i}' +`, 'p.name?.[0]?.family')}); }`,
  'fields of an object': (n) =>
    `export function main(p: Patient) { send({ ${lines(n, (i) => `f${i}: ${i},`, 'z: p.name')} }); }`,
  'elements of an array': (n) =>
    `export function main(p: Patient) { send([ ${lines(n, (i) => `${i},`, 'p.name')} ]); }`,
  'cases of a switch': (n) => `export function main(p: Patient, k: number) {
let x: unknown;
switch (k) {
${lines(n, (i) => `case ${i}: x = ${i}; break;`, 'default: x = p.name;')}
}
send(x);
}`,
  'levels of classes': (n) => `class C0 { run(p: Patient) { return send(p.name); } }
${Array.from({ length: n }, (_, i) => `class C${i + 1} extends C${i} {}`).join('\n')}
export function main(p: Patient) { return new C${n}().run(p); }`,
  'members of a union': (n) => `type U =
${lines(n, (i) => `| { k: ${i}; v${i}: string }`, '| Patient')};
export function main(u: U) { return send(u); }`,
  'calls in a chain': (
    n,
  ) => `${lines(n, (i) => `function f${i}(x: unknown) { return f${i + 1}(x); }`, `function f${n - 1}(x: unknown) { return send(x); }`)}
export function main(p: Patient) { return f0(p.name); }`,
};

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'phitrace-many-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

function analysed(body: string): { readonly found: boolean; readonly said: boolean } {
  writeFileSync(path.join(dir, 'long.ts'), `${SEND}${body}\n`);
  const { findings } = analyzeSync({ dir, today: '2026-11-22' }).analysis;
  return {
    found: findings.some((f) => f.ruleId === 'phi-to-uncovered-vendor' && f.phi.some((p) => p.letter === 'A')),
    said: findings.some((f) => f.ruleId === 'unanalysed-file'),
  };
}

describe.each(Object.entries(LONG))('%s', (_name, of) => {
  it('forty: the leak is found', () => {
    expect(analysed(of(40))).toEqual({ found: true, said: false });
  });
  it('four hundred: the leak is found, or a bound is named', () => {
    const { found, said } = analysed(of(400));
    expect(found || said).toBe(true);
  });
});
