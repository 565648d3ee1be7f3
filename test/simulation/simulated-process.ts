import type { StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import { countLog } from '@forbruk/aggregator/run/count-log.ts'
import type { FlushStore } from '@forbruk/aggregator/run/flush.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import {
  type EventLog,
  EventLogError,
  type PartitionConsumer,
  type RecordBatch,
} from '@forbruk/infra/log/event-log.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import { TEST_KEY } from '../support/aggregator/stream-key.ts'
import { STREAM } from './generate-record.ts'
import { toLedgerReader } from './ledger-port.ts'
import type { Operation } from './operation.ts'
import type { Protocol } from './protocol.ts'
import type { Random } from './random.ts'
import type { SimulatedPartition } from './simulated-log.ts'
import type { SimulatedStore } from './simulated-store.ts'

type Held = { position: number | null; busy: boolean }

const ignore = () => undefined

/** The shared outside of all processes. */
export type Surroundings = {
  readonly store: SimulatedStore
  readonly partitions: readonly SimulatedPartition[]
  readonly pendingRowsMax: number
  readonly protocol: Protocol
  readonly nowMs: () => number
  /** The version to which streams go on by an unsigned record. */
  readonly unsignedVersion: StreamGeometry
}

/** A process that runs the aggregator's own code; everything it waits for is an operation. */
export class SimulatedProcess {
  readonly name: string
  readonly operations = new Set<Operation>()
  /** The partitions it consumes, as it believes. */
  readonly held = new Map<number, Held>()
  /** The group gave its partitions to others, and it has not noticed. */
  isZombie = false
  stalledSteps = 0
  isStopping = false
  end: { readonly error: unknown } | null = null
  /** What it said of partitions that it can't count on, oldest first. */
  readonly halts: string[] = []
  /** How its release counts. */
  readonly geometry: StreamGeometry
  readonly #surroundings: Surroundings
  readonly #abort = new AbortController()
  #consumer: PartitionConsumer | null = null
  #leaving = false
  #failure: { readonly reason: unknown } | null = null
  #finished = Promise.withResolvers<void>()

