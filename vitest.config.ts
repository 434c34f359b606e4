import { defineConfig } from 'vitest/config';

/** Vitest itself gives a poll one second, which a busy machine needs for itself now and then. */
const patience = { poll: { timeout: 30_000 } };

/**
 * What is printed goes straight out. On the way through vitest a line that comes in the last moment of a file is an
 * error of the whole run ("Closing rpc while onUserConsoleLog was pending").
 */
const disableConsoleIntercept = true;

/** `unit` runs everywhere in minutes; `slow` holds full-size networks; `e2e` drives the built studio in Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/**/*.slow.test.ts'],
          globalSetup: ['test/setup/models.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          pool: 'forks',
          disableConsoleIntercept,
          expect: patience,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['test/**/*.slow.test.ts'],
          globalSetup: ['test/setup/models.ts'],
          testTimeout: 900_000,
          hookTimeout: 300_000,
          pool: 'forks',
          disableConsoleIntercept,
          expect: patience,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/setup/studio.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // A browser on a busy machine; the end of `npm test` names each test that needed it.
          retry: 1,
          pool: 'forks',
          disableConsoleIntercept,
          expect: patience,
          fileParallelism: false,
        },
      },
    ],
  },
});
