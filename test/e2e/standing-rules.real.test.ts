import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addRule } from '@forbruk/close/rejected/add-rule.ts'
import { waiveRejected } from '@forbruk/close/rejected/waive-rejected.ts'
import { readDueWork } from '@forbruk/close/schedule/read-due-work.ts'
import { runSchedule } from '@forbruk/close/schedule/run-schedule.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { waiverRuleShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { DEFAULT_TARIFF_URL, readTariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { aggregate } from '../../services/aggregator/run/aggregate.ts'
import { closeMonth } from '../../services/close/close.ts'
import { ship } from '../../services/shipper/ship.ts'
import { importFolder } from '../support/close/import-folder.ts'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'

/** A public gateway over some months, by a clock that the test moves: shipped, counted and closed by schedule. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-standing-'))
const path = join(folder, 'access.log')
const topic = 'gateway.requests'
let nowMs = Date.parse('2026-01-01T00:00:00Z')
const clock = () => nowMs
const logger = pino({ level: 'silent' })
const log = openEmbeddedLog({ path: join(folder, 'log.sqlite'), topic, partitionCount: 2, clock })
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
await migrate(store, MIGRATIONS, clock)
const tariff = readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default')
const { timeZone } = tariff
const schedule = { expression: '0 6 2 * *', timeZone, from: parseBillingPeriod('2026-01') }
afterAll(async () => {
  await store.close()
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const line = (client: string, status: number) =>
  `${JSON.stringify({
    ...{ msec: (nowMs / 1_000).toFixed(3), client_id: client, integration_id: 'shop', status },
    ...{ request_length: 40, bytes_sent: 60 },
  })}\n`

async function countLines(text: string): Promise<void> {
  appendFileSync(path, text)
  const format = openGatewayFormat('nginx-json')
  await ship({
    log,
    format,
    source: 'gw1',
    files: [path],
    follow: false,
    stateDir: join(folder, 'shipper'),
    clock,
    host: 'gw-1.example',
    newId: () => '5f2c9a01d3e84b76',
  })
  const signal = new AbortController().signal
  await aggregate({ log, store, logger, signal, untilCaughtUp: true })
}

/** Fifty served, so many strangers turned away, and a line of the next month, by which this one is known to be over. */
async function passMonth(month: string, strangers: number, forgers = 0): Promise<void> {
  const { startMs, endMs } = periodRange(parseBillingPeriod(month), timeZone)
  nowMs = startMs + 15 * 86_400_000
  const forged = line('x'.repeat(300), 401).repeat(forgers)
  await countLines(line('firm', 200).repeat(50) + line('', 401).repeat(strangers) + forged)
  nowMs = endMs + 3_600_000
  await countLines(line('firm', 200))
  nowMs = endMs + 3 * 86_400_000
}

/** What the schedule does at this time, as its log has it. */
async function lookAtSchedule() {
  const stop = new AbortController()
  const logged: { msg: string; month?: string; missing?: string[]; waivedByRule?: object[] }[] = []
  await runSchedule({
    plan: at => readDueWork(store, { schedule, stream: topic, topic: 'billing.statements' }, at),
    close: async period => ({
      result: await closeMonth({ store, log, tariff, period, clock }),
      announced: 0,
      waiting: [],
    }),
    announce: async () => 0,
    clock,
    sleep: async () => stop.abort(),
    signal: stop.signal,
    logger: pino({ level: 'info', base: null }, { write: text => logged.push(JSON.parse(text)) }),
  })
  return logged
    .filter(({ msg }) => msg.startsWith('month'))
    .map(({ msg, month, missing, waivedByRule }) => ({ msg, month, missing, waivedByRule }))
}

const closed = (month: string, events: number, eventsMax: number) => [
  {
    msg: 'month closed',
    month,
    missing: undefined,
    waivedByRule: [{ rule: 'strangers', events, eventsMax }],
  },
]

