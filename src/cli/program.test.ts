import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalysisResult, AnalyzeOptions } from '../analysis.js';
import type { Vendor } from '../knowledge/index.js';
import { InputError } from '../manifest/problems.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { sampleFinding, sampleResult } from '../report/testing/sample.js';
import type { Doors } from './doors.js';
import { colorLevel, type Io } from './io.js';
import { run } from './program.js';

const RULE: RuleDoc = {
  id: 'phi-in-url',
  family: 'egress',
  question: 'Does PHI stand in a URL?',
  severity: { default: 'error', varies: 'By the data.' },
  confidence: 'The path is known.',
  basis: [{ cite: '45 CFR 164.502(a)', says: 'No disclosure without permission.' }],
  fix: 'Send it in the body.',
  examples: { bad: 'fetch(`/x?n=${patient.name}`);', good: 'fetch("/x");' },
};

const VENDOR: Vendor = {
  id: 'openai',
  name: 'OpenAI API',
  category: 'llm',
  kind: 'partner',
  services: { embeddings: { name: 'Embeddings', coverable: 'conditions' } },
  baa: {
    available: 'conditions',
    facts: [{ text: 'On request.', source: 'https://e.org', asOf: '2026-11', founded: 'vendor-page' }],
  },
};

let root = '';
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'phitrace-cli-'));
  mkdirSync(path.join(root, 'app'));
  writeFileSync(path.join(root, 'baa.yaml'), 'version: 1\n');
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly asked: AnalyzeOptions | null;
}

interface World {
  readonly result?: AnalysisResult;
  readonly analyze?: Doors['analyze'];
  readonly env?: Io['env'];
  readonly tty?: boolean;
  readonly ask?: Io['ask'];
  readonly now?: () => number;
}

async function phitrace(line: string, world: World = {}): Promise<Ran> {
  let out = '';
  let err = '';
  let asked: AnalyzeOptions | null = null;
  const doors: Doors = {
    version: '0.1.0',
    analyze: (options) => {
      asked = options;
      return world.analyze ? world.analyze(options) : Promise.resolve(world.result ?? sampleResult([sampleFinding()]));
    },
    ruleIds: () => Promise.resolve(['phi-in-url', 'phi-in-logs', 'phi-retained']),
    rules: () => Promise.resolve([RULE]),
    vendors: () => Promise.resolve([VENDOR]),
    terms: () => Promise.resolve(null),
    cleanCache: () => Promise.resolve({ folder: '/cache', removed: true }),
  };
  const stream = (add: (text: string) => void): Io['stdout'] => ({
    isTTY: world.tty ?? false,
    columns: null,
    write: (text) =>
      Promise.resolve().then(() => {
        add(text);
      }),
  });
  const io: Io = {
    stdout: stream((text) => (out += text)),
    stderr: stream((text) => (err += text)),
    env: world.env ?? {},
    cwd: root,
    ask: world.ask ?? null,
    now: world.now ?? (() => Date.parse('2026-11-22T12:00:00Z')),
  };
  const status = await run(
    line.split(' ').filter((w) => w !== ''),
    doors,
    io,
  );
  return { status, out, err, asked };
}

const warning = sampleResult([sampleFinding({ severity: 'warning' })]);
const nothing = sampleResult([]);

describe('exit status of check', () => {
  const suppressed = sampleResult([sampleFinding({ suppressed: { by: 'comment', reason: 'r', until: null } })]);
  const partial = { ...sampleResult([sampleFinding()]), partial: true };
  it.each<[string, string, AnalysisResult, number]>([
    ['nothing', 'check', nothing, 0],
    ['an error', 'check', sampleResult([sampleFinding()]), 1],
    ['a warning', 'check', warning, 0],
    ['a warning that counts', 'check --fail-on warning', warning, 1],
    ['a note that counts', 'check --fail-on note', sampleResult([sampleFinding({ severity: 'note' })]), 1],
    ['an error when notes count', 'check --fail-on note', sampleResult([sampleFinding()]), 1],
    ['suppressed', 'check', suppressed, 0],
    ['partial', 'check', { ...nothing, partial: true }, 2],
    ['partial outranks findings', 'check', partial, 2],
    ['partial allowed', 'check --allow-partial', { ...nothing, partial: true }, 0],
    ['partial allowed, with findings', 'check --allow-partial', partial, 1],
  ])('%s', async (_name, line, result, status) => {
    const ran = await phitrace(line, { result });
    expect(ran.status).toBe(status);
    expect(ran.out).toContain('Understood 34 files');
    expect(ran.err.includes('--allow-partial')).toBe(status === 2);
  });
});

