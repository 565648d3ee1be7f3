import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ForeignTopic, Subscription } from '@forbruk/infra/log/event-log.ts'
import { Term, type TermCounts, type TermSettings } from './term.ts'

export type RunOptions = TermSettings & {
  /** End once all has been read that the topic holds when the term begins. */
  readonly untilCaughtUp: boolean
  /** An orderly stop: what was taken is appended and marked first. */
  readonly signal: AbortSignal
  readonly onBegin: (from: readonly ForeignProgress[]) => void
  readonly onProgress: (progress: IntakeProgress) => void
}

export type IntakeProgress = {
  /** Within one term. */
  readonly counts: TermCounts
  readonly partitions: readonly ForeignProgress[]
}

type ForeignProgress = {
  readonly partition: number
  readonly nextOffset: number
  readonly endOffset: number
}

const TICK_MS = 250
const HEARTBEAT_MS = 3_000

/** Reads the foreign topic for one term; ends with it, on a stop, or where it caught up. Throws what ends the term. */
export async function runTerm(options: RunOptions, turn: AbortSignal): Promise<void> {
  const { foreign, signal, untilCaughtUp, onBegin, onProgress } = options
  const term = await Term.begin(options)
  const ends = await readEnds(foreign)
  onBegin(describe(term, ends))
  const stopped = AbortSignal.any([turn, signal])
  const subscription = await readAll(foreign, term, stopped)
  try {
    while (!stopped.aborted && !(untilCaughtUp && term.hasReached(ends))) {
      await Promise.race([
        subscription.finished,
        sleep(TICK_MS, undefined, { signal: stopped }).catch(() => undefined),
      ])
      await term.tick()
    }
  } finally {
    await subscription.stop()
  }
  // Who lost its turn has nothing more to say.
  if (!turn.aborted) await term.finish()
  onProgress({ counts: term.counts, partitions: describe(term, ends) })
}

/** In a group of its own, since whoever leads reads all partitions: only then can it vouch for the topic. */
function readAll(foreign: ForeignTopic, term: Term, stopped: AbortSignal): Promise<Subscription> {
  return foreign.consume(
    `forbruk-intake-${randomUUID()}`,
    {
      assign: partition => term.startOf(partition),
      receive: async (batch, heartbeat) => {
        const taken = new AbortController()
        const beating = beat(heartbeat, taken.signal)
        beating.catch(() => undefined)
        try {
          await Promise.race([term.take(batch), beating])
        } finally {
          taken.abort()
        }
      },
      revoke() {},
    },
    stopped,
  )
}

/** As long as an append waits for brokers; rejects when the group has taken the partition away. */
async function beat(heartbeat: () => Promise<void>, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await sleep(HEARTBEAT_MS, undefined, { signal: ended }).catch(() => undefined)
    if (!ended.aborted) await heartbeat()
  }
}

async function readEnds(foreign: ForeignTopic): Promise<readonly number[]> {
  const partitions = Array.from({ length: foreign.partitionCount }, (_, partition) => partition)
  const bounds = await Promise.all(partitions.map(partition => foreign.bounds(partition)))
  return bounds.map(({ endOffset }) => endOffset)
}

function describe(term: Term, ends: readonly number[]): readonly ForeignProgress[] {
  return [...term.nextOffsets].map(([partition, nextOffset]) => ({
    partition,
    nextOffset,
    endOffset: Math.max(nextOffset, ends[partition] ?? 0),
  }))
}
