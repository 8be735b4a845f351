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

describe('ways through a function', () => {
  it('what follows a return is left out', () => {
    expect(ir('function f() { return 1; g(); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
          %0 = 1
          return %0
      "
    `);
  });

  it('early return guards', () => {
    expect(ir('function f(x) { if (!x) return null; if (x.a) { g(); } else return 2; return x; }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          branch %0 b1 b5
        b1 <- b0
          %2 = %0.a
          branch %2 b2 b4
        b2 <- b1
          %3 = global g
          %4 = call %3()
          jump b3
        b3 <- b2
          return %0
        b4 <- b1
          %5 = 2
          return %5
        b5 <- b0
          %1 = null
          return %1
      "
    `);
  });

  it('else if chains', () => {
    expect(ir('function f(a, b) { if (a) g(1); else if (b) g(2); else g(3); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(a, b)
        b0
          %0 = param 0
          %1 = param 1
          branch %0 b1 b2
        b1 <- b0
          %2 = global g
          %3 = 1
          %4 = call %2(%3)
          jump b5
        b2 <- b0
          branch %1 b3 b4
        b3 <- b2
          %5 = global g
          %6 = 2
          %7 = call %5(%6)
          jump b5
        b4 <- b2
          %8 = global g
          %9 = 3
          %10 = call %8(%9)
          jump b5
        b5 <- b1 b3 b4
          return _
      "
    `);
  });

  it('switch falls through', () => {
    expect(ir('function f(x) { switch (x) { case 1: g(1); case 2: g(2); break; default: g(3); } g(4); }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = 1
          %2 = %0 === %1
          branch %2 b1 b2
        b1 <- b0
          %5 = global g
          %6 = 1
          %7 = call %5(%6)
          jump b3
        b2 <- b0
          %3 = 2
          %4 = %0 === %3
          branch %4 b3 b4
        b3 <- b2 b1
          %8 = global g
          %9 = 2
          %10 = call %8(%9)
          jump b6
        b4 <- b2
          jump b5
        b5 <- b4
          %11 = global g
          %12 = 3
          %13 = call %11(%12)
          jump b6
        b6 <- b3 b5
          %14 = global g
          %15 = 4
          %16 = call %14(%15)
          return _
      "
    `);
  });

  it('switch with its default first', () => {
    expect(ir('function f(x) { switch (x) { default: return 0; case 1: return 1; } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = 1
          %2 = %0 === %1
          branch %2 b1 b2
        b1 <- b0
          %4 = 1
          return %4
        b2 <- b0
          jump b3
        b3 <- b2
          %3 = 0
          return %3
      "
    `);
  });

  it('a constant of one switch clause may be unset in the next', () => {
    expect(ir('function f(x) { switch (x) { case 1: const a = 1; case 2: g(a); } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %8 = undefined
          %1 = 1
          %2 = %0 === %1
          branch %2 b1 b2
        b1 <- b0
          %5 = 1
          jump b3
        b2 <- b0
          %3 = 2
          %4 = %0 === %3
          branch %4 b3 b4
        b3 <- b2 b1
          %7 = phi %8, %5
          %6 = global g
          %9 = call %6(%7)
          jump b5
        b4 <- b2
          jump b5
        b5 <- b4 b3
          return _
      "
    `);
  });

  it('labelled break and continue', () => {
    expect(
      ir(
        'function f(x) { outer: for (const a of x) { for (const b of a) { if (b) continue outer; if (a) break outer; g(b); } } }',
      ),
    ).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 b5 b9
          %1 = more %0
          branch %1 b2 b10
        b2 <- b1
          %2 = iter of %0
          jump b3
        b3 <- b2 b8
          %3 = more %2
          branch %3 b4 b9
        b4 <- b3
          %4 = iter of %2
          branch %4 b5 b6
        b5 <- b4
          jump b1
        b6 <- b4
          branch %2 b7 b8
        b7 <- b6
          jump b10
        b8 <- b6
          %5 = global g
          %6 = call %5(%4)
          jump b3
        b9 <- b3
          jump b1
        b10 <- b1 b7
          return _
      "
    `);
  });

  it('a labelled block', () => {
    expect(ir('function f(x) { done: { if (x) break done; g(); } h(); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          branch %0 b1 b2
        b1 <- b0
          jump b3
        b2 <- b0
          %1 = global g
          %2 = call %1()
          jump b3
        b3 <- b1 b2
          %3 = global h
          %4 = call %3()
          return _
      "
    `);
  });

  it('for with all parts', () => {
    expect(ir('function f(x) { for (let i = 0, n = x.length; i < n; i++) { if (x[i]) continue; g(i); } }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = 0
          %2 = %0.length
          jump b1
        b1 <- b0 b5
          %3 = phi %1, %10
          %4 = %3 < %2
          branch %4 b2 b6
        b2 <- b1
          %5 = %0[%3]
          branch %5 b3 b4
        b3 <- b2
          jump b5
        b4 <- b2
          %6 = global g
          %7 = call %6(%3)
          jump b5
        b5 <- b3 b4
          %9 = 1
          %10 = %3 + %9
          jump b1
        b6 <- b1
          return _
      "
    `);
  });

  it('for in, for await', () => {
    expect(ir('async function f(x) { for (const k in x) g(k); for await (const v of x) g(v); }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f async function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 b2
          %1 = more %0
          branch %1 b2 b3
        b2 <- b1
          %2 = iter in %0
          %3 = global g
          %4 = call %3(%2)
          jump b1
        b3 <- b1
          jump b4
        b4 <- b3 b5
          %5 = more %0
          branch %5 b5 b6
        b5 <- b4
          %6 = iter await %0
          %7 = global g
          %8 = call %7(%6)
          jump b4
        b6 <- b4
          return _
      "
    `);
  });

  it('do while', () => {
    expect(ir('function f(x) { let i = 0; do { i++; if (i == 3) break; } while (i < x); return i; }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = 0
          jump b1
        b1 <- b0 b4
          %2 = phi %1, %4
          %3 = 1
          %4 = %2 + %3
          %5 = 3
          %6 = %4 == %5
          branch %6 b2 b3
        b2 <- b1
          jump b5
        b3 <- b1
          jump b4
        b4 <- b3
          %7 = %4 < %0
          branch %7 b1 b5
        b5 <- b2 b4
          return %4
      "
    `);
  });

  it('a loop without an end', () => {
    expect(ir('function f() { for (;;) g(); h(); }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
        b0
          jump b1
        b1 <- b0 b3
          jump b2
        b2 <- b1
          %0 = global g
          %1 = call %0()
          jump b3
        b3 <- b2
          jump b1
      "
    `);
  });

  it('using is a constant, disposed of on every way out', () => {
    expect(ir('async function f() { using a = open(); await using b = open2(); g(a, b); }')).toMatchInlineSnapshot(`
      "
      fn 1 f async function()
        b0
          %0 = global open
          %1 = call %0()
          jump b1
        b1 <- b0 !b6
          %2 = global open2
          %3 = call %2()
          jump b2
        b2 <- b1 !b5
          %4 = global g
          %5 = call %4(%1, %3)
          jump b3
        b3 <- b2 !b6
          %9 = %3.@@asyncDispose
          %10 = call %9() self %3
          jump b4
        b4 <- b3
          %14 = %1.@@dispose
          %15 = call %14() self %1
          return _
        b5 !b6
          %6 = catch
          %7 = %3.@@asyncDispose
          %8 = call %7() self %3
          throw %6
        b6
          %11 = catch
          %12 = %1.@@dispose
          %13 = call %12() self %1
          throw %11
      "
    `);
  });

  it('arrow bodies return', () => {
    expect(ir('const f = (x) => x.id;')).toMatchInlineSnapshot(`
      "
      fn 1 f arrow(x)
          %0 = param 0
          %1 = %0.id
          return %1
      "
    `);
  });
});

describe('exceptions', () => {
  it('a handler sees the value before the region and all that it assigned', () => {
    expect(ir('function f(x) { let a = x; try { a = g(a); h(a); } catch (e) { log(a, e); } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 !b2
          %1 = global g
          %2 = call %1(%0)
          %3 = global h
          %4 = call %3(%2)
          jump b3
        b2
          %5 = catch
          %7 = phi %0, %2
          %6 = global log
          %8 = call %6(%7, %5)
          jump b3
        b3 <- b1 b2
          return _
      "
    `);
  });

  it('after try and catch the values join', () => {
    expect(ir('function f(x) { let a; try { a = g(x); } catch { a = null; } return a; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = undefined
          jump b1
        b1 <- b0 !b2
          %2 = global g
          %3 = call %2(%0)
          jump b3
        b2
          %4 = catch
          %5 = null
          jump b3
        b3 <- b1 b2
          %6 = phi %3, %5
          return %6
      "
    `);
  });

  it('finally runs on the normal and the exceptional way', () => {
    expect(ir('function f(x) { try { g(x); } finally { done(); } return x; }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 !b3
          %1 = global g
          %2 = call %1(%0)
          jump b2
        b2 <- b1
          %6 = global done
          %7 = call %6()
          return %0
        b3
          %3 = catch
          %4 = global done
          %5 = call %4()
          throw %3
      "
    `);
  });

  it('return goes through finally', () => {
    expect(ir('function f(x) { try { if (x) return 1; return g(x); } finally { done(); } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 !b5
          branch %0 b2 b3
        b2 <- b1 !b5
          %1 = 1
          jump b4
        b3 <- b1 !b5
          %2 = global g
          %3 = call %2(%0)
          jump b4
        b4 <- b2 b3
          %9 = phi %1, %3
          %7 = global done
          %8 = call %7()
          return %9
        b5
          %4 = catch
          %5 = global done
          %6 = call %5()
          throw %4
      "
    `);
  });

  it('return in finally wins', () => {
    expect(ir('function f() { try { return 1; } finally { return 2; } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
        b0
          jump b1
        b1 <- b0 !b3
          %0 = 1
          jump b2
        b2 <- b1
          %3 = 2
          return %3
        b3
          %1 = catch
          %2 = 2
          return %2
      "
    `);
  });

  it('break and continue go through finally', () => {
    expect(ir('function f(x) { for (const a of x) { try { if (a) break; else continue; } finally { done(); } } }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 b7
          %1 = more %0
          branch %1 b2 b9
        b2 <- b1
          %2 = iter of %0
          jump b3
        b3 <- b2 !b8
          branch %2 b4 b6
        b4 <- b3 !b8
          jump b5
        b5 <- b4
          %6 = global done
          %7 = call %6()
          jump b9
        b6 <- b3 !b8
          jump b7
        b7 <- b6
          %8 = global done
          %9 = call %8()
          jump b1
        b8
          %3 = catch
          %4 = global done
          %5 = call %4()
          throw %3
        b9 <- b1 b5
          return _
      "
    `);
  });

  it('return through two finally blocks', () => {
    expect(ir('function f(x) { try { try { return x; } finally { a(); } } finally { b(); } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          jump b1
        b1 <- b0 !b6
          jump b2
        b2 <- b1 !b5
          jump b3
        b3 <- b2 !b6
          %4 = global a
          %5 = call %4()
          jump b4
        b4 <- b3
          %9 = global b
          %10 = call %9()
          return %0
        b5 !b6
          %1 = catch
          %2 = global a
          %3 = call %2()
          throw %1
        b6
          %6 = catch
          %7 = global b
          %8 = call %7()
          throw %6
      "
    `);
  });

  it('catch and finally together', () => {
    expect(ir('function f(x) { let s = 1; try { s = g(x); } catch (e) { s = h(e); throw s; } finally { done(s); } }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = 1
          jump b1
        b1 <- b0 !b6
          jump b2
        b2 <- b1 !b5
          %2 = global g
          %3 = call %2(%0)
          jump b3
        b3 <- b2 !b6
          jump b4
        b4 <- b3
          %11 = global done
          %12 = call %11(%3)
          return _
        b5 !b6
          %4 = catch
          %5 = global h
          %6 = call %5(%4)
          throw %6
        b6
          %7 = catch
          %9 = phi %1, %3, %6
          %8 = global done
          %10 = call %8(%9)
          throw %7
      "
    `);
  });

  it('throw inside a loop inside try', () => {
    expect(
      ir(
        'function f(x) { let n = 0; try { for (const a of x) { n = n + 1; if (n > 2) throw n; } } catch (e) { return n; } }',
      ),
    ).toMatchInlineSnapshot(`
      "
      fn 1 f function(x)
        b0
          %0 = param 0
          %1 = 0
          jump b1
        b1 <- b0 !b8
          jump b2
        b2 <- b1 b5 !b8
          %4 = phi %1, %6
          %2 = more %0
          branch %2 b3 b6
        b3 <- b2 !b8
          %3 = iter of %0
          %5 = 1
          %6 = concat %4, %5
          %7 = 2
          %8 = %6 > %7
          branch %8 b4 b5
        b4 <- b3 !b8
          throw %6
        b5 <- b3 !b8
          jump b2
        b6 <- b2 !b8
          jump b7
        b7 <- b6
          return _
        b8
          %9 = catch
          %10 = phi %1, %6
          return %10
      "
    `);
  });

  it('destructured exceptions', () => {
    expect(ir('function f() { try { g(); } catch ({ message, cause = 1 }) { h(message, cause); } }'))
      .toMatchInlineSnapshot(`
      "
      fn 1 f function()
        b0
          jump b1
        b1 <- b0 !b2
          %0 = global g
          %1 = call %0()
          jump b5
        b2
          %2 = catch
          %3 = %2.message
          %4 = %2.cause
          %5 = undefined
          %6 = %4 === %5
          branch %6 b3 b4
        b3 <- b2
          %7 = 1
          jump b4
        b4 <- b2 b3
          %8 = phi %4, %7
          %9 = global h
          %10 = call %9(%3, %8)
          jump b5
        b5 <- b1 b4
          return _
      "
    `);
  });

  it('a function inside finally is one function', () => {
    expect(ir('function f(x) { try { g(); } finally { h(() => x); } }', 'all')).toMatchInlineSnapshot(`
      "
      fn 0 <module> module()
        shared f
          %0 = fn 1
          setvar f %0
          return _
      fn 1 f function(x)
        shared x
        b0
          %0 = param 0
          setvar x %0
          jump b1
        b1 <- b0 !b3
          %1 = global g
          %2 = call %1()
          jump b2
        b2 <- b1
          %7 = global h
          %8 = fn 2
          %9 = call %7(%8)
          return _
        b3
          %3 = catch
          %4 = global h
          %5 = fn 2
          %6 = call %4(%5)
          throw %3
      fn 2 f.<callback 1> arrow()
        captures 1.x
          %0 = getcap 1.x
          return %0
      "
    `);
  });

  it('optional catch binding in a nested try', () => {
    expect(ir('function f() { try { try { g(); } catch { h(); } } catch (e) { i(e); } }')).toMatchInlineSnapshot(`
      "
      fn 1 f function()
        b0
          jump b1
        b1 <- b0 !b5
          jump b2
        b2 <- b1 !b3
          %0 = global g
          %1 = call %0()
          jump b4
        b3 !b5
          %2 = catch
          %3 = global h
          %4 = call %3()
          jump b4
        b4 <- b2 b3 !b5
          jump b6
        b5
          %5 = catch
          %6 = global i
          %7 = call %6(%5)
          jump b6
        b6 <- b4 b5
          return _
      "
    `);
  });
});
