/** The ESLint plugin under real ESLint, 9 and 10, from the command line and from the API that editors use. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import * as parser from '@typescript-eslint/parser';
import { ESLint as ESLint10, type Linter } from 'eslint';
import { ESLint as ESLint9 } from 'eslint-v9';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type phitrace from '../../src/eslint/index.js';
import { checkJson, emptyFolder, ROOT, run, TODAY } from './command.js';

const CLINIC = path.join(ROOT, 'fixtures/clinic');
// eslint-disable-next-line no-restricted-syntax -- our own build, which need not exist when types are checked
const built = async (name: string): Promise<unknown> => import(/* @vite-ignore */ path.join(ROOT, 'dist/eslint', name));

let plugin: typeof phitrace;
let counted: { readonly analyses: number };
beforeAll(async () => {
  plugin = ((await built('index.js')) as { default: typeof phitrace }).default;
  counted = ((await built('report.js')) as { projects: { analyses: number } }).projects;
});

afterEach(() => {
  vi.useRealTimers();
});

function copyOfClinic(): string {
  const dir = path.join(emptyFolder(), 'clinic');
  cpSync(CLINIC, dir, { recursive: true });
  return dir;
}

function config(more: object = {}): Linter.Config[] {
  return [
    { files: ['**/*.{ts,tsx,mts,cts}'], languageOptions: { parser: parser as Linter.Parser } },
    plugin.configs.recommended,
    { settings: { phitrace: { today: TODAY, cache: false, ...more } } },
  ];
}

type Place = { file: string; line: number; column: number; endLine: number; endColumn: number; ruleId: string };
const key = (p: Place): string =>
  `${p.file}:${p.line}:${p.column}-${p.endLine}:${p.endColumn} ${p.ruleId.replace('phitrace/', '')}`;

function fromEslint(cwd: string, results: readonly ESLint10.LintResult[]): string[] {
  return results
    .flatMap(({ filePath, messages }) =>
      messages.map((m) => {
        const file = path.relative(cwd, filePath).split(path.sep).join('/');
        return key({ file, ...m, ruleId: m.ruleId ?? m.message } as Place);
      }),
    )
    .sort();
}

function fromCheck(dir: string): string[] {
  return checkJson(dir)
    .analysis.findings.filter((f) => f.suppressed === null)
    .flatMap((f) => f.places.map((p) => ({ ...p, ruleId: f.ruleId })))
    .filter((p) => /\.[cm]?[jt]sx?$/.test(p.file))
    .map(key)
    .sort();
}

describe.each([
  ['ESLint 9', ESLint9 as unknown as typeof ESLint10],
  ['ESLint 10', ESLint10],
])('%s', (_name, ESLint) => {
  it('tells the places of `phitrace check`, after one analysis', async () => {
    const dir = copyOfClinic();
    const before = counted.analyses;
    const eslint = new ESLint({ cwd: dir, overrideConfigFile: true, overrideConfig: config() });
    const places = fromEslint(dir, await eslint.lintFiles(['.']));
    expect(places).toEqual(fromCheck(dir));
    expect(places.length).toBeGreaterThan(25);
    expect(counted.analyses - before).toBe(1);
  });

  it('takes the text of the editor, and forgets what is typed away', async () => {
    const dir = copyOfClinic();
    const file = path.join(dir, 'src/app/api/visits/[id]/summary/route.ts');
    const eslint = new ESLint({ cwd: dir, overrideConfigFile: true, overrideConfig: config() });
    const lint = async (text: string, filePath = file): Promise<string[]> =>
      fromEslint(dir, await eslint.lintText(text, { filePath }));
    const saved = readFileSync(file, 'utf8');
    const first = await lint(saved);
    expect(first.filter((p) => p.includes('phi-to-uncovered-vendor'))).toHaveLength(1);
    // One character more in an unsaved buffer: the place moves along.
    const shifted = await lint(`\n${saved}`);
    expect(shifted[0]).not.toBe(first[0]);
    expect(shifted).toHaveLength(first.length);
    // The fix in another file, unsaved: the leak here is gone.
    const client = path.join(dir, 'src/llm/openai.ts');
    const fixed = readFileSync(client, 'utf8').replace(/content: prompt|input: prompt|prompt\b(?= \})/g, (m) =>
      m.replace('prompt', "'hello'"),
    );
    expect(fixed).not.toBe(readFileSync(client, 'utf8'));
    await lint(fixed, client);
    expect((await lint(saved)).filter((p) => p.includes('phi-to-uncovered-vendor'))).toEqual([]);
    await lint(readFileSync(client, 'utf8'), client);
    expect(await lint(saved)).toEqual(first);
  });

  it('follows files that are renamed and deleted', async () => {
    const dir = copyOfClinic();
    const eslint = new ESLint({ cwd: dir, overrideConfigFile: true, overrideConfig: config() });
    const old = path.join(dir, 'src/services/letters.ts');
    vi.useFakeTimers({ toFake: ['Date'] });
    const places = async (): Promise<string[]> => {
      // Longer than the plugin trusts what it saw on the disk.
      vi.setSystemTime(Date.now() + 60_000);
      return fromEslint(dir, await eslint.lintFiles(['.']));
    };
    const before = fromEslint(dir, await eslint.lintFiles(['.']));
    expect(before.some((p) => p.startsWith('src/services/letters.ts'))).toBe(true);
    renameSync(old, path.join(dir, 'src/services/post.ts'));
    const renamed = await places();
    expect(renamed.some((p) => p.startsWith('src/services/letters.ts'))).toBe(false);
    expect(renamed).toEqual(fromCheck(dir));
    rmSync(path.join(dir, 'src/services/post.ts'));
    expect(await places()).toEqual(fromCheck(dir));
  });
});

