/** From a built body to the facts: numbers the blocks in reverse postorder and removes joins that join nothing. */
import type { Block, Instr, Terminator, Val } from './ir.js';
import type { BlockDraft, Body, Mutable } from './body.js';

/** The blocks that can be reached, exceptional ways included, entry first. */
export function finishBody(body: Body): Block[] {
  const order = reversePostorder(body.entry);
  for (const block of order) dropUnreachablePreds(block);
  const renamed = body.phiCount === 0 ? null : removeTrivialPhis(order, body.valueCount);
  return order.map((draft) => {
    const { phis, instrs } = draft;
    let all: Instr[];
    if (draft === body.entry) all = body.prologue.concat(instrs);
    else if (phis === null || phis.length === 0) all = instrs;
    else if (draft.region === null) all = (phis as Instr[]).concat(instrs);
    else all = instrs.slice(0, 1).concat(phis as Instr[], instrs.slice(1)); // `catch` stays first
    if (renamed !== null) for (const instr of all) rename(instr as Mutable<Instr>, renamed);
    return {
      preds: draft.preds.map((p) => p.index),
      instrs: all,
      term: finishTerm(draft, renamed),
      handler: draft.handler === null ? -1 : draft.handler.index,
    };
  });
}

function finishTerm(draft: BlockDraft, renamed: Int32Array | null): Terminator {
  const { term } = draft;
  const value = (v: Val): Val => (renamed === null || v < 0 ? v : renamed[v]!);
  switch (term?.t) {
    case 'jump':
      return { t: 'jump', to: term.to.index };
    case 'branch':
      return { t: 'branch', cond: value(term.cond), then: term.then.index, else: term.else.index };
    case 'return':
    case 'throw':
      return { t: term.t, value: value(term.value), span: term.span };
    default:
      return { t: 'stop' };
  }
}

function successors(block: BlockDraft): BlockDraft[] {
  const { term, handler } = block;
  const next: BlockDraft[] = handler === null ? [] : [handler];
  if (term?.t === 'jump') next.push(term.to);
  else if (term?.t === 'branch') next.push(term.else, term.then);
  return next;
}

function reversePostorder(entry: BlockDraft): BlockDraft[] {
  const order: BlockDraft[] = [];
  const seen = new Set<BlockDraft>([entry]);
  const stack: { readonly block: BlockDraft; readonly next: BlockDraft[]; i: number }[] = [
    { block: entry, next: successors(entry), i: 0 },
  ];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.i === top.next.length) {
      order.push(top.block);
      stack.pop();
      continue;
    }
    const to = top.next[top.i++]!;
    if (seen.has(to)) continue;
    seen.add(to);
    stack.push({ block: to, next: successors(to), i: 0 });
  }
  order.reverse();
  order.forEach((block, i) => {
    block.index = i;
  });
  return order;
}

function dropUnreachablePreds(block: BlockDraft): void {
  if (block.preds.every((p) => p.index >= 0)) return;
  const keep = block.preds.map((p) => p.index >= 0);
  if (block.phis !== null && block.region === null)
    for (const phi of block.phis) phi.ins = phi.ins.filter((_, i) => keep[i]);
  const kept = block.preds.filter((p) => p.index >= 0);
  block.preds.length = 0;
  for (const pred of kept) block.preds.push(pred);
}

/** A join of one value with itself is that value. Returns what each value became, or null if nothing changed. */
function removeTrivialPhis(order: readonly BlockDraft[], count: number): Int32Array | null {
  const same = new Int32Array(count);
  for (let i = 0; i < count; i++) same[i] = i;
  const find = (v: Val): Val => {
    while (same[v] !== v) {
      same[v] = same[same[v]!]!;
      v = same[v]!;
    }
    return v;
  };
  let removed = false;
  for (let changed = true, rounds = 0; changed && rounds < 50; rounds++) {
    changed = false;
    for (const block of order) {
      if (block.phis === null) continue;
      for (const phi of block.phis) {
        if (same[phi.d] !== phi.d) continue;
        let only = -1;
        for (const input of phi.ins) {
          const v = find(input);
          if (v === phi.d || v === only) continue;
          only = only < 0 ? v : -2;
          if (only === -2) break;
        }
        if (only < 0) continue;
        same[phi.d] = only;
        changed = true;
        removed = true;
      }
    }
  }
  if (!removed) return null;
  for (const block of order) if (block.phis !== null) block.phis = block.phis.filter((phi) => same[phi.d] === phi.d);
  for (let i = 0; i < count; i++) same[i] = find(i);
  return same;
}

/** Replaces the values that an instruction uses. */
function rename(instr: Mutable<Instr>, to: Int32Array): void {
  const r = (v: Val): Val => (v < 0 ? v : to[v]!);
  switch (instr.op) {
    case 'setvar':
    case 'setcap':
    case 'await':
    case 'yield':
    case 'typed':
    case 'iter':
    case 'rest':
    case 'slice':
      instr.v = r(instr.v);
      return;
    case 'load':
    case 'delete':
      instr.b = r(instr.b);
      return;
    case 'loadx':
    case 'deletex':
      instr.b = r(instr.b);
      instr.key = r(instr.key);
      return;
    case 'store':
      instr.b = r(instr.b);
      instr.v = r(instr.v);
      return;
    case 'storex':
      instr.b = r(instr.b);
      instr.key = r(instr.key);
      instr.v = r(instr.v);
      return;
    case 'call':
      instr.f = r(instr.f);
      instr.self = r(instr.self);
      instr.args = instr.args.map((a) => ({ ...a, v: r(a.v) }));
      return;
    case 'concat':
      instr.parts = instr.parts.map(r);
      return;
    case 'object':
      instr.parts = instr.parts.map((p) => {
        if ('spread' in p) return { spread: r(p.spread) };
        if ('kx' in p) return { kx: r(p.kx), v: r(p.v) };
        return 'v' in p ? { ...p, v: r(p.v) } : p;
      });
      return;
    case 'array':
      instr.els = instr.els.map((a) => ({ ...a, v: r(a.v) }));
      return;
    case 'phi':
      instr.ins = instr.ins.map(r);
      return;
    case 'op':
      instr.a = r(instr.a);
      instr.b = r(instr.b);
      return;
    case 'jsx':
      instr.f = r(instr.f);
      instr.props = r(instr.props);
      return;
  }
}
