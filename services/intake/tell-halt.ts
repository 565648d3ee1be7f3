import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { EARLIEST_TIME_MS } from '@forbruk/schemas/event/check-request.ts'
import type { HaltReason } from '@forbruk/schemas/event/halt-reason.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import { findObstacles, type ReadableLog } from './recover.ts'

type TellSettings = {
  readonly log: ReadableLog
  readonly writer: SoleWriter
  readonly source: string
  readonly formatName: string
  readonly clock: () => number
}

/** What a mark says that is of no file. */
const NO_FILE = { file: '', position: 0, eventsTotal: 0, throughMs: EARLIEST_TIME_MS } as const

/**
 * Has the source's marks say why it comes no further, so that whoever closes a month learns it. The marks of the next
 * term that goes on take it back. Nothing where they say so already; or where none were ever made, as of a name that is
 * mistyped: months would wait for that from then on.
 */
export async function tellHalt(
  { log, writer, source, formatName: format, clock }: TellSettings,
  halt: { readonly reason: HaltReason; readonly path: string },
): Promise<void> {
  const claim = await writer.claim()
  const told = await findObstacles(log, source)
  if (told === null || told.some(({ reason, path }) => reason === halt.reason && path === halt.path)) return
  const obstacles = { total: 1, listed: [{ ...halt, sinceMs: clock() }] }
  const value = encodeMark({ kind: 'mark', source, ...NO_FILE, format, obstacles })
  const partitions = Array.from({ length: log.partitionCount }, (_, partition) => partition)
  await claim.append(partitions.map(partition => ({ value, to: { partition } })))
}
