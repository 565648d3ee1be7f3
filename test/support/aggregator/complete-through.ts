import type { HeardInstance } from '@forbruk/aggregator/count/instances.ts'

/** What a partition has of one source. */
type HeardPartition = {
  readonly heard: readonly HeardInstance[]
  /** By any mark; null before the first. */
  readonly throughMs: number | null
}

/** A person's word on an instance: it covers what was heard by then. */
export type Settled = { readonly sequence: number; readonly copies: number }

/**
 * Through which time a source is complete, from the definition: the least of what all vouch for whom nobody has
 * settled. Null until every partition has a mark. What the store's view says is held against it.
 */
export function completeThrough(
  partitions: readonly HeardPartition[],
  settled: ReadonlyMap<string, Settled>,
): number | null {
  if (partitions.some(({ throughMs }) => throughMs === null)) return null
  const unsaid = partitions.filter(({ heard }) => heard.length === 0).map(({ throughMs }) => throughMs ?? 0)
  const byId = Map.groupBy(
    partitions.flatMap(({ heard }) => heard),
    ({ instance }) => instance,
  )
  const judged = [...byId].map(([instance, heard]) => judge(heard, settled.get(instance)))
  const standing = judged.filter(({ isStanding }) => isStanding).map(({ throughMs }) => throughMs)
  const vouched =
    standing.length > 0 ? Math.min(...standing) : Math.max(...judged.map(({ throughMs }) => throughMs))
  return Math.min(...unsaid, ...(judged.length > 0 ? [vouched] : []))
}

function judge(heard: readonly HeardInstance[], word: Settled | undefined) {
  const copies = Math.max(...heard.map(each => each.copies))
  const isCopied = copies > (word?.copies ?? 0)
  const copied = heard.filter(each => each.copies > 0).map(each => each.copiedThroughMs)
  const isHeardAgain = word === undefined || heard.some(({ sequence }) => sequence > word.sequence)
  return {
    isStanding: isHeardAgain || isCopied,
    throughMs: Math.min(...heard.map(each => each.throughMs), ...(isCopied ? copied : [])),
  }
}
