import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { forbrukSettings, MAIN } from './count-forbruk.ts'
import { encodeJson } from './encode-json.ts'
import { openTopic, PARTITIONS, toRecord } from './fill-topics.ts'
import { beginOfEvents, EventGenerator } from './generate-events.ts'
import { startProcess } from './run-process.ts'

export type Freshness = {
  /** As it was kept up, not as it was meant. */
  readonly eventsPerSecond: number
  /** From before an append until a query of usage_hourly shows it. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The process before was asked to stop. */
  readonly restart: Restart
  /** The process before was killed under load. */
  readonly restartAfterKill: Restart
  /** More records than appended: an append was repeated, and the requests say nothing. */
  readonly afterKill: {
    readonly records: number
    readonly recordsExpected: number
    readonly requests: number
    readonly requestsExpected: number
  }
}

/** From the start of the process. */
export type Restart = {
  /** Until its group has given it every partition. */
  readonly assignedMs: number
  /** Until everything that was appended is visible. */
  readonly caughtUpMs: number
}

export const EVENTS_PER_SECOND = 20_000
const TICK_MS = 50
const WARM_UP_TICKS = 60
const TICKS = 400
const POLL_INTERVAL_MS = 20
const WAIT_MAX_MS = 60_000
const SEED = 25
const PROBE_CLIENT = 'probe'

/** `forbruk up` under an even load, with one probe in every append; then it is killed and started again. */
export async function measureFreshness(
  brokers: readonly string[],
  topic: string,
  dataFolder: string,
): Promise<Freshness> {
  const log = await openTopic(brokers, topic)
  const start = () => startUp(brokers, topic, dataFolder)
  let up = await start()
  try {
    await up.ready
    const load = await appendEvenly(log, up)

    await end(up, 'SIGKILL')
    const killedMs = performance.now()
    up = await start()
    const restartAfterKill = await awaitCaughtUp(up, log, killedMs)
    const afterKill = {
      records: await countRecords(log),
      recordsExpected: load.recordsExpected,
      requests: await up.ask('SELECT sum(requests) FROM usage_hourly'),
      requestsExpected: load.requestsExpected,
    }

    await end(up, 'SIGTERM')
    await log.append([toRecord(probe(TICKS), encodeJson)])
    const endedMs = performance.now()
    up = await start()
    const restart = await awaitCaughtUp(up, log, endedMs)

    const delaysMs = load.delaysMs.slice(WARM_UP_TICKS).sort((one, other) => one - other)
    return {
      eventsPerSecond: load.eventsPerSecond,
      p50Ms: quantile(delaysMs, 0.5),
      p99Ms: quantile(delaysMs, 0.99),
      restart,
      restartAfterKill,
      afterKill,
    }
  } finally {
    await end(up, 'SIGKILL')
    await log.close()
  }
}

/** By the ledger of every partition: the probes are all in one. */
async function awaitCaughtUp(up: Up, log: EventLog, startedMs: number): Promise<Restart> {
  await up.ready
  const assignedMs = performance.now() - startedMs
  const records = await countRecords(log)
  const deadlineMs = performance.now() + WAIT_MAX_MS
  while ((await up.ask(OFFSETS_COUNTED)) < records) {
    if (performance.now() > deadlineMs)
      throw new Error('after the restart not everything was counted in time')
    await sleep(POLL_INTERVAL_MS)
  }
  return { assignedMs, caughtUpMs: performance.now() - startedMs }
}

/** The topic is new and has no control records: offsets are records. */
const OFFSETS_COUNTED = 'SELECT sum(next_offset) FROM ingest_progress'

async function countRecords(log: EventLog): Promise<number> {
  let records = 0
  for (let partition = 0; partition < log.partitionCount; partition++) {
    records += (await log.bounds(partition)).endOffset
  }
  return records
}

/** SIGTERM ends it within its own 25 s. */
async function end(up: Up, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  up.child.kill(signal)
  await up.ended
}

