import type { StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import type { StreamGrowth } from '@forbruk/schemas/event/log-event.ts'
import { encodeStreamGrowth, encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import { TEST_KEY } from '../support/aggregator/stream-key.ts'
import { STREAM } from './generate-record.ts'
import type { Random } from './random.ts'
import { SimulatedPartition } from './simulated-log.ts'

const FOLD_VERSION_OF_GROWTH = 3
const GROWTHS_MAX = 2

/** A topic that gets partitions, and the operator who agrees to count them, as `grow-stream.ts` does it. */
export class Growth {
  readonly #geometries: readonly [StreamGeometry, StreamGeometry]
  readonly #unsignedVersion: StreamGeometry
  readonly #partitions: SimulatedPartition[]
  readonly #countAtFirst: number
  readonly #random: Random
  readonly #trace: (line: string) => void
  readonly #growths: StreamGrowth[] = []
  /** Those that the newest growth is still to be said in; others may have it twice. */
  #unsaid: SimulatedPartition[] = []

  constructor(
    geometries: readonly [StreamGeometry, StreamGeometry],
    unsignedVersion: StreamGeometry,
    partitions: SimulatedPartition[],
    random: Random,
    trace: (line: string) => void,
  ) {
    this.#geometries = geometries
    this.#unsignedVersion = unsignedVersion
    this.#partitions = partitions
    this.#countAtFirst = partitions.length
    this.#random = random
    this.#trace = trace
  }

  /** How it must be counted from its start. */
  readonly ofNewPartition = (partition: number): StreamGeometry => {
    const growth = this.#growths.find(({ partitionCount }) => partitionCount > partition)
    if (partition < this.#countAtFirst || growth === undefined) return this.#geometries[0]
    return { ...this.#geometries[1], partitionCount: partition + 1 }
  }

  happen(nowMs: number): void {
    if (this.#geometries[1].foldVersion < FOLD_VERSION_OF_GROWTH) return
    if (this.#unsaid.length > 0) this.#agree(nowMs, this.#random.between(0, this.#unsaid.length))
    else if (this.#growths.length < GROWTHS_MAX) this.#addPartitions()
  }

  #addPartitions(): void {
    for (let more = this.#random.between(1, 2); more > 0; more--)
      this.#partitions.push(new SimulatedPartition(this.#partitions.length, 0, true, this.#random))
    const partitionCount = this.#partitions.length
    this.#growths.push({ kind: 'stream_growth', partitionCount })
    this.#unsaid = [...this.#partitions]
    this.#trace(`the topic has ${partitionCount} partitions`)
  }

  /** To the end; again in all of them where nobody has counted what says so, since the log may have lost it. */
  agreeToAll(nowMs: number, counted: number): void {
    if (counted < (this.#growths.at(-1)?.partitionCount ?? 0)) this.#unsaid = [...this.#partitions]
    this.#agree(nowMs, this.#unsaid.length)
  }

  /** Killed on the way it is begun anew, so that some partitions have it twice. */
  #agree(nowMs: number, partitionsMax: number): void {
    const growth = this.#growths.at(-1)
    const [, version] = this.#geometries
    if (growth === undefined || partitionsMax === 0) return
    const said = this.#unsaid.slice(0, partitionsMax)
    for (const log of said) {
      if (!log.isSigned) log.appendWord(nowMs, encodeStreamVersion(this.#unsignedVersion))
      for (const payload of [encodeStreamVersion(version), encodeStreamGrowth(growth)]) {
        const place = { stream: STREAM, partition: log.partition }
        log.appendWord(nowMs, TEST_KEY.sign(place, log.nextSequence(nowMs), payload))
      }
    }
    const isAnew = partitionsMax < this.#unsaid.length && this.#random.chance(0.5)
    this.#unsaid = isAnew ? [...this.#partitions] : this.#unsaid.slice(partitionsMax)
    this.#trace(`an operator agrees to ${growth.partitionCount} partitions, in ${said.length} of them`)
  }
}