describe('several workspace folders', () => {
  it('are several programs with settings of their own', async () => {
    const [one, two] = [copyOfClinic(), copyOfClinic()];
    rmSync(path.join(two, 'baa.yaml'));
    const lint = async (cwd: string): Promise<string[]> => {
      const eslint = new ESLint10({ cwd, overrideConfigFile: true, overrideConfig: config() });
      return fromEslint(cwd, await eslint.lintFiles(['src']));
    };
    const first = await lint(one);
    const second = await lint(two);
    expect(second.length).toBeGreaterThan(first.length);
    expect(await lint(one)).toEqual(first);
    expect(await lint(two)).toEqual(second);
  });

  it('may be one program that starts higher up', async () => {
    const top = emptyFolder();
    const api = path.join(top, 'apps/api');
    mkdirSync(api, { recursive: true });
    mkdirSync(path.join(top, 'packages/llm'), { recursive: true });
    writeFileSync(path.join(top, 'package.json'), '{"workspaces":["apps/*","packages/*"]}');
    writeFileSync(path.join(api, 'package.json'), '{"name":"api","dependencies":{"llm":"workspace:*"}}');
    writeFileSync(
      path.join(top, 'packages/llm/package.json'),
      '{"name":"llm","main":"index.js","dependencies":{"openai":"6"}}',
    );
    writeFileSync(
      path.join(top, 'packages/llm/index.js'),
      "import OpenAI from 'openai';\nexport const ask = (input) => new OpenAI().responses.create({ model: 'gpt-5.4', input });\n",
    );
    const page =
      "import { ask } from 'llm';\n/** @param {import('fhir/r4').Patient} p */\nexport const f = (p) => ask(JSON.stringify(p));\n";
    writeFileSync(path.join(api, 'page.js'), page);
    const eslint = new ESLint10({ cwd: api, overrideConfigFile: true, overrideConfig: config({ root: '../..' }) });
    expect(fromEslint(api, await eslint.lintFiles(['.']))).toContainEqual(
      expect.stringMatching(/^page\.js:3:.* phi-to-uncovered-vendor/),
    );
  });
});

describe('the command', () => {
  function projectOf(): string {
    const dir = copyOfClinic();
    const modules = path.join(dir, 'node_modules');
    mkdirSync(path.join(modules, '@typescript-eslint'), { recursive: true });
    symlinkSync(ROOT, path.join(modules, 'phitrace'), 'dir');
    symlinkSync(
      path.join(ROOT, 'node_modules/@typescript-eslint/parser'),
      path.join(modules, '@typescript-eslint/parser'),
      'dir',
    );
    writeFileSync(
      path.join(dir, 'eslint.config.mjs'),
      `import phitrace from 'phitrace/eslint';
import parser from '@typescript-eslint/parser';
export default [
  { files: ['**/*.{ts,tsx}'], languageOptions: { parser } },
  phitrace.configs.recommended,
  { settings: { phitrace: { today: '${TODAY}' } } },
];
`,
    );
    return dir;
  }
  const lint = (dir: string, cache: string, ...args: string[]): ReturnType<typeof run> =>
    run(process.execPath, [path.join(ROOT, 'node_modules/eslint/bin/eslint.js'), '--format', 'json', ...args], {
      cwd: dir,
      env: { PHITRACE_CACHE_DIR: cache },
    });

  it('finds what `check` finds, with workers that share one result, and leaves the project alone', () => {
    const dir = projectOf();
    const cache = emptyFolder();
    const files = readdirSync(dir);
    const want = fromCheck(dir);
    for (const args of [['--concurrency=2', '.'], ['.']]) {
      const { out, status, err } = lint(dir, cache, ...args);
      expect(status, err).toBe(1);
      expect(fromEslint(dir, JSON.parse(out) as ESLint10.LintResult[])).toEqual(want);
      // The second run takes the result of the first: there is one.
      expect(readdirSync(path.join(cache, 'looks')).filter((name) => name.endsWith('.json'))).toHaveLength(1);
    }
    expect(readdirSync(dir)).toEqual(files);
    expect(existsSync(path.join(dir, 'node_modules/.cache'))).toBe(false);
  });

  it('takes text from standard input', () => {
    const dir = projectOf();
    const { out } = run(
      'sh',
      [
        '-c',
        `printf "export {};\\n" | "${process.execPath}" "${path.join(ROOT, 'node_modules/eslint/bin/eslint.js')}" --format json --stdin --stdin-filename src/services/letters.ts`,
      ],
      { cwd: dir, env: { PHITRACE_CACHE_DIR: emptyFolder() } },
    );
    expect((JSON.parse(out) as ESLint10.LintResult[])[0]?.messages).toEqual([]);
  });
});