describe("users' mistakes are one clear line and exit status 2", () => {
  it.each([
    ['check --fromat json', "unknown option '--fromat' (Did you mean --format?)"],
    ['chek', "unknown command 'chek' (Did you mean check?)"],
    ['check --format jsn', 'unknown format "jsn": did you mean "json"?'],
    ['check --format', "option '--format <format>' argument missing"],
    ['check a b', 'too many arguments'],
    ['check --fail-on never', 'unknown --fail-on "never" (nearest: "note"); possible: error, warning, note'],
    ['check --profile strickt', 'unknown profile "strickt": did you mean "strict"?'],
    ['check --rule phi-in-ulr=off', 'unknown rule "phi-in-ulr": did you mean "phi-in-url"?'],
    ['check --rule phi-in-url=warn', 'unknown level of phi-in-url "warn": did you mean "warning"?'],
    ['check --rule phi-in-url', '--rule takes ID=off|note|warning|error, found "phi-in-url"'],
    ['check --today 22.11.2026', '--today takes a date like 2026-03-31'],
    ['check --jobs 0', '--jobs takes a number from 1'],
    ['check nowhere', 'there is no folder "nowhere"'],
    ['check baa.yaml', '"baa.yaml" is no folder'],
    ['check baa.yaml/x', 'there is no folder "baa.yaml/x"'],
    ['check --manifest no.yaml', '--manifest: there is no file "no.yaml"'],
    ['check --config app', '--config: "app" is a folder'],
    ['check --output no/where.json', '--output: there is no folder "no"'],
    ['check --format json --format text', 'json and text would both go to standard output'],
    ['check --format json --output a --output b', '--output "b" has no --format of its own'],
    ['check --format json --output a --format text --output a', 'two formats would go to the same file'],
    ['check --baseline b.json', '--baseline: there is no file "b.json"'],
    ['check --update-baseline', '--update-baseline needs --baseline FILE'],
    ['map --format svg --format html', 'svg and html would both go to standard output'],
    ['map --format sarif', 'unknown format "sarif"'],
    ['map --compare gone.json', 'there is no file "gone.json"'],
    ['init', 'there is no terminal to ask: give --yes'],
    ['completion tcsh', 'unknown shell "tcsh"'],
    ['cache clear', "unknown command 'clear'"],
    ['explain phi-in-ulr', 'unknown rule "phi-in-ulr": did you mean "phi-in-url"?'],
    ['explain 0123abc', '0123abc is no whole fingerprint: it has 16 digits'],
    ['explain phi-retained', 'the rule phi-retained is not available in version 0.1.0 yet'],
    ['explain', "missing required argument 'rule-id|fingerprint'"],
    ['vendors opnai', 'unknown vendor "opnai": did you mean "openai"?'],
  ])('%s', async (line, message) => {
    const ran = await phitrace(line);
    expect(ran.err).toContain(message);
    expect(ran.err).toMatch(/^phitrace: [^\n]+\n$/);
    expect(ran.out).toBe('');
    expect(ran.status).toBe(2);
    expect(ran.asked).toBeNull();
  });

  it('SOURCE_DATE_EPOCH', async () => {
    const ran = await phitrace('check', { env: { SOURCE_DATE_EPOCH: 'soon' } });
    expect(ran.err).toContain('SOURCE_DATE_EPOCH takes seconds since 1970');
    expect(ran.status).toBe(2);
  });

  it('an invalid manifest names every place', async () => {
    const problems = [
      { file: 'baa.yaml', line: 3, column: 13, message: 'unknown vendor "opnai": did you mean "openai"?' },
      { file: 'baa.yaml', line: 9, column: 1, message: 'unknown key "\u001b[31m"' },
    ];
    const ran = await phitrace('check', { analyze: () => Promise.reject(new InputError(problems)) });
    expect(ran.err).toBe(
      'baa.yaml:3:13 unknown vendor "opnai": did you mean "openai"?\nbaa.yaml:9:1 unknown key "\\u001b[31m"\n',
    );
    expect(ran.status).toBe(2);
  });

  it('an internal error is one line, the stack only on request', async () => {
    const analyze = (): Promise<never> => Promise.reject(new TypeError('x is undefined\nmore'));
    const ran = await phitrace('check', { analyze });
    expect(ran.err).toBe(
      'phitrace: internal error: x is undefined; please report it with the output of PHITRACE_DEBUG=1\n',
    );
    expect(ran.status).toBe(2);
    expect((await phitrace('check', { analyze, env: { PHITRACE_DEBUG: '1' } })).err).toContain('    at ');
  });
});

