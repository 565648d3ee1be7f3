import { LIMITS_OF_BLOCKS } from '@forbruk/infra/ledger/blocks/range.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { nullable, safeCount, text, time } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'

/** Which are to be read again. Null: whichever. */
export type UnreadFilter = {
  readonly reason: string | null
  readonly source: string | null
  readonly partition: number | null
  /** Those that may belong to this month. */
  readonly range: PeriodRange | null
}

const UNREAD = {
  partition: safeCount,
  offset: safeCount,
  eventIndex: safeCount,
  reason: text,
  source: text,
  file: text,
  linePosition: safeCount,
  lineBytes: safeCount,
  excerpt: text,
  detail: text,
  appendTimeMs: time,
  /** Of the block that it was rejected in; null where there are no limits. */
  pastMaxMs: nullable(safeCount),
  aheadMaxMs: nullable(safeCount),
}
/** A line that could not be read, or not believed, with what was kept of it. */
export type UnreadLine = Values<typeof UNREAD>

/** In the order in which lines are read again. */
export type UnreadPlace = Pick<
  UnreadLine,
  'source' | 'file' | 'linePosition' | 'partition' | 'offset' | 'eventIndex'
>

const shape = shapeOf(UNREAD)

const SQL = `
SELECT
    rejected.partition AS partition, offset, event_index, reason, source, file, position AS line_position,
    record_bytes AS line_bytes, excerpt, detail, append_time, blocks.past_max_ms AS past_max_ms,
    blocks.ahead_max_ms AS ahead_max_ms
FROM
(
    SELECT * FROM rejected_events
    WHERE state IN ('open', 'mending') AND events = 1 AND file != '' AND position IS NOT NULL
        AND ({reason:String} = '' OR reason = {reason:String})
        AND (NOT {of_source:Bool} OR source = {source:String})
        AND ({in_partition:Int64} < 0 OR partition = {in_partition:Int64})
        AND (source, file, assumeNotNull(position), partition, offset, event_index)
            > ({after_source:String}, {after_file:String}, {after_position:UInt64}, {after_partition:UInt32},
               {after_offset:UInt64}, {after_index:UInt32})
        AND `

/**
 * Lines that were rejected, are neither mended nor waived, and stand in a file or in a shipper's topic: in the order in
 * which they stand there. From the one after `after` on, at most so many.
 */
export async function findUnread(
  store: Store,
  stream: string,
  { reason, source, partition, range }: UnreadFilter,
  after: UnreadPlace | null,
  rowsMax: number,
): Promise<UnreadLine[]> {
  const inMonth = range === null ? 'stream = {stream:String}' : MAY_BELONG_TO_MONTH
  return store.query(
    `${SQL} ${inMonth}
) AS rejected
LEFT JOIN (${LIMITS_OF_BLOCKS}) AS blocks
    ON rejected.partition = blocks.partition AND rejected.block = blocks.block
ORDER BY source, file, line_position, partition, offset, event_index
LIMIT {rows_max:UInt32}`,
    shape,
    {
      ...(range === null ? { stream } : monthParams(stream, range)),
      reason: reason ?? '',
      of_source: source !== null,
      source: source ?? '',
      in_partition: partition ?? -1,
      after_source: after?.source ?? '',
      after_file: after?.file ?? '',
      after_position: after?.linePosition ?? 0,
      after_partition: after?.partition ?? 0,
      after_offset: after?.offset ?? 0,
      after_index: after?.eventIndex ?? 0,
      rows_max: rowsMax,
    },
  )
}
