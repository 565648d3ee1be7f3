import { isDeepStrictEqual } from 'node:util'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type MendedRequest, rejectedMend } from '@forbruk/infra/store/tables/rejected-mend.ts'
import { type RowOf, select } from '@forbruk/infra/store/tables/table.ts'
import type { MendStep } from '@forbruk/schemas/event/rejected-state.ts'
import { type Coordinates, showCoordinates } from './coordinates.ts'

/** What is to be sent in place of a rejected event. */
export type Intent = {
  readonly at: Coordinates
  readonly requestId: string
  readonly toPartition: number
  /** It stands at no offset below. */
  readonly fromOffset: number
  readonly event: MendedRequest
}

type Signature = { readonly reason: string; readonly actor: string; readonly mendedAtMs: number }
type Place = { readonly stream: string; readonly step: MendStep }

/** Rows of so many offsets are put one after the other: whoever puts some next sees all that were put before. */
const OFFSETS_PER_SHELF = 10_000
const ROWS_PER_PUT_MAX = 1_000

type MendRow = RowOf<typeof rejectedMend>

const { list, shape } = select(rejectedMend)

/**
 * Records what is to be sent, each once; answers what holds, which an earlier replay may have said otherwise. By the
 * place of what was rejected.
 */
export function putIntents(
  store: Store,
  stream: string,
  intents: readonly Intent[],
  by: Signature,
): Promise<ReadonlyMap<string, Intent>> {
  return putAll(store, { stream, step: 'intended' }, intents, by)
}

/** Records where the log has them: an intent's offset is that by now. */
export async function putSent(
  store: Store,
  stream: string,
  sent: readonly Intent[],
  mendedAtMs: number,
): Promise<void> {
  await putAll(store, { stream, step: 'sent' }, sent, { reason: '', actor: '', mendedAtMs })
}

const { list: placeList, shape: placeShape } = select(rejectedMend, 'partition', 'offset', 'eventIndex')

/** Where rejected events of a source stand that were sent again, and are in the log as requests by now. */
export async function readMendedPlaces(
  store: Store,
  stream: string,
  source: string,
): Promise<ReadonlySet<string>> {
  const rows = await store.query(
    `SELECT DISTINCT ${placeList} FROM rejected_mend
     WHERE stream = {stream:String} AND step = 'sent' AND JSONExtractString(event, 'source') = {source:String}`,
    placeShape,
    { stream, source },
  )
  return new Set(rows.map(showCoordinates))
}

async function putAll(
  store: Store,
  place: Place,
  intents: readonly Intent[],
  by: Signature,
): Promise<ReadonlyMap<string, Intent>> {
  const held = new Map<string, Intent>()
  const shelves = Map.groupBy(
    intents,
    ({ at }) => `${at.partition}/${Math.floor(at.offset / OFFSETS_PER_SHELF)}`,
  )
  for (const [shelf, ofShelf] of shelves) {
    const rows = await putOnShelf(
      store,
      shelf,
      ofShelf.map(intent => toRow(place, intent, by)),
    )
    for (const { at } of ofShelf) {
      const row = rows.get(showCoordinates(at))
      if (row !== undefined) held.set(showCoordinates(at), toIntent(row))
    }
  }
  return held
}

/**
 * All of a shelf's rows that there are, with these among them. A key says how many were there before, so of two that
 * put some at a time one comes first, and the other looks again at what is still to be put.
 */
async function putOnShelf(
  store: Store,
  shelf: string,
  wanted: readonly MendRow[],
): Promise<ReadonlyMap<string, MendRow>> {
  const [first] = wanted
  if (first === undefined) return new Map()
  for (;;) {
    const before = await readShelf(store, first)
    const missing = wanted.filter(row => !before.has(showCoordinates(row))).slice(0, ROWS_PER_PUT_MAX)
    if (missing.length === 0) return before
    await putIfAbsent({
      store,
      table: rejectedMend,
      values: missing,
      key: `${first.stream} ${shelf} ${first.step} after ${before.size}`,
      read: async () => {
        const now = await readShelf(store, first)
        return now.size > before.size ? now : null
      },
      isOurs: now => missing.every(row => isDeepStrictEqual(now.get(showCoordinates(row)), row)),
    })
  }
}

async function readShelf(
  store: Store,
  { stream, step, partition, offset }: MendRow,
): Promise<ReadonlyMap<string, MendRow>> {
  const from = Math.floor(offset / OFFSETS_PER_SHELF) * OFFSETS_PER_SHELF
  const rows = await store.query(
    `SELECT ${list} FROM rejected_mend
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND step = {step:String}
       AND offset >= {from:UInt64} AND offset < {to:UInt64}
     ORDER BY mended_at
     LIMIT 1 BY partition, offset, event_index`,
    shape,
    { stream, partition, step, from, to: from + OFFSETS_PER_SHELF },
  )
  return new Map(rows.map(row => [showCoordinates(row), row]))
}

function toRow({ stream, step }: Place, intent: Intent, by: Signature): MendRow {
  const { at, requestId, toPartition, fromOffset: toOffset, event } = intent
  const { clientId } = event
  const { partition, offset, eventIndex } = at
  const what = { requestId, clientId, toPartition, toOffset, event }
  return { stream, partition, offset, eventIndex, step, ...what, ...by }
}

function toIntent({ partition, offset, eventIndex, toOffset: fromOffset, ...row }: MendRow): Intent {
  const { requestId, toPartition, event } = row
  return { at: { partition, offset, eventIndex }, requestId, toPartition, fromOffset, event }
}
