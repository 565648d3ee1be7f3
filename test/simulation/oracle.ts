import { type Cut, type Gap, isLost, isOfStream, type Sizes } from './cut-blocks.ts'
import type { SimulatedEvent, SimulatedRecord } from './simulated-event.ts'

/**
 * What must be counted, written from the definition alone and without regard to cost: it looks through everything that
 * came before, each time. It shares no code with what it judges.
 */
export type Judged = {
  readonly event: SimulatedEvent
  readonly offset: number
  readonly index: number
  readonly appendTimeMs: number
  /** Where its block begins, and the rules that it is counted by. */
  readonly block: number
  readonly foldVersion: number
  /** The stream has grown before it. */
  readonly isGrown: boolean
  readonly verdict: 'counted' | 'duplicate' | 'rejected' | 'mark' | 'version'
  /** Of what is rejected. */
  readonly reason: string | null
  /** Of a mark. */
  readonly throughMs: number | null
}

/** What is signed is in a form that version 1 doesn't know, and who gave a mark in one that version 2 doesn't. */
function heardOf(event: SimulatedEvent, { foldVersion }: Sizes): SimulatedEvent {
  const isSigned = isOfStream(event) ? event.sequence !== null : event.kind === 'request' && event.timeVouched
  const saysWho = event.kind === 'mark' && event.instance !== undefined
  const isUnknown = (isSigned && foldVersion === 1) || (saysWho && foldVersion < 3)
  return isUnknown ? { kind: 'rejected', reason: 'schema_unknown', origin: null } : event
}

const DAYS_REMEMBERED = 7

/** Appends the events of further records to those judged so far, from the partition's first counted offset on. */
export function extendJudgement(
  judged: Judged[],
  records: readonly SimulatedRecord[],
  cuts: readonly Cut[],
  gaps: readonly Gap[] = [],
): void {
  for (const { offset, appendTimeMs, events } of records) {
    const place = cuts.findLastIndex(({ start }) => start <= offset)
    const block = cuts[place]
    if (block === undefined || isLost(offset, gaps)) continue
    const forgotten = cuts
      .slice(0, place)
      .findLast(({ day }) => day !== null && block.day !== null && block.day - day > DAYS_REMEMBERED)
    const changes = changesBefore(cuts.slice(0, place + 1))
    for (const [index, said] of events.entries()) {
      const event = heardOf(said, block.sizes)
      const isRemembered = (earlier: Judged) =>
        offset - earlier.offset <= block.sizes.windowSize &&
        (forgotten === undefined || earlier.block > forgotten.start) &&
        gaps.every(({ toOffset }) => earlier.offset >= toOffset || offset < toOffset) &&
        changes.every(({ at, windowSize }) => earlier.offset >= at || at - earlier.offset <= windowSize)
      const isGrown = block.sizes.partitionCount !== null
      const verdict = verdictOf(event, judged, isRemembered, isGrown)
      const reason = verdict === 'duplicate' ? null : reasonOf(event, appendTimeMs, block.sizes)
      const isRejected = reason !== null
      const { foldVersion } = block.sizes
      const place = { event, offset, index, appendTimeMs, block: block.start, foldVersion, isGrown }
      const throughMs = event.kind === 'mark' ? throughOf(event.throughMs, appendTimeMs, block.sizes) : null
      judged.push({ ...place, verdict: isRejected ? 'rejected' : verdict, reason, throughMs })
    }
  }
}

/** Where the sizes changed, and the window up to there: what it had forgotten by then stays forgotten. */
function changesBefore(cuts: readonly Cut[]): { at: number; windowSize: number }[] {
  return cuts.slice(1).flatMap(({ start, sizes }, index) => {
    const before = cuts[index]?.sizes ?? sizes
    return before === sizes ? [] : [{ at: start, windowSize: before.windowSize }]
  })
}

function verdictOf(
  event: SimulatedEvent,
  before: readonly Judged[],
  isRemembered: (earlier: Judged) => boolean,
  isGrown: boolean,
): Judged['verdict'] {
  if (event.kind === 'mark') return 'mark'
  if (isOfStream(event)) return 'version'
  const own = originOf(event)
  const isCopy = before.some(earlier => {
    const other = originOf(earlier.event)
    if (own === null || other === null || own.source !== other.source) return false
    if (own.identity.kind === 'request_id' && other.identity.kind === 'request_id') {
      return own.identity.id === other.identity.id && isRemembered(earlier)
    }
    if (own.identity.kind === 'position' && other.identity.kind === 'position') {
      if (own.identity.file !== other.identity.file) return false
      if (!isGrown) return own.identity.position <= other.identity.position
      return own.identity.position === other.identity.position && earlier.isGrown && isRemembered(earlier)
    }
    return false
  })
  if (isCopy) return 'duplicate'
  return event.kind === 'request' ? 'counted' : 'rejected'
}

