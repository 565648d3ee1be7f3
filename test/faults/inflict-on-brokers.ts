import { setTimeout } from 'node:timers/promises'
import { findActiveController } from '../support/kafka/find-active-controller.ts'
import type { KillableKafka } from '../support/kafka/killable-kafka.ts'
import { findCoordinator } from './find-coordinator.ts'
import type { Fault } from './plan.ts'
import type { World } from './world.ts'

/** Longer than a controller waits for a broker. */
const STALL_MS = 12_000
/** It keeps what it leads, and nobody reaches it. */
const CUT_OFF_MS = 10_000

type BrokerFault = Extract<
  Fault,
  `broker-${string}` | `brokers-${string}` | 'controller-kill' | 'coordinator-kill'
>

/** @returns what was done, to which node */
export async function inflictOnBrokers(fault: BrokerFault, world: World): Promise<string> {
  const { brokers, random } = world
  const index = random.whole(0, brokers.length - 1)
  const one = nodeOf(world, index)
  const name = brokers.length === 1 ? '' : `node ${index + 1}: `
  switch (fault) {
    case 'broker-kill':
      return `${name}${await kill([one], world)}`
    case 'broker-restart':
      await one.stop()
      await one.start()
      return `${name}stopped in order, started again`
    case 'brokers-rolling':
      for (const broker of brokers) {
        await broker.stop()
        await broker.start()
      }
      return 'each stopped in order and started again, one after the other'
    case 'broker-stall':
      one.suspend()
      await setTimeout(STALL_MS)
      one.wake()
      return `${name}SIGSTOP for ${STALL_MS} ms`
    case 'broker-cut-off':
      one.cutOff()
      await setTimeout(CUT_OFF_MS)
      one.heal()
      return `${name}nothing came through to it for ${CUT_OFF_MS} ms`
    case 'controller-kill':
      return killNamed('controller', await findActiveController(world.addresses), world)
    case 'coordinator-kill':
      return killNamed('coordinator of the group', await findCoordinator(world.addresses), world)
    case 'brokers-two-down':
      return `${await kill(
        brokers.filter((_, other) => other !== index),
        world,
      )}; node ${index + 1} was left`
  }
}

async function killNamed(what: string, id: number, world: World): Promise<string> {
  return `node ${id}, the ${what}: ${await kill([nodeOf(world, id - 1)], world)}`
}

async function kill(killed: readonly KillableKafka[], { random }: World): Promise<string> {
  await Promise.all(killed.map(broker => broker.kill()))
  const awayMs = random.whole(500, 4_000)
  await setTimeout(awayMs)
  await Promise.all(killed.map(broker => broker.start()))
  return `${killed.length === 1 ? '' : `${killed.length} times `}kill -9, started again after ${awayMs} ms`
}

function nodeOf({ brokers }: Pick<World, 'brokers'>, index: number): KillableKafka {
  const node = brokers[index]
  if (node === undefined) throw new RangeError(`there is no node ${index + 1}`)
  return node
}
