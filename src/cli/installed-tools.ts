/** What a project has at hand for a recipe: read from its manifests and its lock file, never from `node_modules`. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TYPESCRIPT_PARSERS, type TypeScriptParser } from '../init/snippets.js';
import { LOCK_FILES, LockFiles } from '../workspace/lockfiles.js';
import { parsePackageJson } from '../workspace/package-json.js';

export interface Tools {
  /** The package that ESLint's configuration in the folder can import a TypeScript parser from. */
  readonly parser: TypeScriptParser | null;
  readonly eslint: boolean;
  /** The command that adds development dependencies, as the project does it. */
  readonly add: string;
}

/** Looks at the folder and at those above it, where Node would look as well. */
export function installedTools(root: string): Tools {
  const folders = upward(root);
  const declared = new Set(folders.flatMap(dependenciesIn));
  const at = folders.find((folder) => LOCK_FILES.some((name) => existsSync(path.join(folder, name))));
  const names = at === undefined ? [] : LOCK_FILES.filter((name) => existsSync(path.join(at, name)));
  const locks = new LockFiles(names, (name) => text(path.join(at ?? root, name)));
  const inside = at === undefined ? '' : path.relative(at, root).split(path.sep).join('/');
  // Plug'n'Play hands out what is declared, and nothing else.
  const isStrict = folders.some((folder) => existsSync(path.join(folder, '.pnp.cjs')));
  const has = (name: string): boolean =>
    declared.has(name) || (!isStrict && (locks.version(inside, name, null) ?? '') !== '');
  const parsers = Object.keys(TYPESCRIPT_PARSERS) as TypeScriptParser[];
  return { parser: parsers.find(has) ?? null, eslint: has('eslint'), add: addCommand(names) };
}

function addCommand(locks: readonly string[]): string {
  if (locks.includes('pnpm-lock.yaml')) return 'pnpm add --save-dev';
  if (locks.includes('yarn.lock')) return 'yarn add --dev';
  return locks.includes('bun.lock') ? 'bun add --dev' : 'npm install --save-dev';
}

function dependenciesIn(folder: string): readonly string[] {
  const json = text(path.join(folder, 'package.json'));
  if (json === null) return [];
  try {
    return Object.keys(parsePackageJson(json).dependencies);
  } catch {
    return [];
  }
}

function upward(folder: string): readonly string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...upward(above)];
}

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
