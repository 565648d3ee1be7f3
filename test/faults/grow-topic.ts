import { setTimeout } from 'node:timers/promises'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { z } from 'zod'
import type { Random } from '../../demo/record/random.ts'
import { withAdmin } from '../support/kafka/topics.ts'
import { killAtExit } from '../support/process/kill-at-exit.ts'
import { runForbruk, startForbruk } from '../support/process/run-forbruk.ts'
import { until } from '../support/wait/until.ts'
import type { EventMaker } from './make-events.ts'
import { GROWN_TO } from './plan.ts'
import type { Progress } from './watch-progress.ts'

/** Sent between the moment at which keys move and the word that agrees to it. */
const EVENTS_BEFORE_WORD = 2_000
/** Brokers may be away, and events come slowly at the end. */
const PATIENCE_MS = 120_000
const POLL_MS = 250
const grownShape = z.object({ records_waiting: z.number(), partitions_told: z.number() })
const COMMAND = ['stream', 'grow'] as const

type GrowthParts = {
  readonly addresses: readonly string[]
  /** Of all who append: each must hear of the new partitions. */
  readonly logs: readonly EventLog[]
  readonly maker: EventMaker
  readonly progress: Progress
  /** Of the operator's commands. */
  readonly environment: Record<string, string>
  readonly random: Random
}

/** A topic that gets partitions while events come, and an operator who agrees to it by the real command. */
export class TopicGrowth {
  readonly #parts: GrowthParts
  readonly #counts = [...GROWN_TO]

  constructor(parts: GrowthParts) {
    this.#parts = parts
  }

  /** Answers what happened; throws when a new partition was counted before the word, or the command fails. */
  async grow(): Promise<string> {
    const { logs, maker, progress } = this.#parts
    const count = this.#counts.shift()
    const [log] = logs
    if (count === undefined || log === undefined) throw new Error('there is nothing to grow to')
    const before = log.partitionCount
    await this.#addPartitions(log.topic, count)
    const madeBefore = maker.made
    maker.beginGrowth(count)
    // Then no batch is tried again that was made before: a batch follows when the one before it was acknowledged.
    await until(
      () => maker.made - madeBefore >= EVENTS_BEFORE_WORD || maker.isDone,
      () => `only ${maker.made - madeBefore} events came to a topic that had grown`,
      PATIENCE_MS,
    )
    const look = await this.#type('--dry-run')
    const counted = await this.#ask(() => progress.counted())
    const early = [...counted.keys()].filter(partition => partition >= before)
    if (early.length > 0) throw new Error(`partition ${early} was counted before anybody agreed to it`)
    const killed = await this.#killOnTheWay(look.tookMs)
    const { partitions_told: told } = await this.#type()
    maker.endGrowth()
    const waited = `${look.records_waiting} records waited`
    return `${before} to ${count} partitions, ${waited}; ${killed}; typed again, which told ${told}`
  }

  async #addPartitions(topic: string, count: number): Promise<void> {
    const { addresses, logs } = this.#parts
    await this.#ask(async () => {
      const add = withAdmin(addresses, admin =>
        admin.createPartitions({ topicPartitions: [{ topic, count }] }),
      )
      // It may have taken effect and not been answered: whether it did, the topic says.
      await add.catch(() => false)
      for (const log of logs) await log.bounds(0)
      if (logs.some(({ partitionCount }) => partitionCount < count))
        throw new Error(`not ${count} partitions yet`)
    })
  }

  /** At the moment at which it appends, more or less: that is the last thing that it does. */
  async #killOnTheWay(tookMs: number): Promise<string> {
    const killAfterMs = Math.round(tookMs * (0.7 + 0.3 * this.#parts.random.next()))
    const running = startForbruk(COMMAND, this.#parts.environment)
    killAtExit(running.child)
    await Promise.race([setTimeout(killAfterMs), running.finished])
    running.child.kill('SIGKILL')
    const { code } = await running.finished
    return code === null ? `kill -9 after ${killAfterMs} ms` : `it ended with ${code} before it was killed`
  }

  /** Until it is done, as often as a broker or the store is away meanwhile. */
  #type(...flags: readonly string[]): Promise<z.infer<typeof grownShape> & { readonly tookMs: number }> {
    const args = [...COMMAND, ...flags, '--json']
    return this.#ask(async () => {
      const beganMs = performance.now()
      const { code, stdout, stderr } = await runForbruk(args, this.#parts.environment)
      if (code !== 0) throw new Error(`forbruk ${args.join(' ')} exited with ${code}: ${stderr.trim()}`)
      return { ...grownShape.parse(JSON.parse(stdout)), tookMs: performance.now() - beganMs }
    })
  }

  /** Again and again, while brokers or the store are away. */
  async #ask<Answer>(step: () => Promise<Answer>): Promise<Answer> {
    const deadlineMs = performance.now() + PATIENCE_MS
    for (;;) {
      try {
        return await step()
      } catch (error) {
        if (performance.now() > deadlineMs) throw error
        await setTimeout(POLL_MS)
      }
    }
  }
}
