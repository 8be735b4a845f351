import { describe, expect, it } from 'vitest';
import { world } from './testing/world.js';

const w = world({
  'a.ts': `import { Sender } from './b'; import { Base } from './b'; import { NestMiddleware } from '@nestjs/common';
    export class Mail implements Sender<string> {} class Sms extends Base {} class Loud extends Sms {}
    class Log implements NestMiddleware {}
    const Anonymous = class extends Base {};
    class Mixed extends Timestamped(Base) {}
    function Timestamped<T>(B: T) { return B }`,
  'b.ts': `export interface Sender<T> { send(x: T): void } export interface Fast extends Sender<string> { speed: number }
    export abstract class Base implements Fast { abstract send(x: string): void; speed = 1 } export class Alone {}`,
});
const names = (text: string, file = 'a.ts'): string[] =>
  w.types.classes(w.type(text, file)).map(({ file, cls }) => w.facts(file).classes[cls]!.name);

describe('classes that an instance may be', () => {
  it('of a class: itself and its subclasses, over all files', () => {
    expect(names('Base')).toEqual(['Sms', 'Loud', 'Anonymous', 'Mixed', 'Base']);
    expect(names('Sms')).toEqual(['Sms', 'Loud']);
    expect(names('Alone', 'b.ts')).toEqual(['Alone']);
  });

  it('of an interface: implementers, transitively', () => {
    expect(names('Sender<number>')).toEqual(['Mail', 'Sms', 'Loud', 'Anonymous', 'Mixed', 'Base']);
    expect(names('Fast', 'b.ts')).toEqual(['Sms', 'Loud', 'Anonymous', 'Mixed', 'Base']);
  });

  it('of a union, a package type, and everything else', () => {
    expect(names('Mail | Sms')).toEqual(['Mail', 'Sms', 'Loud']);
    expect(names('NestMiddleware')).toEqual(['Log']);
    expect(names('string')).toEqual([]);
    expect(names('{ x: 1 }')).toEqual([]);
  });

  it('knows the type of a class by its place', () => {
    const at = w.types.classes(w.type('Sms'))[0]!;
    expect(w.types.classType(at.file, at.cls)).toBe(w.type('Sms'));
    expect(w.types.member(w.type('Loud'), 'speed')!.name).toBe('number');
  });

  it('knows what this is', () => {
    const world_ = world({ 'a.ts': `class Chain { next(): this { return this } static of() { return new Chain() } }` });
    const next = world_.types.member(world_.type('Chain'), 'next')!;
    expect(world_.types.returns(next)).toBe(world_.type('Chain'));
  });
});
