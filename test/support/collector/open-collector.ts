import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCollector } from '@forbruk/collector/open-collector.ts'
import type { TokenHolder } from '@forbruk/collector/sender.ts'
import { COLLECTOR_METRICS } from '@forbruk/console/metrics/collector-metrics.ts'
import { renderMetrics } from '@forbruk/console/metrics/render-metrics.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { type Decoded, decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import pino from 'pino'
import { afterAll } from 'vitest'

const PARTITIONS = 4

type CollectorAtHand = {
  readonly url: string
  /** What it has logged, as text. */
  readonly said: () => string
  /** Everything that is in the log. */
  readonly events: () => Promise<readonly Decoded[]>
  /** As `fetch`, at a path of the collector's. */
  readonly post: (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers?: Record<string, string>,
  ) => Promise<Response>
}

type Choice = {
  readonly holders?: readonly TokenHolder[]
  /** What stands between the collector and the log, such as one that holds up an append. */
  readonly before?: (append: EventLog['append']) => EventLog['append']
}

/** The real collector on a real embedded log, until the file's tests are over. */
export async function collectorAtHand({
  holders,
  before = append => append,
}: Choice = {}): Promise<CollectorAtHand> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-collector-'))
  const log = openEmbeddedLog({
    path: join(folder, 'log.sqlite'),
    topic: 'gateway.requests',
    partitionCount: PARTITIONS,
    clock: Date.now,
  })
  const lines: string[] = []
  const opened = await openCollector({
    listen: { host: '127.0.0.1', port: 0 },
    holders: holders ?? null,
    log: { append: before(records => log.append(records)) },
    renderMetrics: collector => renderMetrics(COLLECTOR_METRICS, { collector }),
    logger: pino({ level: 'debug' }, { write: line => lines.push(line) }),
  })
  afterAll(async () => {
    await opened.close()
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    url: opened.url,
    said: () => lines.join(''),
    events: () => readAll(log),
    post: (path, body, headers = {}) => fetch(`${opened.url}${path}`, { method: 'POST', body, headers }),
  }
}

async function readAll(log: EventLog): Promise<readonly Decoded[]> {
  const events: Decoded[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    for await (const { records } of log.read(partition, startOffset, endOffset)) {
      events.push(...records.flatMap(({ value }) => decodeRecord(value)))
    }
  }
  return events
}

/** An event of our own, as JSON. */
export function ownEvent(id: string | null, more: Record<string, unknown> = {}): string {
  const identity = id === null ? {} : { request_id: id }
  const measures = { time: 1_795_651_200_123, status: 200, request_bytes: 5, response_bytes: 7 }
  return JSON.stringify({ client_id: 'acme', ...identity, ...measures, ...more })
}

/** A CloudEvent of a request in its structured form. */
export function cloudEvent(id: string | undefined, more: Record<string, unknown> = {}) {
  const data = { status: 200, request_bytes: 5, response_bytes: 7, method: 'GET', route: '/hello' }
  return {
    ...{ specversion: '1.0', type: 'request', id, source: 'gateway-7', subject: 'acme' },
    ...{ time: '2026-11-26T00:00:00.123Z', data, ...more },
  }
}
