import { describe, expect, it } from 'vitest';
import { HostIndex, serviceAtPath } from './hosts.js';
import { loadKnowledge } from './load.js';

const knowledge = loadKnowledge();

describe('hosts', () => {
  it.each([
    ['api.openai.com', 'openai'],
    ['API.OpenAI.com.', 'openai'],
    ['api.openai.com:443', 'openai'],
    ['northbay.openai.azure.com', 'azure-openai'],
    ['oai.helicone.ai', 'helicone'],
    ['o123.ingest.us.sentry.io', 'sentry'],
    ['us-central1-aiplatform.googleapis.com', 'google-cloud'],
    ['generativelanguage.googleapis.com', 'google-ai-studio'],
    ['clinic-uploads.s3.us-west-2.amazonaws.com', 'aws'],
    ['http-intake.logs.us3.datadoghq.com', 'datadog'],
    ['index-abc.svc.aped-1.pinecone.io', 'pinecone'],
  ])('%s belongs to %s', (host, vendor) => {
    expect(knowledge.host(host)?.vendor).toBe(vendor);
  });

  it.each([
    'evilopenai.com',
    'api.openai.com.evil.example',
    'openai.com',
    'notsentry.io',
    'localhost',
    '',
    'com',
    '10.0.0.1',
  ])('%s belongs to nobody', (host) => {
    expect(knowledge.host(host)).toBeNull();
  });

  it('tell the region', () => {
    expect(knowledge.host('bedrock-runtime.eu-west-1.amazonaws.com')).toMatchObject({
      service: 'bedrock-runtime',
      region: 'eu-west-1',
    });
    expect(knowledge.host('us-east5-aiplatform.googleapis.com')?.region).toBe('us-east5');
    expect(knowledge.host('api.openai.com')?.region).toBeNull();
  });

  it('name the upstream of a proxy', () => {
    expect(knowledge.host('oai.helicone.ai')?.also).toEqual([{ vendor: 'openai', service: null }]);
  });

  it('tell services apart by path, whole segments only', () => {
    const openai = knowledge.host('api.openai.com')!;
    expect(serviceAtPath(openai, '/v1/embeddings')).toBe('embeddings');
    expect(serviceAtPath(openai, '/v1/embeddings?x=1')).toBe('embeddings');
    expect(serviceAtPath(openai, '/v1/embeddingsx')).toBe('responses');
    const azure = knowledge.host('x.openai.azure.com')!;
    expect(serviceAtPath(azure, '/openai/deployments/gpt/embeddings')).toBe('embeddings');
    const gemini = knowledge.host('generativelanguage.googleapis.com')!;
    expect(serviceAtPath(gemini, '/v1beta/models/text-embedding-004:embedContent')).toBe('embeddings');
    expect(serviceAtPath(gemini, '/v1beta/models/gemini-pro:generateContent')).toBe('generate-content');
  });

  it('prefer the longest suffix, names before patterns', () => {
    const index = new HostIndex();
    expect(index.add({ host: '*.example.com' }, 'whole')).toBe(true);
    expect(index.add({ host: '*.b.example.com' }, 'pattern')).toBe(true);
    expect(index.add({ host: 'a.b.example.com' }, 'exact')).toBe(true);
    expect(index.add({ host: 'a.b.example.com' }, 'again')).toBe(false);
    expect(index.find('a.b.example.com')?.vendor).toBe('exact');
    expect(index.find('x.b.example.com')?.vendor).toBe('pattern');
    expect(index.find('x.y.example.com')?.vendor).toBe('whole');
    expect(index.find('example.com')?.vendor).toBe('whole');
  });
});
