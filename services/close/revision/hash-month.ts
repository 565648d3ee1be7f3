import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { CloseException } from '@forbruk/schemas/statement/month-close.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import { hashStatement } from './hash-statement.ts'

type HashedMonth = {
  readonly month: string
  readonly statements: readonly Statement[]
  readonly exceptions: readonly CloseException[]
}

/**
 * Pure: the content hash of a close. The registry enters the hash through what it decides: names, payers, lines and
 * exceptions. An import that changes nothing in the month is no other content. That a month was forced stands on each
 * of its statements, and enters. Statement by statement, since a month's text may be longer than a string can be.
 */
export function hashMonth(
  { month, statements, exceptions }: HashedMonth,
  tariff: unknown,
  forcedReason: string | null,
): string {
  return hashContent({
    month,
    statements: statements.map(hashStatement),
    exceptions: exceptions.map(hashContent),
    tariff,
    forced: forcedReason,
  })
}
