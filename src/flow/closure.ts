/** Function values that leave the activation in which they were made take its variables along. */
import { Frame, THIS } from './frame.js';
import { join } from './join.js';
import { value, type Atom, type Env, type Value } from './value.js';

/** What a function value finds of the activation that made it, asked for lazily. */
class Activation implements Env {
  private readonly memo = new Map<string, Value | null>();
  constructor(
    private readonly frame: Frame,
    private readonly inner: Env | null,
    private readonly close: (v: Value) => Value,
  ) {}
  get(root: string): Value | null {
    const hit = this.memo.get(root);
    if (hit !== undefined) return hit;
    this.memo.set(root, null);
    const out = this.find(root);
    this.memo.set(root, out);
    return out;
  }
  private find(root: string): Value | null {
    const inner = this.inner?.get(root);
    if (inner) return this.close(inner);
    if (root === 'this') return this.close(this.frame.read(THIS, this.frame.state));
    const prefix = `cap:${this.frame.fn.id}#`;
    if (!root.startsWith(prefix)) return null;
    const name = root.slice(prefix.length);
    const now = this.frame.variable(name);
    const all = this.frame.varAll.get(name);
    const v = now && all ? (this.frame.varSsa.has(name) ? now : join(now, all)) : (now ?? all ?? null);
    return v === null ? null : this.close(v);
  }
}

/** Closes the function values inside a value over the frame. One environment object per frame and inner environment. */
export function closeOver(frame: Frame): (v: Value) => Value {
  const envs = new Map<Env | null, Env>();
  const wrap = (inner: Env | null): Env => {
    let env = envs.get(inner);
    if (!env) {
      env = new Activation(frame, inner, close);
      envs.set(inner, env);
      envs.set(env, env);
    }
    return env;
  };
  /** The result of a call that was put off and then made after all, or not at all: nobody will say what it is. */
  const isUnanswered = (a: Atom): boolean =>
    a.k === 'sym' && a.root.startsWith('def:') && !frame.deferred.has(a.root.slice(4));
  const seen = new Map<Value, Value>();
  const close = (v: Value): Value => {
    if (!v.open) return v;
    const hit = seen.get(v);
    if (hit) return hit;
    let changed = false;
    const own = v.atoms.filter((a) => !isUnanswered(a));
    if (own.length < v.atoms.length) changed = true;
    const atoms: Atom[] = own.map((a) => {
      let next: Atom = a;
      if (a.k === 'fn' && a.closure && uses(frame, a.fn))
        next = { ...a, env: wrap(a.env), self: a.self ? close(a.self) : null };
      else if (a.k === 'class' && frame.fn.index !== 0) next = { ...a, env: wrap(a.env) };
      else if (a.k === 'xinst' && a.args) {
        const args = a.args.map(close);
        if (args.some((x, i) => x !== a.args![i])) next = { ...a, args };
      } else if (a.k === 'resolver' && a.reducer) {
        const reducer = close(a.reducer);
        if (reducer !== a.reducer) next = { ...a, reducer };
      } else if (a.k === 'alt') {
        const v = close(a.v);
        if (v !== a.v) next = { ...a, v };
      }
      if (next !== a) changed = true;
      return next;
    });
    let fields: Map<string, Value> | null = null;
    if (v.fields) {
      for (const [k, f] of v.fields) {
        const next = close(f);
        if (next !== f) {
          fields ??= new Map(v.fields);
          fields.set(k, next);
        }
      }
    }
    const out = changed || fields ? value(atoms, fields ?? v.fields, v.marks) : v;
    seen.set(v, out);
    return out;
  };
  return close;
}

/** Whether function `fn` is inside the frame's function (its variables or `this` may be used). */
function uses(frame: Frame, fn: number): boolean {
  const entry = frame.e.program.fns[fn]!;
  if (entry.file !== frame.fn.file) return false;
  for (let i = entry.index; i > 0;) {
    i = entry.file.facts.functions[i]!.parent;
    if (i === frame.fn.index) return true;
    if (i <= 0) break;
  }
  return false;
}
