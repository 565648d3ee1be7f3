import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type MendRow, rejectedMend } from '@forbruk/infra/store/tables/rejected-mend.ts'
import { select, toRow } from '@forbruk/infra/store/tables/table.ts'
import { type Coordinates, showCoordinates } from './coordinates.ts'

/** What is to be sent in place of a rejected event. */
export type Intent = {
  readonly at: Coordinates
  readonly requestId: string
  readonly toPartition: number
  /** It stands at no offset below. */
  readonly fromOffset: number
  readonly event: MendRow['event']
}

export type Signature = { readonly reason: string; readonly actor: string; readonly mendedAtMs: number }

type Step = MendRow['step']

async function readStep(store: Store, stream: string, at: Coordinates, step: Step): Promise<Intent | null> {
  const { list, shape } = select(rejectedMend, 'requestId', 'toPartition', 'toOffset', 'event')
  const { partition, offset, eventIndex } = at
  const [row] = await store.query(
    `SELECT ${list} FROM rejected_mend
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND offset = {offset:UInt64}
       AND event_index = {index:UInt32} AND step = {step:String}
     ORDER BY mended_at LIMIT 1`,
    shape,
    { stream, partition, offset, index: eventIndex, step },
  )
  if (row === undefined) return null
  const { requestId, toPartition, toOffset, event } = row
  return { at, requestId, toPartition, fromOffset: toOffset, event }
}

export function readIntent(store: Store, stream: string, at: Coordinates): Promise<Intent | null> {
  return readStep(store, stream, at, 'intended')
}

/** Records what is to be sent, once; answers what holds, which an earlier replay may have said otherwise. */
export function putIntent(store: Store, stream: string, intent: Intent, by: Signature): Promise<Intent> {
  return put(store, stream, 'intended', intent, by)
}

/** Records where the log has it. */
export async function putSent(
  store: Store,
  stream: string,
  intent: Intent,
  offset: number,
  mendedAtMs: number,
): Promise<void> {
  await put(store, stream, 'sent', { ...intent, fromOffset: offset }, { reason: '', actor: '', mendedAtMs })
}

function put(store: Store, stream: string, step: Step, intent: Intent, by: Signature): Promise<Intent> {
  const { at, requestId, toPartition, fromOffset, event } = intent
  const { partition, offset, eventIndex } = at
  const row = toRow(rejectedMend, {
    ...{ stream, partition, offset, eventIndex, step },
    requestId,
    clientId: event.clientId,
    toPartition,
    toOffset: fromOffset,
    event,
    ...by,
  })
  return putIfAbsent({
    store,
    table: rejectedMend.name,
    row,
    key: `${stream} ${showCoordinates(at)} ${step}`,
    read: () => readStep(store, stream, at, step),
  })
}
