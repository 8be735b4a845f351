/** Values of `check`'s options, checked before any work begins. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Severity } from '../analysis.js';
import { isDate } from '../manifest/dates.js';
import { shown } from '../manifest/words.js';
import { UserError, unknownWord } from './failure.js';
import type { Io } from './io.js';

export const THRESHOLDS = ['error', 'warning', 'note'] as const;
export const PROFILES = ['recommended', 'strict', 'audit'] as const;
const LEVELS = ['off', 'note', 'warning', 'error'] as const;

/** Where one format goes; null is standard output. */
export interface Target<Format extends string> {
  readonly format: Format;
  readonly file: string | null;
}

export function oneOf<T extends string>(what: string, word: string, possible: readonly T[]): T {
  const found = possible.find((p) => p === word);
  if (found === undefined) throw unknownWord(what, word, possible);
  return found;
}

/** One use of `--format` or `--output`, in the order of the command line. */
export type OutputWord = { readonly format: string } | { readonly output: string };

/**
 * Pairs each `--output` with the `--format` before it, or, if that one has a file already or there is none, with the
 * next. Without any format it is text.
 */
export function pairOutputs<Format extends string>(
  words: readonly OutputWord[],
  formats: readonly Format[],
  text: Format,
): readonly Target<Format>[] {
  const targets: { format: Format; file: string | null }[] = [];
  let waiting: string | null = null;
  for (const word of words) {
    if ('format' in word) {
      targets.push({ format: oneOf('format', word.format, formats), file: waiting });
      waiting = null;
      continue;
    }
    const last = targets.at(-1);
    if (last?.file === null) last.file = word.output;
    else if (waiting === null) waiting = word.output;
    else
      throw new UserError(`two --output without a --format between them: ${shown(waiting)} and ${shown(word.output)}`);
  }
  if (waiting !== null) {
    if (targets.length > 0) throw new UserError(`--output ${shown(waiting)} has no --format of its own`);
    targets.push({ format: text, file: waiting });
  }
  if (targets.length === 0) targets.push({ format: text, file: null });
  const onScreen = targets.filter((t) => t.file === null);
  if (onScreen.length > 1) {
    const names = onScreen.map((t) => t.format).join(' and ');
    throw new UserError(`${names} would both go to standard output: give all but one an --output FILE`);
  }
  const files = targets.flatMap((t) => (t.file === null ? [] : [path.resolve(t.file)]));
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) throw new UserError(`two formats would go to the same file ${shown(twice)}`);
  return targets;
}

/** `--rule ID=level`, repeatable; the last one for an id holds. */
export function ruleLevels(words: readonly string[], ruleIds: readonly string[]): Record<string, 'off' | Severity> {
  const levels: Record<string, 'off' | Severity> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw new UserError(`--rule takes ID=off|note|warning|error, found ${shown(word)}`);
    const id = oneOf('rule', word.slice(0, at), ruleIds);
    levels[id] = oneOf(`level of ${id}`, word.slice(at + 1), LEVELS);
  }
  return levels;
}

/** `--today`, else SOURCE_DATE_EPOCH, else the clock (UTC). */
export function dayOf(today: string | undefined, io: Pick<Io, 'env' | 'now'>): string {
  if (today !== undefined) {
    if (!isDate(today)) throw new UserError(`--today takes a date like 2026-03-31, found ${shown(today)}`);
    return today;
  }
  const epoch = io.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined || epoch === '') return new Date(io.now()).toISOString().slice(0, 10);
  if (!/^\d{1,11}$/.test(epoch))
    throw new UserError(`SOURCE_DATE_EPOCH takes seconds since 1970, found ${shown(epoch)}`);
  return new Date(Number(epoch) * 1000).toISOString().slice(0, 10);
}

export function positive(option: string, word: string): number {
  if (!/^[1-9]\d{0,3}$/.test(word)) throw new UserError(`${option} takes a number from 1, found ${shown(word)}`);
  return Number(word);
}

/** Absolute path of a folder that must be there. */
export function folder(cwd: string, word: string): string {
  const absolute = path.resolve(cwd, word);
  const found = statOf(absolute, word);
  if (!found) throw new UserError(`there is no folder ${shown(word)}`);
  if (!found.isDirectory()) throw new UserError(`${shown(word)} is no folder: give the folder to scan`);
  return absolute;
}

/** Absolute path of a file that must be there. */
export function existingFile(cwd: string, option: string, word: string): string {
  const absolute = path.resolve(cwd, word);
  const found = statOf(absolute, word);
  if (!found) throw new UserError(`${option}: there is no file ${shown(word)}`);
  if (found.isDirectory()) throw new UserError(`${option}: ${shown(word)} is a folder`);
  return absolute;
}

/** Absolute path of a file to be written, into a folder that is there: known before the work, not after it. */
export function outputFile(cwd: string, word: string): string {
  const absolute = path.resolve(cwd, word);
  if (statOf(absolute, word)?.isDirectory()) throw new UserError(`--output: ${shown(word)} is a folder`);
  const parent = path.dirname(absolute);
  if (!statOf(parent, word)?.isDirectory())
    throw new UserError(`--output: there is no folder ${shown(path.dirname(word))}`);
  return absolute;
}

function statOf(absolute: string, word: string): ReturnType<typeof statSync> | null {
  try {
    return statSync(absolute, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw new UserError(`${shown(word)} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
}
