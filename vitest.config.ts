import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'rules/**/*.test.ts',
      'fixtures/*.test.ts',
      'conformance/*.test.ts',
      'test/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The end-to-end tests start processes of their own.
    maxWorkers: 2,
  },
});
