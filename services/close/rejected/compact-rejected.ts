import { beginFold, placeOfBlock, readLastTurns } from '@forbruk/infra/ledger/rejected/fold-turns.ts'
import {
  deleteFolded,
  endFold,
  type FoldableBlock,
  foldBlock,
  readFirstHour,
  readFoldable,
  STORED_OF_BLOCK,
} from '@forbruk/infra/ledger/rejected/rejected-folds.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { rejectedEvents } from '@forbruk/infra/store/tables/rejected-events.ts'
import { type RejectedFold, rejectedSum } from '@forbruk/infra/store/tables/rejected-fold.ts'
import { omit, select, shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { chooseFolds, type Keeping } from './choose-folds.ts'
import { SUM_INDEX } from './coordinates.ts'
import { ANSWERED_WITH } from './read-rejected.ts'

type CompactOptions = {
  readonly store: Store
  readonly stream: string
  /** Of the tariff. */
  readonly timeZone: string
  readonly keeping: Keeping
  /** Says what would be done, and does nothing. */
  readonly isTrial: boolean
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

type Compacted = {
  readonly blocks: number
  /** Of rejected events by themselves: those that were there, and those that are left. */
  readonly rowsBefore: number
  readonly rowsAfter: number
  /** That stand in the place of the others. */
  readonly sums: number
}

/**
 * Adds up rejected events that are long settled, by reason, answered status, source, what became of them, and hour. All
 * that the gate, standing rules and the audit ask of them stays as it was; what goes is the single event, which nobody
 * can mend any more. Blocks are folded one by one and as a whole, so that what is killed halfway has folded some.
 */
export async function compactRejected(options: CompactOptions): Promise<Compacted> {
  const { store, stream, timeZone, keeping, isTrial, clock } = options
  const turns = await readLastTurns(store, stream)
  if (!isTrial) {
    for (const last of turns.values()) if (last.step === 'folded') await endFold(store, last, clock())
  }
  const foldable = await readFoldable(store, stream)
  const rowsBefore = foldable.reduce((sum, { rows }) => sum + rows, 0)
  const facts = {
    unsettled: new Map((await readUnsettled(store, stream)).map(row => [placeOfBlock(row), row])),
    closedMonths: await readClosed(store, stream),
    firstMs: await readFirstHour(store, stream),
  }
  const chosen = chooseFolds(foldable, facts, { ...keeping, timeZone, nowMs: clock() })
  let [sums, folded, blocks] = [0, 0, 0]
  for (const block of chosen) {
    const expected = await readSums(store, stream, block)
    // Of a block in which hardly any are alike nothing is won.
    if (expected.length * 2 > block.rows) continue
    const ofBlock = isTrial ? expected : await fold(options, block, turns.get(placeOfBlock(block)))
    if (ofBlock === null) continue
    sums += ofBlock.length
    folded += block.rows
    blocks += 1
  }
  if (!isTrial) await deleteFolded(store, stream)
  return { blocks, rowsBefore, rowsAfter: rowsBefore - folded, sums }
}

async function fold(
  { store, stream, clock }: CompactOptions,
  block: FoldableBlock,
  last: RejectedFold | undefined,
): Promise<readonly unknown[] | null> {
  const begun = await beginFold(store, { stream, ...block }, last, clock())
  const readSettled = async () => {
    const sums = await readSums(store, stream, block)
    return sums.some(({ state }) => state === 'mending') ? null : sums
  }
  return foldBlock(store, begun, block.rows, readSettled, clock)
}

/** Of each block, how many events are on their way, and how many nobody has settled. */
function readUnsettled(store: Store, stream: string) {
  return store.query(
    `SELECT partition, block, countIf(state = 'mending') AS mending, countIf(state = 'open') AS open
     FROM rejected_events WHERE stream = {stream:String} AND state IN ('mending', 'open')
     GROUP BY partition, block`,
    shapeOf({ partition: safeCount, block: safeCount, mending: safeCount, open: safeCount }),
    { stream },
  )
}

async function readClosed(store: Store, stream: string): Promise<ReadonlySet<string>> {
  const { list, shape } = select(monthCloses, 'month')
  const sql = `SELECT DISTINCT ${list} FROM month_closes WHERE is_latest AND stream = {stream:String}`
  return new Set((await store.query(sql, shape, { stream })).map(({ month }) => month))
}

const sum = select(omit(rejectedSum, 'foldId', 'stream', 'partition', 'block'))
/** Whatever differs in one of these is another row: what the gate, rules and people ask for. */
const ALIKE = [
  ...['reason', 'status', 'source', 'toStartOfHour(append_at)', 'toStartOfHour(first_time)'],
  ...['toStartOfHour(last_time)', 'state', 'state_reason', 'state_actor', 'mended_client_id'],
].join(', ')

function readSums(store: Store, stream: string, { partition, block }: FoldableBlock) {
  const sql = `
SELECT
    argMin(place.1, place) AS offset,
    argMin(place.2, place) + ${SUM_INDEX} AS event_index,
    min(append_at) AS append_time,
    min(first_time) AS event_time,
    max(last_time) AS event_time_last,
    reason,
    if(sum(stands_for) = 1, any(said), format('{} events of an hour; the first: {}', toString(sum(stands_for)),
        argMin(said, place))) AS detail,
    source,
    if(uniqExact(in_file) = 1, any(in_file), '') AS file,
    argMin(shape, place) AS excerpt,
    sum(bytes) AS record_bytes,
    sum(stands_for) AS events,
    sum(named) AS events_of_sources,
    state,
    state_reason,
    state_actor,
    mended_client_id
FROM
(
    SELECT
        (stored.offset, stored.event_index) AS place, stored.append_time AS append_at,
        stored.event_time AS first_time, stored.event_time_last AS last_time, stored.reason AS reason,
        stored.detail AS said, ${ANSWERED_WITH.replace('detail', 'stored.detail')} AS status, stored.source AS source,
        stored.file AS in_file, stored.excerpt AS shape, stored.record_bytes AS bytes, stored.events AS stands_for,
        stored.events_of_sources AS named, events.state AS state, events.state_reason AS state_reason,
        events.state_actor AS state_actor, events.mended_client_id AS mended_client_id
    FROM (${STORED_OF_BLOCK}) AS stored
    INNER JOIN
    (
        SELECT offset, event_index, state, state_reason, state_actor, mended_client_id FROM ${rejectedEvents.name}
        WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block = {block:UInt64}
    ) AS events USING (offset, event_index)
)
GROUP BY ${ALIKE}
ORDER BY offset, event_index`
  return store.query(sql, sum.shape, { stream, partition, block })
}
