/** The files that an example of rules/policies stands for. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where the text before the first marker belongs, by the language of the example. */
const FIRST: Readonly<Record<string, string>> = {
  ts: 'src/example.ts',
  tsx: 'src/example.tsx',
  yaml: 'baa.yaml',
  env: '.env',
  csv: 'data/patients.csv',
};

/**
 * A line `// file: path` (or `# file: path`) begins a file; what stands before the first belongs to the file of the
 * example's language. A line `// "package": "version"` is a dependency of its package.json.
 */
export function exampleFiles(text: string, language = 'ts'): Readonly<Record<string, string>> {
  const files: Record<string, string[]> = {};
  const dependencies: Record<string, string> = {};
  let name = FIRST[language] ?? 'src/example.ts';
  for (const line of text.split('\n')) {
    const file = /^\s*(?:\/\/|#)\s*file: (\S+)\s*$/.exec(line)?.[1];
    const dependency = /^\s*\/\/ "([^"]+)": "([^"]+)"\s*$/.exec(line);
    if (file !== undefined) name = file;
    else if (dependency !== null) dependencies[dependency[1] ?? ''] = dependency[2] ?? '';
    else (files[name] ??= []).push(line);
  }
  const texts = Object.entries(files).filter(([, lines]) => lines.some((line) => line.trim() !== ''));
  return {
    'package.json': `${JSON.stringify({ name: 'example', private: true, dependencies })}\n`,
    ...Object.fromEntries(texts.map(([file, lines]) => [file, `${lines.join('\n').trimEnd()}\n`])),
  };
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
