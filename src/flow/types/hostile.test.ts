import { describe, expect, it } from 'vitest';
import { world } from './testing/world.js';

describe('hostile and recursive types', () => {
  it.each([
    ['an alias of itself', 'type A = A', 'A'],
    ['two aliases of each other', 'type A = B; type B = A', 'A'],
    ['growing arguments', 'type A<T> = A<T[]>', 'A<string>'],
    ['doubling arguments', 'type A<T> = A<[T, 1]> | A<[T, 2]>', 'A<string>'],
    ['a mapped type over itself', 'type A = { [K in keyof A]: string }', 'A'],
    ['an interface that extends itself', 'interface A extends A { x: string }', 'A'],
    ['a class that extends itself', 'class A extends A {}', 'A'],
    ['classes in a circle', 'class A extends B {} class B extends A {}', 'A'],
    ['indexing into itself', `type A = { x: A['x'] }`, `A['x']`],
    ['a function that returns its own call', 'function f() { return f() }', 'ReturnType<typeof f>'],
    ['a constant made of itself', 'const x = { y: x }', 'typeof x'],
  ])('%s ends', (_, source, text) => {
    const w = world({ 'a.ts': source });
    const type = w.type(text);
    w.types.member(type, 'x');
    w.types.classes(type);
    expect(() => w.types.place(type)).not.toThrow();
  });

  it('keeps the members of a union that names itself', () => {
    const w = world({
      'a.ts': `interface P { ssn: string } type Tree = P | Tree[]; type X = P | Y; type Y = X | string`,
    });
    expect(w.types.member(w.type('Tree'), 'ssn')!.name).toBe('string');
    expect(w.type('X')).toBe(w.type('Y'));
  });

  it('gives the same answer in any order of questions', () => {
    const source = {
      'a.ts': `interface P { ssn: string } type X = P | Y; type Y = X | string | Z; type Z = Y | number`,
    };
    const forward = world(source);
    const backward = world(source);
    const names = ['X', 'Y', 'Z'];
    const first = names.map((name) => forward.type(name).name);
    const second = [...names].reverse().map((name) => backward.type(name).name);
    expect(second.reverse()).toEqual(first);
  });

  it('lists what a circular model carries, and stays within its bounds', () => {
    const w = world({
      'a.ts': `interface Patient { ssn: string; spouse: Patient; visits: Visit[] } interface Visit { patient: Patient; diagnosis: string }`,
    });
    expect(w.says('Patient')).toBe('G:Patient.ssn clinical:Visit.diagnosis');
    expect(w.says('Visit')).toBe('G:Patient.ssn clinical:Visit.diagnosis');
  });

  it('bounds models that grow with every step', () => {
    const w = world({ 'a.ts': `interface Box<T> { ssn: string; next: Box<T[]> }` });
    expect(w.says('Box<string>')).toBe('G:Box.ssn');
  });

  it('is not surprised by names of Object.prototype', () => {
    const w = world({ 'a.ts': `interface Patient { constructor: string; ssn: string }` });
    expect(w.type('hasOwnProperty')).toBe(w.types.any);
    expect(w.types.member(w.type('Patient'), 'valueOf')).toBeNull();
    expect(w.at('Patient', '__proto__')).toBe('');
    expect(w.says('Patient')).toBe('G:Patient.ssn');
  });

  it('takes facts that lead nowhere', () => {
    const w = world({ 'a.ts': '' });
    expect(w.types.resolve('missing.ts', 7, { k: 'ref', name: 'X' })).toBe(w.types.any);
    expect(w.types.resolve('a.ts', 99, { k: 'typeof', name: 'x.y' })).toBe(w.types.any);
    expect(w.types.classType('a.ts', 5)).toBe(w.types.any);
  });
});
