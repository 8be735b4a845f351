/**
 * Hands what is sent to the de-identifier that the manifest declares: if there is exactly one, and it gives back what it
 * takes, so that the code around it need not change.
 */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { dirname, join, relative, sep } from 'node:path';
import type { FileReport } from './report.js';
import type { Suggestion } from './suggestion.js';

export function deidentify(
  node: TSESTree.Node,
  report: FileReport,
  source: Readonly<TSESLint.SourceCode>,
): readonly Suggestion[] {
  if (node.type !== 'CallExpression') return [];
  const cleaner = only(report);
  if (cleaner === null || cleaner.file === report.path) return [];
  const [argument, ...more] = node.arguments.filter((arg) => arg.type !== 'Literal');
  if (argument === undefined || more.length > 0 || !isPlainValue(argument)) return [];
  const taken = source.getScope(node);
  for (let at: typeof taken | null = taken; at !== null; at = at.upper) {
    const variable = at.set.get(cleaner.name);
    if (variable === undefined || variable.defs.length === 0) continue;
    const isImported = variable.defs[0]?.node.type === 'ImportSpecifier';
    return isImported ? [suggestion(cleaner.name, argument, source, null)] : [];
  }
  const line = importOf(cleaner, report, source);
  return line === null ? [] : [suggestion(cleaner.name, argument, source, line)];
}

interface Cleaner {
  readonly name: string;
  /** Relative to the root. */
  readonly file: string;
}

function only({ deidentifiers, manifestPath, root }: FileReport): Cleaner | null {
  const own = deidentifiers.filter(
    (one) => one.mutates === null && one.output === null && /\.[cm]?[jt]sx?#[A-Za-z_$][\w$]*$/.test(one.function),
  );
  const [one] = own;
  if (one === undefined || own.length > 1 || manifestPath === null) return null;
  const [path = '', name = ''] = one.function.split('#');
  return {
    name,
    file: relative(root, join(dirname(manifestPath), path))
      .split(sep)
      .join('/'),
  };
}

/** A name or a chain of names: wrapping anything else would hide what it does. */
function isPlainValue(node: TSESTree.Node): boolean {
  if (node.type === 'Identifier') return true;
  return node.type === 'MemberExpression' && !node.computed && isPlainValue(node.object);
}

/** The import as the file's own imports are written; null if the path cannot be told. */
function importOf({ name, file }: Cleaner, { path }: FileReport, source: Readonly<TSESLint.SourceCode>): string | null {
  if (path === null) return null;
  const to = relative(dirname(path), file).split(sep).join('/');
  const relatives = importsOf(source).filter((one) => one.source.value.startsWith('.'));
  const named = relatives.some((one) => /\.[cm]?[jt]s$/.test(one.source.value)) || relatives.length === 0;
  const target = to.replace(/\.([cm]?)[jt]sx?$/, named ? '.$1js' : '');
  return `import { ${name} } from '${target.startsWith('.') ? target : `./${target}`}';`;
}

function importsOf(source: Readonly<TSESLint.SourceCode>): readonly TSESTree.ImportDeclaration[] {
  return source.ast.body.filter((one) => one.type === 'ImportDeclaration');
}

function suggestion(
  name: string,
  argument: TSESTree.Node,
  source: Readonly<TSESLint.SourceCode>,
  importLine: string | null,
): Suggestion {
  const last = importsOf(source).at(-1);
  const first = source.ast.body.find((one) => !('directive' in one && one.directive !== undefined));
  return {
    messageId: 'deidentify',
    data: { name },
    fix: (fixer) => {
      const wrap = fixer.replaceText(argument, `${name}(${source.getText(argument)})`);
      if (importLine === null) return wrap;
      if (last !== undefined) return [fixer.insertTextAfter(last, `\n${importLine}`), wrap];
      return first === undefined ? wrap : [fixer.insertTextBefore(first, `${importLine}\n`), wrap];
    },
  };
}
