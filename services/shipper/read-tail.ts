import { MAGIC_BYTES, recogniseCompression } from './decompress.ts'
import type { FileProgress } from './file-progress.ts'
import { digestOf, HEAD_BYTES_MAX, type Head, identifyFile } from './identify-file.ts'
import type { FileFacts, OpenLogFile } from './log-files.ts'
import { readAt } from './read-bytes.ts'
import { otherContent } from './read-from.ts'
import { explainFileError, ShipError } from './ship-error.ts'
import { LineShipper } from './ship-lines.ts'
import type { FileSummary } from './ship-summary.ts'
import type { Shipment } from './shipment.ts'

/** So that one long file does not keep the others waiting. */
const CHUNKS_PER_VISIT = 16

export type Visit =
  | 'more'
  | 'at_end'
  /** Its content was replaced by another: it was truncated after it was copied. */
  | 'replaced'

type Begun = { readonly head: Head; readonly shipper: LineShipper; readonly resumedFrom: number }

/** One open file that grows, whatever its name has become. */
export class Tail {
  readonly path: string
  readonly #handle: OpenLogFile
  readonly #shipment: Shipment
  readonly #facts: FileFacts
  #begun: Begun | null = null
  #readPosition = 0
  /** When it was last seen that all of its lines had been read; null when there may be more. */
  atEndMs: number | null = null
  /** Visits in a row that found nothing new. */
  quietVisits = 0

  private constructor(shipment: Shipment, path: string, handle: OpenLogFile, facts: FileFacts) {
    this.#shipment = shipment
    this.path = path
    this.#handle = handle
    this.#facts = facts
  }

  /** Null when there is no such file yet. Throws ShipError. */
  static async open(shipment: Shipment, path: string): Promise<Tail | null> {
    let handle: OpenLogFile
    try {
      handle = await shipment.settings.files.open(path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw explainFileError(path, error)
    }
    const stats = await handle.facts()
    const refusal =
      stats.kind === 'directory'
        ? 'is a directory; expected a log file'
        : recogniseCompression(await handle.read(0, MAGIC_BYTES)) !== null
          ? 'is compressed, so it will not grow; ship it without following it'
          : null
    if (refusal === null) return new Tail(shipment, path, handle, stats)
    await handle.close()
    throw new ShipError(`${path}: ${refusal}`)
  }

  isFile({ device, inode }: FileFacts): boolean {
    return this.#facts.device === device && this.#facts.inode === inode
  }

  get file(): string | null {
    return this.#begun?.head.file ?? null
  }

  get highestMs(): number | null {
    return this.#begun?.shipper.live.highestMs ?? null
  }

  /** Finds out which file it is; null while its first line isn't there. Reads and ships nothing. */
  async identify(): Promise<string | null> {
    if (this.#begun === null) await this.#begin()
    return this.file
  }

  /** Ships what has come, as far as the lines are complete. */
  async visit(signal: AbortSignal): Promise<Visit> {
    const nowMs = this.#shipment.settings.clock()
    const { bytes: size, modifiedMs: mtimeMs } = await this.#handle.facts()
    const begun = this.#begun ?? (await this.#begin())
    if (begun === null) return this.#rest(size === 0 ? nowMs : null)
    if (size < this.#readPosition && !(await this.#headIsSame(begun.head))) return 'replaced'
    begun.shipper.live.modifiedMs = mtimeMs
    if (size <= this.#readPosition) return this.#rest(begun.shipper.partialBytes === 0 ? nowMs : null)
    for (let chunks = 0; chunks < CHUNKS_PER_VISIT && !signal.aborted; chunks++) {
      const chunk = await readAt(this.path, this.#handle, this.#readPosition)
      if (chunk.length === 0) return this.#rest(begun.shipper.partialBytes === 0 ? nowMs : null)
      // After the read, so that what was read is known to be of this content.
      if (!(await this.#headIsSame(begun.head))) return 'replaced'
      this.#readPosition += chunk.length
      this.quietVisits = 0
      this.atEndMs = null
      await begun.shipper.take(chunk)
    }
    return 'more'
  }

  /** It won't grow any more: a last line without a newline is shipped as it is. */
  end(): void {
    this.#begun?.shipper.end()
  }

  async close(): Promise<FileSummary | null> {
    await this.#handle.close()
    if (this.#begun === null) return null
    const { shipper, resumedFrom, head } = this.#begun
    const { position } = shipper.live
    return { path: this.path, file: head.file, resumedFrom, position, note: null, ...shipper.counts }
  }

  get progress() {
    const lines = this.#begun?.shipper.counts.lines ?? 0
    return { file: this.path, bytesRead: this.#readPosition, lines }
  }

  async size(): Promise<number> {
    return (await this.#handle.facts()).bytes
  }

  #rest(atEndMs: number | null): Visit {
    this.atEndMs = atEndMs
    this.quietVisits += 1
    return 'at_end'
  }

  async #begin(): Promise<Begun | null> {
    const head = identifyFile(await this.#readStart(HEAD_BYTES_MAX), false)
    if (head === null) return null
    const known = this.#shipment.progressOf(head.file)
    if (known !== undefined) await this.#checkLastLine(known)
    const live = this.#shipment.open(head.file, this.path)
    live.done = false
    this.#readPosition = live.position
    this.#begun = { head, shipper: new LineShipper(this.#shipment, live), resumedFrom: live.position }
    return this.#begun
  }

  async #checkLastLine(known: FileProgress): Promise<void> {
    const { lastLine } = known
    if (lastLine === null) return
    const found = await this.#handle.read(lastLine.position, lastLine.bytes)
    if (found.length === lastLine.bytes && digestOf(found) !== lastLine.digest)
      throw otherContent(this.path, known)
  }

  async #headIsSame(head: Head): Promise<boolean> {
    const start = await this.#readStart(head.headBytes)
    return start.length === head.headBytes && identifyFile(start, false)?.file === head.file
  }

  #readStart(bytes: number): Promise<Buffer> {
    return this.#handle.read(0, bytes)
  }
}
