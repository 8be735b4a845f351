/** Development, test and seed configurations that point at production data. */
import type { Location, Severity } from '../analysis.js';
import type { EnvValue } from '../workspace/types.js';
import { listOf, policyCatalog } from './catalog.js';
import { wordsOf } from './data/record.js';
import { type Target, Targets } from './data/targets.js';
import { type Draft, locate } from './draft.js';
import type { PolicyInput } from './input.js';
import { fromManifest } from './suppressions.js';

/** Nobody writes a script of this size by hand. */
const MAX_TEXT = 256 * 1024;
const COMPOSE = /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i;
const COMMANDS =
  /(?:^|\/)(?:Makefile|Justfile|justfile|Taskfile\.ya?ml|Dockerfile[^/]*|[^/]+\.mk|[^/]+\.(?:sh|bash|zsh|ps1))$/;
const DEVCONTAINER = /(?:^|\/)\.devcontainer\//;

export function realDataInDev(input: PolicyInput): readonly Draft[] {
  const policy = policyCatalog().policy('real-data-in-dev');
  const search: Search = {
    input,
    targets: new Targets(policy),
    development: new Set(listOf(policy, 'development')),
    preproduction: new Set(listOf(policy, 'preproduction')),
    production: new Set(listOf(policy, 'production_words')),
  };
  return [...environmentValues(search), ...commandFiles(search), ...packageScripts(search), ...constants(search)];
}

interface Search {
  readonly input: PolicyInput;
  readonly targets: Targets;
  readonly development: ReadonlySet<string>;
  readonly preproduction: ReadonlySet<string>;
  readonly production: ReadonlySet<string>;
}

/** How sure it is that a file is for development; null: it is not, or the manifest allows PHI in it. */
type Context = 'development' | 'preproduction' | 'shared';

/** What the manifest or the file itself says about the environment of a value. */
function contextOf(search: Search, value: EnvValue): Context | null {
  if (value.origin === 'env-example') return null;
  const declared = declaredEnvironment(search.input, value);
  if (declared !== null) return declared === 'allowed' ? null : 'development';
  const { environment } = value;
  if (environment === null) {
    if (COMPOSE.test(value.file) || DEVCONTAINER.test(value.file)) return 'development';
    return value.origin === 'env-file' ? 'shared' : null;
  }
  if (search.development.has(environment)) return 'development';
  return search.preproduction.has(environment) ? 'preproduction' : null;
}

function declaredEnvironment(input: PolicyInput, value: EnvValue): 'allowed' | 'synthetic' | 'forbidden' | null {
  const folder = (input.manifest.path ?? 'baa.yaml').replace(/[^/]*$/, '').replace(/\/$/, '') || '.';
  const path = fromManifest(input.workspace.root, folder, value.file);
  const entries = Object.entries(input.manifest.environments);
  const byFile = entries.find(([, entry]) => entry.files.includes(path));
  const byName = entries.find(([name]) => name === value.environment);
  return (byFile ?? byName)?.[1].phi ?? null;
}

function* environmentValues(search: Search): Generator<Draft> {
  const { input, targets } = search;
  for (const name of input.workspace.envNames())
    for (const value of input.workspace.env(name)) {
      const context = contextOf(search, value);
      const target = context === null ? null : targets.of(name, value.value);
      if (context === null || target === null) continue;
      const notes = [
        `it points at ${target.what}`,
        context === 'shared' ? 'the file serves every environment that has none of its own' : null,
        value.ignored ? `git ignores the file, so this is known of this machine only` : null,
      ];
      yield draft({
        name,
        at: at(value.file, value.line),
        target,
        severity: target.sure && context !== 'shared' ? 'error' : 'warning',
        atMost: value.ignored ? 'warning' : 'error',
        why: notes.filter((note) => note !== null).join('; '),
      });
    }
}

/** Files that say production by name are no development files. */
function isProductionFile(search: Search, file: string): boolean {
  return wordsOf(file).some((word) => search.production.has(word));
}

function* commandFiles(search: Search): Generator<Draft> {
  const { input } = search;
  for (const file of input.workspace.others) {
    if (!(COMPOSE.test(file) || COMMANDS.test(file) || DEVCONTAINER.test(file)) || isProductionFile(search, file))
      continue;
    const text = input.workspace.read(file);
    if (text === null || text.length > MAX_TEXT) continue;
    yield* commands(search, file, text.split('\n'), () => true);
  }
}

/** Scripts of package.json, at their lines. */
function* packageScripts(search: Search): Generator<Draft> {
  for (const { dir, scripts } of search.input.workspace.packages) {
    const names = Object.keys(scripts).filter((name) => search.targets.ofCommand(scripts[name] ?? '') !== null);
    if (names.length === 0) continue;
    const file = dir === '' ? 'package.json' : `${dir}/package.json`;
    const lines = search.input.workspace.read(file)?.split('\n') ?? [];
    const isDevelopment = (line: string): boolean =>
      names.some((name) => line.includes(`"${name}"`) && !wordsOf(name).some((word) => search.production.has(word)));
    yield* commands(search, file, lines, isDevelopment);
  }
}

function* commands(
  search: Search,
  file: string,
  lines: readonly string[],
  counts: (line: string) => boolean,
): Generator<Draft> {
  for (const [index, line] of lines.entries()) {
    if (line.length > 2000 || !counts(line)) continue;
    const target = search.targets.ofCommand(line);
    if (target === null) continue;
    const why = `it brings in ${target.what}`;
    const severity = target.sure ? 'error' : 'warning';
    yield draft({ name: 'A command', at: at(file, index + 1), target, severity, atMost: 'error', why });
  }
}

/** Addresses in seeds and scripts. Tests are left out: they name production hosts to intercept them. */
function* constants(search: Search): Generator<Draft> {
  const { input, targets } = search;
  for (const file of input.workspace.code) {
    if (file.role !== 'script' || isProductionFile(search, file.path)) continue;
    for (const fn of input.facts(file.path)?.functions ?? [])
      for (const block of fn.blocks)
        for (const instr of block.instrs) {
          if (instr.op !== 'const' || typeof instr.v !== 'string' || instr.span === undefined) continue;
          const target = /:\/\//.test(instr.v) ? targets.of('', instr.v) : null;
          if (target === null) continue;
          const where = locate(input, { file: file.path, span: instr.span });
          const why = `it points at ${target.what}`;
          yield draft({ name: 'A constant', at: where, target, severity: 'warning', atMost: 'warning', why });
        }
  }
}

function at(file: string, line: number): Location {
  return { file, line, column: 1, endLine: line, endColumn: 1 };
}

interface Found {
  readonly name: string;
  readonly at: Location;
  readonly target: Target;
  readonly severity: Severity;
  readonly atMost: Severity;
  readonly why: string;
}

function draft(found: Found): Draft {
  const names = [found.name, found.target.what];
  return {
    rule: 'real-data-in-dev',
    severity: found.severity,
    atMost: found.atMost,
    confidence: found.target.sure ? 'high' : 'medium',
    at: found.at,
    functions: names,
    recipient: null,
    phi: [],
    removed: [],
    path: [],
    cause: `${found.at.file}:${String(found.at.line)}:${found.name}`,
    causeName: names,
    words: { what: found.name, file: found.at.file, why: found.why },
    test: false,
  };
}
