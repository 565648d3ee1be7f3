import { setTimeout as sleep } from 'node:timers/promises'
import type { FileFacts } from '../files/log-files.ts'
import type { ByteSource } from '../files/read-bytes.ts'
import { cutOff, FileError } from '../obstacles/ship-error.ts'
import type { LiveFile } from '../progress/file-progress.ts'
import type { Start } from '../progress/identify-file.ts'
import { LATENESS_MS } from '../progress/to-marks.ts'
import { ByteCursor } from '../recognise/read-from.ts'
import { type Candidate, notToldFrom, type Recognised, recognise } from '../recognise/recognise-file.ts'
import { LineShipper, noLines } from './ship-lines.ts'
import type { FileSummary, ShipProgress } from './ship-summary.ts'
import type { Shipment } from './shipment.ts'

/** How long a stream may pause before what has come of it so far is sent. */
const PAUSE_MS = 250
/** `NAME.1`: what a rotation has renamed. */
const NUMBERED = /\.\d{1,4}$/

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

/**
 * Ships a file or stream that isn't followed, from where shipping it stopped to its end. Throws FileError when it can't
 * be read so far, or can't be told from another.
 *
 * @param open opens it, each time anew
 */
export async function shipWhole(
  shipment: Shipment,
  open: () => Promise<ByteSource>,
  options: WholeOptions,
): Promise<FileSummary> {
  const { path } = options
  const cursor = await ByteCursor.open(open)
  try {
    const start = await cursor.identify()
    if (start === null) return emptySummary(path)
    return await shipRecognised(
      shipment,
      cursor,
      start,
      await recogniseWhole(shipment, cursor, start),
      options,
    )
  } finally {
    await cursor.close()
  }
}

export async function shipRecognised(
  shipment: Shipment,
  cursor: ByteCursor,
  start: Start,
  recognised: Recognised,
  options: WholeOptions,
): Promise<FileSummary> {
  switch (recognised.kind) {
    case 'undecided':
      throw notToldFrom(options.path, recognised.like)
    case 'known':
      return shipFile(shipment, cursor, start, recognised.known.file, recognised.holds === 'all', options)
    case 'new':
      await cursor.rewind()
      return shipFile(shipment, cursor, start, recognised.file, true, options)
  }
}

function emptySummary(path: string): FileSummary {
  return { path, file: null, resumedFrom: 0, position: 0, note: 'empty', ...noLines() }
}

export async function recogniseWhole(
  shipment: Shipment,
  cursor: ByteCursor,
  start: Start,
  isElsewhere: Candidate['isElsewhere'] = () => false,
): Promise<Recognised> {
  return recognise(
    {
      start,
      facts: cursor.source.facts,
      isCompressed: cursor.source.compression !== null,
      isLive: false,
      holds: known => cursor.holds(known),
      isElsewhere,
    },
    shipment.known.kinOf(start.file),
  )
}

async function shipFile(
  shipment: Shipment,
  cursor: ByteCursor,
  start: Start,
  file: string,
  holdsAll: boolean,
  options: WholeOptions,
): Promise<FileSummary> {
  const { path, keptAs, signal } = options
  const known = shipment.known.progressOf(file)
  const live = shipment.open(file, keptAs)
  try {
    const resumedFrom = live.position
    const shipper = new LineShipper(shipment, live)
    if (holdsAll && (await cursor.skipTo(live.position))) {
      describeFile(shipment, live, start, cursor.source)
      await shipToEnd(shipment, cursor, shipper, options)
    } else {
      // That it ends before is only known once it was read to its end.
      await cursor.countBytes()
    }
    const { counts } = shipper
    const note = counts.lines === 0 && known !== undefined && !signal.aborted ? 'nothing_new' : null
    return { path, file, resumedFrom, position: live.position, note, ...counts }
  } catch (error) {
    if (error instanceof FileError) error.file = file
    throw error
  } finally {
    shipment.known.close(file)
  }
}

function describeFile(shipment: Shipment, live: LiveFile, start: Start, { facts }: ByteSource): void {
  live.modifiedMs = facts?.modifiedMs ?? 0
  if (facts !== null && live.lieAt(facts, false)) shipment.moved(live)
  if (start.lineDigests.length > live.lineDigests.length) live.lineDigests = start.lineDigests
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
    if (shipment.isCheckpointDue) {
      await shipment.checkpoint(speaksForSource ? throughStream(shipment, shipper.live, source) : null)
    }
    onProgress({
      file: path,
      bytesRead: source.bytesRead(),
      bytesTotal: source.facts?.bytes ?? null,
      lines: shipper.counts.lines,
    })
  }
  const { compression, facts } = source
  const mayBeSent = shipper.live.mayBeSentBeyond(compression === null ? facts : null)
  if (!shipper.end(mayBeSent)) throw cutOff(path)
  const isOpenEnded = compression === null && facts !== null && !isFinished(shipment, path, facts)
  if (shipper.live.isOpenEnded === isOpenEnded) return
  shipper.live.isOpenEnded = isOpenEnded
  shipment.moved(shipper.live)
}

/** Of a log that has its name, nobody knows; one that was rotated is quiet after a while, and stays so. */
function isFinished({ settings }: Shipment, path: string, { modifiedMs }: FileFacts): boolean {
  return NUMBERED.test(path) && settings.clock() - modifiedMs >= LATENESS_MS
}

/** A stream may have no end: what came of it speaks for the minute before. In a file any time may be behind. */
function throughStream(shipment: Shipment, { highestMs }: LiveFile, { facts }: ByteSource): number | null {
  if (facts !== null || highestMs === null || shipment.known.unfinished.length > 0) return null
  return highestMs - LATENESS_MS
}

async function pauses(next: Promise<unknown>): Promise<boolean> {
  const pause = new AbortController()
  const waited = sleep(PAUSE_MS, true, { signal: pause.signal }).catch(() => false)
  const pausing = await Promise.race([waited, next.then(() => false)])
  pause.abort()
  return pausing
}
