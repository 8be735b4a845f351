/**
 * What a function expression takes where its own parameters do not say: `const handler: Handler = (event) => …`. TypeScript
 * types such parameters by the type that is expected there (contextual typing); so does the flow, through the type of the
 * variable, the field or the `satisfies` that the function is written under.
 */
import { ts } from 'ts-morph';
import type { TypeRef } from './ir.js';
import type { BoundFile } from './scope.js';
import * as S from './syntax.js';
import { typeRef } from './types.js';

/** Objects inside objects under one annotation. */
const DEEPEST = 4;

/** Notes the type that is expected of the functions in `node`: of itself, or of the members of an object literal. */
export function expectType(file: BoundFile, node: ts.Expression, type: ts.TypeNode | undefined): void {
  const said = type ?? satisfied(node);
  if (said !== undefined) expect(file, node, () => typeRef(file.text, said, 0), 0);
}

/** Notes what a call expects of the functions among its arguments: what the called function declares there. */
export function expectOfArguments(file: BoundFile, node: ts.CallExpression | ts.NewExpression): void {
  if (node.arguments === undefined || node.arguments.length === 0) return;
  const callee = S.dottedName(node.expression);
  if (callee === null || (node.kind === S.CALL && callee.includes('.'))) return;
  const parameters = node.kind === S.NEW ? 'ConstructorParameters' : 'Parameters';
  for (const [i, arg] of node.arguments.entries()) {
    if (arg.kind === S.SPREAD) return;
    const type = (): TypeRef => ({
      k: 'index',
      obj: { k: 'ref', name: parameters, args: [{ k: 'typeof', name: callee }] },
      key: { k: 'lit', value: i },
    });
    expect(file, arg, type, 0);
  }
}

/** Notes what the target of an assignment expects: `this.greet = (patient) => …`, `render = (patient) => …`. */
export function expectOfTarget(file: BoundFile, target: ts.Expression, value: ts.Expression): void {
  const name = S.dottedName(target);
  if (name === null || /^(?:module|exports)\b/.test(name)) return;
  if (!name.includes('.') || name.startsWith('this.')) expect(file, value, () => ({ k: 'typeof', name }), 0);
}

/** Notes what a function that declares its result expects of a function that it gives back. */
export function expectOfResult(file: BoundFile, of: ts.Node, result: ts.Expression): void {
  const fn = of as Partial<ts.ArrowFunction>;
  const said = fn.type;
  const outer = file.expected.get(of);
  if (said === undefined && outer === undefined) return;
  const whole = (): TypeRef =>
    said === undefined ? { k: 'ref', name: 'ReturnType', args: [outer!] } : typeRef(file.text, said, 0);
  const isAsync = fn.modifiers?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword) === true;
  expect(file, result, () => (isAsync ? { k: 'ref', name: 'Awaited', args: [whole()] } : whole()), 0);
}

/** The parameter types that are expected of a function, by position; null: nothing is known. */
export function expectedParameter(file: BoundFile, fn: ts.Node, index: number): TypeRef | null {
  const type = file.expected.get(fn);
  if (type === undefined) return null;
  return { k: 'index', obj: { k: 'ref', name: 'Parameters', args: [type] }, key: { k: 'lit', value: index } };
}

function satisfied(node: ts.Expression): ts.TypeNode | undefined {
  for (let e = node; ; e = (e as ts.ParenthesizedExpression).expression) {
    if (e.kind === S.SATISFIES || e.kind === S.AS) return (e as ts.SatisfiesExpression).type;
    if (e.kind !== S.PAREN) return undefined;
  }
}

function expect(file: BoundFile, node: ts.Expression, type: () => TypeRef, depth: number): void {
  const inner = S.bare(node);
  if (inner.kind === S.ARROW || inner.kind === S.FUNCTION_EXPRESSION) {
    if ((inner as ts.ArrowFunction).parameters.some((p) => p.type === undefined)) file.expected.set(inner, type());
    return;
  }
  if (!ts.isObjectLiteralExpression(inner) || depth >= DEEPEST) return;
  for (const member of inner.properties) {
    const key = member.name === undefined ? null : S.propertyKey(member.name);
    if (key === null) continue;
    const memberType = (): TypeRef => ({ k: 'index', obj: type(), key: { k: 'lit', value: key } });
    if (ts.isPropertyAssignment(member)) expect(file, member.initializer, memberType, depth + 1);
    else if (ts.isMethodDeclaration(member) && member.parameters.some((p) => p.type === undefined))
      file.expected.set(member, memberType());
  }
}
