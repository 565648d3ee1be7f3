import { EventLogError, type LogBounds, PositionError } from './event-log.ts'

type Place = { readonly topic: string; readonly partition: number }

/** Why reading can't go on at `offset` of a log that holds `bounds`; null when it can. */
export function positionError(place: Place, offset: number, bounds: LogBounds): EventLogError | null {
  const where = `Partition ${place.partition} of "${place.topic}"`
  if (!Number.isSafeInteger(offset) || offset < 0) {
    return new EventLogError(
      `${where} can't be read from offset ${offset}: expected an integer from 0 to 2^53-1.`,
    )
  }
  if (offset < bounds.startOffset) {
    return new PositionError(
      `${where} no longer holds the offsets [${offset}, ${bounds.startOffset}): they were deleted, by retention or ` +
        `by hand, before they were read. The log now holds [${bounds.startOffset}, ${bounds.endOffset}). ` +
        'Restore them, or accept the gap explicitly.',
    )
  }
  if (offset > bounds.endOffset) {
    return new PositionError(
      `${where} ends before offset ${offset}: it holds [${bounds.startOffset}, ${bounds.endOffset}). ` +
        'Was the topic re-created or the log restored from an older copy? ' +
        'Offsets that were read before must not come to hold something else: use a new topic name for a new log.',
    )
  }
  return null
}

/** Why [fromOffset, toOffset) can't be read in full; null when it can. */
export function rangeError(
  place: Place,
  fromOffset: number,
  toOffset: number,
  bounds: LogBounds,
): EventLogError | null {
  if (toOffset < fromOffset) {
    return new EventLogError(
      `Partition ${place.partition} of "${place.topic}" can't be read from ${fromOffset} to ${toOffset}: ` +
        'the range ends before it starts.',
    )
  }
  return positionError(place, fromOffset, bounds) ?? positionError(place, toOffset, bounds)
}
