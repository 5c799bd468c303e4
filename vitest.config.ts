import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Two workers on two cores: processes under test need room beside the tests.
    maxWorkers: 2,
    // Only for what hangs: on a busy machine the longest take minutes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'application', include: ['test/**/*.test.ts'], exclude: ['test/end-to-end/**'] },
      },
      { extends: true, test: { name: 'local', include: ['local/test/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'proving', include: ['proving/**/*.test.ts'], exclude: ['proving/end-to-end/**'] },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          // One running service for all of them.
          include: ['test/end-to-end/**/*.test.ts', 'proving/end-to-end/**/*.test.ts'],
          globalSetup: ['test/end-to-end/service.ts'],
        },
      },
    ],
  },
});
