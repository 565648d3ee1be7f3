/** A record that the log has acknowledged: from then on whoever reads the partition can have it. */
export type Beat = {
  readonly partition: number
  readonly offset: number
  readonly acknowledgedAtMs: number
}

/** What the ledger said at a moment: by partition, up to where it is counted. */
export type Look = { readonly atMs: number; readonly counted: ReadonlyMap<number, number> }

type Silence = {
  /** The longest time that the ledger of a partition stood where it stood, and whose that was. */
  readonly stillMs: number
  readonly partition: number
  /** The longest time without an acknowledgement, of the partition that had to wait least, and most. */
  readonly unacknowledgedMs: { readonly least: number; readonly most: number }
  /** The longest time from a record's acknowledgement until the ledger had it. */
  readonly uncountedMs: number
}

/**
 * What stood still, and where: nothing can be counted that the log has not taken, and what it has taken is counted or
 * waits for us. Beats and looks in the order of their times, at least one look. Pure.
 */
export function measureSilence(beats: readonly Beat[], looks: readonly Look[]): Silence {
  const partitions = [...new Set(looks.flatMap(({ counted }) => [...counted.keys()]))]
  const still = partitions.map(partition => ({ partition, stillMs: longestStill(looks, partition) }))
  const longest = still.reduce((one, other) => (other.stillMs > one.stillMs ? other : one))
  const ofPartition = Map.groupBy(beats, ({ partition }) => partition)
  const gaps = partitions.map(partition => longestGap(ofPartition.get(partition) ?? [], looks))
  return {
    ...longest,
    unacknowledgedMs: { least: Math.min(...gaps), most: Math.max(...gaps) },
    uncountedMs: Math.max(0, ...beats.map(beat => waitedMs(beat, looks))),
  }
}

function longestStill(looks: readonly Look[], partition: number): number {
  let movedAtMs = looks[0]?.atMs ?? 0
  let at = looks[0]?.counted.get(partition)
  let longestMs = 0
  for (const { atMs, counted } of looks) {
    longestMs = Math.max(longestMs, atMs - movedAtMs)
    if (counted.get(partition) === at) continue
    at = counted.get(partition)
    movedAtMs = atMs
  }
  return longestMs
}

function longestGap(beats: readonly Beat[], looks: readonly Look[]): number {
  const [begun, ended] = [looks[0]?.atMs ?? 0, looks.at(-1)?.atMs ?? 0]
  const times = [begun, ...beats.map(({ acknowledgedAtMs }) => acknowledgedAtMs), ended]
  return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)))
}

/** Of one that is not counted at the last look, until then. */
function waitedMs({ partition, offset, acknowledgedAtMs }: Beat, looks: readonly Look[]): number {
  const isCounted = ({ atMs, counted }: Look) =>
    atMs >= acknowledgedAtMs && (counted.get(partition) ?? 0) > offset
  const until = looks.find(isCounted) ?? looks.at(-1)
  return until === undefined ? 0 : until.atMs - acknowledgedAtMs
}
