import { setTimeout as sleep } from 'node:timers/promises'
import type { ByteSource } from './read-bytes.ts'
import { ByteCursor } from './read-from.ts'
import { LineShipper, noLines } from './ship-lines.ts'
import type { FileSummary, ShipProgress } from './ship-summary.ts'
import type { Shipment } from './shipment.ts'

/** How long a stream may pause before what has come of it so far is sent. */
const PAUSE_MS = 250

export type WholeOptions = {
  /** As it was given. */
  readonly path: string
  /** Under which path the progress is kept: of a rotated file, the one that is followed. */
  readonly keptAs: string
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShipProgress) => void
  /** Nothing else of the source waits to be shipped, so that this file's times speak for the source. */
  readonly speaksForSource: boolean
}

/** Ships a file or stream that isn't followed, from where shipping it stopped to its end. */
export async function shipWhole(
  shipment: Shipment,
  source: ByteSource,
  options: WholeOptions,
): Promise<FileSummary> {
  const { path, keptAs, signal } = options
  const cursor = new ByteCursor(source)
  const head = await cursor.identify()
  if (head === null) return { path, file: null, resumedFrom: 0, position: 0, note: 'empty', ...noLines() }
  const known = shipment.progressOf(head.file)
  const resumedFrom = known?.position ?? 0
  const reached = known === undefined || (await cursor.resume(path, known))
  const live = shipment.open(head.file, keptAs)
  live.modifiedMs = source.facts?.modifiedMs ?? 0
  const shipper = new LineShipper(shipment, live)
  if (reached) await shipToEnd(shipment, cursor, shipper, options)
  const { counts } = shipper
  const note = counts.lines === 0 && known !== undefined && !signal.aborted ? 'nothing_new' : null
  return { path, file: head.file, resumedFrom, position: live.position, note, ...counts }
}

async function shipToEnd(
  shipment: Shipment,
  cursor: ByteCursor,
  shipper: LineShipper,
  { path, signal, onProgress, speaksForSource }: WholeOptions,
): Promise<void> {
  const { source } = cursor
  for (;;) {
    const next = cursor.next()
    if (source.facts === null && (await pauses(next))) await shipment.flush()
    const chunk = await next
    if (signal.aborted) return
    if (chunk === null) break
    await shipper.take(chunk)
    if (shipment.isCheckpointDue) await shipment.checkpoint(speaksForSource ? shipper.live.highestMs : null)
    onProgress({
      file: path,
      bytesRead: source.bytesRead(),
      bytesTotal: source.facts?.bytes ?? null,
      lines: shipper.counts.lines,
    })
  }
  shipper.end()
}

async function pauses(next: Promise<unknown>): Promise<boolean> {
  const pause = new AbortController()
  const waited = sleep(PAUSE_MS, true, { signal: pause.signal }).catch(() => false)
  const pausing = await Promise.race([waited, next.then(() => false)])
  pause.abort()
  return pausing
}
