import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { safeCount, text } from '../../store/tables/codec.ts'
import { shapeOf, type Values } from '../../store/tables/table.ts'
import { BLOCKS_OF_RANGE, rangeParams } from '../blocks/range.ts'

const SHARED = {
  source: text,
  otherSource: text,
  /** As it is called on the wire. */
  file: text,
  /** In partitions where both sources have sent as many of it and come as far. */
  events: safeCount,
}

/** A file that two sources have shipped: each of its requests is counted under both. */
export type SharedFile = Values<typeof SHARED>

/** Fewer may be of two files that begin alike. */
const EVENTS_OF_A_COPY = 8

/**
 * Files of two sources that have the same first line, and in a partition the same last line's byte position after as
 * many events: so they are one file, or copies. Files that only begin alike are none. With a range, those that may hold
 * usage of it.
 */
export function readSharedFiles(
  store: Store,
  stream: string,
  range: PeriodRange | null,
): Promise<SharedFile[]> {
  const sql = `
SELECT source, other_source, file, sum(events_of_file) AS events
FROM
(
    SELECT file, events_of_file, source, arrayJoin(sources) AS other_source
    FROM (SELECT file, events_of_file, sources, arrayJoin(sources) AS source FROM (${COPIES}))
)
WHERE source < other_source
${range === null ? '' : `AND file IN (${FILES_OF_RANGE})`}
GROUP BY source, other_source, file
HAVING events >= {eventsMin:UInt32}
ORDER BY source, other_source, file`
  const params = range === null ? {} : rangeParams(range)
  return store.query(sql, shapeOf(SHARED), { stream, eventsMin: EVENTS_OF_A_COPY, ...params })
}

/** The column is nowhere renamed: beside `forbruk up`, a `file` that could be the function of that name is refused. */
const COPIES = `
SELECT file, events_of_file, groupUniqArray(source) AS sources
FROM
(
    SELECT partition, source, file, max(high_position) AS high, max(events_so_far) AS events_of_file
    FROM source_ledger FINAL
    WHERE stream = {stream:String} AND file != ''
    GROUP BY partition, source, file
    HAVING events_of_file > 0
)
GROUP BY partition, file, high, events_of_file
HAVING length(sources) > 1`

const FILES_OF_RANGE = `
SELECT file FROM source_ledger WHERE stream = {stream:String} AND (partition, block) IN (${BLOCKS_OF_RANGE})`
