/**
 * The event log: an ordered, append-only topic cut into partitions, whose content at an offset never changes.
 * Two implementations, one contract: Kafka and an embedded one on SQLite.
 *
 * Offsets and times are safe integers; an offset beyond 2^53 is refused at the edge.
 */
export interface EventLog {
  readonly topic: string
  /** Whose clock gives records their append times: a broker's, or that of whichever process appends them. */
  readonly stampedBy: 'broker' | 'writer'
  /** As the log has last heard: on Kafka whoever may alter the topic can add some, and nobody can take any away. */
  readonly partitionCount: number

  /**
   * Appends every record and resolves once all are durable (all in-sync replicas, or fsync). Records of one partition
   * keep their order. On an error any part of the batch may have been appended: the caller sends it again. Even on
   * success a record may be there twice, when an acknowledgement was lost on its way: readers recognise it by its
   * identity. Throws EventLogError for a record of more than 1 MiB (less 128 bytes), key and value together.
   */
  append(records: readonly OutgoingRecord[]): Promise<void>

  /** What the log holds now: offsets in [startOffset, endOffset). */
  bounds(partition: number): Promise<LogBounds>

  /** The first offset appended at or after `timeMs` (log append time), or null when there is none yet. */
  offsetForTime(partition: number, timeMs: number): Promise<number | null>

  /**
   * Reads the records with offsets in [fromOffset, toOffset), in order, then ends; the last batch's nextOffset is
   * toOffset. Throws EventLogError when the log doesn't hold the whole range.
   */
  read(partition: number, fromOffset: number, toOffset: number): AsyncIterable<RecordBatch>

  /**
   * Delivers the records of whatever partitions the subscription is told to hold, none at first, until `stop`.
   * `consumer.assign` is asked where to begin before anything of a partition is delivered. Who else reads a partition
   * is of no concern here. `group` is the name under which lag monitors find what is committed.
   */
  consume(group: string, consumer: PartitionConsumer): Promise<Subscription>

  close(): Promise<void>
}

/** What of somebody else's topic can be asked for. Its append times are whatever their sender chose. */
export type ForeignTopic = Pick<EventLog, 'topic' | 'partitionCount' | 'bounds' | 'consume' | 'close'>

export type LogBounds = {
  readonly startOffset: number
  readonly endOffset: number
  /** Where another producer's open transaction began, if there is one: nothing from there on can be read yet. */
  readonly openFrom?: number
}

export type LogRecord = {
  readonly offset: number
  /** Milliseconds since the epoch, stamped by the log when it appended the record. */
  readonly appendTimeMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Where the value stands, if in bytes that many records share: who reads it there makes no Buffer of each. */
  readonly valueRange?: ValueRange | null
}

export type ValueRange = { readonly bytes: Uint8Array; readonly start: number; readonly end: number }

export type RecordBatch = {
  readonly partition: number
  /** In offset order, possibly with gaps; may be empty when the range held only the log's own control records. */
  readonly records: readonly LogRecord[]
  /** The offset to read next: every offset below it has been delivered or holds nothing. */
  readonly nextOffset: number
  /** Where the partition ended when the batch was fetched: how far there is still to go. */
  readonly endOffset: number
}

export type OutgoingRecord = {
  readonly value: Buffer
  /** A key chooses the partition as Kafka's own client does (murmur2); a number names it. */
  readonly to: { readonly key: string } | { readonly partition: number }
}

export interface PartitionConsumer {
  /**
   * The partition is held from now on: answers the offset to deliver from. Asked until it answers, and not again before
   * it is revoked. When it rejects with LogUnavailableError it is asked again, as long as the log may be away: some
   * minutes. Any other error ends the subscription, and so does an offset that the log lost, or never had. Null leaves
   * the partition unread until it is held anew.
   */
  assign(partition: number): Promise<number | null>
  /**
   * One batch of an assigned partition, in order; the next one of that partition waits for the promise. An error ends
   * the subscription. Must not wait for the subscription's `stop`, which waits for it.
   */
  receive(batch: RecordBatch): Promise<void>
  /**
   * What follows what was received can't be read: nothing more of the partition is delivered until it is assigned anew,
   * and the others go on. For a consumer without it the error ends the subscription.
   */
  halt?(error: UnreadableRecordsError): Promise<void>
  /** The partitions are no longer held: forget what is held of them. Never called while one of them is in `receive`. */
  revoke(partitions: readonly number[]): void
}

export interface Subscription {
  /** From now on these partitions are delivered, and no others. */
  hold(partitions: ReadonlySet<number>): void
  /**
   * Tells how far this consumer is; for lag monitors only. Never rejects, and tells nothing while it is still telling
   * what came before: see the block ledger.
   */
  commit(nextOffsets: ReadonlyMap<number, number>): Promise<void>
  /**
   * Resolves after `stop`. Rejects if consuming failed for good, with what the consumer threw or an EventLogError.
   * Must be looked at: a subscription that failed is silent otherwise.
   */
  readonly finished: Promise<void>
  /**
   * Resolves when no further call to the consumer will come. Waits for `receive`, and no longer than some seconds for
   * an `assign` that doesn't answer; what it answers then is forgotten.
   */
  stop(): Promise<void>
}

/** The log can't be used as it is; `message` says what, and what to do. */
export class EventLogError extends Error {
  override name = 'EventLogError'
}

/** The log does not hold the offset that was to be read next: it was deleted, or never there. */
export class PositionError extends EventLogError {
  override name = 'PositionError'
}

type UnreadableRange = {
  readonly topic: string
  readonly partition: number
  readonly fromOffset: number
  /** The first offset behind it. */
  readonly toOffset: number
}

/** The log holds the offsets [fromOffset, toOffset), and nobody can tell what was in them. */
export class UnreadableRecordsError extends EventLogError {
  override name = 'UnreadableRecordsError'
  readonly partition: number
  readonly fromOffset: number
  readonly toOffset: number

  /** @param why a whole sentence, and what to do */
  constructor({ topic, partition, fromOffset, toOffset }: UnreadableRange, why: string) {
    super(
      `Partition ${partition} of "${topic}" can't be read at the offsets [${fromOffset}, ${toOffset}): ${why}`,
    )
    this.partition = partition
    this.fromOffset = fromOffset
    this.toOffset = toOffset
  }
}

/** The log can't be reached, or not yet be used: the same call may succeed later. */
export class LogUnavailableError extends EventLogError {
  override name = 'LogUnavailableError'
}
