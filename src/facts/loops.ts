/** Loops and `switch`. */
import type { ts } from 'ts-morph';
import { assignTo, bindPattern } from './assign.js';
import type { BlockDraft, Body } from './body.js';
import { NO_VAL, type Val } from './ir.js';
import { lowerCondition } from './operators.js';
import * as S from './syntax.js';
import { hoistFunctions, lowerVariables } from './variables.js';

function loopBody(b: Body, statement: ts.Statement, breakTo: BlockDraft, continueTo: BlockDraft): void {
  const { labels } = b;
  b.labels = [];
  b.controls.push({ kind: 'target', labels, breakTo, continueTo, unlabelled: true });
  b.stmt(statement);
  b.controls.pop();
}

export function lowerWhile(b: Body, node: ts.WhileStatement): void {
  const head = b.newBlock();
  const body = b.newBlock();
  const exit = b.newBlock();
  b.jump(head);
  b.start(head, false);
  lowerCondition(b, node.expression, body, exit);
  b.start(body);
  loopBody(b, node.statement, exit, head);
  b.jump(head);
  b.seal(head);
  b.start(exit);
}

export function lowerDo(b: Body, node: ts.DoStatement): void {
  const body = b.newBlock();
  const test = b.newBlock();
  const exit = b.newBlock();
  b.jump(body);
  b.start(body, false);
  loopBody(b, node.statement, exit, test);
  b.jump(test);
  b.start(test);
  if (b.alive) lowerCondition(b, node.expression, body, exit);
  b.seal(body);
  b.start(exit);
}

export function lowerFor(b: Body, node: ts.ForStatement): void {
  const { initializer, condition, incrementor } = node;
  if (initializer?.kind === S.VARIABLE_LIST) lowerVariables(b, initializer as ts.VariableDeclarationList, null);
  else if (initializer !== undefined) b.expr(initializer as ts.Expression);
  const head = b.newBlock();
  const body = b.newBlock();
  const next = b.newBlock();
  const exit = b.newBlock();
  b.jump(head);
  b.start(head, false);
  if (condition === undefined) b.jump(body);
  else lowerCondition(b, condition, body, exit);
  b.start(body);
  loopBody(b, node.statement, exit, next);
  b.jump(next);
  b.start(next);
  if (b.alive && incrementor !== undefined) b.expr(incrementor);
  b.jump(head);
  b.seal(head);
  b.start(exit);
}

/** `for…of`, `for await` and `for…in`: the head asks whether there is more, the body takes one. */
export function lowerForOf(b: Body, node: ts.ForOfStatement | ts.ForInStatement): void {
  const { initializer } = node;
  const over = b.expr(node.expression);
  const head = b.newBlock();
  const body = b.newBlock();
  const exit = b.newBlock();
  b.jump(head);
  b.start(head, false);
  b.branch(b.op('more', over, NO_VAL), body, exit);
  b.start(body);
  const isAwait = node.kind === S.FOR_OF && node.awaitModifier !== undefined;
  const d: Val = b.newVal();
  const how = node.kind === S.FOR_IN ? 'in' : isAwait ? 'await' : 'of';
  b.emit({ op: 'iter', d, v: over, how, span: S.spanOf(b.text, initializer) });
  if (initializer.kind === S.VARIABLE_LIST) {
    const declaration = (initializer as ts.VariableDeclarationList).declarations[0];
    if (declaration !== undefined) bindPattern(b, declaration.name, d);
  } else assignTo(b, initializer as ts.Expression, d);
  loopBody(b, node.statement, exit, head);
  b.jump(head);
  b.seal(head);
  b.start(exit);
}

/** A chain of comparisons, then the clauses in order, each falling through to the next. */
export function lowerSwitch(b: Body, node: ts.SwitchStatement): void {
  const { labels } = b;
  b.labels = [];
  const value = b.expr(node.expression);
  const { clauses } = node.caseBlock;
  for (const clause of clauses) hoistFunctions(b, clause.statements);
  const exit = b.newBlock();
  const bodies = clauses.map(() => b.newBlock());
  let otherwise = exit;
  for (let i = 0; i < clauses.length; i++) {
    const clause = clauses[i]!;
    if (clause.kind !== S.CASE) {
      otherwise = bodies[i]!;
      continue;
    }
    const next = b.newBlock();
    b.branch(b.op('===', value, b.expr((clause as ts.CaseClause).expression)), bodies[i]!, next);
    b.start(next);
  }
  b.jump(otherwise);
  b.controls.push({ kind: 'target', labels, breakTo: exit, continueTo: null, unlabelled: true });
  for (let i = 0; i < clauses.length; i++) {
    b.jump(bodies[i]!);
    b.start(bodies[i]!);
    for (const s of clauses[i]!.statements) b.stmt(s);
  }
  b.controls.pop();
  b.jump(exit);
  b.start(exit);
}
