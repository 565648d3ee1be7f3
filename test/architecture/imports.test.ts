import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findForbiddenImports } from './forbidden-imports.ts'

const root = new URL('../../', import.meta.url)
const listed = execFileSync(
  'git',
  ['ls-files', '-z', '-co', '--exclude-standard', 'schemas', 'infra', 'services'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
const files = listed.split('\0').filter(path => path.endsWith('.ts'))

test('services import schemas and infra only, and never each other; infra imports schemas; schemas nothing of ours', () => {
  expect(files.length).toBeGreaterThan(30)
  const forbidden = files.flatMap(path =>
    findForbiddenImports(path, readFileSync(new URL(path, root), 'utf8')),
  )
  expect(forbidden).toEqual([])
})

test('only infra/log speaks to kafkajs, and only infra/store to ClickHouse', () => {
  const owners: Record<string, string> = {
    kafkajs: 'infra/log/',
    chdb: 'infra/store/',
    '@clickhouse/client': 'infra/store/',
  }
  const strangers = files.flatMap(path => {
    const text = readFileSync(new URL(path, root), 'utf8')
    return Object.entries(owners)
      .filter(([library, owner]) => !path.startsWith(owner) && new RegExp(`from '${library}['/]`).test(text))
      .map(([library]) => `${path} imports ${library}`)
  })
  expect(strangers).toEqual([])
})

test.each([
  ['services/close/rate.ts', "import { a } from '@forbruk/aggregator/count/open-block.ts'", 1],
  ['services/close/rate.ts', "import { a } from '../aggregator/fold.ts'", 1],
  ['services/close/rate.ts', "import { a } from '@forbruk/infra/store/store.ts'", 0],
  ['services/close/deep/rate.ts', "import { a } from '../gate.ts'", 0],
  ['services/cli/main.ts', "import { a } from '@forbruk/aggregator/run/aggregate.ts'", 0],
  ['infra/log/kafka.ts', "import { a } from '@forbruk/close/close.ts'", 1],
  ['schemas/wire/decode.ts', "import { a } from '@forbruk/infra/log/event-log.ts'", 1],
  ['schemas/wire/decode.ts', "const a = await import('../../infra/log/kafka/kafka-log.ts')", 1],
])('%s with %s has %i forbidden imports', (path, text, count) => {
  expect(findForbiddenImports(path, text)).toHaveLength(count)
})
