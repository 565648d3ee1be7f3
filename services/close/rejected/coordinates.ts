/** Where a rejected event stands in the log. */
export type Coordinates = {
  readonly partition: number
  readonly offset: number
  /** Its place in a record that holds several events; 0 in one that holds one. Of a kept sum: from `SUM_INDEX` on. */
  readonly eventIndex: number
}

/** A sum of a block that was added up stands so much behind its first event, where no event stands. */
export const SUM_INDEX = 2 ** 31

export function isKeptSum({ eventIndex }: Pick<Coordinates, 'eventIndex'>): boolean {
  return eventIndex >= SUM_INDEX
}

/** A command about rejected events can't be carried out as it was given; `message` says why, and what is expected. */
export class RejectedEventError extends Error {
  override name = 'RejectedEventError'
}

const COORDINATES = /^(\d{1,9}):(\d{1,16})(?:\[(\d{1,10})\])?$/

/**
 * Reads `partition:offset` or `partition:offset[index]`, as `forbruk rejected list` prints it. Throws
 * RejectedEventError.
 */
export function parseCoordinates(text: string): Coordinates {
  const [, partition, offset, eventIndex = '0'] = COORDINATES.exec(text) ?? []
  if (partition === undefined || offset === undefined || !Number.isSafeInteger(Number(offset))) {
    const found = JSON.stringify(text.slice(0, 40))
    throw new RejectedEventError(`${found} is no place in the log; expected partition:offset, such as 0:1234`)
  }
  return { partition: Number(partition), offset: Number(offset), eventIndex: Number(eventIndex) }
}

export function showCoordinates({ partition, offset, eventIndex }: Coordinates): string {
  return `${partition}:${offset}${eventIndex === 0 ? '' : `[${eventIndex}]`}`
}

/** For events that were added up while a command was about them. */
export function explainFolded(events: readonly Coordinates[]): RejectedEventError {
  return new RejectedEventError(
    `${events.slice(0, 5).map(showCoordinates).join(', ')} (${events.length} in all) were added up meanwhile, ` +
      'by forbruk rejected compact, as they were: forbruk rejected list shows their sums; run it again without them',
  )
}
