/** Operators: arithmetic, string building, and those that decide whether their right side runs. */
import { ts } from 'ts-morph';
import type { BlockDraft, Body } from './body.js';
import { NO_VAL, type Val } from './ir.js';
import { lowerAssignment } from './assign.js';
import * as S from './syntax.js';

export function lowerBinary(b: Body, node: ts.BinaryExpression): Val {
  const kind = node.operatorToken.kind;
  if (kind >= S.FIRST_ASSIGNMENT && kind <= S.LAST_ASSIGNMENT) return lowerAssignment(b, node);
  switch (kind) {
    case S.COMMA: {
      const operands = operandsOf(node, S.COMMA);
      for (let i = 0; i < operands.length - 1; i++) b.expr(operands[i]!);
      return b.expr(operands[operands.length - 1]!);
    }
    case S.AND_AND:
    case S.BAR_BAR:
    case S.NULLISH:
      return lowerLogical(b, node, kind);
    case S.PLUS:
    case S.MINUS:
      return lowerAdditive(b, node);
    default:
      return lowerPlain(b, node);
  }
}

/** Operands of a left-deep chain of one operator, without recursion. */
function operandsOf(node: ts.BinaryExpression, kind: ts.SyntaxKind): ts.Expression[] {
  const operands: ts.Expression[] = [];
  let rest: ts.Expression = node;
  while (rest.kind === S.BINARY && (rest as ts.BinaryExpression).operatorToken.kind === kind) {
    operands.push((rest as ts.BinaryExpression).right);
    rest = (rest as ts.BinaryExpression).left;
  }
  operands.push(rest);
  return operands.reverse();
}

const isPlain = (kind: ts.SyntaxKind): boolean =>
  (kind < S.FIRST_ASSIGNMENT || kind > S.LAST_ASSIGNMENT) &&
  kind !== S.COMMA &&
  kind !== S.AND_AND &&
  kind !== S.BAR_BAR &&
  kind !== S.NULLISH &&
  kind !== S.PLUS &&
  kind !== S.MINUS;

function lowerPlain(b: Body, node: ts.BinaryExpression): Val {
  const chain: ts.BinaryExpression[] = [];
  let first: ts.Expression = node;
  while (first.kind === S.BINARY && isPlain((first as ts.BinaryExpression).operatorToken.kind)) {
    chain.push(first as ts.BinaryExpression);
    first = (first as ts.BinaryExpression).left;
  }
  let value = first.kind === S.PRIVATE_IDENTIFIER ? b.constant(S.nameText(first as never)) : b.expr(first);
  for (let i = chain.length - 1; i >= 0; i--) {
    const { operatorToken, right } = chain[i]!;
    value = b.op(ts.tokenToString(operatorToken.kind) ?? '?', value, b.expr(right));
  }
  return value;
}

function isNumber(node: ts.Expression): boolean {
  node = S.unparen(node);
  return node.kind === S.NUMBER || (node.kind === S.PREFIX && isNumber((node as ts.PrefixUnaryExpression).operand));
}

/** Sums and concatenations: only literals tell which it is, so everything but numbers is a string being built. */
function lowerAdditive(b: Body, node: ts.BinaryExpression): Val {
  const chain: ts.BinaryExpression[] = [];
  let first: ts.Expression = node;
  for (;;) {
    if (first.kind !== S.BINARY) break;
    const kind = (first as ts.BinaryExpression).operatorToken.kind;
    if (kind !== S.PLUS && kind !== S.MINUS) break;
    chain.push(first as ts.BinaryExpression);
    first = (first as ts.BinaryExpression).left;
  }
  const start = S.startOf(b.text, first);
  let parts: Val[] = [];
  let numbers = isNumber(first);
  appendParts(b, first, parts);
  let end = first.end;
  const flush = (): Val => {
    const joined = parts.length === 1 ? parts[0]! : concat(b, parts, start, end, numbers);
    parts = [joined];
    return joined;
  };
  for (let i = chain.length - 1; i >= 0; i--) {
    const { operatorToken, right } = chain[i]!;
    if (operatorToken.kind === S.PLUS) {
      numbers &&= isNumber(right);
      appendParts(b, right, parts);
    } else {
      const left = flush();
      parts = [b.op('-', left, b.expr(right))];
      numbers = false;
    }
    end = right.end;
  }
  return flush();
}

function concat(b: Body, parts: readonly Val[], start: number, end: number, numbers: boolean): Val {
  if (numbers) return parts.reduce((sum, part) => b.op('+', sum, part));
  const d = b.newVal();
  b.emit({ op: 'concat', d, parts, span: [start, end] });
  return d;
}

