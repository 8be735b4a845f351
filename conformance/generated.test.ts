/** generated/ is what its generator writes today. */
import { describe, expect, it } from 'vitest';
import { canGenerate, generatePrismaClient, keptPrismaClient } from './generated.mjs';

describe('conformance/generated/prisma-client', () => {
  it.skipIf(!canGenerate())(
    'is what the installed Prisma generates (skipped without npm ci --prefix conformance; else: npm run conformance -- --update)',
    () => {
      expect(generatePrismaClient()).toBe(keptPrismaClient());
    },
    60_000,
  );
});
