import { z } from 'zod'
import { enumOf, json, safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

const requestShape = z.object({
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

/** Rejected events that were mended and sent again, two rows each: migration 018. */
export const rejectedMend = declareTable('rejected_mend', {
  stream: text,
  partition: safeCount,
  offset: safeCount,
  eventIndex: safeCount,
  step: enumOf(['intended', 'sent']),
  requestId: text,
  clientId: text,
  toPartition: safeCount,
  /** Intended: it is not below; sent: it is there. */
  toOffset: safeCount,
  /** What is sent. */
  event: json(requestShape),
  reason: text,
  actor: text,
  mendedAtMs: time,
})

export type MendRow = RowOf<typeof rejectedMend>
