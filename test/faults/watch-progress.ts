import { setTimeout } from 'node:timers/promises'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { z } from 'zod'

const POLL_MS = 250
const shape = z.object({ partition: z.number(), next_offset: safeCount.read })

/** How far counting is, as the ledger has it, whoever is dead at the moment. */
export class Progress {
  readonly #log: EventLog
  readonly #store: Store

  constructor(log: EventLog, store: Store) {
    this.#log = log
    this.#store = store
  }

  /** The end of every partition; waits for a broker that is away. */
  async ends(deadlineMs: () => number): Promise<readonly number[]> {
    for (;;) {
      try {
        const partitions = Array.from({ length: this.#log.partitionCount }, (_, partition) => partition)
        const bounds = await Promise.all(partitions.map(partition => this.#log.bounds(partition)))
        return bounds.map(({ endOffset }) => endOffset)
      } catch (error) {
        if (performance.now() > deadlineMs()) throw error
        await setTimeout(POLL_MS)
      }
    }
  }

  /** Resolves when everything below `ends` is counted; false when it is not by `deadlineMs`, which may yet move. */
  async reaches(ends: readonly number[], deadlineMs: () => number): Promise<boolean> {
    while (performance.now() < deadlineMs()) {
      const counted = await this.counted().catch(() => null)
      if (counted !== null && ends.every((end, partition) => (counted.get(partition) ?? 0) >= end))
        return true
      await setTimeout(POLL_MS)
    }
    return false
  }

  /** By partition, up to where the ledger says that it is counted. */
  async counted(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.#store.query(
      'SELECT partition, max(next_offset) AS next_offset FROM block_ledger WHERE stream = {stream:String} GROUP BY 1',
      shape,
      { stream: this.#log.topic },
    )
    return new Map(rows.map(row => [row.partition, row.next_offset]))
  }
}
