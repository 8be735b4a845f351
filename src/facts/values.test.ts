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

describe('variables', () => {
  it('a constant copy is the same value', () => {
    expect(ir('function f(x) { const y = x; const z = y; return z; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          return %0
      "
    `);
  });

  it('a reassigned variable is a new value', () => {
    expect(ir('function f(x) { let a = x; g(a); a = clean(a); g(a); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = global g
          %2 = call %1(%0)
          %3 = global clean
          %4 = call %3(%0)
          %5 = global g
          %6 = call %5(%4)
          return _
      "
    `);
  });

  it('branches join', () => {
    expect(ir('function f(x, c) { let a = x; if (c) a = clean(a); return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, c)
        b0
          %0 = param 0
          %1 = param 1
          branch %1 b1 b2
        b1 <- b0
          %2 = global clean
          %3 = call %2(%0)
          jump b2
        b2 <- b0 b1
          %4 = phi %0, %3
          return %4
      "
    `);
  });

  it('branches that agree need no join', () => {
    expect(ir('function f(x, c) { let a = x; if (c) g(); return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, c)
        b0
          %0 = param 0
          %1 = param 1
          branch %1 b1 b2
        b1 <- b0
          %2 = global g
          %3 = call %2()
          jump b2
        b2 <- b0 b1
          return %0
      "
    `);
  });

  it('loops join at their head', () => {
    expect(ir('function f(x) { let s = ""; while (more()) s = s + x; return s; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = ""
          jump b1
        b1 <- b0 b2
          %4 = phi %1, %5
          %2 = global more
          %3 = call %2()
          branch %3 b2 b3
        b2 <- b1
          %5 = concat %4, %0
          jump b1
        b3 <- b1
          return %4
      "
    `);
  });

  it('a variable that a loop leaves alone needs no join', () => {
    expect(ir('function f(x, y) { let a = x; a = y; for (;;) { if (g(a)) return a; } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, y)
        b0
          %0 = param 0
          %1 = param 1
          jump b1
        b1 <- b0 b5
          jump b2
        b2 <- b1
          %2 = global g
          %4 = call %2(%1)
          branch %4 b3 b4
        b3 <- b2
          return %1
        b4 <- b2
          jump b5
        b5 <- b4
          jump b1
      "
    `);
  });

  it('var is hoisted out of blocks', () => {
    expect(ir('function f(c) { if (c) { var a = 1; } return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(c)
        b0
          %0 = param 0
          %3 = undefined
          branch %0 b1 b2
        b1 <- b0
          %1 = 1
          jump b2
        b2 <- b0 b1
          %2 = phi %3, %1
          return %2
      "
    `);
  });

  it('a variable without a value is undefined', () => {
    expect(ir('function f(c) { let a; if (c) a = 1; return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(c)
        b0
          %0 = param 0
          %1 = undefined
          branch %0 b1 b2
        b1 <- b0
          %2 = 1
          jump b2
        b2 <- b0 b1
          %3 = phi %1, %2
          return %3
      "
    `);
  });

  it('a parameter can be reassigned', () => {
    expect(ir('function f(x) { x = x.id; return x; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = %0.id
          return %1
      "
    `);
  });

  it('an annotated variable types each value it gets', () => {
    expect(ir('function f(x, y) { let a: T = x; a = y; return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, y)
          %0 = param 0
          %1 = param 1
          %2 = %0 annotation T
          %3 = %1 annotation T
          return %3
      "
    `);
  });

  it('shadowing names are different variables', () => {
    expect(ir('function f(x, y) { const a = x; { const a = y; g(a); } g(a); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, y)
          %0 = param 0
          %1 = param 1
          %2 = global g
          %3 = call %2(%1)
          %4 = global g
          %5 = call %4(%0)
          return _
      "
    `);
  });
});

describe('closures', () => {
  it('a captured constant is used directly outside and by getcap inside', () => {
    expect(ir('function f(x) { const a = x.id; g(a); return () => a; }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(x)
        shared a
          %0 = param 0
          %1 = %0.id
          setvar a %1
          %2 = global g
          %3 = call %2(%1)
          %4 = fn 2
          return %4
      fn 2 f.<callback 1> arrow()
        captures 1.a
          %0 = getcap 1.a
          return %0
      "
    `);
  });

  it('own assignments to a captured variable stay precise', () => {
    expect(ir('function f(x) { let a = x; a = clean(a); g(() => a); return a; }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(x)
        shared a*
          %0 = param 0
          setvar a %0
          %1 = global clean
          %2 = call %1(%0)
          setvar a %2
          %3 = global g
          %4 = fn 2
          %5 = call %3(%4)
          return %2
      fn 2 f.<callback 1> arrow()
        captures 1.a
          %0 = getcap 1.a
          return %0
      "
    `);
  });

  it('a variable that an inner function assigns is a cell', () => {
    expect(ir('function f(xs) { let n = 0; xs.forEach((x) => { n += x; }); return n; }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(xs)
        shared n*
          %0 = param 0
          %1 = 0
          setvar n %1
          %2 = %0.forEach
          %3 = fn 2
          %4 = call %2(%3) self %0
          %5 = getvar n
          return %5
      fn 2 f.<callback 1> arrow(x)
        captures 1.n
          %0 = param 0
          %1 = getcap 1.n
          %2 = concat %1, %0
          setcap 1.n %2
          return _
      "
    `);
  });

  it('captures pass through the functions between', () => {
    expect(ir('function f(x) { return () => () => x; }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(x)
        shared x
          %0 = param 0
          setvar x %0
          %1 = fn 2
          return %1
      fn 2 f.<callback 1> arrow()
        captures 1.x
          %0 = fn 3
          return %0
      fn 3 f.<callback 1>.<callback 1> arrow()
        captures 1.x
          %0 = getcap 1.x
          return %0
      "
    `);
  });

  it('captured variables of one name are told apart', () => {
    expect(ir('function f() { { const x = 1; g(() => x); } { const x = 2; g(() => x); } }', 'all'))
      .toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function()
        shared x, x#2
          %0 = 1
          setvar x %0
          %1 = global g
          %2 = fn 2
          %3 = call %1(%2)
          %4 = 2
          setvar x#2 %4
          %5 = global g
          %6 = fn 3
          %7 = call %5(%6)
          return _
      fn 2 f.<callback 1> arrow()
        captures 1.x
          %0 = getcap 1.x
          return %0
      fn 3 f.<callback 2> arrow()
        captures 1.x#2
          %0 = getcap 1.x#2
          return %0
      "
    `);
  });

  it('function declarations are hoisted to their scope', () => {
    expect(ir('function f() { g(); return; function g() { return 1; } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
          %0 = fn 2
          %1 = call %0()
          return _
      "
    `);
  });

  it('a function expression knows its own name', () => {
    expect(ir('const f = function me() { return me; };')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
          %0 = fn 1
          return %0
      "
    `);
  });

  it('this and arguments of arrows belong to the function around', () => {
    expect(ir('function f() { return () => [this, arguments]; }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function()
          %0 = fn 2
          return %0
      fn 2 f.<callback 1> arrow()
          %0 = this
          %1 = arguments
          %2 = [%0, %1]
          return %2
      "
    `);
  });

  it('imports are imports in every function', () => {
    expect(ir('import { a } from "m"; function f() { return () => a(); }', 'all')).toMatchInlineSnapshot(`
      "
      import 0 import a from m as a
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function()
          %0 = fn 2
          return %0
      fn 2 f.<callback 1> arrow()
          %0 = import 0
          %1 = call %0()
          return %1
      "
    `);
  });

  it('a loop variable captured by a callback', () => {
    expect(ir('function f(xs) { for (const x of xs) g(() => x); }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(xs)
        shared x
        b0
          %0 = param 0
          jump b1
        b1 <- b0 b2
          %1 = more %0
          branch %1 b2 b3
        b2 <- b1
          %2 = iter of %0
          setvar x %2
          %3 = global g
          %4 = fn 2
          %5 = call %3(%4)
          jump b1
        b3 <- b1
          return _
      fn 2 f.<callback 1> arrow()
        captures 1.x
          %0 = getcap 1.x
          return %0
      "
    `);
  });
});

describe('operators', () => {
  it('ternary', () => {
    expect(ir('function f(a, b, c) { return c ? a : b; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, b, c)
        b0
          %0 = param 0
          %1 = param 1
          %2 = param 2
          branch %2 b1 b2
        b1 <- b0
          jump b3
        b2 <- b0
          jump b3
        b3 <- b1 b2
          %3 = phi %0, %1
          return %3
      "
    `);
  });

  it('chained ternaries share one join', () => {
    expect(ir('function f(a, b, c, d) { return c ? a : d ? b : 0; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, b, c, d)
        b0
          %0 = param 0
          %1 = param 1
          %2 = param 2
          %3 = param 3
          branch %2 b1 b2
        b1 <- b0
          jump b5
        b2 <- b0
          branch %3 b3 b4
        b3 <- b2
          jump b5
        b4 <- b2
          %4 = 0
          jump b5
        b5 <- b1 b3 b4
          %5 = phi %0, %1, %4
          return %5
      "
    `);
  });

  it('logical and, or, nullish', () => {
    expect(ir('function f(a, b) { return [a && b, a || b, a ?? b]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, b)
        b0
          %0 = param 0
          %1 = param 1
          branch %0 b1 b2
        b1 <- b0
          jump b2
        b2 <- b0 b1
          %2 = phi %0, %1
          branch %0 b4 b3
        b3 <- b2
          jump b4
        b4 <- b2 b3
          %3 = phi %0, %1
          %4 = null
          %5 = %0 == %4
          branch %5 b5 b6
        b5 <- b4
          jump b6
        b6 <- b4 b5
          %6 = phi %0, %1
          %7 = [%2, %3, %6]
          return %7
      "
    `);
  });

  it('conditions become control flow', () => {
    expect(ir('function f(a, b, c) { if (a && !(b || c)) return 1; return 2; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, b, c)
        b0
          %0 = param 0
          %1 = param 1
          %2 = param 2
          branch %0 b1 b4
        b1 <- b0
          branch %1 b4 b2
        b2 <- b1
          branch %2 b4 b3
        b3 <- b2
          %3 = 1
          return %3
        b4 <- b0 b1 b2
          %4 = 2
          return %4
      "
    `);
  });

  it('sums of strings are one flat concat', () => {
    expect(ir('function f(x, y, z) { return "a" + x + `b${y}c` + z; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, y, z)
          %0 = param 0
          %1 = param 1
          %2 = param 2
          %3 = "a"
          %4 = "b"
          %5 = "c"
          %6 = concat %3, %0, %4, %1, %5, %2
          return %6
      "
    `);
  });

  it('sums of numbers are arithmetic', () => {
    expect(ir('function f() { return 1 + 2 - 3; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
          %0 = 1
          %1 = 2
          %2 = %0 + %1
          %3 = 3
          %4 = %2 - %3
          return %4
      "
    `);
  });

  it('template literals', () => {
    expect(ir('function f(x) { return `${x}`; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = concat %0
          return %1
      "
    `);
  });

  it('compound assignment', () => {
    expect(ir('function f(x, y) { let a = x; a += y; a *= 2; return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, y)
          %0 = param 0
          %1 = param 1
          %2 = concat %0, %1
          %3 = 2
          %4 = %2 * %3
          return %4
      "
    `);
  });

  it('logical assignment writes on one way only', () => {
    expect(ir('function f(x, y, o) { let a = x; a ??= y; o.k ||= y; return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, y, o)
        b0
          %0 = param 0
          %1 = param 1
          %2 = param 2
          %3 = null
          %4 = %0 == %3
          branch %4 b1 b2
        b1 <- b0
          jump b2
        b2 <- b0 b1
          %5 = phi %0, %1
          %9 = phi %0, %1
          %6 = %2.k
          branch %6 b4 b3
        b3 <- b2
          %2.k = %1
          jump b4
        b4 <- b2 b3
          %7 = phi %6, %1
          return %9
      "
    `);
  });

  it('updates give the old or the new value', () => {
    expect(ir('function f(o) { let i = 0; const a = i++; const b = ++i; o.n--; return [a, b]; }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(o)
          %0 = param 0
          %1 = 0
          %2 = 1
          %3 = %1 + %2
          %4 = 1
          %5 = %3 + %4
          %6 = %0.n
          %7 = 1
          %8 = %6 - %7
          %0.n = %8
          %9 = [%1, %5]
          return %9
      "
    `);
  });

  it('void, typeof, in, delete, comma', () => {
    expect(ir('function f(o) { delete o.k; return void 0, [typeof o, "k" in o, !o]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(o)
          %0 = param 0
          delete %0.k
          %1 = true
          %2 = undefined
          %3 = typeof %0
          %4 = "k"
          %5 = %4 in %0
          %6 = ! %0
          %7 = [%3, %5, %6]
          return %7
      "
    `);
  });

  it('literals', () => {
    expect(ir('function f() { return [1, -1, 2n, true, null, undefined, "s", `t`, /r/g]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
          %0 = 1
          %1 = -1
          %2 = "2n"
          %3 = true
          %4 = null
          %5 = undefined
          %6 = "s"
          %7 = "t"
          %8 = /r/g
          %9 = [%0, %1, %2, %3, %4, %5, %6, %7, %8]
          return %9
      "
    `);
  });

  it('casts, satisfies, non-null, as const', () => {
    expect(ir('function f(x) { return [x as T, x satisfies T, x!, <any>0, x as const]; }', 1, 'ts'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = %0 as T
          %2 = %0 satisfies T
          %3 = 0
          %4 = %3 as any
          %5 = [%1, %2, %0, %4, %0]
          return %5
      "
    `);
  });

  it('await and yield', () => {
    expect(ir('async function* f(x) { const a = await x; yield a; yield* x; }')).toMatchInlineSnapshot(`
      "
      fn 1 f async function*(x)
          %0 = param 0
          %1 = await %0
          %2 = yield %1
          %3 = yield* %0
          return _
      "
    `);
  });

  it('new.target, import.meta', () => {
    expect(ir('function f() { return [new.target, import.meta.url]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
          %0 = global new.target
          %1 = global import.meta
          %2 = %1.url
          %3 = [%0, %2]
          return %3
      "
    `);
  });
});

describe('objects, members and calls', () => {
  it('object literals keep the order of spreads', () => {
    expect(ir('function f(a, b, c, k) { return { ...a, id: 1, b, [k]: 2, "s-t": 3, ...c }; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, b, c, k)
          %0 = param 0
          %1 = param 1
          %2 = param 2
          %3 = param 3
          %4 = 1
          %5 = 2
          %6 = 3
          %7 = { ...%0, id: %4, b: %1, [%3]: %5, "s-t": %6, ...%2 }
          return %7
      "
    `);
  });

  it('methods and accessors of object literals', () => {
    expect(ir('const o = { m() { return this.x; }, get x() { return 1; }, set x(v) {}, async *g() {} };', 'all'))
      .toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared o
          %0 = fn 1
          %1 = fn 4
          %2 = { m: %0, get x: fn 2, set x: fn 3, g: %1 }
          setvar o %2
          return _
      fn 1 o.m method()
          %0 = this
          %1 = %0.x
          return %1
      fn 2 o.x getter()
          %0 = 1
          return %0
      fn 3 o.x setter(v)
          %0 = param 0
          return _
      fn 4 o.g async method*()
          return _
      "
    `);
  });

  it('arrays with holes and spreads', () => {
    expect(ir('function f(x) { return [1, , ...x]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = 1
          %2 = [%1, _, ...%0]
          return %2
      "
    `);
  });

  it('member access by name and by key', () => {
    expect(ir('function f(x, k) { return [x.a, x["b"], x[0], x[k], x[Symbol.iterator]]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, k)
          %0 = param 0
          %1 = param 1
          %2 = %0.a
          %3 = %0.b
          %4 = %0.0
          %5 = %0[%1]
          %6 = %0.@@iterator
          %7 = [%2, %3, %4, %5, %6]
          return %7
      "
    `);
  });

  it('member writes', () => {
    expect(ir('function f(x, k) { x.a = 1; x["b"] = 2; x[k] = 3; x.a.b += 1; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, k)
          %0 = param 0
          %1 = param 1
          %2 = 1
          %0.a = %2
          %3 = 2
          %0.b = %3
          %4 = 3
          %0[%1] = %4
          %5 = %0.a
          %6 = %5.b
          %7 = 1
          %8 = concat %6, %7
          %5.b = %8
          return _
      "
    `);
  });

  it('method calls have a receiver', () => {
    expect(ir('function f(a, d) { return a.b.c(1, ...d); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, d)
          %0 = param 0
          %1 = param 1
          %2 = %0.b
          %3 = %2.c
          %4 = 1
          %5 = call %3(%4, ...%1) self %2
          return %5
      "
    `);
  });

  it('optional chains are plain loads and calls', () => {
    expect(ir('function f(a, k) { return a?.b?.(1)?.[k]?.c; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, k)
          %0 = param 0
          %1 = param 1
          %2 = %0.b
          %3 = 1
          %4 = call %2(%3) self %0
          %5 = %4[%1]
          %6 = %5.c
          return %6
      "
    `);
  });

  it('a cast or parenthesis around the callee keeps the receiver', () => {
    expect(ir('function f(a) { (a.b as any)(1); (a?.b)!(2); }', 1, 'ts')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a)
          %0 = param 0
          %1 = %0.b
          %2 = %1 as any
          %3 = 1
          %4 = call %2(%3) self %0
          %5 = %0.b
          %6 = 2
          %7 = call %5(%6) self %0
          return _
      "
    `);
  });

  it('constructors with type arguments', () => {
    expect(ir('function f(a) { return [new Map<string, T>(), new a.B]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a)
          %0 = param 0
          %1 = global Map
          %2 = new %1<string, T>()
          %3 = %0.B
          %4 = new %3()
          %5 = [%2, %4]
          return %5
      "
    `);
  });

  it('tagged templates pass their strings first', () => {
    expect(ir('function f(x) { return sql`a ${x} b`; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = global sql
          %2 = "a "
          %3 = " b"
          %4 = [%2, %3]
          %5 = tag %1(%4, %0)
          return %5
      "
    `);
  });

  it('globals are written through globalThis', () => {
    expect(ir('function f(x) { leak = x; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
          %0 = param 0
          %1 = global globalThis
          %1.leak = %0
          return _
      "
    `);
  });

  it('immediately invoked functions', () => {
    expect(ir('(function () { return 1; })(); (() => 2)();', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
          %0 = fn 1
          %1 = call %0()
          %2 = fn 2
          %3 = call %2()
          return _
      fn 1 <callback 1> function()
          %0 = 1
          return %0
      fn 2 <callback 2> arrow()
          %0 = 2
          return %0
      "
    `);
  });
});

describe('destructuring', () => {
  it('renames, defaults, rest and computed keys', () => {
    expect(ir('function f(x, k) { const { a, b: { c }, d = 1, [k]: e, ...rest } = x; return [a, c, d, e, rest]; }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x, k)
        b0
          %0 = param 0
          %1 = param 1
          %2 = %0.a
          %3 = %0.b
          %4 = %3.c
          %5 = %0.d
          %6 = undefined
          %7 = %5 === %6
          branch %7 b1 b2
        b1 <- b0
          %8 = 1
          jump b2
        b2 <- b0 b1
          %9 = phi %5, %8
          %10 = %0[%1]
          %11 = rest %0 minus a, b, d, *
          %12 = [%2, %4, %9, %10, %11]
          return %12
      "
    `);
  });

  it('arrays with holes, defaults and rest', () => {
    expect(ir('function f(x) { const [a, , b = 2, ...rest] = x; return [a, b, rest]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = %0.0
          %2 = %0.2
          %3 = undefined
          %4 = %2 === %3
          branch %4 b1 b2
        b1 <- b0
          %5 = 2
          jump b2
        b2 <- b0 b1
          %6 = phi %2, %5
          %7 = slice %0 from 3
          %8 = [%1, %6, %7]
          return %8
      "
    `);
  });

  it('parameters', () => {
    expect(ir('function f({ a, b: [b] }, c = 1, ...more) { return [a, b, c]; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(_, c?, ...more)
        b0
          %0 = param 0
          %1 = param 1
          %2 = param 2
          %3 = %0.a
          %4 = %0.b
          %5 = %4.0
          %6 = undefined
          %7 = %1 === %6
          branch %7 b1 b2
        b1 <- b0
          %8 = 1
          jump b2
        b2 <- b0 b1
          %9 = phi %1, %8
          %10 = [%3, %5, %9]
          return %10
      "
    `);
  });

  it('assignment patterns', () => {
    expect(ir('function f(x, o) { let a, b; [a, b] = [b, a]; ({ a, k: o.p, ...o.rest } = x); return [a, b]; }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x, o)
          %0 = param 0
          %1 = param 1
          %2 = undefined
          %3 = [%2, %2]
          %4 = %3.0
          %5 = %3.1
          %6 = %0.a
          %7 = %0.k
          %1.p = %7
          %8 = rest %0 minus a, k
          %1.rest = %8
          %9 = [%6, %5]
          return %9
      "
    `);
  });

  it('in loops', () => {
    expect(ir('function f(xs, a) { for (const { a, ...rest } of xs) g(a, rest); for ([a.b] of xs) g(); }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(xs, a)
        b0
          %0 = param 0
          %1 = param 1
          jump b1
        b1 <- b0 b2
          %2 = more %0
          branch %2 b2 b3
        b2 <- b1
          %3 = iter of %0
          %4 = %3.a
          %5 = rest %3 minus a
          %6 = global g
          %7 = call %6(%4, %5)
          jump b1
        b3 <- b1
          jump b4
        b4 <- b3 b5
          %8 = more %0
          branch %8 b5 b6
        b5 <- b4
          %9 = iter of %0
          %10 = %9.0
          %1.b = %10
          %11 = global g
          %12 = call %11()
          jump b4
        b6 <- b4
          return _
      "
    `);
  });

  it('a default may branch itself', () => {
    expect(ir('function f(x, c) { const { a = c ? 1 : 2 } = x; return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x, c)
        b0
          %0 = param 0
          %1 = param 1
          %2 = %0.a
          %3 = undefined
          %4 = %2 === %3
          branch %4 b1 b5
        b1 <- b0
          branch %1 b2 b3
        b2 <- b1
          %5 = 1
          jump b4
        b3 <- b1
          %6 = 2
          jump b4
        b4 <- b2 b3
          %7 = phi %5, %6
          jump b5
        b5 <- b0 b4
          %8 = phi %2, %7
          return %8
      "
    `);
  });
});

describe('JSX', () => {
  it('components, attributes and children', () => {
    expect(ir('const f = (p) => <Card title="t" ok data={p.x} {...p}>hi {p.name}<b/></Card>;')).toMatchInlineSnapshot(`
      "
      fn 1 f arrow(p)
          %0 = param 0
          %1 = global Card
          %2 = "t"
          %3 = true
          %4 = %0.x
          %5 = "hi"
          %6 = %0.name
          %7 = {  }
          %8 = jsx b %7
          %9 = [%5, %6, %8]
          %10 = { title: %2, ok: %3, data: %4, ...%0, children: %9 }
          %11 = jsx Card %1 %10
          return %11
      "
    `);
  });

  it('a single child is the value itself', () => {
    expect(ir('const f = (p) => <div>{p.name}</div>;')).toMatchInlineSnapshot(`
      "
      fn 1 f arrow(p)
          %0 = param 0
          %1 = %0.name
          %2 = { children: %1 }
          %3 = jsx div %2
          return %3
      "
    `);
  });

  it('members, namespaces and fragments', () => {
    expect(ir('const f = (p) => <><p.Row a:b="1" /><svg:a x={<i/>} />{...p.xs}{/* none */}</>;'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f arrow(p)
          %0 = param 0
          %1 = %0.Row
          %2 = "1"
          %3 = { "a:b": %2 }
          %4 = jsx p.Row %1 %3
          %5 = {  }
          %6 = jsx i %5
          %7 = { x: %6 }
          %8 = jsx svg:a %7
          %9 = %0.xs
          %10 = [%4, %8, ...%9]
          %11 = { children: %10 }
          %12 = jsx <> %11
          return %12
      "
    `);
  });
});
