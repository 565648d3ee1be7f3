import type { FileLines, GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { type Line, LineSplitter } from '../lines/read-lines.ts'
import { toRecord } from '../lines/to-record.ts'
import type { LiveFile } from '../progress/file-progress.ts'
import type { Shipment } from './shipment.ts'

export type LineCounts = {
  /** Lines read, blank ones included. */
  lines: number
  events: number
  rejected: number
  blank: number
  /** Of the decompressed content, newlines included. */
  bytes: number
}

export function noLines(): LineCounts {
  return { lines: 0, events: 0, rejected: 0, blank: 0, bytes: 0 }
}

/** Turns one file's bytes into records on their way, from the position the file is at. */
export class LineShipper {
  readonly live: LiveFile
  readonly counts: LineCounts = noLines()
  readonly #shipment: Shipment
  readonly #splitter: LineSplitter
  readonly #format: GatewayFormat
  /** Of a format in which a line may say how those after it are read. */
  readonly #fileLines: FileLines | null

  constructor(shipment: Shipment, live: LiveFile) {
    const { format } = shipment.settings
    this.#fileLines = format.openFile?.(live.header) ?? null
    this.#format = this.#fileLines === null ? format : { ...format, parseLine: this.#fileLines.parseLine }
    this.live = live
    this.#shipment = shipment
    this.#splitter = new LineSplitter(live.position)
  }

  /** Bytes of a line whose newline has not come yet. */
  get partialBytes(): number {
    return this.#splitter.partialBytes
  }

  /** The chunk that follows the one before. Resolves when at most one batch is on its way. */
  async take(chunk: Buffer): Promise<void> {
    this.#splitter.push(chunk)
    for (let line = this.#splitter.next(); line !== null; line = this.#splitter.next()) {
      this.#ship(line)
      if (this.#shipment.isBatchFull) await this.#shipment.flush()
    }
  }

  /**
   * No more will come: a last line without a newline is shipped as it is. Answers false, and leaves it, when it is cut
   * off and `mayBeSent`: sent whole before, it is in the partition of its client, and must not come to another one too.
   */
  end(mayBeSent = false): boolean {
    const line = this.#splitter.end()
    if (line !== null && mayBeSent && this.#toRecord(line).kind === 'rejected') return false
    if (line !== null) this.#ship(line)
    if (this.live.done) return true
    this.live.done = true
    this.#shipment.moved(this.live)
    return true
  }

  #toRecord(line: Line) {
    const { source } = this.#shipment.settings
    return toRecord(line, this.#format, { source, file: this.live.file })
  }

  #ship(line: Line): void {
    const record = this.#toRecord(line)
    const before = this.live.position
    this.live.passLine(line)
    if (this.#fileLines !== null) this.live.header = this.#fileLines.header()
    this.#shipment.moved(this.live)
    this.counts.lines += 1
    this.counts.bytes += this.live.position - before
    switch (record.kind) {
      case 'blank':
        this.counts.blank += 1
        return
      case 'rejected':
        this.counts.rejected += 1
        this.#shipment.send(this.live, record.value, record.key)
        return
      case 'request':
        this.counts.events += 1
        this.#shipment.sawTime(this.live, record.timeMs)
        this.#shipment.send(this.live, record.value, record.key)
    }
  }
}
