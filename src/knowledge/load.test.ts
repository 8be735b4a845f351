import { describe, expect, it } from 'vitest';
import { loadKnowledge } from './load.js';

describe('rules', () => {
  it('load', () => {
    const knowledge = loadKnowledge();
    expect(knowledge.member('openai#OpenAI', 'chat.completions.create')?.member.sink).toMatchObject({
      service: 'chat-completions',
    });
  });
});
