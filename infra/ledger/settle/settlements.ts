import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { putIfAbsent } from '../../store/put-if-absent.ts'
import { quoteText } from '../../store/quote-sql.ts'
import type { Store } from '../../store/store.ts'
import { count64, safeCount, secondTime, text } from '../../store/tables/codec.ts'
import { select, shapeOf, type Values } from '../../store/tables/table.ts'
import { usageSettled, usageSettledDay } from '../../store/tables/usage-settled.ts'
import {
  type SettledMonth,
  type UsageSettlement,
  usageSettlement,
} from '../../store/tables/usage-settlement.ts'
import { SETTLED_ZONE } from './settled-month.ts'

/** What holds of a stream now. Null: nothing was ever settled. */
export async function readSettlement(store: Store, stream: string): Promise<UsageSettlement | null> {
  const { list, shape } = select(usageSettlement)
  const [row] = await store.query(
    `SELECT ${list} FROM usage_settlement WHERE stream = {stream:String} ORDER BY sequence DESC LIMIT 1`,
    shape,
    { stream },
  )
  return row ?? null
}

const COMPLETE = {
  partition: safeCount,
  block: safeCount,
  /** Where the next one begins. */
  nextBlock: safeCount,
  firstHourMs: secondTime,
  lastHourMs: secondTime,
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
}

/** A block behind which another begins: what it adds up to changes no more. Without usage its hours are 0. */
export type CompleteBlock = Values<typeof COMPLETE>

/** Those that begin at the cut or above, of each partition the first ones, in order. */
export function readCompleteBlocks(
  store: Store,
  stream: string,
  cut: readonly number[],
  perPartitionMax: number,
): Promise<CompleteBlock[]> {
  return store.query(
    `SELECT partition, block, next_block, ifNull(first_hour, toDateTime(0, 'UTC')) AS first_hour,
            ifNull(last_hour, toDateTime(0, 'UTC')) AS last_hour, requests, request_bytes, response_bytes
     FROM
     (
        SELECT *, leadInFrame(block) OVER (
            PARTITION BY partition ORDER BY block ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS next_block
        FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String} AND ${FROM_CUT})
     )
     WHERE next_block > 0
     ORDER BY partition, block LIMIT {max:UInt32} BY partition`,
    shapeOf(COMPLETE),
    { stream, from: cut, max: perPartitionMax },
  )
}

const FROM_CUT = 'block >= {from:Array(UInt64)}[partition + 1]'

/** Blocks from one cut to another, all of whose hours lie between two, both included. */
export type BlockRange = {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly firstHourMs: number
  readonly lastHourMs: number
}

const SUM = {
  partition: safeCount,
  block: safeCount,
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
}

/** What the rollup has of these blocks. */
export function readSumsOfBlocks(
  store: Store,
  stream: string,
  range: BlockRange,
): Promise<Values<typeof SUM>[]> {
  return store.query(
    `SELECT partition, block, sum(requests_of) AS requests, sum(request_bytes_of) AS request_bytes,
            sum(response_bytes_of) AS response_bytes
     FROM
     (
        SELECT partition, block, requests AS requests_of, request_bytes AS request_bytes_of,
               response_bytes AS response_bytes_of
        FROM ${rollupOf(stream, range)}
     )
     GROUP BY partition, block`,
    shapeOf(SUM),
  )
}

/** The first days of the months that these blocks have usage of. */
export async function readMonthsOfBlocks(store: Store, stream: string, range: BlockRange): Promise<string[]> {
  const rows = await store.query(
    `SELECT DISTINCT toStartOfMonth(hour, '${SETTLED_ZONE}') AS first_day
     FROM ${rollupOf(stream, range)} ORDER BY first_day`,
    shapeOf({ firstDay: usageSettled.columns.firstDay }),
  )
  return rows.map(row => row.firstDay)
}

/** A month of these blocks, beside what is settled of it; null: nothing is. */
type MonthToSettle = {
  readonly stream: string
  readonly firstDay: string
  readonly settlement: string
  readonly before: string | null
  readonly range: BlockRange
}

