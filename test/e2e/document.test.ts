/** The JSON document: the published schema, the order of its keys, and the same bytes every time. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis.js';
import { BIN, checkJson, emptyFolder, LEAK, PACKAGE, phitrace, project, ROOT, run, TODAY } from './command.js';

const CLINIC = path.join(ROOT, 'fixtures/clinic');
const check = (dir: string, cwd: string): string => {
  const ran = run(process.execPath, [BIN, 'check', dir, '--format', 'json', '--today', TODAY], { cwd });
  expect(ran.err).not.toContain('internal error');
  return ran.out;
};
const timeless = (json: string): string => json.replace(/"durationMs": \d+/, '"durationMs": 0');

let clinic = '';
beforeAll(() => {
  clinic = timeless(check('fixtures/clinic', ROOT));
});

describe('schema', () => {
  const schema = JSON.parse(readFileSync(path.join(ROOT, 'schemas/analysis.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

  it('describes what is printed for the clinic', () => {
    validate(JSON.parse(clinic));
    expect(validate.errors).toBeNull();
  });

  it('describes what the map prints, which tells steps of de-identification besides', () => {
    const map = JSON.parse(
      phitrace(['map', 'fixtures/clinic', '--today', TODAY, '--format', 'json', '--quiet']).out,
    ) as object;
    validate(map);
    expect(validate.errors).toBeNull();
    expect(Object.keys(map).join(' ')).toBe('schemaVersion tool root asOf flows recipients deidentification summary');
  });

  it('describes what is printed for nothing, for gaps and for suppressed findings', () => {
    const line = '  // phitrace-ignore-next-line phi-to-uncovered-vendor -- shown in a test (until 2027-01-31)\n';
    const projects: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'broken.ts': 'const = ;', 'tsconfig.json': '{' },
      { 'package.json': PACKAGE, 'leak.ts': LEAK.replace('  await openai', `${line}  await openai`) },
    ];
    for (const files of projects) {
      const { analysis } = checkJson(project(files));
      validate(analysis);
      expect(validate.errors).toBeNull();
    }
  });

  it('knows nothing that is not printed, and the other way round', () => {
    expect(validate({ ...(JSON.parse(clinic) as object), more: 1 })).toBe(false);
    const { summary: _summary, ...less } = JSON.parse(clinic) as Analysis;
    expect(validate(less)).toBe(false);
  });
});

describe('promises of the document', () => {
  const parsed = (): Analysis => JSON.parse(clinic) as Analysis;

  it('has its keys in one order', () => {
    const { findings, flows } = parsed();
    expect(Object.keys(parsed()).join(' ')).toBe('schemaVersion tool root asOf findings flows recipients summary');
    expect(new Set(findings.map((f) => Object.keys(f).join(' ')))).toEqual(
      new Set([
        'ruleId severity confidence message file line column endLine endColumn recipient phi removed path places fingerprint suppressed help',
      ]),
    );
    expect(new Set(flows.map((f) => Object.keys(f).join(' ')))).toEqual(
      new Set([
        'confidence message file line column endLine endColumn recipient phi removed path places fingerprint suppressed help',
      ]),
    );
  });

  it('is sorted by file, line, column and rule', () => {
    const keys = parsed().findings.map((f) => [f.file, f.line, f.column, f.ruleId] as const);
    const sorted = [...keys].sort((a, b) => order(a[0], b[0]) || a[1] - b[1] || a[2] - b[2] || order(a[3], b[3]));
    expect(keys).toEqual(sorted);
  });

  it('ends each path at the outbound call, starts places with the finding itself, and quotes lines that exist', () => {
    for (const f of [...parsed().findings, ...parsed().flows]) {
      if (f.path.length > 0) expect(f.path.at(-1)?.kind).toBe('sink');
      expect(f.path.slice(0, -1).every((s) => s.kind !== 'sink')).toBe(true);
      expect(f.places[0]).toMatchObject({ file: f.file, line: f.line, column: f.column });
      for (const at of [f, ...f.path, ...f.places]) {
        const lines = readFileSync(path.join(CLINIC, at.file), 'utf8').split('\n');
        expect(at.line).toBeLessThanOrEqual(lines.length);
        expect(at.column).toBeLessThanOrEqual((lines[at.line - 1] ?? '').length + 1);
      }
    }
  });

  it('counts what it lists', () => {
    const { findings, recipients, flows, summary } = parsed();
    const live = findings.filter((f) => f.suppressed === null);
    for (const [severity, n] of [
      ['error', summary.errors],
      ['warning', summary.warnings],
      ['note', summary.notes],
    ] as const)
      expect(live.filter((f) => f.severity === severity)).toHaveLength(n);
    expect(findings.length - live.length).toBe(summary.suppressed);
    expect(new Set(findings.map((f) => f.fingerprint)).size).toBe(findings.length);
    const known = new Set(recipients.map((r) => `${r.vendor}/${r.service}`));
    for (const f of [...findings, ...flows])
      if (f.recipient) expect(known).toContain(`${f.recipient.vendor}/${f.recipient.service}`);
  });
});

describe('the same input gives the same bytes', () => {
  it('in ten runs', { timeout: 240_000 }, () => {
    for (let i = 0; i < 9; i++) expect(timeless(check('fixtures/clinic', ROOT))).toBe(clinic);
  });

  it('from other folders and in a copy elsewhere', { timeout: 120_000 }, () => {
    const rooted = (json: string, root: string): string =>
      json.replace(`"root": ${JSON.stringify(root)}`, '"root": "fixtures/clinic"');
    expect(rooted(timeless(check('.', CLINIC)), '.')).toBe(clinic);
    expect(rooted(timeless(check('clinic', path.join(ROOT, 'fixtures'))), 'clinic')).toBe(clinic);
    const copy = path.join(emptyFolder(), 'a b', 'copy');
    cpSync(CLINIC, copy, { recursive: true });
    expect(rooted(timeless(check('copy', path.dirname(copy))), 'copy')).toBe(clinic);
  });

  it(
    'with or without whatever stands beside the project, its dependencies and its history',
    { timeout: 120_000 },
    () => {
      const copy = path.join(emptyFolder(), 'fixtures', 'clinic');
      cpSync(CLINIC, copy, { recursive: true });
      cpSync(path.join(ROOT, 'src/report'), path.join(copy, 'node_modules/openai'), { recursive: true });
      if (run('git', ['init', '-q'], { cwd: copy }).status === 0) run('git', ['add', '-A'], { cwd: copy });
      expect(timeless(check('fixtures/clinic', path.dirname(path.dirname(copy))))).toBe(clinic);
      rmSync(path.join(copy, '.git'), { recursive: true, force: true });
      expect(existsSync(path.join(copy, 'node_modules'))).toBe(true);
    },
  );

  it('when the day comes from the environment, and not the clock', () => {
    const epoch = String(Date.parse(`${TODAY}T12:00:00Z`) / 1000);
    const ran = phitrace(['check', 'fixtures/clinic', '--format', 'json'], {
      env: { SOURCE_DATE_EPOCH: epoch, TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' },
    });
    expect(timeless(ran.out)).toBe(clinic);
  });
});

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
