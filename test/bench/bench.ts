import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { type KafkaBroker, startKafkaBroker } from '../support/kafka/broker.ts'
import { withAdmin } from '../support/kafka/topics.ts'
import { startKillableStore } from '../support/store/killable-store.ts'
import { countWithEngine } from './count-engine.ts'
import { beginWithFirstVersion, countWithForbruk, forbrukSettings, readStoredSize } from './count-forbruk.ts'
import { fillTopics, type Input, readThrough } from './fill-topics.ts'
import { buildJvmPeers, countWithStreams, readRaw } from './jvm-peers.ts'
import { measureFreshness } from './measure-freshness.ts'
import { measureScaling, type Scaling } from './measure-scaling.ts'
import { type Measurement, medianOf } from './measurement.ts'
import { formatResults, miscountsOf, type Outcome, PEERS, type Peer, type Results } from './report.ts'
import { killRunning } from './run-process.ts'

const EVENTS_DEFAULT = 2_000_000
const EVENTS_MAX = 100_000_000
/** Of each the one in the middle counts: the machine is never quite quiet. */
const ROUNDS = 3
const PEERS_IN_TURN: readonly Peer[] = [
  'rawJson',
  'rawAvro',
  'forbrukJson',
  'forbrukAvro',
  'forbrukWithoutIds',
  'forbrukWindowAlone',
  'streams',
  'engineOne',
  'engineTwo',
]
const WRONG_USAGE = 2
const REFUSED = 3
const INTERRUPTED = 130
/** Every topic of this run begins with it. */
const RUN = `bench.${randomUUID().slice(0, 8)}`

const options = readOptions()
const broker = await startKafkaBroker(process.env)
if (broker.kind === 'none') {
  process.stderr.write(`There is no Kafka to measure with: ${broker.reason}.\n`)
  process.exit(REFUSED)
}
const folder = await mkdtemp(join(tmpdir(), 'forbruk-bench-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killRunning()
    void cleanUp(broker, folder).finally(() => process.exit(INTERRUPTED))
  })
}
try {
  say(`Kafka ${broker.how} on ${broker.brokers.join(', ')}`)
  const results = await measureAll(broker.brokers, folder, options.events)
  process.stdout.write(`${options.json ? JSON.stringify(results, null, 2) : formatResults(results)}\n`)
  if (miscountsOf(results).length > 0) process.exitCode = 1
} finally {
  await cleanUp(broker, folder)
}