/** Adds up a month under a new settlement. Until somebody vouches for that, nobody reads it. */
export async function writeMonth(
  store: Pick<Store, 'command'>,
  { stream, firstDay, settlement, before, range }: MonthToSettle,
): Promise<void> {
  const rollup = rollupOf(stream, within(firstDay, range))
  const settledBefore = before === null ? 'false' : `settlement = toUUID(${quoteText(before)})`
  const under = `toUUID(${quoteText(settlement)}), ${quoteText(stream)}`
  const sums = 'sum(requests), sum(request_bytes), sum(response_bytes)'
  const figures = 'requests, request_bytes, response_bytes'
  const uses = 'client_id, integration_id, status_class'
  await store.command(`
INSERT INTO usage_settled
SELECT ${under}, client_id, toDate(${quoteText(firstDay)}), integration_id, status_class, ${sums}
FROM
(
    SELECT ${uses}, ${figures} FROM usage_settled WHERE ${settledBefore}
    UNION ALL
    SELECT ${uses}, ${figures} FROM ${rollup}
)
GROUP BY ${uses}`)
  await store.command(`
INSERT INTO usage_settled_day
SELECT ${under}, day, ${sums}
FROM
(
    SELECT day, ${figures} FROM usage_settled_day WHERE ${settledBefore}
    UNION ALL
    SELECT toDate(hour, '${SETTLED_ZONE}') AS day, ${figures} FROM ${rollup}
)
GROUP BY day`)
}

/** A subquery, of values that are ours and not a caller's. */
function rollupOf(stream: string, { from, to, firstHourMs, lastHourMs }: BlockRange): string {
  const at = (offsets: readonly number[]) => `CAST([${offsets.join(', ')}], 'Array(UInt64)')[partition + 1]`
  return `
(
    SELECT * FROM usage_rollup FINAL
    WHERE stream = ${quoteText(stream)} AND block >= ${at(from)} AND block < ${at(to)}
        AND hour >= toDateTime(${firstHourMs / 1_000}, 'UTC') AND hour <= toDateTime(${lastHourMs / 1_000}, 'UTC')
    SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
)`
}

const FIGURES = {
  rows: safeCount,
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
  contentHash: count64,
}
/** Rows are counted as well: two alike leave no trace in such a hash. */
const summed = (of: string) => `
count() AS rows, sum(requests_of) AS requests, sum(request_bytes_of) AS request_bytes,
sum(response_bytes_of) AS response_bytes,
groupBitXor(cityHash64(${of}, requests_of, request_bytes_of, response_bytes_of)) AS content_hash`
const USE = 'stream, toString(first_day), client_id, integration_id, toString(status_class)'
const DAY = 'stream, toString(day)'
const ROLLUP_SUMS = `sum(requests) AS requests_of, sum(request_bytes) AS request_bytes_of,
               sum(response_bytes) AS response_bytes_of`
const NAMED =
  'requests AS requests_of, request_bytes AS request_bytes_of, response_bytes AS response_bytes_of'

/** What stands of a month, and what rows that is. */
export type SettledSums = Omit<SettledMonth, 'firstDay' | 'settlement'>

/** What stands under settlements, of which those without any row are left out. */
export async function readWritten(
  store: Store,
  settlements: readonly string[],
): Promise<ReadonlyMap<string, SettledSums>> {
  return readUnder(store, settlements, usageSettled, USE)
}

/** The same of their days. */
export async function readWrittenDays(
  store: Store,
  settlements: readonly string[],
): Promise<ReadonlyMap<string, SettledSums>> {
  return readUnder(store, settlements, usageSettledDay, DAY)
}

async function readUnder(
  store: Store,
  settlements: readonly string[],
  { name, columns }: typeof usageSettled | typeof usageSettledDay,
  of: string,
): Promise<ReadonlyMap<string, SettledSums>> {
  const rows = await store.query(
    `SELECT settlement, ${summed(of)} FROM (SELECT *, ${NAMED} FROM ${name}) AS settled
     WHERE toString(settlement) IN {settlements:Array(String)} GROUP BY settlement`,
    shapeOf({ settlement: columns.settlement, ...FIGURES }),
    { settlements },
  )
  return new Map(rows.map(({ settlement, ...figures }) => [settlement, figures]))
}

