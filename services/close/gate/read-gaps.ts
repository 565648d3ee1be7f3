import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import { z } from 'zod'

/** Offsets [fromOffset, toOffset) that an operator gave up, because the log had lost what counting them takes. */
export type GapFacts = {
  readonly partition: number
  readonly fromOffset: number
  readonly toOffset: number
  readonly reason: string
  /** When the last record before it and the first behind it were appended; null: not known. */
  readonly sinceMs: number | null
  readonly untilMs: number | null
}

const gapShape: z.ZodType<GapFacts> = z
  .object({
    partition: storedCount,
    from_offset: storedCount,
    to_offset: storedCount,
    reason: z.string(),
    since_ms: storedCount.nullable(),
    until_ms: storedCount.nullable(),
  })
  .transform(row => ({
    partition: row.partition,
    fromOffset: row.from_offset,
    toOffset: row.to_offset,
    reason: row.reason,
    sinceMs: row.since_ms,
    untilMs: row.until_ms,
  }))

const SQL = `
SELECT
    partition,
    from_offset,
    to_offset,
    reason,
    toUnixTimestamp64Milli(before.last_append_time) AS since_ms,
    toUnixTimestamp64Milli(behind.first_append_time) AS until_ms
FROM (SELECT * FROM accepted_gap FINAL WHERE stream = {stream:String}) AS gap
LEFT JOIN
(
    SELECT partition, next_offset AS from_offset, last_append_time
    FROM block_ledger FINAL
    WHERE stream = {stream:String} AND next_offset > first_offset
) AS before USING (partition, from_offset)
LEFT JOIN
(
    SELECT partition, first_offset AS to_offset, first_append_time
    FROM block_ledger FINAL
    WHERE stream = {stream:String}
) AS behind USING (partition, to_offset)
ORDER BY partition, from_offset`

export function readGaps(store: Store, stream: string): Promise<GapFacts[]> {
  return store.query(SQL, gapShape, { stream })
}

/** Whether events of the month may have been lost in it: what was appended until the grace's end belongs to the month. */
export function mayTouch(gap: GapFacts, startMs: number, graceEndMs: number): boolean {
  const isLater = gap.sinceMs !== null && gap.sinceMs >= graceEndMs
  const isEarlier = gap.untilMs !== null && gap.untilMs < startMs
  return !isLater && !isEarlier
}
