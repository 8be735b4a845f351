/**
 * `phitrace/eslint`: the whole-program analysis as ESLint rules, one a policy, for flat configuration.
 *
 * @example
 * import phitrace from 'phitrace/eslint';
 * export default [phitrace.configs.recommended];
 */
import type { ESLint, Linter, Rule as EslintRule } from 'eslint';
import { ruleDocs } from '../policies/index.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { VERSION } from '../version.js';
import { ruleOf } from './rule.js';

export type { PhitraceSettings, RuleOptions } from './settings.js';

/** The plugin: its rules by policy id, and three configurations to start from. */
export interface PhitracePlugin extends ESLint.Plugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  readonly rules: Record<string, EslintRule.RuleModule>;
  readonly configs: {
    /** What `phitrace check` tells. */
    readonly recommended: Linter.Config;
    /** As `check --profile strict`. */
    readonly strict: Linter.Config;
    /** As `check --profile audit`. */
    readonly audit: Linter.Config;
  };
}

const docs: readonly RuleDoc[] = ruleDocs();

const bare: ESLint.Plugin = {
  meta: { name: 'phitrace', version: VERSION, namespace: 'phitrace' },
  // The rules are written against @typescript-eslint/utils' view of ESLint, which knows the nodes of both parsers.
  rules: Object.fromEntries(
    docs.map((doc) => [doc.id, ruleOf(doc, docsUrl(doc.id)) as unknown as EslintRule.RuleModule]),
  ),
};

function docsUrl(id: string): string {
  return new URL(`../../docs/rules/${id}.md`, import.meta.url).href;
}

function config(name: 'recommended' | 'strict' | 'audit'): Linter.Config {
  return {
    name: `phitrace/${name}`,
    plugins: { phitrace: plugin },
    rules: Object.fromEntries(
      docs.map((doc) => [`phitrace/${doc.id}`, doc.severity.default === 'error' ? 'error' : 'warn']),
    ),
    // The default profile is left to phitrace.yaml.
    ...(name === 'recommended' ? {} : { settings: { phitrace: { profile: name } } }),
  };
}

const plugin = bare as PhitracePlugin;
Object.assign(plugin, {
  configs: { recommended: config('recommended'), strict: config('strict'), audit: config('audit') },
});

export default plugin;
