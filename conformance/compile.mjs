/** Type-checks probe programs: one file, in this folder, against its node_modules. Nothing is emitted or run. */
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { FOLDER } from './installed.mjs';

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
  typeRoots: [`${FOLDER}node_modules/@types`],
};

/** Parsed declaration files of the platform, which every program shares. */
const shared = new Map();

/** A program of one probe file. `before` is an earlier program with the same imports, whose files are kept. */
export function compile(lines, before) {
  const text = lines.join('\n');
  const host = ts.createCompilerHost(OPTIONS);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target, onError) => {
    if (name === FILE) return ts.createSourceFile(name, text, target, true, ts.ScriptKind.TS);
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
