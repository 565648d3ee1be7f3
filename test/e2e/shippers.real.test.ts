import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { beforeAll, describe, inject, type TestContext, test } from 'vitest'
import { z } from 'zod'
import { makeForeignTopic } from '../support/kafka/foreign-topic.ts'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { range } from '../support/log/backends.ts'
import { forbruk } from '../support/process/run-forbruk.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'
import { type Gateway, startGateway, type Tally } from '../support/shippers/gateway.ts'
import { RunningShipper, SHIPPERS, type Shipper } from '../support/shippers/shippers.ts'
import { until } from '../support/wait/until.ts'

/** Other people's shippers with the configurations of infra/shippers, from a real NGINX to what is counted. */
const brokers = inject('kafkaBrokers') ?? []
const FORMAT = join(import.meta.dirname, '../../infra/shippers/nginx/nginx-request-id.json')
const PARTITIONS = 3
const KILLS = 4
const ARRIVAL_TIMEOUT_MS = 180_000
/** Longer than any of them waits before it sends what it has. */
const QUIET_MS = 5_000
/** A JVM takes its time to begin, on a machine that has other work. */
const BEGINNING_MS = 30_000

type Installation = {
  readonly folder: string
  readonly gateway: Gateway
  readonly topic: string
  readonly shipper: RunningShipper
}

