import { defineConfig } from 'vitest/config';
import { quickTests } from './test/support/quick-tests.ts';

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: quickTests(import.meta.dirname),
  },
});
