/** A user's mistake: one clear line with the place and the nearest word, exit status 2, no stack trace. */
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEAK, OURS, PACKAGE, phitrace, project, type Ran } from './command.js';

function refused(ran: Ran): string[] {
  expect(ran.status).toBe(2);
  expect(ran.out).toBe('');
  expect(ran.err).not.toMatch(OURS);
  // A slow machine gives a sign of life first.
  const lines = ran.err.trimEnd().split('\n');
  return lines.filter((line) => line !== 'phitrace: analysing, this takes a moment');
}

describe('on the command line', () => {
  it.each([
    ['check --formt json', "phitrace: unknown option '--formt' (Did you mean --format?)"],
    ['check --format jsn', 'phitrace: unknown format "jsn": did you mean "json"?'],
    ['check --fail-on errors', 'phitrace: unknown --fail-on "errors": did you mean "error"?'],
    ['check --rule phi-in-ulr=off', 'phitrace: unknown rule "phi-in-ulr": did you mean "phi-in-url"?'],
    ['check --today yesterday', 'yesterday'],
    ['check --today 2026-02-30', '2026-02-30'],
    ['check no/such/folder', 'no/such/folder'],
    ['check package.json', 'package.json'],
    ['check --manifest no.yaml', 'no.yaml'],
    ['check --config no.yaml', 'no.yaml'],
    ['check --output', "phitrace: option '--output <file>' argument missing"],
    ['chekc', "phitrace: unknown command 'chekc' (Did you mean check?)"],
    ['explain phi-in-ulr', 'did you mean "phi-in-url"?'],
    ['vendors opnai', 'did you mean "openai"?'],
    ['check one two', 'too many arguments'],
  ])('%s', (line, says) => {
    const lines = refused(phitrace(line.split(' '), { cwd: project({ 'package.json': PACKAGE, 'leak.ts': LEAK }) }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^phitrace: /);
    expect(lines[0]).toContain(says);
  });

  it('without any word prints the help', () => {
    const ran = phitrace([]);
    expect(ran.out + ran.err).toContain('phitrace init is the way in');
  });
});

describe('in files of the user', () => {
  const check = (files: Record<string, string>): string[] =>
    refused(phitrace(['check', '.'], { cwd: project({ 'package.json': PACKAGE, 'leak.ts': LEAK, ...files }) }));

  it.each([
    ['no YAML', 'version: 1\nagreements: [\n', /^baa\.yaml:\d+:\d+ /],
    ['tabs', 'version: 1\nagreements:\n\t- vendor: aws\n', /^baa\.yaml:3:\d+ /],
    ['an unknown key', 'version: 1\nagrements: []\n', /^baa\.yaml:2:1 .*"agreements"/],
    [
      'an unknown vendor',
      'version: 1\nagreements:\n  - vendor: opnai\n    services: all\n',
      /^baa\.yaml:3:13 .*"openai"/,
    ],
    [
      'an unknown service',
      'version: 1\nagreements:\n  - vendor: openai\n    services: [chat-completion]\n',
      /^baa\.yaml:4:16 .*"chat-completions"/,
    ],
    [
      'a bad date',
      'version: 1\nagreements:\n  - vendor: openai\n    executed: 2026-02-30\n    services: all\n',
      /^baa\.yaml:4:15 .*2026-02-30/,
    ],
    ['no mapping', '- a\n', /^baa\.yaml:1:1 /],
    ['a version of the future', 'version: 2\n', /^baa\.yaml:1:10 /],
    [
      'a bomb of aliases',
      `a: &a [x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}\n`,
      /^baa\.yaml:\d+:\d+ /,
    ],
  ])('a manifest with %s', (_name, text, says) => {
    expect(check({ 'baa.yaml': text })[0]).toMatch(says);
  });

  it('a manifest in a folder above is named by its way from the scanned folder', () => {
    const cwd = project({ 'baa.yaml': 'version: 1\nagrements: []\n', 'apps/web/leak.ts': LEAK });
    expect(refused(phitrace(['check', 'apps/web'], { cwd }))[0]).toMatch(/^(\.\.\/\.\.\/)?baa\.yaml:2:1 /);
  });

  it('a configuration and a rule pack', () => {
    expect(check({ 'phitrace.yaml': 'rulez: {}\n' })[0]).toMatch(/phitrace\.yaml:1:1 .*"rules"/);
    expect(check({ 'phitrace.yaml': 'rules: { phi-in-ulr: off }\n' })[0]).toMatch(
      /phitrace\.yaml:1:\d+ .*"phi-in-url"/,
    );
    expect(check({ 'phitrace.yaml': 'packs: [own.yaml]\n' })[0]).toMatch(/own\.yaml/);
    expect(check({ 'phitrace.yaml': 'packs: [own.yaml]\n', 'own.yaml': 'vendr: x\n' })[0]).toMatch(/own\.yaml:1:1 /);
  });

  it('an empty manifest and an empty configuration', () => {
    expect(check({ 'baa.yaml': '' })[0]).toMatch(/^baa\.yaml:1:1 /);
    const cwd = project({ 'package.json': PACKAGE, 'leak.ts': LEAK, 'phitrace.yaml': '' });
    expect(phitrace(['check'], { cwd }).status).toBe(1);
  });

  it('a manifest and a configuration that cannot be read', () => {
    const cwd = project({ 'package.json': PACKAGE, 'leak.ts': LEAK, 'secret.yaml': 'version: 1\n' });
    mkdirSync(path.join(cwd, 'folder.yaml'));
    chmodSync(path.join(cwd, 'secret.yaml'), 0o000);
    expect(refused(phitrace(['check', '--manifest', 'folder.yaml'], { cwd }))).toHaveLength(1);
    expect(refused(phitrace(['check', '--config', 'folder.yaml'], { cwd }))).toHaveLength(1);
    if (process.getuid?.() !== 0)
      expect(refused(phitrace(['check', '--manifest', 'secret.yaml'], { cwd }))).toHaveLength(1);
  });

  it('an output file in no folder', () => {
    const cwd = project({ 'leak.ts': LEAK });
    expect(refused(phitrace(['check', '--format', 'json', '--output', 'no/such/x.json'], { cwd }))[0]).toContain(
      'no/such',
    );
  });
});
