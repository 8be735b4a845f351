/**
 * Facts whose positions are ordinals. The offsets at which anything of a file begins or ends are numbered in their order;
 * what is computed from the numbers is the same for texts that differ only in white space and comments, and the table
 * leads back to the text. Beginnings and ends are numbered apart, an end before a beginning at the same offset, so that two
 * neighbours keep their numbers when a space comes between them.
 */
import type { ClassFacts, DecoratorFact, FileFacts, FunctionFacts, Instr, Span, TypeRef } from './ir.js';

export interface NumberedFacts {
  /** All that the file says, positions as ordinals, those of comments and of what could not be read after all others. */
  readonly facts: FileFacts;
  /** The same without comments, lines and what could not be read: unchanged where no instruction and no declaration is. */
  readonly code: FileFacts;
  /** By ordinal, the offset in the text. */
  readonly offsets: Int32Array;
  /** Offsets of the beginnings of lines. */
  readonly lineStarts: readonly number[];
}

/** Renumbers the positions of these facts, which from then on are the result's: nobody else may hold them. */
export function numbered(facts: FileFacts): NumberedFacts {
  const code = new Spans();
  inCode(facts, code);
  const aside = new Spans();
  for (const { span } of [...facts.comments, ...facts.syntaxErrors, ...facts.skipped]) aside.add(span);
  const offsets: number[] = [0];
  code.renumber(facts.length, offsets);
  aside.renumber(facts.length, offsets);
  return {
    facts,
    code: { ...facts, lineStarts: [], length: 0, comments: [], syntaxErrors: [], skipped: [] },
    offsets: Int32Array.from(offsets),
    lineStarts: facts.lineStarts,
  };
}

/** The positions of one file; one and the same span may be held by several facts. */
class Spans {
  private readonly all: [number, number][] = [];

  add(span: Span): void {
    this.all.push(span as [number, number]);
  }

  addAll(spans: readonly Span[]): void {
    for (const span of spans) this.add(span);
  }

  /** Appends the offsets that occur to the table, and puts their places in the table into the spans. */
  renumber(length: number, offsets: number[]): void {
    // Two slots for an offset: what ends there, what begins there. Number 0 is the offset 0, whatever begins there.
    const slots = new Int32Array(2 * length + 2);
    for (const [start, end] of this.all) {
      slots[2 * start + 1] = 1;
      slots[2 * end] = 1;
    }
    slots[0] = 0;
    for (let slot = 1; slot < slots.length; slot++) {
      if (slots[slot] === 0) continue;
      slots[slot] = offsets.length;
      offsets.push(slot >> 1);
    }
    // Below zero: done already.
    for (const span of this.all) {
      if (span[0] < 0) continue;
      const [start, end] = span;
      span[0] = ~slots[2 * start + 1]!;
      span[1] = ~slots[2 * end]!;
    }
    for (const span of this.all) {
      if (span[0] >= 0) continue;
      span[0] = ~span[0];
      span[1] = ~span[1];
    }
  }
}

function inCode(facts: FileFacts, spans: Spans): void {
  for (const { span } of facts.imports) spans.add(span);
  for (const fn of facts.functions) inFunction(fn, spans);
  for (const cls of facts.classes) inClass(cls, spans);
  for (const decl of facts.types) {
    spans.add(decl.span);
    inTypes(decl.extends, spans);
    inType(decl.type, spans);
  }
}

function inFunction(fn: FunctionFacts, spans: Spans): void {
  spans.add(fn.span);
  for (const param of fn.params) {
    spans.add(param.span);
    inType(param.type, spans);
    inDecorators(param.decorators, spans);
  }
  inType(fn.returnType, spans);
  inTypes(fn.typeBounds, spans);
  inDecorators(fn.decorators, spans);
  for (const { type } of fn.shared) inType(type, spans);
  for (const { instrs, term } of fn.blocks) {
    for (const instr of instrs) inInstr(instr, spans);
    if ('span' in term) spans.add(term.span);
  }
}

function inInstr(instr: Instr, spans: Spans): void {
  if ('span' in instr && instr.span !== undefined) spans.add(instr.span);
  if (instr.op === 'call') {
    spans.addAll(instr.argSpans);
    inTypes(instr.typeArgs, spans);
  } else if (instr.op === 'object') spans.addAll(instr.spans);
  else if (instr.op === 'typed') inType(instr.type, spans);
}

function inClass(cls: ClassFacts, spans: Spans): void {
  spans.add(cls.span);
  inType(cls.extends, spans);
  inTypes(cls.implements, spans);
  inTypes(cls.typeBounds, spans);
  inDecorators(cls.decorators, spans);
  for (const member of cls.members) {
    spans.add(member.span);
    inType(member.type, spans);
    inDecorators(member.decorators, spans);
  }
}

function inDecorators(decorators: readonly DecoratorFact[], spans: Spans): void {
  for (const { span } of decorators) spans.add(span);
}

function inTypes(types: readonly (TypeRef | null)[] | null | undefined, spans: Spans): void {
  if (types) for (const type of types) inType(type, spans);
}

/** Only members of object types have positions. */
function inType(type: TypeRef | null, spans: Spans): void {
  if (type === null) return;
  switch (type.k) {
    case 'obj':
      for (const member of type.members) {
        spans.add(member.span);
        inType(member.type, spans);
      }
      return inType(type.index, spans);
    case 'ref':
    case 'import':
      return inTypes(type.args, spans);
    case 'union':
    case 'inter':
    case 'tuple':
      return inTypes(type.of, spans);
    case 'array':
    case 'keyof':
      return inType(type.of, spans);
    case 'fn':
      inTypes(type.params, spans);
      return inType(type.ret, spans);
    case 'index':
      inType(type.obj, spans);
      return inType(type.key, spans);
    case 'mapped':
      inType(type.over, spans);
      return inType(type.value, spans);
    case 'cond':
      inType(type.then, spans);
      return inType(type.else, spans);
    case 'guard':
      return inType(type.type, spans);
    case 'prim':
    case 'lit':
    case 'typeof':
  }
}