describe('what the analysis is asked', () => {
  it('gets absolute paths, the day, levels and profile', async () => {
    const { asked } = await phitrace(
      'check app --manifest baa.yaml --today 2026-01-02 --rule phi-in-url=off --rule phi-in-logs=error --rule phi-in-url=note --profile strict --no-cache --jobs 4',
    );
    expect(asked).toMatchObject({
      dir: path.join(root, 'app'),
      manifest: path.join(root, 'baa.yaml'),
      today: '2026-01-02',
      rules: { 'phi-in-url': 'note', 'phi-in-logs': 'error' },
      profile: 'strict',
    });
  });
  it('takes the day from SOURCE_DATE_EPOCH, else from the clock', async () => {
    expect((await phitrace('check', { env: { SOURCE_DATE_EPOCH: '1767312000' } })).asked?.today).toBe('2026-01-02');
    expect((await phitrace('check')).asked?.today).toBe('2026-11-22');
  });
});

describe('output', () => {
  it('is one JSON document', async () => {
    const { out, err } = await phitrace('check --format json');
    expect((JSON.parse(out) as { schemaVersion: number }).schemaVersion).toBe(1);
    expect(err).toBe('');
  });
  it.each([
    '--format json --output r.json --format text',
    '--output r.json --format json --format text',
    '--format text --format json --output r.json',
  ])('pairs %s', async (options) => {
    rmSync(path.join(root, 'r.json'), { force: true });
    const { out } = await phitrace(`check ${options}`);
    expect(out).toContain('1 error, 0 warnings');
    expect(JSON.parse(readFileSync(path.join(root, 'r.json'), 'utf8'))).toHaveProperty('findings');
  });
  it('sends text to a file without colour', async () => {
    const { out } = await phitrace('check --output r.txt', { env: { FORCE_COLOR: '1' } });
    expect(out).toBe('');
    expect(readFileSync(path.join(root, 'r.txt'), 'utf8')).toMatch(/^error {2}phi-to/);
  });
  it('shows with --quiet what decides the exit status', async () => {
    expect((await phitrace('check --quiet', { result: warning })).out).toBe(
      '0 errors, 1 warning, 0 notes · 1 not shown\n',
    );
    expect((await phitrace('check --quiet --fail-on warning', { result: warning })).out).toContain(
      'src/summarize.ts:42',
    );
  });
  it('has the fix of the rule', async () => {
    const result = sampleResult([sampleFinding({ ruleId: 'phi-in-url' })]);
    expect((await phitrace('check', { result })).out).toContain('fix        Send it in the body.');
  });
});