test('a public gateway is closed by schedule month after month, and a burst of strangers is refused', async () => {
  const registry = join(folder, 'registry')
  mkdirSync(registry)
  writeOneClientRegistry(registry)
  await importFolder({ store, directory: registry, timeZone: 'Europe/Oslo', clock })

  await passMonth('2026-01', 120)
  expect(await lookAtSchedule()).toMatchObject([
    {
      msg: 'month not closed yet',
      month: '2026-01',
      missing: [expect.stringMatching(/^120 rejected events of the month \(client_missing/)],
    },
  ])
  const rule = waiverRuleShape.parse({
    ...{ name: 'strangers', reasonCode: 'client_missing', statuses: [401, 403, 404, 407] },
    ...{ eventsMax: 5_000, fromMonth: '2026-01', reason: 'turned away, nobody was served', actor: 'kari' },
  })
  await addRule({ store, stream: topic, rule, clock })
  const quiet = { name: 'forgers', reasonCode: 'client_invalid', statuses: [], fromMonth: '2026-01' } as const
  await addRule({ store, stream: topic, rule: { ...rule, ...quiet }, clock })
  expect(await lookAtSchedule()).toEqual(closed('2026-01', 120, 5_000))
  await passMonth('2026-02', 150)
  expect(await lookAtSchedule()).toEqual(closed('2026-02', 150, 360))
  await passMonth('2026-03', 90)
  expect(await lookAtSchedule()).toEqual(closed('2026-03', 90, 450))
  await passMonth('2026-04', 130)
  expect(await lookAtSchedule()).toEqual(closed('2026-04', 130, 450))

  await passMonth('2026-05', 1_300)
  expect(await lookAtSchedule()).toMatchObject([
    {
      msg: 'month not closed yet',
      month: '2026-05',
      missing: [
        expect.stringMatching(/^1 300 rejected events of the month \(client_missing/),
        'standing rule strangers speaks of 1 300 rejected events of 2026-05 and may waive 450 at most: ' +
          'in the months before it waived 150 at most, in 2026-02; so it waives none: ' +
          'see forbruk rejected list --month 2026-05, then forbruk rejected replay or waive',
      ],
    },
  ])

  const range = periodRange(parseBillingPeriod('2026-05'), timeZone)
  const selection = { reason: 'client_missing', statuses: [401], range }
  const why = { reason: 'a scanner, seen in its addresses', actor: 'kari' }
  expect(await waiveRejected({ store, stream: topic, selection, ...why, clock })).toMatchObject({
    waived: 1_300,
  })
  expect(await lookAtSchedule()).toMatchObject([{ msg: 'month closed', month: '2026-05', waivedByRule: [] }])
  // What is usual is what the rule waived: the burst that a person let go makes the next one no more usual.
  // Nor does a rule that waived nothing for months let a first burst go, though its number would.
  await passMonth('2026-06', 500, 101)
  const [refused] = await lookAtSchedule()
  expect(refused).toMatchObject({ msg: 'month not closed yet', month: '2026-06' })
  const judged = refused?.missing?.filter(each => each.startsWith('standing')).map(each => each.split(';')[0])
  expect(judged).toEqual([
    'standing rule forgers speaks of 101 rejected events of 2026-06 and may waive 100 at most: ' +
      'in the months before it waived 0 at most, in 2026-05',
    'standing rule strangers speaks of 500 rejected events of 2026-06 and may waive 390 at most: ' +
      'in the months before it waived 130 at most, in 2026-04',
  ])
  // And January, closed again half a year later, is held against its own strangers alone.
  const january = await closeMonth({ store, log, tariff, period: parseBillingPeriod('2026-01'), clock })
  expect(january).toMatchObject({
    outcome: 'unchanged',
    ruled: [
      { rule: 'forgers', events: 0, late: 101 },
      { rule: 'strangers', events: 120, late: 870 },
    ],
  })
})
