import type { Store } from '../../store/store.ts'
import { nullable, safeCount } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'

/** Which offsets of a partition the ledger vouches for. */
type Coverage = {
  readonly firstOffset: number
  readonly nextOffset: number
  /** The first place where a block doesn't begin where the one before ends, nor behind an accepted gap. */
  readonly brokenAt: { readonly endsAt: number; readonly resumesAt: number } | null
}

const SQL = `
SELECT
    partition,
    min(first_offset) AS covered_from,
    max(next_offset) AS covered_to,
    argMinOrNullIf(previous_next_offset, block, is_break) AS ends_at,
    argMinOrNullIf(first_offset, block, is_break) AS resumes_at
FROM
(
    SELECT
        partition,
        block,
        first_offset,
        next_offset,
        lagInFrame(next_offset) OVER w AS previous_next_offset,
        row_number() OVER w > 1 AND first_offset != previous_next_offset
            AND (partition, first_offset) NOT IN
                (SELECT partition, to_offset FROM accepted_gap FINAL WHERE stream = {stream:String}) AS is_break
    FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String})
    WINDOW w AS (PARTITION BY partition ORDER BY block ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
GROUP BY partition`

const rowShape = shapeOf({
  partition: safeCount,
  coveredFrom: safeCount,
  coveredTo: safeCount,
  endsAt: nullable(safeCount),
  resumesAt: nullable(safeCount),
})

/** By partition, of those that anything is stored of. */
export async function readCoverage(store: Store, stream: string): Promise<ReadonlyMap<number, Coverage>> {
  const rows = await store.query(SQL, rowShape, { stream })
  return new Map(
    rows.map(({ partition, coveredFrom, coveredTo, endsAt, resumesAt }) => {
      const brokenAt = endsAt === null || resumesAt === null ? null : { endsAt, resumesAt }
      return [partition, { firstOffset: coveredFrom, nextOffset: coveredTo, brokenAt }]
    }),
  )
}
