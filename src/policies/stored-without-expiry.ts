/**
 * Storage for audio, prompts and transcripts that infrastructure code declares and that nothing ever empties. Records of
 * care are kept for years by law, so only what serves a moment counts: the words of the rule's lists say what that is.
 */
import type { Location } from '../analysis.js';
import type { Recipient } from '../flow/result.js';
import { declaredStores } from '../workspace/stores/declared-stores.js';
import type { Store } from '../workspace/stores/store.js';
import { listOf, policyCatalog } from './catalog.js';
import { cdkStores } from './code/cdk-stores.js';
import { wordsOf } from './data/record.js';
import { type Draft, locate } from './draft.js';
import { judgeRecipient } from './exchanges.js';
import type { PolicyInput } from './input.js';

const KINDS: Readonly<
  Record<Store['kind'], { readonly what: string; readonly missing: string; readonly fix: string }>
> = {
  bucket: {
    what: 'bucket',
    missing: 'no lifecycle rule lets its objects expire',
    fix: 'Add a lifecycle rule that expires them (72 hours are usual for audio).',
  },
  table: { what: 'table', missing: 'no time to live is set', fix: 'Set a time to live and write it with each item.' },
  'log-group': {
    what: 'log group',
    missing: 'no retention is set, so it is kept for ever',
    fix: 'Set the days of retention.',
  },
};

const DELETES = /^Delete(?:Objects?|Item)Command$/;

/** What a store is for, by its name. */
export type Content = 'audio' | 'prompts and answers';

export interface MomentaryStore {
  readonly store: Store;
  readonly content: Content;
  readonly at: Location;
  /** The function that declares it; empty for a file that is no code. */
  readonly fn: string;
}

const known = new WeakMap<PolicyInput, readonly MomentaryStore[]>();

/** Every declared store for what serves a moment, whether it empties itself or not; looked up once. */
export function momentaryStores(input: PolicyInput): readonly MomentaryStore[] {
  const there = known.get(input);
  if (there !== undefined) return there;
  const found = lookUp(input);
  known.set(input, found);
  return found;
}

function lookUp(input: PolicyInput): readonly MomentaryStore[] {
  // Without PHI anywhere these are recordings and prompts of something else.
  if (input.flows.sources === 0 && input.manifest.path === null) return [];
  const policy = policyCatalog().policy('phi-retained');
  const audio = new Set(listOf(policy, 'audio'));
  const prompts = new Set(listOf(policy, 'prompts'));
  const contentOf = (store: Store): Content | null => {
    const own = [...wordsOf(store.label), ...wordsOf(store.name ?? '')];
    if (own.some((word) => audio.has(word))) return 'audio';
    return own.some((word) => prompts.has(word)) ? 'prompts and answers' : null;
  };
  const { workspace } = input;
  const inFiles = declaredStores(workspace.others, (path) => workspace.read(path)).map((store) => ({
    store,
    at: wholeLine(input, store),
    fn: '',
  }));
  const inCode = cdkStores(input).map(({ store, file, span, fn }) => ({
    store,
    at: locate(input, { file, span }),
    fn,
  }));
  return [...inFiles, ...inCode].flatMap((one) => {
    const content = contentOf(one.store);
    return content === null ? [] : [{ ...one, content }];
  });
}

export function storedWithoutExpiry(input: PolicyInput): readonly Draft[] {
  const endless = momentaryStores(input).filter(({ store }) => store.expires === 'no');
  if (endless.length === 0) return [];
  const deleted = deletingServices(input);
  return endless.map(({ store, content, at, fn }) => draft(input, store, content, at, fn, deleted.has(store.service)));
}

function draft(input: PolicyInput, store: Store, content: string, at: Location, fn: string, deletes: boolean): Draft {
  const { what, missing, fix } = KINDS[store.kind];
  const recipient: Recipient = {
    ...{ vendor: store.vendor, service: store.service, endpoint: null, host: null, region: null, model: null },
    ...{ apiKeyEnv: null, project: null, environment: null, package: null, kind: 'partner', category: 'storage' },
    ...{ own: null, unresolved: null, ignoredFile: null },
  };
  const doubt = deletes ? '; the code deletes from this service, but whether it deletes all of it is not known' : '';
  return {
    rule: 'phi-retained',
    severity: deletes ? 'note' : 'warning',
    atMost: 'error',
    confidence: 'medium',
    at,
    functions: [fn],
    recipient: judgeRecipient(input, recipient, []).recipient,
    phi: [],
    removed: [],
    path: [],
    cause: `store ${store.file}:${store.label}`,
    causeName: ['store', store.kind, store.label],
    words: {
      data: `What lies in the ${what} "${store.name ?? store.label}", ${content} by its name,`,
      why: `${missing}${doubt}`,
      fix,
    },
    test: false,
  };
}

/** Services from which code of the project deletes something. */
function deletingServices(input: PolicyInput): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { path } of input.workspace.code)
    for (const { specifier, imported } of input.facts(path)?.imports ?? [])
      if (DELETES.test(imported)) {
        if (specifier === '@aws-sdk/client-s3') found.add('s3');
        else if (/^@aws-sdk\/(?:client|lib)-dynamodb$/.test(specifier)) found.add('dynamodb');
      }
  return found;
}

function wholeLine(input: PolicyInput, { file, line }: Store): Location {
  const text = (input.workspace.read(file) ?? '').split('\n')[line - 1]?.replace(/\r$/, '') ?? '';
  const indent = text.length - text.trimStart().length;
  return { file, line, column: indent + 1, endLine: line, endColumn: Math.max(indent + 2, text.trimEnd().length + 1) };
}
