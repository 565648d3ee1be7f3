import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '@forbruk/infra/store/store.ts'
import { storedBigint, storedCount } from '@forbruk/infra/store/stored-number.ts'
import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { z } from 'zod'
import { CloseRefusedError } from '../gate/refusal.ts'
import type { UsageRow } from './usage.ts'

/** Every event of a partition below its `nextOffset` was counted. */
export type Cut = readonly { readonly partition: number; readonly nextOffset: number }[]
export type UsageReading = { readonly usage: readonly UsageRow[]; readonly cut: Cut }

const TRIES_MAX = 5
const PAUSE_MS = 200
const EXAMPLES_MAX = 3

/**
 * The month's usage per client, integration and status class, at one cut of the log. Only figures that the block ledger vouches for
 * are read: for each block that holds usage of the month, the rollup's sums (all hours) equal the ledger's, before and
 * after the usage is read. A block's sums only grow, so equal sums mean that nothing changed in between. Where an
 * aggregator is at work on the month's blocks, it is tried again, at most 5 times. Throws CloseRefusedError.
 */
export async function readUsage(
  store: Store,
  stream: string,
  month: string,
  { startMs, endMs }: PeriodRange,
): Promise<UsageReading> {
  const params = { stream, start: startMs / 1000, end: endMs / 1000 }
  let examples: readonly string[] = []
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    if (attempt > 1) await wait(PAUSE_MS)
    const before = await readBlocks(store, params)
    const usage = await store.query(USAGE_SQL, usageShape, params)
    const after = await readBlocks(store, params)
    examples = findUnsettled(before, after)
    if (examples.length === 0) return { usage, cut: before.cut }
  }
  throw new CloseRefusedError(month, [
    { kind: 'figures_unsettled', examples: examples.slice(0, EXAMPLES_MAX) },
  ])
}

type Params = { readonly stream: string; readonly start: number; readonly end: number }

/** `sums` is the block's requests, request bytes and response bytes as text; equal text, equal figures. */
export type BlockSums = { readonly partition: number; readonly block: number; readonly sums: string }
export type Blocks = { readonly ledger: readonly BlockSums[]; readonly rollup: readonly BlockSums[] }
/** The cut comes from the same snapshot as the ledger's sums. */
type BlocksAtCut = Blocks & { readonly cut: Cut }

async function readBlocks(store: Store, params: Params): Promise<BlocksAtCut> {
  const rows = await store.query(LEDGER_SQL, ledgerShape, params)
  const rollup = await store.query(ROLLUP_SQL, sumsShape, params)
  return {
    cut: rows.filter(row => row.isLast).map(({ partition, nextOffset }) => ({ partition, nextOffset })),
    ledger: rows.filter(row => row.touchesMonth),
    rollup,
  }
}

/** Pure: blocks whose figures differ between ledger and rollup, or between the two readings, each as a sentence. */
export function findUnsettled(before: Blocks, after: Blocks): string[] {
  const columns = [before.ledger, before.rollup, after.ledger, after.rollup].map(
    blocks =>
      new Map(blocks.map(({ partition, block, sums }) => [`partition ${partition}, block ${block}`, sums])),
  )
  const names = new Set(columns.flatMap(column => [...column.keys()]))
  return [...names].flatMap(name => {
    const [ledger = 'nothing', rollup = 'nothing', ledgerAfter = 'nothing', rollupAfter = 'nothing'] =
      columns.map(column => column.get(name))
    if (ledgerAfter !== rollupAfter) return [`${name}: ledger ${ledgerAfter}, usage ${rollupAfter}`]
    if (ledger !== rollup || ledger !== ledgerAfter) return [`${name}: changed while it was read`]
    return []
  })
}

const sumsColumns = {
  partition: storedCount,
  block: storedCount,
  requests_sum: z.string(),
  request_bytes_sum: z.string(),
  response_bytes_sum: z.string(),
}
const sumsShape = z.object(sumsColumns).transform(toBlockSums)
const ledgerShape = z
  .object({ ...sumsColumns, next_offset: storedCount, touches_month: z.int(), is_last: z.int() })
  .transform(row => ({
    ...toBlockSums(row),
    nextOffset: row.next_offset,
    touchesMonth: row.touches_month === 1,
    isLast: row.is_last === 1,
  }))

function toBlockSums(row: z.output<z.ZodObject<typeof sumsColumns>>): BlockSums {
  const bytes = `${row.request_bytes_sum} + ${row.response_bytes_sum} bytes`
  return { partition: row.partition, block: row.block, sums: `${row.requests_sum} requests, ${bytes}` }
}

const IN_MONTH = `hour >= toDateTime({start:UInt32}, 'UTC') AND hour < toDateTime({end:UInt32}, 'UTC')`
const TOUCHES_MONTH = `first_hour < toDateTime({end:UInt32}, 'UTC') AND last_hour >= toDateTime({start:UInt32}, 'UTC')`

/** The blocks that hold usage of the month, and the last of each partition, whatever it holds. */
const LEDGER_SQL = `
SELECT partition, block, requests_sum, request_bytes_sum, response_bytes_sum, next_offset, touches_month, is_last
FROM
(
    SELECT
        partition,
        block,
        requests AS requests_sum,
        request_bytes AS request_bytes_sum,
        response_bytes AS response_bytes_sum,
        next_offset,
        ifNull(${TOUCHES_MONTH}, 0) AS touches_month,
        block = max(block) OVER (PARTITION BY partition) AS is_last
    FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String})
)
WHERE touches_month OR is_last
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
    SELECT partition, block FROM usage_rollup WHERE stream = {stream:String} AND ${IN_MONTH}
    UNION DISTINCT
    SELECT partition, block FROM block_ledger FINAL WHERE stream = {stream:String} AND ${TOUCHES_MONTH}
)
GROUP BY partition, block`

const usageShape: z.ZodType<UsageRow> = z
  .object({
    client_id: z.string(),
    integration_id: z.string(),
    status_class: z.enum(STATUS_CLASSES),
    requests_sum: storedBigint,
    request_bytes_sum: storedBigint,
    response_bytes_sum: storedBigint,
  })
  .transform(row => ({
    clientId: row.client_id,
    integrationId: row.integration_id,
    statusClass: row.status_class,
    requests: row.requests_sum,
    requestBytes: row.request_bytes_sum,
    responseBytes: row.response_bytes_sum,
  }))

const USAGE_SQL = `
SELECT
    client_id,
    integration_id,
    status_class,
    sum(requests) AS requests_sum,
    sum(request_bytes) AS request_bytes_sum,
    sum(response_bytes) AS response_bytes_sum
FROM usage_rollup FINAL
WHERE stream = {stream:String} AND ${IN_MONTH}
GROUP BY client_id, integration_id, status_class
ORDER BY client_id, integration_id, status_class`
