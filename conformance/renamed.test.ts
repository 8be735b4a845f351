/** A release that renames what the rules name fails the run: a pretend package, as it was and with one thing changed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadKnowledge } from '../src/knowledge/load.js';
import { entriesOf } from './entries.mjs';
import { lostBy, recordOf } from './record.mjs';

const RULES = `
id: pretend-mail
name: Pretend Mail
vendor: { category: email, kind: partner, services: { email: { name: E-mail } }, baa: { available: unknown, facts: [] } }
packages:
  pretend-mail:
    exports: { PretendMail: { new: Client } }
    types:
      Client:
        recipient: { vendor: pretend-mail, host: [0.baseURL], apiKey: [0.key] }
        members:
          messages.send: { sink: { service: email, content: [0.text, 0.to] } }
          lists.add: { sink: { service: email, content: ['1'] } }
`;

const TYPINGS = `
export interface Options { key?: string; baseURL?: string }
export interface Message { text: string; to: string; subject?: string }
export declare class PretendMail {
  constructor(options: Options);
  messages: { send(message: Message): Promise<void> };
  lists: { add(list: number, address: string): Promise<void> };
}
`;

const store = loadKnowledge({ packs: [{ path: 'pretend-mail.yaml', text: RULES }] });
const entries = entriesOf(store, 'pretend-mail');
const folder = mkdtempSync(join(tmpdir(), 'phitrace-conformance-'));
let count = 0;

/** The record of a release with these typings. */
function release(typings: string) {
  const name = join(folder, `release-${++count}`);
  writeFileSync(`${name}.d.ts`, typings);
  return recordOf(store, 'pretend-mail', entries, [{ age: 'current', version: `${count}.0.0`, specifier: name }]);
}

function lost(change: (typings: string) => string): string[] {
  return lostBy(release(TYPINGS), release(change(TYPINGS)), entries).map((id) => id.replace('pretend-mail', ''));
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('a conformance run', () => {
  it('proves every entry of a package that is as the rules say', () => {
    expect(release(TYPINGS)).toMatchObject({ entries: 6, proved: 6, unproved: {} });
  });

  it('loses the entries of a method that was renamed', () => {
    expect(lost((typings) => typings.replace('send(', 'deliver('))).toEqual([
      '#Client.messages.send 0.text',
      '#Client.messages.send 0.to',
    ]);
  });

  it('loses the entry of an option that was renamed, of a call and of a constructor', () => {
    expect(lost((typings) => typings.replace('to: string', 'recipient: string'))).toEqual([
      '#Client.messages.send 0.to',
    ]);
    expect(lost((typings) => typings.replace('baseURL?', 'apiHost?'))).toEqual(['#Client 0.baseURL']);
  });

  it('loses the entry of an argument that moved to the front', () => {
    expect(lost((typings) => typings.replace('list: number, address: string', 'address: string'))).toEqual([
      '#Client.lists.add 1',
    ]);
  });

  it('loses all that is behind a class that was renamed', () => {
    expect(lost((typings) => typings.replace('class PretendMail', 'class Mail'))).toHaveLength(entries.length);
  });
}, 60_000);
