import type { EventLog, LogRecord } from '@forbruk/infra/log/event-log.ts'
import { signedRecordV1, sourceMarkV1 } from '@forbruk/schemas/wire/avro-types.ts'
import type { Meaning } from './make-events.ts'

export type Totals = { requests: number; requestBytes: number; responseBytes: number }

/** Counts what was meant, each event when it is first made: no offsets, blocks, windows or versions. */
export class Oracle {
  /** By client, integration, hour and status class, joined by line ends. */
  readonly usage = new Map<string, Totals>()
  requests = 0
  rejected = 0
  garbage = 0
  copies = 0
  /** Copies that surely no fold can see; of the others it can't when the stream grows between them and the first. */
  repeated = 0
  marks = 0

  get sent(): number {
    return this.requests + this.rejected + this.garbage + this.copies + this.repeated + this.marks
  }

  add(meaning: Meaning): void {
    switch (meaning.kind) {
      case 'request': {
        const key = [meaning.clientId, meaning.integrationId, meaning.hour, meaning.statusClass].join('\n')
        const totals = this.usage.get(key) ?? { requests: 0, requestBytes: 0, responseBytes: 0 }
        totals.requests += 1
        totals.requestBytes += meaning.requestBytes
        totals.responseBytes += meaning.responseBytes
        this.usage.set(key, totals)
        this.requests += 1
        return
      }
      case 'rejected':
        this.rejected += 1
        return
      case 'garbage':
        this.garbage += 1
        return
      case 'copy':
        this.copies += 1
        return
      case 'repeated':
        this.repeated += 1
        return
      case 'mark':
        this.marks += 1
    }
  }

  /**
   * A producer whose acknowledgement was lost sends again, and Kafka then holds a record twice without anybody knowing:
   * how many there are of each kind only the log can tell. Who recognised a copy, its fold or whoever settles, is not
   * told apart.
   */
  expect({ records, garbage, marks, words }: LogCount): Expected {
    const { requests } = this
    const rejected = this.rejected + garbage
    return { records, requests, rejected, marks, copies: records - requests - rejected - marks - words }
  }
}

type Expected = {
  readonly records: number
  readonly requests: number
  readonly copies: number
  readonly rejected: number
  readonly marks: number
}

type LogCount = {
  readonly records: number
  readonly garbage: number
  readonly marks: number
  /** On how the stream is counted. */
  readonly words: number
}

/** Every record that the log holds, told apart by its first bytes alone. */
export async function countLog(log: EventLog): Promise<LogCount> {
  const count = { records: 0, garbage: 0, marks: 0, words: 0 }
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    for await (const batch of log.read(partition, startOffset, endOffset)) {
      for (const record of batch.records) addRecord(count, record)
    }
  }
  return count
}

const AVRO_MARKER = 0xc3
const MARK = sourceMarkV1.header
const WORD = signedRecordV1.header

function addRecord(count: { -readonly [Key in keyof LogCount]: number }, { value }: LogRecord) {
  count.records += 1
  if (value?.[0] !== AVRO_MARKER) count.garbage += 1
  else if (value.subarray(0, MARK.length).equals(MARK)) count.marks += 1
  else if (value.subarray(0, WORD.length).equals(WORD)) count.words += 1
}
