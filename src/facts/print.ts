/** A compact listing of facts, for tests and for people. */
import type { Arg, Block, FileFacts, FunctionFacts, Instr, ObjectPart, Terminator, TypeRef, Val } from './ir.js';

/** Lists imports, exports, classes, types and every function's blocks. */
export function printFacts(facts: FileFacts): string {
  const out: string[] = [];
  for (const d of facts.directives) out.push(`directive ${d}`);
  facts.imports.forEach((m, i) => {
    const types = m.typeOnly ? ' type' : '';
    out.push(`import ${i} ${m.how}${types} ${m.imported} from ${m.specifier}${m.local === '' ? '' : ` as ${m.local}`}`);
  });
  for (const e of facts.exports) {
    if (e.kind === 'local') out.push(`export ${e.name} = ${e.var}`);
    else if (e.kind === 'from') out.push(`export ${e.name} = ${e.imported} from ${e.specifier}`);
    else if (e.kind === 'star') out.push(`export * from ${e.specifier}`);
    else out.push(`export = ${e.var}`);
  }
  for (const t of facts.types) {
    const params = t.params.length > 0 ? `<${t.params.join(', ')}>` : '';
    const bases = t.extends.length > 0 ? ` extends ${t.extends.map(printType).join(', ')}` : '';
    out.push(`${t.exported ? 'exported ' : ''}${t.kind} ${t.name}${params}${bases} = ${printType(t.type)}`);
  }
  facts.classes.forEach((c, i) => {
    const base = c.extends === null ? '' : ` extends ${printType(c.extends)}`;
    const fns = [`ctor ${c.constructorFn}`, `fields ${c.fieldInit}`, `static ${c.staticInit}`].join(', ');
    out.push(`class ${i} ${c.name}${base} (${fns})${printDecorators(c.decorators)}`);
    for (const m of c.members) {
      const type = m.type === null ? '' : `: ${printType(m.type)}`;
      const fn = m.fn < 0 ? '' : ` = fn ${m.fn}`;
      out.push(`  ${m.isStatic ? 'static ' : ''}${m.kind} ${m.name}${type}${fn}${printDecorators(m.decorators)}`);
    }
  });
  facts.functions.forEach((f, i) => {
    printFunction(f, i, out);
  });
  for (const s of facts.skipped) out.push(`skipped ${s.span.join('-')}: ${s.reason}`);
  for (const c of facts.comments) out.push(`comment ${c.span.join('-')}: ${c.text}`);
  return out.join('\n');
}

function printDecorators(list: FunctionFacts['decorators']): string {
  return list
    .map((d) => ` @${d.name}(${d.args.map((a) => (a === null ? '_' : JSON.stringify(a))).join(', ')})`)
    .join('');
}

/** Lists one function only. */
export function printFunctionAt(facts: FileFacts, index: number): string {
  const out: string[] = [];
  printFunction(facts.functions[index]!, index, out);
  return out.join('\n');
}

function printFunction(f: FunctionFacts, index: number, out: string[]): void {
  const flags = `${f.isAsync ? 'async ' : ''}${f.isStatic ? 'static ' : ''}${f.kind}${f.isGenerator ? '*' : ''}`;
  const params = f.params.map((p) => {
    const type = p.type === null ? '' : `: ${printType(p.type)}`;
    return `${p.rest ? '...' : ''}${p.name === '' ? '_' : p.name}${p.optional ? '?' : ''}${type}${printDecorators(p.decorators)}`;
  });
  const bounds = f.typeBounds?.map((t, n) => `${f.typeParams[n]}${t === null ? '' : `: ${printType(t)}`}`).join(', ');
  const result = f.returnType === null ? '' : `: ${printType(f.returnType)}`;
  out.push(
    `fn ${index} ${f.name} ${flags}${bounds === undefined ? '' : `<${bounds}>`}(${params.join(', ')})${result}${printDecorators(f.decorators)}`,
  );
  if (f.shared.length > 0) out.push(`  shared ${f.shared.map((s) => `${s.name}${s.single ? '' : '*'}`).join(', ')}`);
  if (f.captures.length > 0) out.push(`  captures ${f.captures.map((c) => `${c.fn}.${c.name}`).join(', ')}`);
  f.blocks.forEach((block, b) => {
    printBlock(block, b, f.blocks.length > 1, out);
  });
}

function printBlock(block: Block, index: number, header: boolean, out: string[]): void {
  if (header) {
    const preds = block.preds.length > 0 ? ` <- ${block.preds.map((p) => `b${p}`).join(' ')}` : '';
    const handler = block.handler < 0 ? '' : ` !b${block.handler}`;
    out.push(`  b${index}${preds}${handler}`);
  }
  for (const instr of block.instrs) out.push(`    ${printInstr(instr)}`);
  out.push(`    ${printTerm(block.term)}`);
}

