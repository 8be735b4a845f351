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

describe('ES modules', () => {
  it('imports in all forms', () => {
    expect(
      ir(
        'import d, { a, b as c, type T, "x-y" as z } from "m"; import * as ns from "n"; import "side"; import type { U } from "t"; import {} from "empty"; g(d, a, c, ns.q, z);',
        'all',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 import default from m as d
      import 1 import a from m as a
      import 2 import b from m as c
      import 3 import type T from m as T
      import 4 import x-y from m as z
      import 5 import * from n as ns
      import 6 import  from side
      import 7 import type U from t as U
      import 8 import  from empty
      fn 0 <module> module()
          %0 = global g
          %1 = import 0
          %2 = import 1
          %3 = import 2
          %4 = import 5
          %5 = %4.q
          %6 = import 4
          %7 = call %0(%1, %2, %3, %5, %6)
          return _
      "
    `);
  });

  it('exports of declarations', () => {
    expect(
      ir(
        'export const a = 1, { b, c: [d] } = g(); export let e; export function f() {} export class C {} export enum E { A } export namespace N { export const x = 1; }',
        'all',
      ),
    ).toMatchInlineSnapshot(`
      "
      export a = a
      export b = b
      export d = d
      export e = e
      export f = f
      export C = C
      export E = E
      export N = N
      exported class C = {  }
      exported enum E = { A: 0 }
      class 0 C (ctor -1, fields -1, static -1)
      fn 0 <module> module()
        shared a, b, d, e, f, C, E, N
          %7 = undefined
          %0 = fn 1
          setvar f %0
          %1 = 1
          setvar a %1
          %2 = global g
          %3 = call %2()
          %4 = %3.b
          setvar b %4
          %5 = %3.c
          %6 = %5.0
          setvar d %6
          setvar e %7
          %8 = class 0
          setvar C %8
          %9 = 0
          %10 = { A: %9 }
          setvar E %10
          %11 = 1
          %12 = { x: %11 }
          setvar N %12
          return _
      fn 1 f function()
          return _
      "
    `);
  });

  it('export lists and renames', () => {
    expect(
      ir(
        'import { m } from "m"; const a = 1; interface T { x: string } export { a, a as b, m, m as n, T as U };',
        'all',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 import m from m as m
      export a = a
      export b = a
      export m = m from m
      export n = m from m
      export U = T
      exported interface T = { x: string }
      fn 0 <module> module()
        shared a
          %0 = 1
          setvar a %0
          return _
      "
    `);
  });

  it('re-exports', () => {
    expect(
      ir(
        'export { a, b as c, default as d } from "m"; export * from "n"; export * as o from "p"; export type { T } from "t";',
        'all',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 reexport a from m
      import 1 reexport b from m
      import 2 reexport default from m
      import 3 reexport * from n
      import 4 reexport * from p
      import 5 reexport type T from t
      export a = a from m
      export c = b from m
      export d = default from m
      export * from n
      export o = * from p
      export T = T from t
      fn 0 <module> module()
          return _
      "
    `);
  });

  it('export default of a value', () => {
    expect(ir('export default { a: 1 };', 'all')).toMatchInlineSnapshot(`
      "
      export default = default
      fn 0 <module> module()
        shared default
          %0 = 1
          %1 = { a: %0 }
          setvar default %1
          return _
      "
    `);
  });

  it('export default of a name', () => {
    expect(ir('const a = 1; export default a;', 'all')).toMatchInlineSnapshot(`
      "
      export default = a
      fn 0 <module> module()
        shared a
          %0 = 1
          setvar a %0
          return _
      "
    `);
  });

  it('export default of an imported name', () => {
    expect(ir('import a from "a"; export default a;', 'all')).toMatchInlineSnapshot(`
      "
      import 0 import default from a as a
      export default = default from a
      fn 0 <module> module()
          return _
      "
    `);
  });

  it('export default of functions and classes', () => {
    expect(ir('g(); export default function () { return 1; }', 'all')).toMatchInlineSnapshot(`
      "
      export default = default
      fn 0 <module> module()
        shared default
          %0 = fn 1
          setvar default %0
          %1 = global g
          %2 = call %1()
          return _
      fn 1 default function()
          %0 = 1
          return %0
      "
    `);
  });

  it('export default of a named class', () => {
    expect(ir('export default class A {}', 'all')).toMatchInlineSnapshot(`
      "
      export default = A
      exported class A = {  }
      class 0 A (ctor -1, fields -1, static -1)
      fn 0 <module> module()
        shared A
          %0 = class 0
          setvar A %0
          return _
      "
    `);
  });

  it('dynamic imports', () => {
    expect(ir('async function f(x) { const m = await import("m"); return import(x); }', 'all')).toMatchInlineSnapshot(`
      "
      import 0 dynamic * from m
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f async function(x)
          %0 = param 0
          %1 = import 0
          %2 = await %1
          %3 = global import
          %4 = call %3(%0)
          return %4
      "
    `);
  });

  it('directives', () => {
    expect(ir('"use client"; "use strict"; function f() { "use server"; }', 'all')).toMatchInlineSnapshot(`
      "
      directive use client
      directive use strict
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          %1 = "use client"
          %2 = "use strict"
          return _
      fn 1 f function()
          %0 = "use server"
          return _
      "
    `);
  });

  it('import and export with =', () => {
    expect(ir('import fs = require("fs"); import A = B.C.D; export = fs;', 'all', 'ts')).toMatchInlineSnapshot(`
      "
      import 0 require * from fs as fs
      export = export=
      fn 0 <module> module()
        shared A, export=
          %0 = global B
          %1 = %0.C
          %2 = %1.D
          setvar A %2
          %3 = import 0
          setvar export= %3
          return _
      "
    `);
  });
});

describe('CommonJS', () => {
  it('require at the top is an import', () => {
    expect(
      ir(
        'const a = require("a"); const { b, c: d } = require("m"); const e = require("n").e; let r = require("r"); r = 1; g(a, b, d, e);',
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 require * from a as a
      import 1 require b from m as b
      import 2 require c from m as d
      import 3 require e from n as e
      import 4 require * from r
      fn 0 <module> module()
        shared r*
          %0 = import 4
          setvar r %0
          %1 = 1
          setvar r %1
          %2 = global g
          %3 = import 0
          %4 = import 1
          %5 = import 2
          %6 = import 3
          %7 = call %2(%3, %4, %5, %6)
          return _
      "
    `);
  });

  it('require elsewhere is a value', () => {
    expect(
      ir(
        'function f() { return require("a").b; } const { c = 1 } = require("c"); require("d"); require(x);',
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 require * from a
      import 1 require * from c
      import 2 require * from d
      fn 0 <module> module()
        shared f, c
        b0
          %0 = fn 1
          setvar f %0
          %1 = import 1
          %2 = %1.c
          %3 = undefined
          %4 = %2 === %3
          branch %4 b1 b2
        b1 <- b0
          %5 = 1
          jump b2
        b2 <- b0 b1
          %6 = phi %2, %5
          setvar c %6
          %7 = import 2
          %8 = global require
          %9 = global x
          %10 = call %8(%9)
          return _
      fn 1 f function()
          %0 = import 0
          %1 = %0.b
          return %1
      "
    `);
  });

  it('a local require is a call', () => {
    expect(ir('function f(require) { return require("a"); }', 'all', 'js')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(require)
          %0 = param 0
          %1 = "a"
          %2 = call %0(%1)
          return %2
      "
    `);
  });

  it('exports.x', () => {
    expect(
      ir(
        'const a = require("a"); function b() {} exports.a = a; exports.b = b; exports.c = () => exports.d(); exports.d = 1; module.exports.e = 2;',
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      import 0 require * from a as a
      export a = * from a
      export b = b
      export c = exports.c
      export d = exports.d
      export e = exports.e
      fn 0 <module> module()
        shared b, exports.a, exports.b, exports.c, exports.d, exports.e
          %0 = fn 1
          setvar b %0
          %1 = import 0
          setvar exports.a %1
          setvar exports.b %0
          %2 = fn 2
          setvar exports.c %2
          %3 = 1
          setvar exports.d %3
          %4 = 2
          setvar exports.e %4
          return _
      fn 1 b function()
          return _
      fn 2 c arrow()
        captures 0.exports.d
          %0 = getcap 0.exports.d
          %1 = call %0()
          return %1
      "
    `);
  });

  it('module.exports of an object', () => {
    expect(ir('const { m } = require("m"); function a() {} module.exports = { a, b: a, m, c() {} };', 'all', 'js'))
      .toMatchInlineSnapshot(`
        "
        import 0 require m from m as m
        export = module.exports
        export a = a
        export b = a
        export m = m from m
        fn 0 <module> module()
          shared a, module.exports
            %0 = fn 1
            setvar a %0
            %1 = import 0
            %2 = fn 2
            %3 = { a: %0, b: %0, m: %1, c: %2 }
            setvar module.exports %3
            return _
        fn 1 a function()
            return _
        fn 2 c method()
            return _
        "
      `);
  });

  it('module.exports of a function, then properties', () => {
    expect(ir('module.exports = create; function create() {} module.exports.create = create;', 'all', 'js'))
      .toMatchInlineSnapshot(`
      "
      export = module.exports
      export create = create
      fn 0 <module> module()
        shared create, module.exports, exports.create
          %0 = fn 1
          setvar create %0
          setvar module.exports %0
          setvar exports.create %0
          %0.create = %0
          return _
      fn 1 create function()
          return _
      "
    `);
  });

  it('module.exports of another module', () => {
    expect(ir('module.exports = require("./impl");', 'all', 'js')).toMatchInlineSnapshot(`
      "
      import 0 require * from ./impl
      export = module.exports
      export * from ./impl
      fn 0 <module> module()
        shared module.exports
          %0 = import 0
          setvar module.exports %0
          return _
      "
    `);
  });

  it('what compilers write', () => {
    expect(
      ir(
        `"use strict"; Object.defineProperty(exports, "__esModule", { value: true });
exports.b = exports.a = void 0; var m_1 = require("m"); var n_1 = __importDefault(require("n"));
Object.defineProperty(exports, "x", { enumerable: true, get: function () { return m_1.x; } });
__exportStar(require("s"), exports); exports.a = m_1.y; exports.b = n_1.default;`,
        'all',
        'js',
      ),
    ).toMatchInlineSnapshot(`
      "
      directive use strict
      import 0 require * from s
      import 1 require * from m as m_1
      import 2 require * from n as n_1
      export * from s
      export x = x from m
      export a = exports.a
      export b = exports.b
      fn 0 <module> module()
        shared exports.a, exports.b
          %0 = "use strict"
          %1 = global Object
          %2 = %1.defineProperty
          %3 = global exports
          %4 = "__esModule"
          %5 = true
          %6 = { value: %5 }
          %7 = call %2(%3, %4, %6) self %1
          %8 = global Object
          %9 = %8.defineProperty
          %10 = global exports
          %11 = "x"
          %12 = true
          %13 = fn 1
          %14 = { enumerable: %12, get: %13 }
          %15 = call %9(%10, %11, %14) self %8
          %16 = global __exportStar
          %17 = import 0
          %18 = global exports
          %19 = call %16(%17, %18)
          %20 = import 1
          %21 = %20.y
          setvar exports.a %21
          %22 = import 2
          %23 = %22.default
          setvar exports.b %23
          return _
      fn 1 get function()
          %0 = import 1
          %1 = %0.x
          return %1
      "
    `);
  });
});
