import { setTimeout as wait } from 'node:timers/promises'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { bool, count64, safeCount } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { BLOCKS_OF_RANGE, IN_RANGE, rangeParams, TOUCHES_RANGE } from '../blocks/range.ts'
import { type Blocks, findUnrecognised, findUnsettled } from '../recognition/find-unsettled.ts'
import { readRecognition } from '../recognition/recognition.ts'
import { type ClientUse, readUses } from './usage.ts'

/** Every event of a partition below its `nextOffset` was counted. */
export type Cut = readonly { readonly partition: number; readonly nextOffset: number }[]

export type SettledUsage =
  | {
      readonly kind: 'settled'
      readonly usage: readonly ClientUse[]
      readonly cut: Cut
      /** Of the rules that usage of the range was counted by, the oldest; null without any. */
      readonly foldVersionMin: number | null
    }
  /** What ledger and usage disagree on, each as a sentence. */
  | { readonly kind: 'unsettled'; readonly examples: readonly string[] }

const TRIES_MAX = 5
const PAUSE_MS = 200
const EXAMPLES_MAX = 3

/**
 * The range's usage per client, integration and status class, at one cut of the log. Only figures that the ledger
 * vouches for are read: for each block that holds usage of the range, the rollup's sums (all hours) equal the ledger's,
 * before and after the usage is read. A block's sums only grow, so equal sums mean that nothing changed in between. And
 * repeated request ids must be settled in all these blocks: then every one of them is subtracted, once and for all.
 * Where an aggregator is at work on these blocks, it is tried again, at most 5 times.
 */
export async function readSettledUsage(
  store: Store,
  stream: string,
  range: PeriodRange,
): Promise<SettledUsage> {
  let examples: readonly string[] = []
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    if (attempt > 1) await wait(PAUSE_MS)
    const recognition = await readRecognition(store, stream)
    const before = await readBlocks(store, stream, range)
    const usage = await readUses(store, stream, range)
    const after = await readBlocks(store, stream, range)
    examples = [...findUnsettled(before, after), ...findUnrecognised(before.ofIds, recognition)]
    if (examples.length > 0) continue
    const { cut, foldVersionMin } = before
    return { kind: 'settled', usage, cut, foldVersionMin }
  }
  return { kind: 'unsettled', examples: examples.slice(0, EXAMPLES_MAX) }
}

const SUMS = {
  partition: safeCount,
  block: safeCount,
  requestsSum: count64,
  requestBytesSum: count64,
  responseBytesSum: count64,
}
/** The cut comes from the same snapshot as the ledger's sums. */
type BlocksAtCut = Blocks &
  Pick<Extract<SettledUsage, { kind: 'settled' }>, 'cut' | 'foldVersionMin'> & { readonly ofIds: Cut }

async function readBlocks(store: Store, stream: string, range: PeriodRange): Promise<BlocksAtCut> {
  const params = { stream, ...rangeParams(range) }
  const rows = await store.query(LEDGER_SQL, ledgerShape, params)
  const rollup = await store.query(ROLLUP_SQL, shapeOf(SUMS), params)
  const ledger = rows.filter(row => row.touches)
  return {
    cut: rows.filter(row => row.isLast).map(({ partition, nextOffset }) => ({ partition, nextOffset })),
    foldVersionMin: ledger.reduce<number | null>(
      (oldest, { foldVersion }) => Math.min(oldest ?? foldVersion, foldVersion),
      null,
    ),
    ledger,
    ofIds: ledger.filter(row => row.hasIds).map(({ partition, nextOffset }) => ({ partition, nextOffset })),
    rollup,
  }
}

const ledgerShape = shapeOf({
  ...SUMS,
  nextOffset: safeCount,
  foldVersion: safeCount,
  touches: bool,
  hasIds: bool,
  isLast: bool,
})

/** The blocks that hold usage of the range, and the last of each partition, whatever it holds. */
const LEDGER_SQL = `
SELECT partition, block, requests_sum, request_bytes_sum, response_bytes_sum, next_offset, fold_version, touches,
       has_ids, is_last
FROM
(
    SELECT
        partition,
        block,
        requests AS requests_sum,
        request_bytes AS request_bytes_sum,
        response_bytes AS response_bytes_sum,
        next_offset,
        fold_version,
        ifNull(${TOUCHES_RANGE}, 0) AS touches,
        ifNull(identities, 0) > 0 AS has_ids,
        block = max(block) OVER (PARTITION BY partition) AS is_last
    FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String})
)
WHERE touches OR is_last
ORDER BY partition, block`

const ROLLUP_SQL = `
SELECT
    partition,
    block,
    sum(requests) AS requests_sum,
    sum(request_bytes) AS request_bytes_sum,
    sum(response_bytes) AS response_bytes_sum
FROM usage_rollup FINAL
WHERE stream = {stream:String} AND (partition, block) IN
(
    SELECT partition, block FROM usage_rollup WHERE stream = {stream:String} AND ${IN_RANGE}
    UNION DISTINCT
    ${BLOCKS_OF_RANGE}
)
GROUP BY partition, block`
