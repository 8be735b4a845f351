/**
 * The whole program as an index over per-file facts: numbers for functions and classes, who exports what, which class
 * extends which. Built in one linear pass; every question after that is a lookup.
 */
import {
  keptMember,
  type ClassFacts,
  type FileFacts,
  type FunctionFacts,
  type Instr,
  type TypeRef,
} from '../facts/ir.js';
import { usesOf } from '../facts/uses.js';
import type { Resolution } from '../workspace/types.js';
import { Mixins, type Base } from './mixins.js';

export interface FileEntry {
  readonly index: number;
  readonly path: string;
  readonly facts: FileFacts;
  /** Global number of the module body; function `i` of the file is `fnBase + i`. */
  readonly fnBase: number;
  readonly clsBase: number;
  readonly role: 'product' | 'test' | 'script';
}

export interface FnEntry {
  readonly id: number;
  readonly file: FileEntry;
  readonly index: number;
  readonly facts: FunctionFacts;
}

export interface ClsEntry {
  readonly id: number;
  readonly file: FileEntry;
  readonly index: number;
  readonly facts: ClassFacts;
}

/** What a name means: a variable, a property of what `module.exports` was made, a whole module, a stranger's. */
export type Binding =
  | { readonly k: 'var'; readonly file: number; readonly name: string }
  | { readonly k: 'member'; readonly file: number; readonly name: string; readonly key: string }
  | { readonly k: 'module'; readonly file: number }
  | { readonly k: 'ext'; readonly mod: string; readonly path: string }
  | { readonly k: 'none' };

/** A module variable whose value is plain from its definition. */
export type Direct = { readonly k: 'fn' | 'class'; readonly id: number } | { readonly k: 'import'; readonly i: number };

/** Names of the global object. */
export const GLOBAL_OBJECT: ReadonlySet<string> = new Set(['window', 'globalThis', 'self', 'global']);

/** Methods of the language's containers that put something into them. */
const FILLS: ReadonlySet<string> = new Set(['set', 'add', 'push', 'unshift', 'splice', 'append', 'fill']);

const NONE: Binding = { k: 'none' };

export class Program {
  readonly files: FileEntry[] = [];
  readonly fns: FnEntry[] = [];
  readonly classes: ClsEntry[] = [];
  /** Methods of classes and of object literals by bare name, for the fallback by name. */
  readonly methodsByName = new Map<string, number[]>();
  private readonly byPath = new Map<string, FileEntry>();
  private readonly inner = new Map<string, number>();
  private readonly exportCache = new Map<string, Binding>();
  private readonly direct = new Map<number, Map<string, Direct>>();
  private readonly superCache = new Map<number, readonly Base[]>();
  private mixins: Mixins | null = null;
  private readonly subs = new Map<number, number[]>();
  /** Properties of the global object that the code sets. */
  readonly globals = new Set<string>();
  /** Functions inside functions that nobody mentions. */
  readonly unmentioned = new Set<number>();
  private written: Set<string> | null = null;
  /** `file#name` of a module variable → functions of that file that assign it. */
  private readonly writers = new Map<string, number[]>();
  /** `file#name` of module variables whose object functions write to, be it in another file. */
  private readonly filled = new Set<string>();
  /** `file#Class#name` of static fields that functions assign. */
  private readonly staticWrites = new Set<string>();
  private readonly fieldWriters = new Map<string, number[]>();
  /** `file#Class!name` of methods that the module body puts in the place of a class's own. */
  private readonly kept = new Set<string>();
  private readonly starDepth = 64;

