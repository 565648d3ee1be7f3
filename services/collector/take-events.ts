import type { IncomingHttpHeaders } from 'node:http'
import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { nameCollected } from '@forbruk/schemas/event/collected-file.ts'
import { findOtherEncoding } from '@forbruk/schemas/text/find-encoding.ts'
import { type AppendInTurn, bytesOf } from './append-in-turn.ts'
import { toStructured } from './binary-cloudevent.ts'
import { BOUNDS } from './bounds.ts'
import { chooseReading } from './choose-reading.ts'
import type { Reservation } from './in-flight.ts'
import { findCompression, inflate, readEncoding } from './inflate.ts'
import type { Piece } from './read-texts.ts'
import { malformed, RefusedError } from './refusal.ts'
import type { Sender } from './sender.ts'
import { splitBody } from './split-body.ts'
import { fingerprintKeyOf, toBodyKey, toRecords } from './to-records.ts'

type Arrived = {
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
  readonly isOpenMeter: boolean
  /** Resolves when the body is here; rejects with RefusedError where it is too large. */
  readonly readBody: () => Promise<Buffer>
}

/** What became of a body: what it held was one or the other. */
export type Taken = { readonly events: number; readonly rejected: number }

/** From bodies to the log. */
export class EventTaker {
  readonly #appending: AppendInTurn
  /** Of this process: another one numbers its rejected events by itself. */
  readonly #file = nameCollected()
  #position = 0

  constructor(appending: AppendInTurn) {
    this.#appending = appending
  }

  /**
   * Resolves once the log has acknowledged all that the body held. Throws RefusedError where nothing is taken of it:
   * then its sender knows.
   */
  async take(sender: Sender, arrived: Arrived, reservation: Reservation): Promise<Taken> {
    const reading = chooseReading(sender, arrived)
    const encoding = readEncoding(arrived.headers['content-encoding'])
    const body = await inflate(await arrived.readBody(), encoding, BOUNDS.bodyBytesMax)
    const other = findOtherEncoding(body)
    if (other !== null) throw malformed(415, `the body is ${other}; expected UTF-8`)
    const compression = findCompression(body)
    if (compression !== null)
      throw malformed(415, `the body is ${compression}; expected Content-Encoding to say so, and once alone`)
    const texts = reading.isBinary ? [toStructured(arrived.headers, body)] : splitBody(body, BOUNDS.eventsMax)
    const pieces = texts === null ? null : reading.readTexts(texts)
    if (pieces === null || pieces.length > BOUNDS.eventsMax) {
      throw malformed(413, `the body holds more than ${BOUNDS.eventsMax} events`)
    }
    const { records, ...taken } = this.#toRecords(pieces, sender, reading.key, body)
    reservation.hold(bytesOf(records))
    await this.#append(records)
    return taken
  }

  #toRecords(pieces: readonly Piece[], { source, tokenHash }: Sender, key: string | null, body: Buffer) {
    return toRecords(pieces, {
      source,
      fingerprintKey: tokenHash === null ? null : fingerprintKeyOf(tokenHash),
      bodyKey: key === null ? null : toBodyKey(key, source, body),
      nextPlace: () => ({ file: this.#file, position: this.#position++ }),
    })
  }

  async #append(records: readonly OutgoingRecord[]): Promise<void> {
    try {
      await this.#appending.append(records)
    } catch (cause) {
      const detail = 'the event log did not acknowledge it; send the same again'
      throw new RefusedError({ kind: 'log_unavailable', status: 503, detail }, { cause })
    }
  }
}
