/** Module variables, class fields and statics: values that are asked for from outside the function that makes them. */
import { known } from './cleaned.js';
import { closeOver } from './closure.js';
import type { Engine } from './engine.js';
import { Frame } from './frame.js';
import { bindingValue, fnValue, typedDefault } from './select.js';
import { substitute } from './substitute.js';
import { heldBy, NOTHING, OPAQUE, value, type Value } from './value.js';
import { join } from './join.js';
import { update } from './fields.js';

export class Modules {
  private readonly frames = new Map<number, Frame>();
  private readonly vars = new Map<string, Value>();
  private readonly busy = new Set<string>();
  private readonly fields = new Map<string, Value>();
  private readonly instances = new Map<number, Value>();
  private readonly staticValues = new Map<number, Value>();

  private readonly finished = new Set<number>();

  constructor(private readonly e: Engine) {}

  /** Called when a module body has been interpreted for good: its variables may be kept. */
  leave(file: number): void {
    this.finished.add(file);
  }

  /** Called when a module body begins to be interpreted: its frame answers for its variables. */
  enter(file: number, frame: Frame): void {
    this.frames.set(file, frame);
  }

  variable(file: number, name: string): Value {
    const { e } = this;
    const direct = e.program.directVar(file, name);
    const entry = e.program.files[file]!;
    if (direct?.k === 'fn') return fnValue(e, direct.id, null);
    if (direct?.k === 'class') return value([{ k: 'class', cls: direct.id, env: null }]);
    const key = `${file}#${name}`;
    if (direct?.k === 'import') {
      if (this.busy.has(key)) return NOTHING;
      this.busy.add(key);
      try {
        return bindingValue(e, e.program.importBinding(entry, direct.i));
      } finally {
        this.busy.delete(key);
      }
    }
    const hit = this.vars.get(key);
    if (hit) return hit;
    if (this.busy.has(key)) return this.now(file, name);
    this.busy.add(key);
    try {
      e.summary(entry.fnBase);
      let v = this.now(file, name);
      const shared = entry.facts.functions[0]?.shared.find((s) => s.name === name);
      const writers = e.program.writersOf(file, name);
      for (const w of writers) {
        const stored = e.summary(w).stores.get(`cap:${entry.fnBase}#${name}`);
        if (stored && !stored.symbolic) v = join(v, known(stored));
      }
      if (
        shared?.type &&
        (v === NOTHING ||
          writers.length > 0 ||
          v.atoms.every((a) => a.k === 'opaque' || (a.k === 'const' && (a.v === null || a.v === undefined))))
      ) {
        const t = e.types.resolve(entry.path, 0, shared.type);
        if (e.types.external(t) !== null || e.types.classes(t).length > 0) {
          if (!v.atoms.some((a) => a.k === 'xinst' || a.k === 'inst'))
            v = join(v, typedDefault(e, t, { fn: entry.fnBase, span: [0, 0] }));
        }
      }
      if (writers.length > 0 || e.program.isFilled(file, name)) {
        v = join(v, heldBy(`cell:var:${file}#${name}`));
      }
      if (this.finished.has(file)) this.vars.set(key, v);
      return v;
    } finally {
      this.busy.delete(key);
    }
  }

  /** What the module body has given the variable so far (all of it, once it has run). */
  private now(file: number, name: string): Value {
    const frame = this.frames.get(file);
    if (!frame) return NOTHING;
    const v = frame.variable(name);
    const all = frame.varAll.get(name);
    const out = v && all && !frame.varSsa.has(name) ? join(v, all) : (v ?? all ?? NOTHING);
    return out.open ? closeOver(frame)(out) : out;
  }

  /** A field of an instance of which only the class is known: what constructors, initialisers and methods give it. */
  field(cls: number, field: string): Value {
    const { e } = this;
    const key = `${cls}#${field}`;
    const hit = this.fields.get(key);
    if (hit) return hit;
    this.fields.set(key, OPAQUE);
    let v = this.instance(cls).fields?.get(field) ?? NOTHING;
    const line = [cls];
    for (const c of line) {
      for (const w of e.program.fieldWritersOf(c, field)) {
        const self = e.summary(w).outs.get('this')?.fields?.get(field);
        if (self && !self.symbolic) v = join(v, known(self));
      }
      for (const base of e.program.superclasses(e.program.classes[c]!))
        if (typeof base !== 'string' && !line.includes(base.id) && line.length < 16) line.push(base.id);
    }
    const entry = e.program.classes[cls]!;
    const t = e.types.member(e.types.classType(entry.file.path, entry.index), field);
    if (
      t &&
      (v === NOTHING ||
        !v.atoms.some((a) => a.k === 'xinst' || a.k === 'inst' || a.k === 'fn' || a.k === 'label' || a.k === 'built'))
    ) {
      v = join(v, typedDefault(e, t, { fn: entry.file.fnBase, span: entry.facts.span }));
    }
    v = join(v, heldBy(`cell:field:${cls}#${field}`));
    this.fields.set(key, v);
    return v;
  }

  /** An instance made by nobody in particular: constructor parameters have what their types promise. */
  private instance(cls: number): Value {
    const hit = this.instances.get(cls);
    if (hit) return hit;
    this.instances.set(cls, NOTHING);
    const { e } = this;
    const c = e.program.classes[cls]!;
    let out = NOTHING;
    for (const base of e.program.superclasses(c)) if (typeof base !== 'string') out = join(out, this.instance(base.id));
    for (const i of [c.facts.fieldInit, c.facts.constructorFn]) {
      if (i < 0) continue;
      const fn = e.program.fns[c.file.fnBase + i]!;
      const self = e.summary(fn.id).outs.get('this');
      for (const [k, f] of self?.fields ?? []) out = update(out, k, this.settle(fn.id, f));
    }
    this.instances.set(cls, out);
    return out;
  }

  /** Constructor parameters by their declared types alone. */
  private settle(fn: number, v: Value): Value {
    const { e } = this;
    if (!v.open) return v;
    const entry = e.program.fns[fn]!;
    const get = (root: string): Value | null => {
      if (root[0] !== 'p') return root === 'this' ? OPAQUE : null;
      const p = entry.facts.params[Number(root.slice(1))];
      if (!p?.type) return OPAQUE;
      return typedDefault(e, e.types.resolve(entry.file.path, entry.index, p.type), { fn, span: p.span });
    };
    return substitute(e, v, { get, envs: new Map() });
  }

  statics(cls: number): Value {
    const hit = this.staticValues.get(cls);
    if (hit) return hit;
    this.staticValues.set(cls, NOTHING);
    const { e } = this;
    let out = NOTHING;
    const c = e.program.classes[cls]!;
    for (const base of e.program.superclasses(c)) if (typeof base !== 'string') out = join(out, this.statics(base.id));
    for (const m of c.facts.members)
      if (m.isStatic && m.kind === 'method' && m.fn >= 0)
        out = update(out, m.name, fnValue(e, c.file.fnBase + m.fn, null));
    if (c.facts.staticInit >= 0) {
      const self = e.summary(c.file.fnBase + c.facts.staticInit).outs.get('this');
      for (const [k, f] of self?.fields ?? []) out = update(out, k, this.settle(c.file.fnBase + c.facts.staticInit, f));
    }
    this.staticValues.set(cls, out);
    return out;
  }
}