  constructor(
    files: readonly { path: string; facts: FileFacts; role: 'product' | 'test' | 'script' }[],
    private readonly resolveImport: (fromPath: string, specifier: string) => Resolution,
  ) {
    for (const f of files) {
      const entry: FileEntry = {
        index: this.files.length,
        path: f.path,
        facts: f.facts,
        fnBase: this.fns.length,
        clsBase: this.classes.length,
        role: f.role,
      };
      this.files.push(entry);
      this.byPath.set(f.path, entry);
      f.facts.functions.forEach((facts, index) => this.fns.push({ id: this.fns.length, file: entry, index, facts }));
      f.facts.classes.forEach((facts, index) =>
        this.classes.push({ id: this.classes.length, file: entry, index, facts }),
      );
    }
    for (const f of this.files) this.index(f);
    for (const c of this.classes) {
      for (const base of this.superclasses(c)) {
        // What a test puts in the place of a class is not what the product runs.
        if (typeof base === 'string' || (c.file.role === 'test' && base.file.role !== 'test')) continue;
        const list = this.subs.get(base.id);
        if (list) list.push(c.id);
        else this.subs.set(base.id, [c.id]);
      }
    }
  }

  file(path: string): FileEntry | null {
    return this.byPath.get(path) ?? null;
  }

  private index(file: FileEntry): void {
    const direct = new Map<string, Direct>();
    this.direct.set(file.index, direct);
    const body = file.facts.functions[0];
    if (body) {
      const defs = new Map<number, Instr>();
      const single = new Set(body.shared.filter((s) => s.single).map((s) => s.name));
      for (const s of body.shared) if (s.name.includes('!')) this.kept.add(`${file.index}#${s.name}`);
      for (const b of body.blocks) {
        for (const i of b.instrs) {
          if (i.op === 'fn' || i.op === 'class' || i.op === 'import') defs.set(i.d, i);
          if (i.op !== 'setvar' || !single.has(i.name)) continue;
          const def = defs.get(i.v);
          if (def?.op === 'fn') direct.set(i.name, { k: 'fn', id: file.fnBase + def.f });
          else if (def?.op === 'class') direct.set(i.name, { k: 'class', id: file.clsBase + def.c });
          else if (def?.op === 'import') direct.set(i.name, { k: 'import', i: def.i });
        }
      }
    }
    this.indexUnmentioned(file);
    for (const fn of file.facts.functions) this.indexFilled(file, fn);
    for (const [index, fn] of file.facts.functions.entries()) {
      if (index > 0) this.indexInner(file.fnBase, index, fn);
      if (fn.kind === 'method' && fn.name !== '') {
        const bare = fn.name.slice(fn.name.lastIndexOf('.') + 1);
        push(this.methodsByName, bare, file.fnBase + index);
      }
      const thisVals = new Set<number>();
      const globalVals = new Set<number>();
      for (const b of fn.blocks) {
        for (const i of b.instrs) {
          if (i.op === 'store' || i.op === 'storex') {
            if (i.op === 'store' && globalVals.has(i.b)) this.globals.add(i.k);
          } else if (i.op === 'global' && GLOBAL_OBJECT.has(i.name)) globalVals.add(i.d);
          if (i.op === 'this') thisVals.add(i.d);
          else if (i.op === 'setcap' && i.fn === 0) push(this.writers, `${file.index}#${i.name}`, file.fnBase + index);
          else if (i.op === 'store' && thisVals.has(i.b)) {
            const owner = this.classOf(file, index);
            if (owner >= 0 && fn.kind !== 'constructor' && fn.kind !== 'field-init')
              push(this.fieldWriters, `${owner}#${i.k}`, file.fnBase + index);
          }
        }
      }
    }
  }