const v = (x: Val): string => (x < 0 ? '_' : `%${x}`);
const key = (k: string): string => (/^[\w$#@]+$/.test(k) ? k : JSON.stringify(k));
const arg = (a: Arg): string => (a.spread === true ? `...${v(a.v)}` : v(a.v));
const list = (vals: readonly Val[]): string => vals.map(v).join(', ');

function printTerm(t: Terminator): string {
  switch (t.t) {
    case 'jump':
      return `jump b${t.to}`;
    case 'branch':
      return `branch ${v(t.cond)} b${t.then} b${t.else}`;
    case 'return':
    case 'throw':
      return `${t.t} ${v(t.value)}`;
    case 'stop':
      return 'stop';
  }
}

function printPart(p: ObjectPart): string {
  if ('spread' in p) return `...${v(p.spread)}`;
  if ('kx' in p) return `[${v(p.kx)}]: ${v(p.v)}`;
  if ('v' in p) return `${key(p.k)}: ${v(p.v)}`;
  return p.get !== undefined ? `get ${key(p.k)}: fn ${p.get}` : `set ${key(p.k)}: fn ${p.set}`;
}

/** One instruction on one line. */
export function printInstr(i: Instr): string {
  switch (i.op) {
    case 'const': {
      const value =
        typeof i.v === 'object' && i.v !== null ? i.v.re : i.v === undefined ? 'undefined' : JSON.stringify(i.v);
      return `${v(i.d)} = ${value}`;
    }
    case 'param':
      return `${v(i.d)} = param ${i.i}`;
    case 'arguments':
    case 'this':
    case 'catch':
      return `${v(i.d)} = ${i.op}`;
    case 'global':
      return `${v(i.d)} = global ${i.name}`;
    case 'import':
      return `${v(i.d)} = import ${i.i}`;
    case 'getvar':
      return `${v(i.d)} = getvar ${i.name}`;
    case 'setvar':
      return `setvar ${i.name} ${v(i.v)}`;
    case 'getcap':
      return `${v(i.d)} = getcap ${i.fn}.${i.name}`;
    case 'setcap':
      return `setcap ${i.fn}.${i.name} ${v(i.v)}`;
    case 'load':
      return `${v(i.d)} = ${v(i.b)}.${key(i.k)}`;
    case 'loadx':
      return `${v(i.d)} = ${v(i.b)}[${v(i.key)}]`;
    case 'store':
      return `${v(i.b)}.${key(i.k)} = ${v(i.v)}`;
    case 'storex':
      return `${v(i.b)}[${v(i.key)}] = ${v(i.v)}`;
    case 'delete':
      return `delete ${v(i.b)}.${key(i.k)}`;
    case 'deletex':
      return `delete ${v(i.b)}[${v(i.key)}]`;
    case 'superload':
      return `${v(i.d)} = super.${key(i.k)}`;
    case 'call': {
      const self = i.self < 0 ? '' : ` self ${v(i.self)}`;
      const types = i.typeArgs === null ? '' : `<${i.typeArgs.map(printType).join(', ')}>`;
      return `${v(i.d)} = ${i.kind} ${i.f < 0 ? '' : v(i.f)}${types}(${i.args.map(arg).join(', ')})${self}`;
    }
    case 'concat':
      return `${v(i.d)} = concat ${list(i.parts)}`;
    case 'object':
      return `${v(i.d)} = { ${i.parts.map(printPart).join(', ')} }`;
    case 'array':
      return `${v(i.d)} = [${i.els.map(arg).join(', ')}]`;
    case 'phi':
      return `${v(i.d)} = phi ${list(i.ins)}`;
    case 'fn':
      return `${v(i.d)} = fn ${i.f}`;
    case 'class':
      return `${v(i.d)} = class ${i.c}`;
    case 'await':
      return `${v(i.d)} = await ${v(i.v)}`;
    case 'yield':
      return `${v(i.d)} = yield${i.star ? '*' : ''} ${v(i.v)}`;
    case 'op':
      return i.b < 0 ? `${v(i.d)} = ${i.o} ${v(i.a)}` : `${v(i.d)} = ${v(i.a)} ${i.o} ${v(i.b)}`;
    case 'typed':
      return `${v(i.d)} = ${v(i.v)} ${i.how} ${printType(i.type)}`;
    case 'iter':
      return `${v(i.d)} = iter ${i.how} ${v(i.v)}`;
    case 'rest':
      return `${v(i.d)} = rest ${v(i.v)} minus ${i.minus.join(', ')}`;
    case 'slice':
      return `${v(i.d)} = slice ${v(i.v)} from ${i.from}`;
    case 'jsx':
      return `${v(i.d)} = jsx ${i.tag === '' ? '<>' : i.tag}${i.f < 0 ? '' : ` ${v(i.f)}`} ${v(i.props)}`;
  }
}

/** A type on one line, near to how it is written. */
export function printType(t: TypeRef): string {
  const args = (of: readonly TypeRef[] | undefined): string =>
    of === undefined ? '' : `<${of.map(printType).join(', ')}>`;
  switch (t.k) {
    case 'ref':
      return t.name + args(t.args);
    case 'import':
      return `import(${t.spec}).${t.name}${args(t.args)}`;
    case 'prim':
      return t.name;
    case 'lit':
      return JSON.stringify(t.value);
    case 'obj': {
      const members = t.members.map((m) => `${key(m.name)}${m.optional ? '?' : ''}: ${printType(m.type)}`);
      if (t.index !== null) members.push(`[]: ${printType(t.index)}`);
      return `{ ${members.join('; ')} }`;
    }
    case 'union':
      return `(${t.of.map(printType).join(' | ')})`;
    case 'inter':
      return `(${t.of.map(printType).join(' & ')})`;
    case 'array':
      return `${printType(t.of)}[]`;
    case 'tuple':
      return `[${t.of.map(printType).join(', ')}]`;
    case 'fn':
      return `(${t.params.map(printType).join(', ')}) => ${printType(t.ret)}`;
    case 'typeof':
      return `typeof ${t.name}`;
    case 'index':
      return `${printType(t.obj)}[${printType(t.key)}]`;
    case 'keyof':
      return `keyof ${printType(t.of)}`;
    case 'mapped':
      return `{ [${t.param} in ${printType(t.over)}]: ${printType(t.value)} }`;
    case 'cond':
      return `cond(${printType(t.then)}, ${printType(t.else)})`;
    case 'guard':
      return `${t.param} is ${t.type === null ? 'asserted' : printType(t.type)}`;
  }
}
