/** `phitrace init`: from nothing to a manifest, and the recipes that it writes, carried out. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NO_TERMINAL, talk } from './terminal.js';
import { checkJson, LEAK, OURS, PACKAGE, phitrace, project, ROOT, run, told, TODAY } from './command.js';
import { git, installed } from './installed.js';

const FILES = { 'package.json': PACKAGE, 'leak.ts': LEAK };
const init = (dir: string, ...args: string[]): ReturnType<typeof phitrace> =>
  phitrace(['init', dir, '--yes', '--today', TODAY, ...args]);
const read = (dir: string, file: string): string => readFileSync(path.join(dir, file), 'utf8');

describe('init', () => {
  it('writes a manifest of decisions; the gate stays red until they are taken', () => {
    const dir = project(FILES);
    const { status, out, err } = init(dir, '--organization', 'Harbor');
    expect([status, err.replace(/^phitrace: analysing.*\n/, '')]).toEqual([0, '']);
    expect(out).toContain('openai');
    const manifest = parse(read(dir, 'baa.yaml')) as { organization: string; agreements: object[] };
    expect(manifest).toMatchObject({
      organization: 'Harbor',
      agreements: [{ vendor: 'openai', executed: null, services: ['responses'] }],
    });
    expect(told(checkJson(dir).analysis)).toContain('error baa-not-in-force leak.ts:7');
    writeFileSync(
      path.join(dir, 'baa.yaml'),
      read(dir, 'baa.yaml').replaceAll('    executed: null', '    executed: 2026-01-01\n    reviewed: 2026-11-01'),
    );
    expect(checkJson(dir).status).toBe(0);
  });

  it('changes nothing that is there', () => {
    const files = {
      ...FILES,
      'baa.yaml': 'version: 1\n',
      '.pre-commit-config.yaml': 'repos: []\n',
      'eslint.config.js': 'export default [];\n',
    };
    const dir = project(files);
    const { status, out } = init(dir, '--with', 'pre-commit,eslint', '--with', 'github');
    expect(status).toBe(0);
    expect(out).toContain('baa.yaml is there already and stays as it is.');
    expect(out).toContain('.pre-commit-config.yaml is there already; add this to it:');
    expect(out).toContain('eslint.config.js is there already; add this to it:');
    for (const [name, text] of Object.entries(files)) expect(read(dir, name)).toBe(text);
    expect(existsSync(path.join(dir, '.github/workflows/phitrace.yml'))).toBe(true);
    expect(existsSync(path.join(dir, 'eslint.config.mjs'))).toBe(false);
  });

  it('asks at a terminal only, and knows its words', () => {
    const dir = project(FILES);
    expect(phitrace(['init', dir])).toMatchObject({
      status: 2,
      err: 'phitrace: init asks questions, and there is no terminal to ask: give --yes\n',
    });
    expect(init(dir, '--with', 'githb').err).toContain('did you mean "github"?');
    expect(existsSync(path.join(dir, 'baa.yaml'))).toBe(false);
  });

  it('does not let the project choose where it writes', () => {
    const dir = project(FILES);
    symlinkSync(path.join(dir, 'elsewhere'), path.join(dir, 'baa.yaml'));
    const ran = init(dir);
    expect([ran.status, existsSync(path.join(dir, 'elsewhere'))]).toEqual([2, false]);
    expect(ran.err).not.toMatch(OURS);
  });

  it('leads to the finding', () => {
    const dir = project(FILES);
    expect(init(dir).out).toContain('begin with leak.ts:7');
    const [finding] = checkJson(dir).analysis.findings.filter((f) => f.severity === 'error');
    for (const known of [finding?.fingerprint ?? '', finding?.places[0]?.fingerprint ?? '']) {
      const ran = phitrace(['explain', known, '--dir', dir, '--today', TODAY]);
      expect([ran.status, ran.out]).toEqual([0, expect.stringContaining('sent by')]);
    }
    expect(phitrace(['explain', '0123456789abcdef', '--dir', dir]).err).toContain('no finding with the fingerprint');
  });
});

describe('the recipes', () => {
  const HOOKED = ['pre-commit', 'husky', 'lefthook'] as const;

  it.each(HOOKED)('%s: the command stops a commit that leaks, and lets others pass', (id) => {
    const dir = installed(FILES);
    init(dir, '--with', id);
    const command = {
      'pre-commit': () =>
        (parse(read(dir, '.pre-commit-config.yaml')) as { repos: { hooks: { entry: string }[] }[] }).repos[0]?.hooks[0]
          ?.entry,
      husky: () => read(dir, '.husky/pre-commit').trim(),
      lefthook: () =>
        (parse(read(dir, 'lefthook.yml')) as { 'pre-commit': { commands: { phitrace: { run: string } } } })[
          'pre-commit'
        ].commands.phitrace.run,
    }[id]() as string;
    git(dir, 'init', '-q');
    writeFileSync(path.join(dir, '.git/hooks/pre-commit'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    git(dir, 'add', '-A');
    const stopped = git(dir, 'commit', '-q', '-m', 'x');
    expect(stopped.status).toBe(1);
    expect(stopped.out + stopped.err).toContain('leak.ts:7');
    writeFileSync(path.join(dir, 'leak.ts'), 'export {};\n');
    git(dir, 'add', '-A');
    expect(git(dir, 'commit', '-q', '-m', 'x').status).toBe(0);
  });

  describe('eslint', () => {
    const OLD =
      "import OpenAI from 'openai';\n/** @param {import('fhir/r4').Patient} p */\nexport const f = (p) => new OpenAI().responses.create({ model: 'm', input: JSON.stringify(p) });\n";
    /** Files in which ESLint itself, with what was written, tells the finding. */
    function found(dir: string): string[] {
      const eslint = path.join(ROOT, 'node_modules/eslint/bin/eslint.js');
      const { out, err } = run(process.execPath, [eslint, '--format', 'json', '.'], {
        cwd: dir,
        env: { PHITRACE_CACHE_DIR: path.join(dir, '.cache') },
      });
      expect(err).toBe('');
      return (JSON.parse(out) as { filePath: string; messages: { ruleId: string }[] }[])
        .filter(({ messages }) => messages.some((m) => m.ruleId === 'phitrace/baa-not-in-force'))
        .map(({ filePath }) => path.basename(filePath));
    }
    function link(dir: string, name: string): void {
      mkdirSync(path.dirname(path.join(dir, 'node_modules', name)), { recursive: true });
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(dir, 'node_modules', name), 'dir');
    }

    it('without a parser: reads JavaScript, and says what TypeScript needs', () => {
      const dir = installed({ ...FILES, 'old.js': OLD });
      expect(init(dir, '--with', 'eslint').out).toContain(
        'to do: npm install --save-dev eslint typescript-eslint and, for TypeScript, take its two lines in',
      );
      expect(found(dir)).toEqual(['old.js']);
      link(dir, 'typescript-eslint');
      const config = path.join(dir, 'eslint.config.mjs');
      writeFileSync(config, read(dir, 'eslint.config.mjs').replace(/^( *)\/\/ (?=import|\{)/gm, '$1'));
      expect(found(dir)).toEqual(['leak.ts', 'old.js']);
    });

    const lock = (name: string): string =>
      JSON.stringify({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: { version: '8.0.0' } } });
    const withDev = (name: string): string =>
      PACKAGE.replace(/^\{/, `{"devDependencies":{"${name}":"8","eslint":"10"},`);
    it.each([
      ['typescript-eslint', { 'package.json': withDev('typescript-eslint') }],
      ['typescript-eslint', { 'package-lock.json': lock('typescript-eslint') }],
      ['@typescript-eslint/parser', { 'package.json': withDev('@typescript-eslint/parser') }],
    ])('with %s (%o): TypeScript is read as it is', (name, files) => {
      const dir = installed({ ...FILES, ...files });
      const { out } = init(dir, '--with', 'eslint');
      expect(out.includes('to do:')).toBe('package-lock.json' in files);
      expect(out).not.toContain('two lines');
      link(dir, name);
      expect(found(dir)).toEqual(['leak.ts']);
    });

    it('leaves a configuration in the old format in force', () => {
      const dir = installed({ ...FILES, '.eslintrc.json': '{}\n' });
      expect(init(dir, '--with', 'eslint').out).toContain('npx @eslint/migrate-config .eslintrc.json');
      expect(existsSync(path.join(dir, 'eslint.config.mjs'))).toBe(false);
    });

    it('takes what a strict installer gives, and speaks its language', () => {
      const pnpm =
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    devDependencies:\n      eslint:\n        specifier: ^10\n        version: 10.0.0\npackages:\n  typescript-eslint@8.0.0: {}\n";
      const dir = installed({ ...FILES, 'pnpm-lock.yaml': pnpm });
      expect(init(dir, '--with', 'eslint').out).toContain('to do: pnpm add --save-dev typescript-eslint and');
      expect(read(dir, 'eslint.config.mjs')).toContain('// import tseslint');
    });
  });

  it('github: the step fails on a leak, writes what is uploaded, and takes the manifest from the base', () => {
    const dir = installed(FILES);
    init(dir, '--with', 'github');
    const workflow = parse(read(dir, '.github/workflows/phitrace.yml')) as {
      jobs: { check: { steps: { run?: string; with?: { sarif_file?: string } }[] } };
    };
    const { steps } = workflow.jobs.check;
    const command = steps.find((s) => s.run?.includes('phitrace check'))?.run ?? '';
    const report = steps.find((s) => s.with?.sarif_file !== undefined)?.with?.sarif_file ?? '';
    const step = (base: string): ReturnType<typeof run> =>
      run('sh', ['-c', command], { cwd: dir, env: { BASE: base, SOURCE_DATE_EPOCH: '1795305600' } });
    git(dir, 'init', '-q');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'base');
    const base = git(dir, 'rev-parse', 'HEAD').out.trim();
    const pushed = step('');
    expect([pushed.status, pushed.out]).toEqual([1, expect.stringMatching(/^::error file=leak\.ts,line=7,/m)]);
    expect(JSON.parse(read(dir, report))).toMatchObject({ version: '2.1.0' });
    // The change signs its own agreement: green as a push, red as a pull request.
    writeFileSync(
      path.join(dir, 'baa.yaml'),
      read(dir, 'baa.yaml').replaceAll('    executed: null', '    executed: 2026-01-01\n    reviewed: 2026-11-01'),
    );
    git(dir, 'commit', '-q', '-a', '-m', 'change');
    expect(step('').status).toBe(0);
    expect(step(base).status).toBe(1);
  });

  it('.pre-commit-hooks.yaml of this repository says the same', () => {
    const [hook] = parse(readFileSync(path.join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as {
      id: string;
      entry: string;
      language: string;
      pass_filenames: boolean;
    }[];
    expect(hook).toMatchObject({ id: 'phitrace', language: 'node', pass_filenames: false });
    const dir = installed(FILES);
    git(dir, 'init', '-q');
    git(dir, 'add', '-A');
    const [, ...args] = (hook?.entry ?? '').split(' ');
    expect(phitrace(args, { cwd: dir }).status).toBe(1);
  });
});

