import { expect, test } from 'vitest'
import { findMisnamedTests } from './find-misnamed-tests.ts'
import { parseSource } from './source-files.ts'

const SUPPORT = [
  parseSource('test/support/process/run-forbruk.ts', "import { spawn } from 'node:child_process'"),
  parseSource(
    'test/support/close/month.ts',
    "import { openStore } from '@forbruk/infra/store/open-store.ts'",
  ),
  parseSource('infra/log/kafka/kafka-log.ts', "import { createKafkaClient } from './client.ts'"),
  parseSource('infra/log/open-event-log.ts', "const { openKafkaLog } = await import('./kafka/kafka-log.ts')"),
]

function faultsOf(path: string, text: string): string[] {
  return findMisnamedTests([...SUPPORT, parseSource(path, text)]).map(
    ({ line, message }) => `${line} ${message}`,
  )
}

test.each([
  ["import { fork } from 'node:child_process'", /^1 can reach a process \(node:child_process\)/],
  [
    "import '../../test/support/process/run-forbruk.ts'",
    /^1 can reach a process \(test\/support.* → node:child/,
  ],
  [
    "\nimport { a } from '../../test/support/close/month.ts'",
    /^2 can reach a store \(test\/support\/close\/month.ts →/,
  ],
  ["await import('chdb')", /^1 can reach a store/],
  [
    "import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'",
    /Kafka .*name the file .*\/a\.real\.test\.ts/,
  ],
])('a unit test with %s', (text, message) => {
  expect(faultsOf('services/close/a.test.ts', text)).toEqual([expect.stringMatching(message)])
  expect(faultsOf('services/close/a.real.test.ts', text)).toEqual([])
})

test.each([
  "import type { ChildProcess } from 'node:child_process'",
  "import { CompressionTypes } from 'kafkajs'",
  "import { type Store, StoreError } from '@forbruk/infra/store/store.ts'",
])('a real test with nothing but %s', text => {
  expect(faultsOf('services/close/a.test.ts', text)).toEqual([])
  expect(faultsOf('services/close/a.real.test.ts', text)).toEqual([
    expect.stringMatching(/^1 opens no store/),
  ])
})
