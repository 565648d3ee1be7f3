/** Offsets [fromOffset, toOffset) of one partition. */
type Range = { readonly fromOffset: number; readonly toOffset: number }

/**
 * Ranges that hold all offsets: those that are no further apart than `gapMax` share one, since to begin reading costs
 * more than to read some records in vain. Pure.
 */
export function mergeRanges(offsets: readonly number[], gapMax: number): Range[] {
  const ranges: Range[] = []
  for (const offset of [...offsets].sort((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last === undefined || offset - last.toOffset > gapMax)
      ranges.push({ fromOffset: offset, toOffset: offset + 1 })
    else ranges[ranges.length - 1] = { ...last, toOffset: offset + 1 }
  }
  return ranges
}
