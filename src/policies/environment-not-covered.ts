/** Environments that have values in the code base, but no word in the manifest. */
import type { EnvValue } from '../workspace/types.js';
import { listOf, policyCatalog } from './catalog.js';
import { type Draft, compareText } from './draft.js';
import type { PolicyInput } from './input.js';

export function environmentNotCovered(input: PolicyInput): readonly Draft[] {
  const { environments } = input.manifest;
  if (Object.keys(environments).length === 0) return [];
  const development = new Set(listOf(policyCatalog().policy('real-data-in-dev'), 'development'));
  const first = new Map<string, EnvValue>();
  for (const name of input.workspace.envNames())
    for (const value of input.workspace.env(name)) {
      const { environment } = value;
      if (environment === null || value.origin === 'env-example' || value.ignored) continue;
      if (Object.hasOwn(environments, environment) || development.has(environment)) continue;
      const known = first.get(environment);
      if (
        known === undefined ||
        compareText(value.file, known.file) < 0 ||
        (value.file === known.file && value.line < known.line)
      )
        first.set(environment, value);
    }
  return [...first].map(([environment, { file, line }]): Draft => ({
    rule: 'environment-not-covered',
    severity: 'warning',
    atMost: 'error',
    confidence: 'high',
    at: { file, line, column: 1, endLine: line, endColumn: 1 },
    functions: [environment],
    recipient: null,
    phi: [],
    removed: [],
    path: [],
    cause: environment,
    causeName: [environment],
    words: { environment, file },
    test: false,
  }));
}
