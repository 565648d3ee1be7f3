import type { DatabaseSync } from 'node:sqlite'
import { rangeError } from '../check-range.ts'
import {
  type EventLog,
  EventLogError,
  type LogBounds,
  type RecordBatch,
  type Subscription,
} from '../event-log.ts'
import { checkPartition, placeRecords } from '../place-records.ts'
import { consumeEmbedded } from './consume.ts'
import { explainSqliteError } from './explain-error.ts'
import { createStatements, openTopic, type Statements } from './tables.ts'
import { inTransaction, openDatabase } from './transaction.ts'

export type EmbeddedLogSettings = {
  /** The SQLite file; it and its folder are made when missing. Several processes may have it open. */
  readonly path: string
  readonly topic: string
  /** Of a topic that doesn't exist yet; an existing one keeps its own. */
  readonly partitionCount: number
  /** Milliseconds since the epoch. A step backwards is evened out: append times never decrease. */
  readonly clock: () => number
}

const BATCH_RECORDS_MAX = 4_096
const BATCH_BYTES_MAX = 8 * 1_048_576

/** The event log in one SQLite file. Throws EventLogError when the file can't be used. */
export function openEmbeddedLog(settings: EmbeddedLogSettings): EventLog {
  const { path, topic } = settings
  const orExplain = <Value>(step: () => Value): Value => {
    try {
      return step()
    } catch (error) {
      throw explainSqliteError(path, error)
    }
  }
  const database = orExplain(() => openDatabase(path))
  const { statements, partitionCount } = orExplain(() => prepare(database, topic, settings.partitionCount))
  const subscriptions = new Set<Subscription>()

  const boundsOf = (partition: number): LogBounds => {
    checkPartition(topic, partition, partitionCount)
    return orExplain(() => statements.bounds(partition))
  }
  const batchOf = (partition: number, fromOffset: number, toOffset: number): RecordBatch =>
    orExplain(() => statements.batch(partition, fromOffset, toOffset, BATCH_RECORDS_MAX, BATCH_BYTES_MAX))

  return {
    topic,
    stampedBy: 'writer',
    partitionCount,

    async append(records) {
      const placed = placeRecords(records, topic, partitionCount)
      orExplain(() =>
        inTransaction(database, () => {
          const nowMs = settings.clock()
          for (const [partition, ofPartition] of placed) statements.append(partition, ofPartition, nowMs)
        }),
      )
    },

    async bounds(partition) {
      return boundsOf(partition)
    },

    async offsetForTime(partition, timeMs) {
      checkPartition(topic, partition, partitionCount)
      return orExplain(() => firstAtOrAfter(statements, partition, timeMs))
    },

    async *read(partition, fromOffset, toOffset) {
      const error = rangeError({ topic, partition }, fromOffset, toOffset, boundsOf(partition))
      if (error) throw error
      let nextOffset = fromOffset
      while (nextOffset < toOffset) {
        const batch = batchOf(partition, nextOffset, toOffset)
        if (batch.records[0]?.offset !== nextOffset) {
          throw new EventLogError(
            `Partition ${partition} of "${topic}" in ${path} has no offset ${nextOffset}.`,
          )
        }
        nextOffset = batch.nextOffset
        yield batch
      }
    },

    async consume(_group, consumer) {
      const subscription = consumeEmbedded(
        {
          topic,
          boundsOf,
          nextBatch: (partition, fromOffset) => batchOf(partition, fromOffset, Number.MAX_SAFE_INTEGER),
        },
        consumer,
      )
      subscriptions.add(subscription)
      const ended = () => subscriptions.delete(subscription)
      subscription.finished.then(ended, ended)
      return subscription
    },

    async close() {
      await Promise.all([...subscriptions].map(subscription => subscription.stop()))
      if (database.isOpen) database.close()
    },
  }
}

function prepare(database: DatabaseSync, topic: string, partitionCount: number) {
  try {
    const known = openTopic(database, topic, partitionCount)
    return { statements: createStatements(database, known.topicId), partitionCount: known.partitionCount }
  } catch (error) {
    database.close()
    throw error
  }
}

/** By halves: append times never decrease within a partition, and its offsets have no gaps. */
function firstAtOrAfter(statements: Statements, partition: number, timeMs: number): number | null {
  const { startOffset, endOffset } = statements.bounds(partition)
  let low = startOffset
  let high = endOffset
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (statements.appendTimeMs(partition, middle) < timeMs) low = middle + 1
    else high = middle
  }
  return low < endOffset ? low : null
}
