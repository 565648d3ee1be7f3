import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { AcceptedCause, Change } from '@forbruk/schemas/statement/month-close.ts'
import type { StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import type { Revision } from './read-revision.ts'

const HASH_CHARACTERS = 12

/**
 * Pure: what one cause changes of a recorded revision, by a name that no other difference has: a person who accepts it
 * accepts what they were shown, and nothing that came after.
 */
export function nameDifference(
  { month, revision, contentHash }: Pick<Revision, 'month' | 'revision' | 'contentHash'>,
  change: Change & { readonly cause: AcceptedCause },
  adjustments: readonly StatementAdjustment[],
): string {
  const parts = adjustments.flatMap(({ causes, clientId, payerId, item, integrationId, occurrence }) =>
    causes
      .filter(({ cause }) => cause === change.cause)
      .map(part => ({ clientId, payerId, item, integrationId, occurrence, ...part })),
  )
  const hash = hashContent({ month, revision, contentHash, change, parts: parts.map(hashContent) })
  return `${change.cause}:${hash.slice(0, HASH_CHARACTERS)}`
}