describe('progress', () => {
  const slowly =
    (clock: { now: number }): Doors['analyze'] =>
    (options) => {
      for (let i = 0; i < 5; i++) {
        options.onProgress?.(`file ${i}`);
        clock.now += 600;
      }
      return Promise.resolve(nothing);
    };
  it('is one plain line elsewhere', async () => {
    const clock = { now: 0 };
    const { err } = await phitrace('check --today 2026-01-01', { analyze: slowly(clock), now: () => clock.now });
    expect(err).toBe('phitrace: analysing, this takes a moment\n');
  });
  it('is rewritten on a terminal, and wiped', async () => {
    const clock = { now: 0 };
    const { err } = await phitrace('check --today 2026-01-01', {
      analyze: slowly(clock),
      now: () => clock.now,
      tty: true,
    });
    expect(err.endsWith('phitrace: file 4\r\u001b[2K')).toBe(true);
  });
  it('is silent for quick work and with --quiet', async () => {
    expect(
      (
        await phitrace('check', {
          analyze: (o) => {
            o.onProgress?.('x');
            return Promise.resolve(nothing);
          },
        })
      ).err,
    ).toBe('');
    const clock = { now: 0 };
    const { err } = await phitrace('check --quiet --today 2026-01-01', {
      analyze: slowly(clock),
      now: () => clock.now,
    });
    expect(err).toBe('');
  });
});

describe('help, version, explain, vendors', () => {
  it('fits a small terminal, and has examples in the help of each command', async () => {
    const small = { env: { COLUMNS: '80' } };
    const commands = ['check', 'map', 'init', 'scorecard', 'explain', 'vendors', 'completion', 'cache'];
    for (const command of ['', ...commands]) {
      const { out, status } = await phitrace(`${command} --help`, small);
      expect(status).toBe(0);
      expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
      if (command !== '' && command !== 'cache') expect(out).toContain('Examples:\n  ');
    }
    // One line is left for what the terminal says next.
    const { out } = await phitrace('--help', small);
    expect(out.trimEnd().split('\n').length).toBeLessThan(24);
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect((await phitrace('--version')).out).toBe('0.1.0\n');
  });
  it('without a command it shows help and does not pass for success', async () => {
    const { err, status } = await phitrace('');
    expect(err).toContain('Usage: phitrace');
    expect(status).toBe(2);
  });
  it('explains a rule', async () => {
    const { out, status } = await phitrace('explain phi-in-url');
    expect(status).toBe(0);
    for (const part of ['Does PHI stand in a URL?', '45 CFR 164.502(a)', 'Send it in the body.'])
      expect(out).toContain(part);
    expect(JSON.parse((await phitrace('explain phi-in-url --format json')).out)).toHaveProperty('id', 'phi-in-url');
  });
  it('knows vendors', async () => {
    expect((await phitrace('vendors')).out).toMatch(/openai +llm +conditions +2026-11 +embeddings/);
    expect((await phitrace('vendors openai')).out).toContain('https://e.org · as of 2026-11 (21 days) · vendor-page');
    expect(JSON.parse((await phitrace('vendors --format json')).out)).toHaveLength(1);
    expect(JSON.parse((await phitrace('vendors openai --format json')).out)).toHaveProperty('id', 'openai');
  });
  it('marks facts that are older than ninety days', async () => {
    const later = '--today 2027-03-01';
    expect((await phitrace(`vendors ${later}`)).out).toMatch(/openai +llm +conditions +2026-11 old/);
    expect((await phitrace(`vendors openai ${later}`)).out).toContain('as of 2026-11 (120 days, old) · vendor-page');
    const document: unknown = JSON.parse((await phitrace(`vendors openai --format json ${later}`)).out);
    expect(document).toHaveProperty('baa.facts.0.old', true);
    expect(document).toHaveProperty('baa.facts.0.ageDays', 120);
  });
});

describe('colour', () => {
  it.each<[boolean, Io['env'], number]>([
    [false, {}, 0],
    [true, { TERM: 'xterm' }, 1],
    [true, { TERM: 'xterm-256color' }, 2],
    [true, { COLORTERM: 'truecolor' }, 3],
    [true, { NO_COLOR: '1' }, 0],
    [true, { NO_COLOR: '', TERM: 'xterm' }, 1],
    [true, { TERM: 'dumb' }, 0],
    [false, { FORCE_COLOR: '1' }, 1],
    [false, { FORCE_COLOR: '3' }, 3],
    [true, { FORCE_COLOR: '0' }, 0],
  ])('tty %s, %o', (isTTY, env, level) => {
    expect(colorLevel({ isTTY }, env)).toBe(level);
  });
});
