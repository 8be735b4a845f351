/** Names, member accesses and calls: chains like `a.b?.(c)[d]`, lowered from their first link on. */
import { ts } from 'ts-morph';
import type { Body } from './body.js';
import { wrappedUpTo } from './casts.js';
import { NO_VAL, type Arg, type Instr, type Span, type Val } from './ir.js';
import { Store, type Binding } from './scope.js';
import * as S from './syntax.js';
import { typeArguments } from './types.js';

const NO_ARGS: readonly Arg[] = [];
const NO_SPANS: readonly Span[] = [];

export function lowerIdentifier(b: Body, node: ts.Identifier): Val {
  const slot = S.slotOf(node);
  const span = S.spanOf(b.text, node);
  if (slot > 0) return b.read(b.file.bindings[slot]!, span);
  const name = S.nameText(node);
  if (name === 'undefined') return b.constant(undefined, span);
  if (name === 'arguments' && b.fn.usesArguments && b.fn.index > 0) {
    const d = b.newVal();
    b.emit({ op: 'arguments', d });
    return d;
  }
  return global(b, name, span);
}

export function global(b: Body, name: string, span: Span): Val {
  const d = b.newVal();
  b.emit({ op: 'global', d, name, span });
  return d;
}

/** The variable that stands for `module.exports` or `exports.x`, if the file assigns it. */
export function exportsVariable(b: Body, node: ts.Expression): Binding | null {
  if (node.kind !== S.PROPERTY_ACCESS) return null;
  const slot = S.slotOf(node);
  if (slot === 0) return null;
  const binding = b.file.bindings[slot]!;
  return binding.store === Store.None ? null : binding;
}

export function lowerChain(b: Body, node: ts.Expression): Val {
  const links: ts.Expression[] = [];
  let first = node;
  let variable: Binding | null = null;
  while (S.isLink(first)) {
    variable = exportsVariable(b, first);
    if (variable !== null) break;
    links.push(first);
    first = S.linkBase(first);
  }
  const start = S.startOf(b.text, node);
  let i = links.length - 1;
  let value: Val;
  let self: Val = NO_VAL;
  if (variable !== null) value = b.read(variable, [start, first.end]);
  else if (first.kind === S.SUPER) {
    const link = links[i--]!;
    value = lowerSuper(b, link, start);
    if (link.kind !== S.CALL) self = b.self();
  } else if (first.kind === S.IMPORT_KEYWORD) {
    const call = links[i--] as ts.CallExpression;
    value = S.slotOf(call) > 0 ? moduleRequest(b, call, start) : dynamicImport(b, call, start);
  } else if (links[i]!.kind === S.CALL && S.slotOf(links[i]!) > 0) {
    value = moduleRequest(b, links[i--] as ts.CallExpression, start);
  } else {
    const inner = S.bare(first);
    const keepsReceiver = inner !== first && S.isLink(inner) && !b.file.cut.has(first); // `(a.b as F)(c)`
    value = keepsReceiver ? lowerChain(b, inner) : b.expr(first);
    if (keepsReceiver) {
      self = b.receiver;
      value = wrappedUpTo(b, first, inner, value);
    }
  }
  for (; i >= 0; i--) {
    const link = links[i]!;
    switch (link.kind) {
      case S.PROPERTY_ACCESS: {
        const key = S.nameText((link as ts.PropertyAccessExpression).name as ts.Identifier);
        self = value;
        value = b.load(value, key, [start, link.end]);
        break;
      }
      case S.ELEMENT_ACCESS:
        self = value;
        value = loadElement(b, value, (link as ts.ElementAccessExpression).argumentExpression, [start, link.end]);
        break;
      case S.CALL:
        value = lowerCall(b, link as ts.CallExpression, value, self, start);
        self = NO_VAL;
        break;
      case S.TAGGED_TEMPLATE:
        value = lowerTagged(b, link as ts.TaggedTemplateExpression, value, self, start);
        self = NO_VAL;
        break;
    }
  }
  b.receiver = self;
  return value;
}

function loadElement(b: Body, base: Val, argument: ts.Expression, span: Span): Val {
  const key = S.constantKey(argument);
  if (key !== null) return b.load(base, key, span);
  const computed = b.expr(argument);
  const d = b.newVal();
  b.emit({ op: 'loadx', d, b: base, key: computed, span });
  return d;
}

