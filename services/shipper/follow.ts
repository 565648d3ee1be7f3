import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { catchUp } from './catch-up.ts'
import { Tail } from './read-tail.ts'
import type { FileSummary, ShipProgress } from './ship-summary.ts'
import type { Shipment } from './shipment.ts'

/** How late a line may be written after the request it tells of: gateways write their logs through buffers. */
const LATENESS_MS = 60_000

export type FollowOptions = {
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShipProgress) => void
  readonly pollMs: number
  /** How long a rotated file must be quiet until it is taken to be finished. */
  readonly retireAfterMs: number
}

type Followed = {
  readonly path: string
  current: Tail | null
  /** Rotated away, but a gateway may still be writing to them. */
  readonly retiring: Set<Tail>
  caughtUp: boolean
}

/** Ships logs as they grow, through rotation, until `signal` aborts. Polls: a hint of the file system can get lost. */
export async function followFiles(
  shipment: Shipment,
  paths: readonly string[],
  options: FollowOptions,
): Promise<readonly FileSummary[]> {
  const followed: Followed[] = paths.map(path => ({
    path: resolve(path),
    current: null,
    retiring: new Set(),
    caughtUp: false,
  }))
  const summaries: FileSummary[] = []
  try {
    while (!options.signal.aborted) {
      let isBusy = false
      for (const one of followed) isBusy = (await visit(shipment, one, options, summaries)) || isBusy
      if (shipment.isCheckpointDue) await shipment.checkpoint(throughOf(shipment, followed))
      if (isBusy) continue
      await shipment.flush()
      await sleep(options.pollMs, undefined, { signal: options.signal }).catch(() => undefined)
    }
    await shipment.checkpoint(throughOf(shipment, followed))
  } finally {
    for (const tail of tailsOf(followed)) await finish(tail, summaries)
  }
  return summaries
}

/** Answers whether there is more to read at once. */
async function visit(
  shipment: Shipment,
  followed: Followed,
  options: FollowOptions,
  summaries: FileSummary[],
): Promise<boolean> {
  followed.current ??= await Tail.open(shipment, followed.path)
  if (!followed.caughtUp) {
    // Asked first: the new file is no file that was read before.
    const begun = shipment.filesAt(followed.path)
    await followed.current?.identify()
    summaries.push(...(await catchUp(shipment, followed.path, begun, openFiles(followed), options)))
    followed.caughtUp = true
  }
  const isMore = await visitCurrent(shipment, followed, options, summaries)
  for (const tail of followed.retiring) await retire(tail, followed, options, summaries)
  return isMore
}

async function visitCurrent(
  shipment: Shipment,
  followed: Followed,
  options: FollowOptions,
  summaries: FileSummary[],
): Promise<boolean> {
  const tail = followed.current
  if (tail === null) return false
  const before = tail.progress.bytesRead
  const visited = await tail.visit(options.signal)
  if (tail.progress.bytesRead > before) {
    options.onProgress({ ...tail.progress, bytesTotal: await tail.size() })
  }
  switch (visited) {
    case 'more':
      return true
    case 'replaced':
      await finish(tail, summaries)
      followed.current = null
      followed.caughtUp = false
      return true
    case 'at_end':
      if (!(await isReplaced(shipment, tail))) return false
      followed.retiring.add(tail)
      followed.current = null
      followed.caughtUp = false
      return true
  }
}

/** Another file has taken the name. While none has, the gateway is still writing to the old one. */
async function isReplaced(shipment: Shipment, tail: Tail): Promise<boolean> {
  const facts = await shipment.settings.files.facts(tail.path)
  return facts !== null && !tail.isFile(facts)
}

async function retire(
  tail: Tail,
  followed: Followed,
  { signal, pollMs, retireAfterMs }: FollowOptions,
  summaries: FileSummary[],
): Promise<void> {
  const visited = await tail.visit(signal)
  const isQuiet = tail.quietVisits * pollMs >= retireAfterMs
  if (visited === 'more' || (visited === 'at_end' && !isQuiet)) return
  if (visited === 'at_end') tail.end()
  followed.retiring.delete(tail)
  await finish(tail, summaries)
}

async function finish(tail: Tail, summaries: FileSummary[]): Promise<void> {
  const summary = await tail.close()
  if (summary !== null) summaries.push(summary)
}

function tailsOf(followed: readonly Followed[]): readonly Tail[] {
  return followed.flatMap(one => [...one.retiring, ...(one.current === null ? [] : [one.current])])
}

function openFiles(followed: Followed): ReadonlySet<string> {
  return new Set(tailsOf([followed]).flatMap(tail => tail.file ?? []))
}

/**
 * Through which time every event of the source has been shipped, or null when that can't be said. Once all files are
 * read to their end that is a minute ago; while a single one is being read, it speaks for the source.
 */
function throughOf(shipment: Shipment, followed: readonly Followed[]): number | null {
  if (followed.some(one => !one.caughtUp)) return null
  const tails = tailsOf(followed)
  const behind = tails.filter(tail => tail.atEndMs === null)
  if (behind.length > 0) return behind.length === 1 ? (behind[0]?.highestMs ?? null) : null
  // A log that isn't there vouches for nothing.
  if (followed.some(one => one.current === null)) return null
  const endMs = Math.min(...tails.map(tail => tail.atEndMs ?? 0))
  return Math.max(shipment.highestMs ?? 0, endMs - LATENESS_MS)
}
