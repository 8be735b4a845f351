import { child, entriesOf, textOf, type ConfigMap, type ConfigNode, type ConfigScalar } from './config-tree.js';
import type { Assignment } from './dotenv.js';
import { expand } from './dotenv.js';
import { environmentOf } from './environments.js';

export interface TreeAssignment extends Assignment {
  /** Named by a key above, as in `env.production.vars`; null if none does. */
  readonly environment: string | null;
}

/** Keys that platforms use for environment values, whatever the file format. */
const BLOCKS = new Set([
  'env',
  'environment',
  'environments',
  'environmentvariables',
  'environment_variables',
  'env_variables',
  'envvars',
  'env_vars',
  'variables',
  'vars',
  'values',
  'containerenv',
]);
const LIST_NAMES = ['name', 'Name', 'key', 'Key', 'variable'];
const LIST_VALUES = ['value', 'Value'];
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_DEPTH = 60;
const MAX_FOUND = 5000;

/**
 * Environment values of a deployment file: maps, lists of `name`/`value` and lists of `NAME=value` under the keys that
 * compose, Kubernetes, CloudFormation, Serverless, ECS and the hosting platforms use. Only literals; `lookup` fills
 * variables that the file takes from an .env file beside it.
 */
export function envOfTree(root: ConfigNode, lookup: (name: string) => string | null): TreeAssignment[] {
  const found: TreeAssignment[] = [];
  const parameters = child(root, 'Parameters');

  const add = (name: string, node: ConfigNode, environment: string | null): void => {
    if (!VARIABLE.test(name) || node.kind !== 'scalar' || found.length >= MAX_FOUND) return;
    const value = literal(node, parameters, lookup);
    if (value !== null) found.push({ name, value, line: node.line, environment });
  };

  const block = (node: ConfigNode, environment: string | null, depth: number): void => {
    if (node.kind === 'map') {
      for (const entry of node.entries) {
        const named = environmentOf(entry.key);
        if (entry.value.kind === 'scalar') add(entry.key, entry.value, environment);
        else if (BLOCKS.has(entry.key.toLowerCase())) block(entry.value, environment, depth + 1);
        else visit(entry.value, named ?? environment, depth + 1);
      }
    } else if (node.kind === 'list') {
      for (const item of node.items) {
        if (item.kind === 'map') pair(item, environment, depth);
        else if (item.kind === 'scalar') assignment(item, environment);
      }
    }
  };

  const pair = (item: ConfigMap, environment: string | null, depth: number): void => {
    const name = LIST_NAMES.map((key) => textOf(child(item, key))).find((text) => text !== null);
    const value = LIST_VALUES.map((key) => child(item, key)).find((node) => node !== null);
    if (name !== undefined && name !== null && value !== undefined && value !== null) add(name, value, environment);
    else visit(item, environment, depth + 1);
  };

  const assignment = (item: ConfigScalar, environment: string | null): void => {
    const [, name, value] = /^([A-Za-z_]\w*)=([^]*)$/.exec(item.text ?? '') ?? [];
    if (name !== undefined && value !== undefined) add(name, { ...item, text: value }, environment);
  };

  const visit = (node: ConfigNode, environment: string | null, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (node.kind === 'list') for (const item of node.items) visit(item, environment, depth + 1);
    for (const entry of entriesOf(node)) {
      if (BLOCKS.has(entry.key.toLowerCase())) block(entry.value, environment, depth + 1);
      else visit(entry.value, environmentOf(entry.key) ?? environment, depth + 1);
    }
  };

  visit(root, null, 0);
  return found;
}

/** The value of a scalar if it is one: not a reference to a secret, a resource or another file. */
function literal(
  node: ConfigScalar,
  parameters: ConfigNode | null,
  lookup: (name: string) => string | null,
): string | null {
  if (node.text === null) return null;
  if (node.tag === '!Ref') return textOf(child(child(parameters, node.text), 'Default'));
  if (node.tag !== null && (node.tag !== '!Sub' || node.text.includes('${'))) return null;
  if (/^@[a-z0-9_-]+$|^\{\{|^\$\(/.test(node.text)) return null; // Vercel secret, template, Kubernetes reference
  // serverless.yml: `${env:NAME, 'default'}` and `${opt:stage, 'dev'}`.
  const fallback = /^\$\{(?:env|opt|param|self):[\w.:-]+,\s*['"]([^'"]*)['"]\}$/.exec(node.text);
  if (fallback !== null) return fallback[1]!;
  return expand(node.text, lookup, 0);
}