async function install(shipper: Shipper, { onTestFinished }: TestContext): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-shipper-'))
  const gateway = await startGateway(join(folder, 'gateway'))
  const topic = uniqueTopic('shipper')
  await makeForeignTopic(brokers, topic, PARTITIONS)
  const paths = { accessLog: gateway.accessLog, state: join(folder, 'state'), brokers, topic }
  const running = new RunningShipper(shipper, paths)
  onTestFinished(async () => {
    await running.kill()
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await running.start()
  return { folder, gateway, topic, shipper: running }
}

/** Records of a transaction's end count as well. */
async function recordsIn(topic: string): Promise<number> {
  const ends = await withAdmin(brokers, admin => admin.fetchTopicOffsets(topic))
  return ends.reduce((sum, { high }) => sum + Number(high), 0)
}

async function untilArrived({ topic, shipper, gateway }: Installation): Promise<void> {
  await until(
    async () => (await recordsIn(topic)) >= gateway.lines,
    () => `${gateway.lines} lines in ${topic}; the shipper says:\n${shipper.said}`,
    ARRIVAL_TIMEOUT_MS,
  )
  await untilQuiet(topic, QUIET_MS)
}

async function untilQuiet(topic: string, pauseMs: number): Promise<void> {
  let [before, now] = [-1, await recordsIn(topic)]
  while (before !== now) {
    await sleep(pauseMs)
    ;[before, now] = [now, await recordsIn(topic)]
  }
}

const figuresShape = z.array(z.tuple([z.string(), z.number(), z.number(), z.number()]))
const FIGURES = `
  SELECT client_id, toUInt32(sum(requests)), toUInt32(sum(request_bytes)), toUInt32(sum(response_bytes))
  FROM usage_monthly GROUP BY client_id
  UNION ALL SELECT '', toUInt32(count()), 0, 0 FROM rejected_events`

/** By the commands that infra/shippers/README.md ends with. */
async function count({ folder, topic }: Installation, { envelope }: Shipper) {
  const settings = {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC: `${topic}.counted`,
    KAFKA_PARTITIONS: '3',
    FORBRUK_DATA_DIR: join(folder, 'data'),
  }
  await forbruk(
    ['intake', '--topic', topic, '--format', FORMAT, '--envelope', envelope, '--until-caught-up'],
    settings,
  )
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const printed = await forbruk(['sql', FIGURES, '--format', 'JSONCompactEachRow'], settings)
  const rows = printed.split('\n').filter(row => row !== '')
  const figures = figuresShape.parse(rows.map(row => JSON.parse(row)))
  const tallies = figures.map(([client, requests, requestBytes, responseBytes]): [string, Tally] => {
    return [client, { requests, requestBytes, responseBytes }]
  })
  const clients = new Map(tallies)
  const rejected = clients.get('')?.requests
  clients.delete('')
  return { clients, rejected }
}

// All at once: most of it is waiting for what a shipper sends when it thinks fit.
describe.skipIf(brokers.length === 0).each(SHIPPERS)('$name', { concurrent: true }, shipper => {
  let obstacle: string | null = null
  beforeAll(async () => {
    obstacle = tellNotRun(shipper.name, await shipper.findObstacle(), 'REQUIRE_SHIPPERS')
  })

  test('what the callers counted is what is counted, to the byte', async context => {
    const { expect, skip } = context
    if (obstacle !== null) return skip()
    const installation = await install(shipper, context)
    const { gateway } = installation
    await gateway.serve(400)
    await untilArrived(installation)
    if (shipper.followsRotation) await gateway.rotate()
    await gateway.serve(800)
    await untilArrived(installation)
    const { clients, rejected } = await count(installation, shipper)
    expect(clients).toEqual(gateway.sent)
    expect(rejected).toBe(gateway.strangers)
  }, 600_000)

  test(`killed ${KILLS} times while lines come: none is lost, and what is sent again counts once`, async context => {
    const { expect, skip } = context
    if (obstacle !== null) return skip()
    const installation = await install(shipper, context)
    const { gateway, topic } = installation
    await gateway.serve(200)
    await untilArrived(installation)
    for (const _ of range(0, KILLS)) await killWhileServing(installation)
    await untilQuiet(topic, BEGINNING_MS)
    const { lost, copies } = compare(gateway.readLines(), await readTopic(topic))
    console.log(`${shipper.name}: ${gateway.lines} lines, ${KILLS} kills, ${lost} lost, ${copies} sent again`)
    expect(lost).toBe(0)
    await sendAgain(topic, installation.folder, gateway.readLines().map(shipper.wrap))
    const { clients, rejected } = await count(installation, shipper)
    expect(clients).toEqual(gateway.sent)
    // A line without a client is no request: where it comes again, it is kept again.
    expect(rejected).toBeGreaterThanOrEqual(gateway.strangers)
  }, 900_000)

  function compare(logged: readonly string[], records: readonly string[]) {
    const there = new Set(records)
    const lost = logged.filter(line => !there.has(shipper.wrap(line))).length
    return { lost, copies: records.length - there.size }
  }
})

/** While lines come, and once some of them have arrived: it has others under way. */
async function killWhileServing({ gateway, topic, shipper }: Installation): Promise<void> {
  const before = await recordsIn(topic)
  let isKilled = false
  const serving = (async () => {
    for (; !isKilled; await sleep(100)) await gateway.serve(40)
  })()
  await until(
    async () => (await recordsIn(topic)) > before,
    () => `the first lines after a start; the shipper says:\n${shipper.said}`,
    ARRIVAL_TIMEOUT_MS,
  )
  await shipper.kill()
  isKilled = true
  await serving
  await shipper.start()
}

async function readTopic(topic: string): Promise<string[]> {
  const args = ['-q', '-C', '-b', brokers.join(','), '-t', topic, '-o', 'beginning', '-e']
  const { stdout } = await promisify(execFile)('kcat', args, { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 })
  return stdout.split('\n').filter(value => value !== '')
}

/** As infra/shippers/README.md has it. */
async function sendAgain(topic: string, folder: string, values: readonly string[]): Promise<void> {
  const path = join(folder, 'again')
  writeFileSync(path, `${values.join('\n')}\n`)
  const args = ['-q', '-P', '-b', brokers.join(','), '-t', topic, '-X', 'acks=all', '-l', path]
  await promisify(execFile)('kcat', args, { timeout: 60_000 })
}
