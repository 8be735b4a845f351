/**
 * Programs made to hurt: deep, long, wide. Each has PHI on its way through it to a vendor; phitrace finds that, or says
 * that it did not look there. It ends in time, and what stands beside is analysed.
 */
import { describe, expect, it } from 'vitest';
import { besideLeak, checkJson, gaps, LEAK_TOLD, OURS, told } from './command.js';

const SEND = `import OpenAI from 'openai';
interface Patient { ssn: string; birthDate: string }
const send = (input: unknown) => new OpenAI().responses.create({ model: 'm', input: input as string });
`;

const range = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
// On lines of their own: else it is minified code, which is not read at all.
const nested = (n: number, open: string, core: string, close: string): string =>
  `${open}\n`.repeat(n) + core + `${close}\n`.repeat(n);
const entry = (body: string): string => `${SEND}export function main(p: Patient) {\n${body}\n}\n`;

const BOMBS: Readonly<Record<string, string>> = {
  '10,000 nested parentheses': entry(`  send(${nested(10_000, '(', 'p.ssn', ')')});`),
  '10,000 nested arrays': entry(`  send(${nested(10_000, '[', 'p.ssn', ']')});`),
  '10,000 nested objects': entry(`  send(${nested(10_000, '{ a: ', 'p.ssn', ' }')});`),
  '10,000 nested calls': entry(`  send(${nested(10_000, 'String(', 'p.ssn', ')')});`),
  '3,000 nested arrow functions': entry(`  send(${nested(3_000, '(() => ', 'p.ssn', ')()')});`),
  '3,000 nested templates': entry(`  send(${nested(3_000, '`${', 'p.ssn', '}`')});`),
  '3,000 nested conditions': entry(
    `  send(${range(3_000, (i) => `p.birthDate === '${i}' ? '${i}' :\n`).join('')}p.ssn);`,
  ),
  '5,000 nested blocks': entry(`${nested(5_000, 'if (p.birthDate) {', 'send(p.ssn);', '}')}`),
  '500 nested loops': entry(`let x = '';\n${nested(500, 'for (const c of p.ssn) {', 'x += c;', '}')}\nsend(x);`),
  '5,000 terms in a concatenation': entry(`  send(${range(5_000, (i) => `'${i}'`).join('\n + ')} + p.ssn);`),
  '5,000 terms of PHI in a concatenation': entry(`  send(${range(5_000, () => 'p.ssn').join('\n + ')});`),
  '5,000 links in a chain of calls': entry(`  send(p.ssn${'\n.trim()'.repeat(5_000)});`),
  '5,000 links in a chain of properties': `${SEND}export function main(p: any, q: Patient) {\n  send(p${'\n.a'.repeat(5_000)} + q.ssn);\n}\n`,
  '20,000 assignments to one variable': entry(
    `let x = '';\n${range(20_000, () => 'x = x + p.ssn;').join('\n')}\nsend(x);`,
  ),
  '20,000 fields of one object': entry(
    `send({\n${range(20_000, (i) => `f${i}: ${i === 777 ? 'p.ssn' : i},`).join('\n')}\n});`,
  ),
  '20,000 elements of one array': entry(
    `send([\n${range(20_000, (i) => (i === 777 ? 'p.ssn,' : `'${i}',`)).join('\n')}\n]);`,
  ),
  '10,000 cases of one switch': entry(
    `let x = '';\nswitch (p.birthDate) {\n${range(10_000, (i) => `case '${i}': x = ${i === 777 ? 'p.ssn' : `'${i}'`}; break;`).join('\n')}\n}\nsend(x);`,
  ),
  '2,000 branches one after the other': entry(
    `let x = '';\n${range(2_000, (i) => `if (p.birthDate === '${i}') x += '${i}';`).join('\n')}\nsend(x + p.ssn);`,
  ),
  '50,000 functions that call the next': `${SEND}${range(50_000, (i) => `function f${i}(x: any){return ${i === 49_999 ? 'x' : `f${i + 1}(x)`}}`).join('\n')}\nexport const main = (p: Patient) => send(f0(p.ssn));\n`,
  '5,000 functions that call the next and send at the end': `${SEND}${range(5_000, (i) => `function f${i}(x: string): void { ${i === 4_999 ? 'send(x)' : `f${i + 1}(x)`}; }`).join('\n')}\nexport const main = (p: Patient) => f0(p.ssn);\n`,
  '500 functions that all call each other': `${SEND}${range(500, (i) => `function f${i}(x: string): string { return x.length > ${i} ? f${(i * 7 + 1) % 500}(x) + f${(i * 13 + 5) % 500}(x) : x; }`).join('\n')}\nexport const main = (p: Patient) => send(f0(p.ssn));\n`,
  '30 functions that each call the next twice': `${SEND}${range(30, (i) => `function f${i}(x: unknown): unknown { return ${i === 29 ? 'x' : `{ l: f${i + 1}(x), r: f${i + 1}(x) }`}; }`).join('\n')}\nexport const main = (p: Patient) => send(f0(p.ssn));\n`,
  '30 callbacks handed through each other': `${SEND}${range(30, (i) => `function f${i}(x: string, k: (y: string) => void): void { ${i === 29 ? 'k(x)' : `f${i + 1}(x, (y) => { k(y); k(y + x); })`}; }`).join('\n')}\nexport const main = (p: Patient) => f0(p.ssn, (y) => { send(y); });\n`,
  '10,000 classes that extend each other': `${SEND}class C0 { get(x: string): string { return x; } }\n${range(9_999, (i) => `class C${i + 1} extends C${i} {}`).join('\n')}\nexport const main = (p: Patient) => send(new C9999().get(p.ssn));\n`,
  '5,000 classes that implement one method': `${SEND}interface I { get(x: string): string }\n${range(5_000, (i) => `class C${i} implements I { get(x: string): string { return x + ${i}; } }`).join('\n')}\nexport const main = (p: Patient, i: I) => send(i.get(p.ssn));\n`,
  'a union of 20,000 types': `${SEND}type U = ${range(20_000, (i) => `{ k: '${i}'; v${i}: string }`).join('\n | ')} | Patient;\nexport const main = (u: U) => send(u);\n`,
  'an intersection of 5,000 types': `${SEND}type U = ${range(5_000, (i) => `{ v${i}: string }`).join('\n & ')} & Patient;\nexport const main = (u: U) => send(u.ssn);\n`,
  '5,000 types that alias each other': `${SEND}type T0 = Patient;\n${range(4_999, (i) => `type T${i + 1} = Partial<T${i}>;`).join('\n')}\nexport const main = (u: T4999) => send(u.ssn);\n`,
  'a type argument of 3,000 levels': `${SEND}export const main = (u: ${nested(3_000, 'Array<', 'Patient', '>')}) => send(u);\n`,
};

describe('is analysed or said not to be, within a minute', () => {
  it.each(Object.entries(BOMBS))('%s', { timeout: 90_000 }, (_name, bomb) => {
    const dir = besideLeak({ 'bomb.ts': bomb });
    const started = performance.now();
    const ran = checkJson(dir);
    const seconds = (performance.now() - started) / 1000;
    expect(ran.out + ran.err).not.toMatch(OURS);
    expect(told(ran.analysis)).toContain(LEAK_TOLD);
    const found = told(ran.analysis).some((line) => /^\w+ phi-to-uncovered-vendor bomb\.ts:/.test(line));
    const said = gaps(ran.analysis).some((line) => line.startsWith('warning bomb.ts:'));
    expect(found || said, 'neither found nor said').toBe(true);
    expect(ran.status).toBe(said ? 2 : 1);
    expect(seconds).toBeLessThan(60);
  });
});
