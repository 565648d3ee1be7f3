import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { type EventLogSettings, openEventLog, openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { decodeUsageAlert } from '@forbruk/schemas/wire/usage-alert-codec.ts'
import { afterAll, beforeAll } from 'vitest'
import type { JudgeParts, MonthRules } from '../../../services/alerts/judge/judge-months.ts'

export const STREAM = 'gateway.requests'
export const NOW_MS = Date.parse('2026-10-02T12:34:56Z')

/** A hundred requests are included, everything counts. */
const RULES: MonthRules = {
  allowance: { requests: 100n, bytes: 1_000_000n },
  meter: (_clientId, uses) => ({
    requests: uses.reduce((sum, use) => sum + use.requests, 0n),
    bytes: uses.reduce((sum, use) => sum + use.requestBytes + use.responseBytes, 0n),
  }),
}

type Installation = {
  readonly store: Store
  readonly alertsTopic: EventLog
  readonly clock: { nowMs: number }
  readonly openWriter: () => SoleWriter
}

/** A store and a log on this machine, real, for the tests of a file. */
export function useInstallation() {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-alerts-'))
  const settings: EventLogSettings = {
    kind: 'embedded',
    path: join(folder, 'log.sqlite'),
    topic: 'usage.alerts',
    partitionCount: 2,
    clock: () => NOW_MS,
  }
  const writers: SoleWriter[] = []
  let current: Installation | null = null
  let offset = 0

  beforeAll(async () => {
    const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
    await migrate(store, MIGRATIONS, () => NOW_MS)
    const alertsTopic = await openEventLog(settings)
    const openWriter = () => {
      const writer = openSoleWriter(settings, alertsTopic, 'one')
      writers.push(writer)
      return writer
    }
    current = { store, alertsTopic, clock: { nowMs: NOW_MS }, openWriter }
  })
  afterAll(async () => {
    for (const writer of writers) await writer.close()
    await current?.alertsTopic.close()
    await current?.store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const place = (): Installation => {
    if (current === null) throw new Error('an installation is there only inside a test')
    return current
  }
  const judgeParts = (changes: Partial<JudgeParts> = {}): JudgeParts => ({
    store: place().store,
    counted: { topic: STREAM, partitionCount: 1 },
    alertsTopic: place().alertsTopic,
    timeZone: 'Europe/Oslo',
    readRules: async () => RULES,
    readClosedMonths: async () => new Set(),
    clock: () => place().clock.nowMs,
    ...changes,
  })

  const count = async (clientId: string, requests: number, timeMs = NOW_MS) => {
    offset += 1
    await flush(place().store, { clientId, requests, timeMs, offset })
  }
  const readTopic = (clientId: string) => readAlerts(place().alertsTopic, clientId)
  return { place, judgeParts, count, readTopic }
}

type Use = {
  readonly clientId: string
  readonly requests: number
  readonly timeMs: number
  readonly offset: number
}

/** As a flush does: the usage, then the ledger that vouches for it. */
async function flush(store: Store, { clientId, requests, timeMs, offset }: Use): Promise<void> {
  const hour = Math.floor(timeMs / 3_600_000) * 3_600
  const usage = { client_id: clientId, hour, integration_id: 'shop', status_class: '2xx', stream: STREAM }
  const sums = { requests, request_bytes: 0, response_bytes: 0 }
  await store.insert('usage_rollup', [{ ...usage, partition: 0, block: 0, ...sums, last_offset: offset }])
  await store.insert('block_ledger', [
    {
      stream: STREAM,
      partition: 0,
      block: 0,
      fold_version: 1,
      first_offset: 0,
      next_offset: offset + 1,
      records: offset + 1,
      events: offset + 1,
      duplicates: 0,
      rejected: 0,
      marks: 0,
      request_ids: 0,
      first_hour: hour,
      last_hour: hour,
      last_append_time: null,
      fingerprint: 0,
      ...sums,
    },
  ])
}

type FoundAlert = { readonly alertId: string; readonly subject: string; readonly at: string }

/** What the topic says of a client, in order: `actual 50` and where it stands. */
async function readAlerts(alertsTopic: EventLog, clientId: string): Promise<FoundAlert[]> {
  const found: FoundAlert[] = []
  for (let partition = 0; partition < alertsTopic.partitionCount; partition += 1) {
    const { startOffset, endOffset } = await alertsTopic.bounds(partition)
    for await (const { records } of alertsTopic.read(partition, startOffset, endOffset)) {
      for (const record of records) {
        const alert = decodeUsageAlert(record.value)
        if (alert?.clientId !== clientId) continue
        const { alertId, kind, level } = alert
        found.push({ alertId, subject: `${kind} ${level}`, at: `${partition}:${record.offset}` })
      }
    }
  }
  return found
}
