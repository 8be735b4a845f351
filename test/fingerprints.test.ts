/**
 * Fingerprints survive what people do to code without changing what it does. The clinic is changed in such ways, and every
 * place must keep its fingerprint.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from 'prettier';
import { Project, SyntaxKind, ts } from 'ts-morph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeSync } from '../src/analyze.js';

const CLINIC = path.join(import.meta.dirname, '../fixtures/clinic');
/** Places in files that are no code move with their lines: these stay where they are. */
const CODE = /\.[cm]?tsx?$/;

let folder = '';
let before: ReadonlyMap<string, number> = new Map();

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'phitrace-fingerprints-'));
  before = fingerprints(CLINIC);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** How often each fingerprint occurs, places and findings alike. */
function fingerprints(dir: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of analyzeSync({ dir, today: '2026-11-22' }).analysis.findings)
    for (const print of [one.fingerprint, ...one.places.map((place) => place.fingerprint)])
      counts.set(`${one.ruleId} ${print}`, (counts.get(`${one.ruleId} ${print}`) ?? 0) + 1);
  return counts;
}

function copy(name: string): string {
  const dir = path.join(folder, name);
  cpSync(CLINIC, dir, { recursive: true });
  return dir;
}

function* codeFiles(dir: string): Generator<string> {
  for (const name of readdirSync(dir)) {
    const file = path.join(dir, name);
    if (statSync(file).isDirectory()) yield* codeFiles(file);
    else if (CODE.test(name)) yield file;
  }
}

describe('fingerprints survive', () => {
  it('shifted lines', { timeout: 60_000 }, () => {
    const dir = copy('lines');
    for (const file of codeFiles(dir)) writeFileSync(file, `// A note.\n\n${readFileSync(file, 'utf8')}`);
    expect(fingerprints(dir)).toEqual(before);
  });

  it('another formatting', { timeout: 60_000 }, async () => {
    const dir = copy('format');
    for (const file of codeFiles(dir)) {
      // Comments that speak of the next line would speak of another one: none of them decides here.
      const text = readFileSync(file, 'utf8').replace(/^\s*\/\/ phitrace-.*\n/gm, '');
      writeFileSync(
        file,
        await format(text, { filepath: file, printWidth: 50, singleQuote: false, semi: false, tabWidth: 4 }),
      );
    }
    const without = copy('format-before');
    for (const file of codeFiles(without))
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^\s*\/\/ phitrace-.*\n/gm, ''));
    expect(fingerprints(dir)).toEqual(fingerprints(without));
  });

  it('renamed locals', { timeout: 120_000 }, () => {
    const dir = copy('locals');
    const project = new Project({ tsConfigFilePath: path.join(dir, 'tsconfig.json') });
    let renamed = 0;
    for (const source of project.getSourceFiles()) {
      const locals = source
        .getDescendantsOfKind(SyntaxKind.VariableDeclaration)
        .map((one) => one.getNameNode())
        .filter((name) => name.isKind(SyntaxKind.Identifier) && name.getFirstAncestor(isFunction) !== undefined);
      for (const name of locals) {
        // A function's own name is a name of the code base: it is part of the fingerprint.
        if (/=>|function/.test(name.getParentOrThrow().getText().slice(0, 80))) continue;
        name.asKindOrThrow(SyntaxKind.Identifier).rename(`${name.getText()}Renamed`, { usePrefixAndSuffixText: true });
        renamed++;
      }
    }
    project.saveSync();
    expect(renamed).toBeGreaterThan(20);
    expect(fingerprints(dir)).toEqual(before);
  });

  it('files that move within the package', { timeout: 120_000 }, () => {
    const dir = copy('moved');
    const project = new Project({ tsConfigFilePath: path.join(dir, 'tsconfig.json') });
    for (const [from, to] of [
      ['src/services/letters.ts', 'src/letters/drafts.ts'],
      ['src/llm/openai.ts', 'src/models/openai.ts'],
      ['src/notify/slack.ts', 'src/chat/slack.ts'],
      ['src/services/care-gaps.ts', 'src/care/gaps.ts'],
    ] as const)
      project.getSourceFileOrThrow(path.join(dir, from)).move(path.join(dir, to));
    project.saveSync();
    // Imports by the alias `@/` are no relative ones: the project leaves them to whoever moves the files.
    for (const file of codeFiles(dir)) {
      const text = readFileSync(file, 'utf8');
      const next = text
        .replaceAll("'@/services/letters'", "'@/letters/drafts'")
        .replaceAll("'@/llm/openai'", "'@/models/openai'")
        .replaceAll("'@/notify/slack'", "'@/chat/slack'")
        .replaceAll("'@/services/care-gaps'", "'@/care/gaps'");
      if (next !== text) writeFileSync(file, next);
    }
    expect(fingerprints(dir)).toEqual(before);
  });
});

function isFunction(node: { getKind(): ts.SyntaxKind }): boolean {
  const kind = node.getKind();
  return (
    kind === SyntaxKind.FunctionDeclaration ||
    kind === SyntaxKind.MethodDeclaration ||
    kind === SyntaxKind.ArrowFunction ||
    kind === SyntaxKind.FunctionExpression ||
    kind === SyntaxKind.Constructor
  );
}
