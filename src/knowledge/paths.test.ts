import { describe, expect, it } from 'vitest';
import { pathSteps } from './paths.js';

describe('the steps of a path', () => {
  it.each([
    ['0', ['0']],
    ['0.messages[].content', ['0', 'messages', '[]', 'content']],
    ['1.integrations."Segment.io".apiHost', ['1', 'integrations', 'Segment.io', 'apiHost']],
    ['0."context.ip"', ['0', 'context.ip']],
    ['0[]."messages.0.content"[]', ['0', '[]', 'messages.0.content', '[]']],
    ['', []],
  ])('of %s', (path, steps) => {
    expect(pathSteps(path)).toEqual(steps);
  });
});
