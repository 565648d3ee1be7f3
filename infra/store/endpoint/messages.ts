import { z } from 'zod'
import { storeDescriptionShape } from './describe-store.ts'

/** What the process that answers SQL is told when it starts. */
export const orderShape = z.strictObject({
  /** Of the process's own engine; empty, and gone when the process is. */
  folder: z.string(),
  store: storeDescriptionShape,
  host: z.string(),
  port: z.int(),
  /** Told to everybody in a header, so that a caller knows which store answers. */
  token: z.string(),
  /** Told to nobody but our own commands, which have a place of their own. */
  key: z.string(),
  /** Of the engine, for all queries together. */
  memoryBytes: z.int(),
  /** Below that of the process that counts: once it is ready, since it is waited for, or from its first moment on. */
  priority: z.enum(['own', 'low when ready', 'low']),
})

/** What it says. It says that it is alive several times a second. */
export const reportShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('listening'), port: z.int() }),
  z.strictObject({ kind: z.literal('failed'), message: z.string(), isPortTaken: z.boolean() }),
  z.strictObject({ kind: z.literal('alive') }),
  z.strictObject({ kind: z.literal('ending'), reason: z.string() }),
  z.strictObject({ kind: z.literal('warning'), message: z.string() }),
])

export const STOP = 'stop'

export type Order = z.infer<typeof orderShape>
export type Report = z.infer<typeof reportShape>
