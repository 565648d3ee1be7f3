import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './test/support/kafka-global-setup.ts',
    // The embedded ClickHouse holds one folder per process.
    pool: 'forks',
    // Two cores: more files at once would only make every wait longer.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
})
