import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { alignedEnd, dayEndMs, geometryOf, knowsGrowth, type StreamGeometry } from './block.ts'
import { ByteTable } from './byte-table.ts'
import { classifyStatus } from './classify-status.ts'
import { Fingerprint } from './fingerprint.ts'
import { hashIdentity, hashLineHigh, hashLineLow } from './hash-identity.ts'
import { type IdentityRows, IdentityTable } from './identity-table.ts'
import type { StoredRejected } from './sum-rejected.ts'
import { UsageTable } from './usage-table.ts'

const HOUR_MS = 3_600_000
/** Of statuses, 0 to 7: as many as fit beside the hour in one small number. */
const CLASSES = 8
/** From this fold version on, where a request id was counted is kept: so it is recognised wherever it comes again. */
const IDENTITIES_SINCE = 2
/** In memory they take as much as one total. */
const IDENTITIES_PER_TOTAL = 8

/**
 * The block that records are folded into: its absolute totals, a fingerprint of what they are made of, and where it
 * ends. Sums stay safe integers: a block has 2^17 offsets and an event at most 2^36 bytes, and `addRequest` refuses the
 * sum that would not be.
 */
export class OpenBlock {
  /** Also the block's name. */
  readonly firstOffset: number
  readonly geometry: StreamGeometry
  /** The next block begins here at the latest. */
  readonly endOffset: number
  /** A record that was appended then or later begins the next block. */
  dayEndMs = Number.POSITIVE_INFINITY
  /** From its ledger row: its figures stand, and no record can be added to them. */
  readonly isRestored: boolean
  records = 0
  requests = 0
  duplicates = 0
  rejected = 0
  marks = 0
  /** What a window is for, of requests and rejected events, with duplicates: ids, and lines once the stream grew. */
  requestIds = 0
  requestBytes = 0
  responseBytes = 0
  /** Since the epoch. */
  firstHour: number | null = null
  lastHour: number | null = null
  firstAppendTimeMs: number | null = null
  lastAppendTimeMs: number | null = null
  fingerprint = new Fingerprint()
  /** Of clients and integrations. */
  readonly names = new ByteTable()
  readonly #usage = new UsageTable()
  /** Null where the fold version keeps none. */
  #identities: IdentityTable | null
  #newRejected: StoredRejected[] = []

  constructor(firstOffset: number, geometry: StreamGeometry, isRestored = false) {
    this.firstOffset = firstOffset
    this.geometry = geometry
    this.endOffset = alignedEnd(firstOffset, geometry)
    this.isRestored = isRestored
    this.#identities = geometry.foldVersion >= IDENTITIES_SINCE ? new IdentityTable() : null
  }

  /** As its ledger row has it: enough to write the row again, and to tell where the block ends. */
  static restore(stored: LedgerBlock): OpenBlock {
    const { firstAppendTimeMs, firstHourMs, lastHourMs } = stored
    const block = new OpenBlock(stored.firstOffset, geometryOf(stored), true)
    block.records = stored.records
    block.requests = stored.requests
    block.duplicates = stored.duplicates
    block.rejected = stored.rejected
    block.marks = stored.marks
    block.requestIds = stored.requestIds
    block.requestBytes = stored.requestBytes
    block.responseBytes = stored.responseBytes
    block.firstHour = firstHourMs === null ? null : firstHourMs / HOUR_MS
    block.lastHour = lastHourMs === null ? null : lastHourMs / HOUR_MS
    block.firstAppendTimeMs = firstAppendTimeMs
    block.lastAppendTimeMs = stored.lastAppendTimeMs
    if (firstAppendTimeMs !== null) block.dayEndMs = dayEndMs(firstAppendTimeMs)
    block.fingerprint = Fingerprint.restore(stored.fingerprint)
    if (stored.identities !== null) block.#identities = IdentityTable.restore(stored)
    return block
  }

