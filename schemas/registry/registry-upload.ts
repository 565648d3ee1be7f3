import { z } from 'zod'

/** Of all four files: a hundred thousand clients with five activations each are some thirty-five megabytes. */
export const REGISTRY_BYTES_MAX = 64 * 1_024 * 1_024

const csv = z.string().describe('the text of the CSV file, header included')

/** A registry as one JSON document. */
export const registryUploadShape = z.strictObject({
  clients: csv,
  partners: csv,
  integrations: csv,
  activations: csv,
  validFrom: z.string().max(40).optional().meta({
    description:
      'the first month it holds for; without it, this month, and of the very first import every one',
    pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$',
  }),
})
