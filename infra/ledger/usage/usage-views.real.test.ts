import { beforeAll, describe, expect, test } from 'vitest'
import { openMigrated } from '../../../test/support/store/open-migrated.ts'
import { insertValues } from '../../store/insert-values.ts'
import type { Store } from '../../store/store.ts'
import { count64, safeCount, text } from '../../store/tables/codec.ts'
import { type RepeatedRequest, repeatedRequest } from '../../store/tables/repeated-request.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { type UsageRollupRow, usageRollup } from '../../store/tables/usage-rollup.ts'

const HOUR_MS = 3_600_000
/** The months of Oslo begin at 22:00 and 23:00 UTC; the clocks go back in between. */
const FIRST_HOURS = ['2026-08-31T19:00Z', '2026-09-30T19:00Z', '2026-10-25T00:00Z', '2026-10-31T20:00Z']
const HOURS_EACH = 7
let store: Store

/** Every key is written three times, each time into a part of its own; the highest offset counts. */
const OLDER = [1n, 2n, 0n]
const rows: UsageRollupRow[] = FIRST_HOURS.flatMap((first, at) =>
  Array.from({ length: HOURS_EACH * 12 }, (_, index) => ({
    clientId: ['adresseregister', 'fjordbank', 'skarvik'][index % 3] ?? '',
    integrationId: index % 4 === 0 ? '' : 'shop',
    statusClass: index % 5 === 0 ? ('4xx' as const) : ('2xx' as const),
    hourMs: Date.parse(first) + Math.floor(index / 12) * HOUR_MS,
    stream: 'gateway.requests',
    partition: index % 2,
    block: at * 100 + (index % 12),
    requests: BigInt(100 + ((index * 37) % 91)),
    requestBytes: BigInt(1_000 + index),
    responseBytes: BigInt(5_000 + index * 3),
    lastOffset: at * 100 + 50,
  })),
)

function copyOf({ requests, ...row }: UsageRollupRow, index: number): RepeatedRequest {
  const { hourMs, partition, stream, clientId, integrationId, statusClass } = row
  return {
    ...{ stream, hourMs, partition, clientId, integrationId, statusClass },
    ...{ idHash: BigInt(index), offset: row.block, eventIndex: 0, requestId: `id-${Math.floor(index / 2)}` },
    ...{ appendTimeMs: hourMs + index, source: 'gw1', isKnown: true },
    ...{ requestBytes: Number(requests), responseBytes: 7 },
  }
}

/** Pairs of one hour: the second of each is a copy. */
const repeated = rows.filter((_, index) => index % 12 < 2).map((row, index) => copyOf(row, index))
const copies = repeated.filter((_, index) => index % 2 === 1)

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  await store.command('SYSTEM STOP MERGES usage_rollup')
  for (const older of OLDER) {
    await insertValues(
      store,
      usageRollup,
      rows.map(row => ({
        ...row,
        requests: row.requests - older * 30n,
        responseBytes: row.responseBytes - older * 500n,
        lastOffset: row.lastOffset - Number(older),
      })),
    )
  }
  await insertValues(store, repeatedRequest, repeated)
  return opened.close
}, 60_000)

type Use = Pick<UsageRollupRow, 'clientId' | 'integrationId' | 'statusClass' | 'hourMs'> & {
  readonly sums: readonly [requests: bigint, requestBytes: bigint, responseBytes: bigint]
}

const counted: Use[] = [
  ...rows.map(row => ({ ...row, sums: [row.requests, row.requestBytes, row.responseBytes] as const })),
  ...copies.map(copy => ({
    ...copy,
    sums: [-1n, -BigInt(copy.requestBytes), -BigInt(copy.responseBytes)] as const,
  })),
]

const local = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo', dateStyle: 'short' })
const NAMES = {
  hour: (hourMs: number) => new Date(hourMs).toISOString().slice(0, 19).replace('T', ' '),
  day: (hourMs: number) => local.format(hourMs),
  month: (hourMs: number) => local.format(hourMs).slice(0, 7),
} as const

/** What a view should answer, worked out without ClickHouse. */
function addUp(of: keyof typeof NAMES, isAsked: (use: Use, name: string) => boolean): string[] {
  const sums = new Map<string, bigint[]>()
  for (const use of counted) {
    const name = NAMES[of](use.hourMs)
    if (!isAsked(use, name)) continue
    const key = [use.clientId, use.integrationId, name, use.statusClass].join('|')
    const before = sums.get(key) ?? [0n, 0n, 0n]
    sums.set(
      key,
      before.map((sum, index) => sum + (use.sums[index] ?? 0n)),
    )
  }
  return [...sums].map(([key, [requests, sent, received]]) => `${key}|${requests}|${sent}|${received}`).sort()
}

async function ask(view: string, name: string, where: string): Promise<string[]> {
  const found = await store.query(
    `SELECT client_id, integration_id, toString(${name}) AS at, toString(status_class) AS class,
       requests, request_bytes, response_bytes
     FROM ${view} WHERE ${where}`,
    shapeOf({
      ...{ clientId: text, integrationId: text, at: text, class: text },
      ...{ requests: count64, requestBytes: count64, responseBytes: count64 },
    }),
  )
  return found.map(row => Object.values(row).join('|')).sort()
}