/** A mark that is too far ahead vouches for the time at which the log got it, and no more; from version 3 on any is. */
function throughOf(throughMs: number, appendTimeMs: number, { foldVersion, aheadMaxMs }: Sizes): number {
  if (foldVersion >= 3) return throughMs > appendTimeMs ? appendTimeMs : throughMs
  const isAhead = aheadMaxMs !== null && throughMs > appendTimeMs + aheadMaxMs
  return isAhead ? appendTimeMs : throughMs
}

/** Why an event that is no copy can't be counted; null when it can. */
function reasonOf(event: SimulatedEvent, appendTimeMs: number, sizes: Sizes): string | null {
  switch (event.kind) {
    case 'rejected':
      return event.reason
    case 'unproven':
      return sizes.foldVersion === 1 ? event.reasonOfFirst : event.reason
    case 'stream_growth':
      return sizes.foldVersion < 3 ? 'schema_unknown' : null
    case 'request': {
      const { pastMaxMs, aheadMaxMs } = sizes
      if (event.timeVouched) return null
      if (pastMaxMs !== null && event.timeMs < appendTimeMs - pastMaxMs) return 'time_too_old'
      return aheadMaxMs !== null && event.timeMs > appendTimeMs + aheadMaxMs ? 'time_ahead' : null
    }
    case 'mark':
    case 'stream_version':
    case 'stream_limits':
      return null
  }
}

export function originOf(event: SimulatedEvent) {
  switch (event.kind) {
    case 'request':
      return { source: event.source, identity: event.identity }
    case 'rejected':
      return event.origin
    case 'mark':
    case 'stream_version':
    case 'stream_limits':
    case 'stream_growth':
    case 'unproven':
      return null
  }
}

/** By status, the numbers of the classes that are told apart from 4xx. */
const SINCE_VERSION_2: Readonly<Record<number, number>> = { 401: 7, 407: 7, 429: 6 }

/** The columns of one usage row by its key, of the events of a block up to `nextOffset`. */
export function usageOf(judged: readonly Judged[], block: number, nextOffset: number): Map<string, number[]> {
  const totals = new Map<string, number[]>()
  for (const { event, verdict, foldVersion } of within(judged, block, nextOffset)) {
    if (verdict !== 'counted' || event.kind !== 'request') continue
    const hour = Math.floor(event.timeMs / 3_600_000) * 3_600
    const statusClass =
      (foldVersion > 1 ? SINCE_VERSION_2[event.status] : null) ?? Math.floor(event.status / 100)
    const key = [event.clientId, hour, event.integrationId, statusClass].join('|')
    const [requests = 0, requestBytes = 0, responseBytes = 0] = totals.get(key) ?? []
    totals.set(key, [requests + 1, requestBytes + event.requestBytes, responseBytes + event.responseBytes])
  }
  return totals
}

export function within(judged: readonly Judged[], block: number, nextOffset: number): Judged[] {
  return judged.filter(one => one.block === block && one.offset < nextOffset)
}

/** The columns that a ledger row of the block must have when it stands at `nextOffset`. */
export function ledgerOf(judged: readonly Judged[], block: number, nextOffset: number) {
  const events = within(judged, block, nextOffset)
  const countOf = (verdict: Judged['verdict']) => events.filter(one => one.verdict === verdict).length
  const usage = [...usageOf(judged, block, nextOffset).entries()]
  const hours = usage.map(([key]) => Number(key.split('|')[1]))
  const sum = (column: number) => usage.reduce((total, [, columns]) => total + (columns[column] ?? 0), 0)
  return {
    records: new Set(events.map(one => one.offset)).size,
    events: events.length - countOf('version'),
    requests: countOf('counted'),
    duplicates: countOf('duplicate'),
    rejected: countOf('rejected'),
    marks: countOf('mark'),
    request_ids: events.filter(isInWindow).length,
    request_bytes: sum(1),
    response_bytes: sum(2),
    first_hour: hours.length === 0 ? null : Math.min(...hours),
    last_hour: hours.length === 0 ? null : Math.max(...hours),
    first_append_time: events.at(0)?.appendTimeMs ?? null,
    last_append_time: events.at(-1)?.appendTimeMs ?? null,
  }
}

function isInWindow({ event, isGrown }: Judged): boolean {
  const kind = originOf(event)?.identity.kind
  return kind === 'request_id' || (isGrown && kind === 'position')
}
