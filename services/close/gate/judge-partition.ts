export type LedgerFacts = {
  readonly firstOffset: number
  readonly nextOffset: number
  /** The first place where a block doesn't begin where the one before is complete. */
  readonly brokenAt: { readonly endsAt: number; readonly resumesAt: number } | null
}

export type PartitionFacts = {
  readonly partition: number
  /** What the log holds: offsets in [startOffset, endOffset). */
  readonly startOffset: number
  readonly endOffset: number
  /** The first offset appended at or after the grace's end; null when there is none yet. */
  readonly graceOffset: number | null
  readonly ledger: LedgerFacts | null
}

/** What keeps a partition from being whole for a month. */
export type PartitionLack =
  | {
      readonly kind: 'partition_behind'
      readonly partition: number
      /** Null when nothing of it was aggregated. */
      readonly nextOffset: number | null
      readonly neededOffset: number
    }
  /** The topic has got it, and nobody has agreed to count it: so many records there may be of the month. */
  | {
      readonly kind: 'partition_uncounted'
      readonly partition: number
      readonly counted: number
      readonly records: number
    }
  /** Offsets in [fromOffset, toOffset) left the log before they were counted. */
  | {
      readonly kind: 'partition_lost'
      readonly partition: number
      readonly fromOffset: number
      readonly toOffset: number
    }
  | {
      readonly kind: 'partition_broken'
      readonly partition: number
      readonly endsAt: number
      readonly resumesAt: number
    }
  | {
      readonly kind: 'partition_starts_late'
      readonly partition: number
      readonly firstOffset: number
      readonly startOffset: number
    }
  | {
      readonly kind: 'log_ends_early'
      readonly partition: number
      readonly endOffset: number
      readonly nextOffset: number
    }

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

/** Pure: what a partition lacks, of so many that are counted. */
export function judgePartition(
  { partition, startOffset, endOffset, graceOffset, ledger }: PartitionFacts,
  counted: number | null,
): PartitionLack[] {
  if (counted !== null && partition >= counted) {
    const records = (graceOffset ?? endOffset) - startOffset
    // What a retention has deleted there may have been of the month.
    const isEmpty = startOffset === 0 && records === 0
    return isEmpty ? [] : [{ kind: 'partition_uncounted', partition, counted, records }]
  }
  const neededOffset = neededOffsetOf({ graceOffset, endOffset })
  if (ledger === null) {
    return endOffset === 0 ? [] : [{ kind: 'partition_behind', partition, nextOffset: null, neededOffset }]
  }
  const { firstOffset, nextOffset, brokenAt } = ledger
  const lacks: PartitionLack[] = []
  if (nextOffset > endOffset) lacks.push({ kind: 'log_ends_early', partition, endOffset, nextOffset })
  if (firstOffset > startOffset)
    lacks.push({ kind: 'partition_starts_late', partition, firstOffset, startOffset })
  if (brokenAt !== null) lacks.push({ kind: 'partition_broken', partition, ...brokenAt })
  if (nextOffset < neededOffset) {
    lacks.push(
      nextOffset < startOffset
        ? { kind: 'partition_lost', partition, fromOffset: nextOffset, toOffset: startOffset }
        : { kind: 'partition_behind', partition, nextOffset, neededOffset },
    )
  }
  return lacks
}