/** The parts of a template are parts of the string it is joined into. */
function appendParts(b: Body, node: ts.Expression, parts: Val[]): void {
  const inner = S.unparen(node);
  if (inner.kind === S.TEMPLATE && !b.file.cut.has(inner)) templateParts(b, inner as ts.TemplateExpression, parts);
  else parts.push(b.expr(node));
}

function templateParts(b: Body, node: ts.TemplateExpression, parts: Val[]): void {
  if (node.head.text !== '') parts.push(b.constant(node.head.text, S.spanOf(b.text, node.head)));
  for (const { expression, literal } of node.templateSpans) {
    appendParts(b, expression, parts);
    if (literal.text !== '') parts.push(b.constant(literal.text, S.spanOf(b.text, literal)));
  }
}

export function lowerTemplate(b: Body, node: ts.TemplateExpression): Val {
  const parts: Val[] = [];
  templateParts(b, node, parts);
  const d = b.newVal();
  b.emit({ op: 'concat', d, parts, span: S.spanOf(b.text, node) });
  return d;
}

/** Branches away from the right side: `&&` when false, `||` when true, `??` unless nullish. */
export function shortCircuit(b: Body, kind: ts.SyntaxKind, value: Val, right: BlockDraft, join: BlockDraft): void {
  if (kind === S.AND_AND) b.branch(value, right, join);
  else if (kind === S.BAR_BAR) b.branch(value, join, right);
  else b.branch(b.op('==', value, b.constant(null)), right, join);
}

function lowerLogical(b: Body, node: ts.BinaryExpression, kind: ts.SyntaxKind): Val {
  const operands = operandsOf(node, kind);
  const join = b.newBlock();
  const ins: Val[] = [];
  for (let i = 0; i < operands.length - 1; i++) {
    const value = b.expr(operands[i]!);
    ins.push(value);
    const right = b.newBlock();
    shortCircuit(b, kind, value, right, join);
    b.start(right);
  }
  ins.push(b.expr(operands[operands.length - 1]!));
  b.jump(join);
  b.start(join);
  return b.phi(join, ins);
}

/** A condition: `&&`, `||` and `!` become the way through the graph, not values. The targets are sealed by the caller. */
export function lowerCondition(b: Body, node: ts.Expression, then: BlockDraft, otherwise: BlockDraft): void {
  const inner = S.unparen(node);
  if (!b.file.cut.has(inner)) {
    if (inner.kind === S.PREFIX && (inner as ts.PrefixUnaryExpression).operator === S.EXCLAMATION) {
      lowerCondition(b, (inner as ts.PrefixUnaryExpression).operand, otherwise, then);
      return;
    }
    const kind = inner.kind === S.BINARY ? (inner as ts.BinaryExpression).operatorToken.kind : -1;
    if (kind === S.AND_AND || kind === S.BAR_BAR) {
      const operands = operandsOf(inner as ts.BinaryExpression, kind);
      for (let i = 0; i < operands.length - 1; i++) {
        const next = b.newBlock();
        if (kind === S.AND_AND) lowerCondition(b, operands[i]!, next, otherwise);
        else lowerCondition(b, operands[i]!, then, next);
        b.start(next);
      }
      lowerCondition(b, operands[operands.length - 1]!, then, otherwise);
      return;
    }
  }
  b.branch(b.expr(node), then, otherwise);
}

export function lowerConditional(b: Body, node: ts.ConditionalExpression): Val {
  const join = b.newBlock();
  const ins: Val[] = [];
  for (let rest: ts.Expression = node; ;) {
    const { condition, whenTrue, whenFalse } = rest as ts.ConditionalExpression;
    const then = b.newBlock();
    const otherwise = b.newBlock();
    lowerCondition(b, condition, then, otherwise);
    b.start(then);
    ins.push(b.expr(whenTrue));
    b.jump(join);
    b.start(otherwise);
    rest = S.unparen(whenFalse);
    if (rest.kind === ts.SyntaxKind.ConditionalExpression && !b.file.cut.has(rest)) continue;
    ins.push(b.expr(whenFalse));
    b.jump(join);
    break;
  }
  b.start(join);
  return b.phi(join, ins);
}

/** `-1` is a number, `!x` and its like carry nothing of their operand. */
export function lowerPrefix(b: Body, node: ts.PrefixUnaryExpression): Val {
  const { operator, operand } = node;
  if (operator === S.MINUS && operand.kind === S.NUMBER)
    return b.constant(-Number((operand as ts.NumericLiteral).text), S.spanOf(b.text, node));
  return b.op(ts.tokenToString(operator) ?? '?', b.expr(operand), NO_VAL);
}
