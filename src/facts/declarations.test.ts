import { describe, expect, it } from 'vitest';
import type { Variant } from './ir.js';
import { lowerFile } from './lower.js';
import { printFacts, printFunctionAt } from './print.js';
import { verifyFacts } from './verify.js';

/** Lists one function of a text, or everything. */
function ir(text: string, fn: number | 'all' = 1, variant: Variant = 'tsx'): string {
  const facts = lowerFile(text, variant);
  expect(verifyFacts(facts)).toEqual([]);
  expect(facts.syntaxErrors).toEqual([]);
  return `\n${fn === 'all' ? printFacts(facts) : printFunctionAt(facts, fn)}\n`;
}

describe('classes', () => {
  it('members of all kinds', () => {
    expect(
      ir(
        'class A<T> extends B<T> implements I { x: string; static s = 1; #p = 2; readonly [k] = 3; m(a: T): void {} static sm() {} get g() { return this.#p; } set g(v) {} async *gen() {} [Symbol.iterator]() {} "quoted"() {} }',
        'all',
      ),
    ).toMatchInlineSnapshot(`
      "
      class A<T> extends B<T> = { x: string; #p: unknown; m: (T) => void; g: unknown; gen: () => unknown; @@iterator: () => unknown; quoted: () => unknown }
      class 0 A extends B<T> (ctor -1, fields 2, static 1)
        field x: string
        static field s
        field #p
        method m = fn 3
        static method sm = fn 4
        getter g = fn 5
        setter g = fn 6
        method gen = fn 7
        method @@iterator = fn 8
        method quoted = fn 9
      fn 0 <module> module()
        shared A
          %0 = global B
          %1 = class 0
          setvar A %1
          return _
      fn 1 A.<static> static static-init()
          %1 = this
          %0 = 1
          %1.s = %0
          return _
      fn 2 A.<fields> field-init()
          %1 = this
          %0 = 2
          %1.#p = %0
          %2 = 3
          %3 = global k
          %1[%3] = %2
          return _
      fn 3 A.m method(a: T): void
          %0 = param 0
          return _
      fn 4 A.sm static method()
          return _
      fn 5 A.g getter()
          %0 = this
          %1 = %0.#p
          return %1
      fn 6 A.g setter(v)
          %0 = param 0
          return _
      fn 7 A.gen async method*()
          return _
      fn 8 A.@@iterator method()
          return _
      fn 9 A.quoted method()
          return _
      "
    `);
  });

  it('parameter properties are stored after super', () => {
    expect(
      ir(
        'class A extends B { constructor(private a: T, b: number, readonly c = 1) { b++; super(b); g(); } }',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      class A extends B = { a: T; c: unknown }
      class 0 A extends B (ctor 1, fields -1, static -1)
        field a: T
        field c
      fn 0 <module> module()
        shared A
          %0 = global B
          %1 = class 0
          setvar A %1
          return _
      fn 1 A.constructor constructor(a: T, b: number, c?)
        b0
          %0 = param 0
          %1 = param 1
          %2 = param 2
          %11 = this
          %3 = undefined
          %4 = %2 === %3
          branch %4 b1 b2
        b1 <- b0
          %5 = 1
          jump b2
        b2 <- b0 b1
          %6 = phi %2, %5
          %8 = 1
          %9 = %1 + %8
          %10 = super (%9)
          %11.a = %0
          %11.c = %6
          %12 = global g
          %13 = call %12()
          return _
      "
    `);
  });

  it('parameter properties without a base', () => {
    expect(ir('class A { constructor(public a: T) { g(this.a); } }', 1, 'ts')).toMatchInlineSnapshot(`
      "
      fn 1 A.constructor constructor(a: T)
          %0 = param 0
          %1 = this
          %1.a = %0
          %2 = global g
          %3 = %1.a
          %4 = call %2(%3)
          return _
      "
    `);
  });

  it('field initialisers may hold functions', () => {
    expect(ir('class A { h = () => this.x; x = { f() {} }; }', 'all')).toMatchInlineSnapshot(`
      "
      class A = { h: unknown; x: unknown }
      class 0 A (ctor -1, fields 1, static -1)
        field h
        field x
      fn 0 <module> module()
        shared A
          %0 = class 0
          setvar A %0
          return _
      fn 1 A.<fields> field-init()
          %1 = this
          %0 = fn 2
          %1.h = %0
          %2 = fn 3
          %3 = { f: %2 }
          %1.x = %3
          return _
      fn 2 A.h arrow()
          %0 = this
          %1 = %0.x
          return %1
      fn 3 A.x.f method()
          return _
      "
    `);
  });

  it('static blocks and fields run in order', () => {
    expect(ir('class A { static a = 1; static { A.b = this.a; } static c = 2; }', 'all')).toMatchInlineSnapshot(`
      "
      class A = {  }
      class 0 A (ctor -1, fields -1, static 1)
        static field a
        static field c
      fn 0 <module> module()
        shared A
          %0 = class 0
          setvar A %0
          return _
      fn 1 A.<static> static static-init()
        captures 0.A
          %1 = this
          %0 = 1
          %1.a = %0
          %2 = getcap 0.A
          %3 = %1.a
          %2.b = %3
          %4 = 2
          %1.c = %4
          return _
      "
    `);
  });

  it('overloads and abstract members have no body', () => {
    expect(
      ir(
        'abstract class A { abstract a(): void; m(x: string): void; m(x: number): void; m(x: any) {} constructor(); constructor(x?: any) {} declare d: T; }',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      class A = { a: () => void; m: (string) => void; m: (number) => void; m: (any) => unknown; d: T }
      class 0 A (ctor 2, fields -1, static -1)
        method a
        method m
        method m
        method m = fn 1
        field d: T
      fn 0 <module> module()
        shared A
          %0 = class 0
          setvar A %0
          return _
      fn 1 A.m method(x: any)
          %0 = param 0
          return _
      fn 2 A.constructor constructor(x?: any)
          %0 = param 0
          return _
      "
    `);
  });

  it('class expressions', () => {
    expect(ir('const A = class Me extends mixin(Base) { m() { return Me; } }; g(class {});', 'all'))
      .toMatchInlineSnapshot(`
      "
      class Me extends Base = { m: () => unknown }
      class 0 Me extends Base (ctor -1, fields -1, static -1)
        method m = fn 1
      class 1 <class> (ctor -1, fields -1, static -1)
      fn 0 <module> module()
        shared A
          %0 = global mixin
          %1 = global Base
          %2 = call %0(%1)
          %3 = class 0
          setvar A %3
          %4 = global g
          %5 = class 1
          %6 = call %4(%5)
          return _
      fn 1 Me.m method()
          %0 = class 0
          return %0
      "
    `);
  });

  it('super', () => {
    expect(ir('class A extends B { m() { super.m(1); return [super.x, super["y"]]; } }')).toMatchInlineSnapshot(`
      "
      fn 1 A.m method()
          %1 = this
          %0 = super.m
          %2 = 1
          %3 = call %0(%2) self %1
          %4 = super.x
          %5 = super.y
          %6 = [%4, %5]
          return %6
      "
    `);
  });

  it('decorators', () => {
    expect(
      ir(
        'import { Controller, Get } from "n"; @Controller("/a") class A { @Get(":id") m(@Param("id") id: string, @Body() b) {} @Field(() => T) f; constructor(@Inject(TOKEN) private x: X) {} }',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 import Controller from n as Controller
      import 1 import Get from n as Get
      class A = { m: (string, unknown) => unknown; f: unknown; x: X }
      class 0 A (ctor 3, fields -1, static -1) @Controller("/a")
        method m = fn 1 @Get(":id")
        field f @Field(_)
        field x: X @Inject(_)
      fn 0 <module> module()
        shared A, A!m
          %0 = import 0
          %1 = "/a"
          %2 = call %0(%1)
          %3 = import 1
          %4 = ":id"
          %5 = call %3(%4)
          %6 = global Field
          %7 = fn 2
          %8 = call %6(%7)
          %9 = class 0
          %10 = fn 1
          %12 = "m"
          %11 = decorate %5(%10, %12)
          setvar A!m %11
          setvar A %9
          return _
      fn 1 A.m method(id: string @Param("id"), b @Body()) @Get(":id")
          %0 = param 0
          %1 = param 1
          return _
      fn 2 <callback 1> arrow()
          %0 = global T
          return %0
      fn 3 A.constructor constructor(x: X @Inject(_))
          %0 = param 0
          %1 = this
          %1.x = %0
          return _
      "
    `);
  });

  it('private names in conditions', () => {
    expect(ir('class A { #x; static is(o) { return #x in o; } }')).toMatchInlineSnapshot(`
      "
      fn 1 A.is static method(o)
          %0 = param 0
          %1 = "#x"
          %2 = %1 in %0
          return %2
      "
    `);
  });

  it('object methods use super', () => {
    expect(ir('const o = { m() { return super.m(); } };')).toMatchInlineSnapshot(`
      "
      fn 1 o.m method()
          %1 = this
          %0 = super.m
          %2 = call %0() self %1
          return %2
      "
    `);
  });
});

describe('enums and namespaces', () => {
  it('enums are objects', () => {
    expect(ir('enum E { A, B = "b", C = 5, D, F = A | C, "g-h" = 1 } const enum G { X }', 'all', 'ts'))
      .toMatchInlineSnapshot(`
      "
      enum E = { A: 0; B: "b"; C: 5; D: 6; F: unknown; "g-h": 1 }
      enum G = { X: 0 }
      fn 0 <module> module()
        shared E, G
          %0 = 0
          %1 = "b"
          %2 = 5
          %3 = 6
          %4 = %0 | %2
          %5 = 1
          %6 = { A: %0, B: %1, C: %2, D: %3, F: %4, "g-h": %5 }
          setvar E %6
          %7 = 0
          %8 = { X: %7 }
          setvar G %8
          return _
      "
    `);
  });

  it('namespaces are objects', () => {
    expect(
      ir(
        'namespace N { export const a = 1; const hidden = 2; export function f() { return a + hidden; } export interface T { x: string } export namespace M { export class C {} } }',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported interface N.T = { x: string }
      exported class N.M.C = {  }
      class 0 N.M.C (ctor -1, fields -1, static -1)
      fn 0 <module> module()
        shared N, a, hidden
          %0 = fn 1
          %1 = 1
          setvar a %1
          %2 = 2
          setvar hidden %2
          %3 = class 0
          %4 = { C: %3 }
          %5 = { a: %1, f: %0, M: %4 }
          setvar N %5
          return _
      fn 1 N.f function()
        captures 0.a, 0.hidden
          %0 = getcap 0.a
          %1 = getcap 0.hidden
          %2 = concat %0, %1
          return %2
      "
    `);
  });

  it('dotted namespaces', () => {
    expect(ir('namespace A.B.C { export const x = 1; } g(A.B.C.x);', 'all', 'ts')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared A
          %0 = 1
          %1 = { x: %0 }
          %2 = { C: %1 }
          %3 = { B: %2 }
          setvar A %3
          %4 = global g
          %5 = %3.B
          %6 = %5.C
          %7 = %6.x
          %8 = call %4(%7)
          return _
      "
    `);
  });

  it('namespaces merge with each other and with functions', () => {
    expect(
      ir(
        'function f() {} namespace f { export const a = 1; } namespace N { export const b = 2; const p = 1; g(p); } namespace N { const p = 2; g(b, p); export const c = 3; }',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f, N
          %0 = fn 1
          setvar f %0
          %1 = 1
          %0.a = %1
          %2 = 2
          %3 = 1
          %4 = global g
          %5 = call %4(%3)
          %6 = { b: %2 }
          setvar N %6
          %7 = 2
          %8 = global g
          %9 = call %8(%2, %7)
          %10 = 3
          %6.c = %10
          return _
      fn 1 f function()
          return _
      "
    `);
  });

  it('ambient declarations', () => {
    expect(
      ir(
        'declare const x: T; declare function g(a: string): void; declare global { interface Window { u: U } } declare module "express" { interface Request { user: User } } export const y = x;',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      export y = y
      interface Window = { u: U }
      interface 'express'.Request = { user: User }
      fn 0 <module> module()
        shared x, y
          %0 = global x
          %1 = %0 annotation T
          setvar x %1
          setvar y %1
          return _
      "
    `);
  });
});

describe('types', () => {
  it('interfaces and aliases', () => {
    expect(
      ir(
        'export interface A<T> extends B<T>, C.D { a: string; b?: T[]; readonly c: { d: number }; m(x: T): void; (call: string): T; new (x: T): A<T>; [key: string]: unknown; get g(): string } type U = A<string> | null; export { U };',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      export U = U
      exported interface A<T> extends B<T>, C.D = { a: string; b?: T[]; c: { d: number }; m: (T) => void; "()": (string) => T; "new()": (T) => A<T>; g: string; []: unknown }
      exported alias U = (A<string> | null)
      fn 0 <module> module()
          return _
      "
    `);
  });

  it('every kind of type', () => {
    expect(
      ir(
        'type A = [string, ...number[]] | Map<K, V> | import("x").Y<Z> | typeof a.b | T["k"] | keyof T | { [K in keyof T]?: T[K] } | (T extends U ? X : Y) | ((a: string, ...b: T[]) => void) | "lit" | 1 | -1 | true | `t${string}` | readonly string[] | (new () => T) | unique symbol | bigint | undefined | null | never | this | abstract;',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      alias A = ([string, number[]] | Map<K, V> | import(x).Y<Z> | typeof a.b | T["k"] | keyof T | { [K in keyof T]: T[K] } | cond(X, Y) | (string, T[]) => void | "lit" | 1 | -1 | true | string | string[] | () => T | symbol | bigint | undefined | null | never | this | abstract)
      fn 0 <module> module()
          return _
      "
    `);
  });

  it('guards and assertions', () => {
    expect(
      ir(
        'function is(x: unknown): x is Patient { return true; } function assert(x): asserts x is P {} function ok(x): asserts x {}',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared is, assert, ok
          %0 = fn 1
          setvar is %0
          %1 = fn 2
          setvar assert %1
          %2 = fn 3
          setvar ok %2
          return _
      fn 1 is function(x: unknown): x is Patient
          %0 = param 0
          %1 = true
          return %1
      fn 2 assert function(x): x is P
          %0 = param 0
          return _
      fn 3 ok function(x): x is asserted
          %0 = param 0
          return _
      "
    `);
  });

  it('local types know their function', () => {
    expect(ir('function f() { interface L { a: string } type M = L; class N {} }', 'all', 'ts')).toMatchInlineSnapshot(`
      "
      interface L = { a: string }
      alias M = L
      class N = {  }
      class 0 f.N (ctor -1, fields -1, static -1)
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function()
          %0 = class 0
          return _
      "
    `);
  });

  it('bounds of type parameters', () => {
    expect(ir('function f<T extends Patient, K>(p: T) {} class A<T extends B> { m(x: T) {} }', 'all', 'ts'))
      .toMatchInlineSnapshot(`
        "
        class A<T> = { m: (T) => unknown }
        class 0 A (ctor -1, fields -1, static -1)
          method m = fn 2
        fn 0 <module> module()
          shared f, A
            %0 = fn 1
            setvar f %0
            %1 = class 0
            setvar A %1
            return _
        fn 1 f function<T: Patient, K>(p: T)
            %0 = param 0
            return _
        fn 2 A.m method(x: T)
            %0 = param 0
            return _
        "
      `);
  });

  it('a default export may be a type', () => {
    expect(ir('interface Props { a: string } export default Props;', 'all', 'ts')).toMatchInlineSnapshot(`
      "
      export default = Props
      exported interface Props = { a: string }
      fn 0 <module> module()
          return _
      "
    `);
  });

  it('typed values', () => {
    expect(
      ir(
        'const a: A = x; const { b }: B = a; const c = await get<T>(d); function f(this: Self, p: P, q?: Q): R {}',
        'all',
        'ts',
      ),
    ).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared a, b, c, f
          %0 = fn 1
          setvar f %0
          %1 = global x
          %2 = %1 annotation A
          setvar a %2
          %3 = %2 annotation B
          %4 = %3.b
          setvar b %4
          %5 = global get
          %6 = global d
          %7 = call %5<T>(%6)
          %8 = await %7
          setvar c %8
          return _
      fn 1 f function(p: P, q?: Q): R
          %0 = param 0
          %1 = param 1
          return _
      "
    `);
  });
});

describe('JSDoc in JavaScript', () => {
  it('parameters and results', () => {
    expect(
      ir(
        `/**
 * @param {Patient} p
 * @param {string} [o]
 * @returns {Promise<Bundle>}
 */
function f(p, o) {}
/** @param {A} a */
const g = (a) => a;`,
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f, g
          %0 = fn 1
          setvar f %0
          %1 = fn 2
          setvar g %1
          return _
      fn 1 f function(p: Patient, o?: string): Promise<Bundle>
          %0 = param 0
          %1 = param 1
          return _
      fn 2 g arrow(a: A)
          %0 = param 0
          return %0
      "
    `);
  });

  it('variables, casts and definitions', () => {
    expect(
      ir(
        `/** @typedef {Object} Visit
 *  @property {string} id
 *  @property {Patient} [who]
 */
/** @typedef {import('./x').Y} Y */
/** @type {Visit} */
const v = x;
const w = /** @type {Y} */ (v);`,
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported alias Visit = { id: string; who?: Patient }
      exported alias Y = import(./x).Y
      fn 0 <module> module()
        shared v, w
          %0 = global x
          %1 = %0 annotation Visit
          setvar v %1
          %2 = %1 as Y
          setvar w %2
          return _
      "
    `);
  });

  it('an assigned function has the comment of its statement', () => {
    expect(
      ir(
        '/** @param {A} a @returns {B} */\nexports.f = function (a) {};\n/** @type {T} */ const g = (x) => x;',
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      export f = exports.f
      fn 0 <module> module()
        shared g, exports.f
          %0 = fn 1
          setvar exports.f %0
          %1 = fn 2
          %2 = %1 annotation T
          setvar g %2
          return _
      fn 1 f function(a: A): B
          %0 = param 0
          return _
      fn 2 g arrow(x)
          %0 = param 0
          return %0
      "
    `);
  });

  it('TypeScript ignores it', () => {
    expect(ir('/** @type {T} */ const a = x;', 'all', 'ts')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared a
          %0 = global x
          setvar a %0
          return _
      "
    `);
  });
});
