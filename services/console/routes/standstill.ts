import { z } from 'zod'

/** A partition with records to be counted that nobody has counted on for some seconds. */
export const standstillShape = z.object({
  partition: z.int(),
  nextOffset: z.int(),
  endOffset: z.int(),
  detail: z.string(),
})
