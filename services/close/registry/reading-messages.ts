import { z } from 'zod'

/** What the process that reads a registry is told. `upload`: one JSON document on standard input. */
export const orderShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), directory: z.string() }),
  z.object({ kind: z.literal('upload') }),
])
export type Order = Readonly<z.output<typeof orderShape>>

/** Asks for the next block. */
export const NEXT = 'next'

const faultShape = z.object({
  file: z.string(),
  line: z.int().nullable(),
  column: z.string().nullable(),
  detail: z.string(),
})

const columnShape = z.object({
  name: z.string(),
  type: z.enum(['String', 'UInt8', 'UInt32', 'UInt64']),
  bytes: z.custom<Uint8Array>(value => value instanceof Uint8Array),
})

const blockShape = z.object({
  kind: z.literal('block'),
  table: z.string(),
  rows: z.int(),
  columns: z.array(columnShape).readonly(),
})
export type Block = Readonly<z.output<typeof blockShape>>

/** What it answers: why there is no registry, or one, and then block by block as it is asked for. */
export const reportShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('faulty'), faults: z.array(faultShape).readonly(), faultCount: z.int() }),
  z.object({ kind: z.literal('malformed'), detail: z.string() }),
  z.object({
    kind: z.literal('registry'),
    /** SHA-256 of the content in hex. */
    importId: z.string(),
    clients: z.int(),
    partners: z.int(),
    integrations: z.int(),
    activations: z.int(),
    /** Of an upload: the month as it says it. */
    validFrom: z.string().nullable(),
  }),
  blockShape,
  z.object({ kind: z.literal('end') }),
])
export type Report = Readonly<z.output<typeof reportShape>>