  constructor(name: string, surroundings: Surroundings, geometry: StreamGeometry, untilCaughtUp: boolean) {
    this.name = name
    this.geometry = geometry
    this.#surroundings = surroundings
    this.#finished.promise.catch(() => undefined)
    this.#run(untilCaughtUp).then(
      () => {
        this.end = { error: null }
      },
      error => {
        this.end = { error }
      },
    )
  }

  get isConsuming(): boolean {
    return this.#consumer !== null && !this.#leaving
  }

  get canLeave(): boolean {
    return this.#leaving && this.#consumer !== null && ![...this.held.values()].some(held => held.busy)
  }

  stop(): void {
    this.isStopping = true
    this.#abort.abort()
  }

  /** After the run: a signal that is listened to, and never given, would be kept for ever. */
  dispose(): void {
    this.#abort.abort()
  }

  assign(partition: number, random: Random): void {
    const held: Held = { position: null, busy: true }
    this.held.set(partition, held)
    this.#guard(held, async consumer => {
      const offset = await consumer.assign(partition)
      const isRewound = random.chance(0.1)
      held.position = isRewound && offset !== null ? this.#rewind(partition, offset, random) : offset
    })
  }

  deliver(partition: number, random: Random): void {
    const held = this.held.get(partition)
    const log = this.#surroundings.partitions[partition]
    if (held === undefined || held.position === null || log === undefined) return
    const from = random.chance(0.05) ? this.#rewind(partition, held.position, random) : held.position
    this.#guard(held, async consumer => {
      if (from < log.startOffset)
        throw new EventLogError(`the log begins at ${log.startOffset}, not at ${from}`)
      const batch = log.read(from, random.between(1, 6), random)
      await consumer.receive(batch)
      held.position = batch.nextOffset
    })
  }

  revoke(partition: number): void {
    this.held.delete(partition)
    this.#consumer?.revoke([partition])
  }

  leave(): void {
    this.#consumer?.revoke([...this.held.keys()])
    this.held.clear()
    this.#consumer = null
    if (this.#failure === null) this.#finished.resolve()
    else this.#finished.reject(this.#failure.reason)
  }

  /** A log may deliver from before: what it held back in its buffers, or what an operator asked for. */
  #rewind(partition: number, offset: number, random: Random): number {
    const startOffset = this.#surroundings.partitions[partition]?.startOffset ?? 0
    return Math.min(offset, Math.max(startOffset, offset - random.between(1, 30)))
  }

  #guard(held: Held, step: (consumer: PartitionConsumer) => Promise<void>): void {
    if (this.#consumer === null) return
    held.busy = true
    step(this.#consumer)
      .catch(reason => {
        this.#failure ??= { reason }
        this.#leaving = true
      })
      .finally(() => {
        held.busy = false
      })
  }

  #run(untilCaughtUp: boolean): Promise<void> {
    const { protocol, pendingRowsMax, nowMs, unsignedVersion } = this.#surroundings
    const { geometry } = this
    const foldVersionMax = geometry.foldVersion
    const ports = { log: this.#logPort(), store: this.#storePort(), ledger: this.#ledgerPort() }
    const parts = protocol.around(ports, nowMs)
    const recogniser = protocol.recognise(parts)
    return countLog({
      ...parts,
      ...{ readGroup: async () => 'simulated', board: null, processName: this.name, unsignedVersion },
      resume: (partition, ofNewPartition) =>
        protocol.resume({ ...parts, ofNewPartition, foldVersionMax }, partition),
      openKey: async () => TEST_KEY,
      beginFold: point => protocol.beginFold(point, { foldVersionMax, unsignedVersion }, nowMs),
      write: flushes => protocol.write(parts.store, flushes),
      settle: signal => recogniser.settle(signal),
      ...{ clock: nowMs, epochMs: nowMs, geometry, pendingRowsMax },
      logger: {
        ...{ debug: ignore, info: ignore, warn: ignore },
        error: fields => this.halts.push(JSON.stringify(fields)),
      },
      sleep: (delayMs, signal) => this.#sleep(delayMs, signal),
      ...{ signal: this.#abort.signal, untilCaughtUp },
    })
  }

  #ledgerPort(): LedgerReader {
    const reader = this.#surroundings.store.reader()
    return toLedgerReader(reader, (name, answer) => this.#read(name, answer))
  }

  #storePort(): FlushStore {
    const insert: FlushStore['insert'] = (table, rows) =>
      rows.length === 0
        ? Promise.resolve()
        : this.#wait((perform, fail) => ({ kind: 'insert', name: table, table, rows, perform, fail }))
    return { insert, insertBlocks: (table, blocks) => insert(table, blocks.flatMap(rowsOf)) }
  }

  #logPort(): EventLog {
    const { partitions } = this.#surroundings
    const unused = () => {
      throw new Error('not simulated')
    }
    return {
      topic: STREAM,
      stampedBy: 'writer',
      get partitionCount() {
        return partitions.length
      },
      bounds: partition =>
        new Promise((resolve, reject) => {
          const log = partitions[partition]
          if (log === undefined) return reject(new RangeError(`no partition ${partition}`))
          this.#enqueue({
            kind: 'bounds',
            name: `bounds of ${partition}`,
            perform: () => resolve(log.bounds()),
          })
        }),
      consume: async (_group, consumer) => {
        const finished = Promise.withResolvers<void>()
        finished.promise.catch(() => undefined)
        this.#finished = finished
        this.#leaving = false
        this.#consumer = consumer
        return {
          ...{ hold: ignore, commit: async () => undefined },
          finished: finished.promise,
          stop: async () => {
            this.#leaving = true
            await finished.promise.catch(() => undefined)
          },
        }
      },
      append: records =>
        new Promise(resolve => {
          this.#enqueue({
            kind: 'append',
            name: `${records.length} words on how the stream is counted`,
            perform: partitionsMax => {
              for (const { value, to } of records.slice(0, partitionsMax)) {
                const log = 'partition' in to ? partitions[to.partition] : undefined
                log?.appendWord(this.#surroundings.nowMs(), value)
              }
              resolve()
            },
          })
        }),
      offsetForTime: unused,
      read: (partition, fromOffset, toOffset) => this.#readLog(partition, fromOffset, toOffset),
      close: unused,
    }
  }

  async *#readLog(partition: number, fromOffset: number, toOffset: number): AsyncGenerator<RecordBatch> {
    yield await new Promise<RecordBatch>((resolve, reject) =>
      this.#enqueue({
        kind: 'bounds',
        name: `${fromOffset} to ${toOffset} of ${partition}`,
        perform: () => {
          const log = this.#surroundings.partitions[partition]
          if (log !== undefined && log.startOffset <= fromOffset && toOffset <= log.endOffset)
            return resolve(log.readRange(fromOffset, toOffset))
          reject(new EventLogError(`the log does not hold ${fromOffset} to ${toOffset} of ${partition}`))
        },
      }),
    )
  }

  #sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const timer: Operation = {
        kind: 'timer',
        name: `${delayMs} ms`,
        dueMs: this.#surroundings.nowMs() + delayMs,
        perform: resolve,
      }
      this.#enqueue(timer)
      signal.addEventListener('abort', () => {
        this.operations.delete(timer)
        resolve()
      })
    })
  }

  #read<Value>(name: string, answer: () => Value): Promise<Value> {
    return new Promise((resolve, reject) =>
      this.#enqueue({ kind: 'read', name, perform: () => resolve(answer()), fail: reject }),
    )
  }

  #wait(operation: (perform: () => void, fail: (error: Error) => void) => Operation): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue(operation(resolve, reject)))
  }

  #enqueue(operation: Operation): void {
    this.operations.add(operation)
  }
}
