import type { Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import type { SignedRecord, StreamRecord } from '@forbruk/schemas/event/log-event.ts'
import { type Decoded, rejectSchema, type UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'
import type { VerifySigned } from '@forbruk/schemas/wire/sign-record.ts'
import { knowsGrowth, knowsLimits, type StreamRules } from './block.ts'

/** Whose word holds in a log to which many may write. */
export type WordParts = {
  /** Whether whoever holds the stream's key said so, at this place. */
  readonly verify: VerifySigned
  /**
   * The one step that needs no signature: a release that knows none stops at it, and every release since takes it by
   * itself, so that nobody gains by writing it.
   */
  readonly unsignedVersion: StreamRules
}

/** An event after its word was judged, with the number of the word where it is one on how the partition is counted. */
export type Judged = { readonly event: Exclude<Decoded, SignedRecord>; readonly sequence: number | null }

/**
 * What is left of an event once it is asked on whose word it stands. What changes how a partition is counted, and a
 * vouched time, hold on the word of whoever holds the stream's key and on no other: without it the event is rejected,
 * and counting goes on. Version 1 knows nothing of signatures. Pure.
 * @param foldVersion by which the record is counted
 */
export function judgeWord(
  event: Decoded,
  value: Buffer | null,
  place: Place,
  foldVersion: number,
  { verify, unsignedVersion }: WordParts,
): Judged {
  switch (event.kind) {
    case 'signed': {
      if (!knowsLimits({ foldVersion })) return rejected(unknownSchema(value))
      if (!verify(place, event)) return rejected(reject('signature_invalid', DETAIL_OF_INVALID))
      const { event: said, sequence } = event
      if (said.kind === 'stream_growth' && !knowsGrowth({ foldVersion }))
        return rejected(unknownSchema(value))
      return said.kind === 'request'
        ? { event: { ...said, timeVouched: true }, sequence: null }
        : { event: said, sequence }
    }
    case 'stream_version':
      return isSameRules(event, unsignedVersion)
        ? { event, sequence: null }
        : rejected(reject('control_unsigned', `a stream version ${event.foldVersion}; ${DETAIL_OF_UNSIGNED}`))
    case 'stream_limits':
      return rejected(
        knowsLimits({ foldVersion })
          ? reject('control_unsigned', `stream limits; ${DETAIL_OF_UNSIGNED}`)
          : unknownSchema(value),
      )
    case 'stream_growth':
      return rejected(
        knowsGrowth({ foldVersion })
          ? reject('control_unsigned', `a stream growth; ${DETAIL_OF_UNSIGNED}`)
          : unknownSchema(value),
      )
    default:
      return { event, sequence: null }
  }
}

const DETAIL_OF_UNSIGNED = "expected in a record that is signed with the stream's key"
const DETAIL_OF_INVALID =
  "the signature isn't of this stream's key, or of another stream, partition or content"

function isSameRules(one: StreamRules, other: StreamRules): boolean {
  return (
    one.foldVersion === other.foldVersion &&
    one.blockSize === other.blockSize &&
    one.windowSize === other.windowSize
  )
}

/** Whether the event says how the partition is counted on. */
export function isOfStream(event: Judged['event']): event is StreamRecord {
  switch (event.kind) {
    case 'stream_version':
    case 'stream_limits':
    case 'stream_growth':
      return true
    default:
      return false
  }
}

function rejected(event: UndecodableEvent): Judged {
  return { event, sequence: null }
}

function reject(reason: 'control_unsigned' | 'signature_invalid', detail: string): UndecodableEvent {
  return { kind: 'undecodable', reason, detail, origin: null }
}

/** As the rules before had it, which knew no such record. */
function unknownSchema(value: Buffer | null): UndecodableEvent {
  return rejectSchema(value ?? Buffer.alloc(10))
}