  /** What its ledger row says when every offset below `nextOffset` is folded in. */
  toLedger(stream: string, partition: number, nextOffset: number): LedgerBlock {
    const { firstOffset, geometry, firstHour, lastHour } = this
    return {
      stream,
      partition,
      block: firstOffset,
      ...geometry,
      firstOffset,
      nextOffset,
      records: this.records,
      events: this.events,
      requests: this.requests,
      duplicates: this.duplicates,
      rejected: this.rejected,
      marks: this.marks,
      requestIds: this.requestIds,
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
      firstHourMs: firstHour === null ? null : firstHour * HOUR_MS,
      lastHourMs: lastHour === null ? null : lastHour * HOUR_MS,
      firstAppendTimeMs: this.firstAppendTimeMs,
      lastAppendTimeMs: this.lastAppendTimeMs,
      fingerprint: this.fingerprint.value(),
      ...(this.#identities?.toLedger() ?? NO_IDENTITIES),
    }
  }

  get events(): number {
    return this.requests + this.duplicates + this.rejected + this.marks
  }

  /** Before its events. The first one decides with which day the block ends. */
  addRecord(appendTimeMs: number): void {
    if (this.records === 0) {
      this.firstAppendTimeMs = appendTimeMs
      this.dayEndMs = dayEndMs(appendTimeMs)
    }
    this.records += 1
    this.lastAppendTimeMs = appendTimeMs
  }

  /** @param index of the event in its record */
  addRequest(request: ScannedRequest, offset: number, index: number): void {
    const { texts, timeMs, requestBytes, responseBytes } = request
    const hour = Math.floor(timeMs / HOUR_MS)
    this.#usage.add(
      this.names.add(texts, request.client),
      this.names.add(texts, request.integration),
      hour * CLASSES + classifyStatus(request.status, this.geometry.foldVersion),
      requestBytes,
      responseBytes,
    )
    this.requests += 1
    this.requestBytes += requestBytes
    this.responseBytes += responseBytes
    assertExact(this.requestBytes, this.responseBytes)
    if (this.firstHour === null || hour < this.firstHour) this.firstHour = hour
    if (this.lastHour === null || hour > this.lastHour) this.lastHour = hour
    this.#addIdentity(request, offset, index)
    this.#keepIdentity(request, hour, offset, index)
  }

  addRejected(rows: readonly StoredRejected[]): void {
    for (const row of rows) {
      this.rejected += row.events
      this.#newRejected.push(row)
    }
  }

  /** How much there is that is new or other than when it was taken last: totals, rejected events and identities. */
  get changedSize(): number {
    return this.#usage.changedSize + this.#newRejected.length + sizeOf(this.#identities)
  }

  takeChanged(): ChangedRows {
    const size = this.changedSize
    const rejected = this.#newRejected
    this.#newRejected = []
    return { totals: this.#usage.takeChanged(), rejected, identities: this.#identities?.take() ?? null, size }
  }

  /**
   * Requests and bytes of one client, integration, UTC hour (since the epoch) and status class within the block; client
   * and integration by their numbers in `names`.
   */
  totals(number: number) {
    const { client, integration, hourAndClass, requests, requestBytes, responseBytes } =
      this.#usage.at(number)
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

  #keepIdentity(request: ScannedRequest, hour: number, offset: number, index: number): void {
    const { identity, texts, identityText } = request
    if (identity === 'request_id')
      this.#identities?.add(hour, identityText.hash, hashIdentity(texts, identityText), offset, index)
    else if (identity === 'position' && knowsGrowth(this.geometry))
      this.#identities?.add(hour, hashLineLow(request), hashLineHigh(request), offset, index)
  }

  #addIdentity(request: ScannedRequest, offset: number, index: number): void {
    const { fingerprint } = this
    fingerprint.addNumber(offset)
    fingerprint.addNumber(index)
    if (request.identity === 'none') return
    fingerprint.addHash(request.identityText.hash, request.identityText.end - request.identityText.start)
    if (request.identity === 'position') fingerprint.addNumber(request.position)
  }
}

/** What came since it was taken last. */
export type ChangedRows = {
  /** Numbers of the block's totals. */
  readonly totals: readonly number[]
  readonly rejected: readonly StoredRejected[]
  readonly identities: IdentityRows | null
  /** What bounds memory. */
  readonly size: number
}

const NO_IDENTITIES = { identities: null, identitySum: null, identityHoursMs: [] }

function sizeOf(identities: IdentityTable | null): number {
  return identities === null ? 0 : Math.ceil(identities.size / IDENTITIES_PER_TOTAL)
}

function assertExact(requestBytes: number, responseBytes: number): void {
  if (requestBytes > Number.MAX_SAFE_INTEGER || responseBytes > Number.MAX_SAFE_INTEGER) {
    throw new RangeError("a block's byte sum passed 2^53: records with very many events of very many bytes")
  }
}
