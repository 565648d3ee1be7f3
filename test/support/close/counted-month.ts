import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { StatusClass } from '@forbruk/schemas/event/status-class.ts'
import { z } from 'zod'

export const TOPIC = 'gateway.requests'
const BLOCK_SIZE = 8
const PARTITIONS = 2

export const OCTOBER_START_MS = Date.parse('2026-09-30T22:00:00Z')
export const OCTOBER_END_MS = Date.parse('2026-10-31T23:00:00Z')
export const GRACE_END_MS = OCTOBER_END_MS + 24 * 3_600_000
const MIDDLE_MS = Date.parse('2026-10-15T12:34:56Z')

/** A store and a log on this machine, real and empty, with a clock that the test moves. */
export type Installation = {
  readonly store: Store
  readonly log: EventLog
  readonly folder: string
  readonly clock: { nowMs: number }
}

const path = mkdtempSync(join(tmpdir(), 'forbruk-close-'))
let installations = 0
let opened: Promise<Store> | null = null

/** The embedded engine takes one folder per process, and tables take time to make: they are emptied for each test. */
export async function openInstallation(): Promise<Installation> {
  installations += 1
  const folder = join(path, String(installations))
  await mkdir(folder, { recursive: true })
  opened ??= openMigrated()
  const store = await opened
  await emptyTables(store)
  const clock = { nowMs: MIDDLE_MS }
  const log = openEmbeddedLog({
    path: join(folder, 'log.sqlite'),
    topic: TOPIC,
    partitionCount: PARTITIONS,
    clock: () => clock.nowMs,
  })
  return { store, log, folder, clock }
}

export async function removeInstallations(): Promise<void> {
  await (await opened)?.close()
  opened = null
  rmSync(path, { recursive: true, force: true })
}

async function openMigrated(): Promise<Store> {
  const store = await openStore({ kind: 'embedded', path: join(path, 'store'), database: 'forbruk' })
  await migrate(store, MIGRATIONS, () => MIDDLE_MS)
  return store
}

const FILLED_TABLES = `
SELECT name
FROM system.tables
WHERE database = currentDatabase() AND total_rows > 0 AND name != 'schema_migration'`

async function emptyTables(store: Store): Promise<void> {
  const tables = await store.query(FILLED_TABLES, z.object({ name: z.string() }))
  for (const { name } of tables) await store.command(`TRUNCATE TABLE ${name}`)
}

export async function appendRecords(log: EventLog, partition: number, count: number): Promise<void> {
  await log.append(Array.from({ length: count }, () => ({ value: Buffer.from('x'), to: { partition } })))
}

type CountedUse = {
  readonly client: string
  readonly integration: string
  readonly timeMs?: number
  readonly statusClass?: StatusClass
  readonly requests: number | bigint
  readonly requestBytes?: number | bigint
  readonly responseBytes?: number | bigint
}

type CountedBlock = {
  readonly partition: number
  /** The how-manieth, of whole ones. */
  readonly block: number
  readonly nextOffset: number
  readonly uses: readonly CountedUse[]
}

const HOUR_MS = 3_600_000
const hourOf = (use: CountedUse) => Math.floor((use.timeMs ?? MIDDLE_MS) / HOUR_MS) * 3_600

/** The rows of a flush: usage first, then the ledger row that vouches for it. */
export async function flushUsage(
  store: Store,
  { partition, block, nextOffset, uses }: CountedBlock,
): Promise<void> {
  await store.insert(
    'usage_rollup',
    uses.map(use => ({
      client_id: use.client,
      hour: hourOf(use),
      integration_id: use.integration,
      status_class: use.statusClass ?? '2xx',
      stream: TOPIC,
      partition,
      block: block * BLOCK_SIZE,
      requests: use.requests,
      request_bytes: use.requestBytes ?? 0,
      response_bytes: use.responseBytes ?? 0,
      last_offset: nextOffset - 1,
    })),
  )
}

export async function flushLedger(
  store: Store,
  { partition, block, nextOffset, uses }: CountedBlock,
): Promise<void> {
  const sum = (figure: (use: CountedUse) => number | bigint) =>
    uses.reduce((total, use) => total + BigInt(figure(use)), 0n)
  const hours = uses.map(hourOf)
  const requests = sum(use => use.requests)
  await store.insert('block_ledger', [
    {
      stream: TOPIC,
      partition,
      block: block * BLOCK_SIZE,
      fold_version: 1,
      block_size: BLOCK_SIZE,
      window_size: 8,
      first_offset: block * BLOCK_SIZE,
      next_offset: nextOffset,
      records: nextOffset - block * BLOCK_SIZE,
      events: requests,
      requests,
      duplicates: 0,
      rejected: 0,
      marks: 0,
      request_ids: 0,
      request_bytes: sum(use => use.requestBytes ?? 0),
      response_bytes: sum(use => use.responseBytes ?? 0),
      first_hour: hours.length === 0 ? null : Math.min(...hours),
      last_hour: hours.length === 0 ? null : Math.max(...hours),
      first_append_time: new Date(MIDDLE_MS).toISOString(),
      last_append_time: null,
      fingerprint: 0,
    },
  ])
}

