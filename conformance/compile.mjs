/** Type-checks probe programs: one file, in this folder, against its node_modules. Nothing is emitted or run. */
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { FOLDER, HOME } from './installed.mjs';

const FILE = `${FOLDER}probe.mts`;
const OPTIONS = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  jsx: ts.JsxEmit.Preserve,
  lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  // A client that every project generates from a schema of its own.
  paths: { '.prisma/client/*': [`${HOME}generated/prisma-client/index.d.ts`] },
  typeRoots: [`${FOLDER}node_modules/@types`],
};

/** Parsed declaration files of the platform, which every program shares. */
const shared = new Map();

/**
 * Lists of every API of a company, of which a program reads what `rules/` names: all of them together take more memory
 * than a check is worth. By the end of the file's name, what names an API in a line of it.
 */
const LISTS = [
  [/\/googleapis\/build\/src\/(apis\/)?index\.d\.ts$/, /from '\.\/(?:apis\/)?(\w+)[/']|^ {4}(\w+): typeof/],
];
const LISTED = new Set(['gmail', 'drive', 'docs', 'sheets', 'calendar', 'chat', 'healthcare']);

/** Typings that declare their package by its name (`declare module 'x'`), as they are read for an older release; else null. */
function underAlias(file) {
  if (!file.endsWith('.d.ts') || !existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  if (!/^declare module ['"]/m.test(text)) return null;
  const [folder, alias] = /^.*\/node_modules\/((?:@previous|@earlier)\/[^/]+)\//.exec(file);
  const { name } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
  return text.replaceAll(/^declare module (['"])(.*?)\1/gm, (whole, quote, declared) =>
    declared === name || declared.startsWith(`${name}/`)
      ? `declare module ${quote}${alias}${declared.slice(name.length)}${quote}`
      : whole,
  );
}

function cut(name, text) {
  const [, naming] = LISTS.find(([file]) => file.test(name)) ?? [];
  if (naming === undefined) return null;
  const lines = text.split('\n').filter((line) => {
    const [, imported, member] = naming.exec(line) ?? [];
    const api = imported ?? member;
    return api === undefined || api === 'googleapis' || LISTED.has(api);
  });
  return lines.join('\n');
}

/** A program of one probe file. `before` is an earlier program with the same imports, whose files are kept. */
export function compile(lines, before) {
  const text = lines.join('\n');
  const host = ts.createCompilerHost(OPTIONS);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target, onError) => {
    if (name === FILE) return ts.createSourceFile(name, text, target, true, ts.ScriptKind.TS);
    const renamed = /\/(@previous|@earlier)\/[^/]+\/(?!.*node_modules)/.test(name) ? underAlias(name) : null;
    if (renamed !== null) return ts.createSourceFile(name, renamed, target, true, ts.ScriptKind.TS);
    const short = /\bgoogleapis\b/.test(name) && existsSync(name) ? cut(name, readFileSync(name, 'utf8')) : null;
    if (short !== null) return ts.createSourceFile(name, short, target, true, ts.ScriptKind.TS);
    if (!/\/typescript\/lib\/|\/@types\/node\//.test(name)) return read(name, target, onError);
    if (!shared.has(name)) shared.set(name, read(name, target, onError));
    return shared.get(name);
  };
  host.fileExists = (name) => name === FILE || existsSync(name);
  host.readFile = (name) => (name === FILE ? text : existsSync(name) ? readFileSync(name, 'utf8') : undefined);
  host.getCurrentDirectory = () => FOLDER;
  const program = ts.createProgram({ rootNames: [FILE], options: OPTIONS, host, oldProgram: before });
  return { program, checker: program.getTypeChecker(), file: program.getSourceFile(FILE) };
}

/** What is wrong with each line of the probe file, by line number from 0. */
export function mistakes({ program, file }) {
  const found = new Map();
  for (const diagnostic of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
    const { line } = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    if (!found.has(line)) found.set(line, `TS${diagnostic.code} ${firstSentence(diagnostic.messageText)}`);
  }
  return found;
}

function firstSentence(message) {
  const text = ts.flattenDiagnosticMessageText(message, ' ').replaceAll(/\s+/g, ' ');
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
