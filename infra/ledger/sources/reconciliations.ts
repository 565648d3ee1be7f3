import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { type Reconciliation, sourceReconciliation } from '../../store/tables/source-reconciliation.ts'
import { select } from '../../store/tables/table.ts'

/** What was compared of the range or a part of it, by source and time; of one source and time what was said last. */
export async function readReconciliations(
  store: Store,
  stream: string,
  { startMs, endMs }: PeriodRange,
): Promise<Reconciliation[]> {
  const { list, shape } = select(sourceReconciliation)
  const rows = await store.query(
    `SELECT ${list} FROM source_reconciliation
     WHERE stream = {stream:String} AND from_time < fromUnixTimestamp64Milli({end_ms:Int64})
         AND to_time > fromUnixTimestamp64Milli({start_ms:Int64})
     ORDER BY source, from_time, to_time, reconciled_at`,
    shape,
    { stream, start_ms: startMs, end_ms: endMs },
  )
  return rows.filter(row => !rows.some(other => standsFor(other, row)))
}

/** A newer word on all of the time that an older one is of. */
function standsFor(newer: Reconciliation, older: Reconciliation): boolean {
  return (
    newer.source === older.source &&
    newer.reconciledAtMs > older.reconciledAtMs &&
    newer.fromTimeMs <= older.fromTimeMs &&
    newer.toTimeMs >= older.toTimeMs
  )
}
