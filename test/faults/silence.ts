import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { KillableKafka } from '../support/kafka/killable-kafka.ts'
import type { Aggregator } from './aggregators.ts'
import { findController, findCoordinator } from './find-node.ts'
import { EventMaker } from './make-events.ts'
import { Oracle } from './oracle.ts'
import { OF_THREE } from './plan.ts'
import { table } from './print-report.ts'
import { send } from './produce.ts'
import { type Ending, makeAggregators, startServers } from './start-servers.ts'
import { Progress } from './watch-progress.ts'
import { Silence } from './watch-silence.ts'

/**
 * How long a partition is not counted on when something dies: `node test/faults/silence.ts [--broker-session-ms N]`.
 * Three brokers, of which a controller misses one after Kafka's own 9 s unless told otherwise, four aggregators, and a
 * record to every partition ten times a second. Judges nothing.
 */
const { values } = parseArgs({ options: { 'broker-session-ms': { type: 'string', default: '9000' } } })
const BROKER_SESSION = `broker.session.timeout.ms=${values['broker-session-ms']}`
const EVENTS_PER_TICK = 60
const TICK_MS = 100
const SETTLE_MS = 8_000
const FAULT_MS = 2_000
const SECONDS_MAX = 60

const folder = mkdtempSync(join(tmpdir(), 'forbruk-silence-'))
const ending: Ending = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const form = { ...OF_THREE, eventsTotal: Number.MAX_SAFE_INTEGER }
mkdirSync(folder, { recursive: true })
const additions = { listeners: [], properties: [BROKER_SESSION], formatOptions: [] }
const servers = await startServers(
  { seed: Date.now() % 2 ** 31, form, clickhouseUrl: null },
  folder,
  ending,
  additions,
)
const { brokers, addresses, log, store } = servers
const aggregators = await makeAggregators(servers, what => console.error(what), ending)
for (const aggregator of aggregators) aggregator.start()

const maker = new EventMaker(1, form, Date.now())
const oracle = new Oracle()
const stopping = new AbortController()
const producing = (async () => {
  while (!stopping.signal.aborted) {
    const made = Array.from({ length: EVENTS_PER_TICK }, () => maker.next()).flat()
    await send(log, made, oracle)
    await setTimeout(TICK_MS)
  }
})()

const silence = new Silence(new Progress(log, store))
const [first, second] = aggregators
if (first === undefined || second === undefined) throw new Error('there are no aggregators')

async function restart(aggregator: Aggregator): Promise<void> {
  await aggregator.stop()
  aggregator.start()
}

let down: KillableKafka | null = null
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
  [
    'a broker is killed (kill -9)',
    async () => killBroker(((await findController(addresses)) % brokers.length) + 1),
  ],
  ['it comes back', startBroker],
  [
    'the coordinator of the group is killed (kill -9)',
    async () => killBroker(await findCoordinator(addresses)),
  ],
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

async function killBroker(node: number): Promise<void> {
  down = brokers[node - 1] ?? null
  await down?.kill()
}

async function startBroker(): Promise<void> {
  await down?.start()
}

await setTimeout(SETTLE_MS)
const rows: string[][] = []
for (const [what, inflict] of cases) {
  silence.begin()
  await inflict()
  await setTimeout(FAULT_MS)
  const { longestMs, partition } = await silence.end(SECONDS_MAX)
  rows.push([what, (longestMs / 1_000).toFixed(1), String(partition), (loadavg()[0] ?? 0).toFixed(1)])
  console.error(rows.at(-1)?.join('  '))
  await setTimeout(SETTLE_MS)
}
stopping.abort()
await producing
console.log(
  table(['what happens', 'longest silence of a partition, s', 'partition', 'load of the machine'], rows).join(
    '\n',
  ),
)
for (const end of ending.reverse()) await end().catch(error => console.error(`at the end: ${error}`))
process.exit(0)
