import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** A test's name says what it takes: CONTRIBUTING.md has the rule, test/architecture holds each file to it. */
const REAL_TESTS = '**/*.real.test.ts'

export default defineConfig({
  test: {
    // The embedded ClickHouse holds one folder per process.
    pool: 'forks',
    // One more than there are cores, since tests wait a fifth of the time; each can take two gigabytes.
    maxWorkers: Math.min(availableParallelism() + 1, 6),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', REAL_TESTS],
          // What each would load anew is most of what they take; and a unit test leaves nothing behind.
          isolate: false,
          testTimeout: 30_000,
          // What fails in a second is known before minutes have gone by.
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: [REAL_TESTS],
          globalSetup: './test/support/kafka/global-setup.ts',
          testTimeout: 180_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
