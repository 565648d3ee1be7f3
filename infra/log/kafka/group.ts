import type { Consumer, Kafka } from 'kafkajs'
import type { KafkaLogger } from './client.ts'
import { Outage } from './outage.ts'
import { KafkaSockets } from './sockets.ts'
import { within } from './wait.ts'

export type GroupSource = {
  /** One whose every connection can be ended. */
  readonly createClient: (sockets: KafkaSockets) => Kafka
  readonly logger: KafkaLogger | undefined
}

/** kafkajs's consumer, with what it takes to wait for brokers and to get away from them. */
export type GroupMember = {
  readonly kafka: Consumer
  /** The brokers', whoever meets it first. */
  readonly outage: Outage
  /** Leaves the group, within some seconds; nothing of kafkajs goes on afterwards. */
  readonly disconnect: () => Promise<void>
}

const SESSION_TIMEOUT_MS = 30_000
const REBALANCE_TIMEOUT_MS = 60_000
/** Also how long an idle kafkajs takes to notice that a partition may be read, so it is short. */
const FETCH_WAIT_MS = 100
/** Together with what else an orderly stop does it stays below the 25 s that a process takes for it. */
const LEAVE_TIMEOUT_MS = 8_000

export function createGroupMember(source: GroupSource, group: string): GroupMember {
  const outage = new Outage()
  const sockets = new KafkaSockets()
  let isStopping = false
  const kafka = source.createClient(sockets).consumer({
    groupId: group,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    // A deleted topic must not come back by being asked for, with the broker's default settings.
    allowAutoTopicCreation: false,
    // What kafkajs calls a crash is, for the most part, brokers that don't answer.
    retry: { restartOnFailure: async () => !isStopping && outage.mayEnd() },
  })
  kafka.on(kafka.events.GROUP_JOIN, () => outage.end())
  return {
    kafka,
    outage,
    async disconnect() {
      isStopping = true
      const late = () => new Error(`the group was not left within ${LEAVE_TIMEOUT_MS} ms`)
      await within(LEAVE_TIMEOUT_MS, kafka.disconnect(), late).catch(error =>
        source.logger?.warn({ err: error, group }, 'leaving the consumer group failed'),
      )
      // Whatever kafkajs still waits for or is about to try, in a join that nobody waits for any more, ends here.
      sockets.shut()
    },
  }
}