  /** Which objects of module variables a function writes to: `state.user = u`, `cache.set(id, u)`, `Object.assign(state, u)`. */
  private indexFilled(file: FileEntry, fn: FunctionFacts): void {
    const root = new Map<number, string>();
    const methods = new Map<number, string>();
    const fills = (v: number): void => {
      const name = root.get(v);
      if (name !== undefined) this.filled.add(name);
    };
    for (const b of fn.blocks) {
      for (const i of b.instrs) {
        switch (i.op) {
          case 'getcap':
            if (i.fn === 0) root.set(i.d, `${file.index}#${i.name}`);
            break;
          case 'import': {
            const to = this.importBinding(file, i.i);
            if (to.k === 'var') root.set(i.d, `${to.file}#${to.name}`);
            break;
          }
          case 'load': {
            const of = root.get(i.b);
            if (of !== undefined) root.set(i.d, of);
            methods.set(i.d, i.k);
            break;
          }
          case 'loadx':
          case 'typed': {
            const of = root.get(i.op === 'typed' ? i.v : i.b);
            if (of !== undefined) root.set(i.d, of);
            break;
          }
          case 'this':
            if (fn.isStatic && fn.cls >= 0) root.set(i.d, `${file.index}#${file.facts.classes[fn.cls]!.name}`);
            break;
          case 'store':
          case 'storex':
            if (i.op === 'store' && fn.kind !== 'static-init' && root.has(i.b))
              this.staticWrites.add(`${root.get(i.b)!}#${i.k}`);
            fills(i.b);
            break;
          case 'call':
            if (i.self !== -1 && FILLS.has(methods.get(i.f) ?? '')) fills(i.self);
            else if (methods.get(i.f) === 'assign' && i.args[0]) fills(i.args[0].v);
            break;
          default:
            break;
        }
      }
    }
  }

  /** Whether functions write to the object of a module variable: what it holds is not known from the module alone. */
  isFilled(file: number, name: string): boolean {
    return this.filled.has(`${file}#${name}`);
  }

  /** Whether functions assign a static field of a class. */
  isStaticWritten(cls: number, field: string): boolean {
    const c = this.classes[cls]!;
    return this.staticWrites.has(`${c.file.index}#${c.facts.name}#${field}`);
  }

  private indexUnmentioned(file: FileEntry): void {
    const mentioned = new Set<string>();
    const made: { fn: number; owner: number; d: number; names: string[] }[] = [];
    for (const [owner, fn] of file.facts.functions.entries()) {
      const inner = new Map<number, (typeof made)[number]>();
      const use = (v: number): void => void inner.delete(v);
      for (const b of fn.blocks) {
        for (const i of b.instrs)
          if (i.op === 'fn' && file.facts.functions[i.f]!.captures.some((c) => c.fn !== 0))
            inner.set(i.d, { fn: file.fnBase + i.f, owner, d: i.d, names: [] });
      }
      for (const b of fn.blocks) {
        for (const i of b.instrs) {
          if (i.op === 'getvar') mentioned.add(`${owner}#${i.name}`);
          else if (i.op === 'getcap') mentioned.add(`${i.fn}#${i.name}`);
          if (inner.size === 0) continue;
          if (i.op === 'setvar') inner.get(i.v)?.names.push(i.name);
          else if (i.op === 'phi') i.ins.forEach(use);
          else usesOf(i).forEach(use);
        }
        if (b.term.t === 'return' || b.term.t === 'throw') use(b.term.value);
        else if (b.term.t === 'branch') use(b.term.cond);
      }
      made.push(...inner.values());
    }
    for (const m of made) if (!m.names.some((n) => mentioned.has(`${m.owner}#${n}`))) this.unmentioned.add(m.fn);
  }

  /** Class whose `this` a function sees: its own, or that of the method around an arrow function. -1 if none. */
  classOf(file: FileEntry, index: number): number {
    for (let i = index; i >= 0;) {
      const fn: FunctionFacts = file.facts.functions[i]!;
      if (fn.cls >= 0) return file.clsBase + fn.cls;
      if (fn.kind !== 'arrow') return -1;
      i = fn.parent;
    }
    return -1;
  }

  /** Functions of the file that assign a module variable. */
  writersOf(file: number, name: string): readonly number[] {
    return this.writers.get(`${file}#${name}`) ?? [];
  }

