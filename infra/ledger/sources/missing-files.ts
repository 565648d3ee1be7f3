import type { Store } from '../../store/store.ts'
import { safeCount, text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'

/** A file of a source of which fewer events arrived than its marks promise. */
type MissingFile = {
  readonly file: string
  /** The last mark's. */
  readonly format: string
  /** Of its last mark. */
  readonly lastPosition: number
  readonly missing: number
  /** Of the log, which holds the mark. */
  readonly partition: number
}

const SQL = `
SELECT file, partition, max(format) AS format, max(mark_position) AS last_position,
       argMax(mark_events_total, mark_position) AS promised, argMax(events_at_mark, mark_position) AS arrived,
       promised - arrived AS missing
FROM (SELECT * FROM source_ledger FINAL)
WHERE stream = {stream:String} AND source = {source:String} AND file != ''
GROUP BY file, partition
HAVING promised > arrived
ORDER BY file, partition`

/** By name and partition of the log. */
export function readMissingFiles(store: Store, stream: string, source: string): Promise<MissingFile[]> {
  const shape = shapeOf({
    file: text,
    partition: safeCount,
    format: text,
    lastPosition: safeCount,
    promised: safeCount,
    arrived: safeCount,
    missing: safeCount,
  })
  return store.query(SQL, shape, { stream, source })
}
