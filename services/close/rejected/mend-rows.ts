import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { z } from 'zod'
import { type Coordinates, showCoordinates } from './coordinates.ts'

/** What is to be sent in place of a rejected event. */
export type Intent = {
  readonly at: Coordinates
  readonly requestId: string
  readonly toPartition: number
  /** It stands at no offset below. */
  readonly fromOffset: number
  readonly event: RequestEvent
}

export type Signature = { readonly reason: string; readonly actor: string; readonly mendedAtMs: number }

const eventShape: z.ZodType<RequestEvent> = z.object({
  kind: z.literal('request'),
  source: z.string(),
  identity: z.object({ kind: z.literal('request_id'), id: z.string() }),
  clientId: z.string(),
  integrationId: z.string(),
  timeMs: z.int(),
  status: z.int(),
  requestBytes: z.int(),
  responseBytes: z.int(),
})

const rowShape = z.object({
  request_id: z.string(),
  to_partition: storedCount,
  to_offset: storedCount,
  event: z.string(),
})

type Step = 'intended' | 'sent'

async function readStep(store: Store, stream: string, at: Coordinates, step: Step): Promise<Intent | null> {
  const sql = `
SELECT request_id, to_partition, to_offset, event
FROM rejected_mend
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND offset = {offset:UInt64}
    AND event_index = {index:UInt32} AND step = {step:String}
ORDER BY mended_at
LIMIT 1`
  const params = { stream, partition: at.partition, offset: at.offset, index: at.eventIndex, step }
  const [row] = await store.query(sql, rowShape, params)
  if (row === undefined) return null
  return {
    at,
    requestId: row.request_id,
    toPartition: row.to_partition,
    fromOffset: row.to_offset,
    event: eventShape.parse(JSON.parse(row.event)),
  }
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
  return putIfAbsent({
    store,
    table: 'rejected_mend',
    row: {
      stream,
      partition: at.partition,
      offset: at.offset,
      event_index: at.eventIndex,
      step,
      request_id: requestId,
      client_id: event.clientId,
      to_partition: toPartition,
      to_offset: fromOffset,
      event: JSON.stringify(event),
      reason: by.reason,
      actor: by.actor,
      mended_at: new Date(by.mendedAtMs).toISOString(),
    },
    key: `${stream} ${showCoordinates(at)} ${step}`,
    read: () => readStep(store, stream, at, step),
  })
}
