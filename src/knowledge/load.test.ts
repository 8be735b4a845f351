import { describe, expect, it } from 'vitest';
import { loadKnowledge } from './load.js';
import { KnowledgeError, type Problem } from './problems.js';

const knowledge = loadKnowledge();

function problemsOf(text: string, path = 'packs/acme.yaml'): readonly Problem[] {
  try {
    loadKnowledge({ packs: [{ path, text }] });
  } catch (error) {
    if (error instanceof KnowledgeError) return error.problems;
    throw error;
  }
  return [];
}

describe('mistakes in a pack', () => {
  it('names line, column and the nearest valid key', () => {
    const text = 'id: acme\nname: Acme\npackages:\n  acme:\n    exports:\n      send: { sinc: { service: x } }\n';
    expect(problemsOf(text)).toEqual([
      { file: 'packs/acme.yaml', line: 6, column: 15, message: 'unknown key "sinc"', nearest: 'sink' },
    ]);
  });

  it('names the nearest valid word', () => {
    const text =
      'id: acme\nname: Acme\npackages:\n  acme:\n    exports:\n      x: { sink: { service: x, as: eror } }\n';
    expect(problemsOf(text)).toMatchObject([{ line: 6, column: 36, nearest: 'error' }]);
  });

  it('follows aliases to the place where the mistake stands', () => {
    const text =
      'id: acme\nname: Acme\npackages:\n  acme:\n    exports:\n      a: &x { sink: { service: Bad_One } }\n      b: *x\n';
    expect(problemsOf(text)).toMatchObject([{ line: 6, column: 32 }, { line: 6 }]);
  });

  it('finds references to types that do not exist', () => {
    const text =
      'id: acme\nname: Acme\npackages:\n  acme:\n    exports:\n      Acme: { new: Akme }\n    types:\n      Acme: {}\n';
    expect(problemsOf(text)).toEqual([
      { file: 'packs/acme.yaml', line: 6, column: 20, message: 'unknown type "Akme"', nearest: 'Acme' },
    ]);
  });

  it('finds types that extend themselves', () => {
    const text =
      'id: acme\nname: Acme\npackages:\n  acme:\n    exports: {}\n    types:\n      A: { extends: B }\n      B: { extends: A }\n';
    expect(problemsOf(text).map(({ message }) => message)).toEqual([
      'type "acme#A" extends itself',
      'type "acme#B" extends itself',
    ]);
  });

  it('reports broken YAML at its place', () => {
    expect(problemsOf('id: acme\nname: [Acme\n')).toMatchObject([{ file: 'packs/acme.yaml', line: 3, column: 1 }]);
  });

  it('names everything that is missing', () => {
    expect(problemsOf('name: Acme\n').map(({ message }) => message)).toEqual(["must have required property 'id'"]);
    expect(problemsOf('')).toHaveLength(1);
  });

  it('refuses aliases that multiply', () => {
    const lines = ['id: acme', 'name: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let depth = 1; depth < 9; depth++)
      lines.push(
        `a${String(depth)}: &a${String(depth)} [${Array(10)
          .fill(`*a${String(depth - 1)}`)
          .join(', ')}]`,
      );
    expect(problemsOf(lines.join('\n'))[0]?.message).toContain('alias');
  });

  it('has a message of one line each', () => {
    expect(() => loadKnowledge({ packs: [{ path: 'p.yaml', text: 'id: x\nname: X\nhots: []\n' }] })).toThrow(
      'p.yaml:3:1: unknown key "hots" (did you mean "hosts"?)',
    );
  });
});

describe('packs', () => {
  const pack = [
    'id: acme',
    'name: Acme',
    'vendor: { category: llm, kind: partner, services: { chat: { name: Chat } }, baa: { available: "no", facts: [] } }',
    'hosts: [{ host: api.openai.com, service: chat }]',
    'packages:',
    '  openai:',
    '    exports: { shout: { sink: { service: chat } } }',
    '    types:',
    '      OpenAI:',
    '        members:',
    '          chat.completions.create: { sink: { service: chat, content: ["0"] } }',
    '          chat.completions.whisper: { sink: { service: chat } }',
  ].join('\n');
  const changed = loadKnowledge({ packs: [{ path: 'acme.yaml', text: pack }] });

  it('have the last word', () => {
    expect(changed.member('openai#OpenAI', 'chat.completions.create')?.member.sink).toEqual({
      service: 'chat',
      content: ['0'],
    });
    expect(changed.host('api.openai.com')?.vendor).toBe('acme');
  });

  it('add to what is known', () => {
    expect(changed.member('openai#AzureOpenAI', 'chat.completions.whisper')).not.toBeNull();
    expect(changed.type('openai#OpenAI')?.recipient?.vendor).toBe('openai');
    expect(changed.exportMember('openai', 'shout')?.member.sink).toEqual({ service: 'chat', to: { vendor: 'acme' } });
  });

  it('leave later loads alone', () => {
    expect(loadKnowledge().host('api.openai.com')?.vendor).toBe('openai');
  });
});

describe('packages', () => {
  it.each([
    'openai',
    'npm:openai',
    'npm:openai@4.20.1',
    'openai@7',
    'https://esm.sh/openai@4',
    'https://esm.sh/v135/openai@4.1.0?target=deno',
    'https://deno.land/x/openai@v4.24.0/mod.ts',
    'https://cdn.jsdelivr.net/npm/openai@4/+esm',
    'jsr:openai@^4',
    'jsr:/openai@4',
    'openai/index.mjs',
    'openai/resources/chat',
  ])('%s is openai', (specifier) => {
    expect(knowledge.pkg(specifier)?.id).toBe('openai');
  });

  it.each(['./openai', '/openai', '../openai/index.js', 'openaix', '@acme/openai', 'https://example.com/openai'])(
    '%s is not',
    (specifier) => {
      expect(knowledge.pkg(specifier)).toBeNull();
    },
  );

  it('are found by alias, scope and version', () => {
    expect(knowledge.pkg('@sentry/react')?.id).toBe('@sentry/node');
    expect(knowledge.pkg('npm:@sentry/nextjs@8/edge')?.id).toBe('@sentry/node');
    expect(knowledge.pkg('node:https')?.id).toBe('http');
    expect(knowledge.pkg('openai/realtime/websocket')?.id).toBe('openai/realtime/ws');
    expect(knowledge.pkg('@aws-sdk/client-s3')?.name).toBe('Amazon Web Services');
  });
});

describe('exports', () => {
  it('give the default as namespace where none is modelled', () => {
    expect(knowledge.exportMember('@sentry/node', 'default.captureException')?.id).toBe(
      '@sentry/node.captureException',
    );
    expect(knowledge.exportMember('@sentry/node', '*.logger.info')?.id).toBe('@sentry/node.logger.info');
    expect(knowledge.exportMember('@sentry/node', '*')?.member).toEqual({});
    expect(knowledge.exportMember('openai', 'default')?.member.new).toBe('openai#OpenAI');
  });

  it('go on into the type of what is exported', () => {
    expect(knowledge.exportMember('axios', 'default.post')?.id).toBe('axios#AxiosInstance.post');
    expect(knowledge.exportMember('dd-trace', 'tracer.llmobs.annotate')?.id).toBe('dd-trace#Tracer.llmobs.annotate');
  });

  it('know what lies below a name', () => {
    expect(knowledge.exportPrefix('@sentry/node', 'logger')).toBe(true);
    expect(knowledge.exportPrefix('@sentry/node', '*.logger')).toBe(true);
    expect(knowledge.exportPrefix('@sentry/node', 'log')).toBe(false);
  });

  it('match by their ending what nothing else names', () => {
    expect(knowledge.exportMember('@aws-sdk/client-s3', 'PutObjectCommand')?.member.new).toBe(
      '@aws-sdk/client-s3#PutObjectCommand',
    );
    expect(knowledge.exportMember('@aws-sdk/client-s3', 'PutBucketAclCommand')?.member.new).toBe(
      '@aws-sdk/client-s3#AnyCommand',
    );
    expect(knowledge.exportMember('@aws-sdk/client-s3', 'waitUntilObjectExists')).toBeNull();
  });
});

describe('types', () => {
  it('are named by class, export, default and ambient name', () => {
    for (const name of ['openai#OpenAI', 'openai#default', 'npm:openai@4#OpenAI'])
      expect(knowledge.type(name)?.id).toBe('openai#OpenAI');
    expect(knowledge.type('@sentry/browser#Scope')?.id).toBe('@sentry/node#Scope');
    expect(knowledge.type('global#WebSocket')?.recipient).toEqual({ vendor: 'http', host: ['0'] });
    expect(knowledge.type('openai#Nothing')).toBeNull();
    expect(knowledge.type('OpenAI')).toBeNull();
  });

  it('inherit members, prefixes and recipients', () => {
    expect(knowledge.member('openai#AzureOpenAI', 'chat.completions.create')?.id).toBe(
      'openai#OpenAI.chat.completions.create',
    );
    expect(knowledge.hasPrefix('openai#AzureOpenAI', 'chat.completions')).toBe(true);
    expect(knowledge.hasPrefix('openai#AzureOpenAI', 'chat.completion')).toBe(false);
    expect(knowledge.type('openai#AzureOpenAI')?.recipient?.vendor).toBe('azure-openai');
    expect(knowledge.type('@anthropic-ai/vertex-sdk#AnthropicVertex')?.recipient?.service).toBe('vertex-ai');
    expect(knowledge.type('@pinecone-database/pinecone#Assistant')).toMatchObject({
      recipient: null,
      vendor: 'pinecone',
    });
    expect(knowledge.type('@aws-sdk/client-sns#PublishCommand')?.command).toHaveLength(2);
  });
});

describe('globals', () => {
  it('are found through the global object', () => {
    expect(knowledge.global('fetch')?.id).toBe('fetch');
    expect(knowledge.global('globalThis.fetch')?.id).toBe('fetch');
    expect(knowledge.global('window.navigator.sendBeacon')?.id).toBe('navigator.sendBeacon');
    expect(knowledge.globalPrefix('window.navigator')).toBe(true);
    expect(knowledge.global('fetchAll')).toBeNull();
  });
});
