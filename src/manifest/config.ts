/** `phitrace.yaml`: how a project wants to be judged. */
import { YamlText } from './document.js';
import { checkShape } from './shape.js';
import { checkSlashes } from './slashes.js';
import type { ManifestProblem } from './types.js';
import { shown, suggestion } from './words.js';

export type RuleLevel = 'off' | 'note' | 'warning' | 'error';

export interface Config {
  readonly profile: 'recommended' | 'strict' | 'audit' | null;
  readonly rules: Readonly<Record<string, RuleLevel>>;
  /** Rule packs, relative to the configuration's folder. */
  readonly packs: readonly string[];
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[];
  /** Names of the environments to judge; null: all. */
  readonly environments: readonly string[] | null;
}

/** What holds without a `phitrace.yaml`. */
export const DEFAULT_CONFIG: Config = {
  profile: null,
  rules: {},
  packs: [],
  include: null,
  exclude: [],
  environments: null,
};

/** The configuration, or null if it has problems. An empty file is the default configuration. */
export function loadConfig(
  text: string,
  path: string,
  ruleIds: readonly string[],
): { readonly config: Config | null; readonly problems: readonly ManifestProblem[] } {
  const yaml = new YamlText(text, path);
  if (yaml.value === undefined) return { config: null, problems: yaml.problems };
  if (yaml.value === null) return { config: DEFAULT_CONFIG, problems: [] };
  const wellFormed = checkShape(yaml, 'config');
  checkSlashes(yaml);
  const { rules } = yaml.value as { rules?: unknown };
  if (typeof rules === 'object' && rules !== null && !Array.isArray(rules)) {
    for (const rule of Object.keys(rules)) {
      if (ruleIds.includes(rule)) continue;
      yaml.report({ path: ['rules', rule], at: 'key' }, `unknown rule ${shown(rule)}${suggestion(rule, ruleIds)}`);
    }
  }
  if (!wellFormed || yaml.problems.length > 0) {
    const problems = [...yaml.problems].sort((a, b) => a.line - b.line || a.column - b.column);
    return { config: null, problems };
  }
  return { config: { ...DEFAULT_CONFIG, ...(yaml.value as Partial<Config>) }, problems: [] };
}
