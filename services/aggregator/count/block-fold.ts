import type { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { dayEndMs } from './block.ts'
import { ByteTable } from './byte-table.ts'
import { Fingerprint } from './fingerprint.ts'
import { UsageTable } from './usage-table.ts'

export const HOUR_MS = 3_600_000
/** Of statuses, 0 to 5: as many as fit beside the hour in one small number. */
const CLASSES = 8

/**
 * The absolute totals of one block. Sums stay safe integers: a block has 2^17 offsets and an event at most 2^36 bytes,
 * and `addRequest` refuses the sum that would not be.
 */
export class BlockFold {
  /** Also the block's name. */
  readonly firstOffset: number
  private readonly usage = new UsageTable()
  /** Of clients and integrations. */
  readonly names = new ByteTable()
  records = 0
  requests = 0
  duplicates = 0
  rejected = 0
  marks = 0
  requestIds = 0
  requestBytes = 0
  responseBytes = 0
  firstHour: number | null = null
  lastHour: number | null = null
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

  addRequest(request: ScannedRequest): void {
    const { texts, timeMs, requestBytes, responseBytes } = request
    const hour = Math.floor(timeMs / HOUR_MS)
    this.usage.add(
      this.names.add(texts, request.client),
      this.names.add(texts, request.integration),
      hour * CLASSES + Math.floor(request.status / 100),
      requestBytes,
      responseBytes,
    )
    this.requests += 1
    this.requestBytes += requestBytes
    this.responseBytes += responseBytes
    assertExact(this.requestBytes, this.responseBytes)
    if (this.firstHour === null || hour < this.firstHour) this.firstHour = hour
    if (this.lastHour === null || hour > this.lastHour) this.lastHour = hour
  }

  addIdentity(request: ScannedRequest, offset: number, index: number): void {
    const { fingerprint } = this
    fingerprint.addNumber(offset)
    fingerprint.addNumber(index)
    if (request.identity === 'none') return
    fingerprint.addHash(request.identityText.hash, request.identityText.end - request.identityText.start)
    if (request.identity === 'position') fingerprint.addNumber(request.position)
  }

  /** How many totals have changed since `takeChanged`. */
  get changedSize(): number {
    return this.usage.changedSize
  }

  /** The numbers of the totals that have changed since the last call. */
  takeChanged(): readonly number[] {
    return this.usage.takeChanged()
  }

  /**
   * Requests and bytes of one client, integration, UTC hour (since the epoch) and status class within the block; client
   * and integration by their numbers in `names`.
   */
  totals(number: number) {
    const { client, integration, hourAndClass, requests, requestBytes, responseBytes } = this.usage.at(number)
    const hour = Math.floor(hourAndClass / CLASSES)
    return {
      client,
      integration,
      hour,
      statusClass: hourAndClass % CLASSES,
      requests,
      requestBytes,
      responseBytes,
    }
  }
}

function assertExact(requestBytes: number, responseBytes: number): void {
  if (requestBytes > Number.MAX_SAFE_INTEGER || responseBytes > Number.MAX_SAFE_INTEGER) {
    throw new RangeError("a block's byte sum passed 2^53: records with very many events of very many bytes")
  }
}
