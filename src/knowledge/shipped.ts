import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ModelFile } from './model.js';

/** The text of one model file; `path` is what errors call it. */
export interface ModelText {
  readonly path: string;
  readonly text: string;
}

/** All model files of rules/ in one packed JSON, written by the build: parsing YAML takes twenty times as long. */
interface CompiledRules {
  /** Of the texts that it was made from. */
  readonly hash: string;
  readonly paths: readonly string[];
  readonly models: readonly ModelFile[];
}

/** The package's folder, from src/ as from dist/. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);
export const COMPILED_RULES = new URL('dist/rules.json.gz', PACKAGE_ROOT);
const FOLDERS = ['recipients', 'sources', 'deidentifiers', 'libraries'];

/** The model files that come with the package, in a fixed order. */
export function shippedRules(): readonly ModelText[] {
  const found: ModelText[] = [];
  for (const folder of FOLDERS) {
    const url = new URL(`rules/${folder}/`, PACKAGE_ROOT);
    if (!existsSync(url)) continue;
    const names = readdirSync(url, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
    for (const name of names.map((each) => each.replaceAll('\\', '/')).sort())
      found.push({ path: `rules/${folder}/${name}`, text: readFileSync(fileURLToPath(new URL(name, url)), 'utf8') });
  }
  return found;
}

/** The parsed and checked rules, if the build left them and they are of these very texts. */
export function compiledModels(rules: readonly ModelText[], url: URL = COMPILED_RULES): readonly ModelFile[] | null {
  if (!existsSync(url)) return null;
  const text = unpacked(url);
  if (!text.startsWith(`{"hash":"${hashOf(rules)}"`)) return null;
  return (JSON.parse(text) as CompiledRules).models;
}

/** The rules of an installed package, which holds them compiled only: there is nothing that could have changed. */
export function installedRules(url: URL = COMPILED_RULES): {
  readonly rules: readonly ModelText[];
  readonly models: readonly ModelFile[];
} {
  const { paths, models } = JSON.parse(unpacked(url)) as CompiledRules;
  return { rules: paths.map((path) => ({ path, text: '' })), models };
}

export function compiledFile(rules: readonly ModelText[], models: readonly ModelFile[]): Buffer {
  const compiled: CompiledRules = { hash: hashOf(rules), paths: rules.map((rule) => rule.path), models };
  return gzipSync(JSON.stringify(compiled), { level: 9 });
}

function unpacked(url: URL): string {
  return gunzipSync(readFileSync(url)).toString('utf8');
}

function hashOf(rules: readonly ModelText[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of rules) hash.update(path).update('\0').update(text).update('\0');
  return hash.digest('hex');
}
