/** Leaves a field out of an object that is sent, where the field is named like the data in it and nothing else rests on it. */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import type { Spot } from './report.js';
import type { Suggestion } from './suggestion.js';

const MAX_OFFERED = 4;

export function removeFields(
  spot: Spot,
  node: TSESTree.Node,
  source: Readonly<TSESLint.SourceCode>,
): readonly Suggestion[] {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return [];
  const sent = new Set(spot.place.phi.map((item) => lastName(item.via)));
  const found: TSESTree.Property[] = [];
  for (const argument of node.arguments) collect(argument, sent, found);
  return found.slice(0, MAX_OFFERED).map((property) => ({
    messageId: 'removeField',
    data: { field: source.getText(property.key) },
    fix: (fixer) => fixer.removeRange(rangeOf(property, source)),
  }));
}

/** `Patient.name.family` → `family`. */
function lastName(via: string): string {
  return (via.split('.').at(-1) ?? '').replace(/\[.*$/, '').toLowerCase();
}

function collect(node: TSESTree.Node, sent: ReadonlySet<string>, found: TSESTree.Property[]): void {
  if (node.type === 'ArrayExpression') {
    for (const element of node.elements) if (element) collect(element, sent, found);
  } else if (node.type === 'CallExpression') {
    // `JSON.stringify({ … })` and its like.
    for (const argument of node.arguments) collect(argument, sent, found);
  } else if (node.type === 'ObjectExpression') {
    for (const property of node.properties) {
      if (property.type !== 'Property' || property.computed || property.method) continue;
      if (isNamedLikeItsData(property, sent)) found.push(property);
      else if (property.value.type !== 'Identifier') collect(property.value, sent, found);
    }
  }
}

/** `email: patient.email`, `email`: what the key promises is what goes. `to: patient.email` would be missed. */
function isNamedLikeItsData({ key, value }: TSESTree.Property, sent: ReadonlySet<string>): boolean {
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : null;
  if (name === null) return false;
  const source = finalName(value);
  return source !== null && sent.has(source) && name.toLowerCase().endsWith(source);
}

/** The name that a chain of properties ends with; null for anything that is computed from data. */
function finalName(node: TSESTree.Node): string | null {
  if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression') return finalName(node.expression);
  if (node.type === 'Identifier') return node.name.toLowerCase();
  if (node.type === 'LogicalExpression' && node.right.type === 'Literal') return finalName(node.left);
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return null;
  return node.property.name.toLowerCase();
}

/** The property with the comma that belongs to it. */
function rangeOf(property: TSESTree.Property, source: Readonly<TSESLint.SourceCode>): [number, number] {
  const after = source.getTokenAfter(property);
  const before = source.getTokenBefore(property);
  if (after?.value === ',') {
    const next = source.getTokenAfter(after, { includeComments: true });
    const end = next && next.value !== '}' ? next.range[0] : after.range[1];
    return [property.range[0], end];
  }
  return before?.value === ',' ? [before.range[0], property.range[1]] : [property.range[0], property.range[1]];
}
