/**
 * `try`, and every way out of a construct. A `finally` block is lowered once for each way through it: normally,
 * exceptionally, for `return`, and for each target of `break` and `continue`.
 */
import type { ts } from 'ts-morph';
import { bindPattern } from './assign.js';
import type { BlockDraft, Body, FinallyControl } from './body.js';
import type { Span, Val } from './ir.js';
import * as S from './syntax.js';

/** Deeper than this, `finally` blocks inside `finally` blocks have their normal copy only. */
const MAX_FINALLY_DEPTH = 3;

export function lowerTry(b: Body, node: ts.TryStatement): void {
  const { tryBlock, catchClause, finallyBlock } = node;
  if (finallyBlock === undefined) lowerCatching(b, tryBlock, catchClause);
  else
    lowerFinally(
      b,
      S.spanOf(b.text, finallyBlock),
      () => {
        lowerCatching(b, tryBlock, catchClause);
      },
      () => {
        b.stmt(finallyBlock);
      },
    );
}

/** Code with something that is done on every way out of it. */
export function lowerFinally(b: Body, span: Span, body: () => void, last: () => void): void {
  if (b.finallyDepth >= MAX_FINALLY_DEPTH) {
    body();
    if (b.alive) last();
    return;
  }
  const region = b.protect();
  const control: FinallyControl = { kind: 'finally', exits: [] };
  b.controls.push(control);
  enterProtected(b);
  body();
  const after = b.newBlock();
  b.jump(after);
  b.controls.pop();
  b.unprotect(region);

  b.finallyDepth++;
  b.start(region.handler);
  const thrown = caught(b, span);
  last();
  b.end({ t: 'throw', value: thrown, span });
  for (const exit of control.exits) {
    b.start(exit.block);
    last();
    if (!b.alive) continue;
    if (exit.to === null) leaveFunction(b, b.readLocal(b.returnSlot), exit.span);
    else leaveTo(b, exit.to, exit.span);
  }
  b.start(after);
  last();
  b.finallyDepth--;
}

function lowerCatching(b: Body, block: ts.Block, clause: ts.CatchClause | undefined): void {
  if (clause === undefined) {
    b.stmt(block);
    return;
  }
  const region = b.protect();
  enterProtected(b);
  b.stmt(block);
  const after = b.newBlock();
  b.jump(after);
  b.unprotect(region);
  b.start(region.handler);
  const { variableDeclaration } = clause;
  const thrown = caught(b, S.spanOf(b.text, variableDeclaration ?? clause));
  if (variableDeclaration !== undefined) bindPattern(b, variableDeclaration.name, thrown);
  b.stmt(clause.block);
  b.jump(after);
  b.start(after);
}

/** A protected region starts with a block of its own. */
function enterProtected(b: Body): void {
  const first = b.newBlock();
  b.jump(first);
  b.start(first);
}

function caught(b: Body, span: Span): Val {
  const d = b.newVal();
  b.emit({ op: 'catch', d, span });
  return d;
}

/** `return`: through every `finally` on the way. */
export function leaveFunction(b: Body, value: Val, span: Span): void {
  const control = innermostFinally(b, 0);
  if (control === null) {
    b.end({ t: 'return', value, span });
    return;
  }
  b.writeLocal(b.returnSlot, value < 0 ? b.undef() : value);
  exitThrough(b, control, null, span);
}

/** `break` and `continue`: to a block of an enclosing construct. */
function leaveTo(b: Body, to: BlockDraft, span: Span): void {
  let at = b.controls.length - 1;
  for (; at >= 0; at--) {
    const c = b.controls[at]!;
    if (c.kind === 'target' && (c.breakTo === to || c.continueTo === to)) break;
  }
  const control = innermostFinally(b, at + 1);
  if (control === null) b.jump(to);
  else exitThrough(b, control, to, span);
}

function exitThrough(b: Body, control: FinallyControl, to: BlockDraft | null, span: Span): void {
  let exit = control.exits.find((e) => e.to === to);
  if (exit === undefined) {
    exit = { to, block: b.newBlock(), span };
    control.exits.push(exit);
  }
  b.jump(exit.block);
}

function innermostFinally(b: Body, from: number): FinallyControl | null {
  for (let i = b.controls.length - 1; i >= from; i--) {
    const control = b.controls[i]!;
    if (control.kind === 'finally') return control;
  }
  return null;
}

export function lowerBreak(b: Body, node: ts.BreakStatement): void {
  jumpOut(b, node, node.label, false);
}

export function lowerContinue(b: Body, node: ts.ContinueStatement): void {
  jumpOut(b, node, node.label, true);
}

function jumpOut(b: Body, node: ts.Statement, label: ts.Identifier | undefined, goOn: boolean): void {
  const span = S.spanOf(b.text, node);
  for (let i = b.controls.length - 1; i >= 0; i--) {
    const c = b.controls[i]!;
    if (c.kind !== 'target' || (goOn && c.continueTo === null)) continue;
    if (label === undefined ? !c.unlabelled : !c.labels.includes(S.nameText(label))) continue;
    leaveTo(b, goOn ? c.continueTo! : c.breakTo, span);
    return;
  }
  b.end({ t: 'stop' }); // a jump to nowhere is a syntax error
}
