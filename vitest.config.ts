import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/lab/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two cores, real servers, and promises measured in seconds: one file at a time.
    fileParallelism: false,
    // Each second try is told, and few are allowed: .ci/report.mjs.
    retry: process.env['CI'] ? 1 : 0,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: process.env['TEST_REPORT'] ?? 'test-report.json' }]]
      : ['default'],
  },
});
