import { MEND_STEPS } from '@forbruk/schemas/event/rejected-state.ts'
import { z } from 'zod'
import { enumOf, json, safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

const mendedRequestShape = z.object({
  kind: z.literal('request'),
  source: z.string(),
  identity: z.object({ kind: z.literal('request_id'), id: z.string() }),
  clientId: z.string(),
  integrationId: z.string(),
  timeMs: z.int(),
  status: z.int(),
  requestBytes: z.int(),
  responseBytes: z.int(),
  timeVouched: z.literal(true).optional(),
})

export type MendedRequest = Readonly<z.output<typeof mendedRequestShape>>

/** Rejected events that were mended and sent again: migration 018. */
export const rejectedMend = declareTable('rejected_mend', {
  stream: text,
  partition: safeCount,
  offset: safeCount,
  eventIndex: safeCount,
  step: enumOf(MEND_STEPS),
  requestId: text,
  clientId: text,
  toPartition: safeCount,
  /** Intended: it is not below; sent: it is there. */
  toOffset: safeCount,
  event: json(mendedRequestShape),
  reason: text,
  actor: text,
  mendedAtMs: time,
})