const questions = [
  ['usage_monthly', 'month', "month = '2026-08'", (_: Use, name: string) => name === '2026-08'],
  ['usage_monthly', 'month', "month = '2026-10'", (_: Use, name: string) => name === '2026-10'],
  ['usage_monthly', 'month', "month >= '2026-10'", (_: Use, name: string) => name >= '2026-10'],
  ['usage_monthly', 'month', "month LIKE '%-09'", (_: Use, name: string) => name === '2026-09'],
  ['usage_monthly', 'month', "client_id = 'skarvik'", ({ clientId }: Use) => clientId === 'skarvik'],
  ['usage_monthly', 'month', "status_class = '4xx'", ({ statusClass }: Use) => statusClass === '4xx'],
  ['usage_daily', 'day', "day = '2026-10-25'", (_: Use, name: string) => name === '2026-10-25'],
  ['usage_daily', 'day', "day <= '2026-10-01'", (_: Use, name: string) => name <= '2026-10-01'],
  ['usage_hourly', 'hour', "hour = '2026-09-30 22:00:00'", (_: Use, name: string) => /30 22/.test(name)],
  ['usage_hourly', 'hour', "client_id = 'fjordbank'", ({ clientId }: Use) => clientId === 'fjordbank'],
] as const

/** How many rows of the rollup are looked at. */
async function countRead(sql: string): Promise<{ parts: number; rows: number }> {
  const found = await store.query(
    `SELECT parts, rows FROM (EXPLAIN ESTIMATE ${sql}) WHERE table = 'usage_rollup'`,
    shapeOf({ parts: safeCount, rows: safeCount }),
  )
  return found[0] ?? { parts: 0, rows: 0 }
}

function answersExactly() {
  test.each(questions)('%s, %s, where %s', async (view, name, where, isAsked) => {
    const expected = addUp(name, isAsked)
    expect(expected.length).toBeGreaterThan(5)
    expect(await ask(view, name, where)).toEqual(expected)
  })

  test('a figure that was replaced is not found by what it was', async () => {
    const found = await store.query(
      `SELECT count() AS found FROM usage_counted
       WHERE requests = 70 AND client_id = 'adresseregister' AND hour = '2026-08-31 19:00:00' AND integration_id = ''`,
      shapeOf({ found: safeCount }),
    )
    const written = await store.query(
      'SELECT count() AS found FROM usage_rollup FINAL WHERE requests = 100',
      shapeOf({ found: safeCount }),
    )
    expect(written[0]?.found).toBeGreaterThan(0)
    expect(found).toEqual([{ found: 0 }])
  })

  test('all of the views add up to the same', async () => {
    const sums = await Promise.all(
      ['usage_counted', 'usage_hourly', 'usage_daily', 'usage_monthly'].map(view =>
        store.queryText(`SELECT sum(requests), sum(request_bytes), sum(response_bytes) FROM ${view}`, 'TSV'),
      ),
    )
    expect(new Set(sums).size).toBe(1)
  })
}

describe('over parts whose rows replace each other', answersExactly)

describe('a question reads the parts of its answer', () => {
  test.each([
    ["SELECT sum(requests) FROM usage_monthly WHERE month = '2026-11'", ['202610', '202611']],
    ["SELECT sum(requests) FROM usage_monthly WHERE month = '2026-08'", ['202608']],
    ["SELECT sum(requests) FROM usage_daily WHERE day = '2026-10-25'", ['202610']],
    ["SELECT sum(requests) FROM usage_hourly WHERE hour = '2026-11-01 01:00:00'", ['202611']],
    ["SELECT sum(requests) FROM usage_counted WHERE hour >= '2026-11-01 01:00:00'", ['202611']],
  ])('%s', async (sql, partitions) => {
    const list = partitions.map(partition => `'${partition}'`).join(', ')
    const [parts] = await store.query(
      `SELECT count() AS parts, sum(rows) AS rows FROM system.parts
       WHERE database = currentDatabase() AND table = 'usage_rollup' AND active AND partition IN (${list})`,
      shapeOf({ parts: safeCount, rows: safeCount }),
    )
    expect(parts?.parts).toBeGreaterThanOrEqual(OLDER.length)
    expect(await countRead(sql)).toEqual(parts)
  })
})

describe('once nobody writes to a month any more', () => {
  test('its parts become one', async () => {
    await store.command('ALTER TABLE usage_rollup MODIFY SETTING min_age_to_force_merge_seconds = 1')
    await store.command('SYSTEM START MERGES usage_rollup')
    const one = ['202608 1', '202609 1', '202610 1', '202611 1']
    await expect.poll(countParts, { timeout: 60_000, interval: 200 }).toEqual(one)
  }, 70_000)

  async function countParts(): Promise<string[]> {
    const found = await store.query(
      `SELECT concat(partition, ' ', toString(count())) AS parts FROM system.parts
       WHERE database = currentDatabase() AND table = 'usage_rollup' AND active GROUP BY partition ORDER BY partition`,
      shapeOf({ parts: text }),
    )
    return found.map(({ parts }) => parts)
  }

  answersExactly()

  test('and the index goes with the parts', async () => {
    const { parts } = await countRead("SELECT sum(requests) FROM usage_monthly WHERE month = '2026-08'")
    expect(parts).toBe(1)
  })
})
