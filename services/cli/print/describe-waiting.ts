import type { CloseResult } from '@forbruk/close/close.ts'
import { nameRevision } from '@forbruk/schemas/statement/announcement.ts'

/** Of revisions that are recorded and not announced. */
export function describeWaiting(
  { month, revision, contentHash }: Pick<CloseResult, 'month' | 'revision' | 'contentHash'>,
  revisions: readonly number[],
): string {
  const names = revisions.map(revision => `r${revision}`).join(', ')
  const seen = revision === null ? '' : ` --approve ${nameRevision(revision, contentHash)}`
  const verb = revisions.length === 1 ? 'waits' : 'wait'
  return `${month} ${names} ${verb} for approval: forbruk statements announce ${month}${seen}`
}
