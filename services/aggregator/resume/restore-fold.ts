import { dayEndMs } from '../count/block.ts'
import { BlockFold, HOUR_MS } from '../count/block-fold.ts'
import { Fingerprint } from '../count/fingerprint.ts'
import type { LedgerBlock } from './read-ledger.ts'

/**
 * A block as its ledger row has it: enough to write the row again and to tell where the block ends, and nothing that a
 * further request could be added to.
 */
export function restoreFold(row: LedgerBlock): BlockFold {
  const fold = new BlockFold(row.first_offset)
  fold.records = row.records
  fold.requests = row.requests
  fold.duplicates = row.duplicates
  fold.rejected = row.rejected
  fold.marks = row.marks
  fold.requestIds = row.request_ids
  fold.requestBytes = row.request_bytes
  fold.responseBytes = row.response_bytes
  fold.firstHour = hourOf(row.first_hour_ms)
  fold.lastHour = hourOf(row.last_hour_ms)
  fold.firstAppendTimeMs = row.first_append_time_ms
  fold.lastAppendTimeMs = row.last_append_time_ms
  if (row.first_append_time_ms !== null) fold.endMs = dayEndMs(row.first_append_time_ms)
  fold.fingerprint = Fingerprint.restore(row.fingerprint)
  return fold
}

function hourOf(timeMs: number | null): number | null {
  return timeMs === null ? null : timeMs / HOUR_MS
}
