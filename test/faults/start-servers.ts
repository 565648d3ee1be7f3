import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { FOLD_VERSION } from '@forbruk/aggregator/count/block.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type Additions, type KillableKafka, startKillableCluster } from '../support/kafka/killable-kafka.ts'
import { type KillableStore, startKillableStore } from '../support/store/killable-store.ts'
import { Aggregator } from './aggregators.ts'
import type { Form } from './plan.ts'

const AGGREGATORS = 4

/** What is to be done at the end, the last one first. */
export type Ending = (() => Promise<unknown>)[]

export type ServerSettings = {
  readonly seed: number
  readonly form: Form
  /** A real ClickHouse server, or null: a process of our own with chDB. */
  readonly clickhouseUrl: string | null
}

type Servers = {
  readonly brokers: readonly KillableKafka[]
  readonly addresses: readonly string[]
  readonly ownStore: KillableStore | null
  readonly storeUrl: string
  readonly store: Store
  readonly log: EventLog
  /** A second shipper's, where there are several brokers. */
  readonly second: EventLog | null
  /** Of every forbruk that is started, but for its store. */
  readonly environment: Record<string, string>
}

/** Kafka and a store, with a topic and tables to count it into. */
export async function startServers(
  { seed, form, clickhouseUrl }: ServerSettings,
  folder: string,
  ending: Ending,
  additions?: Additions,
): Promise<Servers> {
  mkdirSync(join(folder, 'kafka'))
  const brokers = await startKillableCluster(join(folder, 'kafka'), form.brokers, additions)
  for (const broker of brokers) ending.push(() => broker.kill())
  const addresses = brokers.flatMap(broker => broker.brokers)
  const ownStore =
    clickhouseUrl === null ? await startKillableStore(join(folder, 'store'), join(folder, 'store.err')) : null
  if (ownStore !== null) ending.push(() => ownStore.stop())
  const storeUrl = ownStore?.url ?? clickhouseUrl ?? ''
  const database = ownStore === null ? `forbruk_faults_${randomUUID().slice(0, 8)}` : 'forbruk'
  const store = await openStore({ kind: 'server', url: storeUrl, user: 'default', password: '', database })
  ending.push(() => store.close())
  if (ownStore === null) ending.push(() => store.command(`DROP DATABASE IF EXISTS ${database}`))
  const topic = `faults.${seed}`
  const open = async (clientId: string) => {
    const opened = await openEventLog({
      ...{ kind: 'kafka', brokers: addresses, topic, clientId },
      ...{ partitionCount: form.partitions, replicationFactor: form.brokers },
    })
    ending.push(() => opened.close())
    return opened
  }
  const log = await open('forbruk-faults')
  const second = form.brokers === 1 ? null : await open('forbruk-faults-again')
  await registerStream(store, topic, form)
  const environment = {
    KAFKA_BROKERS: addresses.join(','),
    KAFKA_REPLICATION_FACTOR: String(form.brokers),
    KAFKA_TOPIC: topic,
    CLICKHOUSE_DATABASE: database,
    FORBRUK_DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
  }
  return { brokers, addresses, ownStore, storeUrl, store, log, second, environment }
}

/** Each behind a proxy of its own, and none started. */
export async function makeAggregators(
  { storeUrl, environment }: Servers,
  onUnplannedEnd: (what: string) => void,
  ending: Ending,
): Promise<Aggregator[]> {
  const aggregators = Array.from(
    { length: AGGREGATORS },
    (_, index) => new Aggregator(`aggregator ${index + 1}`, storeUrl, environment, onUnplannedEnd),
  )
  for (const { proxy } of aggregators) {
    await proxy.listen()
    ending.push(() => proxy.close())
  }
  for (const aggregator of aggregators) ending.push(() => aggregator.kill())
  return aggregators
}

/** How the stream is cut is fixed by whoever is first: so that a short run has many blocks. */
async function registerStream(store: Store, topic: string, form: Form): Promise<void> {
  await migrate(store, MIGRATIONS, Date.now)
  const { partitions, blockSize, windowSize } = form
  const geometry = { partition_count: partitions, block_size: blockSize, window_size: windowSize }
  await store.insert('stream', [{ stream: topic, ...geometry, fold_version: FOLD_VERSION }])
}
