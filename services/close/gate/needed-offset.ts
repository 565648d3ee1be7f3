type Partition = {
  readonly endOffset: number
  /** The first offset appended at or after the grace's end; null when there is none yet. */
  readonly graceOffset: number | null
}

/**
 * How far a partition must be counted for the month: past the first record that came after the grace; or, where none
 * came yet, to the log's end. «Past», and not «up to»: then at least one record of the partition is counted, even when
 * the whole month was shipped late.
 */
export function neededOffsetOf({ graceOffset, endOffset }: Partition): number {
  return graceOffset === null ? endOffset : graceOffset + 1
}
