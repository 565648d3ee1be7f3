import { setTimeout } from 'node:timers/promises'
import type { Aggregator } from './aggregators.ts'
import type { Fault } from './plan.ts'
import type { World } from './world.ts'

/** The others take one that gives no sign for gone after 3 s. */
const ZOMBIE_MS = 40_000
/** The store's client gives an answer up after 60 s. */
const LATE_ANSWER_MS = 62_000
const DELIVERED_AFTER_MS = 38_000
const TRAP_WAIT_MS = 75_000
const FREE_WAIT_MS = 60_000
const POLL_MS = 100
/** Between two restarts, as long as an orchestrator takes to see that a process is ready. */
const ROLLING_PAUSE_MS = 3_000

type AggregatorFault =
  | Extract<Fault, `scale-${string}` | `aggregator-${string}` | 'aggregators-rolling'>
  | 'insert-after-death'
  | 'store-late-answer'

export async function inflictOnAggregator(fault: AggregatorFault, world: World): Promise<string> {
  switch (fault) {
    case 'scale-to-4':
      return scaleUp(world)
    case 'scale-to-2':
      return scaleDown(world)
    case 'aggregator-kill':
      return withOne(world, aggregator => killAtOnce(aggregator, world))
    case 'aggregator-kill-before-ledger':
      return withOne(world, aggregator => killBeforeLedger(aggregator, world))
    case 'aggregator-zombie':
      return withOne(world, suspend)
    case 'aggregators-rolling':
      return restartAll(world)
    case 'insert-after-death':
      return withOne(world, aggregator => deliverAfterDeath(aggregator, world))
    case 'store-late-answer':
      return withOne(world, answerLate)
  }
}

async function withOne(world: World, step: (aggregator: Aggregator) => Promise<string>): Promise<string> {
  const aggregator = await takeOne(world)
  if (aggregator === null) return `no aggregator was up and free within ${FREE_WAIT_MS / 1_000} s`
  try {
    return `${aggregator.name}: ${await step(aggregator)}`
  } finally {
    aggregator.isBusy = false
  }
}

async function takeOne({ aggregators, random }: World): Promise<Aggregator | null> {
  const deadlineMs = performance.now() + FREE_WAIT_MS
  while (performance.now() < deadlineMs) {
    const free = aggregators.filter(({ isUp, isBusy }) => isUp && !isBusy)
    const chosen = free[random.whole(0, Math.max(0, free.length - 1))]
    if (chosen !== undefined) {
      chosen.isBusy = true
      return chosen
    }
    await setTimeout(POLL_MS)
  }
  return null
}

async function scaleUp({ aggregators }: World): Promise<string> {
  const down = aggregators.filter(({ isUp, isBusy }) => !isUp && !isBusy)
  for (const aggregator of down) aggregator.start()
  return `${down.length} more started`
}

/** One in order, the others at once. */
async function scaleDown(world: World): Promise<string> {
  const ended: string[] = []
  while (world.aggregators.filter(({ isUp }) => isUp).length > 2) {
    const aggregator = await takeOne(world)
    if (aggregator === null) break
    try {
      if (ended.length === 0) ended.push(`${aggregator.name} stopped (exit code ${await aggregator.stop()})`)
      else {
        await aggregator.kill()
        ended.push(`${aggregator.name} kill -9`)
      }
    } finally {
      aggregator.isBusy = false
    }
  }
  return ended.length === 0 ? 'there were no more than 2' : ended.join(', ')
}

/** One after the other, in order. */
async function restartAll({ aggregators }: World): Promise<string> {
  const up = aggregators.filter(({ isUp, isBusy }) => isUp && !isBusy)
  const codes: string[] = []
  for (const aggregator of up) {
    aggregator.isBusy = true
    codes.push(await aggregator.stop())
    aggregator.start()
    aggregator.isBusy = false
    await setTimeout(ROLLING_PAUSE_MS)
  }
  return `${up.length} restarted one after the other (exit codes ${codes.join(', ')})`
}

async function killAtOnce(aggregator: Aggregator, { random, onKill }: World): Promise<string> {
  await aggregator.kill()
  onKill()
  const awayMs = random.whole(0, 3_000)
  await setTimeout(awayMs)
  aggregator.start()
  return `kill -9, started again after ${awayMs} ms`
}

/** Its usage rows are written, and the ledger row that vouches for them never will be. */
async function killBeforeLedger(aggregator: Aggregator, world: World): Promise<string> {
  const caught = Promise.withResolvers<'before its ledger row'>()
  const disarm = aggregator.proxy.trap({
    table: 'block_ledger',
    before: async () => {
      await aggregator.kill()
      caught.resolve('before its ledger row')
      throw new Error('never delivered')
    },
  })
  const moment = await Promise.race([caught.promise, setTimeout(TRAP_WAIT_MS, 'while it wrote nothing')])
  disarm()
  return `${moment}: ${await killAtOnce(aggregator, world)}`
}

async function suspend(aggregator: Aggregator): Promise<string> {
  aggregator.suspend()
  await setTimeout(ZOMBIE_MS)
  aggregator.wake()
  return `SIGSTOP for ${ZOMBIE_MS} ms`
}

/** Its last insert is on its way while others count the partition, and takes effect after theirs. */
async function deliverAfterDeath(aggregator: Aggregator, world: World): Promise<string> {
  const caught = Promise.withResolvers<true>()
  const delivered = Promise.withResolvers<void>()
  const disarm = aggregator.proxy.trap({
    table: 'usage_rollup',
    before: async () => {
      await aggregator.kill()
      caught.resolve(true)
      await setTimeout(DELIVERED_AFTER_MS)
    },
    after: async () => {
      delivered.resolve()
      return 'answer'
    },
  })
  const isCaught = await Promise.race([caught.promise, setTimeout(TRAP_WAIT_MS, false)])
  disarm()
  const how = await killAtOnce(aggregator, world)
  if (!isCaught) return `while it wrote nothing: ${how}`
  const outcome = await Promise.race([
    delivered.promise.then(() => 'took effect'),
    setTimeout(DELIVERED_AFTER_MS + 10_000, 'was lost: the store was away'),
  ])
  return `${how}; its last insert ${outcome} ${DELIVERED_AFTER_MS} ms later`
}

async function answerLate(aggregator: Aggregator): Promise<string> {
  const caught = Promise.withResolvers<true>()
  const over = Promise.withResolvers<void>()
  const disarm = aggregator.proxy.trap({
    table: 'usage_rollup',
    after: async () => {
      caught.resolve(true)
      await setTimeout(LATE_ANSWER_MS)
      over.resolve()
      return 'answer'
    },
  })
  const isCaught = await Promise.race([caught.promise, setTimeout(TRAP_WAIT_MS, false)])
  disarm()
  if (!isCaught) return 'it wrote nothing that could be answered late'
  await over.promise
  return `one insert applied, answered ${LATE_ANSWER_MS} ms later: its client had given up`
}
