import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { dayEndMs } from './block.ts'
import { Fingerprint } from './fingerprint.ts'

const HOUR_MS = 3_600_000

/** Requests and bytes of one client, integration, UTC hour and status class within a block. */
export type UsageTotals = {
  readonly clientId: string
  readonly integrationId: string
  readonly hourMs: number
  readonly statusClass: number
  requests: number
  requestBytes: number
  responseBytes: number
  /** Changed since it was last written. */
  dirty: boolean
}

/**
 * The absolute totals of one block. Sums stay safe integers: a block has 2^17 offsets and an event at most 2^36 bytes,
 * and `addRequest` refuses the sum that would not be.
 */
export class BlockFold {
  /** Also the block's name. */
  readonly firstOffset: number
  readonly usage = new Map<string, UsageTotals>()
  records = 0
  requests = 0
  duplicates = 0
  rejected = 0
  marks = 0
  requestIds = 0
  requestBytes = 0
  responseBytes = 0
  firstHourMs: number | null = null
  lastHourMs: number | null = null
  firstAppendTimeMs: number | null = null
  lastAppendTimeMs: number | null = null
  /** A record appended then or later belongs to another block. */
  endMs = Number.POSITIVE_INFINITY
  fingerprint = new Fingerprint()

  constructor(firstOffset: number) {
    this.firstOffset = firstOffset
  }

  /** With its first record. */
  begin(appendTimeMs: number): void {
    this.firstAppendTimeMs = appendTimeMs
    this.endMs = dayEndMs(appendTimeMs)
  }

  get events(): number {
    return this.requests + this.duplicates + this.rejected + this.marks
  }

  addRequest(event: RequestEvent): UsageTotals {
    const hourMs = event.timeMs - (event.timeMs % HOUR_MS)
    const statusClass = Math.floor(event.status / 100)
    const totals = this.totalsOf(event.clientId, event.integrationId, hourMs, statusClass)
    totals.requests += 1
    totals.requestBytes += event.requestBytes
    totals.responseBytes += event.responseBytes
    this.requests += 1
    this.requestBytes += event.requestBytes
    this.responseBytes += event.responseBytes
    assertExact(this.requestBytes, this.responseBytes)
    if (this.firstHourMs === null || hourMs < this.firstHourMs) this.firstHourMs = hourMs
    if (this.lastHourMs === null || hourMs > this.lastHourMs) this.lastHourMs = hourMs
    return totals
  }

  addIdentity(event: RequestEvent, offset: number, index: number): void {
    const { fingerprint } = this
    fingerprint.addNumber(offset)
    fingerprint.addNumber(index)
    switch (event.identity.kind) {
      case 'position':
        fingerprint.addText(event.identity.file)
        fingerprint.addNumber(event.identity.position)
        break
      case 'request_id':
        fingerprint.addText(event.identity.id)
        break
      case 'none':
        break
    }
  }

  private totalsOf(
    clientId: string,
    integrationId: string,
    hourMs: number,
    statusClass: number,
  ): UsageTotals {
    // No name holds a control character, so the joined key is unambiguous.
    const key = `${clientId}\n${integrationId}\n${hourMs + statusClass}`
    let totals = this.usage.get(key)
    if (totals === undefined) {
      totals = {
        clientId,
        integrationId,
        hourMs,
        statusClass,
        requests: 0,
        requestBytes: 0,
        responseBytes: 0,
        dirty: false,
      }
      this.usage.set(key, totals)
    }
    return totals
  }
}

function assertExact(requestBytes: number, responseBytes: number): void {
  if (requestBytes > Number.MAX_SAFE_INTEGER || responseBytes > Number.MAX_SAFE_INTEGER) {
    throw new RangeError("a block's byte sum passed 2^53: records with very many events of very many bytes")
  }
}
