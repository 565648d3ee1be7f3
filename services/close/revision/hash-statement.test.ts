import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { expect, test } from 'vitest'
import { activation, client, rate, registry, use } from '../../../test/support/close/registry-values.ts'
import { hashStatement } from './hash-statement.ts'

const known = registry([client('a')], [activation('a', 'shop')])
const statementOf = (...usage: Parameters<typeof rate>[0]) => {
  const [statement] = rate(usage, known).statements
  if (statement === undefined) throw new Error('client a has no statement')
  return statement
}

test('a statement on which all use counted has the hash that it had before statements said so', () => {
  const statement = statementOf(use('a', 'shop', 2n))
  const before = { ...statement, usage: statement.usage.map(({ notCounted: _, ...each }) => each) }
  expect(hashStatement(statement)).toBe(hashContent(before))
})

test('what did not count, and why, is content', () => {
  const hashes = (['2xx', '5xx', '429'] as const).map(statusClass =>
    hashStatement(
      statementOf(use('a', 'shop', 2n), use('a', 'web', 1n), use('a', 'shop', 1n, 0n, 0n, statusClass)),
    ),
  )
  expect(new Set(hashes).size).toBe(3)
})
