import { setTimeout } from 'node:timers/promises'
import type { ProxyFault } from '../support/store/faulty-proxy.ts'
import { inflictOnAggregator } from './inflict-on-aggregator.ts'
import { inflictOnBrokers } from './inflict-on-brokers.ts'
import type { Fault } from './plan.ts'
import type { World } from './world.ts'

const TRAP_WAIT_MS = 3_000
const CUT_INSERTS = 4
const CUT_WAIT_MS = 40_000

/** Resolves when the fault is over, with what happened. */
export function inflict(fault: Fault, world: World): Promise<string> {
  const { random } = world
  switch (fault) {
    case 'scale-to-4':
    case 'scale-to-2':
    case 'aggregator-kill':
    case 'aggregator-kill-before-ledger':
    case 'aggregator-zombie':
    case 'aggregators-rolling':
    case 'insert-after-death':
    case 'store-late-answer':
      return inflictOnAggregator(fault, world)
    case 'store-kill':
      return world.storeTurns.take(() => killStore(world))
    case 'store-refuses':
      return misbehave(world, { kind: 'refuse' }, random.whole(4_000, 8_000))
    case 'store-slow':
      return misbehave(world, { kind: 'slow', delayMs: 1_500 }, 10_000)
    case 'store-overloaded':
      return misbehave(world, { kind: 'overloaded' }, random.whole(4_000, 8_000))
    case 'store-unknown-status':
      return misbehave(world, { kind: 'unknown-status' }, random.whole(3_000, 6_000))
    case 'store-cut':
      return cutAfterApplying(world)
    case 'broker-kill':
    case 'broker-restart':
    case 'brokers-rolling':
    case 'broker-stall':
    case 'broker-cut-off':
    case 'controller-kill':
    case 'coordinator-kill':
    case 'brokers-two-down':
      return world.brokerTurns.take(() => inflictOnBrokers(fault, world))
  }
}

/** While it applies an insert, if one comes. */
async function killStore(world: World): Promise<string> {
  const { store, aggregators, random, onKill } = world
  if (store === null) {
    await misbehaveNow(world, { kind: 'refuse' }, random.whole(1_000, 4_000))
    return 'a server that is not ours to kill: it refused connections instead'
  }
  const caught = Promise.withResolvers<'in an insert'>()
  const killAfterMs = random.whole(0, 15)
  const disarms = aggregators.map(({ proxy }) =>
    proxy.trap({ table: '', before: async () => caught.resolve('in an insert') }),
  )
  const moment = await Promise.race([caught.promise, setTimeout(TRAP_WAIT_MS, 'at rest' as const)])
  await setTimeout(killAfterMs)
  await store.kill()
  onKill()
  for (const disarm of disarms) disarm()
  const awayMs = random.whole(500, 4_000)
  await setTimeout(awayMs)
  await store.start()
  return `kill -9 ${moment}, started again after ${awayMs} ms`
}

function misbehave(world: World, fault: ProxyFault, durationMs: number): Promise<string> {
  return world.storeTurns.take(() => misbehaveNow(world, fault, durationMs))
}

async function misbehaveNow({ aggregators }: World, fault: ProxyFault, durationMs: number): Promise<string> {
  await Promise.all(aggregators.map(({ proxy }) => proxy.misbehave(fault)))
  await setTimeout(durationMs)
  await Promise.all(aggregators.map(({ proxy }) => proxy.misbehave({ kind: 'none' })))
  return `for ${durationMs} ms`
}

async function cutAfterApplying({ aggregators, random }: World): Promise<string> {
  const tables = ['usage_rollup', 'request_identity', 'source_ledger', 'rejected_event', 'block_ledger']
  const table = tables[random.whole(0, tables.length - 1)] ?? ''
  let cut = 0
  const all = Promise.withResolvers<void>()
  const after = async () => {
    cut += 1
    if (cut === CUT_INSERTS) all.resolve()
    return cut <= CUT_INSERTS ? ('cut' as const) : ('answer' as const)
  }
  const disarms = aggregators.flatMap(({ proxy }) =>
    Array.from({ length: CUT_INSERTS }, () => proxy.trap({ table, after })),
  )
  await Promise.race([all.promise, setTimeout(CUT_WAIT_MS)])
  for (const disarm of disarms) disarm()
  return `${Math.min(cut, CUT_INSERTS)} inserts into ${table} applied, their connections cut`
}
