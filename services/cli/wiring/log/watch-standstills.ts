import { setTimeout as sleep } from 'node:timers/promises'
import {
  describeStandstill,
  readPlaces,
  type Standstill,
  Standstills,
} from '@forbruk/aggregator/run/find-standstills.ts'
import type { CountLogger } from '@forbruk/aggregator/run/stream-counter.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { Parts } from '../parts/open-parts.ts'

const LOOK_INTERVAL_MS = 2_000
/** Longer than an orderly change of hands takes, and than a block of a log that is caught up with. */
const STANDING_MIN_MS = 8_000
const REMIND_AFTER_MS = 60_000

export type StandstillWatch = AsyncDisposable & {
  /** As of the last look, some seconds ago at most. */
  current(): readonly Standstill[]
  /** To be told which partitions are counted in this process, which the log then says beside each. */
  onHeld(partitions: ReadonlySet<number>): void
}

/** Says which partitions of the stream nobody counts on, this process or another, until it is disposed of. */
export async function watchStandstills(
  parts: Pick<Parts, 'log' | 'store'> & { readonly logger: CountLogger },
): Promise<StandstillWatch> {
  const { logger } = parts
  const ledger = createLedgerReader(await parts.store())
  const standstills = new Standstills()
  const toldMs = new Map<number, number>()
  const stopping = new AbortController()
  let held: ReadonlySet<number> = new Set()
  let current: readonly Standstill[] = []

  const tell = (nowMs: number) => {
    const standing = new Set(current.map(({ partition }) => partition))
    for (const standstill of current) {
      const { partition, nextOffset, endOffset } = standstill
      if (nowMs - (toldMs.get(partition) ?? Number.NEGATIVE_INFINITY) < REMIND_AFTER_MS) continue
      toldMs.set(partition, nowMs)
      const isCountedHere = held.has(partition)
      logger.warn({ partition, nextOffset, endOffset, isCountedHere }, describeStandstill(standstill))
    }
    for (const partition of toldMs.keys()) {
      if (standing.has(partition)) continue
      toldMs.delete(partition)
      logger.info({ partition }, 'partition counted on')
    }
  }
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const log = await parts.log()
        const nowMs = performance.now()
        const all = standstills.look(await readPlaces(ledger, log), nowMs)
        // One that nobody agreed to count needs no looking at for long.
        current = all.filter(({ standingMs, beyond }) => beyond !== null || standingMs >= STANDING_MIN_MS)
        tell(nowMs)
      } catch (error) {
        // Who counts says that the store or the log is away.
        logger.debug({ err: error }, 'whether partitions stand still could not be seen')
      }
      await sleep(LOOK_INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    current: () => current,
    onHeld(partitions) {
      held = partitions
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await watching
    },
  }
}
