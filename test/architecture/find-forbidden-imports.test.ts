import { expect, test } from 'vitest'
import { findForbiddenImports } from './find-forbidden-imports.ts'
import { parseSource } from './source-files.ts'

const OTHERS = [
  parseSource('services/close/close.ts', ''),
  parseSource('infra/log/event-log.ts', 'export const a = 1'),
  parseSource('infra/log/open-event-log.ts', "import { a } from './kafka/kafka-log.ts'"),
  parseSource('infra/log/kafka/kafka-log.ts', "import { a } from './client.ts'"),
]

function importsOf(path: string, text: string): string[] {
  return findForbiddenImports([...OTHERS, parseSource(path, text)]).map(({ message }) => message)
}

test.each([
  ['services/close/rate.ts', "import { a } from '@forbruk/aggregator/count/block-fold.ts'"],
  ['services/close/rate.ts', "import { a } from '../aggregator/fold.ts'"],
  ['services/close/rate.ts', "import type { A } from '../aggregator/fold.ts'"],
  ['services/close/rate.ts', "export { a } from '../aggregator/fold.ts'"],
  ['infra/log/kafka.ts', "import { a } from '@forbruk/close/close.ts'"],
  ['schemas/wire/decode.ts', "import { a } from '@forbruk/infra/log/event-log.ts'"],
  ['schemas/wire/decode.ts', "const a = await import('../../infra/log/kafka/kafka-log.ts')"],
])('against the direction: %s with %s', (path, text) => {
  expect(importsOf(path, text)).toEqual([
    expect.stringMatching(/^imports .* Expected schemas to import nothing/),
  ])
})

test.each([
  ['services/alerts/a.ts', "import { Kafka } from 'kafkajs'"],
  ['infra/runtime/a.ts', "import type { Kafka } from 'kafkajs'"],
  ['services/close/a.ts', "await import('chdb/connection')"],
  ['infra/log/sqlite/a.ts', "import { createClient } from '@clickhouse/client'"],
])('a stranger: %s with %s', (path, text) => {
  expect(importsOf(path, text)).toEqual([
    expect.stringMatching(/^imports .* Expected only infra\/.* to know it/),
  ])
})

test.each([
  [
    'services/close/rating/a.ts',
    "import { a } from '../close.ts'",
    /Expected a step to know nothing of the folder above/,
  ],
  [
    'services/close/rating/deep/a.ts',
    "import { a } from '../../close.ts'",
    /Expected a step to know nothing/,
  ],
  [
    'infra/log/kafka/client.ts',
    "import { a } from '../open-event-log.ts'",
    /lead back into infra\/log\/kafka/,
  ],
])('back to the parent folder: %s with %s', (path, text, message) => {
  expect(importsOf(path, text)).toEqual([expect.stringMatching(message)])
})

test.each([
  ['services/close/rate.ts', "import { a } from '@forbruk/infra/store/store.ts'"],
  ['services/close/rating/a.ts', "import { a } from '../gate/gate.ts'"],
  ['services/close/a.ts', "import { a } from './gate/gate.ts'"],
  ['services/cli/main.ts', "import { a } from '@forbruk/aggregator/run/aggregate.ts'"],
  ['infra/log/kafka/client.ts', "import { Kafka } from 'kafkajs'\nimport { a } from '../event-log.ts'"],
  ['services/close/close.real.test.ts', "import { a } from '@forbruk/aggregator/run/aggregate.ts'"],
  ['services/close/rate.ts', "const text = `import { a } from '../aggregator/fold.ts'`"],
])('allowed: %s with %s', (path, text) => {
  expect(importsOf(path, text)).toEqual([])
})
