import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type MendedRequest, rejectedMend } from '@forbruk/infra/store/tables/rejected-mend.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
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

const { list, shape } = select(rejectedMend, 'requestId', 'toPartition', 'toOffset', 'event')

async function readStep(
  store: Store,
  stream: string,
  at: Coordinates,
  step: MendStep,
): Promise<Intent | null> {
  const sql = `
SELECT ${list}
FROM rejected_mend
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND offset = {offset:UInt64}
    AND event_index = {index:UInt32} AND step = {step:String}
ORDER BY mended_at
LIMIT 1`
  const params = { stream, partition: at.partition, offset: at.offset, index: at.eventIndex, step }
  const [row] = await store.query(sql, shape, params)
  if (row === undefined) return null
  const { toOffset: fromOffset, ...mend } = row
  return { at, fromOffset, ...mend }
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

function put(store: Store, stream: string, step: MendStep, intent: Intent, by: Signature): Promise<Intent> {
  const { at, requestId, toPartition, fromOffset: toOffset, event } = intent
  const { clientId } = event
  const { partition, offset, eventIndex } = at
  const what = { requestId, clientId, toPartition, toOffset, event }
  return putIfAbsent({
    store,
    table: rejectedMend,
    values: [{ stream, partition, offset, eventIndex, step, ...what, ...by }],
    key: `${stream} ${showCoordinates(at)} ${step}`,
    read: () => readStep(store, stream, at, step),
  })
}
