import type {
  EventLog,
  LogRecord,
  PartitionConsumer,
  RecordBatch,
  Subscription,
} from '@forbruk/infra/log/event-log.ts'

/** A consumer that keeps what it is given, and checks that the log keeps its promises to every consumer. */
export class Recorder implements PartitionConsumer {
  /** Of control records, which take offsets too. */
  gapsAllowed = false
  readonly assigned: number[] = []
  readonly revoked: number[] = []
  readonly records = new Map<number, LogRecord[]>()
  readonly violations: string[] = []
  /** By partition, while it is held. */
  readonly nextOffsets = new Map<number, number>()
  #startOf: (partition: number) => number | Promise<number>

  constructor(startOf: (partition: number) => number | Promise<number> = () => 0) {
    this.#startOf = startOf
  }

  async assign(partition: number): Promise<number> {
    if (this.nextOffsets.has(partition)) this.violations.push(`partition ${partition} was assigned twice`)
    this.assigned.push(partition)
    const offset = await this.#startOf(partition)
    this.nextOffsets.set(partition, offset)
    return offset
  }

  async receive(batch: RecordBatch): Promise<void> {
    const expected = this.nextOffsets.get(batch.partition)
    const first = batch.records[0]?.offset
    if (expected === undefined) this.violations.push(`partition ${batch.partition} was delivered unassigned`)
    else if (first !== undefined && first < expected)
      this.violations.push(`${first} came again, before ${expected}`)
    await this.handle(batch)
    this.nextOffsets.set(batch.partition, batch.nextOffset)
    this.records.set(batch.partition, [...(this.records.get(batch.partition) ?? []), ...batch.records])
  }

  /** What a test does with a batch. */
  async handle(_batch: RecordBatch): Promise<void> {}

  revoke(partitions: readonly number[]): void {
    this.revoked.push(...partitions)
    for (const partition of partitions) {
      if (!this.nextOffsets.delete(partition)) this.violations.push(`${partition} was revoked unassigned`)
    }
  }

  offsets(partition: number): number[] {
    return (this.records.get(partition) ?? []).map(record => record.offset)
  }

  count(): number {
    return [...this.records.values()].reduce((sum, records) => sum + records.length, 0)
  }
}

/** Every partition of the log. */
export async function consumeAll(log: EventLog, consumer: PartitionConsumer): Promise<Subscription> {
  const subscription = await log.consume(`${log.topic}.group`, consumer)
  subscription.hold(new Set(Array(log.partitionCount).keys()))
  return subscription
}