describe.skipIf(NO_TERMINAL)('init at a terminal', () => {
  const ENTER = '\r';
  it('asks, offers what fits, and writes what was agreed to', async () => {
    const dir = project({ ...FILES, '.github/workflows/ci.yml': 'on: push\n' });
    const { status, screen } = await talk(
      ['init', dir],
      [
        ['Name of the organization', `Harbor Clinic${ENTER}`],
        ['Write baa.yaml with 1 decision to take? [Y/n]', ENTER],
        // What is used already is the default, the rest is not.
        ['(.github/workflows/phitrace.yml)? [Y/n]', ENTER],
        ['(.gitlab-ci.yml)? [y/N]', ENTER],
        ['(.pre-commit-config.yaml)? [y/N]', `y${ENTER}`],
        ...['husky', 'lefthook', 'eslint'].map((word) => [word, ENTER] as const),
      ],
    );
    expect(status, screen).toBe(0);
    expect(parse(read(dir, 'baa.yaml'))).toMatchObject({ organization: 'Harbor Clinic' });
    const written = [
      '.github/workflows/phitrace.yml',
      '.pre-commit-config.yaml',
      '.gitlab-ci.yml',
      'eslint.config.mjs',
    ];
    expect(written.filter((file) => existsSync(path.join(dir, file)))).toEqual(written.slice(0, 2));
    expect(screen).toContain('Next');
  });

  it('writes nothing after Ctrl-C', async () => {
    const dir = project(FILES);
    const { status } = await talk(['init', dir], [['Name of the organization', '\u0003']]);
    expect(status).toBe(130);
    expect(existsSync(path.join(dir, 'baa.yaml'))).toBe(false);
  });
});