  /** Methods (constructor and initialisers apart) that assign a field of the class itself. */
  fieldWritersOf(cls: number, field: string): readonly number[] {
    return this.fieldWriters.get(`${cls}#${field}`) ?? [];
  }

  /** Functions that a function's variables stand for from their declaration to its end. */
  private indexInner(fnBase: number, index: number, fn: FunctionFacts): void {
    const single = new Set(fn.shared.filter((s) => s.single).map((s) => s.name));
    if (single.size === 0) return;
    const made = new Map<number, number>();
    for (const b of fn.blocks)
      for (const i of b.instrs) {
        if (i.op === 'fn') made.set(i.d, i.f);
        else if (i.op === 'typed' && made.has(i.v)) made.set(i.d, made.get(i.v)!);
        else if (i.op === 'setvar' && single.has(i.name) && made.has(i.v))
          this.inner.set(`${fnBase + index}#${i.name}`, fnBase + made.get(i.v)!);
      }
  }

  /** The function that a variable of function `owner` always stands for; -1 if it may be anything else. */
  innerFn(owner: number, name: string): number {
    return this.inner.get(`${owner}#${name}`) ?? -1;
  }

  directVar(file: number, name: string): Direct | null {
    return this.direct.get(file)?.get(name) ?? null;
  }

  /** The files that a file loads when it is loaded, types aside. */
  imported(file: FileEntry): Set<number> {
    const out = new Set<number>();
    for (const { specifier, typeOnly } of file.facts.imports) {
      const to = typeOnly ? null : this.resolveImport(file.path, specifier);
      const target = to?.kind === 'file' ? this.byPath.get(to.path) : undefined;
      if (target !== undefined) out.add(target.index);
    }
    return out;
  }

  importBinding(file: FileEntry, i: number): Binding {
    const imp = file.facts.imports[i]!;
    return this.resolveBinding(file, imp.specifier, imp.imported);
  }

  /** What `imported` of `specifier` means in a file. */
  resolveBinding(file: FileEntry, specifier: string, imported: string): Binding {
    const to = this.resolveImport(file.path, specifier);
    if (to.kind === 'file') {
      const target = this.byPath.get(to.path);
      if (!target) return NONE;
      if (imported === '*' || imported === '') return { k: 'module', file: target.index };
      return this.exported(target, imported);
    }
    if (to.kind === 'asset') return NONE;
    const mod = to.kind === 'package' ? to.specifier : to.kind === 'builtin' ? to.name : to.specifier;
    return { k: 'ext', mod, path: imported === '*' ? '' : imported };
  }

  /** The binding behind an exported name, through re-exports and barrels. */
  exported(file: FileEntry, name: string): Binding {
    const key = `${file.index}#${name}`;
    const hit = this.exportCache.get(key);
    if (hit) return hit;
    const found = this.findExport(file, name, new Set(), 0);
    this.exportCache.set(key, found);
    return found;
  }

  private findExport(file: FileEntry, name: string, seen: Set<number>, depth: number): Binding {
    if (seen.has(file.index) || depth > this.starDepth) return NONE;
    seen.add(file.index);
    let assign: string | null = null;
    for (const e of file.facts.exports) {
      if (e.kind === 'local' && e.name === name) return { k: 'var', file: file.index, name: e.var };
      if (e.kind === 'from' && e.name === name) return this.through(file, e.specifier, e.imported, seen, depth);
      if (e.kind === 'assign') assign = e.var;
    }
    if (assign !== null && name === 'default') return { k: 'var', file: file.index, name: assign };
    // What another star surely has comes before what a package, or a file that is not there, might have.
    let outside: Binding = NONE;
    for (const e of file.facts.exports) {
      if (e.kind !== 'star' || name === 'default') continue;
      const found = this.through(file, e.specifier, name, seen, depth);
      if (found.k === 'ext' || found.k === 'member') outside = outside.k === 'none' ? found : outside;
      else if (found.k !== 'none') return found;
    }
    if (outside.k !== 'none' || assign === null) return outside;
    return { k: 'member', file: file.index, name: assign, key: name };
  }

