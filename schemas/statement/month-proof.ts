import { z } from 'zod'
import { forcedShape } from './month-close.ts'
import { decimalShape } from './statement.ts'

const text = z.string()

/**
 * What a revision's figures rest on: with these and the log they can be worked out again. For the provider, since it
 * tells of all its traffic; a payer's statement has the content hash.
 */
export const monthProofShape = z.object({
  contentHash: text,
  /** ISO 8601, in UTC. */
  closedAt: text,
  stream: text,
  /** Offsets [firstOffset, nextOffset) of each partition were counted. */
  ranges: z
    .array(z.object({ partition: z.int(), firstOffset: decimalShape, nextOffset: decimalShape }))
    .readonly(),
  registryImportId: text,
  tariffHash: text,
  /** YYYY-MM. */
  tariffValidFrom: text,
  definitions: z.array(text).readonly(),
  /** Null when the month was complete. */
  forced: forcedShape.nullable(),
})
export type MonthProof = Readonly<z.output<typeof monthProofShape>>