/** Client a's use of `shop`, the same in each of so many hours before and after an instant, in one block. */
export async function countHourly(
  store: Store,
  {
    from,
    hours,
    requestsPerHour,
  }: { readonly from: string; readonly hours: number; readonly requestsPerHour: number },
): Promise<void> {
  const middleMs = Date.parse(from)
  const uses = Array.from({ length: 2 * hours }, (_, index) => ({
    client: 'a',
    integration: 'shop',
    timeMs: middleMs + (index - hours) * HOUR_MS,
    requests: requestsPerHour,
  }))
  await flushBlock(store, { partition: 0, block: 0, nextOffset: BLOCK_SIZE, uses })
}

export async function flushBlock(store: Store, block: CountedBlock): Promise<void> {
  await flushUsage(store, block)
  await flushLedger(store, block)
}

/** What a source's marks come to; every partition gets one. */
export async function flushSource(
  store: Store,
  source: { readonly throughMs: number; readonly missing?: number; readonly partitions?: readonly number[] },
): Promise<void> {
  const partitions = source.partitions ?? Array.from({ length: PARTITIONS }, (_, partition) => partition)
  await store.insert(
    'source_ledger',
    partitions.map(partition => ({
      stream: TOPIC,
      partition,
      source: 'gw1',
      file: 'access.log',
      block: 0,
      events: 5,
      duplicates: 0,
      high_position: 100,
      events_so_far: 5,
      mark_position: 100,
      mark_events_total: 5 + (partition === 0 ? (source.missing ?? 0) : 0),
      events_at_mark: 5,
      through: new Date(source.throughMs).toISOString(),
      format: 'nginx-json',
      last_offset: 7,
    })),
  )
}

export async function recordStream(store: Store): Promise<void> {
  await store.insert('stream', [
    { stream: TOPIC, partition_count: PARTITIONS, block_size: BLOCK_SIZE, window_size: 8, fold_version: 1 },
  ])
}

export const OCTOBER_USES: readonly CountedUse[] = [
  { client: 'firma', integration: 'shop', requests: 500_001, requestBytes: 1, responseBytes: 2 },
  { client: 'firma', integration: 'web', requests: 40 },
  { client: 'kunde', integration: 'shop', requests: 3, requestBytes: 2n ** 60n, responseBytes: 2n ** 60n },
  // The last instant of September, and the first of November.
  { client: 'firma', integration: 'shop', timeMs: OCTOBER_START_MS - 1, requests: 7 },
  { client: 'firma', integration: 'shop', timeMs: OCTOBER_END_MS, requests: 9 },
]

export const OCTOBER_BLOCKS: readonly CountedBlock[] = [
  { partition: 0, block: 0, nextOffset: 8, uses: OCTOBER_USES.slice(0, 2) },
  { partition: 0, block: 1, nextOffset: 11, uses: OCTOBER_USES.slice(2) },
]

/**
 * October as it is when it can be closed: 11 records in partition 0, counted to the end, none in partition 1, the
 * source's marks complete, the grace over, and a registry.
 */
export async function countOctober({ store, log, clock, folder }: Installation): Promise<void> {
  await appendRecords(log, 0, 11)
  await recordStream(store)
  for (const block of OCTOBER_BLOCKS) await flushBlock(store, block)
  await flushSource(store, { throughMs: OCTOBER_END_MS })
  await writeRegistry(folder)
  clock.nowMs = GRACE_END_MS
}

export const REGISTRY = {
  'clients.csv':
    'client_id,name,partner_id,collective_invoice\n' +
    'byrå,Byrå AS,,no\nfirma,Firma AS,byrå,yes\nkunde,"Kunde, stor",byrå,no\n',
  'partners.csv': 'partner_id,name\nbyrå,Byrå AS\n',
  'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\nweb,Web,internal\nbi,BI,partner\n',
  'activations.csv':
    'client_id,integration_id,active_from,active_until\n' +
    'firma,shop,2026-01-01,\nfirma,web,2026-01-01,\nkunde,shop,2026-10-31,\nkunde,bi,2026-01-01,\n',
}

export async function writeRegistry(
  folder: string,
  changes: Partial<Record<keyof typeof REGISTRY, string>> = {},
): Promise<void> {
  for (const [name, text] of Object.entries({ ...REGISTRY, ...changes }))
    await writeFile(join(folder, name), text)
}
