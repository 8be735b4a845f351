/**
 * Configuration findings end with what to do, in one of two forms: `Set option: value.` and `Add integration({ … }).`
 * (docs/architecture.md). Where the options stand in the code as an object, this is done to them.
 */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { policyCatalog } from '../policies/catalog.js';
import type { Spot } from './report.js';
import type { Suggestion } from './suggestion.js';

const SET = /\bSet ([A-Za-z_]\w*(?:\.\w+)*): (\{[^{}]*\}|\[[^[\]]*\]|'[^']*'|true|false|\d+)/;
const ADD = /\bAdd (?!new )([A-Za-z_]\w*)(\(\{.*\}\))\./;

export function followFix(
  spot: Spot,
  node: TSESTree.Node,
  source: Readonly<TSESLint.SourceCode>,
): readonly Suggestion[] {
  const { message } = spot.finding;
  const set = SET.exec(message);
  const add = ADD.exec(message);
  const call = enclosingCall(node);
  const options = call === null ? null : optionsOf(call, node);
  if (set !== null && call !== null) {
    const [, option, value] = set as unknown as [string, string, string];
    const path = option.split('.');
    const own = ownOptions(node, path[0] ?? '') ?? options;
    if (own === null && call.arguments.length > 0) return [];
    return [
      {
        messageId: 'setOption',
        data: { option, value },
        fix: (fixer) => (own === null ? firstOptions(fixer, call, path, value, source) : put(fixer, own, path, value)),
      },
    ];
  }
  if (add !== null && options !== null && call !== null) {
    const [, name, args] = add as unknown as [string, string, string];
    const callee = reachable(name, call, source);
    if (callee === null) return [];
    const code = `${callee}${args}`;
    return [{ messageId: 'addIntegration', data: { code }, fix: (fixer) => addElement(fixer, options, code) }];
  }
  return switchOver(spot, node, source);
}

/** The object around the place that has the option already: that of an integration, say. */
function ownOptions(node: TSESTree.Node, name: string): TSESTree.ObjectExpression | null {
  for (let at: TSESTree.Node | undefined = node; at; at = at.parent) {
    if (at.type === 'ObjectExpression' && propertyOf(at, name) !== null) return at;
    if (at.type === 'CallExpression' || at.type === 'NewExpression' || /Statement$|Function/.test(at.type)) return null;
  }
  return null;
}

/** `new Client()` and `new Client` get their first argument. */
function firstOptions(
  fixer: TSESLint.RuleFixer,
  call: Call,
  path: readonly string[],
  value: string,
  source: Readonly<TSESLint.SourceCode>,
): TSESLint.RuleFix {
  const code = path.reduceRight((inner, key) => `{ ${key}: ${inner} }`, value);
  const last = source.getLastToken(call);
  return last?.value === ')' ? fixer.insertTextBefore(last, code) : fixer.insertTextAfter(call, `(${code})`);
}

/** A switch that the rule's own table calls risky in this position: the other position. */
function switchOver(spot: Spot, node: TSESTree.Node, source: Readonly<TSESLint.SourceCode>): readonly Suggestion[] {
  const property = node.type === 'Property' ? node : node.parent?.type === 'Property' ? node.parent : null;
  if (property === null || property.computed || property.value.type !== 'Literal') return [];
  const { value } = property.value;
  if (typeof value !== 'boolean') return [];
  const option = property.key.type === 'Identifier' ? property.key.name : source.getText(property.key);
  const rows = policyCatalog().policy(spot.finding.ruleId).options ?? [];
  const isRisky = rows.some(
    (row) => row.option?.split('.').at(-1) === option && row.risky.is?.includes(value) === true,
  );
  const isSafe = rows.every(
    (row) => row.option?.split('.').at(-1) !== option || row.risky.is?.includes(!value) !== true,
  );
  if (!isRisky || !isSafe) return [];
  const code = String(!value);
  const literal = property.value;
  return [{ messageId: 'setOption', data: { option, value: code }, fix: (fixer) => fixer.replaceText(literal, code) }];
}

type Call = TSESTree.CallExpression | TSESTree.NewExpression;

function enclosingCall(node: TSESTree.Node): Call | null {
  for (let at: TSESTree.Node | undefined = node; at; at = at.parent) {
    if (at.type === 'CallExpression' || at.type === 'NewExpression') {
      // An integration inside of the options: the options are those of the call around it.
      const holds = at.parent.type === 'ArrayExpression';
      if (!holds) return at;
    } else if (/Statement$|Function/.test(at.type)) return null;
  }
  return null;
}

/** The object among the arguments in which the place lies, or, for the call itself, the last one. */
function optionsOf(call: Call, node: TSESTree.Node): TSESTree.ObjectExpression | null {
  const objects = call.arguments.filter((arg) => arg.type === 'ObjectExpression');
  return objects.find((one) => contains(one, node)) ?? objects.at(-1) ?? null;
}

function contains(outer: TSESTree.Node, inner: TSESTree.Node): boolean {
  return outer.range[0] <= inner.range[0] && outer.range[1] >= inner.range[1];
}

function propertyOf(object: TSESTree.ObjectExpression, name: string): TSESTree.Property | null {
  const found = object.properties.find(
    (one) =>
      one.type === 'Property' &&
      !one.computed &&
      ((one.key.type === 'Identifier' && one.key.name === name) ||
        (one.key.type === 'Literal' && one.key.value === name)),
  );
  return found?.type === 'Property' ? found : null;
}

/** Sets a dotted option, leaving its neighbours alone. */
function put(
  fixer: TSESLint.RuleFixer,
  object: TSESTree.ObjectExpression,
  path: readonly string[],
  value: string,
): TSESLint.RuleFix {
  const [name = '', ...rest] = path;
  const property = propertyOf(object, name);
  if (property === null) {
    const nested = rest.reduceRight((inner, key) => `{ ${key}: ${inner} }`, value);
    return addProperty(fixer, object, `${name}: ${nested}`);
  }
  if (rest.length > 0 && property.value.type === 'ObjectExpression') return put(fixer, property.value, rest, value);
  const nested = rest.reduceRight((inner, key) => `{ ${key}: ${inner} }`, value);
  return fixer.replaceText(property, `${name}: ${nested}`);
}

function addProperty(fixer: TSESLint.RuleFixer, object: TSESTree.ObjectExpression, code: string): TSESLint.RuleFix {
  const last = object.properties.at(-1);
  if (last === undefined) return fixer.replaceText(object, `{ ${code} }`);
  return fixer.insertTextAfter(last, `, ${code}`);
}

function addElement(fixer: TSESLint.RuleFixer, options: TSESTree.ObjectExpression, code: string): TSESLint.RuleFix {
  const list = propertyOf(options, 'integrations')?.value;
  if (list === undefined) return addProperty(fixer, options, `integrations: [${code}]`);
  if (list.type !== 'ArrayExpression') return fixer.replaceText(list, `[${code}]`);
  const last = list.elements.at(-1);
  return last ? fixer.insertTextAfter(last, `, ${code}`) : fixer.replaceText(list, `[${code}]`);
}

/** How the name can be called where the call stands: from the same namespace, or because it is imported. */
function reachable(name: string, call: Call, source: Readonly<TSESLint.SourceCode>): string | null {
  const { callee } = call;
  if (callee.type === 'MemberExpression' && !callee.computed && callee.object.type === 'Identifier')
    return `${callee.object.name}.${name}`;
  const scope = source.getScope(call);
  for (let at: typeof scope | null = scope; at !== null; at = at.upper) if (at.set.has(name)) return name;
  return null;
}
