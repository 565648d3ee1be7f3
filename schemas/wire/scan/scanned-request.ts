/**
 * One request as it stands in a record's bytes: numbers are read, texts are ranges of `texts`. One object is filled
 * again for every record, so that nothing is allocated per event; what is to be kept must be copied before the next
 * one.
 */
export class ScannedRequest {
  /** A view, because words of it are read wherever they begin. */
  texts = new DataView(new ArrayBuffer(0))
  readonly source = new TextRange()
  readonly client = new TextRange()
  /** Empty when the gateway does not know it. */
  readonly integration = new TextRange()
  identity: 'position' | 'request_id' | 'none' = 'none'
  /** The request id, or the file of a line position. */
  readonly identityText = new TextRange()
  position = 0
  timeMs = 0
  status = 0
  requestBytes = 0
  responseBytes = 0
  /** By a person: a field that the scanner leaves to the decoder. */
  timeVouched = false
}

const EMPTY_HASH = 0

/** A value in the bytes that it shares with others: to read it there takes no object of its own. */
export type ByteRange = { readonly bytes: Uint8Array; readonly start: number; readonly end: number }

export class TextRange {
  start = 0
  end = 0
  /** `hashText` of the range's bytes. */
  hash = EMPTY_HASH

  set(start: number, end: number, hash: number): void {
    this.start = start
    this.end = end
    this.hash = hash
  }

  readIn({ buffer, byteOffset }: DataView): string {
    return Buffer.from(buffer, byteOffset + this.start, this.end - this.start).toString('utf8')
  }

  clear(): void {
    this.set(0, 0, EMPTY_HASH)
  }
}
