import { Ajv, type ErrorObject } from 'ajv';
import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import type { Knowledge } from './index.js';
import { merge, type LoadedFile } from './merge.js';
import type { ModelFile } from './model.js';
import { KnowledgeError, nearestWord, Places, type Problem } from './problems.js';
import { compiledModels, installedRules, PACKAGE_ROOT, shippedRules, type ModelText } from './shipped.js';

export { shippedRules, type ModelText } from './shipped.js';

/** Reads rules/ and, over it, users' packs. Throws a `KnowledgeError` that names every mistake. */
export function loadKnowledge(options: { readonly packs?: readonly ModelText[] } = {}): Knowledge {
  const { rules, models } = ownRules();
  const files = rules.map((rule, index) => loaded(rule, models[index]!, false));
  const packs = options.packs ?? [];
  const packModels = readAll(packs, true);
  files.push(...packs.map((pack, index) => loaded(pack, packModels[index]!, true)));
  const merged = merge(files);
  if (merged.problems.length > 0) throw new KnowledgeError(merged.problems);
  return merged.store;
}

function ownRules(): { readonly rules: readonly ModelText[]; readonly models: readonly ModelFile[] } {
  const rules = shippedRules();
  if (rules.length === 0) return installedRules();
  return { rules, models: compiledModels(rules) ?? readRules(rules) };
}

/** Parses and checks the YAML of rules/. */
export function readRules(rules: readonly ModelText[]): readonly ModelFile[] {
  return readAll(rules, false);
}

function loaded({ path, text }: ModelText, model: ModelFile, pack: boolean): LoadedFile {
  return { model, places: new Places(path, text), pack };
}

/** One model for each text, or the error that names all mistakes. */
function readAll(texts: readonly ModelText[], pack: boolean): readonly ModelFile[] {
  const problems: Problem[] = [];
  const models = texts.flatMap((text) => {
    const model = read(text, pack, problems);
    return model === null ? [] : [model];
  });
  if (problems.length > 0) throw new KnowledgeError(problems);
  return models;
}

function read(source: ModelText, pack: boolean, problems: Problem[]): ModelFile | null {
  let content: unknown;
  try {
    // A pack is a stranger's text: aliases that multiply are refused there.
    content = parse(source.text, { merge: true, maxAliasCount: pack ? 1000 : -1 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const at = (error instanceof YAMLParseError ? error.linePos?.[0] : undefined) ?? { line: 1, col: 1 };
    const message = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    problems.push({ file: source.path, line: at.line, column: at.col, message, nearest: null });
    return null;
  }
  const isModel = validator();
  if (isModel(content)) return content;
  problems.push(...report(new Places(source.path, source.text), isModel.errors ?? []));
  return null;
}

let compiled: ReturnType<typeof compile> | null = null;

function validator(): ReturnType<typeof compile> {
  compiled ??= compile();
  return compiled;
}

function compile() {
  const schema: unknown = JSON.parse(readFileSync(new URL('schemas/model.schema.json', PACKAGE_ROOT), 'utf8'));
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
const WRAPPERS = new Set(['if', 'propertyNames', 'anyOf']);

/** Each mistake once: where several forms are allowed, each of them says what is wrong. */
function report(places: Places, errors: readonly ErrorObject[]): Problem[] {
  const told = new Map<string, Problem>();
  for (const error of errors) {
    if (WRAPPERS.has(error.keyword)) continue;
    const problem = describe(places, error);
    const key = `${error.instancePath} ${problem.message.split('. ')[0] ?? ''}`;
    if (!told.has(key)) told.set(key, problem);
  }
  return [...told.values()];
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
  if (error.keyword === 'pattern') {
    const { description } = error.parentSchema as { readonly description?: string };
    const form = description === undefined ? '' : `. ${description.replace(/\.$/, '')}`;
    return places.problem(path, `"${String(error.data)}" is not well formed${form}`);
  }
  return places.problem(path, error.message ?? 'is not valid', null, error.keyword === 'required');
}

function pointer(instancePath: string): string[] {
  if (instancePath === '') return [];
  return instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
