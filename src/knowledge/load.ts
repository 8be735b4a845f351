import { Ajv, type ErrorObject } from 'ajv';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, YAMLParseError } from 'yaml';
import type { Knowledge } from './index.js';
import { merge, type LoadedFile } from './merge.js';
import type { ModelFile } from './model.js';
import { KnowledgeError, nearestWord, Places, type Problem } from './problems.js';

/** The text of one model file; `path` is what errors call it. */
export interface ModelText {
  readonly path: string;
  readonly text: string;
}

/** Reads rules/ and, over it, users' packs. Throws a `KnowledgeError` that names every mistake. */
export function loadKnowledge(options: { readonly packs?: readonly ModelText[] } = {}): Knowledge {
  const problems: Problem[] = [];
  const files: LoadedFile[] = [];
  for (const rule of shippedRules()) read(rule, false, files, problems);
  for (const pack of options.packs ?? []) read(pack, true, files, problems);
  if (problems.length > 0) throw new KnowledgeError(problems);
  const merged = merge(files);
  if (merged.problems.length > 0) throw new KnowledgeError(merged.problems);
  return merged.store;
}

const ROOT = new URL('../../', import.meta.url);
const FOLDERS = ['recipients', 'sources', 'deidentifiers', 'libraries'];

/** The model files that come with the package, sorted by path. */
export function shippedRules(): readonly ModelText[] {
  const found: ModelText[] = [];
  for (const folder of FOLDERS) {
    const url = new URL(`rules/${folder}/`, ROOT);
    if (!existsSync(url)) continue;
    const names = readdirSync(url, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
    for (const name of names.map((each) => each.replaceAll('\\', '/')).sort())
      found.push({ path: `rules/${folder}/${name}`, text: readFileSync(fileURLToPath(new URL(name, url)), 'utf8') });
  }
  return found;
}

function read(source: ModelText, pack: boolean, files: LoadedFile[], problems: Problem[]): void {
  const places = new Places(source.path, source.text);
  let content: unknown;
  try {
    // A pack is a stranger's text: aliases that multiply are refused there.
    content = parse(source.text, { merge: true, maxAliasCount: pack ? 1000 : -1 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const at = (error instanceof YAMLParseError ? error.linePos?.[0] : undefined) ?? { line: 1, col: 1 };
    const message = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    problems.push({ file: source.path, line: at.line, column: at.col, message, nearest: null });
    return;
  }
  const isModel = validator();
  if (isModel(content)) files.push({ model: content, places, pack });
  else problems.push(...report(places, isModel.errors ?? []));
}

let compiled: ReturnType<typeof compile> | null = null;

function validator(): ReturnType<typeof compile> {
  compiled ??= compile();
  return compiled;
}

function compile() {
  const schema: unknown = JSON.parse(readFileSync(new URL('schemas/model.schema.json', ROOT), 'utf8'));
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    coerceTypes: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
  });
  return ajv.compile<ModelFile>(schema as Record<string, unknown>);
}

/** Keywords that only say that something below them failed. */
const WRAPPERS = new Set(['if', 'propertyNames']);

function report(places: Places, errors: readonly ErrorObject[]): Problem[] {
  return errors.filter((error) => !WRAPPERS.has(error.keyword)).map((error) => describe(places, error));
}

function describe(places: Places, error: ErrorObject): Problem {
  const path = pointer(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'additionalProperties') {
    const word = String(params['additionalProperty']);
    const valid = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
    return places.problem([...path, word], `unknown key "${word}"`, nearestWord(word, valid), true);
  }
  if (error.keyword === 'enum') {
    const valid = (params['allowedValues'] as readonly unknown[]).map(String);
    const word = String(error.data);
    return places.problem(path, `"${word}" is none of ${valid.join(', ')}`, nearestWord(word, valid));
  }
  if (error.propertyName !== undefined)
    return places.problem([...path, error.propertyName], `key "${error.propertyName}" is not well formed`, null, true);
  if (error.keyword === 'pattern') return places.problem(path, `"${String(error.data)}" is not well formed`);
  return places.problem(path, error.message ?? 'is not valid', null, error.keyword === 'required');
}

function pointer(instancePath: string): string[] {
  if (instancePath === '') return [];
  return instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
