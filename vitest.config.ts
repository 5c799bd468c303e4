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
        test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: ['test/end-to-end/**'] },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: ['test/end-to-end/service.ts'],
        },
      },
    ],
  },
});
