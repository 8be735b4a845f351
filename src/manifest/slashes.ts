/**
 * Paths and globs of the manifest and the configuration have `/` between their names, on Windows as well: in a glob `\`
 * takes a sign literally, so a path written with it would silently match nothing.
 */
import type { Key, YamlText } from './document.js';
import { shown } from './words.js';

/** Keys that lead to a path; `*` is any key or place in a list. */
type Pattern = readonly string[];

const GLOBS: readonly Pattern[] = [
  ['accept', '*', 'where'],
  ['purposes', '*', 'where'],
  ['include', '*'],
  ['exclude', '*'],
];
const PATHS: readonly Pattern[] = [
  ['deidentifiers', '*', 'function'],
  ['audit', '*', 'function'],
  ['review', '*', 'function'],
  ['environments', '*', 'files', '*'],
  ['packs', '*'],
];
// `src/app/\\[id\\]/**` is a glob as it should be. No name holds a star.
const MISTAKEN_IN_GLOB = /\\(?![[\](){}!?+@|\\])/;
// `"src\notes"` in double quotes: YAML has made a line break of it.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f]/;

export function checkSlashes(yaml: YamlText): void {
  const each = (patterns: readonly Pattern[], isMistaken: (text: string) => boolean): void => {
    for (const pattern of patterns)
      for (const { path, text } of texts(yaml.value, pattern, []))
        if (isMistaken(text)) yaml.report({ path, at: 'value' }, complaint(text));
        else if (CONTROL.test(text))
          yaml.report({ path, at: 'value' }, `${shown(text)} has a control character in it: paths are written with /`);
  };
  each(GLOBS, (text) => MISTAKEN_IN_GLOB.test(text));
  each(PATHS, (text) => text.includes('\\'));
}

function complaint(text: string): string {
  return `paths are written with /, on Windows as well: write ${shown(text.replaceAll('\\', '/'))}`;
}

function texts(
  value: unknown,
  [key, ...rest]: Pattern,
  path: readonly Key[],
): { readonly path: readonly Key[]; readonly text: string }[] {
  if (key === undefined) return typeof value === 'string' ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return key === '*' ? value.flatMap((one, i) => texts(one, rest, [...path, i])) : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  return entries
    .filter(([name]) => key === '*' || key === name)
    .flatMap(([name, one]) => texts(one, rest, [...path, name]));
}
