import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findActiveController } from '../support/kafka/find-active-controller.ts'
import type { KillableKafka } from '../support/kafka/killable-kafka.ts'
import { until } from '../support/wait/until.ts'
import type { Aggregator } from './aggregators.ts'
import { findCoordinator } from './find-coordinator.ts'
import { measureSilence } from './measure-silence.ts'
import { OF_THREE } from './plan.ts'
import { table } from './print-report.ts'
import { Beats } from './send-beats.ts'
import { type Ending, makeAggregators, startServers } from './start-servers.ts'
import { LedgerWatch } from './watch-ledger.ts'
import { Progress } from './watch-progress.ts'

/**
 * How long a partition is not counted on when something dies: `node test/faults/silence.ts [--broker-session-ms N]`.
 * Three brokers, of which a controller misses one after Kafka's own 9 s unless told otherwise, four aggregators, and a
 * record to every partition ten times a second. Judges nothing.
 */
const { values } = parseArgs({ options: { 'broker-session-ms': { type: 'string', default: '9000' } } })
/** The second is Kafka's own as well. */
const SESSION = [
  `broker.session.timeout.ms=${values['broker-session-ms']}`,
  'broker.heartbeat.interval.ms=2000',
]
const SETTLE_MS = 8_000
const FAULT_MS = 2_000
const SECONDS_MAX = 60

const folder = mkdtempSync(join(tmpdir(), 'forbruk-silence-'))
const ending: Ending = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const form = { ...OF_THREE, eventsTotal: Number.MAX_SAFE_INTEGER }
mkdirSync(folder, { recursive: true })
const additions = { listeners: [], properties: SESSION, formatOptions: [] }
const servers = await startServers(
  { seed: Date.now() % 2 ** 31, form, clickhouseUrl: null },
  folder,
  ending,
  additions,
)
const { brokers, addresses, log, store } = servers
const aggregators = await makeAggregators(servers, what => console.error(what), ending)
for (const aggregator of aggregators) aggregator.start()

const beats = new Beats(log)
const stopping = new AbortController()
const sending = beats.send(stopping.signal)

const progress = new Progress(log, store)
const watch = new LedgerWatch(progress)
const [first, second] = aggregators
if (first === undefined || second === undefined) throw new Error('there are no aggregators')

async function restart(aggregator: Aggregator): Promise<void> {
  await aggregator.stop()
  aggregator.start()
}

let down: KillableKafka | null = null
/** More on what was done. */
let note = ''
const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['nothing, for comparison', async () => undefined],
  ['a process is killed (kill -9), and stays away', () => first.kill()],
  ['it comes back', async () => first.start()],
  ['a process stands still (SIGSTOP)', async () => second.suspend()],
  ['it wakes up', async () => second.wake()],
  ['a process ends in order (SIGTERM), and stays away', () => first.stop()],
  [
    'it comes back, and another ends in order while it does',
    async () => {
      first.start()
      await setTimeout(500)
      await second.stop()
    },
  ],
  ['that one comes back', async () => second.start()],
  [
    'four processes are restarted one after the other',
    async () => {
      for (const aggregator of aggregators) {
        await restart(aggregator)
        await setTimeout(3_000)
      }
    },
  ],
  ['a broker that is not the active controller stands still (SIGSTOP)', suspendOther],
  ['it wakes up', async () => down?.wake()],
  ['another one that is not is killed (kill -9)', killOther],
  ['it comes back', startBroker],
  [
    'the active controller is killed (kill -9)',
    async () => killBroker(await findActiveController(addresses)),
  ],
  ['it comes back', startBroker],
  ['the coordinator of the group is killed (kill -9)', killCoordinator],
  ['it comes back', startBroker],
  [
    'a broker is stopped in order',
    async () => {
      down = brokers[0] ?? null
      await down?.stop()
    },
  ],
  ['it comes back', startBroker],
]

async function killOther(): Promise<void> {
  await killBroker(await findOther(1))
}

async function suspendOther(): Promise<void> {
  down = brokers[(await findOther(2)) - 1] ?? null
  down?.suspend()
}

/** The first or second behind the active controller: one of three that was down leads nothing afterwards. */
async function findOther(behind: 1 | 2): Promise<number> {
  const controller = await findActiveController(addresses)
  return ((controller - 1 + behind) % brokers.length) + 1
}

async function killCoordinator(): Promise<void> {
  const coordinator = await findCoordinator(addresses)
  const isController = coordinator === (await findActiveController(addresses))
  note = isController ? ': it is the active controller as well' : ': it is not the active controller'
  await killBroker(coordinator)
}

async function killBroker(node: number): Promise<void> {
  down = brokers[node - 1] ?? null
  await down?.kill()
}

async function startBroker(): Promise<void> {
  await down?.start()
}

const isCounted = async () => (await progress.counted()).size === form.partitions
await until(isCounted, () => 'every partition is counted', SECONDS_MAX * 1_000)
await setTimeout(SETTLE_MS)
const rows: string[][] = []
const seconds = (durationMs: number) => (durationMs / 1_000).toFixed(1)
const endsOfLog = () => progress.ends(() => performance.now() + SECONDS_MAX * 1_000)
for (const [what, inflict] of cases) {
  const from = await endsOfLog()
  watch.begin()
  note = ''
  await inflict()
  await setTimeout(FAULT_MS)
  const looks = await watch.end(SECONDS_MAX)
  const found = measureSilence(await beats.read(from, await endsOfLog()), looks)
  const { least, most } = found.unacknowledgedMs
  const measured = [found.stillMs, least, most, found.uncountedMs].map(seconds)
  rows.push([what + note, ...measured, (loadavg()[0] ?? 0).toFixed(1)])
  console.error(rows.at(-1)?.join('  '))
  await setTimeout(SETTLE_MS)
}
stopping.abort()
await sending
const head = [
  ...['what happens', 'longest silence of a partition, s', 'no record taken, s: least', 'most'],
  ...['taken to counted, s', 'load of the machine'],
]
console.log(table(head, rows).join('\n'))
for (const end of ending.reverse()) await end().catch(error => console.error(`at the end: ${error}`))
process.exit(0)
