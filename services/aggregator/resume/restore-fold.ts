import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { dayEndMs } from '../count/block.ts'
import { BlockFold, HOUR_MS } from '../count/block-fold.ts'
import { Fingerprint } from '../count/fingerprint.ts'

/**
 * A block as its ledger row has it: enough to write the row again and to tell where the block ends, and nothing that a
 * further request could be added to.
 */
export function restoreFold(row: LedgerBlock): BlockFold {
  const fold = new BlockFold(row.firstOffset)
  fold.records = row.records
  fold.requests = row.requests
  fold.duplicates = row.duplicates
  fold.rejected = row.rejected
  fold.marks = row.marks
  fold.requestIds = row.requestIds
  fold.requestBytes = row.requestBytes
  fold.responseBytes = row.responseBytes
  fold.firstHour = hourOf(row.firstHourMs)
  fold.lastHour = hourOf(row.lastHourMs)
  fold.firstAppendTimeMs = row.firstAppendTimeMs
  fold.lastAppendTimeMs = row.lastAppendTimeMs
  if (row.firstAppendTimeMs !== null) fold.endMs = dayEndMs(row.firstAppendTimeMs)
  fold.fingerprint = Fingerprint.restore(row.fingerprint)
  return fold
}

function hourOf(timeMs: number | null): number | null {
  return timeMs === null ? null : timeMs / HOUR_MS
}
