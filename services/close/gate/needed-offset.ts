import type { PartitionFacts } from './gate.ts'

/**
 * How far a partition must be counted for the month: past the first record that came after the grace; or, where none
 * came yet, to the log's end. «Past», and not «up to»: then at least one record of the partition is counted, even when
 * the whole month was shipped late.
 */
export function neededOffsetOf({
  graceOffset,
  endOffset,
}: Pick<PartitionFacts, 'graceOffset' | 'endOffset'>): number {
  return graceOffset === null ? endOffset : graceOffset + 1
}
