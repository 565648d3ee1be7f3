import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { rangeParams, TOUCHES_RANGE } from '../blocks/range.ts'
import { readWordsOnSources } from './words-on-sources.ts'

/** A source that somebody said to wait for. */
export type ExpectedSource = {
  readonly source: string
  /** The first month that waits for it; null: every one. */
  readonly fromMonth: string | null
  /** Whether anything of it may be of the range. Blocks tell: where not even they may, there is nothing. */
  readonly mayHaveShipped: boolean
}

/** Of the range, or appended in it: an idle source gives marks. */
const MAY_BE_OF_RANGE = `
SELECT DISTINCT source FROM source_ledger WHERE stream = {stream:String} AND (partition, block) IN (
    SELECT partition, block FROM block_ledger FINAL
    WHERE stream = {stream:String} AND (
        ifNull(${TOUCHES_RANGE}, false)
        OR ifNull(first_append_time < fromUnixTimestamp64Milli({until_ms:Int64})
            AND ifNull(last_append_time, first_append_time) >= toDateTime({start:UInt32}, 'UTC'), true)
    )
)`

/** @param untilMs what was appended from then on says nothing of the range */
export async function readExpectedSources(
  store: Store,
  stream: string,
  range: PeriodRange,
  untilMs: number,
): Promise<ExpectedSource[]> {
  const { expectations } = await readWordsOnSources(store, stream)
  if (expectations.size === 0) return []
  const params = { stream, ...rangeParams(range), until_ms: untilMs }
  const rows = await store.query(MAY_BE_OF_RANGE, shapeOf({ source: text }), params)
  const present = new Set(rows.map(row => row.source))
  return [...expectations.values()].map(({ source, fromMonth }) => ({
    source,
    fromMonth,
    mayHaveShipped: present.has(source),
  }))
}
