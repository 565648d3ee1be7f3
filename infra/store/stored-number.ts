import { z } from 'zod'

/** A 64-bit integer of the store, which arrives as text. */
export const storedBigint = z.string().regex(/^\d+$/).transform(BigInt)

/** An offset or a count, which must stay a safe integer. */
export const storedCount = z
  .union([
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
    z.number(),
  ])
  .refine(Number.isSafeInteger, { error: 'expected a whole number within 2^53' })