  private through(file: FileEntry, specifier: string, imported: string, seen: Set<number>, depth: number): Binding {
    const to = this.resolveImport(file.path, specifier);
    if (to.kind === 'file') {
      const target = this.byPath.get(to.path);
      if (!target) return NONE;
      if (imported === '*') return { k: 'module', file: target.index };
      return this.findExport(target, imported, seen, depth + 1);
    }
    if (to.kind === 'asset') return NONE;
    const mod = to.kind === 'builtin' ? to.name : to.specifier;
    return { k: 'ext', mod, path: imported === '*' ? '' : imported };
  }

  /** `module.exports = x` of a CommonJS module, or null. */
  assigned(file: FileEntry): string | null {
    for (const e of file.facts.exports) if (e.kind === 'assign') return e.var;
    return null;
  }

  /** Names that a module exports, its stars left aside. */
  exportNames(file: FileEntry): string[] {
    return file.facts.exports.flatMap((e) => (e.kind === 'local' || e.kind === 'from' ? [e.name] : []));
  }

  /**
   * The base classes: ours, or `package#Name` of a package's. One, or none; several where the base is computed and calls of
   * the function that makes it give it several.
   */
  superclasses(c: ClsEntry): readonly Base[] {
    const hit = this.superCache.get(c.id);
    if (hit !== undefined) return hit;
    this.superCache.set(c.id, []);
    const named = c.facts.extends ? this.classByRef(c.file, c.facts.owner, c.facts.extends) : null;
    let found: readonly Base[] = named === null ? [] : [named];
    if (c.facts.extends && (named === null || this.isComputed(c, named))) {
      const computed = (this.mixins ??= new Mixins(this)).of(c);
      if (computed.length > 0) found = computed;
    }
    // A class that leads back to itself has no base: hostile, or a mistake.
    if (found.some((base) => this.leadsTo(base, c))) found = found.filter((base) => !this.leadsTo(base, c));
    this.superCache.set(c.id, found);
    return found;
  }

  /** Whether what stands after `extends` is not simply the name of a class. */
  private isComputed(c: ClsEntry, named: Base): boolean {
    if (typeof named === 'string' && named.startsWith('#')) return true;
    const v = c.facts.extendsVal;
    for (const b of c.file.facts.functions[c.facts.owner]!.blocks)
      for (const i of b.instrs) if ('d' in i && i.d === v) return i.op === 'call';
    return false;
  }

  private leadsTo(base: Base, c: ClsEntry): boolean {
    const seen = new Set<Base>();
    const queue: Base[] = [base];
    for (const up of queue) {
      if (up === c) return true;
      if (typeof up === 'string' || seen.has(up)) continue;
      seen.add(up);
      queue.push(...(this.superCache.get(up.id) ?? []));
    }
    return false;
  }

  private classByRef(file: FileEntry, owner: number, ref: TypeRef): ClsEntry | string | null {
    if (ref.k !== 'ref') return null;
    const [head, ...rest] = ref.name.split('.');
    if (rest.length === 0) {
      // A class of the same file: the innermost one around, else the one at the top.
      let best: ClsEntry | null = null;
      file.facts.classes.forEach((cf, i) => {
        if (cf.name !== head) return;
        if (cf.owner === owner || cf.owner === 0 || best === null) best = this.classes[file.clsBase + i]!;
      });
      if (best) return best;
    }
    const imp = file.facts.imports.findIndex((im) => im.local === head);
    if (imp < 0) return head ? `#${ref.name}` : null;
    const im = file.facts.imports[imp]!;
    const b =
      rest.length > 0 && im.imported === '*'
        ? this.resolveBinding(file, im.specifier, rest[0]!)
        : this.importBinding(file, imp);
    if (b.k === 'var') {
      const d = this.directVar(b.file, b.name);
      if (d?.k === 'class') return this.classes[d.id]!;
      return null;
    }
    if (b.k === 'ext') return `${b.mod}#${b.path}`;
    return null;
  }

