/** One function's facts: its signature, and its body lowered. */
import type { ts } from 'ts-morph';
import { bindPattern, withDefault } from './assign.js';
import { Body, BoundExceeded, MAX_INSTRUCTIONS, type Lowerers, type Mutable } from './body.js';
import { lowerInitialisers, storeParameterProperties } from './classes.js';
import { decoratorsOf } from './decorators.js';
import { leaveFunction } from './exceptions.js';
import { expectedParameter } from './expected.js';
import { lowerExpression } from './expressions.js';
import { finishBody } from './finish.js';
import { NO_VAL, type Block, type FunctionFacts, type ParamFact, type Val } from './ir.js';
import { docParameter, docReturn, docTypeParameters, functionTags } from './jsdoc.js';
import { directivesOf } from './parse.js';
import { Store, type Binding, type BoundFile, type FunctionInfo } from './scope.js';
import { lowerStatement, lowerStatements } from './statements.js';
import * as S from './syntax.js';
import { typeBounds, typeParameters, typeRefOrNull } from './types.js';

const LOWERERS: Lowerers = {
  expression: lowerExpression,
  statement: lowerStatement,
  statements: lowerStatements,
};

const NO_TAGS: readonly ts.JSDocTag[] = [];
const STOPPED: readonly Block[] = [{ preds: [], instrs: [], term: { t: 'stop' }, handler: -1 }];

export function functionFacts(file: BoundFile, info: FunctionInfo): FunctionFacts {
  const body = new Body(file, info, LOWERERS);
  let blocks: readonly Block[];
  try {
    lowerBody(body);
    blocks = finishBody(body);
  } catch (error) {
    file.skipped.push({ span: S.spanOf(file.text, info.node), reason: reasonOf(error) });
    blocks = STOPPED;
    body.valueCount = 0;
    body.keptMembers.clear();
  }
  return withSignature(file, info, blocks, body);
}

/** One function that cannot be lowered must not cost the others. */
function reasonOf(error: unknown): string {
  if (error instanceof BoundExceeded) return `more than ${MAX_INSTRUCTIONS} instructions`;
  if (error instanceof RangeError) return 'nested too deeply';
  return `internal error: ${error instanceof Error ? error.message : String(error)}`;
}

function lowerBody(b: Body): void {
  const { node, kind } = b.fn;
  const end = node.end;
  switch (kind) {
    case 'module':
      b.stmts((node as ts.SourceFile).statements);
      break;
    case 'field-init':
    case 'static-init':
      lowerInitialisers(b, node as S.ClassNode, kind === 'static-init', (inner, statements) => {
        inner.stmts(statements);
      });
      break;
    default: {
      const fn = node as S.FunctionNode;
      const values = lowerParameters(b, fn);
      if (kind === 'constructor') parameterProperties(b, fn, values);
      const code = fn.body as ts.ConciseBody | undefined;
      if (code === undefined) break; // a syntax error
      if (code.kind === S.BLOCK) b.stmts((code as ts.Block).statements);
      else leaveFunction(b, b.expr(code as ts.Expression), S.spanOf(b.text, code));
    }
  }
  b.end({ t: 'return', value: NO_VAL, span: [Math.max(0, end - 1), end] });
}

function lowerParameters(b: Body, node: S.FunctionNode): Val[] {
  const values: Val[] = [];
  for (const p of node.parameters) {
    if (S.isThisParameter(p)) continue;
    const d = b.newVal();
    b.emitFirst({ op: 'param', d, i: values.length });
    values.push(d);
  }
  let i = 0;
  for (const p of node.parameters) {
    if (S.isThisParameter(p)) continue;
    const value = withDefault(b, values[i]!, p.initializer);
    values[i++] = value;
    bindPattern(b, p.name, value);
  }
  return values;
}

function parameterProperties(b: Body, node: S.FunctionNode, values: readonly Val[]): void {
  if (!node.parameters.some(S.isParameterProperty)) return;
  const cls = b.file.classes[b.fn.cls];
  const store = (): void => {
    storeParameterProperties(b, node, values);
  };
  if (cls === undefined || S.extendsClause(cls.node) === undefined) store();
  else b.afterSuper = store;
}

function withSignature(
  file: BoundFile,
  info: FunctionInfo,
  blocks: readonly Block[],
  { valueCount, keptMembers }: Body,
): FunctionFacts {
  const { text } = file;
  const { node } = info;
  const isFunction = info.kind !== 'module' && info.kind !== 'field-init' && info.kind !== 'static-init';
  const fn = isFunction ? (node as S.FunctionNode) : null;
  const tags = fn !== null && file.isJs ? functionTags(fn, info.doc) : NO_TAGS;
  const statements = fn?.body?.kind === S.BLOCK ? (fn.body as ts.Block).statements : [];
  const bounds = typeBounds(text, fn?.typeParameters);
  const declared = fn === null ? [] : typeParameters(fn.typeParameters);
  const facts: Mutable<FunctionFacts> = {
    name: info.name,
    kind: info.kind,
    span: fn?.name === undefined ? S.spanOf(text, node) : [S.startOf(text, fn.name), node.end],
    params: fn === null ? [] : parameters(file, fn, tags),
    returnType: fn === null ? null : (typeRefOrNull(text, fn.type) ?? docReturn(text, tags)),
    typeParams: declared.length > 0 || tags.length === 0 ? declared : docTypeParameters(tags),
    isAsync: fn !== null && S.hasModifier(fn, S.ASYNC),
    isGenerator: (fn as ts.FunctionExpression | null)?.asteriskToken !== undefined || yields(blocks),
    parent: info.parent === null ? -1 : info.parent.index,
    cls: info.cls,
    isStatic: info.isStatic,
    shared: [
      ...info.locals
        .filter(isStored)
        .filter((v) => v.shared)
        .map((v) => ({ name: v.unique, single: v.single, type: v.type })),
      ...[...keptMembers].map((name) => ({ name, single: true, type: null })),
    ],
    captures: [...info.captures].filter(isStored).map((v) => ({ fn: v.fn.index, name: v.unique })),
    usesArguments: info.usesArguments,
    directives: directivesOf(statements),
    decorators: fn === null ? [] : decoratorsOf(file, fn),
    blocks,
    valueCount,
  };
  if (bounds !== undefined) facts.typeBounds = bounds;
  return facts;
}

/** A function whose asterisk was forgotten is meant as a generator all the same: the parser reads its `yield` as one. */
function yields(blocks: readonly Block[]): boolean {
  return blocks.some((b) => b.instrs.some((i) => i.op === 'yield'));
}

const isStored = (v: Binding): boolean => v.store === Store.Direct || v.store === Store.Ssa || v.store === Store.Cell;

function parameters(file: BoundFile, fn: S.FunctionNode, tags: readonly ts.JSDocTag[]): ParamFact[] {
  const { text } = file;
  const facts: ParamFact[] = [];
  for (const p of fn.parameters) {
    if (S.isThisParameter(p)) continue;
    const name = p.name.kind === S.IDENTIFIER ? S.nameText(p.name as ts.Identifier) : '';
    const rest = p.dotDotDotToken !== undefined;
    const doc = tags.length > 0 ? docParameter(text, tags, name, facts.length) : null;
    facts.push({
      name,
      type: typeRefOrNull(text, p.type) ?? doc?.type ?? (rest ? null : expectedParameter(file, fn, facts.length)),
      optional: p.questionToken !== undefined || p.initializer !== undefined || doc?.optional === true,
      rest,
      span: S.spanOf(text, p),
      decorators: decoratorsOf(file, p),
    });
  }
  return facts;
}
