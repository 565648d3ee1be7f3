import { setTimeout } from 'node:timers/promises'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import type { Beat } from './measure-silence.ts'
import { appendUntilAcknowledged } from './produce.ts'

const INTERVAL_MS = 100

/** One request after the other to each partition, whatever becomes of the other partitions. */
export class Beats {
  readonly #log: EventLog
  /** When which request was acknowledged, by its id. */
  readonly #acknowledgedAtMs = new Map<string, number>()

  constructor(log: EventLog) {
    this.#log = log
  }

  async send(signal: AbortSignal): Promise<void> {
    const partitions = Array.from({ length: this.#log.partitionCount }, (_, partition) => partition)
    await Promise.all(partitions.map(partition => this.#sendTo(partition, signal)))
  }

  /** Those in [from, to) of each partition that were acknowledged, each where it stands last. */
  async read(from: readonly number[], to: readonly number[]): Promise<Beat[]> {
    const places = new Map<string, Beat>()
    for (const [partition, fromOffset] of from.entries()) {
      for await (const { records } of this.#log.read(partition, fromOffset, to[partition] ?? fromOffset)) {
        for (const { offset, value } of records) {
          const id = idOf(value)
          const acknowledgedAtMs = this.#acknowledgedAtMs.get(id)
          if (acknowledgedAtMs !== undefined) places.set(id, { partition, offset, acknowledgedAtMs })
        }
      }
    }
    return [...places.values()].toSorted((one, other) => one.acknowledgedAtMs - other.acknowledgedAtMs)
  }

  async #sendTo(partition: number, signal: AbortSignal): Promise<void> {
    for (let beat = 0; !signal.aborted; beat++) {
      const id = `${partition}-${beat}`
      await appendUntilAcknowledged(this.#log, [{ to: { partition }, value: encodeBeat(id) }])
      this.#acknowledgedAtMs.set(id, performance.now())
      await setTimeout(INTERVAL_MS)
    }
  }
}

function encodeBeat(id: string): Buffer {
  return encodeRequest({
    ...{ kind: 'request', source: 'heart', identity: { kind: 'request_id', id }, timeMs: Date.now() },
    ...{ clientId: 'client-1', integrationId: '', status: 200, requestBytes: 1, responseBytes: 1 },
  })
}

function idOf(value: Buffer | null): string {
  const [event] = decodeRecord(value)
  return event?.kind === 'request' && event.identity.kind === 'request_id' ? event.identity.id : ''
}