  /** Whether any code puts something under this name on an object, or names it in a text (`decorate('user', …)`). */
  isWritten(name: string): boolean {
    if (this.written === null) {
      this.written = new Set();
      for (const { facts } of this.fns)
        for (const b of facts.blocks)
          for (const i of b.instrs)
            if (i.op === 'store') this.written.add(i.k);
            else if (i.op === 'object')
              for (const p of i.parts) {
                if ('k' in p && typeof p.k === 'string') this.written.add(p.k);
              }
            else if (i.op === 'const' && typeof i.v === 'string' && i.v.length < 40) this.written.add(i.v);
    }
    return this.written.has(name);
  }

  /** The class and all its subclasses. */
  withSubclasses(cls: number): number[] {
    const out = new Set([cls]);
    for (const c of out) for (const s of this.subs.get(c) ?? []) out.add(s);
    return [...out];
  }

  /** A member, looked up along the base classes. `base`: the package class at the top, if nothing was found. */
  member(
    cls: number,
    name: string,
    kind: 'method' | 'getter' | 'setter' | 'field',
    isStatic = false,
  ): { fn: number; cls: number } | { base: string } | null {
    for (const c of this.lineage(cls)) {
      if (typeof c === 'string') return { base: c };
      for (const m of c.facts.members) {
        if (m.name !== name || m.isStatic !== isStatic || m.kind !== kind) continue;
        if (kind === 'field') return { fn: -1, cls: c.id };
        if (m.fn >= 0) return { fn: c.file.fnBase + m.fn, cls: c.id };
      }
    }
    return null;
  }

  /** The variable that holds a method which decorators made, or code put on the prototype; null: it is as it was written. */
  keptMember(cls: number, name: string): { readonly file: number; readonly name: string } | null {
    if (this.kept.size === 0) return null;
    for (const c of this.lineage(cls)) {
      if (typeof c === 'string') return null;
      const variable = keptMember(c.facts.name, name);
      if (c.facts.owner === 0 && this.kept.has(`${c.file.index}#${variable}`))
        return { file: c.file.index, name: variable };
      if (c.facts.members.some((m) => m.name === name && m.kind === 'method' && !m.isStatic)) return null;
    }
    return null;
  }

  /** Methods that code puts on the prototype of a constructor function. */
  prototypeOf(fn: FnEntry): readonly { readonly key: string; readonly variable: string }[] {
    if (this.kept.size === 0 || fn.facts.parent !== 0) return [];
    const own = keptMember(fn.facts.name, '');
    return fn.file.facts.functions[0]!.shared.filter((s) => s.name.startsWith(own)).map((s) => ({
      key: s.name.slice(own.length),
      variable: s.name,
    }));
  }

  /** The package class at the top of a class's bases, `package#Name`, or null. */
  externalBase(cls: number): string | null {
    for (const c of this.lineage(cls)) if (typeof c === 'string') return c;
    return null;
  }

  /** A class and its base classes from the bottom up; a package class, `package#Name`, ends a line, as does a circle. */
  private *lineage(cls: number): Generator<Base> {
    const seen = new Set<Base>();
    const line: Base[] = [this.classes[cls]!];
    for (let c = line.shift(); c !== undefined; c = line.shift()) {
      if (seen.has(c)) continue;
      seen.add(c);
      yield c;
      if (typeof c !== 'string') line.unshift(...this.superclasses(c));
    }
  }
}

function push<K>(map: Map<K, number[]>, key: K, id: number): void {
  const list = map.get(key);
  if (!list) map.set(key, [id]);
  else if (list[list.length - 1] !== id) list.push(id);
}
