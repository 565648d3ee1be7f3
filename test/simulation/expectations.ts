import type { StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import type { BlockPlace } from './block-tables.ts'
import { type Cut, cutBlocks, type Gap } from './cut-blocks.ts'
import { extendJudgement, type Judged } from './oracle.ts'
import type { SimulatedPartition } from './simulated-log.ts'

type Oracle<Value> = (judged: readonly Judged[], block: number, nextOffset: number) => Value

/** What the oracle says; remembered, since what stands before an offset never changes. */
export class Expectations {
  readonly #partitions: readonly SimulatedPartition[]
  readonly #ofNewPartition: (partition: number) => StreamGeometry
  readonly #firstOffsets = new Map<number, number>()
  readonly #judged = new Map<number, { records: number; events: Judged[] }>()
  readonly #cuts = new Map<number, { endOffset: number; cuts: readonly Cut[] }>()
  readonly #gaps = new Map<number, readonly Gap[]>()
  readonly #known = new Map<Oracle<unknown>, Map<string, unknown>>()

  constructor(
    partitions: readonly SimulatedPartition[],
    ofNewPartition: (partition: number) => StreamGeometry,
  ) {
    this.#partitions = partitions
    this.#ofNewPartition = ofNewPartition
  }

  firstOffset(partition: number): number | undefined {
    return this.#firstOffsets.get(partition)
  }

  beginAt(partition: number, firstOffset: number): void {
    this.#firstOffsets.set(partition, firstOffset)
    this.judgeAnew(partition)
  }

  judgeAnew(partition: number): void {
    this.#judged.delete(partition)
    this.#cuts.delete(partition)
    this.#known.clear()
  }

  /** Where the block ends: at the start of the next one, or nowhere yet. Null when no block begins there. */
  endOf(place: BlockPlace): number | null {
    const next = this.nextBlockOf(place)
    return this.#gapsOf(place.partition).find(gap => gap.toOffset === next)?.fromOffset ?? next
  }

  /** Where the next block begins: rows that were written before a gap was given up may stand in the gap. */
  nextBlockOf({ partition, block }: BlockPlace): number | null {
    const cuts = this.#cutsOf(partition)
    const index = cuts.findIndex(({ start }) => start === block)
    return index < 0 ? null : (cuts[index + 1]?.start ?? Number.POSITIVE_INFINITY)
  }

  giveUp(partition: number, gap: Gap): void {
    this.#gaps.set(partition, [...this.#gapsOf(partition), gap])
    this.judgeAnew(partition)
  }

  /** Where counting goes on when it has come to `nextOffset`. */
  behindGap(partition: number, nextOffset: number): number {
    return this.#gapsOf(partition).find(gap => gap.fromOffset === nextOffset)?.toOffset ?? nextOffset
  }

  #gapsOf(partition: number): readonly Gap[] {
    return this.#gaps.get(partition) ?? []
  }

  geometryOf({ partition, block }: BlockPlace): Cut['sizes'] | undefined {
    return this.#cutsOf(partition).find(({ start }) => start === block)?.sizes
  }

  #cutsOf(partition: number): readonly Cut[] {
    const firstOffset = this.#firstOffsets.get(partition)
    const log = this.#partitions[partition]
    if (firstOffset === undefined || log === undefined) return []
    const known = this.#cuts.get(partition)
    if (known?.endOffset === log.endOffset) return known.cuts
    const geometry = this.#ofNewPartition(partition)
    const cuts = cutBlocks(log.records, firstOffset, log.endOffset, geometry, this.#gapsOf(partition))
    this.#cuts.set(partition, { endOffset: log.endOffset, cuts })
    return cuts
  }

  of<Value>({ partition, block }: BlockPlace, nextOffset: number, oracle: Oracle<Value>): Value {
    const known = (this.#known.get(oracle) ?? new Map()) as Map<string, Value>
    this.#known.set(oracle, known)
    const key = `${partition}|${block}|${nextOffset}`
    const value = known.get(key) ?? oracle(this.eventsOf(partition), block, nextOffset)
    known.set(key, value)
    return value
  }

  /** Of a partition that has begun. */
  eventsOf(partition: number): readonly Judged[] {
    const firstOffset = this.#firstOffsets.get(partition)
    const records = this.#partitions[partition]?.records ?? []
    if (firstOffset === undefined) return []
    const judged = this.#judged.get(partition) ?? { records: 0, events: [] }
    this.#judged.set(partition, judged)
    if (judged.records < records.length) {
      extendJudgement(
        judged.events,
        records.slice(judged.records),
        this.#cutsOf(partition),
        this.#gapsOf(partition),
      )
      judged.records = records.length
    }
    return judged.events
  }
}