/** What the rollup itself has of a month in these blocks, by use and by day: what must be settled of it. */
export async function addUpMonth(
  store: Store,
  stream: string,
  firstDay: string,
  range: BlockRange,
): Promise<{ readonly uses: SettledSums; readonly days: SettledSums }> {
  const rollup = rollupOf(stream, within(firstDay, range))
  const uses = `
SELECT stream, toDate(${quoteText(firstDay)}) AS first_day, client_id, integration_id, status_class, ${ROLLUP_SUMS}
FROM ${rollup} GROUP BY stream, client_id, integration_id, status_class`
  const days = `
SELECT stream, toDate(hour, '${SETTLED_ZONE}') AS day, ${ROLLUP_SUMS} FROM ${rollup} GROUP BY stream, day`
  return { uses: await sumOf(store, uses, USE), days: await sumOf(store, days, DAY) }
}

async function sumOf(store: Store, rows: string, of: string): Promise<SettledSums> {
  const [figures] = await store.query(`SELECT ${summed(of)} FROM (${rows})`, shapeOf(FIGURES))
  if (figures === undefined) throw new TypeError('expected one row of sums')
  return figures
}

function within(firstDay: string, range: BlockRange): BlockRange {
  const { startMs, endMs } = periodRange(parseBillingPeriod(firstDay.slice(0, 7)), SETTLED_ZONE)
  return {
    ...range,
    firstHourMs: Math.max(range.firstHourMs, startMs),
    lastHourMs: Math.min(range.lastHourMs, endMs - 1_000),
  }
}

/** Vouches for a settlement, as the next one of its stream. False: another has come first, and holds. */
export async function vouch(store: Store, settlement: UsageSettlement): Promise<boolean> {
  const { stream, sequence } = settlement
  const held = await putIfAbsent({
    store,
    table: usageSettlement,
    values: [settlement],
    key: `${stream}/${sequence}`,
    read: () => readNumbered(store, stream, sequence),
  })
  return isSame(held, settlement)
}

async function readNumbered(store: Store, stream: string, sequence: number): Promise<UsageSettlement | null> {
  const { list, shape } = select(usageSettlement)
  const [row] = await store.query(
    `SELECT ${list} FROM usage_settlement WHERE stream = {stream:String} AND sequence = {sequence:UInt64} LIMIT 1`,
    shape,
    { stream, sequence },
  )
  return row ?? null
}

function isSame(one: UsageSettlement, other: UsageSettlement): boolean {
  const ids = ({ months }: UsageSettlement) => months.map(month => month.settlement).join()
  return one.settledAtMs === other.settledAtMs && ids(one) === ids(other)
}

/**
 * Lets go what nobody reads any more: the settlements of a month before the last two, since a query that has just begun
 * may go by the one before; and what was never vouched for, a day later, since somebody may still be about to.
 */
export async function dropSuperseded(store: Store): Promise<void> {
  const parts = await store.query(SUPERSEDED, shapeOf({ table: text, partition: text }))
  for (const { table, partition } of parts)
    await store.command(`ALTER TABLE ${table} DROP PARTITION ${quoteText(partition)}`)
}

const SUPERSEDED = `
SELECT DISTINCT table, partition
FROM system.parts
WHERE database = currentDatabase() AND table IN ('usage_settled', 'usage_settled_day') AND active AND rows > 0
    AND partition NOT IN
    (
        SELECT toString(arrayJoin(months.settlement))
        FROM (SELECT months FROM usage_settlement ORDER BY sequence DESC LIMIT 2 BY stream)
    )
    AND
    (
        partition IN (SELECT toString(arrayJoin(months.settlement)) FROM usage_settlement)
        OR modification_time < now() - INTERVAL 1 DAY
    )
ORDER BY table, partition`
