/**
 * Base classes that are computed: `class Card extends Dated(Entity)`, where `Dated` is a function that makes a class out of
 * the one it is given. Read from the definitions alone, so that a mixin's class stands on every class that any call of the
 * mixin gives it: who calls a method of one such base is told apart by where the method stands, not by the call.
 */
import type { FileEntry, FnEntry, ClsEntry, Binding, Direct } from './program.js';
import type { Instr, Val } from '../facts/ir.js';

/** What a computed base may be: classes of the code base, or `package#Name`. */
export type Base = ClsEntry | string;

/** What the index over the program is asked for. */
interface Declared {
  readonly fns: readonly FnEntry[];
  readonly classes: readonly ClsEntry[];
  readonly files: readonly FileEntry[];
  directVar(file: number, name: string): Direct | null;
  innerFn(owner: number, name: string): number;
  importBinding(file: FileEntry, i: number): Binding;
}

/** Mixins of mixins. */
const DEEPEST = 12;
const MOST_BASES = 32;

export class Mixins {
  private readonly defs = new Map<number, Map<Val, Instr>>();
  /** `function#parameter` → what calls hand in there; only of functions whose parameter is a base. */
  private readonly given = new Map<string, { readonly fn: FnEntry; readonly v: Val }[]>();

  constructor(private readonly program: Declared) {
    this.gather();
  }

  /** The classes that the expression after `extends` may be, where it is not simply the name of one. */
  of(c: ClsEntry): readonly Base[] {
    const v = c.facts.extendsVal;
    if (v < 0) return [];
    const owner = this.program.fns[c.file.fnBase + c.facts.owner]!;
    const def = this.def(owner, v);
    if (def?.op !== 'call' && def?.op !== 'param') return [];
    const out = new Set<Base>();
    this.collect(owner, v, out, 0);
    out.delete(c);
    return [...out];
  }

  /** Calls of those functions that make a class of a parameter. */
  private gather(): void {
    const makers = new Map<number, Set<number>>();
    for (const c of this.program.classes) {
      if (c.facts.extendsVal < 0 || c.facts.owner === 0) continue;
      const owner = this.program.fns[c.file.fnBase + c.facts.owner]!;
      const def = this.def(owner, c.facts.extendsVal);
      if (def?.op !== 'param') continue;
      const at = makers.get(owner.id);
      if (at) at.add(def.i);
      else makers.set(owner.id, new Set([def.i]));
    }
    if (makers.size === 0) return;
    for (const fn of this.program.fns)
      for (const b of fn.facts.blocks)
        for (const i of b.instrs) {
          if (i.op !== 'call' || i.kind !== 'call' || i.self !== -1) continue;
          for (const callee of this.functions(fn, i.f))
            for (const at of makers.get(callee) ?? []) {
              const arg = i.args[at];
              if (!arg || arg.spread) continue;
              const key = `${callee}#${at}`;
              const list = this.given.get(key);
              if (list) list.push({ fn, v: arg.v });
              else this.given.set(key, [{ fn, v: arg.v }]);
            }
        }
  }

  private def(fn: FnEntry, v: Val): Instr | undefined {
    let defs = this.defs.get(fn.id);
    if (!defs) {
      defs = new Map();
      for (const b of fn.facts.blocks) for (const i of b.instrs) if ('d' in i) defs.set(i.d, i);
      this.defs.set(fn.id, defs);
    }
    return defs.get(v);
  }

  private collect(fn: FnEntry, v: Val, out: Set<Base>, depth: number): void {
    if (depth > DEEPEST || out.size >= MOST_BASES) return;
    const { classes, fns } = this.program;
    const def = this.def(fn, v);
    switch (def?.op) {
      case 'class':
        out.add(classes[fn.file.clsBase + def.c]!);
        break;
      case 'param':
        for (const g of this.given.get(`${fn.id}#${def.i}`) ?? []) this.collect(g.fn, g.v, out, depth + 1);
        break;
      case 'typed':
        this.collect(fn, def.v, out, depth + 1);
        break;
      case 'phi':
        for (const x of def.ins) this.collect(fn, x, out, depth + 1);
        break;
      case 'import': {
        const to = this.program.importBinding(fn.file, def.i);
        if (to.k === 'ext') out.add(`${to.mod}#${to.path}`);
        else if (to.k === 'var') this.variable(to.file, to.name, out, depth);
        break;
      }
      case 'getcap':
      case 'getvar': {
        const owner = def.op === 'getcap' ? def.fn : fn.index;
        if (owner === 0) this.variable(fn.file.index, def.name, out, depth);
        break;
      }
      case 'call':
        for (const callee of this.functions(fn, def.f)) {
          const to = fns[callee]!;
          for (const b of to.facts.blocks) if (b.term.t === 'return') this.collect(to, b.term.value, out, depth + 1);
        }
        break;
      default:
        break;
    }
  }

  /** What a module's variable holds from its definition on. */
  private variable(file: number, name: string, out: Set<Base>, depth: number): void {
    const direct = this.program.directVar(file, name);
    const entry = this.program.files[file]!;
    const body = this.program.fns[entry.fnBase];
    if (direct?.k === 'class') out.add(this.program.classes[direct.id]!);
    else if (direct?.k === 'import') {
      const to = this.program.importBinding(entry, direct.i);
      if (to.k === 'var' && depth < DEEPEST) this.variable(to.file, to.name, out, depth + 1);
      else if (to.k === 'ext') out.add(`${to.mod}#${to.path}`);
    } else if (body)
      for (const b of body.facts.blocks)
        for (const i of b.instrs) if (i.op === 'setvar' && i.name === name) this.collect(body, i.v, out, depth + 1);
  }

  /** The functions of the code base that a callee's name stands for. */
  private functions(fn: FnEntry, f: Val): readonly number[] {
    const def = this.def(fn, f);
    if (def?.op === 'fn') return [fn.file.fnBase + def.f];
    if (def?.op === 'import') {
      const to = this.program.importBinding(fn.file, def.i);
      return to.k === 'var' ? this.named(to.file, to.name) : [];
    }
    if (def?.op !== 'getcap' && def?.op !== 'getvar') return [];
    const owner = def.op === 'getcap' ? def.fn : fn.index;
    if (owner === 0) return this.named(fn.file.index, def.name);
    const inner = this.program.innerFn(fn.file.fnBase + owner, def.name);
    return inner < 0 ? [] : [inner];
  }

  private named(file: number, name: string): readonly number[] {
    const direct = this.program.directVar(file, name);
    return direct?.k === 'fn' ? [direct.id] : [];
  }
}
