import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { EventLogError, type LogBounds, type LogRecord, type RecordBatch } from '../event-log.ts'
import type { PlacedRecord } from '../place-records.ts'

const tables = `
  CREATE TABLE IF NOT EXISTS topics (
    topic_id        INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    partition_count INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS records (
    topic_id       INTEGER NOT NULL,
    partition      INTEGER NOT NULL,
    offset         INTEGER NOT NULL,
    append_time_ms INTEGER NOT NULL,
    key            BLOB,
    value          BLOB,
    PRIMARY KEY (topic_id, partition, offset)
  ) STRICT, WITHOUT ROWID;
`

const offsetShape = z.int().min(0)
const topicShape = z.object({ topic_id: z.int(), partition_count: z.int().min(1) })
const edgeShape = z.object({ offset: offsetShape, append_time_ms: z.int() }).optional()
const timeShape = z.object({ append_time_ms: z.int() })

type Topic = { readonly topicId: number; readonly partitionCount: number }

/** Prepares the file and finds the topic in it, or makes it with `partitionCount`. */
export function openTopic(database: DatabaseSync, topic: string, partitionCount: number): Topic {
  if (!Number.isInteger(partitionCount) || partitionCount < 1) {
    throw new EventLogError(
      `"${topic}" can't have ${partitionCount} partitions: expected an integer of 1 or more.`,
    )
  }
  // Taken before the switch to WAL, for which SQLite doesn't wait while another process makes it.
  const mode = z.object({ journal_mode: z.string() }).parse(database.prepare('PRAGMA journal_mode').get())
  if (mode.journal_mode !== 'wal') switchToWal(database)
  database.exec('PRAGMA synchronous = FULL')
  database.exec(`BEGIN IMMEDIATE; ${tables}`)
  database
    .prepare('INSERT INTO topics (name, partition_count) VALUES (?, ?) ON CONFLICT (name) DO NOTHING')
    .run(topic, partitionCount)
  const row = database.prepare('SELECT topic_id, partition_count FROM topics WHERE name = ?').get(topic)
  database.exec('COMMIT')
  const known = topicShape.parse(row)
  return { topicId: known.topic_id, partitionCount: known.partition_count }
}

const SWITCH_ATTEMPTS_MAX = 50
const SWITCH_PAUSE_MS = 20

/** SQLite answers "busy" at once, without its usual wait, to the second of two processes that switch a new file. */
function switchToWal(database: DatabaseSync): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (attempt === SWITCH_ATTEMPTS_MAX) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SWITCH_PAUSE_MS)
    }
  }
}

export type Statements = ReturnType<typeof createStatements>

/** The statements on one topic's records, each prepared once. */
export function createStatements(database: DatabaseSync, topicId: number) {
  const first = database.prepare(
    'SELECT offset, append_time_ms FROM records WHERE topic_id = ? AND partition = ? ORDER BY offset LIMIT 1',
  )
  const last = database.prepare(
    'SELECT offset, append_time_ms FROM records WHERE topic_id = ? AND partition = ? ORDER BY offset DESC LIMIT 1',
  )
  const time = database.prepare(
    'SELECT append_time_ms FROM records WHERE topic_id = ? AND partition = ? AND offset = ?',
  )
  const insert = database.prepare(
    'INSERT INTO records (topic_id, partition, offset, append_time_ms, key, value) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const select = database.prepare(
    `SELECT offset, append_time_ms, key, value FROM records
     WHERE topic_id = ? AND partition = ? AND offset >= ? AND offset < ? ORDER BY offset LIMIT ?`,
  )

  return {
    /** Inside a transaction, as the end of the partition is read before the records are put after it. */
    append(partition: number, records: readonly PlacedRecord[], nowMs: number): void {
      const edge = edgeShape.parse(last.get(topicId, partition))
      let offset = edge === undefined ? 0 : edge.offset + 1
      const appendTimeMs = Math.max(edge?.append_time_ms ?? 0, nowMs)
      for (const record of records) {
        insert.run(topicId, partition, offset, appendTimeMs, record.key, record.value)
        offset += 1
      }
    },

    bounds(partition: number): LogBounds {
      const low = edgeShape.parse(first.get(topicId, partition))
      const high = edgeShape.parse(last.get(topicId, partition))
      if (low === undefined || high === undefined) return { startOffset: 0, endOffset: 0 }
      return { startOffset: low.offset, endOffset: high.offset + 1 }
    },

    appendTimeMs(partition: number, offset: number): number {
      return timeShape.parse(time.get(topicId, partition, offset)).append_time_ms
    },

    /** The first records of [fromOffset, toOffset): at most `recordsMax`, and no more once they hold `bytesMax`. */
    batch(
      partition: number,
      fromOffset: number,
      toOffset: number,
      recordsMax: number,
      bytesMax: number,
    ): RecordBatch {
      const records: LogRecord[] = []
      let bytes = 0
      for (const row of select.iterate(topicId, partition, fromOffset, toOffset, recordsMax)) {
        const record = toRecord(row)
        records.push(record)
        bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0)
        if (bytes >= bytesMax) break
      }
      const nextOffset = (records.at(-1)?.offset ?? fromOffset - 1) + 1
      const endOffset = (edgeShape.parse(last.get(topicId, partition))?.offset ?? -1) + 1
      return { partition, records, nextOffset, endOffset: Math.max(endOffset, nextOffset) }
    },
  }
}

/** By hand, not by zod: it runs for every record, and the table is STRICT. */
function toRecord(row: Record<string, unknown>): LogRecord {
  const { offset, append_time_ms: appendTimeMs, key, value } = row
  if (typeof offset !== 'number' || typeof appendTimeMs !== 'number') {
    throw new EventLogError(
      `A record at offset ${offset} with append time ${appendTimeMs}: expected integers.`,
    )
  }
  return { offset, appendTimeMs, key: toBuffer(key), value: toBuffer(value) }
}

function toBuffer(blob: unknown): Buffer | null {
  return blob instanceof Uint8Array ? Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength) : null
}
