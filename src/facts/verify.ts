/** Checks what the rest of the analyser relies on in facts; for tests. */
import type { Block, FileFacts, FunctionFacts, Terminator, Val } from './ir.js';
import { usesOf } from './uses.js';

/** Every broken promise of the intermediate representation, as text; none is what lowering owes. */
export function verifyFacts(facts: FileFacts): string[] {
  const errors: string[] = [];
  const shared = facts.functions.map((f) => new Set(f.shared.map((s) => s.name)));
  facts.functions.forEach((f, i) => {
    const say = (message: string): void => {
      errors.push(`fn ${i} ${f.name}: ${message}`);
    };
    verifyGraph(f, say);
    verifyValues(f, say);
    verifyIndices(facts, shared, i, say);
  });
  for (const c of facts.classes) {
    for (const fn of [c.constructorFn, c.fieldInit, c.staticInit, ...c.members.map((m) => m.fn)])
      if (fn >= facts.functions.length) errors.push(`class ${c.name}: no function ${fn}`);
    if (c.owner < 0 || c.owner >= facts.functions.length) errors.push(`class ${c.name}: no owner ${c.owner}`);
    else if (c.extendsVal >= facts.functions[c.owner]!.valueCount) errors.push(`class ${c.name}: base value`);
  }
  return errors;
}

type Say = (message: string) => void;

function successors(term: Terminator): readonly number[] {
  if (term.t === 'jump') return [term.to];
  return term.t === 'branch' ? [term.then, term.else] : [];
}

function verifyGraph(f: FunctionFacts, say: Say): void {
  const preds: number[][] = f.blocks.map(() => []);
  const handlers = new Set<number>();
  f.blocks.forEach((block, b) => {
    for (const to of successors(block.term)) {
      if (preds[to] === undefined) say(`b${b} leads to b${to}, which does not exist`);
      else preds[to].push(b);
    }
    if (block.handler >= f.blocks.length) say(`b${b} has handler b${block.handler}`);
    if (block.handler >= 0) handlers.add(block.handler);
  });
  f.blocks.forEach((block, b) => {
    const listed = [...block.preds].sort((x, y) => x - y).join();
    if (listed !== preds[b]!.sort((x, y) => x - y).join()) say(`b${b} lists predecessors ${listed}`);
    if (b > 0 && block.preds.length === 0 && !handlers.has(b)) say(`b${b} cannot be reached`);
    const isHandler = block.instrs[0]?.op === 'catch';
    if (handlers.has(b) !== isHandler) say(`b${b}: handler and catch disagree`);
    let body = false;
    block.instrs.forEach((instr, i) => {
      if (instr.op === 'phi') {
        if (body) say(`b${b}: phi after other instructions`);
        if (!isHandler && instr.ins.length !== block.preds.length) say(`b${b}: phi has ${instr.ins.length} inputs`);
      } else if (!(i === 0 && isHandler)) body = true;
    });
  });
}

function termUses(t: Terminator): readonly Val[] {
  if (t.t === 'branch') return [t.cond];
  return t.t === 'return' || t.t === 'throw' ? [t.value] : [];
}

function verifyValues(f: FunctionFacts, say: Say): void {
  const home = new Map<Val, number>();
  const position = new Map<Val, number>();
  f.blocks.forEach((block, b) => {
    block.instrs.forEach((instr, i) => {
      if (!('d' in instr)) return;
      if (home.has(instr.d)) say(`%${instr.d} is defined twice`);
      if (instr.d < 0 || instr.d >= f.valueCount) say(`%${instr.d} is out of range`);
      home.set(instr.d, b);
      position.set(instr.d, i);
    });
  });
  const { first, last } = dominatorIntervals(immediateDominators(f.blocks));
  const available = (v: Val, b: number, at: number): boolean => {
    const defined = home.get(v);
    if (defined === undefined) return false;
    if (defined === b) return position.get(v)! < at;
    const from = 2 * defined + 1; // its end dominates the start of `b`
    return first[from]! >= 0 && first[from]! <= first[2 * b]! && last[2 * b]! <= last[from]!;
  };
  f.blocks.forEach((block, b) => {
    block.instrs.forEach((instr, i) => {
      if (instr.op === 'phi') {
        const isHandler = block.instrs[0]?.op === 'catch';
        instr.ins.forEach((v, n) => {
          if (isHandler ? !home.has(v) : !available(v, block.preds[n]!, Infinity))
            say(`b${b}: input %${v} of phi %${instr.d} is not available`);
        });
        return;
      }
      for (const v of usesOf(instr)) if (v !== -1 && !available(v, b, i)) say(`b${b}: %${v} used before it is defined`);
    });
    for (const v of termUses(block.term))
      if (v !== -1 && !available(v, b, Infinity)) say(`b${b}: %${v} is not available`);
  });
}

