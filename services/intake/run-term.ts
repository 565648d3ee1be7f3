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
const TICKS_PER_COMMIT = 20

/** Reads the foreign topic for one term; ends on a stop, or where it caught up. Throws what ends the term. */
export async function runTerm(options: RunOptions): Promise<'done' | 'outgrown'> {
  const { foreign, source, signal, untilCaughtUp, onBegin, onProgress } = options
  const term = await Term.begin(options)
  const ends = await readEnds(foreign)
  onBegin(describe(term, ends))
  const isOver = () => signal.aborted || term.isOutgrown || (untilCaughtUp && term.hasReached(ends))
  const subscription = await readAll(foreign, term, `forbruk-intake.${source}`)
  try {
    for (let ticks = 1; !isOver(); ticks++) {
      await Promise.race([
        subscription.finished,
        sleep(TICK_MS, undefined, { signal }).catch(() => undefined),
      ])
      await term.tick()
      if (ticks % TICKS_PER_COMMIT === 0) void subscription.commit(term.nextOffsets)
    }
  } finally {
    await subscription.stop()
  }
  await term.finish()
  onProgress({ counts: term.counts, partitions: describe(term, ends) })
  return term.isOutgrown ? 'outgrown' : 'done'
}

/**
 * All partitions: only who reads all of them can vouch for the topic. By the group's name lag monitors find how far it
 * is; it has no members, and nothing rests on what is committed.
 */
async function readAll(foreign: ForeignTopic, term: Term, group: string): Promise<Subscription> {
  const subscription = await foreign.consume(group, {
    assign: partition => term.startOf(partition),
    receive: batch => term.take(batch),
    revoke() {},
  })
  subscription.hold(new Set(Array(foreign.partitionCount).keys()))
  return subscription
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
