import type { Random } from '../../demo/record/random.ts'
import type { KillableKafka } from '../support/kafka/killable-kafka.ts'
import type { KillableStore } from '../support/store/killable-store.ts'
import type { Aggregator } from './aggregators.ts'
import type { Turns } from './turns.ts'

/** What faults are inflicted on. */
export type World = {
  /** Node 1, 2, … */
  readonly brokers: readonly KillableKafka[]
  /** Of all of them. */
  readonly addresses: readonly string[]
  /** Null for a server at CLICKHOUSE_URL, which is not ours to kill. */
  readonly store: KillableStore | null
  readonly aggregators: readonly Aggregator[]
  readonly random: Random
  readonly brokerTurns: Turns
  readonly storeTurns: Turns
  /** An aggregator or the store was killed: whoever counts beside us for comparison is killed as well. */
  readonly onKill: () => void
}