function lowerSuper(b: Body, link: ts.Expression, start: number): Val {
  const span: Span = [start, link.end];
  if (link.kind === S.CALL) {
    const { arguments: nodes } = link as ts.CallExpression;
    const { args, argSpans } = lowerArguments(b, nodes);
    const d = b.newVal();
    b.emit({ op: 'call', d, f: NO_VAL, self: NO_VAL, args, kind: 'super', typeArgs: null, span, argSpans });
    b.afterSuper?.();
    return d;
  }
  const k =
    link.kind === S.PROPERTY_ACCESS
      ? S.nameText((link as ts.PropertyAccessExpression).name as ts.Identifier)
      : S.constantKey((link as ts.ElementAccessExpression).argumentExpression);
  const d = b.newVal();
  if (k === null) b.expr((link as ts.ElementAccessExpression).argumentExpression);
  b.emit({ op: 'superload', d, k: k ?? '*', span });
  return d;
}

/** `require('x')`, `import('x')`. */
function moduleRequest(b: Body, call: ts.CallExpression, start: number): Val {
  const d = b.newVal();
  b.emit({ op: 'import', d, i: S.slotOf(call) - 1, span: [start, call.end] });
  return d;
}

function dynamicImport(b: Body, call: ts.CallExpression, start: number): Val {
  return lowerCall(b, call, global(b, 'import', [start, call.expression.end]), NO_VAL, start);
}

function lowerCall(b: Body, node: ts.CallExpression, f: Val, self: Val, start: number): Val {
  const { args, argSpans } = lowerArguments(b, node.arguments);
  const d = b.newVal();
  const typeArgs = typeArguments(b.text, node.typeArguments);
  b.emit({ op: 'call', d, f, self, args, kind: 'call', typeArgs, span: [start, node.end], argSpans });
  return d;
}

export function lowerNew(b: Body, node: ts.NewExpression): Val {
  const start = S.startOf(b.text, node.expression);
  const f = b.expr(node.expression);
  const { args, argSpans } = lowerArguments(b, node.arguments);
  const d = b.newVal();
  const typeArgs = typeArguments(b.text, node.typeArguments);
  b.emit({ op: 'call', d, f, self: NO_VAL, args, kind: 'new', typeArgs, span: [start, node.end], argSpans });
  return d;
}

export function lowerArguments(
  b: Body,
  nodes: readonly ts.Expression[] | undefined,
): { readonly args: readonly Arg[]; readonly argSpans: readonly Span[] } {
  if (nodes === undefined || nodes.length === 0) return { args: NO_ARGS, argSpans: NO_SPANS };
  const args: Arg[] = [];
  const argSpans: Span[] = [];
  for (const node of nodes) {
    argSpans.push(S.spanOf(b.text, node));
    args.push(lowerElement(b, node));
  }
  return { args, argSpans };
}

/** An argument or array element: a hole has no value. */
export function lowerElement(b: Body, node: ts.Expression): Arg {
  if (node.kind === S.SPREAD) return { v: b.expr((node as ts.SpreadElement).expression), spread: true };
  if (node.kind === S.OMITTED) return { v: NO_VAL };
  return { v: b.expr(node) };
}

/** The tag gets the array of the literal parts, then the values between them. */
function lowerTagged(b: Body, node: ts.TaggedTemplateExpression, f: Val, self: Val, start: number): Val {
  const { template } = node;
  const strings: Arg[] = [];
  const args: Arg[] = [];
  const span = S.spanOf(b.text, template);
  const argSpans: Span[] = [span];
  const literal = (part: ts.TemplateLiteralLikeNode): void => {
    strings.push({ v: b.constant(part.text, S.spanOf(b.text, part)) });
  };
  if (template.kind === S.TEMPLATE_TEXT) literal(template as ts.NoSubstitutionTemplateLiteral);
  else {
    literal((template as ts.TemplateExpression).head);
    for (const s of (template as ts.TemplateExpression).templateSpans) {
      argSpans.push(S.spanOf(b.text, s.expression));
      args.push({ v: b.expr(s.expression) });
      literal(s.literal);
    }
  }
  const array = b.newVal();
  const els: Instr = { op: 'array', d: array, els: strings, span };
  b.emit(els);
  args.unshift({ v: array });
  const d = b.newVal();
  const typeArgs = typeArguments(b.text, node.typeArguments);
  b.emit({ op: 'call', d, f, self, args, kind: 'tag', typeArgs, span: [start, node.end], argSpans });
  return d;
}
