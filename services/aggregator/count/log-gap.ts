import type { Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import type { LogBounds, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'

/** The log no longer holds what counting needs; the message names the offsets. */
export class LogGapError extends Error {
  override name = 'LogGapError'
}

/** It begins later than the ledger needs. */
export class DeletedRecordsError extends LogGapError {}

export function describePartition({ partition, stream }: Place): string {
  return `partition ${partition} of ${stream}`
}

function howToAccept(partition: number, fromOffset: number, startOffset: number): string {
  const range = `${partition}:${fromOffset}-${Math.max(fromOffset, startOffset)}`
  return `give them up: stop every aggregator, then forbruk aggregate --accept-gap ${range} --reason TEXT`
}

/** Of a record that asks for rules which nobody has: `offset` is where it stands. */
export function explainStray({ partition }: Place, offset: number): string {
  return `If no release has them and nobody meant that record, ${howToAccept(partition, offset, offset + 1)}.`
}

/** `knownOffset` is how far the ledger is, `foldFromOffset` where folding must begin. */
export function assertLogHolds(
  place: Place,
  bounds: LogBounds,
  foldFromOffset: number,
  knownOffset: number,
): void {
  const where = describePartition(place)
  if (bounds.endOffset < knownOffset) {
    throw new LogGapError(
      `${where} ends at offset ${bounds.endOffset}, but the ledger has counted up to ${knownOffset}: offsets ` +
        `${bounds.endOffset} to ${knownOffset - 1} are gone. Was the topic re-created? Restore it, or count the new ` +
        `one under another topic name.`,
    )
  }
  if (bounds.startOffset > foldFromOffset) {
    throw new DeletedRecordsError(
      `${where} begins at offset ${bounds.startOffset}, but counting must go on from ${foldFromOffset}: offsets ` +
        `${foldFromOffset} to ${bounds.startOffset - 1} were deleted by the topic's retention before their block was ` +
        `complete. Restore them, or ${howToAccept(place.partition, knownOffset, bounds.startOffset)}. ` +
        'Nothing was counted wrongly.',
    )
  }
}

/** With its first record a block needs the request ids from `neededOffset` on, and the log is read from a later one. */
export function lacksRequestIds(
  place: Place,
  readFromOffset: number,
  neededOffset: number,
  firstOffset: number,
): LogGapError {
  return new LogGapError(
    `${describePartition(place)} begins at offset ${readFromOffset}, but the request ids from offset ${neededOffset} ` +
      `on are needed to recognise duplicates: the topic's retention deleted them within days. Raise it. Restore ` +
      `them, or ${howToAccept(place.partition, firstOffset, 0)}. Nothing was counted wrongly.`,
  )
}

/** The day of a block that was restored from its ledger row goes on: its figures can't be continued. */
export function lacksRecords(
  place: Place,
  offset: number,
  firstOffset: number,
  countedOffset: number,
): LogGapError {
  return new LogGapError(
    `${describePartition(place)}: the record at offset ${offset} belongs to the block that began at ${firstOffset}, ` +
      "but the log no longer holds all that folding it takes: the topic's retention deleted it within days. " +
      `Raise it. Restore the records, or ${howToAccept(place.partition, countedOffset, 0)}. ` +
      'Nothing was counted wrongly.',
  )
}

/** The log holds records, and they are damaged; the ledger has counted up to `knownOffset`. */
export function lacksReadable(
  place: Place,
  { message, toOffset }: UnreadableRecordsError,
  knownOffset: number,
): LogGapError {
  return new LogGapError(
    `${message} Or ${howToAccept(place.partition, knownOffset, toOffset)}. Nothing was counted wrongly.`,
  )
}
