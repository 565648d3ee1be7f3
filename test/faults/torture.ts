import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FOLD_VERSION } from '@forbruk/aggregator/count/block.ts'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { seededRandom } from '../../demo/record/random.ts'
import { startKillableKafka } from '../support/kafka/killable-kafka.ts'
import { startKillableStore } from '../support/store/killable-store.ts'
import { Aggregator } from './aggregators.ts'
import { KafkaEngine } from './compare-kafka-engine.ts'
import { fillDisk } from './fill-disk.ts'
import type { World } from './inflict.ts'
import { EventMaker } from './make-events.ts'
import { Oracle } from './oracle.ts'
import { type Form, planFaults } from './plan.ts'
import type { Report } from './print-report.ts'
import { produce, send } from './produce.ts'
import { isInflicted, Schedule } from './schedule.ts'
import { Turns } from './turns.ts'
import { verify } from './verify.ts'
import { Progress } from './watch-progress.ts'

const AGGREGATORS = 4
/** Events per second. */
const PACE_MIN = 100
/** After the last fault: what is never caught up with can't be compared. */
const CATCH_UP_MAX_MS = 600_000

export type TortureSettings = {
  readonly seed: number
  readonly form: Form
  /** A real ClickHouse server, or null: a process of our own with chDB. */
  readonly clickhouseUrl: string | null
  /** Lets ClickHouse's own Kafka engine count the same topic. */
  readonly compare: boolean
  readonly say: (line: string) => void
}

/** Everything of one run; in a folder that goes with it. */
export async function torture(settings: TortureSettings): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-faults-'))
  const ending: (() => Promise<unknown>)[] = []
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await run(settings, folder, ending)
  } finally {
    for (const end of ending.reverse()) await end().catch(error => settings.say(`at the end: ${error}`))
    process.off('exit', remove)
    remove()
  }
}

async function run(
  { seed, form, clickhouseUrl, compare, say }: TortureSettings,
  folder: string,
  ending: (() => Promise<unknown>)[],
): Promise<Report> {
  const beganMs = performance.now()
  const diskFull = fillDisk(join(folder, 'disk'))
  ending.push(() => diskFull)
  mkdirSync(join(folder, 'kafka'))
  const kafka = await startKillableKafka(join(folder, 'kafka'))
  ending.push(() => kafka.stop())
  const ownStore =
    clickhouseUrl === null ? await startKillableStore(join(folder, 'store'), join(folder, 'store.err')) : null
  if (ownStore !== null) ending.push(() => ownStore.stop())
  const storeUrl = ownStore?.url ?? clickhouseUrl ?? ''
  const database = ownStore === null ? `forbruk_faults_${randomUUID().slice(0, 8)}` : 'forbruk'
  const store = await openStore({ kind: 'server', url: storeUrl, user: 'default', password: '', database })
  ending.push(() => store.close())
  if (ownStore === null) ending.push(() => store.command(`DROP DATABASE IF EXISTS ${database}`))
  const topic = `faults.${seed}`
  const log = await openEventLog({
    kind: 'kafka',
    brokers: kafka.brokers,
    topic,
    partitionCount: form.partitions,
    replicationFactor: 1,
    clientId: 'forbruk-faults',
  })
  ending.push(() => log.close())
  await registerStream(store, topic, form)

  const environment = {
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKA_TOPIC: topic,
    CLICKHOUSE_DATABASE: database,
    FORBRUK_DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
  }
  const unplannedEnds = new Map<string, number>()
  const onUnplannedEnd = (what: string) => {
    unplannedEnds.set(what, (unplannedEnds.get(what) ?? 0) + 1)
    say(what)
  }
  const aggregators = Array.from(
    { length: AGGREGATORS },
    (_, index) => new Aggregator(`aggregator ${index + 1}`, storeUrl, environment, onUnplannedEnd),
  )
  for (const { proxy } of aggregators) {
    await proxy.listen()
    ending.push(() => proxy.close())
  }
  for (const aggregator of aggregators) ending.push(() => aggregator.kill())
  const engine = new KafkaEngine(join(folder, 'engine'), kafka.brokers, topic, join(folder, 'engine.err'))
  ending.push(() => engine.stop())
  if (compare) engine.start()
  const world: World = {
    kafka,
    store: ownStore,
    aggregators,
    random: seededRandom(seed, 'world'),
    brokerTurns: new Turns(),
    storeTurns: new Turns(),
    onKill: () => engine.killAndRestart(),
  }

  aggregators[0]?.start()
  const oracle = new Oracle()
  const maker = new EventMaker(seed, form.eventsTotal, form.partitions)
  const progress = new Progress(log, store)
  const schedule = new Schedule({
    steps: planFaults(seed, form),
    world,
    progress,
    eventsSent: () => maker.made,
    say,
  })
  const pace = () => Math.max(PACE_MIN, Math.min(form.eventsPerSecond, maker.left / schedule.secondsLeft()))
  const [faults] = await Promise.all([schedule.run(), produce({ log, maker, oracle, pace })])
  await send(log, maker.marks(), oracle)

  const failures = faults
    .filter(row => !isInflicted(row))
    .map(({ fault, detail }) => `the fault ${fault} ${detail}`)
  const isCaughtUp = await catchUp(progress)
  if (!isCaughtUp) failures.push(`not caught up ${CATCH_UP_MAX_MS / 1_000} s after the last fault`)
  say(`caught up after ${seconds(beganMs).toFixed(0)} s`)
  const codes = await Promise.all(aggregators.map(aggregator => aggregator.stop()))
  for (const code of codes.filter(code => code !== '0')) onUnplannedEnd(`stopped in order, exit code ${code}`)
  const verdict = await verify(log, store, oracle, { ...environment, CLICKHOUSE_URL: storeUrl })
  const records = verdict.totals.find(({ what }) => what === 'records')?.expected ?? 0
  const filled = await diskFull
  return {
    seed,
    form,
    seconds: seconds(beganMs),
    faults,
    unplannedEnds,
    verdict,
    diskFull: filled,
    engine: await engine.finish(records),
    failures: [...failures, ...verdict.failures, ...filled.failures],
  }
}

/** How the stream is cut is fixed by whoever is first: so that a short run has many blocks. */
async function registerStream(store: Store, topic: string, form: Form): Promise<void> {
  await migrate(store, MIGRATIONS, Date.now)
  const { partitions, blockSize, windowSize } = form
  const geometry = { partition_count: partitions, block_size: blockSize, window_size: windowSize }
  await store.insert('stream', [{ stream: topic, ...geometry, fold_version: FOLD_VERSION }])
}

async function catchUp(progress: Progress): Promise<boolean> {
  const deadlineMs = performance.now() + CATCH_UP_MAX_MS
  return progress.reaches(await progress.ends(() => deadlineMs), () => deadlineMs)
}

function seconds(sinceMs: number): number {
  return (performance.now() - sinceMs) / 1_000
}
