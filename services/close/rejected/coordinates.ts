/** Where a rejected event stands in the log. */
export type Coordinates = {
  readonly partition: number
  readonly offset: number
  /** Its place in a record that holds several events; 0 in one that holds one. */
  readonly eventIndex: number
}

/** A command about rejected events can't be carried out as it was given; `message` says why, and what is expected. */
export class RejectedEventError extends Error {
  override name = 'RejectedEventError'
}

const COORDINATES = /^(\d{1,9}):(\d{1,16})(?:\[(\d{1,6})\])?$/

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