/** Numbers the dominator tree: a node dominates those whose interval lies in its own. */
function dominatorIntervals(idom: Int32Array): { readonly first: Int32Array; readonly last: Int32Array } {
  const children: number[][] = Array.from(idom, () => []);
  idom.forEach((parent, node) => {
    if (parent >= 0) children[parent]!.push(node);
  });
  const first = new Int32Array(idom.length).fill(-1);
  const last = new Int32Array(idom.length).fill(-1);
  let clock = 0;
  const stack: { readonly node: number; next: number }[] = [{ node: 0, next: 0 }];
  first[0] = clock++;
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const child = children[top.node]![top.next++];
    if (child === undefined) {
      last[top.node] = clock++;
      stack.pop();
    } else {
      first[child] = clock++;
      stack.push({ node: child, next: 0 });
    }
  }
  return { first, last };
}

/**
 * Dominators (Cooper, Harvey, Kennedy 2001) over block starts (2b) and ends (2b + 1): an exception leaves a block
 * before its end, so what the block defines is not available in the handler.
 */
function immediateDominators(blocks: readonly Block[]): Int32Array {
  const n = blocks.length * 2;
  const preds: number[][] = Array.from({ length: n }, () => []);
  const next: number[][] = Array.from({ length: n }, () => []);
  const edge = (from: number, to: number): void => {
    preds[to]?.push(from);
    next[from]!.push(to);
  };
  blocks.forEach((block, b) => {
    edge(2 * b, 2 * b + 1);
    for (const to of successors(block.term)) edge(2 * b + 1, 2 * to);
    if (block.handler >= 0) edge(2 * b, 2 * block.handler);
  });
  const order: number[] = [];
  const rank = new Int32Array(n).fill(-1);
  const stack: [number, number][] = [[0, 0]];
  const seen = new Set([0]);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const to = next[top[0]]![top[1]++];
    if (to === undefined) {
      order.push(top[0]);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push([to, 0]);
    }
  }
  order.reverse().forEach((node, i) => {
    rank[node] = i;
  });
  const idom = new Int32Array(n).fill(-1);
  for (let changed = true; changed;) {
    changed = false;
    for (const node of order) {
      if (node === 0) continue;
      let best = -1;
      for (const p of preds[node]!) {
        if (p !== 0 && idom[p] === -1) continue;
        if (best < 0) best = p;
        else {
          let a = p;
          while (a !== best) {
            while (rank[a]! > rank[best]!) a = idom[a]!;
            while (rank[best]! > rank[a]!) best = idom[best]!;
          }
        }
      }
      if (best !== idom[node]) {
        idom[node] = best;
        changed = true;
      }
    }
  }
  return idom;
}

function verifyIndices(facts: FileFacts, sharedBy: readonly Set<string>[], index: number, say: Say): void {
  const f = facts.functions[index]!;
  const shared = sharedBy[index]!;
  if (shared.size !== f.shared.length) say('two shared variables of one name');
  const captures = new Set(f.captures.map((c) => `${c.fn}.${c.name}`));
  if (f.parent >= index) say(`parent ${f.parent}`);
  const capture = (fn: number, name: string): void => {
    if (!captures.has(`${fn}.${name}`)) say(`${fn}.${name} is not listed in captures`);
    if (sharedBy[fn]?.has(name) !== true) say(`${fn}.${name} is not shared there`);
  };
  for (const c of f.captures) {
    capture(c.fn, c.name);
    let outer = f.parent;
    while (outer >= 0 && outer !== c.fn) outer = facts.functions[outer]!.parent;
    if (outer !== c.fn) say(`captures from ${c.fn}, which does not enclose it`);
  }
  const inFile = (what: string, i: number, length: number): void => {
    if (i < 0 || i >= length) say(`no ${what} ${i}`);
  };
  for (const block of f.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'import') inFile('import', instr.i, facts.imports.length);
      else if (instr.op === 'fn') inFile('function', instr.f, facts.functions.length);
      else if (instr.op === 'class') inFile('class', instr.c, facts.classes.length);
      else if (instr.op === 'param') inFile('parameter', instr.i, f.params.length);
      else if ((instr.op === 'setvar' || instr.op === 'getvar') && !shared.has(instr.name))
        say(`${instr.name} is not shared`);
      else if ((instr.op === 'getcap' || instr.op === 'setcap') && instr.fn !== index) capture(instr.fn, instr.name);
      if (instr.op === 'object' && instr.parts.length !== instr.spans.length) say('object spans');
      if (instr.op === 'call' && instr.args.length !== instr.argSpans.length) say('argument spans');
      if ('span' in instr && instr.span !== undefined) {
        const [start, end] = instr.span;
        if (start < 0 || start > end || end > facts.length) say(`${instr.op} has span ${start}-${end}`);
      }
    }
}
