/** `check --policy-from`: a pull request cannot open its own gate. In real repositories. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis.js';
import { LEAK, PACKAGE, phitrace, project, run, TODAY } from './command.js';

const SAFE = LEAK.replace('JSON.stringify(patient)', "'nobody'");
const MANIFEST = 'version: 1\nagreements: []\n';
const WIDER =
  'version: 1\nagreements:\n  - { vendor: openai, executed: 2026-01-01, reviewed: 2026-11-01, services: all }\n';
const REASON =
  'phitrace-ignore-next-line phi-to-uncovered-vendor, model-call-without-audit, minimum-necessary -- fine by me';

function git(dir: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  const ran = run('git', [...identity, ...args], { cwd: dir });
  expect(ran.status, `git ${args.join(' ')}: ${ran.err}`).toBe(0);
}

/** A repository whose branch `main` is the first files, with a second commit of further ones. */
function changed(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  const dir = project(before);
  git(dir, 'init', '-q', '-b', 'main');
  git(dir, 'add', '-A');
  git(dir, 'commit', '-q', '-m', 'before');
  git(dir, 'checkout', '-q', '-b', 'change');
  for (const [name, text] of Object.entries(after)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  git(dir, 'add', '-A');
  git(dir, 'commit', '-q', '-m', 'change');
  return dir;
}

function errors(out: string): readonly string[] {
  const { findings } = JSON.parse(out) as Analysis;
  return findings.filter((one) => one.severity === 'error' && one.suppressed === null).map((one) => one.ruleId);
}

/** Without `--policy-from` the change passes; with it, it does not. */
function expectGate(dir: string, ...options: string[]): { readonly err: string } {
  const open = phitrace(['check', '.', '--today', TODAY, '--format', 'json', ...options], { cwd: dir });
  expect(errors(open.out), 'by its own policy').toEqual([]);
  expect(open.status).toBe(0);
  const gate = phitrace(['check', '.', '--today', TODAY, '--format', 'json', '--policy-from', 'main', ...options], {
    cwd: dir,
  });
  expect(errors(gate.out), 'by the policy of main').toContain('phi-to-uncovered-vendor');
  expect(gate.status).toBe(1);
  return gate;
}

const START = { 'package.json': PACKAGE, 'leak.ts': SAFE, 'baa.yaml': MANIFEST };

describe('--policy-from', () => {
  it('takes the manifest from the revision, and lists what the change would have covered', () => {
    const { err } = expectGate(changed(START, { 'leak.ts': LEAK, 'baa.yaml': WIDER }));
    expect(err).toContain('the change would widen its own cover');
    expect(err).toMatch(/leak\.ts:\d+ phi-to-uncovered-vendor/);
  });

  it('takes an acceptance from the revision', () => {
    const accept = `${MANIFEST}accept:\n  - { rule: phi-to-uncovered-vendor, where: "**", reason: trust me, approved_by: me }\n`;
    expectGate(changed(START, { 'leak.ts': LEAK, 'baa.yaml': accept }));
  });

  it('takes the configuration from the revision: no rule is switched off, no file excluded', () => {
    const off = 'rules: { phi-to-uncovered-vendor: off }\n';
    expectGate(changed(START, { 'leak.ts': LEAK, 'phitrace.yaml': off }));
    expectGate(changed(START, { 'leak.ts': LEAK, 'phitrace.yaml': 'exclude: ["leak.ts"]\n' }));
  });

  it('takes packs from the revision: a function does not clean because the change says so', () => {
    const dir = changed(
      { ...START, 'phitrace.yaml': 'packs: [pack.yaml]\n', 'pack.yaml': 'id: own\nname: Own\n' },
      {
        'leak.ts': LEAK.replace('JSON.stringify(patient)', 'clean(JSON.stringify(patient))').replace(
          /^/,
          "import { clean } from 'magic-wash';\n",
        ),
        'pack.yaml':
          'id: own\nname: Own\npackages:\n  magic-wash:\n    exports:\n      clean: { sanitizer: { removes: all, method: safe-harbor } }\n',
      },
    );
    expectGate(dir);
  });

  it('takes the baseline from the revision', () => {
    const dir = changed(
      { ...START, 'known.json': '{ "version": 1, "updated": "2026-11-01", "places": [] }\n' },
      { 'leak.ts': LEAK },
    );
    const update = phitrace(['check', '.', '--today', TODAY, '--baseline', 'known.json', '--update-baseline'], {
      cwd: dir,
    });
    expect(update.status, update.err).toBe(0);
    expect(update.out).toMatch(/known\.json: \d+ places?, \d+ new, 0 taken out/);
    git(dir, 'commit', '-q', '-a', '-m', 'baseline');
    expectGate(dir, '--baseline', 'known.json');
  });

  it('ignores comments that the change adds, and keeps those that were there, also when lines move', () => {
    const quiet = LEAK.replace(/^( *)(?=.*create\()/m, `$1// ${REASON}\n$1`);
    expect(quiet).not.toBe(LEAK);
    expectGate(changed(START, { 'leak.ts': quiet }));

    const moved = changed({ ...START, 'leak.ts': quiet }, { 'leak.ts': `// moved\n\n${quiet}` });
    const gate = phitrace(['check', '.', '--today', TODAY, '--format', 'json', '--policy-from', 'main'], {
      cwd: moved,
    });
    expect(errors(gate.out)).toEqual([]);
    expect(gate.status).toBe(0);
  });

  it('does not let an old comment hide a new leak that is put below it', () => {
    const quiet = LEAK.replace(/^( *)(?=.*create\()/m, `$1// ${REASON}\n$1`);
    const worse = quiet.replaceAll('OpenAI', 'Mistral').replaceAll("'openai'", "'@mistralai/mistralai'");
    const other = quiet.replace(/export async function \w+/, 'export async function another');
    const dir = changed({ ...START, 'leak.ts': quiet }, { 'leak.ts': other });
    const gate = phitrace(['check', '.', '--today', TODAY, '--format', 'json', '--policy-from', 'main'], { cwd: dir });
    expect(worse).not.toBe(quiet);
    expect(errors(gate.out)).toContain('phi-to-uncovered-vendor');
  });

  it('is not moved by one change that edits manifest, pack, configuration, baseline and comments together', () => {
    const leak = (vendor: 'openai' | 'anthropic', name: string): string => {
      const text = LEAK.replace(/export async function \w+/, `export async function ${name}`);
      if (vendor === 'openai') return text;
      return text
        .replace("OpenAI from 'openai'", "Anthropic from '@anthropic-ai/sdk'")
        .replaceAll('new OpenAI', 'new Anthropic')
        .replace('openai.responses.create', 'openai.messages.create')
        .replace(/input: (`.*`)/, "max_tokens: 9, messages: [{ role: 'user', content: $1 }]");
    };
    const safe = (name: string): string => leak('openai', name).replace('JSON.stringify(patient)', "'nobody'");
    const files = ['covered', 'accepted', 'washed', 'known', 'quiet'] as const;
    const before = Object.fromEntries(files.map((name) => [`${name}.ts`, safe(name)]));
    const washed = leak('anthropic', 'washed').replace('JSON.stringify(patient)', 'clean(JSON.stringify(patient))');
    const dir = changed(
      {
        'package.json': PACKAGE,
        ...before,
        'baa.yaml': MANIFEST,
        'phitrace.yaml': 'packs: [pack.yaml]\n',
        'pack.yaml': 'id: own\nname: Own\n',
        'known.json': '{ "version": 1, "updated": "2026-11-01", "places": [] }\n',
      },
      {
        'covered.ts': leak('openai', 'covered'),
        'accepted.ts': leak('anthropic', 'accepted'),
        'washed.ts': `import { clean } from 'magic-wash';\n${washed}`,
        'known.ts': leak('anthropic', 'known'),
        'quiet.ts': leak('anthropic', 'quiet').replace(/^( *)(?=.*create\()/m, `$1// ${REASON}\n$1`),
        'baa.yaml': `${WIDER}accept:\n  - { rule: phi-to-uncovered-vendor, where: accepted.ts, reason: trust me, approved_by: me }\n`,
        'phitrace.yaml': 'packs: [pack.yaml]\nrules: { model-call-without-audit: off, minimum-necessary: off }\n',
        'pack.yaml':
          'id: own\nname: Own\npackages:\n  magic-wash:\n    exports:\n      clean: { sanitizer: { removes: all, method: safe-harbor } }\n',
      },
    );
    const baseline = ['check', '.', '--today', TODAY, '--baseline', 'known.json'];
    expect(phitrace([...baseline, '--update-baseline'], { cwd: dir }).status).toBe(0);
    git(dir, 'commit', '-q', '-a', '-m', 'baseline');
    const { err } = expectGate(dir, '--baseline', 'known.json');
    const gate = phitrace([...baseline, '--format', 'json', '--policy-from', 'main'], { cwd: dir });
    const reported = (JSON.parse(gate.out) as Analysis).findings.filter(
      (one) => one.ruleId === 'phi-to-uncovered-vendor' && one.suppressed === null,
    );
    const places = reported.flatMap((one) => one.places.map((place) => place.file));
    for (const name of files) {
      expect(places, 'by the policy of main').toContain(`${name}.ts`);
      expect(err, 'said to people').toMatch(new RegExp(`${name}\\.ts:\\d+ phi-to-uncovered-vendor`));
    }
  });

  it('says in one line what it cannot do', () => {
    const dir = project(START);
    const outside = phitrace(['check', '.', '--policy-from', 'main'], { cwd: dir });
    expect(outside.status).toBe(2);
    expect(outside.err).toMatch(/not in a git repository/);
    const repository = changed(START, { 'leak.ts': LEAK });
    const unknown = phitrace(['check', '.', '--policy-from', 'nowhere'], { cwd: repository });
    expect(unknown.status).toBe(2);
    expect(unknown.err).toContain('git does not know the revision "nowhere" here');
  });
});
