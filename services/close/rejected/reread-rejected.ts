import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { OriginalLine, WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import { type Decoded, decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import type { Measured, Mend } from './build-mended.ts'
import { type Coordinates, showCoordinates } from './coordinates.ts'
import { findUnread, type UnreadFilter, type UnreadLine, type UnreadPlace } from './find-unread.ts'
import { isOfTime, judgeReread, type Reread, toWanted } from './judge-reread.ts'
import { readRecords, replayRejected } from './replay-rejected.ts'

/** As many as are held in memory, and sent, at a time. */
const LINES_AT_A_TIME = 5_000
/** Of those that stay as they were, so many are named. */
const NAMED_MAX = 1_000
/** Of those that can be read, so many are shown: whoever sends them sees whom they would be charged to. */
const SHOWN_MAX = 5

/** Reads lines of one source where they were read, by the format that was mended. In the order of what is wanted. */
export type ReadOriginals = (
  source: string,
  wanted: readonly WantedLine[],
) => Promise<readonly OriginalLine[]>

type RereadOptions = {
  readonly store: Store
  readonly log: EventLog
  readonly filter: UnreadFilter
  /** The last line of the go before; null: from the first on. */
  readonly after: UnreadPlace | null
  /** Five thousand lines at most in each. */
  readonly goesMax: number
  readonly readOriginals: ReadOriginals
  /** Says what would be sent, and sends nothing. */
  readonly isTrial: boolean
  readonly reason: string
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

type LeftLine = {
  readonly at: string
  readonly source: string
  readonly why: Extract<Reread, { readonly kind: 'left' }>['why']
  readonly detail: string
}

type ReadableLine = {
  readonly at: string
  readonly source: string
  readonly clientId: string
  readonly integrationId: string
  /** ISO 8601, in UTC. */
  readonly time: string
  readonly status: number
}

export type RereadSummary = {
  /** Rejected lines that were looked for. */
  readonly lines: number
  /** That are requests by the format. */
  readonly readable: number
  readonly sent: number
  /** Sent by an earlier replay, or copies of a request that was sent. */
  readonly before: number
  readonly left: number
  /** The first thousand of them. */
  readonly leftLines: readonly LeftLine[]
  /** The first five of those that can be read. */
  readonly readableLines: readonly ReadableLine[]
  /** Where the next go begins; null: that was all. */
  readonly next: UnreadPlace | null
}

/**
 * Reads rejected lines again where they stand, and sends what is readable by now as `replayRejected` does: once,
 * however often it is asked for. What is gone, another line by now, or still unreadable stays rejected and is
 * named.
 */
export async function rereadRejected(options: RereadOptions): Promise<RereadSummary> {
  const { store, log, filter, isTrial, goesMax } = options
  let [lines, readable, sent, before] = [0, 0, 0, 0]
  let left = 0
  const leftLines: LeftLine[] = []
  const readableLines: ReadableLine[] = []
  let next = options.after
  for (let go = 0; go < goesMax; go++) {
    const unread: UnreadLine[] = await findUnread(store, log.topic, filter, next, LINES_AT_A_TIME)
    next = unread.length < LINES_AT_A_TIME ? null : (unread.at(-1) ?? null)
    const judged = await judgeLines(options, unread)
    const mends: { at: Coordinates; mend: Mend }[] = []
    for (const { line, reread } of judged) {
      if (reread.kind === 'mend') {
        mends.push({ at: line, mend: reread.mend })
        if (readableLines.length < SHOWN_MAX) readableLines.push(showReadable(line, reread.mend.request))
      } else {
        left += 1
        const { why, detail } = reread
        if (leftLines.length < NAMED_MAX)
          leftLines.push({ at: showCoordinates(line), source: line.source, why, detail })
      }
    }
    lines += unread.length
    readable += mends.length
    if (!isTrial && mends.length > 0) {
      const replayed = await replayRejected({ ...options, mends, formatOf: refuseFormat })
      sent += replayed.sent
      before += replayed.before
    }
    if (next === null) break
  }
  return { lines, readable, sent, before, left, leftLines, readableLines, next }
}

function showReadable(line: UnreadLine, request: Measured): ReadableLine {
  const { clientId, integrationId, timeMs, status } = request
  const time = new Date(timeMs).toISOString()
  return { at: showCoordinates(line), source: line.source, clientId, integrationId, time, status }
}

/** What is sent was read already. */
function refuseFormat(source: string): never {
  throw new Error(`a line of ${source} is to be read by a format; expected requests alone`)
}

async function judgeLines(
  { log, readOriginals }: RereadOptions,
  unread: readonly UnreadLine[],
): Promise<{ readonly line: UnreadLine; readonly reread: Reread }[]> {
  const logged = await readLogged(log, unread.filter(isOfTime))
  const judged: { line: UnreadLine; reread: Reread }[] = []
  for (const [source, ofSource] of Map.groupBy(unread, line => line.source)) {
    const originals = await readOriginals(source, ofSource.map(toWanted))
    for (const [index, line] of ofSource.entries()) {
      const original = originals[index]
      if (original === undefined)
        throw new RangeError(`${originals.length} of ${ofSource.length} lines were answered`)
      judged.push({ line, reread: judgeReread(line, original, logged.get(showCoordinates(line)) ?? null) })
    }
  }
  return judged
}

async function readLogged(log: EventLog, lines: readonly UnreadLine[]): Promise<Map<string, Decoded>> {
  const values = await readRecords(log, lines)
  return new Map(
    lines.flatMap(line => {
      const place = showCoordinates(line)
      const event = decodeRecord(values.get(place) ?? null)[line.eventIndex]
      return event === undefined ? [] : [[place, event] as const]
    }),
  )
}
