import { describe, expect, it } from 'vitest';
import { ageOfFact, isOldFact } from './fact-age.js';

describe('the age of a fact', () => {
  it.each([
    ['2026-11-20', 2],
    ['2026-11', 21],
    ['2026', 325],
    ['2026-12-24', 0],
  ])('%s is %i days old on 22 November 2026', (asOf, days) => {
    expect(ageOfFact(asOf, '2026-11-22')).toBe(days);
  });

  it('is too high after ninety days', () => {
    expect(isOldFact('2026-08-24', '2026-11-22')).toBe(false);
    expect(isOldFact('2026-08-23', '2026-11-22')).toBe(true);
  });
});