type Up = {
  readonly child: ChildProcess
  /** Every partition is assigned and the endpoint answers. */
  readonly ready: Promise<void>
  readonly ended: Promise<unknown>
  ask(query: string): Promise<number>
}

async function startUp(brokers: readonly string[], topic: string, dataFolder: string): Promise<Up> {
  const listen = `127.0.0.1:${await freePort()}`
  const settings = { ...forbrukSettings(brokers, topic, dataFolder), LOG_LEVEL: 'info' }
  const child = startProcess({
    command: process.execPath,
    args: [MAIN, 'up'],
    env: { ...settings, FORBRUK_STORE_LISTEN: listen, FORBRUK_LISTEN: '127.0.0.1:0' },
  })
  child.stdout?.resume()
  const ended = once(child, 'exit')
  const ask = async (query: string) => {
    const answer = await fetch(`http://${listen}/?database=forbruk`, {
      method: 'POST',
      body: query,
      signal: AbortSignal.timeout(WAIT_MAX_MS),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`«${query}» was answered with ${text}`)
    return Number(text)
  }
  return { child, ready: whenAssigned(child), ended, ask }
}

function whenAssigned(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', text => {
    said += text
    if (said.split('"partition assigned"').length > PARTITIONS) resolve()
  })
  child.once('exit', () => reject(new Error(`forbruk up ended before it counted:\n${said}`)))
  setTimeout(() => reject(new Error(`forbruk up did not begin to count:\n${said}`)), WAIT_MAX_MS).unref()
  // Awaited a little later: until then it must not count as unhandled.
  promise.catch(() => {})
  return promise
}

async function appendEvenly(log: EventLog, up: Up) {
  const generator = new EventGenerator(SEED, beginOfEvents(Date.now()))
  const appendedMs: number[] = []
  const polling = pollProbes(up, appendedMs)
  const startedMs = performance.now()
  for (let tick = 0; tick < TICKS; tick++) {
    await sleep(Math.max(0, startedMs + tick * TICK_MS - performance.now()))
    const events = Array.from({ length: (EVENTS_PER_SECOND * TICK_MS) / 1_000 - 1 }, () => generator.next())
    const records = [...events, probe(tick)].map(event => toRecord(event, encodeJson))
    appendedMs.push(performance.now())
    await log.append(records)
  }
  const elapsedSeconds = (performance.now() - startedMs) / 1_000
  return {
    eventsPerSecond: (generator.totalsOfAll().requests + TICKS) / elapsedSeconds,
    recordsExpected: generator.totalsOfAll().requests + TICKS,
    requestsExpected: generator.totalsOfAdmitted().requests + TICKS,
    delaysMs: await polling,
  }
}

/** All probes are of one client, hence of one partition: they become visible in their order. */
async function pollProbes(up: Up, appendedMs: readonly number[]): Promise<number[]> {
  const delaysMs: number[] = []
  const deadlineMs = performance.now() + TICKS * TICK_MS + WAIT_MAX_MS
  // The last second is left out, so that the process is killed with something unwritten.
  while (delaysMs.length < TICKS - 1_000 / TICK_MS) {
    const visible = await up.ask(PROBES_VISIBLE)
    const nowMs = performance.now()
    while (delaysMs.length < visible) delaysMs.push(nowMs - (appendedMs[delaysMs.length] ?? nowMs))
    if (nowMs > deadlineMs) throw new Error(`only ${visible} of ${TICKS} probes became visible in time`)
    await sleep(POLL_INTERVAL_MS)
  }
  return delaysMs
}

const PROBES_VISIBLE = `SELECT sum(requests) FROM usage_hourly WHERE client_id = '${PROBE_CLIENT}'`

function probe(tick: number): RequestEvent {
  return {
    kind: 'request',
    source: 'gw-1',
    identity: { kind: 'request_id', id: `probe-${tick}` },
    clientId: PROBE_CLIENT,
    integrationId: 'app-01',
    timeMs: beginOfEvents(Date.now()),
    status: 200,
    requestBytes: 1,
    responseBytes: 1,
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.')
  return address.port
}
