/** What a user hands in besides code: the day, the configuration, rule packs, the manifest. Mistakes throw `InputError`. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { AnalyzeOptions } from './analysis.js';
import { loadKnowledge } from './knowledge/load.js';
import type { Knowledge } from './knowledge/index.js';
import { loadBaseline, type Baseline } from './manifest/baseline.js';
import { DEFAULT_CONFIG, loadConfig, type Config } from './manifest/config.js';
import { isDate } from './manifest/dates.js';
import { findConfig, findManifest } from './manifest/find.js';
import { loadManifest, NO_MANIFEST } from './manifest/load.js';
import { InputError } from './manifest/problems.js';
import type { Manifest, ManifestProblem } from './manifest/types.js';
import { vocabularyOf } from './manifest/vocabulary.js';
import { RULE_IDS } from './policies/index.js';

type Vocabulary = ReturnType<typeof vocabularyOf>;

export interface Inputs {
  readonly config: Config;
  readonly knowledge: Knowledge;
  readonly vocabulary: Vocabulary;
  readonly manifest: Manifest;
  /** Absolute path of the manifest, or null. */
  readonly manifestPath: string | null;
  readonly baseline: Baseline | null;
}

/** Where manifest, configuration and packs are read from; absolute paths. `read` throws as `readFileSync` does. */
export interface InputFiles {
  isFile(path: string): boolean;
  read(path: string): string;
}

const ON_DISK: InputFiles = {
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  read: (path) => readFileSync(path, 'utf8'),
};

export function readInputs(dir: string, options: AnalyzeOptions, files: InputFiles = ON_DISK): Inputs {
  const isFile = (path: string): boolean => files.isFile(path);
  const configPath = options.config ?? findConfig(dir, isFile);
  const config = configPath === null ? DEFAULT_CONFIG : readConfig(configPath, files);
  const knowledge = readKnowledge(config, configPath, files);
  const vocabulary = vocabularyOf(knowledge, RULE_IDS);
  const found = options.manifest ?? findManifest(dir, isFile);
  const manifestPath = found === null ? null : resolve(found);
  const manifest = manifestPath === null ? NO_MANIFEST : readManifest(manifestPath, dir, vocabulary, files);
  const baseline = options.baseline === undefined ? null : readBaseline(options.baseline, dir, files);
  return { config, knowledge, vocabulary, manifest, manifestPath, baseline };
}

/**
 * What rules/ and the packs of a folder's configuration (the nearest one, or the one that is named) say, and `packs`
 * besides. Throws an `InputError` or a `KnowledgeError` where one of them cannot be read.
 */
export function knowledgeOf(dir: string, config?: string, packs: readonly string[] = []): Knowledge {
  const path = config ?? findConfig(dir, (file) => ON_DISK.isFile(file));
  const { packs: configured } = path === null ? DEFAULT_CONFIG : readConfig(path, ON_DISK);
  return readKnowledge(
    { ...DEFAULT_CONFIG, packs: [...configured, ...packs.map((pack) => resolve(pack))] },
    path,
    ON_DISK,
  );
}

/** The day to judge by: as asked for, by SOURCE_DATE_EPOCH, or today's. */
export function dateOf(options: AnalyzeOptions): string {
  if (options.today !== undefined) {
    if (!isDate(options.today)) throw new Error(`"${options.today}" is not a date (YYYY-MM-DD)`);
    return options.today;
  }
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  const now = epoch !== undefined && /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  return now.toISOString().slice(0, 10);
}

function readConfig(path: string, files: InputFiles): Config {
  const { config, problems } = loadConfig(read(path, 'configuration', files), shownPath(path), RULE_IDS);
  if (!config) throw new InputError(problems);
  return config;
}

/** What ships with the package does not change while the process lives. */
let shipped: Knowledge | null = null;

function readKnowledge(config: Config, configPath: string | null, files: InputFiles): Knowledge {
  const folder = configPath === null ? process.cwd() : dirname(resolve(configPath));
  const packs = config.packs.map((pack) => {
    const path = resolve(folder, pack);
    return { path: shownPath(path), text: read(path, 'rule pack', files) };
  });
  if (packs.length > 0) return loadKnowledge({ packs });
  shipped ??= loadKnowledge();
  return shipped;
}

function readManifest(path: string, dir: string, vocabulary: Vocabulary, files: InputFiles): Manifest {
  const name = relative(dir, path).split('\\').join('/');
  const { manifest, problems } = loadManifest(read(path, 'manifest', files), name, vocabulary);
  if (!manifest)
    throw new InputError(problems.map((problem): ManifestProblem => ({ ...problem, file: shownPath(path) })));
  return manifest;
}

function readBaseline(path: string, dir: string, files: InputFiles): Baseline {
  const name = relative(dir, resolve(path)).split('\\').join('/');
  const { baseline, problems } = loadBaseline(read(path, 'baseline', files), name);
  if (!baseline)
    throw new InputError(problems.map((problem): ManifestProblem => ({ ...problem, file: shownPath(path) })));
  return baseline;
}

function read(path: string, what: string, files: InputFiles): string {
  try {
    return files.read(resolve(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new InputError([
      { file: shownPath(path), line: 1, column: 1, message: `this ${what} cannot be read (${code})` },
    ]);
  }
}

/** As people call it who stand in the current folder. */
function shownPath(path: string): string {
  return relative(process.cwd(), resolve(path)).split('\\').join('/');
}

/** `path#name` of the manifest's folder, seen from the scanned folder. */
export function functionFromManifest(fn: string, manifestPath: string | null, dir: string): string {
  const hash = fn.indexOf('#');
  if (manifestPath === null || hash < 0) return fn;
  const path = relative(dir, join(dirname(manifestPath), fn.slice(0, hash)))
    .split('\\')
    .join('/');
  return /\.[cm]?[jt]sx?$/.test(path) ? `${path}${fn.slice(hash)}` : fn;
}
