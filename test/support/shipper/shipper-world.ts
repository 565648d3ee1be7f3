import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import type { RejectedLine, RequestEvent, SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { type ShipOptions, ship } from '../../../services/shipper/ship.ts'

export const NOW_MS = Date.UTC(2026, 9, 15)
export const FIRST_MS = Date.UTC(2026, 9, 1)
export const PARTITION_COUNT = 4

/** A line of the `nginx-json` format, different for every number. */
export function line(number: number): string {
  const timeMs = FIRST_MS + number * 250
  return JSON.stringify({
    msec: `${Math.floor(timeMs / 1000)}.${String(timeMs % 1000).padStart(3, '0')}`,
    client_id: `client-${number % 7}`,
    integration_id: 'regnskap',
    path: `/orders/${number}`,
    status: '200',
    request_length: 100 + number,
    bytes_sent: 1_000 + number,
  })
}

export function lines(from: number, to: number): string {
  let text = ''
  for (let number = from; number < to; number++) text += `${line(number)}\n`
  return text
}

type PlacedEvent = (RequestEvent | RejectedLine | SourceMark) & { readonly partition: number }

/** A folder with the embedded log in it, to ship to. */
export type World = ReturnType<typeof openWorld>

export function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-ship-'))
  const settings = { topic: 'gateway.requests', partitionCount: PARTITION_COUNT, clock: () => NOW_MS }
  const log = openEmbeddedLog({ path: join(folder, 'log.sqlite'), ...settings })
  const inFolder = (name: string) => join(folder, name)
  return {
    folder,
    log,
    path: inFolder,
    stateDir: inFolder('shipper'),
    write(name: string, content: string | Uint8Array): string {
      writeFileSync(inFolder(name), content)
      return inFolder(name)
    },
    append(name: string, content: string): void {
      appendFileSync(inFolder(name), content)
    },
    ship: (files: readonly string[], changed: Partial<ShipOptions> = {}) =>
      ship({
        log,
        format: openGatewayFormat('nginx-json'),
        source: 'gateway-1',
        files,
        follow: false,
        stateDir: inFolder('shipper'),
        clock: () => NOW_MS,
        host: 'gw-1.example',
        newId: () => randomBytes(8).toString('hex'),
        ...changed,
      }),
    readAll: () => readAll(log),
    forgetProgress: () => rmSync(inFolder('shipper'), { recursive: true, force: true }),
    async close() {
      await log.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Every record of the log, by partition and offset. */
async function readAll(log: EventLog): Promise<PlacedEvent[]> {
  const events: PlacedEvent[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    if (startOffset === endOffset) continue
    for await (const batch of log.read(partition, startOffset, endOffset)) {
      for (const record of batch.records) {
        for (const event of decodeRecord(record.value)) {
          if (event.kind === 'undecodable')
            throw new Error(`a shipped record is undecodable: ${event.detail}`)
          if (!('source' in event)) throw new Error(`a shipper sends no ${event.kind}`)
          events.push({ ...event, partition })
        }
      }
    }
  }
  return events
}

/** What is said of a file: not that a shipper is there, and has something to send. */
export function isFileMark<Event extends { readonly kind: string }>(
  event: Event,
): event is Extract<Event, { kind: 'mark' }> {
  return event.kind === 'mark' && 'file' in event && event.file !== ''
}

type Counted = { readonly file: string; readonly position: number; readonly partition: number }

/** What an aggregator counts: within a partition, whatever lies above the highest position of its file so far. */
export function countOnce(events: readonly PlacedEvent[]): (PlacedEvent & Counted)[] {
  const highest = new Map<string, number>()
  return events.flatMap(event => {
    const at = placeOf(event)
    if (at === null) return []
    const stream = `${event.partition} ${event.source} ${at.file}`
    if (at.position <= (highest.get(stream) ?? -1)) return []
    highest.set(stream, at.position)
    return [{ ...event, ...at }]
  })
}

function placeOf(event: PlacedEvent): { file: string; position: number } | null {
  switch (event.kind) {
    case 'mark':
      return null
    case 'rejected_line':
      return { file: event.file, position: event.position }
    case 'request': {
      if (event.identity.kind !== 'position') return null
      const { file, position } = event.identity
      return { file, position }
    }
  }
}

type MarkFault = { readonly partition: number; readonly marked: number; readonly arrived: number }

/** The marks whose totals are not what had arrived in their partition when they came. */
export function findMarkFaults(events: readonly PlacedEvent[]): MarkFault[] {
  return events.flatMap((event, index) => {
    if (event.kind !== 'mark') return []
    const before = countOnce(events.slice(0, index)).filter(
      counted => counted.partition === event.partition && counted.file === event.file,
    )
    const arrived = before.filter(counted => counted.position < event.position).length
    return arrived === event.eventsTotal
      ? []
      : [{ partition: event.partition, marked: event.eventsTotal, arrived }]
  })
}