function readOptions(): { events: number; json: boolean } {
  try {
    const { values } = parseArgs({
      options: { events: { type: 'string' }, json: { type: 'boolean', default: false } },
    })
    const events = Number(values.events ?? EVENTS_DEFAULT)
    if (Number.isInteger(events) && events > 0 && events <= EVENTS_MAX) return { events, json: values.json }
    throw new Error(`--events ${values.events}: expected a whole number from 1 to ${EVENTS_MAX}`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(WRONG_USAGE)
  }
}

async function measureAll(brokers: readonly string[], root: string, events: number): Promise<Results> {
  const jvm = await attempt('building the JVM peers', async () => {
    const missing = await buildJvmPeers()
    if (missing !== null) throw new Error(missing)
  })
  const inputs = await fillTopics(brokers, RUN, events, done => showProgress(done, events))
  // Or whoever is measured first would share the disk with what the broker has still to write.
  await promisify(execFile)('sync').catch(error => say(`The disk was not waited for: ${error.message}`))
  const folderOf = (name: string) => join(root, name)

  const { json, avro, jsonWithoutIds, jsonOfFirstVersion } = inputs
  const forbruk = (input: Input, name: string) => () => countWithForbruk(brokers, input, folderOf(name))
  const windowAlone = async () => {
    await beginWithFirstVersion(jsonOfFirstVersion, folderOf('forbrukWindowAlone'))
    return forbruk(jsonOfFirstVersion, 'forbrukWindowAlone')()
  }
  const engine = (consumers: number, name: string) => () =>
    countWithEngine(brokers, json, consumers, folderOf(name))
  const streams = () => countWithStreams(brokers, json, folderOf('streams'))
  const peers = await measurePeers(brokers, folderOf, {
    rawJson: { input: json, measure: onJvm(jvm, () => readRaw(brokers, json)) },
    rawAvro: { input: avro, measure: onJvm(jvm, () => readRaw(brokers, avro)) },
    forbrukJson: { input: json, measure: forbruk(json, 'forbrukJson') },
    forbrukAvro: { input: avro, measure: forbruk(avro, 'forbrukAvro') },
    forbrukWithoutIds: { input: jsonWithoutIds, measure: forbruk(jsonWithoutIds, 'forbrukWithoutIds') },
    forbrukWindowAlone: { input: jsonOfFirstVersion, measure: windowAlone },
    streams: { input: json, measure: onJvm(jvm, streams) },
    engineOne: { input: json, measure: engine(1, 'engineOne') },
    engineTwo: { input: json, measure: engine(2, 'engineTwo') },
  })
  const sizeOf = (input: Input, name: string) => () =>
    readStoredSize(forbrukSettings(brokers, input.topic, folderOf(name)))
  const stored = await attempt('rows in the store', sizeOf(json, 'forbrukJson'))
  const storedWindowAlone = await attempt(
    'rows in the store, by a window alone',
    sizeOf(jsonOfFirstVersion, 'forbrukWindowAlone'),
  )
  const freshness = await attempt('freshness and restart', () =>
    measureFreshness(brokers, `${RUN}.freshness`, folderOf('freshness')),
  )
  const scaling = await attempt('one process and two on a store server', () =>
    measureScalingOnStore(brokers, inputs.json, folderOf('scaling')),
  )
  return {
    events,
    jsonBytesMean: inputs.jsonBytesMean,
    cells: inputs.json.totalsOfAll.cells,
    machine: describeMachine(),
    peers,
    stored,
    storedWindowAlone,
    freshness,
    scaling,
  }
}

type Measure = () => Promise<Measurement>
type Run = { readonly input: Input; readonly measure: Measure }

function onJvm(jvm: Outcome<void>, measure: Measure): Measure {
  return 'reason' in jvm ? () => Promise.reject(new Error(jvm.reason)) : measure
}

/** Everybody once a round, so that what disturbs the machine for a while disturbs them all. */
async function measurePeers(
  brokers: readonly string[],
  folderOf: (peer: string) => string,
  runs: Readonly<Record<Peer, Run>>,
): Promise<Results['peers']> {
  const rounds = new Map<Peer, Outcome<Measurement>[]>()
  for (let round = 1; round <= ROUNDS; round++) {
    for (const peer of PEERS_IN_TURN) {
      const { input, measure } = runs[peer]
      await rm(folderOf(peer), { recursive: true, force: true })
      const outcome = await attempt(`round ${round} of ${ROUNDS}: ${PEERS[peer]}`, async () => {
        await readThrough(brokers, input)
        return measure()
      })
      rounds.set(peer, [...(rounds.get(peer) ?? []), outcome])
    }
  }
  const combined = (peer: Peer) => combine(rounds.get(peer) ?? [])
  return {
    forbrukJson: combined('forbrukJson'),
    forbrukAvro: combined('forbrukAvro'),
    forbrukWithoutIds: combined('forbrukWithoutIds'),
    forbrukWindowAlone: combined('forbrukWindowAlone'),
    streams: combined('streams'),
    engineOne: combined('engineOne'),
    engineTwo: combined('engineTwo'),
    rawJson: combined('rawJson'),
    rawAvro: combined('rawAvro'),
  }
}

/** A peer that failed in one round has failed. */
function combine(rounds: readonly Outcome<Measurement>[]): Outcome<Measurement> {
  const measurements: Measurement[] = []
  for (const outcome of rounds) {
    if ('reason' in outcome) return outcome
    measurements.push(outcome.value)
  }
  return { value: medianOf(measurements) }
}

/** On the server that CLICKHOUSE_URL names, else on an embedded store in a process of its own. */
async function measureScalingOnStore(
  brokers: readonly string[],
  input: Input,
  folder: string,
): Promise<Scaling> {
  const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = process.env
  if (url) return measureScaling(brokers, input, { url, user: user ?? 'default', password: password ?? '' })
  const store = await startKillableStore(folder, `${folder}.err`)
  try {
    return await measureScaling(brokers, input, { url: store.url, user: 'default', password: '' })
  } finally {
    await store.stop()
  }
}

/** A peer that can't run is said to be so; the others are measured all the same. */
async function attempt<Value>(title: string, step: () => Promise<Value>): Promise<Outcome<Value>> {
  say(title)
  try {
    return { value: await step() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say(reason)
    return { reason: reason.split('\n')[0] ?? reason }
  }
}

async function cleanUp(started: Extract<KafkaBroker, { kind: 'kafka' }>, root: string): Promise<void> {
  await withAdmin(started.brokers, async admin => {
    const topics = (await admin.listTopics()).filter(topic => topic.startsWith(RUN))
    if (topics.length > 0) await admin.deleteTopics({ topics })
  }).catch(error => say(`The topics ${RUN}* are left behind: ${error.message}`))
  await started.stop()
  await rm(root, { recursive: true, force: true })
}

function describeMachine(): string {
  const [first] = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} x ${first?.model ?? 'unknown processor'}, ${gigabytes} GiB, Node ${process.versions.node}`
}

/** Progress and what goes wrong; standard output is for the table. */
function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function showProgress(done: number, total: number): void {
  const percent = Math.floor((done / total) * 100)
  if (process.stderr.isTTY)
    process.stderr.write(`\rfilling the topics: ${percent} %${done < total ? '' : '\n'}`)
  else if (done === total) say(`filled the topics with ${total} events each`)
}
